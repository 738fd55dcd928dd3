package mapping_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/mapping"
)

// arising are the targets of the required questions that arise now.
func arising(d prepared) (out []string) {
	for _, q := range d.Questions {
		if q.Required && newBuilder().Form().Arises(&d.Draft, &q) {
			out = append(out, q.Target)
		}
	}
	return out
}

const (
	harmFields = "\n    fields: [{to: physicalHarm, column: Harm, values: physical-harm}, {to: age, column: Age}, {to: genderIdentity, column: Sex, values: gender}]\n"
	always     = "patients:\n  - fields: [{to: physicalHarm, column: Harm, values: physical-harm}, {to: age, column: Age}, {to: genderIdentity, column: Sex, values: gender}]\n"
	byHarm     = "patients:\n  - when: {column: Harm, filled: true}" + harmFields
	byCount    = "patients:\n  - when: {column: Count, at-least: 1}" + harmFields
	byWord     = "patients:\n  - when: {column: Count, not-in: ['0', none]}" + harmFields
)

// Blank cells never say that nobody was affected, and the question that follows from
// nobody is never put beside those about a patient.
func TestPatientsNeverVanish(t *testing.T) {
	const risk, harm, number = "riskDetails.riskImminent", "patients[0].physicalHarm", "patients"
	for name, tc := range map[string]struct {
		patients string
		cells    cells
		asks     string // which of the three is asked
	}{
		"no patients in the map":              {"", nil, number},
		"a patient in every row":              {always, nil, harm},
		"a blank harm":                        {byHarm, nil, number},
		"a blank harm beside an age":          {byHarm, cells{"Age": "62"}, harm},
		"a blank count":                       {byCount, nil, number},
		"a blank count beside a sex":          {byCount, cells{"Sex": "F"}, harm},
		"a blank count that means somebody":   {byWord, nil, harm},
		"nobody":                              {byCount, cells{"Count": "0"}, risk},
		"nobody, in a word":                   {byWord, cells{"Count": "None"}, risk},
		"nobody, and no harm":                 {byCount, cells{"Count": "0", "Harm": "None"}, risk},
		"nobody, but severe harm":             {byCount, cells{"Count": "0", "Harm": "Severe"}, number},
		"nobody, but an age":                  {byWord, cells{"Count": "none", "Age": "62"}, number},
		"one":                                 {byCount, cells{"Count": "1"}, harm},
		"more than the map knows":             {byWord, cells{"Count": "3"}, number},
		"a word that the map does not know":   {byWord, cells{"Count": "several"}, number},
		"fewer than nobody":                   {byCount, cells{"Count": "-1"}, number},
		"fourteen, of whom two are described": {byCount + "  - {when: {column: Count, at-least: 2}, fields: [{to: age, column: Age 2}]}\n", cells{"Count": "14"}, number},
		"fourteen, of whom one is described":  {byCount, cells{"Count": "14"}, harm},
	} {
		t.Run(name, func(t *testing.T) {
			d := compile(t, incident()[:len(incident())-len("  - \n")]+tc.patients).Map(row(tc.cells))
			var asked []string
			for _, target := range []string{risk, harm, number} {
				if slices.Contains(arising(d), target) {
					asked = append(asked, target)
				}
			}
			assert.Equal(t, []string{tc.asks}, asked, "%v", d.Questions)
			assert.NotEqual(t, draft.Ready, d.State)
		})
	}
}

