package draft_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/code"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/privacy"
)

func answer(t testing.TB, d *draft.Draft, target, text string) {
	t.Helper()
	require.NoError(t, newBuilder().Form().Answer(d, target, text), target)
}

// Answers are written the way people write them.
func TestAnswersAreConverted(t *testing.T) {
	form := newBuilder().Form()
	for _, c := range []struct{ target, text, want string }{
		{"type", "Good care", "good-care"},
		{"patients[0].physicalHarm", " No physical harm ", "none"},
		{"date", "2026-03-05", "2026-03-05"},
		{"date", "05/03/2026", "2026-03-05"},
		{"estimatedDate.preciseTime", "14:30", "14:30:00"},
		{"estimatedDate.preciseTime", "14:30:15", "14:30:15"},
		{"patients[0].age", "62", "62 years"},
		{"patients[0].age", "5 months", "5 months"},
		{"patients[0].age", "10 days old", "10 days"},
		{"referenceMetadata.dataSharingOptOut", "no", "false"},
		{"agent.involvedAgents", "4; IT systems or software ;", "4; 9"},
	} {
		d := draft.Draft{}
		require.NoError(t, form.Answer(&d, c.target, c.text), c.target)
		accessor, err := form.Codec().Accessor(c.target)
		require.NoError(t, err)
		assert.Equal(t, strings.Split(c.want, "; "), accessor.Values(&d.Event), "%s: %s", c.target, c.text)
		assert.Equal(t, []draft.Answer{{Target: c.target, Text: strings.TrimSpace(c.text)}}, d.Answers)
		require.NotEmpty(t, d.Trace)
		assert.Equal(t, "answer", d.Trace[0].From)
	}
}

// An answer that cannot be used changes nothing and is never quoted.
func TestAnswersThatCannotBeUsed(t *testing.T) {
	targets := []string{"type", "date", "estimatedDate.preciseTime", "estimatedDate.approximateDate", "patients[0].age", "patients[0].birthDate", "patients[1].physicalHarm", "agent.involvedAgents",
		"reporter.reporterRole", "referenceMetadata.dataSharingOptOut", "location.organisation", "zqxj", "patients[0].zqxj", "agent", "patients[100].age"}
	rapid.Check(t, func(rt *rapid.T) {
		before := draft.Draft{Event: lfpse.Event{Type: lfpse.TypeIncident, Date: "2026-03-01", Agent: lfpse.Agent{InvolvedAgents: []code.AgentType{"4"}}}}
		d := before
		text := rapid.SampledFrom([]string{"zqxj", "zqxj;4", "4; zqxj", "2026-13-zqxj", "99 zqxj", "", ";", "2999-01-01", "0"}).Draw(rt, "text")
		err := newBuilder().Form().Answer(&d, rapid.SampledFrom(targets).Draw(rt, "target"), text)
		if err == nil {
			return
		}
		require.Equal(rt, before, d)
		require.NotContains(rt, err.Error(), "zqxj")
		require.NotContains(rt, err.Error(), "2999")
		require.False(rt, strings.HasSuffix(err.Error(), "."), err.Error())
	})
}

// The last answer counts, and the trace names it alone.
func TestAnAnswerTakesThePlaceOfWhatWasThere(t *testing.T) {
	d := draft.Draft{Event: lfpse.Event{Agent: lfpse.Agent{InvolvedAgents: []code.AgentType{"9"}}},
		Trace: []draft.Step{{Target: "agent.involvedAgents", From: "column Theme", Rule: "as given"}}}
	answer(t, &d, "agent.involvedAgents", "4")
	answer(t, &d, "agent.involvedAgents", "4; 3")
	assert.Equal(t, []code.AgentType{"4", "3"}, d.Event.Agent.InvolvedAgents)
	assert.Equal(t, []draft.Answer{{Target: "agent.involvedAgents", Text: "4; 3"}}, d.Answers)
	for _, s := range d.Trace {
		assert.Equal(t, "answer", s.From)
	}
}

