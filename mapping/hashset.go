package mapping

// hashSet is a set of 64-bit hashes. It takes 10 to 15 bytes an entry, where a map
// takes up to 40, and grows in small parts, so that a log of a million rows needs
// neither much memory nor much at once.
type hashSet struct {
	parts [256]hashPart
}

// hashPart is a hash table with linear probing; 0 marks a free slot.
type hashPart struct {
	slots []uint64
	used  int
}

// add puts a hash into the set; false if it was there already.
func (s *hashSet) add(h uint64) bool {
	h = max(h, 1)
	p := &s.parts[h>>56]
	if 5*p.used >= 4*len(p.slots) {
		p.grow()
	}
	if !p.insert(h) {
		return false
	}
	p.used++
	return true
}

func (p *hashPart) grow() {
	old := p.slots
	p.slots = make([]uint64, max(16, len(old)+len(old)/2))
	for _, h := range old {
		if h != 0 {
			p.insert(h)
		}
	}
}

func (p *hashPart) insert(h uint64) bool {
	for i := int(h % uint64(len(p.slots))); ; i++ {
		if i == len(p.slots) {
			i = 0
		}
		switch p.slots[i] {
		case 0:
			p.slots[i] = h
			return true
		case h:
			return false
		}
	}
}
