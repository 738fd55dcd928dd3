package main

import (
	"strings"

	"github.com/gpsafety/lfpse-go/conformance/cases/tree"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

// qualityOperators leave the marks of other systems in a record. Midnight and a text
// that stands twice are left out: they are remarks, which strictness does not raise.
func qualityOperators() []operator {
	isText := ofType(taxonomy.String)
	becomes := func(text string) func(*record) []change {
		return everyField(isText, func(_ *record, _ *group, f *field) { f.set(text) })
	}
	becomesCut := func(n int) func(*record) []change {
		return becomes(strings.Repeat("invented ", n)[:n-1] + "x")
	}
	return []operator{
		{"placeholder", "A text is a stand-in.", rules("QUALITY-TEXT-PLACEHOLDER"), both(becomes("n/a"), becomes("See above."), becomes("TBC"), becomes("null"), becomes("?"))},
		{"short-description", "The description is too short to learn from.", rules("QUALITY-TEXT-SHORT"), on("core", nil, answering("Description", "Wrong dose."))},
		{"cut-text", "A text was cut by the limit of a column.", rules("QUALITY-TEXT-CUT"), both(becomesCut(255), becomesCut(2000), becomesCut(4000))},
		{"wrong-character-set", "A text was read in the wrong character set.", rules("QUALITY-TEXT-DAMAGED"),
			appended(isText, "the caf\u00c3\u00a9", "39\u00c2\u00b0", "patient\u00e2\u20ac\u2122s", "patient\ufffds", "patient\u0092s")},
		{"markup", "A text has markup.", rules("QUALITY-TEXT-MARKUP"), appended(isText, "<br>", "</p>", "&nbsp;", `<font size="2">`)},
		{"stand-in-date", "The date stands for none.", rules("QUALITY-DATE-STAND-IN"), replaced("date", `"1900-01-01"`, `"1970-01-01"`, `"0001-01-01"`, `"0026-03-11"`)},
		{"old-date", "The date is a date of birth.", rules("QUALITY-DATE-OLD"), replaced("date", `"1952-03-11"`)},
		{"old-age", "A patient is older than people get.", rules("QUALITY-AGE-OLD"), on("patient-information",
			func(_ *record, g *group) bool { return g.has("AgeAtTimeOfIncidentDays") }, age(121*372), age(199*372))},
	}
}

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