// A month replaces a day, a bracket an age, and vice versa.
func TestARougherAnswerTakesThePlaceOfTheExactOne(t *testing.T) {
	b := newBuilder()
	d := draft.Draft{}
	answer(t, &d, "date", "2026-03-10")
	b.Prepare(&d)
	assert.Equal(t, lfpse.EstimatedDate{IncidentOccurredToday: "y", TodaysDate: today}, d.Event.EstimatedDate)
	answer(t, &d, "date", "2026-02")
	assert.Empty(t, d.Event.Date)
	assert.Equal(t, lfpse.EstimatedDate{ApproximateDate: "2026-02"}, d.Event.EstimatedDate, "what was derived from the day is gone with it")
	b.Prepare(&d)
	assert.Equal(t, lfpse.EstimatedDate{ApproximateDate: "2026-02", IncidentOccurredToday: "u"}, d.Event.EstimatedDate)
	answer(t, &d, "date", "2026-03-01")
	b.Prepare(&d)
	assert.Equal(t, lfpse.EstimatedDate{IncidentOccurredToday: "n"}, d.Event.EstimatedDate)
	assert.Len(t, steps(&d, "estimatedDate.incidentOccurredToday"), 1)

	answer(t, &d, "patients[0].age", "62")
	answer(t, &d, "patients[0].ageBracket", "46-65 years")
	require.Len(t, d.Event.Patients, 1)
	assert.Equal(t, []string{"patients[0].ageBracket"}, targetsOf(d.Answers)[1:])
	answer(t, &d, "patients[0].age", "62")
	assert.Empty(t, d.Event.Patients[0].AgeBracket)
}

func targetsOf(answers []draft.Answer) (out []string) {
	for _, a := range answers {
		out = append(out, a.Target)
	}
	return out
}

// What a source has for the case comes in when the case is there.
func TestAnAnswerLetsInWhatDependedOnIt(t *testing.T) {
	b := newBuilder()
	incident := []lfpse.Condition{{Target: "type", Values: []string{"incident"}}}
	newDraft := func() draft.Draft {
		one := 1
		return draft.Draft{
			Affected: &one,
			Conditional: []draft.Conditional{
				{When: incident, Value: "4", Step: draft.Step{Target: "agent.involvedAgents", From: "column Theme", Rule: "as given"}},
				{When: []lfpse.Condition{{Target: "type", Values: []string{"risk"}}}, Value: "3", Step: draft.Step{Target: "riskDetails.riskTheme", From: "column Theme", Rule: "as given"}},
			},
			Asked: []lfpse.Question{
				{Target: "type", Required: true, Text: "What kind?"},
				{Target: "patients[0].physicalHarm", Required: true, Text: "How badly?", When: incident},
			},
		}
	}
	d := newDraft()
	b.Prepare(&d)
	assert.Equal(t, draft.NeedsAnswers, d.State)
	require.NotNil(t, asked(&d, "patients[0].physicalHarm"), "all questions come at once")
	assert.Equal(t, incident, asked(&d, "patients[0].physicalHarm").When)
	assert.Equal(t, "What kind?", asked(&d, "type").Text)

	answer(t, &d, "type", "incident")
	assert.Equal(t, []code.AgentType{"4"}, d.Event.Agent.InvolvedAgents)
	assert.Equal(t, []draft.Step{{Target: "agent.involvedAgents", From: "column Theme", Rule: "as given"}}, steps(&d, "agent.involvedAgents"))
	assert.Empty(t, d.Conditional)
	assert.Nil(t, asked(&d, "type"))
	assert.Empty(t, asked(&d, "patients[0].physicalHarm").When, "it arises now")

	d = newDraft()
	b.Prepare(&d)
	answer(t, &d, "agent.involvedAgents", "9")
	answer(t, &d, "type", "incident")
	assert.Equal(t, []code.AgentType{"9"}, d.Event.Agent.InvolvedAgents, "a person goes before the source")

	d = newDraft()
	answer(t, &d, "type", "risk")
	assert.Empty(t, d.Event.Agent.InvolvedAgents)
	b.Prepare(&d)
	assert.Nil(t, asked(&d, "patients[0].physicalHarm"), "it does not arise any more")
}

