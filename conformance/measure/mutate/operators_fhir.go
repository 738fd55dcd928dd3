package main

import (
	"encoding/json"
	"strings"

	"github.com/gpsafety/lfpse-go/conformance/cases/tree"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

func isReference(_ *record, s slot) bool { return s.name() == "reference" }

// required are the properties without which R4 has no such object.
func required(_ *record, s slot) bool {
	switch s.name() {
	case "resourceType", "actuality", "subject", "instance", "url":
		return true
	}
	return false
}

func fhirOperators() []operator {
	return []operator{
		{"drop-required", "A required element is missing.", rules("FHIR-REQUIRED", "FHIR-RESOURCE-TYPE", "JSON-EMPTY"), everySlot(required, func(_ *record, s slot) { s.object.Remove(s.name()) })},
		{"enumeration", "A code is not in R4's own list.", rules("FHIR-CODE"), replaced("actuality", `"Actual"`, `"happened"`)},
		{"extension-neither", "An extension has neither value nor extensions.", rules("FHIR-EXT-1"), both(
			everyField(anyField, func(_ *record, _ *group, f *field) { f.object.Remove(f.Type.ValueX()) }),
			everyGroup(anyGroup, func(_ *record, g *group) { g.object.Remove("extension") }))},
		{"extension-both", "An extension has a value and extensions.", rules("FHIR-EXT-1"), both(
			everyField(anyField, func(_ *record, _ *group, f *field) {
				f.object.Set("extension", tree.MustParse(`[{"url":"https://example.org/x","valueBoolean":true}]`))
			}),
			everyGroup(anyGroup, func(_ *record, g *group) { g.object.Set("valueBoolean", true) }))},
		{"two-values", "A field has two values.", rules("FHIR-CHOICE"), everyField(anyField, func(_ *record, _ *group, f *field) { f.object.Set("valueDecimal", json.Number("1")) })},
		{"integer-form", "A number is no FHIR integer.", rules("FHIR-INTEGER"), everyField(ofType(taxonomy.Integer), func(_ *record, _ *group, f *field) { f.set(json.Number("1.5")) })},
		{"integer-range", "A number is beyond 32 bits.", rules("FHIR-INTEGER"), everyField(ofType(taxonomy.Integer), func(_ *record, _ *group, f *field) { f.set(json.Number("4294967296")) })},
		{"date-form", "The date has another format.", rules("FHIR-FORMAT"), replaced("date", `"11/03/2026"`, `"2026-02-30"`, `"2026-03-11T10:15:00"`, `"2026-3-1"`)},
		{"field-date-form", "A date of a field has another format.", rules("FHIR-FORMAT"), everyField(ofType(taxonomy.Date), func(_ *record, _ *group, f *field) { f.set("2026-00-11") })},
		{"field-time-form", "A time of a field has another format.", rules("FHIR-FORMAT"), both(
			everyField(ofType(taxonomy.Time), func(_ *record, _ *group, f *field) { f.set("25:00:00") }),
			everyField(ofType(taxonomy.Time), func(_ *record, _ *group, f *field) { f.set("10:15") }))},
		{"code-form", "A code has blanks around it.", rules("FHIR-FORMAT"), everyField(ofType(taxonomy.Code), func(_ *record, _ *group, f *field) { f.set(f.value().(string) + " ") })},
		{"blank-text", "A text has nothing but blanks.", rules("FHIR-FORMAT"), everyField(ofType(taxonomy.String), func(_ *record, _ *group, f *field) { f.set(" \n") })},
		{"id-form", "An id has another format.", rules("FHIR-FORMAT"), once(always, func(r *record) { r.root.Set("id", "an id") }, func(r *record) { r.root.Set("id", strings.Repeat("x", 65)) })},
		{"broken-reference", "A reference leads nowhere.", rules("FHIR-REF-1"), everySlot(isReference, func(_ *record, s slot) { s.set(s.get().(string) + "-gone") })},
		// A reference to a resource of another type: no element may refer to the
		// Patient, the Location and the Practitioner alike.
		{"swapped-reference", "A reference leads to a resource of another type.", rules("FHIR-REFERENCE-TYPE"), everySlot(isReference, func(r *record, s slot) {
			to := "Location"
			if o := r.contained("Location"); o != nil && s.get() == "#"+o.Text("id") {
				to = "Patient"
			}
			s.set("#" + r.contained(to).Text("id"))
		})},
		{"missing-id", "A contained resource has no id.", rules("FHIR-CONTAINED-ID"), everySlot(isContainedID, func(_ *record, s slot) { s.object.Remove("id") })},
		{"repeated-id", "Two contained resources have one id.", rules("FHIR-CONTAINED-ID"), everySlot(isContainedID, func(r *record, s slot) {
			for _, c := range r.root.List("contained") {
				if o := c.(*tree.Object); o != s.object {
					s.set(o.Text("id"))
				}
			}
		})},
		{"unreferenced", "Nothing refers to a contained resource.", rules("FHIR-DOM-3"), once(always,
			func(r *record) { r.contain(`{"resourceType":"Location","id":"nowhere"}`) },
			func(r *record) { r.root.Remove("recorder") },
			func(r *record) { r.root.Remove("location") })},
		{"nested-contained", "A contained resource contains another.", rules("FHIR-UNKNOWN-ELEMENT"), everySlot(isContainedID, func(_ *record, s slot) {
			s.object.Set("contained", tree.MustParse(`[{"resourceType":"Location","id":"inner"}]`))
		})},
		{"contained-version", "A contained resource has a version of its own.", rules("FHIR-DOM-4"), everySlot(isContainedID, func(_ *record, s slot) { s.object.Set("meta", tree.MustParse(`{"versionId":"1"}`)) })},
		{"contained-label", "A contained resource has a security label.", rules("FHIR-DOM-5"), everySlot(isContainedID, func(_ *record, s slot) {
			s.object.Set("meta", tree.MustParse(`{"security":[{"code":"R"}]}`))
		})},
		{"root-description", "The description stands on the root.", rules("FHIR-UNKNOWN-ELEMENT"), once(always, func(r *record) { r.root.Set("description", "Invented.") })},
		{"stu3-type", "The event type stands in the element of STU3.", rules("FHIR-UNKNOWN-ELEMENT"), once(always, func(r *record) { r.root.Members[r.root.Index("event")].Name = "type" })},
	}
}

func anyField(*record, *group, *field) bool { return true }
func anyGroup(*record, *group) bool         { return true }

func ofType(t taxonomy.Type) func(*record, *group, *field) bool {
	return func(_ *record, _ *group, f *field) bool { return f.Type == t }
}

// isContainedID holds for the id of a contained resource.
func isContainedID(r *record, s slot) bool {
	return s.name() == "id" && s.object != r.root && s.object.Index("resourceType") >= 0
}
