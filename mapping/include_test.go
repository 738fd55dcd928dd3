package mapping_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/mapping"
)

// folder is one of maps and word lists.
func folder(files map[string]string) fstest.MapFS {
	out := fstest.MapFS{}
	for name, text := range files {
		out[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return out
}

// load reads and compiles the map of a folder that is called ours.yaml.
func load(t testing.TB, files map[string]string) *mapper {
	t.Helper()
	m, err := mapping.LoadMap(folder(files), "ours.yaml")
	require.NoError(t, err)
	compiled, err := mapping.New(m, newBuilder().Form())
	require.NoError(t, err)
	return &mapper{compiled}
}

// A practice changes a renamed column, a local word and a form of dates.
const ourDatix = `include: datix
name: Example Surgery
columns:
  Incident Date: Date of incident
source:
  dates: [2 Jan 2006]
values:
  datix-harm:
    extends: datix-harm
    entries:
      scratched: low
`

func TestAPracticeChangesThreeLinesOfABuiltinMap(t *testing.T) {
	require.LessOrEqual(t, strings.Count(ourDatix, "\n"), 15)
	m := load(t, map[string]string{"ours.yaml": ourDatix})
	assert.Contains(t, m.Columns(), "Date of incident")
	assert.NotContains(t, m.Columns(), "Incident Date")
	d := m.Map(row(cells{"Datix ID": "W1", "Date of incident": "5 Mar 2026", "Actual Harm": "Scratched"}))
	assert.EqualValues(t, "2026-03-05", d.Event.Date)
	assert.EqualValues(t, "low", d.Event.Patients[0].PhysicalHarm)
	d = m.Map(row(cells{"Date of incident": "5 Mar 2026", "Actual Harm": "None (No harm)"}))
	assert.EqualValues(t, "none", d.Event.Patients[0].PhysicalHarm, "the words of the built-in list still count")
	assert.Equal(t, "Example Surgery", m.Definition().Name)
	assert.NotEmpty(t, m.Definition().Version)
}

const base = `name: base
version: "7"
source: {reference: Ref, dates: [02/01/2006], deny: [Name], context: "records/{Ref}.json"}
skip:
  - {when: {column: State, in: [closed]}, reason: closed}
fields:
  - {to: type, column: Kind, values: kinds, ask: What kind?}
  - {to: date, column: Day}
  - {to: description, columns: [Text, More], join: " "}
  - {to: reporter.reporterRole, column: Role, values: practice-role, default: "6"}
patients:
  - when: {column: Hurt, filled: true}
    fields:
      - {to: physicalHarm, column: Hurt, values: datix-harm}
      - {to: genderIdentity, column: Sex, values: gender}
values:
  kinds: {entries: {mishap: incident, worry: risk}}
privacy: {titled-name: block}
`

func TestAMapChangesTheOneThatItIncludes(t *testing.T) {
	m, err := mapping.LoadMap(folder(map[string]string{"base.yaml": base, "ours.yaml": `
include: base.yaml
columns: {Ref: Number, Name: Patient name, State: Status, Hurt: Harm, Sex: M/F}
drop: ["patients[0].genderIdentity"]
source: {dates: [2006-01-02]}
skip:
  - {when: {column: Status, in: [test]}, reason: a test}
fields:
  - {to: description, column: Story}
  - {to: reporter.reporterRole, default: ""}
  - {to: location.locationKnown, column: Where, values: yes-no-unknown}
patients:
  - fields: [{to: physicalHarm, ask: How bad?}]
  - fields: [{to: age, column: Age 2}]
values:
  kinds: {extends: kinds, entries: {Worry: ask, praise: good-care}}
  more: {extends: kinds, match: prefix, entries: {hazard: risk}}
privacy: {address: block}
`}), "ours.yaml")
	require.NoError(t, err)
	assert.Equal(t, mapping.Source{Reference: "Number", Dates: []string{"2006-01-02"}, Deny: []string{"Patient name"}, Context: "records/{Number}.json"}, m.Source)
	assert.Equal(t, []string{"a test", "closed"}, []string{m.Skip[0].Reason, m.Skip[1].Reason})
	assert.Equal(t, "Status", m.Skip[1].When.Column)
	require.Len(t, m.Fields, 5)
	assert.Equal(t, mapping.Field{To: "description", Column: "Story", Join: " "}, m.Fields[2], "column stands for columns")
	assert.Equal(t, mapping.Field{To: "reporter.reporterRole", Column: "Role", Values: "practice-role"}, m.Fields[3], "a blank key takes out what was there")
	assert.Equal(t, "location.locationKnown", m.Fields[4].To)
	require.Len(t, m.Patients, 2)
	assert.Equal(t, []mapping.Field{{To: "physicalHarm", Column: "Harm", Values: "datix-harm", Ask: "How bad?"}}, m.Patients[0].Fields)
	assert.Equal(t, "Harm", m.Patients[0].When.Column)
	assert.Equal(t, map[string]string{"titled-name": "block", "address": "block"}, m.Privacy)
	assert.Len(t, m.Values["kinds"].Entries, 3)
	assert.Equal(t, "map", must(mapping.ParseMap([]byte("include: datix\nname: map\n"))).Name)
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// A finding about a map names the file, the line and the column of what is wrong, wherever
// it was included from.
func TestFindingsNameTheFileAndThePlace(t *testing.T) {
	m, err := mapping.LoadMap(folder(map[string]string{
		"base.yaml": "fields:\n  - {to: type, default: incident}\n  - {to: descripton, column: Text}\n  - {to: outcome.immediateActions, column: Done, values: a}\n",
		"ours.yaml": "include: base.yaml\nfields:\n  - {to: outcome.immediateActions, values: gendr}\n",
	}), "ours.yaml")
	require.NoError(t, err)
	_, err = mapping.New(m, newBuilder().Form())
	var e *mapping.MapError
	require.True(t, errors.As(err, &e))
	var at []string
	for _, f := range e.Findings {
		at = append(at, fmt.Sprintf("%s:%d:%d", f.File, f.Line, f.Column))
	}
	assert.Equal(t, []string{"base.yaml:3:6", "ours.yaml:3:36"}, at)
	assert.Contains(t, err.Error(), "MAP-TARGET at base.yaml, column 6 of line 3: ")
	assert.Contains(t, err.Error(), "did you mean description?")
	assert.Contains(t, err.Error(), "did you mean gender")
}

func TestWhatAMapCannotInclude(t *testing.T) {
	chain := map[string]string{}
	for i := range 12 {
		chain[fmt.Sprintf("m%d.yaml", i)] = fmt.Sprintf("include: m%d.yaml\n", i+1)
	}
	chain["ours.yaml"] = "include: m0.yaml\n"
	for name, tc := range map[string]struct {
		files map[string]string
		want  string
	}{
		"no such built-in map":     {map[string]string{"ours.yaml": "include: datx\n"}, `ours.yaml, column 1 of line 1: there is no built-in map "datx"; there is`},
		"no such file":             {map[string]string{"ours.yaml": "include: bse.yaml\n", "base.yaml": base}, "did you mean base.yaml?"},
		"a file above":             {map[string]string{"ours.yaml": "include: ../base.yaml\n"}, "not the name of a file beside the map"},
		"a path from the root":     {map[string]string{"ours.yaml": "include: /etc/base.yaml\n"}, "not the name of a file beside the map"},
		"itself":                   {map[string]string{"ours.yaml": "include: ours.yaml\n"}, "in a circle"},
		"a circle":                 {map[string]string{"ours.yaml": "include: b.yaml\n", "b.yaml": "include: ours.yaml\n"}, "in a circle"},
		"a long chain":             {chain, "more than 8 in a row"},
		"a broken one":             {map[string]string{"ours.yaml": "include: b.yaml\n", "b.yaml": "fields: [\n"}, "MAP-YAML at b.yaml"},
		"a folder":                 {map[string]string{"ours.yaml": "include: b.yaml\n", "b.yaml/x": ""}, "no regular file"},
		"a column that is not":     {map[string]string{"ours.yaml": "include: datix\ncolumns: {Incident Dat: Day}\n"}, "did you mean Incident Date?"},
		"a target that is not":     {map[string]string{"ours.yaml": "include: datix\ndrop: [physicalHarm]\n"}, "did you mean patients[0].physicalHarm?"},
		"columns without it":       {map[string]string{"ours.yaml": "columns: {A: B}\n"}, "this one includes none"},
		"drop without it":          {map[string]string{"ours.yaml": "drop: [date]\n"}, "this one includes none"},
		"a field that is several":  {map[string]string{"ours.yaml": "include: b.yaml\nfields: [{to: date, column: D}]\n", "b.yaml": "fields: [{to: date, column: A}, {to: date, column: B}]\n"}, "several fields"},
		"a file from a text alone": {nil, "only for a map that is a file itself"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := mapping.LoadMap(folder(tc.files), "ours.yaml")
			if tc.files == nil {
				_, err = mapping.ParseMap([]byte("include: base.yaml\n"))
			}
			var e *mapping.MapError
			require.True(t, errors.As(err, &e), "%v", err)
			assert.Contains(t, err.Error(), tc.want)
		})
	}
}

func TestWordListsThatCannotBeExtended(t *testing.T) {
	for doc, want := range map[string]string{
		"a: {extends: gendr, entries: {x: ask}}":                                       "did you mean gender",
		"a: {extends: b, entries: {x: ask}}, b: {extends: a, entries: {y: ask}}":       "in a circle",
		"a: {extends: a, entries: {x: ask}}":                                           `no word list "a" to extend`,
		"gender: {extends: b, entries: {x: ask}}, b: {extends: gender, entries: {}}\n": "in a circle",
	} {
		m, err := mapping.ParseMap([]byte("fields: [{to: type, default: incident}]\nvalues: {" + doc + "}\n"))
		require.NoError(t, err, doc)
		_, err = mapping.New(m, newBuilder().Form())
		assert.ErrorContains(t, err, want, doc)
	}
	_, err := mapping.New(&mapping.Map{Include: "datix"}, newBuilder().Form())
	assert.ErrorContains(t, err, "MAP-INCLUDE")
}