// LFPSE does not grade the psychological harm to a patient who died, and wants no
// bracket where the age is known, whoever asks.
func TestQuestionsThatAnotherAnswerSettles(t *testing.T) {
	b := newBuilder()
	d := draft.Draft{Event: lfpse.Event{Type: lfpse.TypeIncident, Patients: []lfpse.Patient{{}}}, Asked: []lfpse.Question{
		{Target: "patients[0].physicalHarm", Required: true},
		{Target: "patients[0].psychologicalHarm", Required: true},
		{Target: "patients[0].ageBracket", Required: true},
	}}
	b.Prepare(&d)
	assert.Equal(t, []lfpse.Condition{{Target: "patients[0].physicalHarm", Values: []string{"fatal"}, Not: true}}, asked(&d, "patients[0].psychologicalHarm").When)
	assert.Empty(t, asked(&d, "patients[0].ageBracket").When)
	again := d
	again.Asked, again.Event.Patients = slices.Clone(d.Asked), slices.Clone(d.Event.Patients)
	answer(t, &d, "patients[0].physicalHarm", "fatal")
	assert.Nil(t, asked(&d, "patients[0].psychologicalHarm"))
	answer(t, &d, "patients[0].age", "62")
	b.Prepare(&d)
	assert.Nil(t, asked(&d, "patients[0].psychologicalHarm"))
	assert.Nil(t, asked(&d, "patients[0].ageBracket"))

	answer(t, &again, "patients[0].physicalHarm", "low")
	b.Prepare(&again)
	require.NotNil(t, asked(&again, "patients[0].psychologicalHarm"))
	assert.Empty(t, asked(&again, "patients[0].psychologicalHarm").When)
}

// One target is one question: the source's text wins, and what either knows is kept.
func TestQuestionsOfSourceAndChecksAreOne(t *testing.T) {
	d := draft.Draft{Event: lfpse.Event{Type: lfpse.TypeIncident, Patients: []lfpse.Patient{{}}}, Asked: []lfpse.Question{
		{Target: "location.responsibleSpecialtyOther", Text: "Which specialty?"},
		{Target: "patients[0].physicalHarm", Rule: "MAP-ASK", Text: "How badly?", Why: "The log says nothing."},
	}}
	newBuilder().Prepare(&d)
	seen := map[string]bool{}
	optional := false
	for _, q := range d.Questions {
		once := fmt.Sprint(q.Target, q.When) // a question may come twice if it arises in two ways
		assert.False(t, seen[once], once)
		seen[once] = true
		assert.NotEmpty(t, q.Text)
		assert.False(t, q.Required && optional, "%s comes after one that is optional", q.Target)
		optional = optional || !q.Required
	}
	q := asked(&d, "patients[0].physicalHarm")
	assert.Equal(t, "How badly?", q.Text)
	assert.Equal(t, "The log says nothing.", q.Why)
	assert.True(t, q.Required, "the validator needs it")
	assert.NotEmpty(t, q.Choices)
}

// Preparing again changes nothing, and so does answering what is there already.
func TestPreparingTwiceIsPreparingOnce(t *testing.T) {
	b := newBuilder()
	rapid.Check(t, func(rt *rapid.T) {
		d := draft.Draft{Event: lfpse.Event{
			Type: rapid.SampledFrom([]lfpse.EventType{"", "incident", "risk", "outcome", "good-care", "nonsense"}).Draw(rt, "type"),
			Date: rapid.SampledFrom([]lfpse.Date{"", "2026-03-10", "2026-03-01", "2026-03-11"}).Draw(rt, "date"),
		}, Found: fhir.Issues{{Severity: fhir.Warning, Rule: "MAP-VALUE", Path: "column Age"}}}
		if rapid.Bool().Draw(rt, "patient") {
			d.Event.Patients = []lfpse.Patient{{PhysicalHarm: rapid.SampledFrom([]lfpse.PhysicalHarm{"", "fatal", "low"}).Draw(rt, "harm")}}
		}
		if rapid.Bool().Draw(rt, "asks") {
			d.Asked = []lfpse.Question{{Target: "patients[0].psychologicalHarm", Required: true}, {Target: "type", Required: true, Text: "What?"}}
		}
		first := b.Prepare(&d)
		once := d
		second := b.Prepare(&d)
		require.Equal(rt, first.Body(), second.Body())
		require.Equal(rt, once, d)
		require.Equal(rt, d.State == draft.Ready, !first.IsZero())
		if d.State == draft.NeedsAnswers {
			require.True(rt, d.Questions[0].Required && b.Form().Arises(&d, &d.Questions[0]), "the first question is one to answer")
		}
	})
}

