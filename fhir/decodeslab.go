package fhir

import (
	"slices"

	r4 "github.com/samply/golang-fhir-models/fhir-models/fhir"
)

// extensionSlab hands out room for extensions from few large blocks. Pieces follow
// each other without gaps, so the last one can grow in place, which suits every
// list whose elements hold no extensions themselves.
type extensionSlab struct {
	block []r4.Extension   // the used part of the current block
	due   int              // at most how many extensions are still to come
	spare [][]r4.Extension // empty, for lists that do not grow in place

	reused bool // the block is kept for the next document, and all of this one should fit
}

// mostKept is how many extensions a slab keeps room for, in its block and in its spares,
// not quite a megabyte each.
const mostKept = 2048

// begin prepares for a document with at most so many extensions.
func (s *extensionSlab) begin(due int) {
	s.due = due
	if s.reused && cap(s.block) < due && due <= mostKept {
		s.block = make([]r4.Extension, 0, due)
	}
}

// reset makes room for the next document.
func (s *extensionSlab) reset() {
	if cap(s.block) > mostKept {
		s.block = nil
	}
	clear(s.block)
	s.block = s.block[:0]
	kept := 0
	s.spare = slices.DeleteFunc(s.spare, func(spare []r4.Extension) bool {
		kept += cap(spare)
		return kept > mostKept
	})
}

// reserve makes the current block have room for n more extensions.
func (s *extensionSlab) reserve(n int) {
	if cap(s.block)-len(s.block) < n {
		const least, most = 8, 62 // at most 28 KiB, as larger blocks are costly to allocate
		s.block = make([]r4.Extension, 0, max(n, min(max(s.due/3, least), most)))
	}
}

// take returns a piece of n empty extensions.
func (s *extensionSlab) take(n int) []r4.Extension {
	s.reserve(n)
	s.due -= n
	used := len(s.block)
	s.block = s.block[:used+n]
	return s.block[used : used+n : used+n]
}

// extend returns the piece with one more empty extension, or nil when another piece
// was taken since. A piece that does not fit into its block any more moves to one
// with room for twice its length.
func (s *extensionSlab) extend(piece []r4.Extension) []r4.Extension {
	n, used := len(piece), len(s.block)
	if &piece[n-1] != &s.block[used-1] {
		return nil
	}
	s.due--
	if used == cap(s.block) {
		s.reserve(2 * n)
		s.block = append(s.block, piece...)
		used = n
	}
	s.block = s.block[:used+1]
	return s.block[used-n : used+1 : used+1]
}

// giveBack puts back a spare slice that is used no more.
func (s *extensionSlab) giveBack(spare []r4.Extension) {
	if s.reused {
		clear(spare) // of what the next document must not find
	}
	s.spare = append(s.spare, spare[:0])
}

// takeSpare returns an empty slice to append to. The caller gives it back, or keeps it.
func (s *extensionSlab) takeSpare() []r4.Extension {
	last := len(s.spare) - 1
	if last < 0 {
		return make([]r4.Extension, 0, 16)
	}
	spare := s.spare[last]
	s.spare = s.spare[:last]
	return spare
}
