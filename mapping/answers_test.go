package mapping_test

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/code"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/mapping"
)

func answered(m *mapper, c cells, answers map[string]string) prepared {
	return m.Map(mapping.Row{Line: 2, Cells: c, Answers: answers})
}

func TestAnswersGoBeforeTheRow(t *testing.T) {
	m := compile(t, patient("{to: physicalHarm, column: Harm, values: physical-harm, ask: How bad?}")+"values: {w: {entries: {a: ask}}}\n")
	d := answered(m, cells{"Harm": "low", "Date": "01/03/2026"}, map[string]string{"patients[0].physicalHarm": "no harm", "type": "Incident", "date": "2026-03-05"})
	assert.Equal(t, []string{"error MAP-ANSWER patients[0].physicalHarm"}, mapIssues(d))
	assert.Equal(t, draft.Invalid, d.State)

	for _, none := range []string{" None ", "No  physical harm"} {
		d = answered(m, cells{"Harm": "low"}, map[string]string{"patients[0].physicalHarm": none})
		assert.Equal(t, []lfpse.Patient{{PhysicalHarm: "none"}}, d.Event.Patients, "the name and the text of the list mean the same")
	}
	d = answered(m, cells{"Harm": "low", "Date": "01/03/2026"}, map[string]string{"patients[0].physicalHarm": "none", "type": "outcome", "date": "2026-03-05"})
	assert.Equal(t, []lfpse.Patient{{PhysicalHarm: "none"}}, d.Event.Patients)
	assert.Equal(t, lfpse.TypeOutcome, d.Event.Type)
	assert.EqualValues(t, "2026-03-05", d.Event.Date)
	assert.Equal(t, []draft.Step{{Target: "date", From: "answer", Rule: "as answered"}}, trace(d, "date"))
	notAsked(t, d, "patients[0].physicalHarm")
}

func TestAnswersThatCannotBeUsedQuoteNothing(t *testing.T) {
	m := compile(t, incident("{to: description, column: What}"))
	for target, answer := range map[string]string{
		"reporter.reporterRole": "SECRET", "date": "SECRET", "riskDetails.riskImminent": "SECRET",
		"SECRET": "x", "patients[0].SECRET": "x", "SECRET SECRET": "SECRET", "type]": "incident", "agent": "x",
		"referenceMetadata.dataSharingOptOut": "SECRET", "patients[0].age": "SECRET",
	} {
		d := answered(m, nil, map[string]string{target: answer})
		assert.Equal(t, draft.Invalid, d.State, target)
		assert.True(t, hasRule(d.Issues, "MAP-ANSWER"), target)
		assert.NotContains(t, revealed(d), "SECRET", target)
	}
}

func TestAnswersAboutTheDate(t *testing.T) {
	m := compile(t, incident("{to: date, column: Date, ask: When?}"))
	d := answered(m, nil, map[string]string{"date": "2026-03-10"})
	assert.Equal(t, lfpse.EstimatedDate{IncidentOccurredToday: "y", TodaysDate: today}, d.Event.EstimatedDate)
	for _, answers := range []map[string]string{{"date": "2026-02"}, {"estimatedDate.approximateDate": "2026-02"}} {
		d = answered(m, cells{"Date": "01/01/2026"}, answers)
		assert.Empty(t, d.Event.Date, "the day is not known, whatever the log says")
		assert.Equal(t, lfpse.EstimatedDate{IncidentOccurredToday: "u", ApproximateDate: "2026-02"}, d.Event.EstimatedDate)
		notAsked(t, d, "date")
		assert.Empty(t, mapIssues(d))
	}
	for _, answer := range []string{"2026-03-11", "2026-04", "yesterday", "2026"} {
		d = answered(m, nil, map[string]string{"date": answer})
		assert.Equal(t, []string{"error MAP-ANSWER date"}, mapIssues(d), answer)
		assert.Equal(t, draft.Invalid, d.State)
	}
	d = answered(m, nil, map[string]string{"date": "2026-02", "estimatedDate.incidentOccurredToday": "n"})
	assert.EqualValues(t, "n", d.Event.EstimatedDate.IncidentOccurredToday, "an answer is not overruled")
}

func TestATextForWhatTheListLacksIsAnAnswer(t *testing.T) {
	m := compile(t, incident("{to: reporter.reporterRole, column: Role, values: practice-role, ask: Who?}"))
	d := answered(m, cells{"Role": "acupuncturist"}, map[string]string{"reporter.reporterRoleOther": "Acupuncturist"})
	notAsked(t, d, "reporter.reporterRole")
	assert.Equal(t, "Acupuncturist", d.Event.Reporter.ReporterRoleOther)
}

// People copy what stands among the choices.
func TestAnswersCopiedFromTheChoices(t *testing.T) {
	m := compile(t, incident("{to: agent.involvedAgents, column: Theme, ask: What?}", "{to: patients, ask: How many?}"))
	d := answered(m, nil, map[string]string{"patients": "0 = Nobody", "agent.involvedAgents": "4 = Medications; 9 = it systems or software"})
	assert.Empty(t, mapIssues(d))
	assert.Equal(t, []code.AgentType{"4", "9"}, d.Event.Agent.InvolvedAgents)
	notAsked(t, d, "patients")
	d = answered(m, nil, map[string]string{"patients": "1 = Nobody at all"})
	assert.Equal(t, []string{"error MAP-ANSWER patients"}, mapIssues(d))
}

