package submission_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/code"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
)

// one is a sound incident with one patient.
func one() lfpse.Event {
	e := good()
	e.RiskDetails = lfpse.RiskDetails{}
	e.Patients = []lfpse.Patient{{
		Age: lfpse.Age{Value: 62, Unit: lfpse.Years}, GenderIdentity: lfpse.GenderFemale, GenderSameAsAtBirth: lfpse.SameAsAtBirthYes,
		PhysicalHarm: lfpse.PhysicalLow, PsychologicalHarm: lfpse.PsychologicalNone,
	}}
	return e
}

func rulesOf(d draft.Draft) (out []string) {
	for _, i := range d.Issues {
		if i.Severity.String() == "error" {
			out = append(out, i.Rule+" "+i.Path)
		}
	}
	return out
}

// Text in the place of a code may be somebody's name. It is refused in lists that are
// known for certain and in others alike, without a list, in names and in extra values, and
// nothing repeats it.
func TestCodesHoldCodes(t *testing.T) {
	for target, change := range map[string]func(e *lfpse.Event){
		"reporter.reporterRole":               func(e *lfpse.Event) { e.Reporter.ReporterRole = "Dr Jane Quuxworth" },
		"reporter.reporterInvolvement":        func(e *lfpse.Event) { e.Reporter.ReporterInvolvement = "Quuxworth" },
		"detectionFactors.detectionPoint":     func(e *lfpse.Event) { e.DetectionFactors.DetectionPoint = "jquuxworth2" },
		"patients[0].genderIdentity":          func(e *lfpse.Event) { e.Patients[0].GenderIdentity = "code:Quuxworth" },
		"patients[0].physicalHarm":            func(e *lfpse.Event) { e.Patients[0].PhysicalHarm = "code:Mrs Quuxworth" },
		"patients[0].patientEthnicity":        func(e *lfpse.Event) { e.Patients[0].PatientEthnicity = "Quuxworth J" },
		"type":                                func(e *lfpse.Event) { e.Type = "code:Quuxworth" },
		"reporter.reporterOrganisation":       func(e *lfpse.Event) { e.Reporter.ReporterOrganisation = "QUUXWORTH" },
		"location.organisation":               func(e *lfpse.Event) { e.Location.Organisation = []string{"Quuxworth"} },
		"agent.involvedAgents":                func(e *lfpse.Event) { e.Agent.InvolvedAgents = []code.AgentType{"10", "Jane Quuxworth"} },
		"classification.levelOfConcern":       func(e *lfpse.Event) { e.Classification.LevelOfConcern = "999 000 0018" },
		"estimatedDate.incidentOccurredToday": func(e *lfpse.Event) { e.EstimatedDate.IncidentOccurredToday = "Quuxworth" },
	} {
		e := one()
		change(&e)
		d, s := prepare(builder(t), e)
		assert.NotEqual(t, draft.Ready, d.State, target)
		assert.True(t, s.IsZero(), target)
		assert.Contains(t, rulesOf(d), "EVENT-CODE "+target)
		assert.NotContains(t, fmt.Sprint(d.Issues, d.Privacy, d.Questions, d.Trace), "uuxworth", target)
	}
	e := one()
	e.Extra = []lfpse.Extra{{Group: "adverse-event-core", Field: "Description", Value: "x"}}
	d, _ := prepare(builder(t), e)
	assert.NotEqual(t, draft.Ready, d.State)
}

// The text of a code is as good as the code, whatever its case.
func TestTheTextOfACodeIsTranslated(t *testing.T) {
	e := one()
	e.Reporter.ReporterRole = "doctor or  DENTIST"
	e.Location.LocationKnown = "Yes"
	e.Agent.InvolvedAgents = []code.AgentType{"None of the above"}
	e.Patients[0].PhysicalHarm = "Low physical harm"
	e.Patients[0].GenderIdentity = "Female"
	d, s := prepare(builder(t), e)
	require.Equal(t, draft.Ready, d.State, "%v %v", d.Issues, d.Questions)
	assert.EqualValues(t, "4", d.Event.Reporter.ReporterRole)
	assert.Equal(t, []code.AgentType{"10"}, d.Event.Agent.InvolvedAgents)
	assert.Equal(t, lfpse.PhysicalLow, d.Event.Patients[0].PhysicalHarm)
	assert.Contains(t, d.Trace, draft.Step{Target: "reporter.reporterRole", From: "the event", Rule: "the code of its text"})
	_, again := prepare(builder(t), d.Event)
	assert.Equal(t, again.Body(), s.Body())
}

