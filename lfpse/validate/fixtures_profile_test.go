package validate_test

import (
	"strings"
	"testing"

	r4 "github.com/samply/golang-fhir-models/fhir-models/fhir"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse"
)

var profileFixtures = []fixture{
	{rule: "PROFILE-DECLARED", name: "no meta", paths: []string{"AdverseEvent"},
		badTree: func(_ testing.TB, a *fhir.AdverseEvent) { a.Meta = nil }},
	{rule: "PROFILE-DECLARED", name: "no profile", paths: []string{"AdverseEvent.meta"},
		badTree: func(_ testing.TB, a *fhir.AdverseEvent) { a.Meta.Profile = nil }},
	{rule: "PROFILE-DECLARED", name: "another", paths: []string{"AdverseEvent.meta.profile"},
		badTree: func(_ testing.TB, a *fhir.AdverseEvent) { a.Meta.Profile[0] = "https://example.org/profile" },
		goodTree: func(_ testing.TB, a *fhir.AdverseEvent) {
			a.Meta.Profile = append(a.Meta.Profile, "https://example.org/profile")
		}},

	{rule: "PROFILE-VERSION", name: "profile", paths: []string{"AdverseEvent.meta.profile[0]"},
		badTree: func(_ testing.TB, a *fhir.AdverseEvent) {
			a.Meta.Profile[0] = strings.TrimSuffix(a.Meta.Profile[0], "-6") + "-5"
		}},
	{rule: "PROFILE-VERSION", name: "canonical base", paths: []string{"AdverseEvent.meta.profile[0]"},
		badTree: func(_ testing.TB, a *fhir.AdverseEvent) {
			a.Meta.Profile[0] = "https://example.org/StructureDefinition/patient-safety-adverse-event-6"
		}},
	{rule: "PROFILE-VERSION", name: "group", paths: []string{"AdverseEvent.contained[0].extension[0].url"},
		badTree: func(t testing.TB, a *fhir.AdverseEvent) {
			g := groupOf(t, a.Contained[0].Location.Extension, "location-details")
			g.Url = strings.TrimSuffix(g.Url, "-6") + "-5"
		}},

	{rule: "PROFILE-VERSION", name: "no profile, and groups of another version", paths: []string{"AdverseEvent.extension[0].url"},
		badTree: func(_ testing.TB, a *fhir.AdverseEvent) {
			a.Meta = nil
			for i := range a.Extension {
				a.Extension[i].Url = strings.TrimSuffix(a.Extension[i].Url, "-6") + "-5"
			}
		}},

	{rule: "PROFILE-CANONICAL", name: "version", paths: []string{"AdverseEvent.meta.profile[0]"},
		badTree: func(_ testing.TB, a *fhir.AdverseEvent) { a.Meta.Profile[0] += "|1.0" }},
	{rule: "PROFILE-CANONICAL", name: "version of the taxonomy, after another profile", paths: []string{"AdverseEvent.meta.profile[1]"},
		badTree: func(_ testing.TB, a *fhir.AdverseEvent) {
			a.Meta.Profile = []string{"https://example.org/profile", a.Meta.Profile[0] + "|6"}
		}},

	{rule: "PROFILE-EVENT", name: "two codings", paths: []string{"AdverseEvent.event"},
		badTree: func(_ testing.TB, a *fhir.AdverseEvent) {
			a.Event.Coding = append(a.Event.Coding, a.Event.Coding[0])
		}},
	{rule: "PROFILE-EVENT", name: "text only", paths: []string{"AdverseEvent.event"},
		badTree: func(_ testing.TB, a *fhir.AdverseEvent) { a.Event = &r4.CodeableConcept{Text: ptr("incident")} }},

	{rule: "PROFILE-SYSTEM", paths: []string{"AdverseEvent.event.coding[0].system"},
		badTree: func(_ testing.TB, a *fhir.AdverseEvent) { a.Event.Coding[0].System = ptr("https://example.org/types") }},

	{rule: "PROFILE-RESOURCE", paths: []string{"AdverseEvent.contained[4]"},
		badTree: addOther(`{"resourceType":"Group","id":"group"}`)},

	{rule: "PROFILE-ELEMENT", paths: []string{"AdverseEvent.contained[3].name", "AdverseEvent.contained[3].deceased", "AdverseEvent.identifier", "AdverseEvent.recordedDate"},
		badTree: func(_ testing.TB, a *fhir.AdverseEvent) {
			a.Identifier, a.RecordedDate = &r4.Identifier{Value: ptr("1")}, ptr("2026-03-11")
			a.Contained[3].Patient.Name = []r4.HumanName{{Family: ptr("Invented")}}
			a.Contained[3].Patient.DeceasedBoolean = ptr(false)
		},
		goodTree: func(_ testing.TB, a *fhir.AdverseEvent) { a.Contained[3].Patient.Name = []r4.HumanName{} }},

	{rule: "PROFILE-ELEMENT", name: "below suspectEntity", paths: []string{"AdverseEvent.suspectEntity[0].causality"},
		badTree: func(_ testing.TB, a *fhir.AdverseEvent) {
			a.SuspectEntity[0].Causality = []r4.AdverseEventSuspectEntityCausality{{ProductRelatedness: ptr("likely")}}
		}},

	{rule: "PROFILE-MODIFIER", paths: []string{"AdverseEvent.contained[3].modifierExtension", "AdverseEvent.modifierExtension"},
		badTree: func(_ testing.TB, a *fhir.AdverseEvent) {
			a.ModifierExtension = []r4.Extension{deep(0)}
			a.Contained[3].Patient.ModifierExtension = []r4.Extension{deep(0)}
		}},
	{rule: "PROFILE-MODIFIER", name: "below suspectEntity", paths: []string{"AdverseEvent.suspectEntity[0].modifierExtension"},
		badTree: func(_ testing.TB, a *fhir.AdverseEvent) {
			a.SuspectEntity[0].ModifierExtension = []r4.Extension{deep(0)}
		}},

	{rule: "PROFILE-MODIFIER", name: "within contained resources", paths: []string{"AdverseEvent.contained[0].hoursOfOperation[0].modifierExtension", "AdverseEvent.contained[3].contact[1].modifierExtension"},
		badTree: func(_ testing.TB, a *fhir.AdverseEvent) {
			a.Contained[0].Location.HoursOfOperation = []r4.LocationHoursOfOperation{{ModifierExtension: []r4.Extension{deep(0)}}}
			a.Contained[3].Patient.Contact = []r4.PatientContact{{}, {ModifierExtension: []r4.Extension{deep(0), deep(0)}}}
		},
		goodTree: func(_ testing.TB, a *fhir.AdverseEvent) {
			a.Contained[3].Patient.Contact = []r4.PatientContact{{Extension: []r4.Extension{deep(0)}, ModifierExtension: []r4.Extension{}}}
		}},
	{rule: "PROFILE-MODIFIER", name: "within a value", paths: []string{"AdverseEvent.extension[7].value.modifierExtension"},
		badTree: func(_ testing.TB, a *fhir.AdverseEvent) {
			a.Extension = append(a.Extension, r4.Extension{Url: "https://example.org/x", ValueTiming: &r4.Timing{ModifierExtension: []r4.Extension{deep(0)}}})
		}},

	{rule: "PROFILE-GROUP", name: "on elements that are not used", paths: nil,
		badTree: func(_ testing.TB, a *fhir.AdverseEvent) {
			a.Contained[3].Patient.Name = []r4.HumanName{{Extension: []r4.Extension{deep(0)}}}
		}},
	{rule: "PROFILE-GROUP", paths: []string{"AdverseEvent.extension[7].url"},
		badTree: func(_ testing.TB, a *fhir.AdverseEvent) { a.Extension = append(a.Extension, deep(0)) }},
	{rule: "PROFILE-GROUP", name: "below elements", paths: []string{"AdverseEvent.meta.extension[0].url", "AdverseEvent.meta.tag[0].extension[0].url", "AdverseEvent.event.extension[0].url", "AdverseEvent.event.coding[0].extension[0].url",
		"AdverseEvent.subject.extension[0].url", "AdverseEvent.location.extension[0].url", "AdverseEvent.recorder.extension[0].url",
		"AdverseEvent.suspectEntity[0].extension[0].url", "AdverseEvent.suspectEntity[0].instance.extension[0].url"},
		badTree: func(t testing.TB, a *fhir.AdverseEvent) {
			x := []r4.Extension{deep(0)}
			a.Meta.Tag = []r4.Coding{{Extension: x}}
			a.Meta.Extension, a.Event.Extension, a.Event.Coding[0].Extension = x, x, x
			a.Subject.Extension, a.Location.Extension = x, x
			a.Recorder.Extension = []r4.Extension{*groupOf(t, a.Extension, "adverse-event-core")}
			a.SuspectEntity[0].Extension, a.SuspectEntity[0].Instance.Extension = x, x
		}},

	{rule: "PROFILE-CONTEXT", paths: []string{"AdverseEvent.contained[0].extension[1].url"},
		badTree: func(t testing.TB, a *fhir.AdverseEvent) {
			l := a.Contained[0].Location
			l.Extension = append(l.Extension, *groupOf(t, a.Extension, "adverse-event-core"))
		}},

	{rule: "PROFILE-GROUP-FORM", name: "value", paths: []string{"AdverseEvent.extension[0]"},
		badTree: func(_ testing.TB, a *fhir.AdverseEvent) {
			a.Extension[0].Extension, a.Extension[0].ValueString = nil, ptr("x")
		}},
	{rule: "PROFILE-GROUP-FORM", name: "empty", paths: []string{"AdverseEvent.extension[0]"},
		badTree: func(_ testing.TB, a *fhir.AdverseEvent) { a.Extension[0].Extension = nil }},

	{rule: "PROFILE-GROUP-MIN", name: "on the resource", paths: []string{"AdverseEvent.contained[0]", "AdverseEvent.contained[1]"},
		badTree: func(_ testing.TB, a *fhir.AdverseEvent) {
			a.Contained[0].Location.Extension, a.Contained[1].Practitioner.Extension = nil, nil
		}},
	{rule: "PROFILE-GROUP-MIN", name: "no resource", paths: []string{"AdverseEvent"},
		badTree: func(_ testing.TB, a *fhir.AdverseEvent) { a.Contained, a.Location = a.Contained[1:], nil }},

	{rule: "PROFILE-GROUP-MAX", paths: []string{"AdverseEvent.extension[7]"},
		badTree: func(t testing.TB, a *fhir.AdverseEvent) {
			a.Extension = append(a.Extension, *groupOf(t, a.Extension, "adverse-event-core"))
		},
		goodTree: func(t testing.TB, a *fhir.AdverseEvent) {
			a.Extension = append(a.Extension, *groupOf(t, a.Extension, "medication-dmd"))
		}},

	{rule: "PROFILE-FIELD", paths: []string{"AdverseEvent.extension[0].extension[1].url"},
		badTree: func(_ testing.TB, a *fhir.AdverseEvent) {
			a.Extension[0].Extension = append(a.Extension[0].Extension, r4.Extension{Url: "Invented", ValueString: ptr("x")})
		}},

	{rule: "PROFILE-FIELD-MIN", name: "with question", paths: []string{"AdverseEvent.extension[0]", "AdverseEvent.extension[6]"}, target: "agent.involvedAgents",
		bad: func(e *lfpse.Event) {
			e.Agent.InvolvedAgents, e.Agent.SabreReportNumber = nil, "S-1"
			e.ReferenceMetadata.IsAnonymous = ptr(false)
			e.Medicines, e.ProblemMedication = nil, lfpse.ProblemMedication{}
			e.Process.HealthcareProcess = append(e.Process.HealthcareProcess, "1")
		},
		good: func(e *lfpse.Event) {
			e.ReferenceMetadata.IsAnonymous, e.ReferenceMetadata.DataSharingOptOut = ptr(false), ptr(false)
		}},
	{rule: "PROFILE-FIELD-MIN", name: "asked once", base: risk, paths: nil,
		bad: func(e *lfpse.Event) { e.RiskDetails.RiskImminent, e.RiskDetails.RiskPopulation = "", "Everybody" }},
	{rule: "PROFILE-FIELD-MIN", name: "no place for an answer", paths: []string{"AdverseEvent.contained[3].extension[0]"},
		badTree: func(_ testing.TB, a *fhir.AdverseEvent) {
			g := &a.Contained[3].Patient.Extension[0]
			g.Extension = g.Extension[1:]
		}},

	{rule: "PROFILE-FIELD-MAX", paths: []string{"AdverseEvent.extension[1].extension[1]"},
		badTree: func(_ testing.TB, a *fhir.AdverseEvent) {
			g := &a.Extension[1]
			g.Extension = append(g.Extension, r4.Extension{Url: "Description", ValueString: ptr("Another.")})
		},
		good: func(e *lfpse.Event) { e.Agent.InvolvedAgents = append(e.Agent.InvolvedAgents, "9") }},

	{rule: "PROFILE-TYPE", paths: []string{"AdverseEvent.extension[0].extension[0]"},
		badTree: func(_ testing.TB, a *fhir.AdverseEvent) {
			x := &a.Extension[0].Extension[0]
			x.ValueString, x.ValueCode = x.ValueCode, nil
		}},

	{rule: "PROFILE-CODE", paths: []string{"AdverseEvent.contained[3].extension[0].extension[5].value", "AdverseEvent.event.coding[0].code"},
		badTree: func(t testing.TB, a *fhir.AdverseEvent) {
			fieldOf(t, &a.Contained[3].Patient.Extension[0], "PhysicalHarm").ValueCode = ptr("0")
			a.Event.Coding[0].Code = ptr("5")
		}},
	{rule: "PROFILE-CODE-OPEN", paths: []string{"AdverseEvent.extension[6].extension[0].value"},
		bad: func(e *lfpse.Event) { e.Classification.LevelOfConcern = "2" }},

	{rule: "LFPSE-PROVISIONAL", name: "lists, each once", open: true, paths: []string{"AdverseEvent.contained[3].extension[0].extension[2].value", "AdverseEvent.contained[3].extension[0].extension[3].value"},
		bad:  func(e *lfpse.Event) { e.Patients = append(e.Patients, e.Patients[0]) },
		good: func(e *lfpse.Event) { *e = nobodyHurt() }},
	{rule: "LFPSE-PROVISIONAL", name: "event type", open: true, base: risk, paths: []string{"AdverseEvent.event.coding[0].code"},
		good: func(e *lfpse.Event) { *e = goodCare() }},
	{rule: "LFPSE-PROVISIONAL", name: "group and field", open: true, base: nobodyHurt, paths: []string{"AdverseEvent.extension[4].extension[0]", "AdverseEvent.extension[9]"},
		bad: func(e *lfpse.Event) {
			e.ProblemPeople.StaffAvailabilityIncidentFactor = "1"
			e.Governance.DutyOfCandour = ptr(true)
		}},
	{rule: "LFPSE-PROVISIONAL", name: "a code of an unknown list", open: true, paths: []string{"AdverseEvent.contained[3].extension[0].extension[2].value", "AdverseEvent.contained[3].extension[0].extension[3].value"},
		bad:  func(e *lfpse.Event) { e.Patients[0].GenderIdentity = "code:F" },
		good: func(e *lfpse.Event) { *e = goodCare() }},
}
