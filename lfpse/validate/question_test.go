package validate_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/code"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
	"github.com/gpsafety/lfpse-go/lfpse/validate"
)

// asked returns the questions of an event, one a line with its conditions.
func asked(t testing.TB, e lfpse.Event) (out []string) {
	for _, q := range validatorOf(t, confirmed(t)).Check(encode(t, confirmed(t), e)).Questions {
		line := q.Target
		if !q.Required {
			line += "?"
		}
		for _, c := range q.When {
			line += ", " + c.String()
		}
		out = append(out, line)
	}
	return out
}

func TestAllQuestionsComeAtOnce(t *testing.T) {
	assert.Equal(t, []string{
		"type",
		"description",
		"date",
		"location.locationKnown",
		"reporter.reporterOrganisation",
		"reporter.reporterRole?",
		"riskDetails.riskImminent, type is risk",
		"wentWell.howFutureOccurrence, type is good-care",
		"patients[0].physicalHarm, type is incident",
		"patients[0].psychologicalHarm, type is incident, patients[0].physicalHarm is not fatal",
		"patients[0].genderIdentity, type is incident",
		"patients[0].genderSameAsAtBirth, type is incident",
		"outcome.outcomeType?, type is outcome",
		"classification.levelOfConcern?, type is incident",
		"agent.involvedAgents?, type is incident",
		"safetyChallenges.safetyChallenges?, type is incident",
		"patients[0].strengthOfAssociation?, type is incident, patients[0].physicalHarm is fatal or severe",
		"patients[0].strengthOfAssociation?, type is incident, patients[0].physicalHarm is not fatal or severe, patients[0].psychologicalHarm is severe",
		"patients[0].ageBracket?, type is incident or outcome",
		"estimatedDate.incidentOccurredToday?, date is answered",
	}, asked(t, lfpse.Event{Patients: make([]lfpse.Patient, 1)}))
}

func TestQuestionsOfAnEventWithoutPatients(t *testing.T) {
	got := asked(t, lfpse.Event{})
	assert.Contains(t, got, "riskDetails.riskImminent, type is risk")
	assert.Contains(t, got, "riskDetails.riskImminent, type is incident", "nobody was affected: the rule and its text are others")
	for _, q := range got {
		assert.NotContains(t, q, "patients[0]", "nobody is made a patient by a question")
	}
}

// A condition that a given answer has settled is not repeated.
func TestSettledConditionsAreLeftOut(t *testing.T) {
	e := incident()
	e.Patients[0].PhysicalHarm, e.Patients[0].PsychologicalHarm = lfpse.PhysicalLow, ""
	assert.Equal(t, []string{
		"patients[0].psychologicalHarm",
		"patients[0].strengthOfAssociation?, patients[0].psychologicalHarm is severe",
	}, asked(t, e))
	e.Patients[0].PhysicalHarm = lfpse.PhysicalFatal
	assert.Equal(t, []string{"patients[0].strengthOfAssociation?"}, asked(t, e))
}

// partial draws an event of which anything may be missing.
func partial(t *rapid.T) lfpse.Event {
	e := rapid.SampledFrom([]func() lfpse.Event{incident, nobodyHurt, goodCare, risk, poorOutcome, large}).Draw(t, "base")()
	for _, part := range []struct {
		name   string
		remove func()
	}{
		{"type", func() { e.Type = "" }},
		{"description", func() { e.Description = "" }},
		{"date", func() { e.Date = "" }},
		{"location", func() { e.Location = lfpse.Location{} }},
		{"reporter", func() { e.Reporter = lfpse.Reporter{} }},
		{"agents", func() { e.Agent = lfpse.Agent{} }},
		{"safety challenges", func() { e.SafetyChallenges = lfpse.SafetyChallenges{} }},
		{"level of concern", func() { e.Classification = lfpse.Classification{} }},
		{"what went well", func() { e.WentWell = lfpse.WentWell{} }},
		{"outcome", func() { e.Outcome = lfpse.Outcome{} }},
		{"risk", func() { e.RiskDetails = lfpse.RiskDetails{} }},
	} {
		if rapid.Bool().Draw(t, part.name+" missing") {
			part.remove()
		}
	}
	e.EstimatedDate.IncidentOccurredToday = rapid.SampledFrom([]code.YesNoUnknown{"", "y", "n", "u"}).Draw(t, "today")
	for i := range e.Patients {
		partialPatient(t, &e.Patients[i])
	}
	return e
}

func partialPatient(t *rapid.T, p *lfpse.Patient) {
	p.PhysicalHarm = rapid.SampledFrom([]lfpse.PhysicalHarm{"", "", lfpse.PhysicalNone, lfpse.PhysicalFatal}).Draw(t, "physical")
	p.PsychologicalHarm = rapid.SampledFrom([]lfpse.PsychologicalHarm{"", "", lfpse.PsychologicalNone, lfpse.PsychologicalSevere}).Draw(t, "psychological")
	if rapid.Bool().Draw(t, "age missing") {
		p.Age, p.AgeBracket = lfpse.Age{}, ""
	}
	if rapid.Bool().Draw(t, "gender missing") {
		p.GenderIdentity, p.GenderSameAsAtBirth = "", ""
	}
}