// record is a Record in the making.
type record struct {
	facts     []draft.Fact
	terms     []privacy.Term
	medicines []draft.Candidate
}

func (r record) Facts() []draft.Fact           { return r.facts }
func (r record) DenyTerms() []privacy.Term     { return r.terms }
func (r record) Candidates() []draft.Candidate { return r.medicines }

func TestApply(t *testing.T) {
	form := newBuilder().Form()
	r := record{
		facts: []draft.Fact{
			{Target: "patients[0].age", Value: "62 years", From: "record Patient.birthDate"},
			{Target: "patients[0].genderIdentity", From: "record Patient.extension[0]", Note: "It has two."},
			{Target: "reporter.reporterRole", Value: "4", From: "record PractitionerRole", Note: "by its job code"},
			{Target: "patients[0].patientEthnicity", Value: "nowhere", From: "record Patient.extension[1]"},
			{Target: "medicines[0].vmpCode", Value: "322236009", From: "record MedicationRequest"},
			{Target: "medicines[1].vmpCode", Value: "387207008", From: "record MedicationRequest"},
		},
		terms: []privacy.Term{{Class: privacy.Name, Text: "Quuxworth"}},
	}
	d := draft.Draft{Event: lfpse.Event{Description: "Mrs Quuxworth fell."}}
	answer(t, &d, "reporter.reporterRole", "5")
	form.Apply(&d, r)
	assert.EqualValues(t, "5", d.Event.Reporter.ReporterRole, "a person goes before the record")
	assert.Equal(t, []draft.Step{{Target: "patients[0].age", From: "record Patient.birthDate", Rule: "read as 62 years"}}, steps(&d, "patients[0].age"))
	assert.Len(t, d.Event.Medicines, 2)
	newBuilder().Prepare(&d)
	assert.Equal(t, "The record leaves a choice. It has two.", asked(&d, "patients[0].genderIdentity").Why)
	assert.NotNil(t, asked(&d, "patients[0].patientEthnicity"), "what cannot be used is asked")
	assert.Equal(t, draft.Blocked, d.State)
	assert.True(t, d.Privacy.HasErrors(), "names of the record are looked for")

	d = draft.Draft{Event: lfpse.Event{Medicines: []lfpse.Medicine{{VTMString: "Paracetamol"}}}}
	form.Apply(&d, r)
	assert.Len(t, d.Event.Medicines, 1, "the row's list stays as it is")
}

