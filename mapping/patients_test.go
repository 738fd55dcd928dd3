package mapping_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
)

const twoPatients = `
fields: [{to: type, default: incident}, {to: date, column: Date}]
patients:
  - when: {column: Harm 1, filled: true}
    fields:
      - {to: physicalHarm, column: Harm 1, values: physical-harm, ask: How badly was the first hurt?}
      - {to: clinicalOutcome, column: Outcome 1}
      - {to: age, column: Age 1}
  - when: {column: Harm 2, filled: true}
    fields:
      - {to: physicalHarm, column: Harm 2, values: physical-harm, ask: How badly was the second hurt?}
      - {to: clinicalOutcome, column: Outcome 2}
      - {to: age, column: Age 2}
`

func TestSeveralPatients(t *testing.T) {
	m := compile(t, twoPatients)
	d := m.Map(row(cells{"Harm 1": "low", "Harm 2": "severe harm", "Outcome 2": "admitted"}))
	assert.Equal(t, []lfpse.Patient{{PhysicalHarm: "low"}, {PhysicalHarm: "severe", ClinicalOutcome: "admitted"}}, d.Event.Patients)

	d = m.Map(row(cells{"Outcome 1": "well"}))
	assert.Equal(t, []lfpse.Patient{{ClinicalOutcome: "well"}}, d.Event.Patients, "a blank harm is not graded, and the patient is there")
	question(t, d, "patients[0].physicalHarm")
	assert.Empty(t, mapIssues(d))
}

func TestAnAbsentFirstPatientLeavesNoGap(t *testing.T) {
	m := compile(t, twoPatients)
	d := m.Map(row(cells{"Harm 1": " ", "Outcome 1": "n/a", "Harm 2": "fatal", "Outcome 2": "died", "Age 2": "50"}))
	assert.Equal(t, []lfpse.Patient{{PhysicalHarm: "fatal", ClinicalOutcome: "died", Age: lfpse.Age{Value: 50, Unit: lfpse.Years}}}, d.Event.Patients)
	assert.Equal(t, []draft.Step{{Target: "patients[0].clinicalOutcome", From: "column Outcome 2", Rule: "as given"}}, trace(d, "patients[0].clinicalOutcome"))

	d = m.Map(row(cells{"Harm 2": "dreadful"}))
	q := question(t, d, "patients[0].physicalHarm")
	assert.Equal(t, "How badly was the second hurt?", q.Text)
	assert.Len(t, q.Choices, 5)

	r := row(cells{"Harm 2": "dreadful"})
	r.Answers = map[string]string{"patients[0].physicalHarm": "moderate"}
	d = m.Map(r)
	assert.Equal(t, []lfpse.Patient{{PhysicalHarm: "moderate"}}, d.Event.Patients, "the answer is to the question that was put")
}

func TestHarmIsNeverGuessed(t *testing.T) {
	m := compile(t, patient("{to: physicalHarm, column: Harm, values: physical-harm}", "{to: psychologicalHarm, column: Mind, values: psychological-harm}"))
	for _, cell := range []string{"", "unknown", "TBC", "minor", "major", "n/a", "5", "nil", "no harm?"} {
		d := m.Map(row(cells{"Harm": cell, "Mind": cell}))
		for _, p := range d.Event.Patients {
			assert.Empty(t, p.PhysicalHarm, "%q", cell)
			assert.Empty(t, p.PsychologicalHarm, "%q", cell)
		}
		assert.NotEqual(t, draft.Ready, d.State)
	}
	d := m.Map(row(cells{"Harm": "Moderate harm", "Mind": "Moderate harm"}))
	assert.Equal(t, []lfpse.Patient{{PhysicalHarm: lfpse.PhysicalModerate, PsychologicalHarm: lfpse.PsychologicalModerate}}, d.Event.Patients)
}

