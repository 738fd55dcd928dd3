package fhir

import (
	"slices"
	"strings"
	"unicode/utf8"
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
// The event is whole only when the issues hold no error. With errors it is what
// could be read, for a validator that wants to go on and report more; never send
// it. It is nil only when the document is too large.
//
// The event shares no memory with data. Its strings share one copy of the text,
// so a single string that is kept keeps the text of the whole document. Decode
// may be called from many goroutines.
func Decode(data []byte, opts ...DecodeOption) (*AdverseEvent, Issues) {
	d := newDecoder(data, "AdverseEvent")
	for _, opt := range opts {
		opt(d)
	}
	return d.event(new(AdverseEvent))
}

// Decoder reads one event after the other into the same memory, for who looks at many
// and keeps none: a third of the time that [Decode] takes is spent on having memory and
// on its being collected. A Decoder must not be used by two goroutines at once.
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

// Decode reads one event as the function of that name does. The event is valid until
// the decoder is used again; the issues, and strings of the event, may be kept.
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

// Reset forgets the event that was read last.
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

	root   string // root of the paths
	frames frames
	key    string // name of the current property; empty in an array
	keyPos int    // where that name starts, with its quote
	keyEnd int    // where it ends

	validUTF8 bool // the whole text is, so no string needs a look
	lenient   bool // nulls and empties are no findings here
	mute      bool // looking ahead: nothing is a finding
	dead      bool // nothing more can be read
	issues    Issues

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
	slices.SortStableFunc(d.issues, func(a, b Issue) int { return a.Offset - b.Offset })
	return d.issues
}