// The answer to the number opens the questions that follow from it, and lets in what the
// row says.
func TestTheNumberOfPatientsIsAnswered(t *testing.T) {
	m := compile(t, incident("{to: date, column: Date}")+byCount)
	c := cells{"Count": "0", "Harm": "Severe", "Age": "62"}
	with := func(answers map[string]string) prepared {
		return m.Map(mapping.Row{Line: 2, Cells: c, Answers: answers})
	}

	d := with(map[string]string{"patients": "1"})
	assert.Equal(t, []lfpse.Patient{{PhysicalHarm: "severe", Age: lfpse.Age{Value: 62, Unit: lfpse.Years}}}, d.Event.Patients)
	assert.NotContains(t, arising(d), "riskDetails.riskImminent")
	d = with(map[string]string{"patients": "3"})
	require.Len(t, d.Event.Patients, 3)
	assert.Contains(t, arising(d), "patients[2].physicalHarm")
	d = with(map[string]string{"patients": "nobody", "patients[0].age": "62"})
	assert.Empty(t, d.Event.Patients)
	assert.Contains(t, arising(d), "riskDetails.riskImminent")
	assert.Equal(t, []string{"warning MAP-ANSWER-POINTLESS patients[0].age"}, mapIssues(d))
	assert.Equal(t, "left out, because fewer patients were affected by the answer", trace(d, "patients")[1].Rule, "the trace says so")
	later := with(nil)
	require.NoError(t, newBuilder().Form().Answer(&later.Draft, "patients", "0"))
	assert.Equal(t, "left out, because fewer patients were affected by the answer", trace(later, "patients[0].physicalHarm")[0].Rule)
	d = with(map[string]string{"patients": "1", "riskDetails.riskImminent": "no"})
	assert.Empty(t, d.Event.RiskDetails)
	assert.Equal(t, []string{"warning MAP-ANSWER-POINTLESS riskDetails.riskImminent"}, mapIssues(d))
	for _, text := range []string{"some", "-1", "14", "1.5"} {
		assert.Equal(t, []string{"error MAP-ANSWER patients"}, mapIssues(with(map[string]string{"patients": text})), text)
	}
}

// A map may say in which column the number stands.
func TestAColumnForTheNumberOfPatients(t *testing.T) {
	m := compile(t, incident("{to: patients, column: Number, values: n}")+always+"values: {n: {entries: {nobody: 0, '1': 1, '2': 2, few: ask}}}\n")
	for cell, want := range map[string]int{"1": 1, "2": 2, "Nobody": 0, "3": 3} {
		d := m.Map(row(cells{"Number": cell}))
		assert.Len(t, d.Event.Patients, want, cell)
		assert.NotContains(t, arising(d), "patients", cell)
		assert.Equal(t, want == 0, slices.Contains(arising(d), "riskDetails.riskImminent"), cell)
	}
	for _, cell := range []string{"", "few", "lots", "20"} {
		assert.Contains(t, arising(m.Map(row(cells{"Number": cell}))), "patients", cell)
	}
	d := m.Map(row(cells{"Number": "Nobody", "Age": "62"}))
	assert.Contains(t, arising(d), "patients", "the row contradicts itself")
	assert.NotContains(t, arising(d), "riskDetails.riskImminent")
	assert.NotContains(t, arising(d), "patients[0].physicalHarm")
}

// What is filled in but cannot be read is asked, whatever kind of field it is for.
func TestWhatCannotBeReadIsAsked(t *testing.T) {
	for field, c := range map[string]struct{ cell, target string }{
		"{to: age, column: A}":                                  {"90+", "patients[0].ageBracket"},
		"{to: age, column: A }":                                 {"newborn", "patients[0].ageBracket"},
		"{to: birthDate, column: A}":                            {"March 1956", "patients[0].ageBracket"},
		"{to: ageBracket, column: A}":                           {"middle-aged", "patients[0].ageBracket"},
		"{to: strengthOfAssociation, column: A}":                {"rather", "patients[0].strengthOfAssociation"},
		"{to: patientEthnicity, column: A, values: ethnicity }": {"Martian", "patients[0].patientEthnicity"},
	} {
		if c.cell == "Martian" {
			field = "{to: patientEthnicity, column: A}"
		}
		d := compile(t, patient(field)).Map(row(cells{"A": c.cell, "Date": "05/03/2026"}))
		assert.Contains(t, question(t, d, c.target).Why, "column A", field)
		assert.NotContains(t, revealed(d), c.cell)
		assert.NotEqual(t, draft.Ready, d.State)
	}
	for field, c := range map[string]struct{ cell, target string }{
		"{to: estimatedDate.preciseTime, column: A}":           {"midnight", "estimatedDate.preciseTime"},
		"{to: date, column: A}":                                {"sometime", "date"},
		"{to: referenceMetadata.dataSharingOptOut, column: A}": {"perhaps", "referenceMetadata.dataSharingOptOut"},
		"{to: reporter.reporterRole, column: A}":               {"Dr Jane Quuxworth", "reporter.reporterRole"},
		"{to: reporter.reporterOrganisation, column: A}":       {"QUUXWORTH", "reporter.reporterOrganisation"},
		"{to: agent.involvedAgents, column: A, split: ';'}":    {"4;Quuxworth", "agent.involvedAgents"},
		"{to: problemPeople.peopleActionsDiffered, column: A}": {"Jane Quuxworth", "problemPeople.peopleActionsDiffered"},
	} {
		d := compile(t, incident(field)).Map(row(cells{"A": c.cell}))
		q := question(t, d, c.target)
		assert.Contains(t, q.Why, "column A", field)
		assert.NotContains(t, revealed(d), "Quuxworth")
		if c.target == "referenceMetadata.dataSharingOptOut" {
			assert.Equal(t, []lfpse.Choice{{Value: "true", Display: "Yes"}, {Value: "false", Display: "No"}}, q.Choices)
		}
	}
}