func TestPsychologicalHarmIsNotAskedForAfterADeath(t *testing.T) {
	m := compile(t, patient("{to: psychologicalHarm, column: Mind, values: psychological-harm, ask: And the mind?}", "{to: physicalHarm, column: Harm, values: physical-harm}"))
	notAsked(t, m.Map(row(cells{"Harm": "Death"})), "patients[0].psychologicalHarm")
	question(t, m.Map(row(cells{"Harm": "Severe"})), "patients[0].psychologicalHarm")
}

func TestAges(t *testing.T) {
	m := compile(t, patient("{to: age, column: Age}"))
	for cell, want := range map[string]string{
		"50": "50 years", "50 years": "50 years", "50 YRS old": "50 years", "50y": "50 years", "1 year": "1 year", "120": "120 years",
		"5 months": "5 months", "11 mths": "11 months", "12 months": "1 year", "30 mths": "2 years",
		"1 week": "7 days", "4 weeks": "28 days", "5 wks": "1 month", "10 days": "10 days", "0 days": "0 days", "30d": "30 days", "31 days": "1 month", "400 days": "1 year",
	} {
		d := m.Map(row(cells{"Age": cell}))
		require.Len(t, d.Event.Patients, 1, "%q", cell)
		assert.Equal(t, want, d.Event.Patients[0].Age.String(), "%q", cell)
		assert.Empty(t, mapIssues(d))
	}
	for _, cell := range []string{"34M", "11m", "0", "0 months", "121", "150", "199", "200", "-1", "34.5", "about 40", "forty", "40s", "90+", "newborn", "18600", "５０"} {
		d := m.Map(row(cells{"Age": cell}))
		assert.Empty(t, patientsOf(d), "%q", cell)
		assert.Equal(t, []string{"warning MAP-VALUE column Age"}, mapIssues(d), "%q", cell)
		assert.NotEmpty(t, question(t, d, "patients[0].ageBracket").Why, "%q", cell)
	}
}

func TestBirthDatesAreConsumed(t *testing.T) {
	m := compile(t, patient("{to: birthDate, column: DOB}")+"source: {dates: [02/01/2006, 02/01/06]}\n")
	for birth, want := range map[string]string{
		"05/03/1976": "50 years", "06/03/1976": "49 years", "05/03/2026": "0 days", "04/03/2026": "1 day", "03/03/2026": "2 days", "05/02/2026": "1 month", "06/02/2026": "27 days",
		"05/03/2025": "1 year", "06/03/2025": "11 months", "29/02/2024": "2 years",
	} {
		d := m.Map(row(cells{"Date": "05/03/2026", "DOB": birth}))
		require.Len(t, d.Event.Patients, 1, birth)
		assert.Equal(t, want, d.Event.Patients[0].Age.String(), birth)
		assert.NotContains(t, revealed(d), birth[:5])
		assert.Equal(t, "age on the day of the event", trace(d, "patients[0].age")[0].Rule)
	}
	for name, c := range map[string]cells{
		"after the event":        {"Date": "05/03/2026", "DOB": "06/03/2026"},
		"no day of the event":    {"DOB": "05/03/1976"},
		"a day that is none":     {"Date": "05/03/2026", "DOB": "31/02/1976"},
		"text":                   {"Date": "05/03/2026", "DOB": "SECRET"},
		"the century is missing": {"Date": "05/03/2026", "DOB": "05/03/20"}, // 6 or 106
		"older than anybody":     {"Date": "05/03/2026", "DOB": "05/03/1776"},
	} {
		d := m.Map(row(c))
		assert.Empty(t, patientsOf(d), name)
		assert.Equal(t, []string{"warning MAP-VALUE column DOB"}, mapIssues(d), name)
		assert.NotContains(t, revealed(d), c["DOB"], name)
	}
}

