package validate_test

import (
	"testing"

	r4 "github.com/samply/golang-fhir-models/fhir-models/fhir"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/code"
	"github.com/gpsafety/lfpse-go/lfpse/validate"
)

var eventFixtures = []fixture{
	{rule: "LFPSE-EVENT-TYPE", paths: []string{"AdverseEvent"}, target: "type",
		bad: func(e *lfpse.Event) { e.Type = "" }},

	{rule: "LFPSE-DESCRIPTION", paths: []string{"AdverseEvent"}, target: "description",
		bad:      func(e *lfpse.Event) { e.Description = "" },
		good:     func(e *lfpse.Event) { e.Description = "" },
		goodTree: func(_ testing.TB, a *fhir.AdverseEvent) { a.Description = ptr("On the root.") }},
	{rule: "LFPSE-DESCRIPTION", name: "blank", paths: []string{"AdverseEvent.extension[1]"}, target: "description",
		badTree: func(_ testing.TB, a *fhir.AdverseEvent) { a.Extension[1].Extension[0].ValueString = ptr("  ") }},

	{rule: "LFPSE-DESCRIPTION-DIFFERS", paths: []string{"AdverseEvent.description"},
		badTree:  func(_ testing.TB, a *fhir.AdverseEvent) { a.Description = ptr("Something else.") },
		goodTree: func(_ testing.TB, a *fhir.AdverseEvent) { a.Description = ptr(incident().Description) }},

	{rule: "LFPSE-ACTUALITY", paths: []string{"AdverseEvent.actuality"},
		badTree: func(_ testing.TB, a *fhir.AdverseEvent) { a.Actuality = ptr(r4.AdverseEventActualityPotential) }},

	{rule: "LFPSE-REFERENCES", name: "missing", paths: []string{"AdverseEvent", "AdverseEvent"},
		badTree: func(_ testing.TB, a *fhir.AdverseEvent) { a.Location, a.Recorder = nil, nil }},
	{rule: "LFPSE-REFERENCES", name: "elsewhere", paths: []string{"AdverseEvent.subject.reference", "AdverseEvent.location"},
		badTree: func(_ testing.TB, a *fhir.AdverseEvent) {
			a.Subject.Reference, a.Location = ptr("Patient/1"), &r4.Reference{Display: ptr("here")}
		}},

	{rule: "LFPSE-RISK-IMMINENT", name: "no group", base: risk, paths: []string{"AdverseEvent"}, target: "riskDetails.riskImminent",
		bad: func(e *lfpse.Event) { e.RiskDetails.RiskImminent = "" }},
	{rule: "LFPSE-RISK-IMMINENT", name: "in the group", base: risk, paths: []string{"AdverseEvent.extension[2]"}, target: "riskDetails.riskImminent",
		bad: func(e *lfpse.Event) { e.RiskDetails.RiskImminent, e.RiskDetails.RiskPopulation = "", "Everybody" }},
	{rule: "LFPSE-NO-PATIENT-RISK", base: nobodyHurt, paths: []string{"AdverseEvent"}, target: "riskDetails.riskImminent",
		bad:  func(e *lfpse.Event) { e.RiskDetails.RiskImminent = "" },
		good: func(e *lfpse.Event) { *e = incident() }},
	{rule: "LFPSE-FUTURE-OCCURRENCE", base: goodCare, paths: []string{"AdverseEvent"}, target: "wentWell.howFutureOccurrence",
		bad: func(e *lfpse.Event) { e.WentWell.HowFutureOccurrence = "" }},

	{rule: "LFPSE-OUTCOME-ONLY", paths: []string{"AdverseEvent.extension[4].extension[0]"},
		bad:  func(e *lfpse.Event) { e.Outcome.OutcomeType = []code.OutcomeType{"2"} },
		good: func(e *lfpse.Event) { *e = poorOutcome() }},
	{rule: "LFPSE-OUTCOME-INCIDENT", base: poorOutcome, paths: []string{"AdverseEvent.extension[3].extension[0]"},
		bad:  func(e *lfpse.Event) { e.Classification.PatientSafetyIncidentHasOccurred = "y" },
		good: func(e *lfpse.Event) { e.Classification.PatientSafetyIncidentHasOccurred = "n" }},

	{rule: "LFPSE-ASK-OUTCOME-TYPE", base: poorOutcome, paths: []string{"AdverseEvent"}, target: "outcome.outcomeType",
		bad: func(e *lfpse.Event) { e.Outcome.OutcomeType = nil }},
	{rule: "LFPSE-ASK-CONCERN", paths: []string{"AdverseEvent"}, target: "classification.levelOfConcern",
		bad: func(e *lfpse.Event) { e.Classification.LevelOfConcern = "" }, good: func(e *lfpse.Event) { *e = goodCare() }},
	{rule: "LFPSE-ASK-AGENTS", base: nobodyHurt, paths: []string{"AdverseEvent"}, target: "agent.involvedAgents",
		bad: func(e *lfpse.Event) { e.Agent.InvolvedAgents = nil }, good: func(e *lfpse.Event) { *e = risk() }},
	{rule: "LFPSE-ASK-CHALLENGES", paths: []string{"AdverseEvent"}, target: "safetyChallenges.safetyChallenges",
		bad: func(e *lfpse.Event) { e.SafetyChallenges.SafetyChallenges = nil }},
}

const datePath = "AdverseEvent.extension[5].extension[1]"

