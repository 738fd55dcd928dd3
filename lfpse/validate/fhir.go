package validate

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	r4 "github.com/samply/golang-fhir-models/fhir-models/fhir"

	"github.com/gpsafety/lfpse-go/fhir"
)

// fhirLayer applies the rules of FHIR R4 to every element of a record that it visits.
type fhirLayer struct {
	found *findings
	event *fhir.AdverseEvent

	ids        map[string]int // id of a contained resource to its index
	referenced []bool         // by index of contained: something refers to it
	tooDeep    bool           // nesting beyond the limit has been reported
}

// begin applies the rules about elements that must or must not be there, and records the
// ids of the contained resources before the references to them are visited.
func (l *fhirLayer) begin(a *fhir.AdverseEvent) {
	l.event = a
	var root fhir.Path
	if a.Actuality == nil {
		// Reading a document reports this with the same path, so that the two findings
		// are recognised as one.
		l.found.add(ruleRequired, root.Child("actuality")).text = "The required element actuality is missing."
	}
	if a.Subject == nil {
		l.found.add(ruleRequired, root.Child("subject")).text = "The required element subject is missing."
	}
	if a.Description != nil {
		l.found.add(ruleRootText, root.Child("description"))
	}
	for i := range a.Contained {
		l.referenced = append(l.referenced, false)
		id := idOf(&a.Contained[i])
		if id == "" {
			l.found.add(ruleContainedID, resourcePath(i))
			continue
		}
		if _, twice := l.ids[id]; twice {
			l.found.add(ruleContainedID, resourcePath(i).Child("id")).text = "Another contained resource has the same id."
			continue
		}
		l.ids[id] = i
	}
}

// end applies the rules about the record as a whole.
func (l *fhirLayer) end() {
	for i := range l.referenced {
		if !l.referenced[i] {
			l.found.add(ruleUnreferenced, resourcePath(i))
		}
	}
}

// forget makes room for the next record.
func (l *fhirLayer) forget() {
	clear(l.ids)
	l.event, l.referenced, l.tooDeep = nil, l.referenced[:0], false
}

// enter looks at references and contained resources; false if the elements of it cannot be
// judged.
func (l *fhirLayer) enter(at *fhir.Walker, e *fhir.Element, x any) bool {
	switch x := x.(type) {
	case *r4.Reference:
		l.reference(at, e, x)
	case *fhir.Resource:
		return l.resource(at, x)
	}
	return true
}

// text looks at the format of a text.
func (l *fhirLayer) text(at *fhir.Walker, e *fhir.Element, text string) {
	f := formats[e.Number]
	if f == uriFormat {
		l.mention(text)
	}
	switch {
	case !f.validText(text):
		l.misformed(at.Path(), f, text)
	case f == xhtmlFormat:
		if wrong := narrativeFault(text); wrong != "" {
			l.found.add(ruleXHTML, at.Path()).text = wrong
		}
	}
}

// misformed reports a value that has not its format. Control characters come with what people
// copy, and they cannot see them.
func (l *fhirLayer) misformed(path fhir.Path, f format, text string) {
	x := l.found.add(ruleFormat, path)
	x.text = expected[f]
	if i := strings.IndexFunc(text, isControl); f == textFormat && i >= 0 {
		x.text = fmt.Sprintf("Character %d of the text is a control character, which cannot be seen; such characters come with text that is copied from other programs.", utf8.RuneCountInString(text[:i])+1)
		x.fix = "Delete what stands there, or type the words around it again."
	}
}

// isControl reports a character that no text may have.
func isControl(r rune) bool { return r < ' ' && r != '\t' && r != '\n' && r != '\r' }

// integer looks at the range of a whole number.
func (l *fhirLayer) integer(at *fhir.Walker, e *fhir.Element, n int) {
	if f := formats[e.Number]; !f.validInt(n) {
		l.found.add(ruleFormat, at.Path()).text = expected[f]
	}
}

// extension looks at the url, the value and the id of an extension.
func (l *fhirLayer) extension(at *fhir.Walker, x *r4.Extension, value *fhir.Value) {
	switch {
	case x.Url == "":
		l.found.add(ruleRequired, at.Path()).text = "The extension has no url."
	case !value.OwnURL && !validURI(x.Url):
		l.found.add(ruleFormat, at.Path().Child("url")).text = expected[uriFormat]
	}
	if value.Count > 1 || value.Count == 1 == (len(x.Extension) > 0) {
		l.found.add(ruleExtension, at.Path())
	}
	if value.Element != nil && !value.OwnText {
		f := formats[value.Element.Number]
		if f == uriFormat {
			l.mention(value.Text)
		}
		if f.whole() && !f.validInt(value.Integer) || !f.whole() && !f.validText(value.Text) {
			l.misformed(at.Path().Child("value"), f, value.Text)
		}
	}
	if x.Id != nil && !validString(*x.Id) {
		l.found.add(ruleFormat, at.Path().Child("id")).text = expected[textFormat]
	}
}

