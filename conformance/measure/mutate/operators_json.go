package main

import (
	"encoding/json"
	"strings"
	"unicode"

	"github.com/gpsafety/lfpse-go/conformance/cases/tree"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

// mark stands in a string for text that no string can hold.
const mark = "@@MARK@@"

// written replaces the mark by something as it is written.
func written(text string) func(*record, slot) {
	return func(r *record, s slot) {
		s.set(s.get().(string) + mark)
		r.text = func(doc string) string { return strings.Replace(doc, mark, text, 1) }
	}
}

func isText(_ *record, s slot) bool { _, ok := s.get().(string); return ok }

func isMember(_ *record, s slot) bool { return s.object != nil }

func anywhere(*record, slot) bool { return true }

func jsonOperators() []operator {
	return []operator{
		{"cut-off", "The text ends before the document does.", rules("JSON-SYNTAX"), once(always,
			// A part of an object from its start is never JSON.
			cutAt(1), cutAt(3), cutAt(6), cutAt(9))},
		{"trailing-data", "Something follows the document.", rules("JSON-TRAILING-DATA"), once(always, after("{}"), after(","), after("null"), after("\x00"))},
		{"byte-order-mark", "The text begins with a byte order mark.", rules("JSON-SYNTAX"), once(always, func(r *record) {
			r.text = func(doc string) string { return "\ufeff" + doc }
		})},
		{"duplicate-key", "A property comes twice.", rules("JSON-DUPLICATE-KEY"), everySlot(isMember, func(_ *record, s slot) {
			s.object.Members = append(s.object.Members, tree.Member{Name: s.name(), Value: tree.Clone(s.get())})
		})},
		{"null", "A value is null.", rules("JSON-NULL", "FHIR-RESOURCE-TYPE"), everySlot(anywhere, func(_ *record, s slot) { s.set(nil) })},
		{"empty-text", "A text is empty.", rules("JSON-EMPTY", "FHIR-RESOURCE-TYPE"), everySlot(isText, func(_ *record, s slot) { s.set("") })},
		{"empty-container", "An object or array is empty.", rules("JSON-EMPTY", "FHIR-RESOURCE-TYPE"), everySlot(isContainer, func(_ *record, s slot) {
			if _, ok := s.get().(*tree.Array); ok {
				s.set(&tree.Array{})
				return
			}
			s.set(&tree.Object{})
		})},
		{"json-type", "A value has another JSON type.", rules("JSON-TYPE", "FHIR-RESOURCE-TYPE"), everySlot(anywhere, func(_ *record, s slot) { s.set(otherType(s.get())) })},
		{"invalid-utf8", "A text is not UTF-8.", rules("JSON-UTF8", "FHIR-RESOURCE-TYPE"), everySlot(isText, written("\xff"))},
		{"lone-surrogate", "A text has half a surrogate pair.", rules("JSON-UTF8", "FHIR-RESOURCE-TYPE"), everySlot(isText, written(`\ud83d`))},
		{"raw-control", "A control character in a text is not escaped.", rules("JSON-SYNTAX"), everySlot(isText, written("\n"))},
		{"unknown-escape", "A text has an escape that JSON has not.", rules("JSON-SYNTAX"), everySlot(isText, written(`\x41`))},
		{"number-form", "A number is not written as JSON writes numbers.", rules("JSON-SYNTAX"), both(
			everyField(ofType(taxonomy.Integer), numberWritten("01")), everyField(ofType(taxonomy.Integer), numberWritten("+1")),
			everyField(ofType(taxonomy.Integer), numberWritten("1.")), everyField(ofType(taxonomy.Integer), numberWritten("NaN")))},
		{"nesting", "An extension is nested beyond the limit.", rules("JSON-DEPTH"), once(always, func(r *record) {
			x := `{"url":"https://example.org/x","valueBoolean":true}`
			for range 40 {
				x = `{"url":"https://example.org/x","extension":[` + x + `]}`
			}
			list := r.root.Get("extension").(*tree.Array)
			list.Items = append(list.Items, tree.MustParse(x))
		})},
		{"unknown-property", "R4 has no such property here.", rules("FHIR-UNKNOWN-ELEMENT"), everySlot(isMember, func(_ *record, s slot) { s.object.Set("inventedElement", "x") })},
		// A name in another case is another name: R4 has none that differ in case only.
		{"case-of-name", "A property name has another case.", rules("FHIR-UNKNOWN-ELEMENT", "FHIR-RESOURCE-TYPE"), everySlot(isMember, func(_ *record, s slot) {
			m := &s.object.Members[s.i]
			m.Name = string(unicode.ToUpper(rune(m.Name[0]))) + m.Name[1:]
		})},
		{"primitive-extension", "The extensions of a primitive are a text.", rules("JSON-TYPE", "FHIR-UNKNOWN-ELEMENT"), everySlot(
			func(r *record, s slot) bool { return s.object != nil && isText(r, s) },
			func(_ *record, s slot) { s.object.Set("_"+s.name(), tree.MustParse(`"x"`)) })},
	}
}

// numberWritten writes a number as it stands, whatever it is.
func numberWritten(text string) func(*record, *group, *field) {
	return func(_ *record, _ *group, f *field) { f.set(json.Number(text)) }
}

func cutAt(tenths int) change {
	return func(r *record) { r.text = func(doc string) string { return doc[:len(doc)*tenths/10] } }
}

func after(text string) change {
	return func(r *record) { r.text = func(doc string) string { return doc + text } }
}

func isContainer(_ *record, s slot) bool {
	switch s.get().(type) {
	case *tree.Object, *tree.Array:
		return true
	}
	return false
}

func otherType(v tree.Value) tree.Value {
	switch v := v.(type) {
	case string:
		return json.Number("7")
	case *tree.Array:
		return tree.Clone(v.Items[0])
	case *tree.Object:
		return &tree.Array{Items: []tree.Value{v}}
	}
	return "x" // for a number or a boolean
}
