// Package stu3 reads and writes the FHIR STU3 form of an AdverseEvent, in which
// LFPSE taxonomy version 5 and older are sent.
//
// In memory there is one AdverseEvent, the R4 one of package fhir; on the wire
// STU3 differs in a few root elements: type stands for event, category is the
// code AE, there is no actuality, description is an element of its own, and a
// subject is not required. A Device has a model, not a modelNumber. Nothing else
// that LFPSE uses differs.
package stu3

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	r4 "github.com/samply/golang-fhir-models/fhir-models/fhir"

	"github.com/gpsafety/lfpse-go/fhir"
)

// order is the order of the elements of an STU3 AdverseEvent.
var order = []string{"resourceType", "id", "meta", "implicitRules", "language", "text", "contained", "extension", "modifierExtension",
	"identifier", "category", "type", "subject", "date", "location", "seriousness", "outcome", "recorder", "description",
	"suspectEntity", "subjectMedicalHistory", "referenceDocument", "study"}

// extended are the properties with the ids and extensions of primitive elements that STU3
// and R4 both have.
var extended = []string{"_id", "_implicitRules", "_language", "_date"}

// r4Only are the elements of an R4 AdverseEvent that have no counterpart, or one
// of another type.
var r4Only = []string{"encounter", "detected", "recordedDate", "resultingCondition", "severity", "contributor", "category"}

// member is one property of a JSON object.
type member struct {
	name  string
	value json.RawMessage
	at    int // offset of the name in the text that was split
}

func (m *member) problem(text, fix string) fhir.Issue {
	i := problem("AdverseEvent."+printable(m.name), text, fix)
	i.Offset = m.at
	return i
}

// Append appends the STU3 form of an event as canonical JSON. R4 needs a subject even if
// nobody was affected: one that refers to an empty contained Patient is left out,
// together with that Patient. The error, of type [fhir.Issues], also names elements that
// STU3 does not have.
func Append(dst []byte, a *fhir.AdverseEvent) ([]byte, error) {
	out, err := rootElements(a)
	if err != nil {
		return dst, err
	}
	if a.Subject == nil || emptySubject(a) {
		delete(out, "subject")
		out["contained"] = withoutPatients(a)
	}
	if raw, ok := out["contained"]; ok {
		out["contained"] = renameDevices(raw, "modelNumber", "model")
	}
	if a.Description != nil {
		if out["description"], err = text(*a.Description); err != nil {
			return dst, err
		}
	}
	return join(dst, out), nil
}

// rootElements returns the elements of an event, except its description, under their
// STU3 names.
func rootElements(a *fhir.AdverseEvent) (map[string]json.RawMessage, error) {
	b := *a
	b.Description = nil
	if b.Subject == nil { // not required in STU3
		b.Subject = &r4.Reference{Reference: new(string)}
		*b.Subject.Reference = "#"
	}
	doc, err := fhir.Append(nil, &b)
	if err != nil {
		return nil, err
	}
	members, err := split(doc)
	if err != nil {
		return nil, err
	}
	var issues fhir.Issues
	out := map[string]json.RawMessage{"category": json.RawMessage(`"AE"`)}
	for _, m := range members {
		switch {
		case slices.Contains(r4Only, m.name):
			issues = append(issues, problem("AdverseEvent."+m.name, "FHIR STU3 has no such element.", "Take it out."))
		case m.name == "event":
			out["type"] = m.value
		case m.name != "actuality":
			out[m.name] = m.value
		}
	}
	return out, issues.Err()
}

// emptySubject reports whether there are contained Patients and all of them are empty.
func emptySubject(a *fhir.AdverseEvent) bool {
	found := false
	for i := range a.Contained {
		if p := a.Contained[i].Patient; p != nil {
			if found = true; len(p.Extension) > 0 {
				return false
			}
		}
	}
	return found
}

// withoutPatients returns the contained resources other than the patients, nil if there
// are none.
func withoutPatients(a *fhir.AdverseEvent) json.RawMessage {
	rest := fhir.AdverseEvent{Actuality: a.Actuality, Subject: &r4.Reference{Reference: new(string)}}
	*rest.Subject.Reference = "#"
	for i := range a.Contained {
		if a.Contained[i].Patient == nil {
			rest.Contained = append(rest.Contained, a.Contained[i])
		}
	}
	doc, err := fhir.Append(nil, &rest)
	if err != nil {
		return nil // the whole event has been written before
	}
	members, _ := split(doc)
	for _, m := range members {
		if m.name == "contained" {
			return m.value
		}
	}
	return nil
}

