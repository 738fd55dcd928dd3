package mapping_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/mapping"
)

// unseen are logs with headers that the vocabulary was not made from, and what a person
// would write into a map for each.
var unseen = map[string]struct {
	log   string
	want  map[string]string // the column by target
	deny  []string
	dates []string
}{
	"a spreadsheet of a practice": {
		"SE No,Happened on,Who was told,Title of event,Account of the event,Sort of record,How bad was the harm,Patient's NHS number,Patient's sex,Age of patient at the time,Person reporting,Job of person reporting,What we did straight away,Lessons\n" +
			"SE1,3 Mar 2026,,A fall,Somebody fell.,Incident,No harm,9990000018,F,71,B Sample,Receptionist,Helped up,\n" +
			"SE2,14 Mar 2026,,A mix-up,Two letters were mixed up.,Near miss,None,,M,40,B Sample,Nurse,Rang,\n",
		map[string]string{"reference": "SE No", "date": "Happened on", "description": "Account of the event", "type": "Sort of record", "physicalHarm": "How bad was the harm",
			"genderIdentity": "Patient's sex", "age": "Age of patient at the time", "reporter.reporterRole": "Job of person reporting", "outcome.immediateActions": "What we did straight away"},
		[]string{"Patient's NHS number", "Person reporting"}, []string{"2 Jan 2006"},
	},
	"a database with names of its own": {
		"RecordID;OccurrenceDate;OccurrenceTime;EventType;EventNarrative;ImmediateActionTaken;HarmLevel;PsychHarm;PatientDOB;PatientGender;EthnicOrigin;ReporterJobTitle;PracticeODS;Status\n" +
			"1;2026-03-05;14:30;incident;Text;Done;low;none;1950-01-02;Female;British;GP;A81001;open\n" +
			"2;2026-03-06;09:05;risk;Text;Done;none;none;1950-01-02;Male;Irish;GP;A81001;open\n",
		map[string]string{"reference": "RecordID", "date": "OccurrenceDate", "estimatedDate.preciseTime": "OccurrenceTime", "type": "EventType", "description": "EventNarrative",
			"outcome.immediateActions": "ImmediateActionTaken", "physicalHarm": "HarmLevel", "psychologicalHarm": "PsychHarm", "birthDate": "PatientDOB", "genderIdentity": "PatientGender",
			"patientEthnicity": "EthnicOrigin", "reporter.reporterRole": "ReporterJobTitle", "reporter.reporterOrganisation": "PracticeODS"},
		nil, []string{"2006-01-02"},
	},
	"a form on the web": {
		"Timestamp,Your name,Your role,When did the incident occur?,Please describe what happened,What immediate actions were taken?,Severity of harm to patient,How many patients were affected?,Patient ethnicity,Contact email\n" +
			"2026-03-09,C Sample,Practice Manager,05/03/2026,Text,Done,Moderate,1,Indian,c@example.org\n" +
			"2026-03-10,C Sample,Practice Manager,06/03/2026,Text,Done,Bruising,1,Indian,c@example.org\n" +
			"2026-03-10,C Sample,Practice Manager,06/03/2026,Text,Done,Bruising,1,Indian,c@example.org\n",
		map[string]string{"date": "When did the incident occur?", "description": "Please describe what happened", "outcome.immediateActions": "What immediate actions were taken?",
			"physicalHarm": "Severity of harm to patient", "patients": "How many patients were affected?", "patientEthnicity": "Patient ethnicity", "reporter.reporterRole": "Your role"},
		[]string{"Your name", "Contact email"}, []string{"02/01/2006"},
	},
}

