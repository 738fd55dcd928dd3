package mapping_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/mapping"
)

func TestParseMapReadsTheDocumentedForm(t *testing.T) {
	m, err := mapping.ParseMap([]byte(`
name: our log
version: 2
description: what we keep
source:
  encoding: windows-1252
  delimiter: ";"
  columns: [A, B]
  reference: A
  dates: [02/01/2006]
  months: [01/2006]
  times: ["15:04"]
  context: records/{A}.json
skip:
  - {when: {column: B, in: [01, draft]}, reason: not finished}
fields:
  - {to: type, default: incident}
  - {to: agent.involvedAgents, for: [incident], when: {column: B, filled: true}, columns: [A, B], join: "; ", split: ";", values: agents, ask: What?}
patients:
  - when: {column: A, at-least: 2}
    fields:
      - {to: age, context: age}
values:
  agents:
    match: prefix
    system: ours
    entries:
      02: 4
      it: 9
      1.10: absent
      yes: ask
`))
	require.NoError(t, err)
	filled, two := true, 2
	assert.EqualExportedValues(t, mapping.Map{
		Name: "our log", Version: "2", Description: "what we keep",
		Source: mapping.Source{Encoding: "windows-1252", Delimiter: ";", Columns: []string{"A", "B"}, Reference: "A",
			Dates: []string{"02/01/2006"}, Months: []string{"01/2006"}, Times: []string{"15:04"}, Context: "records/{A}.json"},
		Skip: []mapping.Skip{{When: mapping.Condition{Column: "B", In: []string{"01", "draft"}}, Reason: "not finished"}},
		Fields: []mapping.Field{{To: "type", Default: "incident"},
			{To: "agent.involvedAgents", For: []string{"incident"}, When: &mapping.Condition{Column: "B", Filled: &filled},
				Columns: []string{"A", "B"}, Join: "; ", Split: ";", Values: "agents", Ask: "What?"}},
		Patients: []mapping.Patient{{When: &mapping.Condition{Column: "A", AtLeast: &two}, Fields: []mapping.Field{{To: "age", Context: "age"}}}},
		Values: map[string]mapping.ValueMap{"agents": {Match: "prefix", System: "ours", Entries: yaml.MapSlice{
			{Key: "02", Value: "4"}, {Key: "it", Value: "9"}, {Key: "1.10", Value: "absent"}, {Key: "yes", Value: "ask"}}}},
	}, *m, "numbers are kept as they are written")
}

func TestParseMapReportsEveryUnknownKeyWithItsLine(t *testing.T) {
	_, err := mapping.ParseMap([]byte("nam: x\nsource: {encodings: auto}\nskip:\n  - {when: {columns: A}}\nfields:\n  - {too: type}\npatients:\n  - {field: []}\nvalues:\n  a: {entry: {}}\n"))
	var e *mapping.MapError
	require.True(t, errors.As(err, &e))
	require.Len(t, e.Findings, 6)
	for i, want := range []string{`line 1: "nam"`, `line 2: "encodings"`, `line 4: "columns"`, `line 6: "too"`, `line 8: "field"`, `line 10: "entry"`} {
		assert.Contains(t, e.Findings[i].String(), want)
		assert.Equal(t, "MAP-KEY", e.Findings[i].Rule)
	}
	assert.Contains(t, e.Findings[3].Text, "there is to, for, when, column")
	assert.Len(t, strings.Split(e.Error(), "\n"), 6, "one a line")
}

