package validate_test

import (
	"strings"
	"testing"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/validate"
)

const (
	descriptionPath = "AdverseEvent.extension[1].extension[0].value"
	outcomePath     = onePatient + ".extension[7].value"
)

func describe(text string) func(*lfpse.Event) {
	return func(e *lfpse.Event) { e.Description = text }
}

func recovered(text string) func(*lfpse.Event) {
	return first(func(p *lfpse.Patient) { p.ClinicalOutcome = text })
}

// words is a text of exactly that many characters, in the middle of a sentence.
func words(n int) string { return strings.Repeat("invented ", n)[:n-1] + "x" }

func qualityFixtures() []fixture {
	out := []fixture{
		{rule: "QUALITY-TEXT-PLACEHOLDER", name: "several fields", paths: []string{
			placeGroup + ".extension[4].value", outcomePath, "AdverseEvent.extension[2].extension[1].value", "AdverseEvent.extension[4].extension[0].value"},
			bad: then(recovered("See notes."), func(e *lfpse.Event) {
				e.Location.ResponsibleSpecialtyOther = "N/A"
				e.Medicines[0].VTMString = "TBC"
				e.Outcome.ImmediateActions = "..."
			}),
			good: func(e *lfpse.Event) {
				e.Location.ResponsibleSpecialtyOther = "None of them"
				e.Outcome.ImmediateActions = "None"
			}},
		{rule: "QUALITY-TEXT-PLACEHOLDER", name: "where a text is mandatory", base: goodCare, paths: []string{"AdverseEvent.extension[2].extension[0].value"},
			bad:  func(e *lfpse.Event) { e.WentWell.HowFutureOccurrence = "Don't know" },
			good: func(e *lfpse.Event) { e.WentWell.StrengthsOfCare = "Don't know" }},
		{rule: "QUALITY-TEXT-PLACEHOLDER", name: "on the root", paths: []string{"AdverseEvent.description"},
			bad: describe(""), good: describe(""),
			badTree:  func(_ testing.TB, a *fhir.AdverseEvent) { a.Description = ptr("tbc") },
			goodTree: func(_ testing.TB, a *fhir.AdverseEvent) { a.Description = ptr(incident().Description) }},

		{rule: "QUALITY-TEXT-SHORT", paths: []string{descriptionPath},
			bad: describe("The wrong dose, 5 mg."), good: describe("The wrong dose was given.")},
		{rule: "QUALITY-TEXT-SHORT", name: "another limit", paths: []string{descriptionPath}, opts: []validate.Option{validate.WithMinDescription(100)},
			bad: describe(incident().Description), good: describe(words(140))},
		{rule: "QUALITY-TEXT-SHORT", name: "no limit", opts: []validate.Option{validate.WithMinDescription(0)}, bad: describe("Fell."), good: describe("5")},
		{rule: "QUALITY-TEXT-SHORT", name: "reported once", bad: describe("n/a")},
		{rule: "QUALITY-TEXT-SHORT", name: "on the root", paths: []string{"AdverseEvent.description"},
			bad: describe(""), good: describe(""),
			badTree:  func(_ testing.TB, a *fhir.AdverseEvent) { a.Description = ptr("Fell.") },
			goodTree: func(_ testing.TB, a *fhir.AdverseEvent) { a.Description = ptr(incident().Description) }},

		{rule: "QUALITY-TEXT-CUT", name: "255", paths: []string{outcomePath}, bad: recovered(words(255)), good: recovered(words(254) + ".")},
		{rule: "QUALITY-TEXT-CUT", name: "4000", paths: []string{descriptionPath}, bad: describe(words(4000)), good: describe(words(4001))},
		{rule: "QUALITY-TEXT-CUT", name: "counted in characters", paths: []string{descriptionPath},
			bad: describe("’" + words(255)), good: describe("’" + words(253))},

		{rule: "QUALITY-DATE-STAND-IN", name: "1900", paths: []string{"AdverseEvent.date"},
			bad: func(e *lfpse.Event) { e.Date = "1900-01-01" }, good: func(e *lfpse.Event) { e.Date = "1948-07-05" }},
		{rule: "QUALITY-DATE-STAND-IN", name: "1970", paths: []string{"AdverseEvent.date"},
			bad: func(e *lfpse.Event) { e.Date = "1970-01-01" }, good: func(e *lfpse.Event) { e.Date = "1970-01-02" }},
		{rule: "QUALITY-DATE-STAND-IN", name: "9999", paths: []string{"AdverseEvent.date"},
			bad: func(e *lfpse.Event) { e.Date = "9999-12-31" }, good: func(e *lfpse.Event) { e.Date = "1948" }},
		{rule: "QUALITY-DATE-STAND-IN", name: "in a field", paths: []string{datePath + ".value"},
			bad: func(e *lfpse.Event) {
				e.EstimatedDate.IncidentOccurredToday, e.EstimatedDate.TodaysDate = "y", "0001-01-01"
			},
			good: func(e *lfpse.Event) {
				e.EstimatedDate.IncidentOccurredToday, e.EstimatedDate.TodaysDate = "y", "2026-03-11"
			}},

		{rule: "QUALITY-DATE-OLD", paths: []string{"AdverseEvent.date"}, opts: []validate.Option{validate.WithToday(func() lfpse.Date { return "2026-03-11" })},
			bad: func(e *lfpse.Event) { e.Date = "2006-03-10" }, good: func(e *lfpse.Event) { e.Date = "2006-03-11" }},
		{rule: "QUALITY-DATE-OLD", name: "year", paths: []string{"AdverseEvent.date"}, opts: []validate.Option{validate.WithToday(func() lfpse.Date { return "2024-02-29" })},
			bad: func(e *lfpse.Event) { e.Date = "2003" }, good: func(e *lfpse.Event) { e.Date = "2004" }},

		{rule: "QUALITY-TIME-MIDNIGHT", paths: []string{datePath + ".value"},
			bad:  func(e *lfpse.Event) { e.EstimatedDate.PreciseTime = "00:00:00" },
			good: func(e *lfpse.Event) { e.EstimatedDate.PreciseTime = "00:01:00" }},
		{rule: "QUALITY-TIME-MIDNIGHT", name: "with the date", paths: []string{"AdverseEvent.date"},
			badTree:  func(_ testing.TB, a *fhir.AdverseEvent) { a.Date = ptr("2026-03-11T00:00:00Z") },
			goodTree: func(_ testing.TB, a *fhir.AdverseEvent) { a.Date = ptr("2026-03-11T00:00:01Z") }},

		{rule: "QUALITY-AGE-OLD", paths: []string{onePatient + ".extension[1].value"}, bad: first(age(121 * 372)), good: first(age(120 * 372))},
		{rule: "QUALITY-AGE-OLD", name: "off the grid", bad: first(age(121*372 + 1))},

		{rule: "QUALITY-TEXT-REPEATED", paths: []string{outcomePath},
			bad:  recovered(incident().Description),
			good: second(func(p *lfpse.Patient) {})},
		{rule: "QUALITY-TEXT-REPEATED", name: "neither is the description", paths: []string{"AdverseEvent.extension[4].extension[0].value"},
			bad: func(e *lfpse.Event) {
				e.Outcome.ImmediateActions = words(60)
				e.ProblemMedication.ProblemDescriptionDrugs = words(60)
			},
			good: func(e *lfpse.Event) {
				e.Outcome.ImmediateActions = words(39)
				e.ProblemMedication.ProblemDescriptionDrugs = words(39)
			}},
		{rule: "QUALITY-TEXT-REPEATED", name: "names of medicines", base: func() lfpse.Event {
			e := incident()
			e.Agent.DrugsInvolved = []string{words(60)}
			e.Medicines[0].VTMString, e.Medicines[0].VMPString = words(60), words(60)
			return e
		}},
	}
	for name, texts := range map[string][2]string{
		"replacement character": {"The patient\ufffds dose was doubled by mistake.", "The patient’s dose was doubled by mistake."},
		"control character":     {"The patient\u0092s dose was doubled by mistake.", "The patient\u00a0was given a double dose."},
		"letter":                {"It happened in the cafÃ© of the surgery.", "SÃO and CÂNTARO are names of places."},
		"sign":                  {"A fever of 39Â° was not written down.", "A fever of 39° was not written down."},
		"apostrophe":            {"The patientâ€™s dose was doubled by mistake.", "Der Bâton „x“ cost 5 €, not £5."},
		"euro":                  {"The wrong form cost â‚¬5 to send again.", "“CAFÉ” said the sign; an ‘à’ was missing."},
		"what was not text":     {"The nameï¿½s first letter was lost.", "Tolstoï»and ¿qué? are fine here."},
	} {
		out = append(out, fixture{rule: "QUALITY-TEXT-DAMAGED", name: name, paths: []string{descriptionPath}, bad: describe(texts[0]), good: describe(texts[1])})
	}
	for name, texts := range map[string][2]string{
		"paragraphs":    {"<p>The dose was doubled.</p>", "A dose <5 mg & more than 3 mg was meant."},
		"line break":    {"The dose was doubled.<br/>Nobody noticed.", "It was twice <b and c> as much as d."},
		"attribute":     {`The dose <SPAN style="color:red">was doubled</SPAN>.`, "The range <a to b> was not looked at."},
		"closing tag":   {"The dose was doubled by mistake.</div>", "The bed was marked </> by somebody."},
		"entity":        {"The dose was doubled&nbsp;by mistake.", "Salt & water; the dose was doubled."},
		"numeric":       {"The patient&#39;s dose was doubled.", "The order &#; was not what was meant."},
		"rich text":     {`{\rtf1\ansi The dose was doubled by mistake.}`, `The dose {\one} was doubled by mistake.`},
		"not the first": {"The dose 3 < 5 was wrong <br>", "The dose 3 < 5 was wrong, so was 5 < 7."},
	} {
		out = append(out, fixture{rule: "QUALITY-TEXT-MARKUP", name: name, paths: []string{descriptionPath}, bad: describe(texts[0]), good: describe(texts[1])})
	}
	for _, text := range []string{"n/a", "N.A.", "-", "?", "TBC", "to be confirmed", "As above.", "see  above", "See description", "null", "NaN", "#N/A", "#REF!", "[object Object]", "undefined", "xxxx", "test", "Test.", "other"} {
		out = append(out, fixture{rule: "QUALITY-TEXT-PLACEHOLDER", name: text, paths: []string{outcomePath}, bad: recovered(text)})
	}
	for _, text := range []string{"None", "Unknown", "5", "病", "Well", "Test done", "None. See above for the rest of it.", "xy", strings.Repeat("n/a ", 8), "a text of just over sixteen letters"} {
		out = append(out, fixture{rule: "QUALITY-TEXT-PLACEHOLDER", name: "not " + text, bad: recovered(text)})
	}
	return out
}