// The medicines of a record are candidates: a person says which were involved.
func TestMedicinesOfARecordAreCandidates(t *testing.T) {
	form := newBuilder().Form()
	named := func(name, doubt string) draft.Candidate {
		return draft.Candidate{Name: name, From: "record " + name, Doubt: doubt, Facts: []draft.Fact{{Target: "agent.drugsInvolved", Value: name}}}
	}
	coded := func(name, code string) draft.Candidate {
		return draft.Candidate{Name: name, Code: code, From: "record " + name, Facts: []draft.Fact{{Target: "medicines[0].vmpCode", Value: code}, {Target: "medicines[0].vmpString", Value: name}}}
	}
	var ten []draft.Candidate
	for i := range 10 {
		ten = append(ten, named(fmt.Sprintf("Medicine %d", i), ""))
	}
	event := lfpse.Event{Type: "incident", Agent: lfpse.Agent{InvolvedAgents: []code.AgentType{code.AgentTypeMedications}}}
	d := draft.Draft{Event: event}
	form.Apply(&d, record{medicines: append(ten, coded("Tablet", "322236009"))})
	assert.Empty(t, d.Event.Medicines)
	assert.Empty(t, d.Event.Agent.DrugsInvolved)
	newBuilder().Prepare(&d)
	q := asked(&d, "medicines")
	require.NotNil(t, q)
	assert.Len(t, q.Choices, 12)
	assert.Equal(t, draft.NeedsAnswers, d.State)

	answer(t, &d, "medicines", "Medicine 3; Tablet")
	assert.Equal(t, []string{"Medicine 3"}, d.Event.Agent.DrugsInvolved)
	assert.Equal(t, []lfpse.Medicine{{VMPCode: "322236009", VMPString: "Tablet"}}, d.Event.Medicines)
	newBuilder().Prepare(&d)
	assert.Nil(t, asked(&d, "medicines"))
	answer(t, &d, "medicines", "Medicine 4")
	assert.Equal(t, []string{"Medicine 4"}, d.Event.Agent.DrugsInvolved, "another answer takes the place of the first")
	assert.Empty(t, d.Event.Medicines)
	answer(t, &d, "medicines", "None")
	assert.Empty(t, d.Event.Agent.DrugsInvolved)
	for _, bad := range []string{"", " ; ", "none; Tablet", "Medicine"} {
		assert.Error(t, form.Answer(&d, "medicines", bad), bad)
	}

	d = draft.Draft{Event: event}
	form.Apply(&d, record{medicines: []draft.Candidate{coded("Tablet", "322236009")}})
	assert.Equal(t, "322236009", d.Event.Medicines[0].VMPCode, "the only one, and in use")
	assert.Contains(t, steps(&d, "medicines[0].vmpCode")[0].Rule, "the only medicine of the record")

	d = draft.Draft{Event: event}
	form.Apply(&d, record{medicines: []draft.Candidate{named("Syrup", "It was stopped.")}})
	newBuilder().Prepare(&d)
	q = asked(&d, "medicines")
	assert.Contains(t, q.Why, "stopped")
	assert.Equal(t, "Syrup (it was stopped)", q.Choices[0].Display)

	d = draft.Draft{Event: lfpse.Event{Type: "incident"}}
	form.Apply(&d, record{medicines: []draft.Candidate{named("Syrup", "")}})
	newBuilder().Prepare(&d)
	assert.NotNil(t, asked(&d, "medicines"), "it is not known whether a medicine was involved")
	answer(t, &d, "agent.involvedAgents", "None of the above")
	newBuilder().Prepare(&d)
	assert.Nil(t, asked(&d, "medicines"), "none was")
	assert.Empty(t, d.Event.Agent.DrugsInvolved)

	d = draft.Draft{Event: lfpse.Event{Type: "good-care"}}
	form.Apply(&d, record{medicines: ten})
	newBuilder().Prepare(&d)
	assert.Nil(t, asked(&d, "medicines"), "LFPSE asks it of incidents")
	d = draft.Draft{}
	form.Apply(&d, record{medicines: ten})
	newBuilder().Prepare(&d)
	require.NotNil(t, asked(&d, "medicines"))
	assert.Equal(t, "type", asked(&d, "medicines").When[0].Target)
	assert.NotContains(t, fmt.Sprintf("%+v %#v", named("Syrup", ""), []draft.Candidate{named("Syrup", "")}), "Value")
}

// Whatever the record says, what the event states stays.
func TestApplyOverwritesNothing(t *testing.T) {
	form := newBuilder().Form()
	targets := []string{"patients[0].age", "patients[0].ageBracket", "patients[0].genderIdentity", "reporter.reporterOrganisation", "location.organisation", "medicines[0].vmpString", "agent.drugsInvolved", "devices[0].deviceTypeOther", "nonsense"}
	values := []string{"", "62", "female", "A81001", "Amoxicillin", "46-65 years"}
	rapid.Check(t, func(rt *rapid.T) {
		var d draft.Draft
		for range rapid.IntRange(0, 6).Draw(rt, "answers") {
			_ = form.Answer(&d, rapid.SampledFrom(targets).Draw(rt, "answered"), rapid.SampledFrom(values).Draw(rt, "answer"))
		}
		before := map[string][]string{}
		for _, a := range d.Answers {
			p, err := form.Codec().Accessor(a.Target)
			require.NoError(rt, err)
			before[a.Target] = p.Values(&d.Event)
		}
		var r record
		for range rapid.IntRange(0, 8).Draw(rt, "facts") {
			r.facts = append(r.facts, draft.Fact{Target: rapid.SampledFrom(targets).Draw(rt, "target"), Value: rapid.SampledFrom(values).Draw(rt, "value"), From: "record"})
		}
		form.Apply(&d, r)
		for target, want := range before {
			p, err := form.Codec().Accessor(target)
			require.NoError(rt, err)
			require.Equal(rt, want, p.Values(&d.Event), target)
		}
	})
}