func TestTimesThatMeanTheSameToEverybody(t *testing.T) {
	m := compile(t, incident("{to: estimatedDate.preciseTime, column: Time}")+"source: {times: ['15:04']}\n")
	for cell, want := range map[string]lfpse.Time{
		"9:30 AM": "09:30:00", "0930": "09:30:00", "9.30am": "09:30:00", "14:05:33": "14:05:33", "noon": "12:00:00", "Midday": "12:00:00",
		"9.30 p.m.": "21:30:00", "1405hrs": "14:05:00", "09:30h": "09:30:00", "2 pm": "14:00:00", "12:30 pm": "12:30:00", "14.05": "14:05:00",
	} {
		d := m.Map(row(cells{"Time": cell}))
		assert.Equal(t, want, d.Event.EstimatedDate.PreciseTime, cell)
		notAsked(t, d, "estimatedDate.preciseTime")
	}
	for _, cell := range []string{"midnight", "12am", "24:00", "25:00", "930", "morning", "about 9", "9-10", "13:30pm", "05/03/2026 09:30"} {
		d := m.Map(row(cells{"Time": cell}))
		assert.Empty(t, d.Event.EstimatedDate.PreciseTime, cell)
		question(t, d, "estimatedDate.preciseTime")
	}
}

// A bare number is an age in years unless something says otherwise; the trace says how it
// was read.
func TestABareAgeIsYearsUnlessSomethingSaysOtherwise(t *testing.T) {
	const day, asked = "05/03/2026", "patients[0].ageBracket"
	fields := func(more ...string) string {
		return incident("{to: date, column: Date}", "{to: description, column: What}") + "patients:\n  - fields:\n" + func() (out string) {
			for _, f := range more {
				out += "      - " + f + "\n"
			}
			return out
		}()
	}
	plain := fields("{to: age, column: Age}", "{to: birthDate, column: DOB}")
	for name, tc := range map[string]struct {
		doc   string
		cells cells
		want  string // empty: asked
	}{
		"years":                            {plain, cells{"Age": "62"}, "62 years"},
		"a spreadsheet's years":            {plain, cells{"Age": "62.0"}, "62 years"},
		"a baby":                           {plain, cells{"Age": "6", "What": "The baby was given the wrong milk."}, ""},
		"a newborn":                        {plain, cells{"Age": "62", "What": "A newborn was weighed wrongly."}, ""},
		"days old":                         {plain, cells{"Age": "10", "What": "Ten days old and not yet weighed."}, ""},
		"a neonate":                        {plain, cells{"Age": "3", "What": "The neonatal team was not told."}, ""},
		"a baby with a unit":               {plain, cells{"Age": "6/12", "What": "The baby was given the wrong milk."}, "6 months"},
		"a mother with a unit":             {plain, cells{"Age": "34 years", "What": "The baby was given the wrong milk."}, "34 years"},
		"old papers":                       {plain, cells{"Age": "34", "What": "The list was a week old."}, "34 years"},
		"born this year":                   {plain, cells{"Age": "6", "DOB": "05/09/2025"}, ""},
		"born at another time":             {plain, cells{"Age": "62", "DOB": "05/03/1990"}, ""},
		"the date of birth agrees":         {plain, cells{"Age": "62", "DOB": "06/03/1963"}, "62 years"},
		"a column in months":               {fields("{to: age, column: Age (months)}"), cells{"Age (months)": "6"}, ""},
		"a column in weeks":                {fields("{to: age, column: Age in weeks}"), cells{"Age in weeks": "6"}, ""},
		"a column in months, with a unit":  {fields("{to: age, column: Age (months)}"), cells{"Age (months)": "6 months"}, "6 months"},
		"a column whose unit the map says": {fields("{to: age, column: Age (months), unit: months}"), cells{"Age (months)": "18"}, "1 year"},
	} {
		t.Run(name, func(t *testing.T) {
			tc.cells["Date"] = day
			d := compile(t, tc.doc).Map(row(tc.cells))
			if tc.want == "" {
				assert.NotContains(t, trace(d, "patients[0].age"), "read as")
				if d.Event.Patients[0].Age == (lfpse.Age{}) {
					assert.NotEmpty(t, question(t, d, asked).Why)
				} else {
					assert.Equal(t, "age on the day of the event", trace(d, "patients[0].age")[0].Rule)
				}
				return
			}
			assert.Equal(t, tc.want, d.Event.Patients[0].Age.String())
			require.NotEmpty(t, trace(d, "patients[0].age"))
			assert.Equal(t, "read as "+tc.want, trace(d, "patients[0].age")[0].Rule)
		})
	}
	d := compile(t, plain).Map(mapping.Row{Line: 2, Cells: cells{"What": "The baby was given the wrong milk."}, Answers: map[string]string{"patients[0].age": "6"}})
	assert.Equal(t, []string{"error MAP-ANSWER patients[0].age"}, mapIssues(d), "it is the same for an answer")
}

