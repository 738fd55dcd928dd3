package mapping_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/rule"
	"github.com/gpsafety/lfpse-go/mapping"
)

// refused returns what New says about a map.
func refused(t testing.TB, doc string, opts ...mapping.Option) (texts []string) {
	t.Helper()
	m, err := mapping.ParseMap([]byte(doc))
	require.NoError(t, err)
	_, err = mapping.New(m, newBuilder().Form(), opts...)
	var e *mapping.MapError
	require.True(t, errors.As(err, &e), "%v", err)
	for _, f := range e.Findings {
		r, ok := rule.Lookup(f.Rule)
		assert.True(t, ok, "%s is not in the catalogue", f.Rule)
		assert.Equal(t, r.Fix, f.Fix)
		assert.Equal(t, fhir.Error, r.Severity)
		texts = append(texts, f.Text)
	}
	return texts
}

func TestNewRefuses(t *testing.T) {
	const words = "values: {w: {entries: {a: low}}}\n"
	for name, tc := range map[string]struct{ doc, want string }{
		"no type":                      {"fields: [{to: description, column: A}]\n", "no field fills type"},
		"an unknown target":            {incident("{to: locaton.serviceArea, column: A}"), `fields[1].to is "locaton.serviceArea": an event has no property "locaton"`},
		"an unknown property":          {incident("{to: location.serviceAria, column: A}"), `location has no property "serviceAria"`},
		"a whole group":                {incident("{to: location, column: A}"), "location is a group: name one of its properties"},
		"a list without index":         {incident("{to: medicines.vtmCode, column: A}"), "medicines is a list"},
		"a patient among the fields":   {incident("{to: 'patients[1].physicalHarm', column: A}"), "belong under patients"},
		"an age outside a patient":     {incident("{to: age, column: A}"), `an event has no property "age"`},
		"an unknown word list":         {incident("{to: reporter.reporterRole, column: A, values: practise-role}"), `there is no word list "practise-role"; there is datix-harm,`},
		"a bad for":                    {incident("{to: description, column: A, for: [near miss]}"), `fields[1].for has "near miss"; the event types are incident, risk, outcome and good-care`},
		"for before the type":          {"fields: [{to: description, column: A, for: [risk]}, {to: type, column: B, values: event-type}]\n", "fields[0] is for some event types only"},
		"no source":                    {incident("{to: description}"), "fields[1] has no source"},
		"column and columns":           {incident("{to: description, column: A, columns: [B]}"), "more than one of column, columns and expr"},
		"split of a single value":      {incident("{to: description, column: A, split: ';'}"), "description takes one value only"},
		"an unknown context":           {incident("{to: description, context: weather}"), `fields[1].context is "weather"`},
		"a context for another":        {incident("{to: description, context: reporter-role}"), "which description cannot take"},
		"medicines from a column":      {incident("{to: medicines, column: A}"), "medicines come from the record only"},
		"devices with a default":       {incident("{to: devices, context: devices, default: x}"), "devices come from the record only"},
		"a level that is none":         {incident("{to: medicines, context: medicines, level: amp}"), "level declares medicines"},
		"a level of something else":    {incident("{to: description, column: A, level: vmp}"), "level declares medicines"},
		"a default outside its list":   {incident("{to: riskDetails.riskImminent, default: perhaps}"), "fields[1].default: the value is not one of the list"},
		"a default type":               {"fields: [{to: type, default: near-miss}]\n", "fields[0].default: the value is not one of: incident; good-care; risk; outcome"},
		"a default date":               {incident("{to: date, default: yesterday}"), "fields[1].default: this is not a date such as 2026-03-25"},
		"a default time":               {incident("{to: estimatedDate.preciseTime, default: lunch}"), "fields[1].default: this is not a time such as 14:30"},
		"a default age":                {patient("{to: age, default: old}"), "patients[0].fields[0].default: this is not an exact age"},
		"a value its target lacks":     {patient("{to: physicalHarm, column: A, values: w}") + "values: {w: {entries: {a: dire}}}\n", `values.w: "a" stands for a value that patients[0].physicalHarm cannot take`},
		"the other harm scale":         {patient("{to: psychologicalHarm, column: A, values: w}") + "values: {w: {entries: {a: fatal}}}\n", "patients[0].psychologicalHarm cannot take"},
		"digits for a gender":          {patient("{to: genderIdentity, column: A, values: w}") + "values: {w: {entries: {1: female}}}\n", "1 is male in one code system and female in another"},
		"a word that stands for none":  {incident("{to: description, column: A, values: w}") + "values: {w: {entries: {a: }}}\n", `the entry "a" stands for nothing`},
		"an entry without a word":      {incident("{to: description, column: A, values: w}") + "values: {w: {entries: {~: low}}}\n", "has an entry without a word"},
		"a word in two cases":          {incident("{to: description, column: A, values: w}") + "values: {w: {entries: {Yes: a, 'yes ': b}}}\n", `values.w has "yes " twice: as "a" and "b"`},
		"an unknown match":             {incident("{to: description, column: A, values: w}") + "values: {w: {match: fuzzy, entries: {a: b}}}\n", `values.w.match is "fuzzy"`},
		"a broken pattern":             {incident("{to: description, column: A, values: w}") + "values: {w: {match: pattern, entries: {'(': b}}}\n", "is not a regular expression"},
		"skip without reason":          {incident("{to: description, column: A}") + "skip: [{when: {column: A, in: [x]}}]\n", "skip[0] has no reason"},
		"a condition on nothing":       {incident("{to: description, column: A}") + "skip: [{when: {in: [x]}, reason: r}]\n", "skip[0].when names no column"},
		"a condition without a test":   {incident("{to: description, column: A, when: {column: B}}"), "fields[1].when needs exactly one of in, not-in, filled and at-least"},
		"a condition with two":         {incident("{to: description, column: A, when: {column: B, filled: true, in: [x]}}"), "needs exactly one of"},
		"an unknown encoding":          {incident("{to: description, column: A}") + "source: {encoding: latin1}\n", `source.encoding is "latin1"`},
		"a long delimiter":             {incident("{to: description, column: A}") + "source: {delimiter: '||'}\n", "source.delimiter must be one character"},
		"a layout of letters":          {incident("{to: description, column: A}") + "source: {dates: [DD/MM/YYYY]}\n", `source.dates: "DD/MM/YYYY" is not a layout for dates`},
		"a layout in curly quotes":     {incident("{to: description, column: A}") + "source: {dates: [“02/01/2006”]}\n", "is not a layout for dates"},
		"a date without a day":         {incident("{to: description, column: A}") + "source: {dates: [01/2006]}\n", "is not a layout for dates"},
		"a date without a year":        {incident("{to: description, column: A}") + "source: {dates: [02/01]}\n", "is not a layout for dates"},
		"a month with a day":           {incident("{to: description, column: A}") + "source: {months: [02/01/2006]}\n", "is not a layout for months"},
		"a time without minutes":       {incident("{to: description, column: A}") + "source: {times: ['15']}\n", "is not a layout for times"},
		"day and month both first":     {incident("{to: description, column: A}") + "source: {dates: [02/01/2006, 01/02/2006]}\n", "read the same text differently"},
		"days and months in one digit": {incident("{to: description, column: A}") + "source: {dates: [2/1/06, 06/1/2]}\n", "read the same text differently"},
		"times read two ways":          {incident("{to: description, column: A}") + "source: {times: ['15:04', '04:15']}\n", "read the same text differently"},
		"a letter for a delimiter":     {incident("{to: description, column: A}") + "source: {delimiter: a}\n", "source: The delimiter cannot separate cells."},
		"a column named twice":         {incident("{to: description, column: A}") + "source: {columns: [A, A]}\n", "source: Columns have the same name: columns 1 (A) and 2 (B)."},
		"a column that is not named":   {incident("{to: description, column: A}") + "source: {columns: [B]}\n", `the map uses the column "A", which source.columns does not name`},
		"a brace that does not close":  {incident("{to: description, column: A}") + "source: {context: '{A.json'}\n", "columns as {Column}"},
		"medicines of one patient":     {patient("{to: medicines, context: medicines}"), `patients has no property "medicines"`},
		"context above the log":        {incident("{to: description, column: A}") + "source: {context: '../{A}.json'}\n", "source.context must be a file below the folder of the log"},
		"context from the root":        {incident("{to: description, column: A}") + "source: {context: '/records/{A}.json'}\n", "source.context must be"},
		"context on a drive":           {incident("{to: description, column: A}") + "source: {context: 'C:{A}.json'}\n", "source.context must be"},
		"context of no column":         {incident("{to: description, column: A}") + "source: {context: 'a{}.json'}\n", "a column has no name"},
		"words for another target":     {incident("{to: reporter.reporterRole, column: A, values: w}") + words, "reporter.reporterRole cannot take"},
	} {
		t.Run(name, func(t *testing.T) {
			findings := refused(t, tc.doc)
			require.Len(t, findings, 1)
			assert.Contains(t, findings[0], tc.want)
		})
	}
}

