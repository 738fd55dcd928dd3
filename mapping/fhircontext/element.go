package fhircontext

import (
	"errors"
	"iter"
	"slices"

	"github.com/gpsafety/lfpse-go/fhir"
)

// element is one element of the record. One of a wrong type counts as absent and is
// reported: one bad element must not cost a whole resource.
type element struct {
	fhir.Node
	load *loader
}

// present reports an element that is there and not null.
func (e element) present() bool { return e.Kind() > fhir.NullNode }

func (e element) child(name string) element { return element{e.Element(name), e.load} }

// text returns a string element, "" when absent.
func (e element) text(name string) string {
	c := e.child(name)
	if c.Kind() != fhir.StringNode {
		c.isNot("a string")
		return ""
	}
	return c.Text()
}

// flag returns a boolean element, false when absent. In XML it is a string.
func (e element) flag(name string) bool {
	c := e.child(name)
	switch text := c.Text(); {
	case text == "true":
		return true
	case text != "false":
		c.isNot("true or false")
	}
	return false
}

// object returns a complex element.
func (e element) object(name string) element {
	c := e.child(name)
	if c.Kind() != fhir.ObjectNode {
		c.isNot("an object")
		return element{}
	}
	return c
}

// list yields the items of a repeating complex element. An object in the place of the
// array is its only item, as in XML and in JSON that was made from XML. Of an item that is not complex, everything is absent.
func (e element) list(name string) iter.Seq[element] {
	return func(yield func(element) bool) { e.eachOf(name, yield) }
}

// eachOf is the loop of list, apart from it so that a list takes no memory.
func (e element) eachOf(name string, yield func(element) bool) {
	list := element{e.Child(name), e.load}
	switch list.Kind() {
	case fhir.ListNode:
	case fhir.ObjectNode:
		yield(list)
		return
	default:
		list.isNot("an array")
		return
	}
	for n := range list.Children() {
		item := element{n, e.load}
		if n.Kind() != fhir.ObjectNode {
			item.isNot("an object")
		}
		if !yield(item) {
			return
		}
	}
}

// extension returns the first extension of a url.
func (e element) extension(urls ...string) element {
	for x := range e.list("extension") {
		if slices.Contains(urls, x.text("url")) && x.present() {
			return x
		}
	}
	return element{}
}

// isNot reports an element that is there and of another type than it should be.
func (e element) isNot(want string) {
	if e.present() {
		e.load.report(fhir.Warning, "CONTEXT-ELEMENT-TYPE", e.Path(), "The element is not "+want+", so it was not read.", "Correct the record or leave the element out.")
	}
}

// follow finds what a Reference element means. A reference that leads nowhere is
// reported once, however many elements hold it.
func (e element) follow(types ...string) (element, bool) {
	text := e.text("reference")
	if text == "" {
		return element{}, false
	}
	found, err := e.load.bundle.Resolve(e.Node, text, types...)
	if failed, is := errors.AsType[*fhir.ReferenceError](err); is {
		e.reportReference(text, failed)
		return element{}, false
	}
	to := element{found, e.load}
	return to, !to.confidential()
}

// confidential reports a resource of which nothing but its names is read, to look for them.
func (e element) confidential() bool {
	if !Confidential(e.Node) {
		return false
	}
	e.load.report(fhir.Information, "CONTEXT-CONFIDENTIAL-ENTRY", e.Path(), "The resource is confidential; only the names in it were taken, to look for them in the texts.", "Say in the report what the event needs of it.")
	return true
}

// deadEnd is a reference that leads nowhere, from an entry if it begins with #.
type deadEnd struct {
	reference string
	entry     int
}

func (e element) reportReference(text string, failed *fhir.ReferenceError) {
	key, problem := deadEnd{text, -1}, failed.Problem
	if text[0] == '#' {
		key.entry = failed.Entry
		if problem == fhir.ReferenceMalformed {
			problem = fhir.ReferenceNotFound
		}
	}
	if !e.load.deadEnds.add(key) {
		return
	}
	severity, says, fix := fhir.Warning, "The reference cannot be followed.", "Correct the reference."
	switch problem {
	case fhir.ReferenceNotFound:
		// Searches return one type of resource: that others are absent is normal.
		severity, says, fix = fhir.Information, "What the reference means is not in the record.", "Include it in the bundle when its facts are wanted."
	case fhir.ReferenceAmbiguous:
		says, fix = "The reference fits more than one resource.", "Give each resource its own fullUrl and id."
	case fhir.ReferenceWrongType:
		says = "The reference means a resource of another type than belongs here."
	}
	e.load.report(severity, "CONTEXT-REFERENCE", e.Path()+".reference", says, fix)
}