func TestAnAgeIsAskedForAsABracket(t *testing.T) {
	m := compile(t, patient("{to: age, column: Age, ask: How old was the patient?}", "{to: birthDate, column: DOB}", "{to: clinicalOutcome, column: Outcome}"))
	for _, c := range []cells{{"Outcome": "well"}, {"Age": "elderly", "Outcome": "well"}} {
		d := m.Map(row(c))
		q := question(t, d, "patients[0].ageBracket")
		assert.Equal(t, "How old was the patient?", q.Text)
		assert.Len(t, q.Choices, 12)
		notAsked(t, d, "patients[0].age")
	}
	d := m.Map(row(cells{"Age": "elderly", "Date": "05/03/2026", "DOB": "05/03/1976"}))
	require.NotZero(t, d.Event.Patients[0].Age)
	notAsked(t, d, "patients[0].ageBracket")

	r := row(cells{"Date": "05/03/2026", "DOB": "05/03/1976", "Age": "50"})
	r.Answers = map[string]string{"patients[0].ageBracket": "18-25 years"}
	d = m.Map(r)
	assert.EqualValues(t, "8", d.Event.Patients[0].AgeBracket)
	assert.Zero(t, d.Event.Patients[0].Age, "never both: who gives the bracket wants to say no more")
	notAsked(t, d, "patients[0].ageBracket")
}

func TestGenderLists(t *testing.T) {
	m := compile(t, patient("{to: genderIdentity, column: G, values: gender}", "{to: genderSameAsAtBirth, column: Same, values: yes-no}"))
	d := m.Map(row(cells{"G": "F", "Same": "Yes"}))
	assert.Equal(t, []lfpse.Patient{{GenderIdentity: "female", GenderSameAsAtBirth: "yes"}}, d.Event.Patients)
	d = m.Map(row(cells{"G": "1"}))
	assert.Empty(t, patientsOf(d), "1 is male in one code system and female in another")
	question(t, d, "patients[0].genderIdentity")
	for list, want := range map[string]lfpse.GenderIdentity{"nhs-gender": "male", "nhs-gender-identity": "male", "lfpse-v5-gender": "female"} {
		m := compile(t, patient("{to: genderIdentity, column: G, values: "+list+"}"))
		assert.Equal(t, want, m.Map(row(cells{"G": "1"})).Event.Patients[0].GenderIdentity, list)
	}
}

func TestAgeAndDateOfBirthAreCompared(t *testing.T) {
	m := compile(t, `
source: {dates: ["2006-01-02"]}
fields: [{to: type, default: incident}, {to: date, column: Day}]
patients: [{fields: [{to: age, column: Age}, {to: birthDate, column: Born}]}]
`)
	for _, tt := range []struct {
		age, born, want string // want is part of the finding, none if empty
	}{
		{"67 years", "2020-01-05", "one of the two is wrong"},
		{"6/12", "1958-01-05", "one of the two is wrong"},
		{"67y", "1930-01-05", "one of the two is wrong"},
		{"3 weeks", "2025-08-05", "one of the two is wrong"},
		{"67", "2020-01-05", "not the age in years"},
		{"67 years", "12 Mar 56", "cannot be read"},
		{"67", "March 1958", "cannot be read"},
		{"", "1900-01-01", "more than 120 years"},
		{"67 years", "1958-06-05", ""},
		{"5/12", "2025-08-01", ""},
		{"2 weeks", "2025-12-20", ""},
		{"1 year 2 months", "2024-11-01", ""},
		{"67", "not known", ""},
		{"67", "", ""},
	} {
		d := m.Map(row(cells{"Day": "2026-01-05", "Age": tt.age, "Born": tt.born}))
		if found := strings.Join(texts(d), " "); tt.want == "" {
			assert.Empty(t, found, "%v", tt)
		} else {
			assert.Contains(t, found, tt.want, "%v", tt)
		}
	}
}

// texts are those of the warnings of the map.
func texts(d prepared) (out []string) {
	for _, i := range d.Issues {
		if i.Rule == "MAP-VALUE" {
			out = append(out, i.Text)
		}
	}
	return out
}
