package fhirform

import (
	"slices"
	"strings"

	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

// outline builds the two lists of elements: all of them, and those that differ
// from the base type.
type outline struct {
	snapshot, differential []element
}

// keep adds an element that is as in the base type.
func (o *outline) keep(e element) { o.snapshot = append(o.snapshot, e) }

// constrain adds an element that differs. What the base type says anyway is left
// out of the differential.
func (o *outline) constrain(e element) {
	o.snapshot = append(o.snapshot, e)
	e.Base, e.IsModifier, e.IsModifierReason, e.IsSummary = nil, false, "", false
	e.Constraint = slices.DeleteFunc(slices.Clone(e.Constraint), func(c constraint) bool { return !strings.HasPrefix(c.Key, "lfpse-") })
	o.differential = append(o.differential, e)
}

func (o *outline) fill(sd *structureDefinition) {
	sd.Snapshot.Element, sd.Differential.Element = o.snapshot, o.differential
}

// linked lists where an AdverseEvent refers to its contained resources.
var linked = map[string][]string{
	"AdverseEvent.subject":                {"Patient"},
	"AdverseEvent.location":               {"Location"},
	"AdverseEvent.recorder":               {"Practitioner"},
	"AdverseEvent.suspectEntity.instance": {"Device", "Medication"},
}

// resourceElements fills the profile of a resource.
func (w *writer) resourceElements(sd *structureDefinition, resource string) {
	var o outline
	types := w.Types[resource]
	for i := range types {
		b := &types[i]
		e := w.element(b)
		switch {
		case i == 0:
			e.Constraint = append(e.Constraint, w.onlyGroups(resource), noOtherExtensions(types))
			if resource == "AdverseEvent" {
				e.Constraint = append(e.Constraint, declared(sd.URL))
			}
			o.constrain(e)
		case b.Path == resource+".extension":
			w.groupSlices(&o, e, resource)
		case strings.HasSuffix(b.Path, ".extension"), strings.HasSuffix(b.Path, ".modifierExtension"):
			e.Max = "0"
			o.constrain(e)
		case b.Path == "AdverseEvent.contained":
			w.containedSlices(&o, e)
		case b.Path == w.eventPath():
			o.keep(e)
			w.eventCoding(&o, b.Path)
		case w.link(b):
			e.Type = w.types(b.Type)
			o.constrain(e)
		default:
			o.keep(e)
		}
	}
	o.fill(sd)
}

// onlyGroups says that a resource has no extensions but the groups.
func (w *writer) onlyGroups(resource string) constraint {
	var urls []string
	for i := range w.t.Groups {
		if g := &w.t.Groups[i]; g.Context == resource {
			urls = append(urls, w.t.URL(g.ID))
		}
	}
	return onlyURLs("Extensions are groups of this resource.", urls)
}

// link narrows a reference to the profiles of the contained resources.
func (w *writer) link(b *baseElement) bool {
	var profiles []string
	for _, resource := range linked[b.Path] {
		if p := w.t.Profile(resource); p != nil {
			profiles = append(profiles, w.t.URL(p.ID))
		}
	}
	if len(profiles) == 0 {
		return false
	}
	b.Type = []baseType{{Code: "Reference", TargetProfile: profiles}}
	return true
}

// groupSlices makes a slice of extension for each group.
func (w *writer) groupSlices(o *outline, e element, resource string) {
	var slices []element
	urls := map[string]string{}
	low := 0
	for i := range w.t.Groups {
		g := &w.t.Groups[i]
		if g.Context != resource {
			continue
		}
		s := slice(e, g.Name, g.Min, upper(g.Max))
		s.Short, s.Definition = g.Name, g.Description
		if s.Definition == "" {
			s.Definition = undefined
		}
		s.Type = w.types([]baseType{{Code: "Extension", Profile: []string{w.t.URL(g.ID)}}})
		slices = append(slices, s)
		urls[s.ID] = w.t.URL(g.ID)
		low += g.Min
	}
	if len(slices) == 0 {
		o.keep(e)
		return
	}
	e.Min = &low
	e.Slicing = &slicing{Discriminator: []discriminator{{"value", "url"}}, Rules: "closed"}
	o.constrain(e)
	for _, s := range slices {
		o.constrain(s)
		w.extensionParts(o, s, e.Path, urls[s.ID])
	}
}

// extensionParts lists what is inside an extension of a known url, for tools that
// tell slices apart without looking at the profile of the extension.
func (w *writer) extensionParts(o *outline, s element, path, url string) {
	for _, name := range []string{".id", ".extension", ".url", ".value[x]"} {
		e := w.extensionElement("Extension" + name)
		e.ID, e.Path, e.Slicing = s.ID+name, path+name, nil
		switch name {
		case ".url":
			e.FixedURI = url
		case ".value[x]":
			e.Max = "0"
		default:
			o.keep(e)
			continue
		}
		o.constrain(e)
	}
}

// containedSlices makes a slice of contained for each other profile.
func (w *writer) containedSlices(o *outline, e element) {
	e.Slicing = &slicing{Discriminator: []discriminator{{"type", "$this"}}, Rules: "closed"}
	o.constrain(e)
	for i := range w.t.Profiles {
		p := &w.t.Profiles[i]
		if p.Resource == "AdverseEvent" {
			continue
		}
		s := slice(e, p.Resource, w.least(p.Resource), "*")
		s.Type = w.types([]baseType{{Code: p.Resource, Profile: []string{w.t.URL(p.ID)}}})
		o.constrain(s)
	}
}

// least is 1 for a resource with a mandatory group.
func (w *writer) least(resource string) int {
	for i := range w.t.Groups {
		if g := &w.t.Groups[i]; g.Context == resource && g.Min > 0 {
			return 1
		}
	}
	return 0
}

// slice starts a slice of an element.
func slice(of element, name string, low int, high string) element {
	s := of
	s.ID, s.SliceName, s.Slicing, s.Min, s.Max = of.ID+":"+name, name, nil, &low, high
	return s
}

func (w *writer) eventPath() string {
	if w.stu3 {
		return "AdverseEvent.type"
	}
	return "AdverseEvent.event"
}

// eventCoding lists what is inside the event type down to its code, which is
// bound. The binding is to the code and not to the whole, because clients send
// the code without a system.
func (w *writer) eventCoding(o *outline, path string) {
	text := []baseType{{Code: "string"}}
	id := w.Types["Extension"][1].Type
	for _, b := range []baseElement{
		{Path: ".id", Short: "Unique id for inter-element referencing", Max: "1", Base: "Element.id", Type: id},
		{Path: ".extension", Short: "Additional content defined by implementations", Max: "*", Base: "Element.extension", Type: []baseType{{Code: "Extension"}}},
		{Path: ".coding", Short: "Code defined by a terminology system", Max: "*", Base: "CodeableConcept.coding", Type: []baseType{{Code: "Coding"}}, IsSummary: true},
		{Path: ".coding.id", Short: "Unique id for inter-element referencing", Max: "1", Base: "Element.id", Type: id},
		{Path: ".coding.extension", Short: "Additional content defined by implementations", Max: "*", Base: "Element.extension", Type: []baseType{{Code: "Extension"}}},
		{Path: ".coding.system", Short: "Identity of the terminology system", Max: "1", Base: "Coding.system", Type: []baseType{{Code: "uri"}}, IsSummary: true},
		{Path: ".coding.version", Short: "Version of the system", Max: "1", Base: "Coding.version", Type: text, IsSummary: true},
		{Path: ".coding.code", Short: "Symbol in syntax defined by the system", Max: "1", Base: "Coding.code", Type: []baseType{{Code: "code"}}, IsSummary: true},
		{Path: ".coding.display", Short: "Representation defined by the system", Max: "1", Base: "Coding.display", Type: text, IsSummary: true},
		{Path: ".coding.userSelected", Short: "If this coding was chosen directly by the user", Max: "1", Base: "Coding.userSelected", Type: []baseType{{Code: "boolean"}}, IsSummary: true},
		{Path: ".text", Short: "Plain text representation of the concept", Max: "1", Base: "CodeableConcept.text", Type: text, IsSummary: true},
	} {
		b.Path = path + b.Path
		e := w.element(&b)
		one := 1
		switch b.Path {
		case path + ".coding.code":
			e.Min = &one
		case path + ".coding":
			e.Min, e.Max = &one, "1"
		case path + ".extension", path + ".coding.extension":
			e.Max = "0"
		default:
			o.keep(e)
			continue
		}
		if cs := w.t.CodeSystem(w.t.EventType); cs != nil && b.Path == path+".coding.code" {
			e.Binding = w.binding(strength(cs), w.url(ValueSet, cs.ID))
		}
		o.constrain(e)
	}
}

// extensionElement returns an element of the type Extension.
func (w *writer) extensionElement(path string) element {
	types := w.Types["Extension"]
	i := slices.IndexFunc(types, func(b baseElement) bool { return b.Path == path })
	return w.element(&types[i])
}

// groupElements fills the definition of an extension with sub-extensions.
func (w *writer) groupElements(sd *structureDefinition, g *taxonomy.Group, url string) {
	var o outline
	top := w.extensionElement("Extension")
	top.Short = g.Name
	if top.Definition = g.Description; top.Definition == "" {
		top.Definition = undefined
	}
	var names []string
	for i := range g.Fields {
		names = append(names, g.Fields[i].Name)
	}
	top.Constraint = append(append(top.Constraint, onlyURLs("Extensions are fields of this group.", names)), fieldTypes(g.Fields)...)
	o.constrain(top)
	o.keep(w.extensionElement("Extension.id"))
	sub := w.extensionElement("Extension.extension")
	low := 0
	for i := range g.Fields {
		low += g.Fields[i].Min
	}
	sub.Min = &low
	sub.Slicing = &slicing{Discriminator: []discriminator{{"value", "url"}}, Rules: "closed"}
	o.constrain(sub)
	for i := range g.Fields {
		w.fieldElements(&o, sub, &g.Fields[i])
	}
	w.urlElement(&o, "Extension.url", url)
	value := w.extensionElement("Extension.value[x]")
	value.Max = "0"
	o.constrain(value)
	o.fill(sd)
}

// simpleElements fills the definition of an extension with a value.
func (w *writer) simpleElements(sd *structureDefinition, g *taxonomy.Group) {
	var o outline
	top := w.extensionElement("Extension")
	top.Short, top.Definition = g.Name, g.Description
	o.constrain(top)
	o.keep(w.extensionElement("Extension.id"))
	sub := w.extensionElement("Extension.extension")
	sub.Max = "0"
	o.constrain(sub)
	w.urlElement(&o, "Extension.url", sd.URL)
	w.valueElement(&o, "Extension", &g.Fields[0])
	o.fill(sd)
}

// fieldElements makes the slice of a field.
func (w *writer) fieldElements(o *outline, sub element, f *taxonomy.Field) {
	s := slice(sub, f.Name, f.Min, upper(f.Max))
	s.Short = f.Name
	if s.Definition = f.Definition; s.Definition == "" {
		s.Definition = undefined
	}
	var n notes
	n.known(f.Evidence, f.CardinalityEvidence, f.Note, f.Provisional)
	n.code(extContent, string(f.Content))
	s.Extension = n
	o.constrain(s)
	id := w.extensionElement("Extension.id")
	id.ID, id.Path = s.ID+".id", "Extension.extension.id"
	o.keep(id)
	none := w.extensionElement("Extension.extension")
	none.ID, none.Path, none.Slicing, none.Max = s.ID+".extension", "Extension.extension.extension", nil, "0"
	o.constrain(none)
	w.urlElement(o, s.ID+".url", f.Name)
	w.valueElement(o, s.ID, f)
}

func (w *writer) urlElement(o *outline, id, url string) {
	e := w.extensionElement("Extension.url")
	if e.ID = id; id != e.Path {
		e.Path = "Extension.extension.url"
	}
	e.FixedURI = url
	o.constrain(e)
}

func (w *writer) valueElement(o *outline, parent string, f *taxonomy.Field) {
	e := w.extensionElement("Extension.value[x]")
	one := 1
	e.Min = &one
	path := "Extension."
	if parent != "Extension" {
		path = "Extension.extension."
	}
	x := "value[x]"
	if w.stu3 {
		x = f.Type.ValueX()
	}
	e.ID, e.Path = parent+"."+x, path+x
	e.Type = w.types([]baseType{{Code: string(f.Type)}})
	if cs := w.t.CodeSystem(f.CodeSystem); cs != nil && f.CodeSystem != "" {
		e.Binding = w.binding(strength(cs), w.url(ValueSet, cs.ID))
	}
	o.constrain(e)
}