func TestNewFindsEverythingAtOnce(t *testing.T) {
	findings := refused(t, `
source: {encoding: x, dates: [dd]}
skip: [{when: {column: A}}]
fields:
  - {to: narrative, column: A}
  - {to: description, default: ''}
patients:
  - when: {column: B}
    fields: [{to: physicalHarm, column: C, values: none}]
`)
	assert.Len(t, findings, 9, "%q", findings)
}

func TestValuesForEveryEventAreChecked(t *testing.T) {
	doc := "fields: [{to: type, column: T, values: event-type}, {to: description, for: [cake], column: A}]\n"
	findings := refused(t, doc, mapping.WithValues(map[string]string{"cake": "1", "patients[0].physicalHarm": "low", "location.locationKnown": "maybe"}))
	require.Len(t, findings, 4)
	assert.Contains(t, findings[0], `the value set for every event.to is "cake"`)
	assert.Contains(t, findings[1], "the value set for every event.default")
	assert.Contains(t, findings[2], "belong under patients")
	assert.Contains(t, findings[3], "fields[1].for", "the number is that of the map, values do not count")
}

func TestWarnings(t *testing.T) {
	m := compile(t, "fields: [{to: type, column: T, values: mine}]\nvalues: {mine: {entries: {Near Miss: risk, Intercepted error: risk, hazard: risk}}, idle: {entries: {a: b}}}\n")
	require.Len(t, m.Warnings(), 3)
	assert.Contains(t, m.Warnings()[0].String(), `"Near Miss" is mapped to risk; under LFPSE a near miss is an incident`)
	assert.Contains(t, m.Warnings()[1].Text, `"Intercepted error"`)
	assert.Equal(t, "MAP-UNUSED at column 85 of line 2: values.idle is not used. Name it in the field that it is for, or take it out.", m.Warnings()[2].String())
	assert.Equal(t, "MAP-NEAR-MISS", m.Warnings()[0].Rule)
	assert.Empty(t, compile(t, incident("{to: description, column: A}")).Warnings())
}

