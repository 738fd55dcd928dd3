package fhir

// CheckOption changes what CheckJSON accepts.
type CheckOption func(*checkOptions)

type checkOptions struct {
	lenient bool
	limit   int
}

// WithNullAndEmpty accepts null and empty objects, arrays and strings, which
// plain JSON has a use for and FHIR JSON has not. By default they are errors.
func WithNullAndEmpty() CheckOption {
	return func(o *checkOptions) { o.lenient = true }
}

// WithLimit sets the largest size of the document in bytes. The default is 5 MiB.
func WithLimit(n int) CheckOption {
	return func(o *checkOptions) { o.limit = n }
}

// CheckJSON checks any JSON document the way Decode checks an AdverseEvent, except
// for what only the R4 types can tell: the syntax, duplicate property names at any
// level, valid UTF-8, nesting of at most 64 levels, size, nothing after the
// document, and, unless allowed, no null and nothing empty. The paths start with $.
//
// Go's encoding/json lets most of these pass; check a document before it is
// decoded with that. The time is linear in the size of the document. CheckJSON may
// be called from many goroutines.
func CheckJSON(data []byte, opts ...CheckOption) Issues {
	o := checkOptions{limit: maxBytes}
	for _, opt := range opts {
		opt(&o)
	}
	d := newDecoder(data, anyRoot)
	d.lenient = o.lenient
	if d.tooLarge(o.limit) {
		return d.issues
	}
	d.value()
	return d.finish()
}

// value reads any JSON value and checks it.
func (d *decoder) value() {
	switch c := d.token(); c {
	case '{':
		if d.object() {
			d.properties()
		}
	case '[':
		if d.array() {
			for more := true; more; more = d.nextElement() {
				d.value()
			}
		}
	case '"':
		start := d.pos
		if s, ok := d.quoted(); ok && s == "" {
			d.empty(d.key, start, "The string is empty.")
		}
	case 't', 'f':
		if !d.literal("true") && !d.literal("false") {
			d.syntax("A JSON value must come here.")
		}
	case 'n':
		d.null()
	default:
		if c != '-' && (c < '0' || c > '9') {
			d.syntax("A JSON value must come here.")
			return
		}
		d.number()
	}
}

// skip reads a value that is not kept; the finding that it was not matters more
// than a null inside it.
func (d *decoder) skip() {
	lenient := d.lenient
	d.lenient = true
	d.value()
	d.lenient = lenient
}

// properties reads the properties of an object of any kind.
func (d *decoder) properties() {
	var names nameSet
	for more := true; more && d.property(); more = d.nextProperty() {
		if d.key != invalidName && !names.add(d.key) {
			d.repeated()
		}
		d.value()
	}
	d.leave()
}

// nameSet is the set of the property names of one object. Most objects are small
// and need no memory for it; a large one gets a map, so that the time stays linear
// whatever the text.
type nameSet struct {
	few  [16]string
	n    int
	many map[string]struct{}
}

// add adds a name and reports whether it is new.
func (s *nameSet) add(name string) bool {
	if s.many != nil {
		before := len(s.many)
		s.many[name] = struct{}{}
		return len(s.many) > before
	}
	for i := range s.n {
		if s.few[i] == name {
			return false
		}
	}
	if s.n < len(s.few) {
		s.few[s.n] = name
		s.n++
		return true
	}
	s.many = map[string]struct{}{name: {}}
	for _, name := range s.few {
		s.many[name] = struct{}{}
	}
	return true
}