// Two fields that read one column say once that they do not know its word.
func TestAnUnknownWordIsReportedOnce(t *testing.T) {
	m := compile(t, patient("{to: physicalHarm, column: Harm, values: physical-harm}", "{to: psychologicalHarm, column: Harm, values: psychological-harm}"))
	d := m.Map(row(cells{"Harm": "zqxj"}))
	assert.Equal(t, []string{"warning MAP-UNKNOWN-VALUE column Harm"}, mapIssues(d))
	question(t, d, "patients[0].physicalHarm")
	question(t, d, "patients[0].psychologicalHarm")
}

// Answers that contradict each other, or whose question does not arise, are not sent.
func TestAnswersToQuestionsThatDoNotArise(t *testing.T) {
	m := compile(t, incident("{to: wentWell.howFutureOccurrence, for: [good-care], column: How}")+always)
	for name, tc := range map[string]struct {
		answers map[string]string
		want    string
	}{
		"of another type":    {map[string]string{"wentWell.howFutureOccurrence": "Again."}, "warning MAP-ANSWER-POINTLESS wentWell.howFutureOccurrence"},
		"of a dead patient":  {map[string]string{"patients[0].physicalHarm": "fatal", "patients[0].psychologicalHarm": "low"}, "warning MAP-ANSWER-POINTLESS patients[0].psychologicalHarm"},
		"of light harm":      {map[string]string{"patients[0].physicalHarm": "low", "patients[0].strengthOfAssociation": "6"}, "warning MAP-ANSWER-POINTLESS patients[0].strengthOfAssociation"},
		"age and bracket":    {map[string]string{"patients[0].age": "62 years", "patients[0].ageBracket": "46-65 years"}, "error MAP-ANSWER patients[0].ageBracket"},
		"day and month":      {map[string]string{"date": "2026-03-05", "estimatedDate.approximateDate": "2026-03"}, "error MAP-ANSWER estimatedDate.approximateDate"},
		"all of one patient": {map[string]string{"patients[0].physicalHarm": "low", "patients[0].psychologicalHarm": "low"}, ""},
	} {
		d := answered(m, cells{}, tc.answers)
		if tc.want == "" {
			assert.Empty(t, mapIssues(d), name)
			continue
		}
		assert.Equal(t, []string{tc.want}, mapIssues(d), name)
		for target := range tc.answers {
			if p, err := newBuilder().Form().Accessor(target); err == nil && tc.want == "warning MAP-ANSWER-POINTLESS "+target {
				assert.False(t, p.IsSet(&d.Event), name)
			}
		}
	}
}
