package privacy

// triples is a set of three characters in a row, as 5 bits each, so that most of a text is
// passed over at a glance.
type triples [1 << 15 / 64]uint64

func (s *triples) add(key uint16) { s[key/64] |= 1 << (key % 64) }

// addAll adds the 32 keys from key on, whose lower 5 bits are 0.
func (s *triples) addAll(key uint16) { s[key/64] |= (1<<32 - 1) << (key % 64) }

// has looks at the lower 15 bits of key.
func (s *triples) has(key uint16) bool { return s[key/64%uint16(len(s))]&(1<<(key%64)) != 0 }

// codes of characters are 1 to 26 for letters, whatever their case, 27 to 31 for
// digits and 0 for what stands between words.
var codes = func() (table [256]uint8) {
	for i := range table {
		switch c := byte(i); {
		case isDigit(c):
			table[c] = 27 + (c-'0')/2
		case isASCIILetter(c):
			table[c] = c & 31
		case isLetter(c):
			table[c] = 1 + c%26
		}
	}
	return table
}()

func code(c byte) uint16 { return uint16(codes[c]) }

func tripleOf(one, two, three byte) uint16 { return code(one)<<10 | code(two)<<5 | code(three) }

// endingsOf has the last three letters of words, with a space before those of two.
func endingsOf(lists ...[]string) *triples {
	s := new(triples)
	for _, words := range lists {
		for _, w := range words {
			w = " " + w
			s.add(tripleOf(w[len(w)-3], w[len(w)-2], w[len(w)-1]))
		}
	}
	return s
}

// mayEnd is a quick look at whether one of the words of a set of endings ends at i.
func (s *triples) mayEnd(text string, i int) bool {
	if i < 3 {
		return i == 2 // a word of two letters at the start
	}
	before := text[i-3]
	if !isLetter(before) {
		before = ' ' // whatever it is
	}
	return s.has(tripleOf(before, text[i-2], text[i-1]))
}
