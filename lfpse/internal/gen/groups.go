package main

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"

	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

// group is a taxonomy group with the struct that holds it.
type group struct {
	*taxonomy.Group
	base   string // id without the version suffix
	name   string // of the struct
	fields []field
}

// field is a field of a group struct.
type field struct {
	of   string // the taxonomy field it holds, empty for an element of the FHIR resource
	name string
	json string
	typ  string
	doc  string
	tag  string
}

// skipped are the groups and fields that package lfpse models by hand.
var skipped = map[string]bool{
	"adverse-event-core":                  true, // Event.Description
	"medication-administration":           true, // Event.MedicationAdministration
	"patient-information/PatientSequence": true, // the position in Event.Patients
}

// structNames are the groups whose struct is not named like the group.
var structNames = map[string]string{
	"patient-information":          "Patient",
	"location-details":             "Location",
	"practitioner-details":         "Reporter",
	"medication-dmd":               "Medicine",
	"adverse-event-device-details": "Device",
}

// resourceElements are elements of the FHIR resource itself that the struct of a
// group has beside the fields.
var resourceElements = map[string][]field{
	"adverse-event-device-details": {
		{name: "Manufacturer", json: "manufacturer", typ: "string", tag: ",omitempty",
			doc: "// Manufacturer and ModelNumber are elements of the FHIR Device itself. The\n// serial number has no place here: that of an implant identifies a person.\n"},
		{name: "ModelNumber", json: "modelNumber", typ: "string", tag: ",omitempty"},
	},
}

// ageField is the field that a taxonomy encodes the age in, and that the struct has as
// an age with its unit.
const ageField = "AgeAtTimeOfIncidentDays"

// newGroups returns the groups that have a struct, in the order of the taxonomy.
func newGroups(t *taxonomy.Taxonomy) []group {
	var groups []group
	for i := range t.Groups {
		g := group{Group: &t.Groups[i], base: strings.TrimSuffix(t.Groups[i].ID, t.Suffix())}
		if skipped[g.base] {
			continue
		}
		if g.name = structNames[g.base]; g.name == "" {
			g.name = strings.TrimPrefix(g.Name, "AdverseEvent")
		}
		for j := range g.Fields {
			if f := &g.Fields[j]; !skipped[g.base+"/"+f.Name] {
				g.fields = append(g.fields, newField(t, f))
			}
		}
		g.fields = append(g.fields, resourceElements[g.base]...)
		groups = append(groups, g)
	}
	return groups
}

func newField(t *taxonomy.Taxonomy, f *taxonomy.Field) field {
	if f.Name == ageField {
		return field{of: f.Name, name: "Age", json: "age", typ: "Age", tag: ",omitzero",
			doc: fmt.Sprintf("// Age: %s. The record has it as %s, encoded.\n", strings.TrimSuffix(f.Definition, "."), f.Name)}
	}
	out := field{of: f.Name, name: f.Name, json: jsonName(f.Name), typ: goType(t, f), tag: ",omitempty"}
	if f.Definition != "" {
		out.doc = fmt.Sprintf("// %s: %s.\n", f.Name, strings.TrimSuffix(f.Definition, "."))
	}
	return out
}

func writeGroups(b *bytes.Buffer, m *model) error {
	b.WriteString("package lfpse\n\nimport (\n\"fmt\"\n\"io\"\n\"log/slog\"\n\n\"github.com/gpsafety/lfpse-go/lfpse/code\"\n)\n")
	for _, g := range m.groups {
		fmt.Fprintf(b, "\n// %s is the group %s: %s.\n// Evidence: %s.\ntype %s struct {\n", g.name, g.base, lowerFirst(strings.TrimSuffix(g.Description, ".")), g.Evidence, g.name)
		for _, f := range g.fields {
			fmt.Fprintf(b, "%s%s %s `json:\"%s%s\"`\n", f.doc, f.name, f.typ, f.json, f.tag)
		}
		b.WriteString("}\n")
		fmt.Fprintf(b, "\n// Format prints the name of the type and nothing else.\nfunc (%s) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, \"lfpse.%s\") }\n", g.name, g.name)
		fmt.Fprintf(b, "\n// LogValue logs the name of the type and nothing else.\nfunc (%s) LogValue() slog.Value { return slog.StringValue(\"lfpse.%s\") }\n", g.name, g.name)
	}
	return nil
}

// goType returns the type of a property. The taxonomy's only integers are the age and
// the sequence of patients, which have types of their own; another one would be text
// of digits.
func goType(t *taxonomy.Taxonomy, f *taxonomy.Field) string {
	typ := "string"
	switch f.Type {
	case taxonomy.Boolean:
		typ = "*bool"
	case taxonomy.Date:
		typ = "Date"
	case taxonomy.Time:
		typ = "Time"
	case taxonomy.Code:
		if cs := t.CodeSystem(f.CodeSystem); cs != nil && len(cs.Concepts) > 0 {
			typ = "code." + listType(t, cs)
			if named(cs) {
				typ = f.Name
			}
		}
	}
	// The members of a dm+d medicine occur once each: the medicine repeats.
	if f.Repeats() && !f.Provisional && !strings.HasPrefix(f.Name, "VTM") && !strings.HasPrefix(f.Name, "VMP") {
		return "[]" + typ
	}
	return typ
}

// jsonName turns a field name into lower camel case: VTMCode becomes vtmCode.
func jsonName(name string) string {
	n := 0
	for n < len(name) && unicode.IsUpper(rune(name[n])) {
		n++
	}
	if n > 1 && n < len(name) {
		n-- // the last capital starts the next word
	}
	return strings.ToLower(name[:n]) + name[n:]
}

func lowerFirst(s string) string {
	if len(s) > 1 && unicode.IsUpper(rune(s[0])) && unicode.IsLower(rune(s[1])) {
		return strings.ToLower(s[:1]) + s[1:]
	}
	return s
}