// Whoever answers the questions that arise, in any order and in any way, is never asked
// anything that was not shown at the beginning, and comes to an end.
func TestEveryQuestionComesAtOnce(t *testing.T) {
	b := newBuilder()
	rapid.Check(t, func(rt *rapid.T) {
		d := draft.Draft{Event: lfpse.Event{Type: rapid.SampledFrom([]lfpse.EventType{"", "incident", "risk", "outcome", "good-care"}).Draw(rt, "type")}}
		for range rapid.IntRange(0, 2).Draw(rt, "patients") {
			d.Event.Patients = append(d.Event.Patients, lfpse.Patient{PhysicalHarm: rapid.SampledFrom([]lfpse.PhysicalHarm{"", "fatal", "low"}).Draw(rt, "harm")})
		}
		b.Prepare(&d)
		shown := map[string]bool{}
		for _, q := range d.Questions {
			shown[q.Target] = true
		}
		for range 50 {
			var open []lfpse.Question
			for _, q := range d.Questions {
				if !strings.HasPrefix(q.Target, "patients[") || strings.HasPrefix(q.Target, "patients[0]") {
					require.True(rt, shown[q.Target], "%s comes late", q.Target)
				}
				if b.Form().Arises(&d, &q) {
					open = append(open, q)
				}
			}
			if len(open) == 0 {
				break
			}
			q := rapid.SampledFrom(open).Draw(rt, "question")
			require.NoError(rt, b.Form().Answer(&d, q.Target, anAnswer(rt, &q)), q.Target)
			b.Prepare(&d)
		}
		require.NotEqual(rt, draft.NeedsAnswers, d.State, "%v", d.Questions)
	})
}

// anAnswer is one that a person may give to a question.
func anAnswer(t *rapid.T, q *lfpse.Question) string {
	switch {
	case len(q.Choices) > 0:
		return rapid.SampledFrom(q.Choices).Draw(t, "choice").Value
	case q.Target == "date":
		return rapid.SampledFrom([]string{"2026-03-01", "2026-03-10"}).Draw(t, "day")
	case strings.Contains(strings.ToLower(q.Target), "organisation"):
		return "A81001"
	}
	return "The patient was given the medicine of another patient."
}

// When the day becomes known, the record says how old the patient was, and the
// questions about the patient are there from the beginning.
func TestTheDayBringsTheAge(t *testing.T) {
	b := newBuilder()
	d := draft.Draft{Event: lfpse.Event{Type: lfpse.TypeIncident}}
	b.Form().Apply(&d, record{facts: []draft.Fact{{Target: "patients[0].birthDate", Value: "1963-07-01", From: "record Patient.birthDate"}}})
	b.Prepare(&d)
	assert.NotNil(t, asked(&d, "patients[0].ageBracket"))
	assert.NotNil(t, asked(&d, "patients[0].physicalHarm"))
	answer(t, &d, "date", "2026-03-01")
	b.Prepare(&d)
	assert.Nil(t, asked(&d, "patients[0].ageBracket"))
	assert.Equal(t, lfpse.Age{Value: 62, Unit: lfpse.Years}, d.Event.Patients[0].Age)
}

// Who is asked for the bracket of an age may give the age.
func TestAnAgeAnswersItsBracket(t *testing.T) {
	b := newBuilder()
	for text, want := range map[string]lfpse.Age{"62": {Value: 62, Unit: lfpse.Years}, "5 months": {Value: 5, Unit: lfpse.Months}, "5 years": {Value: 5, Unit: lfpse.Years}, "5-9 years": {}} {
		d := draft.Draft{Event: lfpse.Event{Type: lfpse.TypeIncident, Patients: []lfpse.Patient{{}}}}
		answer(t, &d, "patients[0].ageBracket", text)
		assert.Equal(t, want, d.Event.Patients[0].Age, text)
		assert.Equal(t, want == lfpse.Age{}, d.Event.Patients[0].AgeBracket != "", text)
		b.Prepare(&d)
		assert.Nil(t, asked(&d, "patients[0].ageBracket"))
	}
	d := draft.Draft{Event: lfpse.Event{Patients: []lfpse.Patient{{}}}}
	assert.ErrorContains(t, b.Form().Answer(&d, "patients[0].ageBracket", "old"), "years", "the list is told in words")
	for _, number := range []string{"3", "5", "12", "5.0"} {
		assert.ErrorContains(t, b.Form().Answer(&d, "patients[0].ageBracket", number), "unit", "it may be an age or a code")
	}
}