// fulfilled reports whether answers fulfil the conditions of a question.
func fulfilled(q *lfpse.Question, answers map[string]string) bool {
	for _, c := range q.When {
		value, given := answers[c.Target]
		if (given && (c.Values == nil || slices.Contains(c.Values, value))) == c.Not {
			return false
		}
	}
	return true
}

// Whoever answers the questions of a record, in any order that fulfils their
// conditions, is never asked anything that was not in the first list, and every
// question arises exactly when its conditions say so.
func TestAnswersRaiseNoQuestionThatWasNotListed(t *testing.T) {
	for name, tax := range map[string]*taxonomy.Taxonomy{
		"as it is": confirmed(t),
		"with more that is mandatory": edited(t,
			`("name":\s*"ReporterInvolvement",\s*"min":)\s*0`, `${1} 1`, `("name":\s*"ServiceArea",\s*"min":)\s*0`, `${1} 1`,
			`("name":\s*"LevelOfConcern",\s*"min":)\s*0`, `${1} 1`, `("name":\s*"PatientEthnicity",\s*"min":)\s*0`, `${1} 1`),
	} {
		t.Run(name, func(t *testing.T) { answerAll(t, tax) })
	}
}

func answerAll(t *testing.T, tax *taxonomy.Taxonomy) {
	codec, v := codecOf(t, tax), validatorOf(t, tax)
	rapid.Check(t, func(t *rapid.T) {
		e := partial(t)
		questions := func() []lfpse.Question {
			a, issues := codec.Encode(&e)
			require.Empty(t, issues)
			return v.Check(a).Questions
		}
		first := questions()
		answers := map[string]string{}
		for now := first; len(now) > 0; now = questions() {
			checkListed(t, first, now, answers)
			var arising []lfpse.Question
			for _, q := range now {
				if q.Arises() {
					arising = append(arising, q)
				}
			}
			if len(arising) == 0 {
				break
			}
			q := rapid.SampledFrom(arising).Draw(t, "question")
			answers[q.Target] = answer(t, &q)
			p, err := codec.Accessor(q.Target)
			require.NoError(t, err)
			value, err := p.Parse(answers[q.Target])
			require.NoError(t, err, q.Target)
			p.Put(&e, value)
		}
	})
}

// checkListed compares the questions that arise after some answers with those that the
// first list says arise.
func checkListed(t *rapid.T, first, now []lfpse.Question, answers map[string]string) {
	t.Helper()
	type asked struct {
		target   string
		required bool
	}
	var want, got []asked
	listed := map[string]bool{}
	for i := range first {
		q := &first[i]
		listed[q.Target] = true
		if _, done := answers[q.Target]; !done && fulfilled(q, answers) {
			want = append(want, asked{q.Target, q.Required})
		}
	}
	for i := range now {
		q := &now[i]
		require.True(t, listed[q.Target], "%s was not listed; answers %v, list %v", q.Target, answers, first)
		if q.Arises() {
			got = append(got, asked{q.Target, q.Required})
		}
	}
	require.ElementsMatch(t, want, got, "answers %v, list %+v", answers, first)
}

// answer draws an answer to a question.
func answer(t *rapid.T, q *lfpse.Question) string {
	if len(q.Choices) > 0 {
		return rapid.SampledFrom(q.Choices).Draw(t, q.Target).Value
	}
	switch q.Target {
	case "date":
		return "2026-03-11"
	case "estimatedDate.approximateDate":
		return "2026-03"
	case "reporter.reporterOrganisation":
		return "A81001"
	}
	return "An invented text."
}

// What a rule would refuse because of another answer is not to be asked for.
func TestWanted(t *testing.T) {
	not := func(target string, values ...string) []lfpse.Condition {
		return []lfpse.Condition{{Target: target, Values: values, Not: true}}
	}
	v := validatorOf(t, embedded(t))
	for target, want := range map[string][]lfpse.Condition{
		"patients[0].psychologicalHarm":  not("patients[0].physicalHarm", "fatal"),
		"patients[12].psychologicalHarm": not("patients[12].physicalHarm", "fatal"),
		"patients[1].ageBracket":         not("patients[1].age"),
		"estimatedDate.estimatedTime":    not("estimatedDate.preciseTime"),
		"location.organisation":          not("location.locationKnown", "u"),
		"patients[0].physicalHarm":       nil,
		"description":                    nil,
		"patients[":                      nil,
		"":                               nil,
	} {
		assert.Equal(t, want, v.Wanted(target), target)
	}
	without := validatorOf(t, embedded(t), validate.WithoutRules("LFPSE-HARM-FATAL"))
	assert.Empty(t, without.Wanted("patients[0].psychologicalHarm"), "a rule that is not in force wants nothing")
	v.Wanted("location.organisation")[0].Target = "changed"
	assert.Equal(t, "location.locationKnown", v.Wanted("location.organisation")[0].Target, "the result is the caller's")
}

// What is remembered of one record is only used for another to which the same questions
// apply: a validator that has judged many records asks as a new one does.
func TestQuestionsDoNotDependOnEarlierRecords(t *testing.T) {
	tax := embedded(t)
	old := validatorOf(t, tax)
	rapid.Check(t, func(rt *rapid.T) {
		a := encode(t, tax, partial(rt))
		assert.Equal(rt, validatorOf(t, tax).Check(a), old.Check(a))
	})
}
