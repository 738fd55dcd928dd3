package fhir

import (
	"slices"
	"strings"
)

// tree is a document that was read, element by element. All that it assumes about the
// format of the document is that strings are between quotes, as they are in JSON and in
// the attributes of XML. A string that is written with escapes is kept, decoded, in
// escaped. readTree makes a tree from JSON.
type tree struct {
	text    string
	escaped []string                     // names and values that the text has with escapes
	nodes   []treeNode                   // in document order, the root first
	wide    map[uint32]map[string]uint32 // properties by name, of objects that have many
}

// treeNode is an element. It holds no pointers: a record has many elements, and the
// garbage collector need not look at them.
type treeNode struct {
	name, nameLen uint32 // offset of the property name in the text, or index into escaped; for an item of a list, its index
	start, size   uint32 // the value as it is written, quotes and brackets included
	value         uint32 // index into escaped
	end           uint32 // index of the first node that is not below this one
	parent        uint32

	kind         NodeKind
	escapedName  bool
	escapedValue bool
}

// manyProperties is how many properties an object has before they get an index.
const manyProperties = 16

func (t *tree) name(e *treeNode) string {
	switch {
	case e.nameLen == 0:
		return ""
	case e.escapedName:
		return t.escaped[e.name]
	}
	return t.text[e.name : e.name+e.nameLen]
}

func (t *tree) value(e *treeNode) string {
	switch {
	case e.escapedValue:
		return t.escaped[e.value]
	case e.kind == StringNode:
		return t.text[e.start+1 : e.start+e.size-1]
	case e.kind == NumberNode, e.kind == BooleanNode:
		return t.text[e.start : e.start+e.size]
	}
	return ""
}

// property finds a property of an element by name.
func (t *tree) property(of uint32, name string) (uint32, bool) {
	e := &t.nodes[of]
	if e.kind != ObjectNode {
		return 0, false
	}
	if t.wide != nil {
		if all := t.wide[of]; all != nil {
			at, ok := all[name]
			return at, ok
		}
	}
	return t.search(of, e.end, name)
}

// search looks for a property among the first nodes below an element, up to the node
// at end.
func (t *tree) search(of, end uint32, name string) (uint32, bool) {
	for at := of + 1; at < end; {
		e := &t.nodes[at]
		if int(e.nameLen) == len(name) && t.name(e) == name {
			return at, true
		}
		at = e.end
	}
	return 0, false
}

// add adds an element. Memory grows by doubling: append would copy a hostile document
// of tiny elements many times.
func (t *tree) add(e treeNode) uint32 {
	if len(t.nodes) == cap(t.nodes) {
		t.nodes = slices.Grow(t.nodes, len(t.nodes)+8)
	}
	t.nodes = append(t.nodes, e)
	return uint32(len(t.nodes) - 1)
}

// treeReader reads JSON into a tree in one pass, with the checks of CheckJSON.
type treeReader struct {
	d *decoder
	t *tree
}

// readTree reads a JSON document that begins at an offset of data. Null and empty values
// are not findings. The tree is whole when there are no issues.
func readTree(data []byte, offset int) (*tree, Issues) {
	d := newDecoder(data, anyRoot)
	d.lenient, d.pos = true, offset
	if d.tooLarge(maxBytes) {
		return nil, d.issues
	}
	r := treeReader{d: d, t: &tree{text: d.src, nodes: make([]treeNode, 0, mostElements(d.src))}}
	r.value(treeNode{})
	return r.t, d.finish()
}

// mostElements estimates how many elements a document has: each is the first in its
// object or list, or follows a comma. Commas in texts count too, so the estimate is
// capped by the size; the tree of a document with more elements grows.
func mostElements(text string) int {
	const least = 8 // bytes per element
	return min(strings.Count(text, ",")+strings.Count(text, "{")+strings.Count(text, "[")+1, len(text)/least+1)
}

// value reads the value that comes next as an element.
func (r *treeReader) value(e treeNode) {
	d, t := r.d, r.t
	c := d.token()
	e.start = uint32(d.pos)
	e.kind = kindOf(c)
	at := t.add(e)
	switch c {
	case '{':
		if d.object() {
			r.properties(at)
		}
	case '[':
		if d.array() {
			r.items(at)
		}
	case '"':
		s, _ := d.quoted()
		if d.pos-int(e.start) != len(s)+2 {
			t.nodes[at].value, t.nodes[at].escapedValue = r.escape(s), true
		}
	default:
		d.value()
	}
	done := &t.nodes[at]
	done.size, done.end = uint32(d.pos)-e.start, uint32(len(t.nodes))
}

func kindOf(c byte) NodeKind {
	switch c {
	case '{':
		return ObjectNode
	case '[':
		return ListNode
	case '"':
		return StringNode
	case 't', 'f':
		return BooleanNode
	case 'n':
		return NullNode
	}
	return NumberNode
}

func (r *treeReader) items(list uint32) {
	d := r.d
	for i, more := uint32(0), true; more; i, more = i+1, d.nextElement() {
		r.value(treeNode{name: i, parent: list})
	}
}

func (r *treeReader) properties(object uint32) {
	d := r.d
	var names propertyNames
	for more := true; more && d.property(); more = d.nextProperty() {
		if d.key != invalidName && !names.add(r.t, object, d.key) {
			d.repeated()
		}
		e := treeNode{name: uint32(d.keyPos) + 1, nameLen: uint32(len(d.key)), parent: object}
		if d.keyEnd-d.keyPos != len(d.key)+2 {
			e.name, e.escapedName = r.escape(d.key), true
		}
		r.value(e)
	}
	d.leave()
}

func (r *treeReader) escape(s string) uint32 {
	r.t.escaped = append(r.t.escaped, s)
	return uint32(len(r.t.escaped) - 1)
}

// propertyNames finds repeated names among the properties of an object while it is read.
// The names themselves are in the tree; from a certain number on, an index of them keeps
// the work linear for any document.
type propertyNames struct {
	seen  uint64 // a bit for each name; several names may share a bit
	count int
	many  map[string]uint32
}

// add records the name of the property that is added to the tree next, and reports
// whether it is new.
func (p *propertyNames) add(t *tree, object uint32, name string) bool {
	at := uint32(len(t.nodes))
	if p.many != nil {
		if _, known := p.many[name]; known {
			return false
		}
		p.many[name] = at
		return true
	}
	bit := nameBit(name)
	if p.seen&bit != 0 {
		if _, known := t.search(object, at, name); known {
			return false
		}
	}
	p.seen |= bit
	if p.count++; p.count > manyProperties {
		p.index(t, object, at)
		p.many[name] = at
	}
	return true
}

// index makes an index of the properties before the node at end, which the tree keeps.
func (p *propertyNames) index(t *tree, object, end uint32) {
	p.many = make(map[string]uint32, 2*manyProperties)
	for at := object + 1; at < end; at = t.nodes[at].end {
		p.many[t.name(&t.nodes[at])] = at
	}
	if t.wide == nil {
		t.wide = map[uint32]map[string]uint32{}
	}
	t.wide[object] = p.many
}

// nameBit tells most names of an object apart by length, first and last letter.
func nameBit(name string) uint64 {
	n := len(name)
	if n == 0 {
		return 1
	}
	return 1 << ((uint(n)*5 + uint(name[0])*3 + uint(name[n-1])) % 64)
}