// Decode reads the STU3 form of an event as strictly as [fhir.Decode] reads R4, and
// reports its findings in the same way; the paths are those of the STU3 form. Where
// there is no subject, the event gets an empty Patient with the id patient1 for its
// subject, as R4 needs one. The event is nil if the document is too large or not read
// to its end.
func Decode(data []byte) (*fhir.AdverseEvent, fhir.Issues) {
	issues := fhir.CheckJSON(data)
	for i := range issues {
		issues[i].Path = "AdverseEvent" + strings.TrimPrefix(issues[i].Path, "$")
	}
	if issues.Ended() || slices.ContainsFunc(issues, func(i fhir.Issue) bool { return i.Rule == "JSON-SIZE" }) {
		return nil, issues
	}
	members, err := split(data)
	if err != nil { // no object, of whatever form
		return fhir.Decode(data)
	}
	out, description, problems := rearrange(members)
	a, more := fhir.Decode(join(nil, out))
	for _, i := range more {
		if slices.Contains(checkedBefore, i.Rule) {
			continue
		}
		i.Offset = -1
		if rest, ok := strings.CutPrefix(i.Path, "AdverseEvent.event"); ok {
			i.Path = "AdverseEvent.type" + rest
		}
		problems = append(problems, i)
	}
	if a != nil { // too large with the subject that R4 needs
		a.Description = description
	}
	return a, inOrder(data, append(issues, problems...))
}

// maxIssues ends the reporting, as that of R4 ends.
const maxIssues = 1000

// checkedBefore are the rules by which the whole document is checked before it is
// rearranged.
var checkedBefore = []string{"JSON-DUPLICATE-KEY", "JSON-NULL", "JSON-EMPTY", "JSON-UTF8"}

// inOrder finds the offsets of findings that have none and puts all in the order of the
// text.
func inOrder(data []byte, issues fhir.Issues) fhir.Issues {
	if len(issues) > maxIssues {
		issues = append(issues[:maxIssues:maxIssues], fhir.Issue{
			Severity: fhir.Error, Rule: "JSON-TOO-MANY-ISSUES", Path: "AdverseEvent", Offset: len(data),
			Text: "There are more findings than are reported.", Fix: "Correct the findings above and check again.",
		})
	}
	paths := make([]string, len(issues))
	for i := range issues {
		paths[i] = issues[i].Path
	}
	for i, at := range fhir.LocateAll(data, paths) {
		if issues[i].Offset < 0 {
			issues[i].Offset = at
		}
	}
	slices.SortStableFunc(issues, func(a, b fhir.Issue) int { return a.Offset - b.Offset })
	return issues
}

// rearrange makes the elements of an R4 AdverseEvent of those of the STU3 form. Of an
// element that comes twice the first one counts, as in R4.
func rearrange(members []member) (out map[string]json.RawMessage, description *string, issues fhir.Issues) {
	out = map[string]json.RawMessage{"actuality": json.RawMessage(`"actual"`)}
	seen := map[string]bool{}
	for _, m := range members {
		if seen[m.name] {
			continue
		}
		seen[m.name] = true
		switch {
		case m.name == "category":
			if string(m.value) != `"AE"` {
				issues = append(issues, m.problem("The category is not AE.", "Send AE, near misses included."))
			}
		case m.name == "description":
			description = new(string)
			if json.Unmarshal(m.value, description) != nil {
				issues = append(issues, m.problem("The description is not a string.", "Write it as a string."))
			}
		case m.name == "type":
			out["event"] = m.value
		case m.name == "contained":
			out["contained"] = renameDevices(m.value, "model", "modelNumber")
		case m.name == "_category", m.name == "_description":
			issues = append(issues, fhir.Issue{
				Severity: fhir.Warning, Rule: "FHIR-PRIMITIVE-EXTENSION", Path: "AdverseEvent." + m.name[1:], Offset: m.at,
				Text: "The property with an underscore holds the id or the extensions of a primitive element. LFPSE does not use them, so they were passed over.",
				Fix:  "Leave the property out.",
			})
		case slices.Contains(extended, m.name):
			out[m.name] = m.value
		case !slices.Contains(order, m.name):
			issues = append(issues, m.problem("FHIR STU3 has no such element here.", "Check the spelling, or remove the element."))
		default:
			out[m.name] = m.value
		}
	}
	if out["subject"] == nil {
		out["subject"] = json.RawMessage(`{"reference":"#patient1"}`)
		out["contained"] = withPatient(out["contained"])
	}
	return out, description, issues
}

