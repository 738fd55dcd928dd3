package fhir

import (
	"cmp"
	"math"
	"strconv"
	"strings"
)

// The limits every document is held to, read or written.
const (
	maxDepth  = 64      // nested objects and arrays
	maxBytes  = 5 << 20 // 5 MiB of JSON text
	maxIssues = 1000    // findings of one document
)

// container is one JSON object or array that is being read or written. The containers
// from the root inwards are the path of a finding, which becomes text only when there is
// something to report.
type container struct {
	key   string // property name; empty for an element of an array and for the root
	index int    // element of an array, -1 for an object or before the first element
	start int    // byte offset of the opening bracket, when reading
}

// containers is the stack of open containers. Its fixed size is the depth limit, so
// reading or writing a document allocates nothing for it.
type containers struct {
	list  [maxDepth]container
	depth int
}

// path is the FHIRPath of the property named leaf in the innermost container, or of that
// container itself when leaf is empty. The root is named by the caller: a resource type,
// or $ for a document that is not a resource.
func (f *containers) path(root, leaf string) string {
	var b strings.Builder
	b.WriteString(root)
	parent := ""
	name := func(key string) {
		if key = elementName(key); key == "" {
			return
		}
		b.WriteByte('.')
		switch {
		case !isName(key):
			b.WriteString(unprintable)
		case root == anyRoot:
			b.WriteString(key)
		default:
			b.WriteString(choiceName(parent, key))
		}
		parent = key
	}
	for _, fr := range f.list[:f.depth] {
		name(fr.key)
		if fr.index >= 0 {
			b.WriteByte('[')
			b.WriteString(strconv.Itoa(fr.index))
			b.WriteByte(']')
		}
	}
	name(leaf)
	return b.String()
}

// name is the name of the innermost property that is open, "" at the root.
func (f *containers) name() string {
	for i := f.depth - 1; i >= 0; i-- {
		if key := elementName(f.list[i].key); key != "" {
			return key
		}
	}
	return ""
}

// elementName is the property name in a key, which the encoder has as it writes
// it, such as "url":".
func elementName(key string) string {
	name, quoted := strings.CutPrefix(key, `"`)
	if !quoted {
		return key
	}
	name, _, _ = strings.Cut(name, `"`)
	return name
}

// anyRoot is the root of the paths of a document that is not a FHIR resource.
const anyRoot = "$"

// unprintable stands for a property name that is not repeated because it does not
// look like a name and so might be data.
const unprintable = "(unprintable name)"

// isName reports whether a property name is safe to repeat in a finding: short,
// only letters, digits and underscores, and no digit before a letter, so that an
// NHS number used as a key never reaches a log.
func isName(s string) bool {
	if bare := strings.TrimLeft(s, "_"); bare == "" || len(s) > 64 || bare[0] >= '0' && bare[0] <= '9' {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if c != '_' && (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z') {
			return false
		}
	}
	return true
}

// Path says where an element is in an [AdverseEvent]. The zero value is the event itself.
// Paths are small values: copy and compare them. They become text only when they are
// printed.
type Path struct {
	// Nearly every element that matters lies in a field of a group of a contained
	// resource or of the event, so these three steps are numbers: one more than the
	// index, 0 for a step that the path does not have.
	contained, group, field int32
	rest                    string // the steps after these, such as .event.coding[0]
}

// pathOf returns the path of the last of the levels.
func pathOf(levels []level) (p Path) {
	i := 0
	number := func(name string, to *int32) {
		if i < len(levels) && levels[i].element().Name == name && levels[i].index >= 0 {
			*to = levels[i].index + 1
			i++
		}
	}
	number("contained", &p.contained)
	number("extension", &p.group)
	if p.group > 0 {
		number("extension", &p.field)
	}
	for ; i < len(levels); i++ {
		p.rest = joinStep(p.rest, levels[i].element().step, int(levels[i].index))
	}
	return p
}

// joinStep appends a step such as .coding to the text of a path, with an index unless
// that is negative.
func joinStep(rest, step string, index int) string {
	switch {
	case index >= 0:
		return rest + step + "[" + strconv.Itoa(index) + "]"
	case rest == "":
		return step
	}
	return rest + step
}

// Child returns the path of an element that does not repeat.
func (p Path) Child(name string) Path {
	p.rest = joinStep(p.rest, "."+name, -1)
	return p
}

// Item returns the path of one element of a repeating element; index counts from 0.
func (p Path) Item(name string, index int) Path {
	var number *int32
	if p.rest == "" {
		switch {
		case name == "contained" && p == Path{}:
			number = &p.contained
		case name == "extension" && p.group == 0:
			number = &p.group
		case name == "extension" && p.field == 0:
			number = &p.field
		}
	}
	if number == nil {
		p.rest = joinStep(p.rest, "."+name, index)
	} else {
		*number = int32(index) + 1
	}
	return p
}

// Contained returns the index of the contained resource that the path leads into, -1
// for none.
func (p Path) Contained() int { return int(p.contained) - 1 }

// Field returns the path of the field of a group that the path leads into, without the
// steps below the field. A shorter path is returned as it is.
func (p Path) Field() Path {
	p.rest = ""
	return p
}

// String returns the FHIRPath, such as AdverseEvent.contained[0].extension[2].value.
func (p Path) String() string {
	b := append(make([]byte, 0, 64), "AdverseEvent"...)
	number := func(name string, n int32) {
		if n > 0 {
			b = append(strconv.AppendInt(append(b, name...), int64(n)-1, 10), ']')
		}
	}
	number(".contained[", p.contained)
	number(".extension[", p.group)
	number(".extension[", p.field)
	return string(append(b, p.rest...))
}

// Compare compares two paths by the order of their elements in a document: it is negative
// if p comes first, positive if q does. Paths within the same field of a group compare as
// equal.
func (p Path) Compare(q Path) int {
	return cmp.Or(
		cmp.Compare(p.rootElement(), q.rootElement()),
		cmp.Compare(p.contained, q.contained),
		cmp.Compare(p.inResource(), q.inResource()),
		cmp.Compare(p.field, q.field),
	)
}

// rootElement is the position of the element of the event that the path leads into,
// -1 for the event itself.
func (p Path) rootElement() int {
	switch {
	case p.contained > 0:
		return rootPosition("contained")
	case p.group > 0:
		return rootPosition("extension")
	}
	return rootPosition(firstName(p.rest))
}

// inResource is the position of the path within its resource: the elements before
// the extensions, the extensions, those after them.
func (p Path) inResource() int {
	if p.group > 0 || p.contained == 0 {
		return int(p.group)
	}
	if i := rootPosition(firstName(p.rest)); p.rest == "" || i >= 0 && i < rootPosition("extension") {
		return 0
	}
	return math.MaxInt
}

// rootPosition is the position of an element of the event, -1 if it has none of the
// name. Resources have the elements before the extensions in common.
func rootPosition(name string) int {
	for i := range eventElements {
		if eventElements[i].Name == name {
			return i
		}
	}
	return -1
}

var eventElements = elementsOf("AdverseEvent")

// firstName cuts the name of the first element from .event.coding[0].code.
func firstName(rest string) string {
	rest = strings.TrimPrefix(rest, ".")
	if i := strings.IndexAny(rest, ".["); i >= 0 {
		return rest[:i]
	}
	return rest
}