// The encoded number of an age is not for people, on the grid or off it.
func TestAnEncodedAgeIsRefused(t *testing.T) {
	for _, n := range []int{62, 18600, 18262, 0, 31} {
		e := one()
		e.Patients[0].Age = lfpse.Age{Value: n, Unit: lfpse.RawAge}
		d, _ := prepare(builder(t), e)
		assert.Contains(t, rulesOf(d), "EVENT-AGE patients[0].age", n)
	}
}

// What the service may insist on is asked, and the answer is in reach.
func TestWhatTheServiceMayInsistOnIsAsked(t *testing.T) {
	b := builder(t)
	e := one()
	e.Location.Organisation = nil
	d, _ := prepare(b, e)
	require.Equal(t, draft.NeedsAnswers, d.State)
	require.True(t, asks(d, "location.organisation"))
	assert.Equal(t, []lfpse.Choice{{Value: "A81001", Display: "The organisation that reports"}}, d.Questions[0].Choices)
	require.NoError(t, b.Form().Answer(&d, "location.organisation", d.Questions[0].Choices[0].Value))
	b.Prepare(&d)
	assert.Equal(t, draft.Ready, d.State, "%v", d.Issues)

	e = one()
	e.Location = lfpse.Location{}
	d, _ = prepare(b, e)
	assert.True(t, asks(d, "location.organisation"), "all questions come at once")

	for answer, want := range map[string]lfpse.Patient{"fatal": {PhysicalHarm: "fatal"}, "severe": {PhysicalHarm: "severe", PsychologicalHarm: "none"}} {
		e = one()
		e.Patients[0].PhysicalHarm = lfpse.PhysicalFatal
		d, _ = prepare(b, e)
		require.Equal(t, draft.NeedsAnswers, d.State)
		require.True(t, asks(d, "patients[0].physicalHarm"))
		require.NoError(t, b.Form().Answer(&d, "patients[0].physicalHarm", answer))
		b.Prepare(&d)
		assert.Equal(t, draft.Ready, d.State, "%v", d.Issues)
		got := d.Event.Patients[0]
		assert.Equal(t, want, lfpse.Patient{PhysicalHarm: got.PhysicalHarm, PsychologicalHarm: got.PsychologicalHarm})
		if answer == "fatal" {
			assert.Contains(t, d.Trace, draft.Step{Target: "patients[0].psychologicalHarm", From: "answer", Rule: "left out, because 'Physical harm of patient 1' is Fatal"})
		}
	}

	yes := true
	e = one()
	e.Governance = lfpse.Governance{NeverEvent: &yes, CqcNotify: &yes}
	d, _ = prepare(b, e)
	assert.True(t, asks(d, "governance.neverEventType"))
	assert.True(t, asks(d, "governance.cqcCriteria"))
}

// What contradicts itself is not sent, although other systems may send it.
func TestContradictionsAreNotSent(t *testing.T) {
	for rule, change := range map[string]func(e *lfpse.Event){
		"LFPSE-HARM-ASSOCIATION": func(e *lfpse.Event) { e.Patients[0].StrengthOfAssociation = "6" },
		"LFPSE-HARM-EVENT":       func(e *lfpse.Event) { e.Type, e.RiskDetails.RiskImminent = lfpse.TypeRisk, "n" },
		"LFPSE-LOCATION-KNOWN":   func(e *lfpse.Event) { e.Location.LocationKnown = "u" },
		"LFPSE-OTHER-ALONE":      func(e *lfpse.Event) { e.Location.OrganisationOther = "Elsewhere" },
		"LFPSE-AGENT-REPORT": func(e *lfpse.Event) {
			e.Agent = lfpse.Agent{InvolvedAgents: []code.AgentType{"10"}, ShotReportNumber: "1"}
		},
		"LFPSE-DATE-APPROXIMATE": func(e *lfpse.Event) { e.EstimatedDate.ApproximateDate = "2026-03" },
		"LFPSE-GOVERNANCE-PAIR":  func(e *lfpse.Event) { e.Governance.NeverEventType = "1" },
	} {
		e := one()
		change(&e)
		d, s := prepare(builder(t), e)
		assert.Equal(t, draft.Invalid, d.State, rule)
		assert.True(t, s.IsZero())
		assert.Contains(t, fmt.Sprint(rulesOf(d)), rule)
	}
}