func TestDeclaredDigitsForAGenderAreTaken(t *testing.T) {
	m := compile(t, patient("{to: genderIdentity, column: G, values: w}")+"values: {w: {system: our own, entries: {1: female}}}\n")
	assert.EqualValues(t, "female", m.Map(row(cells{"G": "1"})).Event.Patients[0].GenderIdentity)
}

func TestColumns(t *testing.T) {
	m := compile(t, incident("{to: description, columns: [What  happened, Why]}", "{to: outcome.immediateActions, column: Why, when: {column: Status, filled: true}}")+
		"source: {reference: Ref, context: '{Key}.json'}\nskip: [{when: {column: Status, in: [x]}, reason: r}]\n")
	assert.Equal(t, []string{"Ref", "Key", "Status", "What happened", "Why"}, m.Columns())
	m.Columns()[0] = "changed"
	assert.Equal(t, "Ref", m.Columns()[0])
}

// Each finding about a map that was read from a file has the line of what it is about.
func TestFindingsHaveLines(t *testing.T) {
	m, err := mapping.ParseMap([]byte(`source:
  dates: [dd]
skip:
  - when: {column: A}
    reason: r
fields:
  - {to: type, column: T, values: w}
  - to: description
    column: A
    for: [cake]
patients:
  - fields:
    - {to: physicalHarm, column: H, values: none}
values:
  w: {entries: {a: nothing}}
`))
	require.NoError(t, err)
	_, err = mapping.New(m, newBuilder().Form())
	var e *mapping.MapError
	require.ErrorAs(t, err, &e)
	lines := map[string]int{}
	for _, f := range e.Findings {
		lines[f.Rule] = f.Line
	}
	// Of a key that is left to its default, the line is that of what it is part of.
	assert.Equal(t, map[string]int{"MAP-LAYOUT": 2, "MAP-CONDITION": 4, "MAP-TYPE": 10, "MAP-WORDS": 13}, lines)
}
