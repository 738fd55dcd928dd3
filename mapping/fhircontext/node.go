package fhircontext

import (
	"strconv"

	"github.com/gpsafety/lfpse-go/fhir"
)

// node is one element of a resource and its place. Elements of a wrong JSON type
// count as absent and are reported: one bad element must not cost a whole resource.
type node struct {
	load  *loader
	entry int    // of the bundle
	path  string // FHIRPath
	value any    // nil when absent
}

func (n node) present() bool { return n.value != nil }

func (n node) at(path string, value any) node {
	return node{load: n.load, entry: n.entry, path: n.path + path, value: value}
}

func (n node) child(name string) node {
	members, _ := n.value.(map[string]any)
	return n.at("."+name, members[name])
}

// choice is child for name[x] of one type; FHIRPath leaves the type out.
func (n node) choice(name, typeName string) node {
	members, _ := n.value.(map[string]any)
	return n.at("."+name, members[name+typeName])
}

// text returns a string element, "" when absent.
func (n node) text(name string) string {
	c := n.child(name)
	text, ok := c.value.(string)
	if !ok && c.present() {
		c.wrongType("a string")
	}
	return text
}

// flag returns a boolean element, false when absent.
func (n node) flag(name string) bool {
	c := n.child(name)
	is, ok := c.value.(bool)
	if !ok && c.present() {
		c.wrongType("true or false")
	}
	return is
}

// object returns a complex element.
func (n node) object(name string) node { return n.child(name).asObject() }

func (n node) asObject() node {
	if _, ok := n.value.(map[string]any); !ok {
		if n.present() {
			n.wrongType("an object")
		}
		n.value = nil
	}
	return n
}

// objects returns the items of a repeating complex element.
func (n node) objects(name string) []node {
	list := n.child(name)
	items, ok := list.value.([]any)
	if !ok && list.present() {
		list.wrongType("an array")
	}
	var all []node
	for i, item := range items {
		if o := list.at("["+strconv.Itoa(i)+"]", item).asObject(); o.present() {
			all = append(all, o)
		}
	}
	return all
}

// extension returns the first extension of a url.
func (n node) extension(urls ...string) node {
	for _, e := range n.objects("extension") {
		url := e.text("url")
		for _, want := range urls {
			if url == want {
				return e
			}
		}
	}
	return n.at(".extension", nil)
}

func (n node) wrongType(want string) {
	n.load.report(fhir.Warning, "CONTEXT-ELEMENT-TYPE", n.path, "The element is not "+want+", so it was not read.", "Correct the record or leave the element out.")
}
