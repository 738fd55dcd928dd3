package fhir

import (
	"slices"
	"strings"
	"unicode/utf8"

	r4 "github.com/samply/golang-fhir-models/fhir-models/fhir"
)

// DecodeOption changes what Decode accepts.
type DecodeOption func(*decoder)

// WithRootDescription accepts the root property "description", which some
// LFPSE clients send although R4 AdverseEvent has no such element. It is kept in
// AdverseEvent.Description and reported as a warning. Without the option, the
// default, it is an unknown element like any other.
func WithRootDescription() DecodeOption {
	return func(d *decoder) { d.tolerateDescription = true }
}

// Decode reads one AdverseEvent, at most 5 MiB of UTF-8 JSON, and reports every
// finding of the document at once: a bad value is reported and skipped, and only a
// syntax error, nesting beyond 64 levels or the thousandth finding ends the
// reading early. Package lfpse/rule explains the rule ids.
//
// The event is complete only when there is no issue but the warning about a root
// description. The ids and extensions of primitive elements (such as _date), which FHIR
// allows and LFPSE does not use, are checked, reported as warnings and not kept. With an
// error, the event holds what could be read, so that a validator can report more; never
// send it. It is nil only when the document is too large.
//
// The event shares no memory with data. Its strings share one copy of the text, so
// keeping one of them keeps the text of the whole document in memory. Decode is safe for
// concurrent use.
func Decode(data []byte, opts ...DecodeOption) (*AdverseEvent, Issues) {
	d := newDecoder(data, "AdverseEvent")
	for _, opt := range opts {
		opt(d)
	}
	return d.event(new(AdverseEvent))
}

// Decoder reads one event after another into the same memory. Use it to read many events
// without keeping them: a third of the time that [Decode] takes goes into allocating
// memory and collecting it. A Decoder must not be used by two goroutines at once.
type Decoder struct {
	d     decoder
	opts  []DecodeOption
	slab  extensionSlab
	texts []string
	event AdverseEvent
}

// NewDecoder returns a decoder with the options of [Decode].
func NewDecoder(opts ...DecodeOption) *Decoder {
	return &Decoder{opts: opts, slab: extensionSlab{reused: true}}
}

// Decode reads one event as the function [Decode] does. The event is valid until the next
// call of Decode or Reset; the issues and the strings of the event may be kept.
func (r *Decoder) Decode(data []byte) (*AdverseEvent, Issues) {
	r.Reset()
	d := &r.d
	d.data, d.root, d.extensions, d.strings = data, "AdverseEvent", r.slab, r.texts
	for _, opt := range r.opts {
		opt(d)
	}
	a, issues := d.event(&r.event)
	r.slab, r.d = d.extensions, decoder{}
	return a, issues
}

// Reset clears the last event, so that a decoder that waits to be used again holds
// nothing of it.
func (r *Decoder) Reset() {
	const texts = 256
	if r.texts == nil {
		r.texts = make([]string, texts)
	}
	clear(r.texts)
	r.slab.reset()
	r.event = AdverseEvent{}
}

// event reads an AdverseEvent, which is the whole document.
func (d *decoder) event(a *AdverseEvent) (*AdverseEvent, Issues) {
	if d.tooLarge(maxBytes) {
		return nil, d.issues
	}
	d.extensions.begin(strings.Count(d.src, "{"))
	decodeAdverseEvent(d, a)
	return a, d.finish()
}

// decoder reads one JSON text in one pass. The generated functions in
// decode_gen.go drive it for the R4 types, value reads anything else; both report
// through finding, so they share every check.
type decoder struct {
	data []byte // the caller's text
	src  string // our copy of it, of which the decoded strings are pieces
	pos  int    // next byte to read

	root       string // root of the paths
	containers containers
	key        string // name of the current property; empty in an array
	keyPos     int    // where that name starts, with its quote
	keyEnd     int    // where it ends

	validUTF8 bool // the whole text is valid, so no string is checked
	lenient   bool // null and empty values are not findings
	mute      bool // looking ahead: nothing is reported
	dead      bool // nothing more can be read
	issues    Issues
	besides   []string // paths, with "[", of lists whose items have extensions

	tolerateDescription bool

	buf        []byte   // scratch for strings with escapes
	strings    []string // slab of string pointers
	extensions extensionSlab
}

func newDecoder(data []byte, root string) *decoder {
	return &decoder{data: data, root: root}
}

// tooLarge reports a text over the limit, before anything is done with it, and
// otherwise prepares for reading.
func (d *decoder) tooLarge(limit int) bool {
	if len(d.data) > limit {
		d.finding(Error, ruleSize, "", limit, "The document is larger than the limit.", "Send a smaller document.")
		return true
	}
	d.src = string(d.data)
	d.validUTF8 = utf8.ValidString(d.src)
	return false
}

// finish checks that nothing follows the document and puts the findings in
// document order.
func (d *decoder) finish() Issues {
	if !d.dead {
		if d.token(); d.pos < len(d.data) {
			d.finding(Error, ruleTrailing, "", d.pos, "There is more text after the end of the document.",
				"Send one JSON document and nothing after it.")
		}
	}
	if d.besides != nil {
		d.allowNulls()
	}
	slices.SortStableFunc(d.issues, func(a, b Issue) int { return a.Offset - b.Offset })
	return d.issues
}

// extensionSlab allocates extensions from a few large blocks. Pieces follow each other
// without gaps, so the last one can grow in place, which suits every list whose elements
// hold no extensions themselves.
type extensionSlab struct {
	block []r4.Extension   // the used part of the current block
	due   int              // at most how many extensions are still to come
	spare [][]r4.Extension // empty, for lists that do not grow in place

	reused bool // the block is kept for the next document, and all of this one should fit
}

// mostKept is the largest number of extensions that a slab keeps room for between
// documents, in its block and in its spares: nearly a megabyte each.
const mostKept = 2048

// begin prepares for a document with at most due extensions.
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

// extend returns the piece with one more empty extension, or nil when another piece was
// taken since. A piece that no longer fits into its block moves to one with room for
// twice its length.
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

// giveBack returns a spare slice that is no longer used.
func (s *extensionSlab) giveBack(spare []r4.Extension) {
	if s.reused {
		clear(spare) // the next document expects empty extensions
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