var dateFixtures = []fixture{
	{rule: "LFPSE-DATE", paths: []string{"AdverseEvent"}, target: "date",
		bad:  func(e *lfpse.Event) { e.Date = "" },
		good: func(e *lfpse.Event) { e.Date, e.EstimatedDate.ApproximateDate = "", "2026-03" }},
	{rule: "LFPSE-DATE", name: "not known", paths: []string{"AdverseEvent.extension[5]"}, target: "estimatedDate.approximateDate",
		bad: func(e *lfpse.Event) { e.Date, e.EstimatedDate.IncidentOccurredToday = "", "u" },
		good: func(e *lfpse.Event) {
			e.Date, e.EstimatedDate.IncidentOccurredToday, e.EstimatedDate.ApproximateDate = "", "u", "2026-03"
		}},

	{rule: "LFPSE-DATE-DAY", paths: []string{"AdverseEvent.date"},
		bad:      func(e *lfpse.Event) { e.Date = "2026-03" },
		goodTree: func(_ testing.TB, a *fhir.AdverseEvent) { a.Date = ptr("2026-03-11T10:15:00Z") }},
	{rule: "LFPSE-DATE-FUTURE", paths: []string{"AdverseEvent.date"}, opts: []validate.Option{validate.WithToday(func() lfpse.Date { return "2026-03-11" })},
		bad: func(e *lfpse.Event) { e.Date = "2026-03-12" }},
	{rule: "LFPSE-DATE-FUTURE", name: "month", paths: []string{"AdverseEvent.date"}, opts: []validate.Option{validate.WithToday(func() lfpse.Date { return "2026-03-11" })},
		bad: func(e *lfpse.Event) { e.Date = "2026-04" }, good: func(e *lfpse.Event) { e.Date = "2026-03" }},

	{rule: "LFPSE-DATE-FUTURE", name: "fields", paths: []string{datePath + ".value", "AdverseEvent.extension[5].extension[2].value"}, opts: []validate.Option{validate.WithToday(func() lfpse.Date { return "2026-03-11" })},
		bad: func(e *lfpse.Event) {
			e.EstimatedDate.TodaysDate, e.EstimatedDate.ApproximateDate = "2026-03-12", "2026-04"
		},
		good: func(e *lfpse.Event) {
			e.EstimatedDate.TodaysDate, e.EstimatedDate.ApproximateDate = "2026-03-11", "2026-03"
		}},
	{rule: "LFPSE-ASK-TODAY", paths: []string{"AdverseEvent.extension[5]"}, target: "estimatedDate.incidentOccurredToday",
		bad:  func(e *lfpse.Event) { e.EstimatedDate.IncidentOccurredToday = "" },
		good: func(e *lfpse.Event) { e.EstimatedDate.IncidentOccurredToday = "u" }},
	{rule: "LFPSE-ASK-TODAY", name: "no group", base: risk, paths: []string{"AdverseEvent"}, target: "estimatedDate.incidentOccurredToday",
		bad: func(e *lfpse.Event) { e.EstimatedDate = lfpse.EstimatedDate{} }},
	{rule: "LFPSE-DATE-TODAY", name: "without", paths: []string{"AdverseEvent.extension[5]"},
		bad:  func(e *lfpse.Event) { e.EstimatedDate.IncidentOccurredToday = "y" },
		good: func(e *lfpse.Event) { e.EstimatedDate.IncidentOccurredToday, e.EstimatedDate.TodaysDate = "y", e.Date }},
	{rule: "LFPSE-DATE-TODAY", name: "another day", paths: []string{datePath},
		bad: func(e *lfpse.Event) { e.EstimatedDate.TodaysDate = "2026-03-11" }},
	{rule: "LFPSE-DATE-SAME", paths: []string{datePath + ".value"},
		bad: func(e *lfpse.Event) {
			e.EstimatedDate.IncidentOccurredToday, e.EstimatedDate.TodaysDate = "y", "2026-03-12"
		},
		good: func(e *lfpse.Event) {
			e.EstimatedDate.IncidentOccurredToday, e.EstimatedDate.TodaysDate = "y", "2026-03-11"
		}},
	{rule: "LFPSE-DATE-APPROXIMATE", name: "day known", paths: []string{datePath},
		bad: func(e *lfpse.Event) { e.EstimatedDate.ApproximateDate = "2026-03" }},
	{rule: "LFPSE-DATE-APPROXIMATE", name: "day sent", paths: []string{"AdverseEvent.date"},
		bad: func(e *lfpse.Event) {
			e.EstimatedDate.IncidentOccurredToday, e.EstimatedDate.ApproximateDate = "u", "2026-03"
		},
		good: func(e *lfpse.Event) {
			e.Date, e.EstimatedDate.IncidentOccurredToday, e.EstimatedDate.ApproximateDate = "", "u", "2026-03"
		}},
	{rule: "LFPSE-DATE-MONTH", name: "one digit", paths: []string{datePath + ".value"},
		bad: func(e *lfpse.Event) {
			e.Date, e.EstimatedDate.IncidentOccurredToday, e.EstimatedDate.ApproximateDate = "", "u", "2026-3"
		},
		good: func(e *lfpse.Event) {
			e.Date, e.EstimatedDate.IncidentOccurredToday, e.EstimatedDate.ApproximateDate = "", "u", "2026-12"
		}},
	{rule: "LFPSE-DATE-MONTH", name: "no month", paths: []string{datePath + ".value"},
		bad: func(e *lfpse.Event) { e.EstimatedDate.ApproximateDate = "2026-13" }},
	{rule: "LFPSE-TIME", paths: []string{"AdverseEvent.extension[5].extension[2]"},
		bad:  func(e *lfpse.Event) { e.EstimatedDate.EstimatedTime = "1" },
		good: func(e *lfpse.Event) { e.EstimatedDate.PreciseTime, e.EstimatedDate.EstimatedTime = "", "1" }},
}
