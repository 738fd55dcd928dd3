package validate

import (
	"encoding/binary"
	"sync"
)

// shapes remembers which questions arise, and may arise, about records of a shape: all that
// these questions depend on, and nothing that identifies anybody. To follow the chain of
// questions takes longer than all other checks of a record, and most records of a log have
// one of a few shapes.
type shapes struct {
	mu    sync.Mutex
	known map[string][]candidate
}

// What is remembered at most. A log with more shapes than that begins anew.
const (
	maxShapes    = 128
	maxShape     = 4096 // bytes
	maxCandidate = 200
)

func (s *shapes) find(shape []byte) (list []candidate, known bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	list, known = s.known[string(shape)]
	return list, known
}

func (s *shapes) keep(shape []byte, list []candidate) {
	if len(shape) > maxShape || len(list) > maxCandidate {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.known == nil || len(s.known) == maxShapes {
		s.known = make(map[string][]candidate, maxShapes)
	}
	s.known[string(shape)] = list
}

// chained returns the questions that arise or may arise, as [chain.questions] finds them.
func (k *asker) chained() []candidate {
	k.shape = k.appendShape(k.shape[:0])
	list, known := k.shapes.find(k.shape)
	if !known {
		list = newChain(k).questions()
		k.shapes.keep(k.shape, list)
	}
	return list
}

// appendShape writes the shape of the record: everything of it that the chain reads. It says
// how many there are of each kind, so that no two shapes are written alike.
func (k *asker) appendShape(b []byte) []byte {
	r := k.r
	b = append(b, byte(r.kind))
	for _, name := range elements {
		b = append(b, yes(r.hasElement(name)))
	}
	for _, name := range resourceTypes {
		b = append(b, yes(r.contained(name) >= 0))
	}
	b = binary.AppendUvarint(b, uint64(len(k.found)))
	for i := range k.found {
		c := &k.found[i]
		b = appendWord(appendWord(binary.AppendUvarint(b, uint64(c.no)), c.rule), c.target)
	}
	b = binary.AppendUvarint(b, uint64(len(r.groups)))
	for i := range r.groups {
		b = binary.AppendUvarint(b, uint64(r.groups[i].no))
		b = binary.AppendUvarint(b, uint64(r.subject(i)))
	}
	for i := range r.answers {
		a := &r.answers[i]
		b = binary.AppendUvarint(b, uint64(a.no))
		b = binary.AppendUvarint(b, uint64(a.in))
		if k.codes[a.no].has(a) { // any other value is the same to all conditions
			b = appendWord(b, a.text)
		} else {
			b = append(b, 0)
		}
	}
	return b
}

func yes(is bool) byte {
	if is {
		return 1
	}
	return 0
}

// appendWord writes a text so that no two texts together look like others.
func appendWord(b []byte, text string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(text))), text...)
}
