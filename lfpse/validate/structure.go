package validate

import (
	"reflect"
	"slices"
	"strconv"
	"strings"

	r4 "github.com/samply/golang-fhir-models/fhir-models/fhir"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

// maxDepth is how deep elements may be nested. Reading a document allows 64 levels
// of objects and arrays, which is less.
const maxDepth = 64

// frames are the elements from the root to the one at hand. They become a path
// only when there is something to report.
type frames struct {
	list  [maxDepth]frame
	depth int
}

type frame struct {
	name  string
	index int // -1 for an element that does not repeat
}

// enter goes down to an element; false if that is too deep.
func (w *view) enter(name string, i int) bool {
	if w.frames.depth == maxDepth {
		if !w.deepest {
			w.deepest = true
			w.find(ruleDepth, w.here("").with("")) // of the outermost extension or element
		}
		return false
	}
	w.frames.list[w.frames.depth] = frame{name, i}
	w.frames.depth++
	return true
}

func (w *view) leave() { w.frames.depth-- }

// here is the place of an element of the one at hand, or of that itself if the
// name is empty.
func (w *view) here(name string) place {
	at, list := root(""), w.frames.list[:w.frames.depth]
	for _, step := range []struct {
		name string
		to   *int
	}{{"contained", &at.contained}, {"extension", &at.ext}, {"extension", &at.sub}} {
		if len(list) > 0 && list[0].name == step.name && list[0].index >= 0 {
			*step.to, list = list[0].index, list[1:]
		}
	}
	var b strings.Builder
	for _, f := range list {
		b.WriteString("." + f.name + index(f.index))
	}
	if name != "" {
		b.WriteString("." + name)
	}
	return at.with(b.String())
}

// index writes the index of a repeating element.
func index(i int) string {
	if i < 0 {
		return ""
	}
	return "[" + strconv.Itoa(i) + "]"
}

// structure walks through the record, once: it applies the rules of FHIR R4 to
// every element and, where the taxonomy is to judge, has the groups read on the
// way.
func (w *view) structure() {
	if w.a.Actuality == nil {
		// The path is that of reading a document, so that the two findings can be
		// told to be the same.
		w.find(ruleRequired, root(".actuality")).text = "The required element actuality is missing."
	}
	if w.a.Subject == nil {
		w.find(ruleRequired, root(".subject")).text = "The required element subject is missing."
	}
	if w.a.Description != nil {
		w.find(ruleRootText, root(".description"))
	}
	w.containedIDs()
	w.contained = -1
	if usual(w.a) {
		w.framed()
	} else {
		w.walk(w.v.nodes[eventGoType], reflect.ValueOf(w.a).Elem())
	}
	for i := range w.a.Contained {
		if !w.referenced[i] {
			w.find(ruleUnreferenced, place{contained: i, ext: -1, sub: -1})
		}
	}
}

// walk looks at the elements of a value of an R4 type.
func (w *view) walk(n *node, v reflect.Value) {
	w.odd = true
	for i := range n.elements {
		e := &n.elements[i]
		switch f := v.Field(e.field); {
		case !e.present(f):
		case e.unused && w.judged:
			w.find(ruleElement, w.here(e.name))
			w.aside++
			w.element(e, f)
			w.aside--
		default:
			w.element(e, f)
		}
	}
}

// present reports whether there is anything to look at. The zero value of what is
// no pointer is an element that is not there: reading and writing a document refuse
// it. That a group is missing can be seen only in a list that may be empty.
func (e *element) present(f reflect.Value) bool {
	switch e.how {
	case groupList:
		return true
	case textItself, intItself, decimalItself, structItself:
		return e.needed || !f.IsZero()
	}
	return !f.IsNil() && (f.Kind() != reflect.Slice || f.Len() > 0)
}

// element looks at an element that is present.
func (w *view) element(e *element, f reflect.Value) {
	switch e.how {
	case textPointer, intPointer, decimalPointer:
		w.primitive(e, f.Elem(), -1)
	case textItself, intItself, decimalItself:
		w.primitive(e, f, -1)
	case textList:
		for j := range f.Len() {
			w.primitive(e, f.Index(j), j)
		}
	case structPointer:
		w.down(e, f.Elem(), -1)
	case structItself:
		w.down(e, f, -1)
	case structList:
		for j := range f.Len() {
			w.down(e, f.Index(j), j)
		}
	case extensionList:
		w.extensions(e, *f.Addr().Interface().(*[]r4.Extension))
	case groupList:
		w.groupList(e, *f.Addr().Interface().(*[]r4.Extension))
	case resourceList:
		w.resources()
	}
}

// down looks at the value of an element that is of an R4 type itself.
func (w *view) down(e *element, v reflect.Value, i int) {
	if !w.enter(e.name, i) {
		return
	}
	if e.node.reference {
		w.reference(v.Addr().Interface().(*r4.Reference), e.targets)
	}
	w.walk(e.node, v)
	w.leave()
}

func (w *view) primitive(e *element, v reflect.Value, i int) {
	if v.Kind() == reflect.Int {
		w.number(e.name, e.format, int(v.Int()))
	} else {
		w.text(e.name, e.format, v.String(), i)
	}
}

func (w *view) number(name string, f format, n int) {
	if !f.validInt(n) {
		w.find(ruleFormat, w.here(name)).text = expected[f]
	}
}

// text looks at a text. It returns whether there is nothing but printable ASCII and
// line breaks in it.
func (w *view) text(name string, f format, s string, i int) (plain bool) {
	w.mention(f, s)
	if f == textFormat && plainText(s) {
		return true
	}
	if !f.validText(s) {
		w.find(ruleFormat, w.here(name+index(i))).text = expected[f]
	}
	return false
}

// mention notes that a URI leads to a contained resource.
func (w *view) mention(f format, s string) {
	if f == uriFormat && len(s) > 1 && s[0] == '#' {
		if i, ok := w.ids[s[1:]]; ok {
			w.referenced[i] = true
		}
	}
}

// extensions looks at the extensions of an element. On one that is used they are
// strays, groups standing on resources only.
func (w *view) extensions(e *element, exts []r4.Extension) {
	if w.judged && e.modifier {
		w.find(ruleModifier, w.here(e.name))
	}
	for i := range exts {
		if !w.enter(e.name, i) {
			return
		}
		if w.judged && !e.modifier && w.aside == 0 {
			w.find(ruleGroup, w.here("url")).text = "No group belongs on this element."
		}
		w.extension(e.node, &exts[i])
		w.leave()
	}
}

// extension looks at one extension and at those within it.
func (w *view) extension(n *node, x *r4.Extension) {
	w.odd = true
	w.content(n, x, false, nil)
	w.within(n, x)
}

// within looks at the extensions within an extension.
func (w *view) within(n *node, x *r4.Extension) {
	for i := range x.Extension {
		if w.enter("extension", i) {
			w.extension(n, &x.Extension[i])
			w.leave()
		}
	}
}

// content is what an extension holds beside other extensions.
type content struct {
	property string // that holds its value, such as valueCode; empty unless there is one
	values   int
	text     string // the value as rules compare it: a text or a truth value
	plain    bool   // the text has nothing but printable ASCII and line breaks
	blank    bool   // the text says nothing
	concept  *taxonomy.Concept
}

// content looks at the extension at hand, without those within it. The url of a
// group or a field of the taxonomy is known to be one, and so is a code of its list.
// Simple values are looked at by hand, because there are so many.
func (w *view) content(n *node, x *r4.Extension, known bool, list *listPlan) (c content) {
	switch {
	case known:
	case x.Url == "":
		w.find(ruleRequired, w.here("")).text = "The extension has no url."
	case !validURI(x.Url):
		w.find(ruleFormat, w.here("url")).text = expected[uriFormat]
	}
	property, value, values := fhir.ExtensionValue(x)
	c.property, c.values = property, values
	if c.values > 1 || c.values == 1 == (len(x.Extension) > 0) {
		w.find(ruleExtension, w.here(""))
	}
	switch v := value.(type) {
	case *string:
		c.text = *v
		if list != nil && property == "valueCode" {
			c.concept = list.concept(*v)
		}
		if c.concept == nil {
			c.plain = w.text("value", valueFormat(property), *v, -1)
			c.blank = !c.plain && blank(*v)
		}
	case *int:
		w.number("value", valueFormat(property), *v)
	case *bool:
		c.text = strconv.FormatBool(*v)
	default:
		if c.values > 0 {
			w.values(n, x)
		}
	}
	if x.Id != nil {
		w.odd = true
		if !validString(*x.Id) {
			w.find(ruleFormat, w.here("id")).text = expected[textFormat]
		}
	}
	return c
}

// values looks at the values of an extension that are not simple, or too many.
func (w *view) values(n *node, x *r4.Extension) {
	w.odd = true
	w.aside++
	v := reflect.ValueOf(x).Elem()
	for i := range n.elements {
		if e := &n.elements[i]; e.name == "value" {
			if f := v.Field(e.field); e.present(f) {
				w.element(e, f)
			}
		}
	}
	w.aside--
}

// reference checks where a reference leads.
func (w *view) reference(r *r4.Reference, targets []string) {
	if r.Reference == nil {
		if r.Identifier == nil && r.Display == nil && len(r.Extension) == 0 {
			w.find(ruleRequired, w.here("")).text = "The reference says nothing about where it leads."
		}
		return
	}
	var to string
	if id, local := strings.CutPrefix(*r.Reference, "#"); !local {
		to = typeInURL(*r.Reference)
	} else if id == "" {
		to = "AdverseEvent"
	} else if i, ok := w.ids[id]; !ok {
		w.find(ruleReference, w.here("reference"))
	} else {
		w.referenced[i] = true
		to = w.a.Contained[i].ResourceType()
	}
	if to == "" {
		return
	}
	if targets != nil && !slices.Contains(targets, to) {
		w.find(ruleReferenceType, w.here("reference")).fix = "Refer to one of: " + strings.Join(targets, ", ") + "."
	}
	if r.Type != nil && *r.Type != to && !strings.HasSuffix(*r.Type, "/"+to) {
		w.find(ruleReferenceType, w.here("type")).text = "The type is not that of the resource that the reference leads to."
	}
}

// typeInURL returns the resource type in a reference of the form TYPE/ID, with
// or without what comes before and the version after it; else the empty string.
func typeInURL(s string) string {
	s, _, _ = strings.Cut(s, "/_history/")
	i := strings.LastIndexByte(s, '/')
	if i < 0 || !validID(s[i+1:]) {
		return ""
	}
	name := s[strings.LastIndexByte(s[:i], '/')+1 : i]
	for j := range len(name) {
		if c := name[j]; (c|0x20 < 'a' || c|0x20 > 'z') || j == 0 && c > 'Z' {
			return ""
		}
	}
	return name
}

// resources looks at the contained resources.
func (w *view) resources() {
	for i := range w.a.Contained {
		c := &w.a.Contained[i]
		w.contained = i
		w.enter("contained", i)
		switch {
		case !c.Single():
			w.odd = true
			w.find(ruleResourceType, w.here(""))
		case c.Patient != nil:
			w.resource(c, reflect.ValueOf(c.Patient).Elem(), c.Patient.Meta)
		case c.Location != nil:
			w.resource(c, reflect.ValueOf(c.Location).Elem(), c.Location.Meta)
		case c.Practitioner != nil:
			w.resource(c, reflect.ValueOf(c.Practitioner).Elem(), c.Practitioner.Meta)
		case c.Device != nil:
			w.resource(c, reflect.ValueOf(c.Device).Elem(), c.Device.Meta)
		case c.Medication != nil:
			w.resource(c, reflect.ValueOf(c.Medication).Elem(), c.Medication.Meta)
		default:
			w.odd = true
			w.foreign(c.Other)
		}
		w.leave()
	}
	w.contained = -1
}

// resource looks at a contained resource that has a Go type.
func (w *view) resource(c *fhir.Resource, v reflect.Value, m *r4.Meta) {
	n := w.v.nodes[v.Type()]
	if w.judged && w.v.plan.t.Profile(n.name) == nil {
		w.find(ruleResource, w.here(""))
	}
	if m != nil && (m.VersionId != nil || m.LastUpdated != nil) {
		w.find(ruleVersioned, w.here("meta"))
	}
	if m != nil && len(m.Security) > 0 {
		w.find(ruleLabelled, w.here("meta.security"))
	}
	id, groups, bare := c.Bare()
	if !bare && (c.Device == nil || !usualDevice(c.Device)) {
		w.walk(n, v)
		return
	}
	w.single(n.id, id)
	w.groupList(n.groups, groups)
	if c.Device != nil {
		w.single(w.v.usual.manufacturer, c.Device.Manufacturer)
		w.single(w.v.usual.modelNumber, c.Device.ModelNumber)
	}
}
