package main

import (
	"github.com/gpsafety/lfpse-go/conformance/cases/tree"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

// appended puts personal data, invented, behind a text.
func appended(ok func(*record, *group, *field) bool, data ...string) func(*record) []change {
	var parts []func(*record) []change
	for _, s := range data {
		parts = append(parts, everyField(ok, func(_ *record, _ *group, f *field) { f.set(f.value().(string) + " " + s) }))
	}
	return both(parts...)
}

func privacyOperators() []operator {
	isProse := ofType(taxonomy.String)
	// The contact of the reporter may be an address or a telephone number.
	isNoContact := func(r *record, g *group, f *field) bool { return isProse(r, g, f) && f.Name != "ReporterContact" }
	personal := func(resource, name, text string) change {
		return func(r *record) { r.contained(resource).Set(name, tree.MustParse(text)) }
	}
	return []operator{
		{"nhs-number", "A text has an NHS number.", rules("PRIVACY-NHS-NUMBER"), appended(isProse, "9990000018", "999 000 0018")},
		{"e-mail", "A text has an e-mail address.", rules("PRIVACY-EMAIL"), appended(isNoContact, "jo.bloggs@example.org")},
		{"telephone", "A text has a telephone number.", rules("PRIVACY-PHONE"), appended(isNoContact, "07700 900123")},
		{"insurance-number", "A text has a National Insurance number.", rules("PRIVACY-NI-NUMBER"), appended(isProse, "AB123456C")},
		{"personal-element", "An element that identifies a person is sent.", rules("PRIVACY-ELEMENT"), once(always,
			personal("Patient", "name", `[{"family":"Invented"}]`), personal("Patient", "birthDate", `"1950-02-01"`),
			personal("Practitioner", "telecom", `[{"value":"x"}]`), personal("Location", "address", `{"city":"Sampletown"}`))},
	}
}