// edits lists what a person has to change in a drafted map.
func edits(m *mapping.Map, want map[string]string, deny, dates []string) (out []string) {
	have := map[string]string{"reference": m.Source.Reference}
	for _, f := range m.Fields {
		have[f.To] = f.Column
	}
	for _, p := range m.Patients {
		for _, f := range p.Fields {
			have[f.To] = f.Column
		}
	}
	for target, column := range want {
		if have[target] != column {
			out = append(out, fmt.Sprintf("%s: %s, not %q", target, column, have[target]))
		}
	}
	for target, column := range have {
		if column != "" && want[target] == "" {
			out = append(out, fmt.Sprintf("%s: not %s", target, column))
		}
	}
	for _, column := range deny {
		if !strings.Contains(strings.Join(m.Source.Deny, "|"), column) {
			out = append(out, "deny "+column)
		}
	}
	if strings.Join(dates, "|") != strings.Join(m.Source.Dates, "|") {
		out = append(out, fmt.Sprint("dates ", dates, " not ", m.Source.Dates))
	}
	return out
}

func TestProposeNeedsFewEditsOnUnseenHeaders(t *testing.T) {
	for name, tc := range unseen {
		t.Run(name, func(t *testing.T) {
			text, err := mapping.Propose(strings.NewReader(tc.log), "ours")
			require.NoError(t, err)
			m, err := mapping.ParseMap(text)
			require.NoError(t, err, "%s", text)
			compiled, err := mapping.New(m, newBuilder().Form())
			require.NoError(t, err, "%s", text)
			assert.Empty(t, compiled.Lint(), "%s", text)
			needed := edits(m, tc.want, tc.deny, tc.dates)
			t.Logf("%d edits: %s", len(needed), strings.Join(needed, "; "))
			assert.LessOrEqual(t, len(needed), 5, "%s", text)
			_, err = compiled.Open(strings.NewReader(tc.log))
			require.NoError(t, err)
		})
	}
}

func TestProposeAsksAboutRepeatedWords(t *testing.T) {
	text, err := mapping.Propose(strings.NewReader(unseen["a form on the web"].log), "ours")
	require.NoError(t, err)
	assert.Contains(t, string(text), `"bruising": ask # 2 cells`)
	assert.NotContains(t, string(text), "example.org")
	assert.NotContains(t, string(text), "Sample")
	text, err = mapping.Propose(strings.NewReader("Ref,Gender,Category\n1,1,Medication\n2,1,Medication\n"), "ours")
	require.NoError(t, err)
	assert.Contains(t, string(text), `"1": ask # 2 cells`, "1 is male in one system and female in another")
	_, err = mapping.Propose(strings.NewReader(""), "ours")
	assert.ErrorContains(t, err, "CSV-EMPTY")
}

func TestProposeSaysWhatItCannotRead(t *testing.T) {
	propose := func(log string) string {
		text, err := mapping.Propose(strings.NewReader(log), "ours")
		require.NoError(t, err)
		m, err := mapping.ParseMap(text)
		require.NoError(t, err, "%s", text)
		_, err = mapping.New(m, newBuilder().Form())
		require.NoError(t, err, "%s", text)
		return string(text)
	}
	text := propose("Ref,Date\n1,03/05/2026\n2,03/25/2026\n3,last week\n")
	assert.Contains(t, text, `# not among them: 2 cells of column "Date"; some have the month first`)
	text = propose("Ref,Date\n1,5/3/2026\n2,25/12/2025\n")
	assert.Contains(t, text, `dates: ["02/01/2006", "2/1/2006"]`)
	assert.NotContains(t, text, "not among them")

	text = propose("Ref,Level of harm\n1,Low to moderate\n2,Low to moderate\n")
	assert.Contains(t, text, `"low to moderate": ask # 2 cells`, "no list knows it because it begins with a grade")

	text = propose("SE1,05/03/2026,Mrs Ann Other fell in reception.\nSE2,06/03/2026,A dose was wrong.\n")
	assert.Contains(t, text, "Perhaps the first row of the log is not the one with the column names")
	assert.NotContains(t, text, "Ann", "a log without a header begins with a patient")

	text = propose("\"Ref,What happened?\"\n\"1,A dose was wrong.\"\n")
	assert.Contains(t, text, "each line is one single cell")
}
