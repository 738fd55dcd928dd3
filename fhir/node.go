package fhir

import (
	"iter"
	"strconv"
)

// NodeKind says what a Node is.
type NodeKind uint8

// The kinds, in this order: nothing, primitive elements, elements with others below them.
// In a document format that does not distinguish primitive types, all primitives are
// strings.
const (
	NoNode      NodeKind = iota // the element is absent
	NullNode                    // null, which FHIR uses for gaps in lists of primitives
	BooleanNode                 // true or false
	NumberNode                  // integer or decimal, as it is written
	StringNode                  // any other primitive
	ListNode                    // the values of a repeating element, in their order
	ObjectNode                  // a resource or any other complex element
)

// Node is one element of a FHIR document: a view of a resource of any type, which
// [ParseBundle] gives. Unlike the R4 types it shows every element, in the order of the
// document.
//
// The zero Node is an absent element. Methods return it for what they do not find, so a
// chain such as n.Child("meta").Child("versionId").Text() needs no checks in between. Two
// nodes are equal (==) when they are the same element of the same document.
//
// A Node is a small value that refers to the document, which stays in memory as long
// as one of its nodes or texts does. It is immutable and safe for concurrent use.
type Node struct {
	tree *tree
	at   uint32 // index into the nodes of the tree
}

// Exists reports whether the element is in the document.
func (n Node) Exists() bool { return n.tree != nil }

// Kind says what the element is.
func (n Node) Kind() NodeKind {
	if n.tree == nil {
		return NoNode
	}
	return n.tree.nodes[n.at].kind
}

// Name returns the name of the property that holds the element, such as valueCode. It is
// empty for an item of a list and for the whole document.
func (n Node) Name() string {
	if n.tree == nil {
		return ""
	}
	return n.tree.name(&n.tree.nodes[n.at])
}

// Text returns the value of a primitive element: a string without escapes, a number or
// boolean as it is written. It is empty for any other element.
func (n Node) Text() string {
	if n.tree == nil {
		return ""
	}
	return n.tree.value(&n.tree.nodes[n.at])
}

// Source returns a copy of the element as it is written in the document, such as the JSON
// or the XML of a resource.
func (n Node) Source() []byte {
	if n.tree == nil {
		return nil
	}
	e := &n.tree.nodes[n.at]
	return []byte(n.tree.text[e.start : e.start+e.size])
}

// Offset returns the byte offset of the element in the document, -1 when it is absent.
func (n Node) Offset() int {
	if n.tree == nil {
		return -1
	}
	return int(n.tree.nodes[n.at].start)
}

// Child returns the property of that name of a resource or complex element.
func (n Node) Child(name string) Node {
	if n.tree == nil {
		return Node{}
	}
	at, ok := n.tree.property(n.at, name)
	if !ok {
		return Node{}
	}
	return Node{n.tree, at}
}

// Children yields the properties of a complex element, or the items of a list.
func (n Node) Children() iter.Seq[Node] {
	return func(yield func(Node) bool) {
		if n.tree == nil {
			return
		}
		nodes := n.tree.nodes
		for at, end := n.at+1, nodes[n.at].end; at < end; at = nodes[at].end {
			if !yield(Node{n.tree, at}) {
				return
			}
		}
	}
}

// Each yields the items of a list, and any other element itself: XML does not say whether
// an element may repeat, so that one alone is a list in JSON only.
func (n Node) Each() iter.Seq[Node] {
	if n.Kind() == ListNode {
		return n.Children()
	}
	return func(yield func(Node) bool) {
		if n.tree != nil {
			yield(n)
		}
	}
}

// All yields the element itself and everything below it, in the order of the document.
func (n Node) All() iter.Seq[Node] {
	return func(yield func(Node) bool) {
		if n.tree == nil {
			return
		}
		for at, end := n.at, n.tree.nodes[n.at].end; at < end; at++ {
			if !yield(Node{n.tree, at}) {
				return
			}
		}
	}
}

// ResourceType returns the type of a resource, empty for any other element.
func (n Node) ResourceType() string {
	if name := n.Child("resourceType").string(); plainTypeName(name) {
		return name
	}
	return ""
}

// string is the value of a string, empty for any other element.
func (n Node) string() string {
	if n.Kind() != StringNode {
		return ""
	}
	return n.Text()
}

// Path returns the FHIRPath of the element from the root of the document, such as
// Bundle.entry[3].resource.code[0]. It holds no value and is safe to log: a property name
// that does not look like one is not repeated. It is empty for an absent element.
func (n Node) Path() string {
	if n.tree == nil {
		return ""
	}
	var way [maxDepth + 1]uint32
	depth := 0
	for at := n.at; at != 0; at = n.tree.nodes[at].parent {
		way[depth] = at
		depth++
	}
	var room [128]byte
	path := append(room[:0], Node{tree: n.tree}.rootName()...)
	above := ""
	for depth--; depth >= 0; depth-- {
		e := &n.tree.nodes[way[depth]]
		if n.tree.nodes[e.parent].kind == ListNode {
			path = append(strconv.AppendUint(append(path, '['), uint64(e.name), 10), ']')
			continue
		}
		name := n.tree.name(e)
		path = append(append(path, '.'), pathName(above, name)...)
		above = name
	}
	return string(path)
}

func (n Node) rootName() string {
	if name := n.ResourceType(); name != "" {
		return name
	}
	return anyRoot
}

// pathName is the name of a property in a path: FHIRPath leaves out the type of a choice
// such as value[x].
func pathName(above, name string) string {
	switch {
	case !isName(name):
		return unprintable
	case name == "medicationCodeableConcept", name == "medicationReference":
		return "medication" // in resources without a Go type here
	}
	return choiceName(above, name)
}