const emptyPatient = `{"resourceType":"Patient","id":"patient1"}`

func withPatient(contained json.RawMessage) json.RawMessage {
	list := bytes.TrimSpace(contained)
	if len(list) < 2 || list[0] != '[' || list[len(list)-1] != ']' {
		if contained != nil {
			return contained // the decoder will say what is wrong with it
		}
		return json.RawMessage("[" + emptyPatient + "]")
	}
	out := append([]byte(nil), list[:len(list)-1]...)
	return append(out, ","+emptyPatient+"]"...)
}

// renameDevices renames an element of the contained Devices. Anything malformed is left
// for the decoder to report.
func renameDevices(contained json.RawMessage, from, to string) json.RawMessage {
	var list []json.RawMessage
	if json.Unmarshal(contained, &list) != nil {
		return contained
	}
	changed := false
	for i := range list {
		members, err := split(list[i])
		if err != nil || !slices.ContainsFunc(members, func(m member) bool { return m.name == "resourceType" && string(m.value) == `"Device"` }) {
			continue
		}
		for j := range members {
			if members[j].name == from {
				members[j].name, changed = to, true
			}
		}
		list[i] = object(nil, members)
	}
	if !changed {
		return contained
	}
	out := []byte{'['}
	for i := range list {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, list[i]...)
	}
	return append(out, ']')
}

// split returns the properties of a JSON object in their order.
func split(doc []byte) ([]member, error) {
	dec := json.NewDecoder(bytes.NewReader(doc))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return nil, fhir.Issues{problem("AdverseEvent", "The document is not a JSON object.", "")}
	}
	var out []member
	for dec.More() {
		at := int(dec.InputOffset())
		at += bytes.IndexByte(doc[at:], '"')
		key, err := dec.Token()
		if err != nil {
			return nil, err
		}
		m := member{name: key.(string), at: at}
		if err := dec.Decode(&m.value); err != nil {
			return nil, err
		}
		out = append(out, m)
	}
	return out, nil
}

// join writes the properties in the order of the elements; elements that only R4 has come
// last, since its decoder accepts any order.
func join(dst []byte, members map[string]json.RawMessage) []byte {
	var list []member
	for _, name := range append(slices.Clone(order), "actuality", "event") {
		if value := members[name]; value != nil {
			list = append(list, member{name: name, value: value})
		}
	}
	return object(dst, list)
}

// object writes an object. A name is text that may hold quotes, so it is escaped.
func object(dst []byte, members []member) []byte {
	dst = append(dst, '{')
	for i, m := range members {
		if i > 0 {
			dst = append(dst, ',')
		}
		name, _ := json.Marshal(m.name) // a string cannot fail
		dst = append(append(dst, name...), ':')
		dst = append(dst, m.value...)
	}
	return append(dst, '}')
}

// text writes a string as fhir.Append does.
func text(s string) (json.RawMessage, error) {
	actual := r4.AdverseEventActualityActual
	carrier := fhir.AdverseEvent{Actuality: &actual, Subject: &r4.Reference{Reference: &s}}
	doc, err := fhir.Append(nil, &carrier)
	if err != nil {
		return nil, fhir.Issues{problem("AdverseEvent.description", "The description is empty or not valid UTF-8.", "")}
	}
	members, err := split(doc)
	if err != nil {
		return nil, err
	}
	for _, m := range members {
		if m.name == "subject" {
			inner, err := split(m.value)
			return inner[0].value, err
		}
	}
	return nil, nil
}

func problem(path, text, fix string) fhir.Issue {
	return fhir.Issue{Severity: fhir.Error, Rule: "FHIR-STU3", Path: path, Offset: -1, Text: text, Fix: fix}
}

// printable keeps the name of an unknown element out of a finding unless it looks
// like one.
func printable(name string) string {
	for _, r := range name {
		if !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z') {
			return "(unprintable name)"
		}
	}
	if name == "" || len(name) > 64 {
		return "(unprintable name)"
	}
	return name
}
