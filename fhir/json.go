package fhir

import (
	"bytes"
	"encoding/json"
)

// CheckOption changes what CheckJSON accepts.
type CheckOption func(*checkOptions)

type checkOptions struct {
	lenient bool
	limit   int
}

// WithNullAndEmpty accepts null and empty objects, arrays and strings, which JSON allows
// and FHIR does not. By default they are errors.
func WithNullAndEmpty() CheckOption {
	return func(o *checkOptions) { o.lenient = true }
}

// WithLimit sets the largest size of the document in bytes. The default is 5 MiB.
func WithLimit(n int) CheckOption {
	return func(o *checkOptions) { o.limit = n }
}

// CheckJSON makes the checks of Decode that do not depend on the R4 types, on any JSON
// document: syntax, duplicate property names at any level, valid UTF-8, nesting of at
// most 64 levels, size, and text after the document. Null and empty values are findings
// too, unless [WithNullAndEmpty] allows them. Paths start with $.
//
// Go's encoding/json accepts most of these faults, so check a document before decoding it
// with that package. The time taken is linear in the size of the document. CheckJSON is
// safe for concurrent use.
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
			d.syntax("A JSON value is expected here.")
		}
	case 'n':
		d.null()
	default:
		if c != '-' && (c < '0' || c > '9') {
			d.syntax("A JSON value is expected here.")
			return
		}
		d.number()
	}
}

// skip reads a value that is not kept. The value as a whole has been reported, so a null
// inside it is not.
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

// member is one property of a JSON object, in document order.
type member struct {
	name  string
	value json.RawMessage
}

// objectMembers reads the properties of a JSON object. Unlike a Go map or struct
// it keeps repeated names and does not fold case, so nothing is lost or confused.
func objectMembers(data json.RawMessage) ([]member, bool) {
	if jsonKind(data) != '{' {
		return nil, false
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	if _, err := dec.Token(); err != nil {
		return nil, false
	}
	var members []member
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return nil, false
		}
		m := member{name: name.(string)}
		if err := dec.Decode(&m.value); err != nil {
			return nil, false
		}
		members = append(members, m)
	}
	return members, true
}

// arrayItems reads the items of a JSON array.
func arrayItems(data json.RawMessage) ([]json.RawMessage, bool) {
	if jsonKind(data) != '[' {
		return nil, false
	}
	var items []json.RawMessage
	err := json.Unmarshal(data, &items)
	return items, err == nil
}

// jsonKind returns the first byte of a JSON value, which tells its type, or 0.
func jsonKind(data []byte) byte {
	data = bytes.TrimLeft(data, " \t\r\n")
	if len(data) == 0 {
		return 0
	}
	return data[0]
}

// jsonString returns the value of a JSON string.
func jsonString(data json.RawMessage) (string, bool) {
	if jsonKind(data) != '"' {
		return "", false
	}
	var s string
	err := json.Unmarshal(data, &s)
	return s, err == nil
}

// trimBOM removes a UTF-8 byte order mark, which some gateways and exports add.
func trimBOM(data []byte) []byte { return bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")) }