func TestParseMapRefuses(t *testing.T) {
	for name, tc := range map[string]struct{ doc, want string }{
		"nothing":              {"", "one map"},
		"comments only":        {"# a map\n", "one map"},
		"two documents":        {"---\nname: a\n---\nname: b\n", "one map"},
		"a list":               {"- a\n", "not YAML of the documented form"},
		"a text":               {"incident", "not YAML of the documented form"},
		"broken YAML":          {"fields: [", "not YAML of the documented form"},
		"a key twice":          {"name: a\nname: b\n", "already defined"},
		"a word twice":         {"values: {a: {entries: {x: 1, x: 2}}}", "already defined"},
		"text for a number":    {"skip: [{when: {column: A, at-least: two}}]", "line 1: the map is not YAML of the documented form: a whole number belongs here"},
		"text for yes or no":   {"skip: [{when: {column: A, filled: often}}]", "true or false belongs here"},
		"text for a list":      {"fields: type", "a list belongs here; write it in square brackets"},
		"a list for a text":    {"fields: [{column: [A, B]}]", "one text belongs here"},
		"the log":              {"Ref,Date\n1,05/03/2026\n", "keys with values belong here"},
		"a tab":                {"source:\n\treference: A\n", "line 2: the map is not YAML of the documented form: a tab stands where only spaces may stand"},
		"anchors and aliases":  {"name: &n x\nversion: *n\n", "line 2: a map has no anchors"},
		"a tag":                {"name: !!binary eA==\n", "no anchors, aliases and tags"},
		"Windows-1252":         {"name: a\nversion: caf\xe9\n", "line 2: the map is not UTF-8 text"},
		"UTF-16":               {"\xff\xfen\x00", "line 1: the map is not UTF-8 text"},
		"brackets in brackets": {strings.Repeat("[", 1<<20), "line 1: the map is nested deeper than 100 levels"},
		"dashes after dashes":  {"a:\n" + strings.Repeat("- ", 1<<18), "line 2: the map is nested deeper than 100 levels"},
		"braces, closed again": {strings.Repeat("] ", 1000) + strings.Repeat("{a: ", 1<<17), "line 1: the map is nested deeper than 100 levels"},
		"more than a megabyte": {"# " + strings.Repeat("x", 1<<20), "larger than 1 MiB"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := mapping.ParseMap([]byte(tc.doc))
			var e *mapping.MapError
			require.True(t, errors.As(err, &e), "%v", err)
			assert.Contains(t, e.Error(), tc.want)
		})
	}
}

func TestAByteOrderMarkIsPassedOver(t *testing.T) {
	m, err := mapping.ParseMap([]byte("\ufeffname: a\r\nversion: b\r\n"))
	require.NoError(t, err)
	assert.EqualExportedValues(t, mapping.Map{Name: "a", Version: "b"}, *m)
}

func TestAMapWithoutANameHasOne(t *testing.T) {
	m, err := mapping.ParseMap([]byte("version: a\n"))
	require.NoError(t, err)
	assert.Equal(t, "map", m.Name)
}

func FuzzParseMap(f *testing.F) {
	for _, name := range mapping.BuiltinNames() {
		data, err := mapping.BuiltinData(name)
		require.NoError(f, err)
		f.Add(data)
	}
	f.Add([]byte(patient("{to: age, column: Age}", "{to: physicalHarm, column: Harm, values: v}") + "values: {v: {match: pattern, entries: {'(a': low, ~: ask, 01: absent}}}\n"))
	f.Add([]byte("fields: [{to: type, column: A, values: event-type}]\nskip: [{when: {column: '', in: [~]}}]\nsource: {context: '{', dates: ['']}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := mapping.ParseMap(data)
		var e *mapping.MapError
		if err != nil {
			require.True(t, errors.As(err, &e))
			require.NotEmpty(t, e.Findings)
			return
		}
		compiled, err := mapping.New(m, newBuilder().Form())
		if err != nil {
			require.True(t, errors.As(err, &e))
			return
		}
		c := cells{}
		for _, name := range compiled.Columns() {
			c[name] = "1"
		}
		checked := &mapper{compiled}
		assert.NotEmpty(t, checked.Map(row(c)).State)
		assert.NotEmpty(t, checked.Map(row(nil)).State)
	})
}

// Somebody may name the log where the map belongs; the error must not show it.
func TestParseMapRepeatsNothingOfALog(t *testing.T) {
	for name, text := range map[string]string{
		"a log":        "Ref,What happened\n1,\"Mrs Quuxworth fell: twice\"\n",
		"a text":       "Mrs Quuxworth fell: [",
		"a key":        "\"Mrs Quuxworth, 1 Example Road\": 1\n",
		"a wrong type": "name: {what: Mrs Quuxworth}\n",
	} {
		_, err := mapping.ParseMap([]byte(text))
		require.Error(t, err, name)
		require.NotContains(t, err.Error(), "Quuxworth", name)
	}
}