// A list takes several values, in one cell.
func TestAnswersAboutAList(t *testing.T) {
	m := compile(t, incident("{to: agent.involvedAgents, column: Theme, split: ';', values: w, ask: What?}", "{to: agent.drugsInvolved, column: Drugs}", "{to: description, column: What}")+
		"values: {w: {entries: {drug: 4}}}\n")
	d := answered(m, cells{"Theme": "drug"}, map[string]string{"agent.involvedAgents": "4; IT systems or software ;", "agent.drugsInvolved": "Amoxicillin; Warfarin", "description": "One; two."})
	assert.Equal(t, []code.AgentType{"4", "9"}, d.Event.Agent.InvolvedAgents, "instead of what the log says")
	assert.Equal(t, []string{"Amoxicillin", "Warfarin"}, d.Event.Agent.DrugsInvolved)
	assert.Equal(t, "One; two.", d.Event.Description, "a text is no list")
	assert.Empty(t, mapIssues(d))

	for _, answer := range []string{"4; cake", ";", "4, 9"} {
		d = answered(m, nil, map[string]string{"agent.involvedAgents": answer})
		assert.Equal(t, []string{"error MAP-ANSWER agent.involvedAgents"}, mapIssues(d), answer)
		assert.Contains(t, d.Issues[0].Fix, "; between several", answer)
		assert.Empty(t, d.Event.Agent.InvolvedAgents, "half an answer is none")
	}
}

// A spreadsheet writes the dates and times of a file anew in its own way.
func TestAnswersMayBeWrittenTheWayOfTheLog(t *testing.T) {
	m := compile(t, incident("{to: date, column: Date}", "{to: estimatedDate.preciseTime, column: Time}")+"source: {months: [Jan-06]}\n")
	d := answered(m, nil, map[string]string{"date": "05/03/2026", "estimatedDate.preciseTime": "14:30"})
	assert.EqualValues(t, "2026-03-05", d.Event.Date)
	assert.EqualValues(t, "14:30:00", d.Event.EstimatedDate.PreciseTime)
	assert.Equal(t, []draft.Step{{Target: "date", From: "answer", Rule: "date 02/01/2006"}}, trace(d, "date"))
	assert.Empty(t, mapIssues(d))
	d = answered(m, nil, map[string]string{"date": "Feb-26"})
	assert.Equal(t, "2026-02", d.Event.EstimatedDate.ApproximateDate)
	for target, answer := range map[string]string{"date": "11/03/2026", "estimatedDate.preciseTime": "about noon"} {
		assert.Equal(t, []string{"error MAP-ANSWER " + target}, mapIssues(answered(m, nil, map[string]string{target: answer})))
	}
}

func readAnswers(t testing.TB, text string) *mapping.Answers {
	t.Helper()
	a, err := mapping.ReadAnswers(strings.NewReader(text))
	require.NoError(t, err)
	return a
}

// Two questions about one property, for different cases, may both be filled in.
func TestReadAnswersTakesTheSameAnswerTwice(t *testing.T) {
	_, err := mapping.ReadAnswers(strings.NewReader("reference,target,answer\n1,date,2026-03-11\n1,date, 2026-03-11\n"))
	require.NoError(t, err)
	_, err = mapping.ReadAnswers(strings.NewReader("Reference,Target,ANSWER\n1,date,2026-03-11\n1,date,2026-03-12\n"))
	require.ErrorContains(t, err, "line 3")
}

func TestAnswersArePrintedWithoutWhatTheySay(t *testing.T) {
	a, err := mapping.ReadAnswers(strings.NewReader("reference,target,answer\nZebra,description,Zebra\n"))
	require.NoError(t, err)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x"} {
		assert.Equal(t, "mapping.Answers(rows: 1)", fmt.Sprintf(verb, a))
	}
	assert.NotContains(t, slog.AnyValue(a).Resolve().String(), "Zebra")
}

func TestReadAnswersRefuses(t *testing.T) {
	for name, tc := range map[string]struct {
		text string
		want []string
	}{
		"nothing":            {"", []string{"empty"}},
		"other columns":      {"ref,target,answer\n", []string{"a file of answers has the columns reference, target and answer; missing: reference"}},
		"several bad rows":   {"reference,target,answer\n,type,risk\nR1,,x\nR2,type,risk\nR2,type,incident\n\"R3,type,risk\n", []string{"line 2: an answer needs", "line 3: an answer needs", "line 5: the question has been answered", "line 6"}},
		"one cell too far":   {"Reference,TARGET,Answer,\nR1,type,,SECRET\n", []string{"line 2: there is a text in a column without a name"}},
		"a row cell too few": {"reference,target,answer\nR1,SECRET\n", []string{"line 2"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := mapping.ReadAnswers(strings.NewReader(tc.text))
			require.Error(t, err)
			for _, want := range tc.want {
				assert.Contains(t, err.Error(), want)
			}
			assert.NotContains(t, err.Error(), "SECRET")
		})
	}
}
