package validate_test

import (
	"encoding/json"
	"strings"
	"testing"

	r4 "github.com/samply/golang-fhir-models/fhir-models/fhir"

	"github.com/gpsafety/lfpse-go/fhir"
)

var fhirFixtures = []fixture{
	{rule: "FHIR-XHTML", name: "script", paths: []string{"AdverseEvent.text.div"},
		badTree: func(_ testing.TB, a *fhir.AdverseEvent) {
			a.Text = &r4.Narrative{Div: `<div xmlns="http://www.w3.org/1999/xhtml">A dose.<script>x()</script></div>`}
		},
		goodTree: func(_ testing.TB, a *fhir.AdverseEvent) {
			a.Text = &r4.Narrative{Div: `<div xmlns="http://www.w3.org/1999/xhtml" lang="en"><p style="color:red">A <b>dose</b> &amp; more.<br/></p></div>`}
		}},
	{rule: "FHIR-REQUIRED", name: "actuality and subject", paths: []string{"AdverseEvent.actuality", "AdverseEvent.subject"},
		badTree: func(_ testing.TB, a *fhir.AdverseEvent) { a.Actuality, a.Subject = nil, nil }},
	{rule: "FHIR-REQUIRED", name: "reference", paths: []string{"AdverseEvent.suspectEntity[0].instance"},
		badTree:  func(_ testing.TB, a *fhir.AdverseEvent) { a.SuspectEntity[0].Instance.Reference = nil },
		goodTree: func(_ testing.TB, a *fhir.AdverseEvent) { a.SuspectEntity[0].Instance.Display = ptr("a device") }},
	{rule: "FHIR-REQUIRED", name: "extension url", paths: []string{"AdverseEvent.extension[0]"},
		badTree: func(_ testing.TB, a *fhir.AdverseEvent) { a.Extension[0].Url = "" }},

	{rule: "FHIR-FORMAT", name: "root", paths: []string{"AdverseEvent.id", "AdverseEvent.meta.lastUpdated", "AdverseEvent.date"},
		badTree: func(_ testing.TB, a *fhir.AdverseEvent) {
			a.Id, a.Meta.LastUpdated, a.Date = ptr("no id"), ptr("2026-03-11"), ptr("2026-02-29")
		},
		goodTree: func(_ testing.TB, a *fhir.AdverseEvent) {
			a.Id, a.Meta.LastUpdated, a.Date = ptr("an-id.1"), ptr("2026-03-11T10:15:00.5+01:00"), ptr("2024-02-29")
		}},
	{rule: "FHIR-FORMAT", name: "contained", paths: []string{"AdverseEvent.contained[3].telecom[0].rank", "AdverseEvent.contained[3].birthDate"},
		badTree: func(_ testing.TB, a *fhir.AdverseEvent) {
			a.Contained[3].Patient.Telecom = []r4.ContactPoint{{Rank: ptr(0)}}
			a.Contained[3].Patient.BirthDate = ptr("11/03/1976")
		},
		goodTree: func(_ testing.TB, a *fhir.AdverseEvent) {
			a.Contained[3].Patient.BirthDate = ptr("1976")
			a.Contained[3].Patient.Telecom = []r4.ContactPoint{{Rank: ptr(1)}}
		}},
	{rule: "FHIR-FORMAT", name: "choice", paths: []string{"AdverseEvent.contained[3].deceased"},
		badTree:  func(_ testing.TB, a *fhir.AdverseEvent) { a.Contained[3].Patient.DeceasedDateTime = ptr("yesterday") },
		goodTree: func(_ testing.TB, a *fhir.AdverseEvent) { a.Contained[3].Patient.DeceasedDateTime = ptr("2026-03") }},
	{rule: "FHIR-FORMAT", name: "blank text", paths: []string{"AdverseEvent.contained[3].extension[0].extension[7].value"},
		badTree: func(t testing.TB, a *fhir.AdverseEvent) {
			fieldOf(t, groupOf(t, a.Contained[3].Patient.Extension, "patient-information"), "ClinicalOutcome").ValueString = ptr(" \n")
		}},
	{rule: "FHIR-FORMAT", name: "1 MB of text", paths: []string{descriptionPath},
		badTree:  func(_ testing.TB, a *fhir.AdverseEvent) { describeTree(a, strings.Repeat("words ", 1<<18)) },
		goodTree: func(_ testing.TB, a *fhir.AdverseEvent) { describeTree(a, strings.Repeat("words", 1<<20)[:1<<20]) }},
	{rule: "FHIR-FORMAT", name: "counted in characters", paths: []string{descriptionPath},
		badTree:  func(_ testing.TB, a *fhir.AdverseEvent) { describeTree(a, strings.Repeat("ü", 1<<20)+"!") },
		goodTree: func(_ testing.TB, a *fhir.AdverseEvent) { describeTree(a, strings.Repeat("ü", 1<<20)) }},
	{rule: "FHIR-FORMAT", name: "time", paths: []string{"AdverseEvent.extension[5].extension[1].value"},
		badTree: func(t testing.TB, a *fhir.AdverseEvent) {
			fieldOf(t, groupOf(t, a.Extension, "adverse-event-estimated-date"), "PreciseTime").ValueTime = ptr("10:15")
		}},
	{rule: "FHIR-FORMAT", name: "value of a data type", paths: []string{"AdverseEvent.extension[0].value.start"},
		badTree: func(_ testing.TB, a *fhir.AdverseEvent) {
			a.Extension[0] = r4.Extension{Url: "https://example.org/x", ValuePeriod: &r4.Period{Start: ptr("soon")}}
		},
		goodTree: func(_ testing.TB, a *fhir.AdverseEvent) {
			a.Extension[0] = r4.Extension{Url: "https://example.org/x", ValuePeriod: &r4.Period{Start: ptr("2026-03-11T10:15:00Z")}}
		}},
	{rule: "FHIR-FORMAT", name: "list of texts", paths: []string{"AdverseEvent.meta.profile[1]"},
		badTree: func(_ testing.TB, a *fhir.AdverseEvent) { a.Meta.Profile = append(a.Meta.Profile, "not a url") }},

	{rule: "FHIR-EXT-1", name: "nothing", paths: []string{"AdverseEvent.extension[0]"},
		badTree: func(_ testing.TB, a *fhir.AdverseEvent) { a.Extension[0].Extension = nil }},
	{rule: "FHIR-EXT-1", name: "two values", paths: []string{"AdverseEvent.extension[0].extension[0]"},
		badTree: func(_ testing.TB, a *fhir.AdverseEvent) { a.Extension[0].Extension[0].ValueString = ptr("x") }},
	{rule: "FHIR-EXT-1", name: "both", paths: []string{"AdverseEvent.contained[3].extension[0]"},
		badTree: func(_ testing.TB, a *fhir.AdverseEvent) { a.Contained[3].Patient.Extension[0].ValueBoolean = ptr(true) }},
	{rule: "FHIR-EXT-1", name: "deep", paths: []string{"AdverseEvent.contained[3].name[0].extension[0]"},
		badTree: func(_ testing.TB, a *fhir.AdverseEvent) {
			a.Contained[3].Patient.Name = []r4.HumanName{{Extension: []r4.Extension{{Url: "https://example.org/x"}}}}
		}},

	{rule: "FHIR-RESOURCE-TYPE", name: "none", paths: []string{"AdverseEvent.contained[4]"},
		badTree: func(_ testing.TB, a *fhir.AdverseEvent) { a.Contained = append(a.Contained, fhir.Resource{}) }},
	{rule: "FHIR-RESOURCE-TYPE", name: "two", paths: []string{"AdverseEvent.contained[0]"},
		badTree: func(_ testing.TB, a *fhir.AdverseEvent) { a.Contained[0].Device = &r4.Device{} }},
	{rule: "FHIR-RESOURCE-TYPE", name: "no JSON", paths: []string{"AdverseEvent.contained[4]"},
		badTree:  addOther(`{`),
		goodTree: addOther(`{"resourceType":"Group","id":"group"}`)},

	{rule: "FHIR-CONTAINED-ID", name: "missing", paths: []string{"AdverseEvent.contained[0]"},
		badTree: func(_ testing.TB, a *fhir.AdverseEvent) { a.Contained[0].Location.Id = nil }},
	{rule: "FHIR-CONTAINED-ID", name: "twice", paths: []string{"AdverseEvent.contained[1].id"},
		badTree: func(_ testing.TB, a *fhir.AdverseEvent) {
			a.Contained[1].Practitioner.Id = a.Contained[0].Location.Id
		}},
	{rule: "FHIR-CONTAINED-ID", name: "missing in other", paths: []string{"AdverseEvent.contained[4]"},
		badTree:  addOther(`{"resourceType":"Group"}`),
		goodTree: addOther(`{"resourceType":"Group","id":"group"}`)},

	{rule: "FHIR-DOM-2", paths: []string{"AdverseEvent.contained[4]"},
		badTree:  addOther(`{"resourceType":"Group","id":"group","contained":[{"resourceType":"Patient"}]}`),
		goodTree: addOther(`{"resourceType":"Group","id":"group"}`)},

	{rule: "FHIR-DOM-3", paths: []string{"AdverseEvent.contained[1]", "AdverseEvent.contained[2]"},
		badTree: func(_ testing.TB, a *fhir.AdverseEvent) { a.Recorder, a.SuspectEntity = nil, nil }},
	{rule: "FHIR-DOM-3", name: "other", paths: []string{"AdverseEvent.contained[4]"},
		badTree: addOther(`{"resourceType":"Group","id":"group"}`),
		goodTree: func(t testing.TB, a *fhir.AdverseEvent) {
			addOther(`{"resourceType":"Group","id":"group"}`)(t, a)
			a.Contained[3].Patient.ManagingOrganization = &r4.Reference{Reference: ptr("#group")}
		}},
	{rule: "FHIR-DOM-3", name: "referred to by other", paths: []string{"AdverseEvent.contained[1]"},
		badTree: func(_ testing.TB, a *fhir.AdverseEvent) { a.Recorder = nil },
		goodTree: func(t testing.TB, a *fhir.AdverseEvent) {
			a.Recorder = nil
			addOther(`{"resourceType":"Group","id":"group","member":[{"entity":{"reference":"#practitioner1"}}]}`)(t, a)
			a.Study = []r4.Reference{{Reference: ptr("#group")}}
		}},

	{rule: "FHIR-DOM-4", paths: []string{"AdverseEvent.contained[0].meta"},
		badTree:  func(_ testing.TB, a *fhir.AdverseEvent) { a.Contained[0].Location.Meta = &r4.Meta{VersionId: ptr("1")} },
		goodTree: func(_ testing.TB, a *fhir.AdverseEvent) { a.Contained[0].Location.Meta = &r4.Meta{Source: ptr("x")} }},
	{rule: "FHIR-DOM-5", paths: []string{"AdverseEvent.contained[0].meta.security"},
		badTree: func(_ testing.TB, a *fhir.AdverseEvent) {
			a.Contained[0].Location.Meta = &r4.Meta{Security: []r4.Coding{{Code: ptr("R")}}}
		}},

	{rule: "FHIR-REF-1", paths: []string{"AdverseEvent.location.reference"},
		badTree: func(_ testing.TB, a *fhir.AdverseEvent) { a.Location.Reference = ptr("#elsewhere") }},
	{rule: "FHIR-REF-1", name: "in other", paths: []string{"AdverseEvent.contained[4]"},
		badTree:  addOther(`{"resourceType":"Group","id":"group","member":[{"entity":{"reference":"#nobody"}}]}`),
		goodTree: addOther(`{"resourceType":"Group","id":"group","member":[{"entity":{"reference":"#patient"}}]}`)},

	{rule: "FHIR-REFERENCE-TYPE", name: "contained", paths: []string{"AdverseEvent.subject.reference", "AdverseEvent.suspectEntity[0].instance.reference"},
		badTree: func(_ testing.TB, a *fhir.AdverseEvent) {
			a.Subject.Reference, a.SuspectEntity[0].Instance.Reference = ptr("#location1"), ptr("#patient")
		}},
	{rule: "FHIR-REFERENCE-TYPE", name: "elsewhere", paths: []string{"AdverseEvent.recorder.reference"},
		badTree: func(_ testing.TB, a *fhir.AdverseEvent) {
			a.Recorder.Reference = ptr("https://example.org/fhir/Device/1/_history/2")
		},
		goodTree: func(_ testing.TB, a *fhir.AdverseEvent) { a.Recorder.Reference = ptr("PractitionerRole/1") }},
	{rule: "FHIR-REFERENCE-TYPE", name: "type", paths: []string{"AdverseEvent.recorder.type"},
		badTree:  func(_ testing.TB, a *fhir.AdverseEvent) { a.Recorder.Type = ptr("Patient") },
		goodTree: func(_ testing.TB, a *fhir.AdverseEvent) { a.Recorder.Type = ptr("Practitioner") }},

	{rule: "FHIR-DEPTH", paths: []string{"AdverseEvent.extension[7].extension[0]"},
		badTree:  func(_ testing.TB, a *fhir.AdverseEvent) { a.Extension = append(a.Extension, deep(80)) },
		goodTree: func(_ testing.TB, a *fhir.AdverseEvent) { a.Extension = append(a.Extension, deep(20)) }},

	{rule: "FHIR-R4-DESCRIPTION", paths: []string{"AdverseEvent.description"},
		badTree: func(_ testing.TB, a *fhir.AdverseEvent) { a.Description = ptr("A description") }},

	{rule: "CHECK-TOO-MANY", paths: []string{"AdverseEvent"},
		badTree: func(_ testing.TB, a *fhir.AdverseEvent) {
			a.Extension = append(a.Extension, make([]r4.Extension, 2000)...)
		},
		goodTree: func(_ testing.TB, a *fhir.AdverseEvent) {
			a.Extension = append(a.Extension, make([]r4.Extension, 100)...)
		}},
}

func addOther(raw string) func(testing.TB, *fhir.AdverseEvent) {
	return func(_ testing.TB, a *fhir.AdverseEvent) {
		a.Contained = append(a.Contained, fhir.Resource{Other: json.RawMessage(raw)})
	}
}

func describeTree(a *fhir.AdverseEvent, text string) { a.Extension[1].Extension[0].ValueString = &text }

func deep(levels int) r4.Extension {
	x := r4.Extension{Url: "https://example.org/deep", ValueBoolean: ptr(true)}
	for range levels {
		x = r4.Extension{Url: "https://example.org/deep", Extension: []r4.Extension{x}}
	}
	return x
}
