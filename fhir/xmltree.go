package fhir

import "strings"

// xmlTree makes the tree of JSON from the elements of XML. Elements of one name make a
// list; one alone stands for itself, since XML does not say which elements repeat, see
// [Node.Each]. The values are all strings, and the narrative is the string of its markup.
type xmlTree struct {
	*xmlScanner
	t     *tree
	level int // of objects and lists that are open
}

// readXMLTree reads a FHIR resource in XML. The tree is whole when there are no issues.
func readXMLTree(data []byte, offset int) (*tree, Issues) {
	x := xmlTree{xmlScanner: &xmlScanner{text: string(data), pos: offset}}
	if !x.scan() {
		return nil, x.issues
	}
	x.t = &tree{text: x.text, nodes: make([]treeNode, 0, 2*len(x.elements)), escaped: []string{"resourceType", "id", "url"}}
	x.object(0, 0, treeNode{}, true)
	return x.t, x.issues
}

// The names that stand nowhere in the text: indexes into escaped.
const (
	nameResourceType uint32 = iota
	nameID
	nameURL
)

func (x *xmlTree) part(of span) string { return x.text[of.start : of.start+of.size] }

// resourceIn is the resource that an element holds, which is all that is in it.
func (x *xmlTree) resourceIn(i uint32) (uint32, bool) {
	e := &x.elements[i]
	if i+1 >= e.end || x.elements[i+1].end != e.end || e.value.size > 0 {
		return i, false
	}
	return i + 1, isUpper(x.part(x.elements[i+1].name)[0])
}

// enter reports whether an object or a list may begin.
func (x *xmlTree) enter(at span) bool {
	if x.level++; x.level <= maxDepth {
		return true
	}
	return x.fail(ruleXMLLimit, int(at.start), "The elements are nested too deeply.", "Send the record as its system exports it.")
}

// object adds an element with others in it. Its properties are those of another element if
// it holds a resource.
func (x *xmlTree) object(i, inside uint32, node treeNode, resource bool) {
	e := &x.elements[inside]
	if !x.enter(e.whole) {
		return
	}
	whole := x.elements[i].whole
	node.kind, node.start, node.size = ObjectNode, whole.start, whole.size
	at := x.t.add(node)
	var names propertyNames
	if resource {
		x.attribute(&names, at, nameResourceType, span{e.name.start - 1, e.name.size + 2})
	}
	x.attribute(&names, at, nameID, e.id)
	x.attribute(&names, at, nameURL, e.url)
	for child := inside + 1; child < e.end; {
		child = x.property(&names, at, child, e.end)
	}
	x.t.nodes[at].end = uint32(len(x.t.nodes))
	x.level--
}

// attribute adds a string that XML has as an attribute, or as the name of the element.
func (x *xmlTree) attribute(names *propertyNames, object, name uint32, value span) {
	if value.size == 0 {
		return
	}
	names.add(x.t, object, x.t.escaped[name])
	x.primitive(treeNode{name: name, nameLen: uint32(len(x.t.escaped[name])), escapedName: true, parent: object}, value)
}

// primitive adds a string, given with its quotes or with what stands in their place.
func (x *xmlTree) primitive(node treeNode, value span) {
	node.kind, node.start, node.size = StringNode, value.start, value.size
	raw := x.text[value.start+1 : value.start+value.size-1]
	if strings.IndexByte(raw, '&') >= 0 && raw[0] != '<' { // a narrative stays as it is written
		expanded, _, _ := expandEntities(raw)
		node.value, node.escapedValue = x.escape(expanded), true
	}
	at := x.t.add(node)
	x.t.nodes[at].end = at + 1
}

func (x *xmlTree) escape(s string) uint32 {
	x.t.escaped = append(x.t.escaped, s)
	return uint32(len(x.t.escaped) - 1)
}

// property adds the elements of one name, which follow each other, and returns the element
// after them.
func (x *xmlTree) property(names *propertyNames, object, first, end uint32) uint32 {
	e := &x.elements[first]
	name := x.part(e.name)
	if !names.add(x.t, object, name) {
		x.fail(ruleXMLOrder, int(e.whole.start), "Elements of one name do not follow each other.", "Put the elements in the order that FHIR has.")
	}
	after, several, described := e.end, false, x.described(e)
	for after < end && x.part(x.elements[after].name) == name {
		described = described || x.described(&x.elements[after])
		after, several = x.elements[after].end, true
	}
	node := treeNode{name: e.name.start, nameLen: e.name.size, parent: object}
	x.values(first, after, node, several, x.value)
	if described { // _birthDate, with the extensions of birthDate
		names.add(x.t, object, "_"+name)
		node.name, node.nameLen, node.escapedName = x.escape("_"+name), e.name.size+1, true
		x.values(first, after, node, several, x.description)
	}
	return after
}

// described reports a primitive element with extensions or an id.
func (x *xmlTree) described(e *xmlElement) bool {
	return e.value.size > 0 && (e.id.size > 0 || x.hasChildren(e))
}

func (x *xmlTree) hasChildren(e *xmlElement) bool {
	next := e.end - 1 // the last element below it, or itself
	return x.elements[next].whole.start != e.whole.start
}

// values adds one value, or a list of them.
func (x *xmlTree) values(first, after uint32, node treeNode, several bool, add func(uint32, treeNode)) {
	if !several {
		add(first, node)
		return
	}
	start, last := x.elements[first].whole, x.elements[first].whole
	if !x.enter(start) {
		return
	}
	node.kind, node.start = ListNode, start.start
	at := x.t.add(node)
	item := treeNode{parent: at}
	for i := first; i < after; i = x.elements[i].end {
		last = x.elements[i].whole
		add(i, item)
		item.name++
	}
	list := &x.t.nodes[at]
	list.size, list.end = last.start+last.size-start.start, uint32(len(x.t.nodes))
	x.level--
}

func (x *xmlTree) value(i uint32, node treeNode) {
	e := &x.elements[i]
	switch inside, resource := x.resourceIn(i); {
	case e.markup:
		x.primitive(node, span{e.whole.start - 1, e.whole.size + 2})
	case e.value.size > 0:
		x.primitive(node, e.value)
	case resource:
		x.object(i, inside, node, true)
	default:
		x.object(i, i, node, false)
	}
}

// description adds what a primitive element has besides its value, null if there is nothing.
func (x *xmlTree) description(i uint32, node treeNode) {
	if e := &x.elements[i]; !x.described(e) {
		node.kind, node.start, node.size = NullNode, e.whole.start, e.whole.size
		at := x.t.add(node)
		x.t.nodes[at].end = at + 1
		return
	}
	x.object(i, i, node, false)
}