// deep reports that a part of the record could not be looked at, once.
func (l *fhirLayer) deep(at *fhir.Walker) {
	if !l.tooDeep {
		l.tooDeep = true
		l.found.add(ruleDepth, at.Path().Field())
	}
}

// mention records that a URI leads to a contained resource.
func (l *fhirLayer) mention(uri string) {
	if id, local := strings.CutPrefix(uri, "#"); local && id != "" {
		if i, ok := l.ids[id]; ok {
			l.referenced[i] = true
		}
	}
}

// reference checks where a reference leads.
func (l *fhirLayer) reference(at *fhir.Walker, e *fhir.Element, r *r4.Reference) {
	if r.Reference == nil {
		if r.Identifier == nil && r.Display == nil && len(r.Extension) == 0 {
			l.found.add(ruleRequired, at.Path()).text = "The reference does not say where it leads."
		}
		return
	}
	var to string
	if id, local := strings.CutPrefix(*r.Reference, "#"); !local {
		to = typeInURL(*r.Reference)
	} else if id == "" {
		to = "AdverseEvent"
	} else if i, ok := l.ids[id]; !ok {
		l.found.add(ruleReference, at.Path().Child("reference"))
	} else {
		l.referenced[i] = true
		to = l.event.Contained[i].ResourceType()
	}
	if to == "" {
		return
	}
	if e.Targets != nil && !slices.Contains(e.Targets, to) {
		l.found.add(ruleReferenceType, at.Path().Child("reference")).fix = "Refer to one of: " + strings.Join(e.Targets, ", ") + "."
	}
	if r.Type != nil && *r.Type != to && !strings.HasSuffix(*r.Type, "/"+to) {
		l.found.add(ruleReferenceType, at.Path().Child("type")).text = "The type is not that of the resource that the reference leads to."
	}
}

// typeInURL returns the resource type in a reference of the form TYPE/ID, with or without
// a base before and a version after it; else the empty string.
func typeInURL(s string) string {
	s, _, _ = strings.Cut(s, "/_history/")
	i := strings.LastIndexByte(s, '/')
	if i < 0 || !fhir.IsID(s[i+1:]) {
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

// resource looks at a contained resource as a whole; false if its elements cannot be
// judged.
func (l *fhirLayer) resource(at *fhir.Walker, c *fhir.Resource) bool {
	if !c.Single() {
		l.found.add(ruleResourceType, at.Path())
		return false
	}
	if c.Other != nil {
		l.otherResource(at, c.Other)
		return true
	}
	if m := metaOf(c); m != nil {
		if m.VersionId != nil || m.LastUpdated != nil {
			l.found.add(ruleVersioned, at.Path().Child("meta"))
		}
		if len(m.Security) > 0 {
			l.found.add(ruleLabelled, at.Path().Child("meta").Child("security"))
		}
	}
	return true
}

func metaOf(c *fhir.Resource) *r4.Meta {
	switch {
	case c.Patient != nil:
		return c.Patient.Meta
	case c.Location != nil:
		return c.Location.Meta
	case c.Practitioner != nil:
		return c.Practitioner.Meta
	case c.Device != nil:
		return c.Device.Meta
	case c.Medication != nil:
		return c.Medication.Meta
	}
	return nil
}

// otherResource checks a contained resource that has no Go type: what it refers to, and
// that it contains nothing.
func (l *fhirLayer) otherResource(at *fhir.Walker, raw json.RawMessage) {
	var r map[string]any
	if json.Unmarshal(raw, &r) != nil {
		l.found.add(ruleResourceType, at.Path())
		return
	}
	if r["contained"] != nil {
		l.found.add(ruleNested, at.Path())
	}
	if id, ok := r["id"].(string); ok && !fhir.IsID(id) {
		l.found.add(ruleFormat, at.Path().Child("id")).text = expected[idFormat]
	}
	l.mentions(at, r)
}

// mentions records every local reference below a JSON value.
func (l *fhirLayer) mentions(at *fhir.Walker, v any) {
	switch v := v.(type) {
	case string:
		l.mention(v)
	case []any:
		for _, item := range v {
			l.mentions(at, item)
		}
	case map[string]any:
		for _, item := range v {
			l.mentions(at, item)
		}
		s, _ := v["reference"].(string)
		id, local := strings.CutPrefix(s, "#")
		if _, found := l.ids[id]; local && id != "" && !found {
			l.found.add(ruleReference, at.Path())
		}
	}
}
