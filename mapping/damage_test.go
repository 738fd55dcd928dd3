package mapping_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/mapping"
	"github.com/gpsafety/lfpse-go/mapping/csvlog"
)

// typed is a map of a small log whose columns have types.
const typed = `
source: {reference: Ref, dates: ["02/01/2006"], times: ["15:04"]}
fields:
  - {to: type, default: incident}
  - {to: date, column: Date, ask: "When?"}
  - {to: estimatedDate.preciseTime, column: Time}
  - {to: description, column: What, ask: "What?"}
  - {to: reporter.reporterRole, column: Role, values: practice-role}
  - {to: outcome.immediateActions, column: Then}
patients:
  - fields:
      - {to: age, column: Age}
      - {to: birthDate, column: DOB}
      - {to: genderIdentity, column: Gender, values: gender}
      - {to: physicalHarm, column: Harm, values: physical-harm}
`

const typedHead = "Ref,Date,Time,What,Role,Age,DOB,Gender,Harm,Then\n"

func TestShiftedRowsAreNotSent(t *testing.T) {
	m := compile(t, typed)
	for name, line := range map[string]string{
		"a comma and a blank, last cell dropped":        "R1,05/01/2026,09:30,Given twice, then noticed,GP,67,,F,None",
		"a comma without a blank, last cell dropped":    "R1,05/01/2026,09:30,Given twice,then noticed,GP,67,01/02/1958,F,None",
		"one without a blank in a text before the date": "R1,05,01/2026,09:30,Given twice,GP,67,01/02/1958,F,None",
		"two of them, the blank last cells dropped":     "R1,05/01/2026,09:30,Given, twice, then noticed,GP,67,,F",
		"more cells than columns, although blank":       "R1,05/01/2026,09:30,Given twice,then noticed,GP,67,,F,None,",
	} {
		drafts, _ := read(t, m, typedHead+line+"\n")
		require.Len(t, drafts, 1, name)
		assert.Equal(t, draft.Invalid, drafts[0].State, "%s: %v", name, drafts[0].Issues)
		assert.NotContains(t, revealed(drafts[0]), "noticed", name)
	}
	for name, line := range map[string]string{
		"sound":                     `R1,05/01/2026,09:30,"Given twice, then noticed",GP,67,01/02/1958,F,None,Rang`,
		"words that the map misses": "R1,05/01/2026,late,Given twice,GP or so,old,,Lady,Some,",
		"cells that nobody knows":   "R1,early March,n/k,Given twice,GP,n/k,not known,Female?,None,",
	} {
		drafts, _ := read(t, m, typedHead+line+"\n")
		assert.NotEqual(t, draft.Invalid, drafts[0].State, "%s: %v", name, drafts[0].Issues)
	}
}

func TestShortRowsAreReadIfNothingIsLost(t *testing.T) {
	m := compile(t, typed)
	log := typedHead + "R1,05/01/2026,09:30,Given twice,GP,67,,F,None\nR2,05/01/2026,09:30,Given,GP,67,,F\nR3,05/01/2026,09:30\nR4,05/01/2026,09:30,Given twice,GP"
	drafts, _ := read(t, m, log)
	require.Len(t, drafts, 4)
	assert.Equal(t, "Given twice", drafts[0].Event.Description)
	assert.Equal(t, []draft.Step{{Target: "outcome.immediateActions", From: "column Then", Rule: "the row ends before it"}}, trace(drafts[0], "outcome.immediateActions"))
	assert.NotEmpty(t, trace(drafts[1], "patients[0].physicalHarm"))
	assert.Equal(t, draft.Invalid, drafts[2].State, "the map asks for what the row lacks")
	assert.Equal(t, draft.Invalid, drafts[3].State, "the last line has no end")

	// What decides must be there.
	for name, more := range map[string]string{
		"a condition":   "skip: [{when: {column: Status, in: [draft]}, reason: It is a draft.}]\n",
		"a person":      "source: {deny: [Status]}\n",
		"the reference": "source: {reference: Status}\n",
		"the record":    "source: {context: '{Status}.json'}\n",
	} {
		drafts, _ = read(t, compile(t, incident("{to: description, column: What}")+more), "What,Status\nGiven twice\n")
		assert.Equal(t, draft.Invalid, drafts[0].State, name)
	}
	drafts, _ = read(t, compile(t, incident("{to: description, column: What}")), "What,Status,Notes\nGiven twice\n")
	assert.Equal(t, "Given twice", drafts[0].Event.Description, "unused columns")
}

func TestRepeatedColumnsMatterIfTheMapUsesThem(t *testing.T) {
	m := compile(t, simple)
	drafts, _ := read(t, m, "Ref,What,Role,Notes,Notes\nR1,x,GP,a,b\n")
	assert.Equal(t, "x", drafts[0].Event.Description)
	for _, head := range []string{"Ref,What,Role,What", "Ref,Ref,What,Role", "Ref,What,Role,\u200bRole "} {
		_, err := m.Open(strings.NewReader(head + "\n"))
		var e *csvlog.FileError
		require.True(t, errors.As(err, &e), head)
		assert.Equal(t, csvlog.RuleDuplicateColumn, e.Rule)
	}
}

func TestSpreadsheetsChangeReferencesAndDates(t *testing.T) {
	m := compile(t, typed)
	for _, reference := range []string{"1.23E+11", "1.23457E+11", "4E+12", "1,5e+10", "1234567890123450000",
		"1.2E11", "4.0e5", "-1.2E+03", "1.23E-05", "#REF!", "#N/A", "#NAME?", "#DIV/0!", "########", "sha256:0a1b"} {
		drafts, _ := read(t, m, typedHead+"\""+reference+"\",05/01/2026,,Given,GP,,,,,\n")
		assert.Equal(t, draft.Invalid, drafts[0].State, reference)
		assert.True(t, hasRule(drafts[0].Issues, "MAP-REFERENCE"), reference)
	}
	for _, reference := range []string{"1E2", "E+11", "INC-1.23E+11", "123456789012", "20260105001", "12E45", "#12", "1.2.3", "A#REF!"} {
		drafts, _ := read(t, m, typedHead+reference+",05/01/2026,,Given,GP,,,,,\n")
		assert.False(t, hasRule(drafts[0].Issues, "MAP-REFERENCE"), reference)
	}
	for cell, named := range map[string]bool{"45992": true, "45992.5": true, "46,027": false, "4599": false, "sometime": false} {
		drafts, _ := read(t, m, typedHead+"R1,\""+cell+"\",,Given,GP,,,,,\n")
		q := question(t, drafts[0], "date")
		assert.Equal(t, named, strings.Contains(q.Why, "spreadsheet"), cell)
	}
	drafts, _ := read(t, m, typedHead+"=\"00123\",05/01/2026,,Given\vtwice,GP,,,,,\n")
	assert.Equal(t, "00123", drafts[0].Reference)
	assert.Equal(t, "Given\ntwice", drafts[0].Event.Description)
}

func TestDaysLongPastAreAsked(t *testing.T) {
	m := compile(t, typed)
	for cell, asked := range map[string]bool{"05/01/0026": true, "30/12/1899": true, "01/01/1900": true, "05/01/2026": false} {
		drafts, _ := read(t, m, typedHead+"R1,"+cell+",,Given twice,GP,,,,,\n")
		assert.Equal(t, asked, drafts[0].Event.Date == "", cell)
		if asked {
			assert.Contains(t, question(t, drafts[0], "date").Why, "before 1901", cell)
		}
	}
}

func TestReferencesAreScreened(t *testing.T) {
	m := compile(t, typed)
	for reference, secret := range map[string]string{
		"NHS 999 000 0018 fall":  "0018",
		"9990000018":             "9990000018",
		"Mrs Quuxworth fall":     "Quuxworth",
		"quux@example.nhs.uk":    "quux",
		"ring 07700 900123":      "900123",
		"INC-7 (Mr J Quuxworth)": "Quuxworth",
		"DOB 12/03/1956":         "1956",
	} {
		for _, rest := range []string{",05/01/2026,,Given,GP,,,,,\n", ",,,,,,,,,\n"} {
			drafts, _ := read(t, m, typedHead+"R0,,,,,,,,,\n\""+reference+"\""+rest)
			d := drafts[1]
			assert.Equal(t, "line 3", d.Reference, reference)
			n := 0
			for _, i := range d.Issues {
				if i.Rule == "MAP-REFERENCE-PRIVACY" {
					n++
					assert.NotContains(t, i.String(), secret)
				}
			}
			assert.Equal(t, 1, n, "%s: reported once", reference)
			text, err := d.MarshalJSON()
			require.NoError(t, err)
			assert.NotContains(t, string(text)+revealed(d), secret)
		}
	}
	for _, reference := range []string{"LOG-001", "DX-10234", "2026/17", "SEA 12", "INC0012345"} {
		drafts, _ := read(t, m, typedHead+reference+",05/01/2026,,Given,GP,,,,,\n")
		assert.Equal(t, reference, drafts[0].Reference)
	}
}

// The names of the patient are looked for in the reference too, also where the row is not
// for LFPSE.
func TestNamesInReferences(t *testing.T) {
	m := compile(t, incident("{to: description, column: What}")+"source: {reference: Ref, deny: [Patient]}\nskip: [{when: {column: What, in: [complaint]}, reason: Not ours.}]\n")
	drafts, _ := read(t, m, "Ref,What,Patient\n2026 Quuxworth,Given twice,Jane Quuxworth\n2027 Quuxworth,complaint,Jane Quuxworth\n2028,Given,Jane Quuxworth\n")
	assert.Equal(t, []string{"line 2", "line 3", "2028"}, []string{drafts[0].Reference, drafts[1].Reference, drafts[2].Reference})
	assert.Equal(t, draft.NotForLFPSE, drafts[1].State)
	for _, d := range drafts {
		assert.NotContains(t, revealed(d), "Quuxworth")
	}
}

// Answers find a row by its reference and by its line, which stands in its place where
// the reference must not be shown.
func TestAnswersToAScreenedReference(t *testing.T) {
	m := compile(t, simple)
	for _, name := range []string{"line 2", "9990000018"} {
		answers := readAnswers(t, "reference,target,answer\n"+name+",reporter.reporterRole,4\n")
		drafts, log := read(t, m, "Ref,What,Role\n9990000018,Given,\n", mapping.WithAnswers(answers))
		assert.EqualValues(t, "4", drafts[0].Event.Reporter.ReporterRole, name)
		assert.Empty(t, log.Warnings())
	}
}

func TestGuardedAnswers(t *testing.T) {
	m := compile(t, simple)
	answers := readAnswers(t, "reference,target,answer\n'-7,description,'- given twice\n'=R,description,'=given\n")
	drafts, _ := read(t, m, "Ref,What,Role\n-7,,GP\n=R,,GP\n", mapping.WithAnswers(answers))
	assert.Equal(t, "- given twice", drafts[0].Event.Description)
	assert.Equal(t, "=given", drafts[1].Event.Description)
}

func TestWordsThatFitEquallyWell(t *testing.T) {
	for _, list := range []string{"{match: contains, entries: {locum: 4, nurse: 5}}", "{match: pattern, entries: {'loc[a-z]m': 4, nurse: 5}}"} {
		m := compile(t, incident("{to: reporter.reporterRole, column: Role, values: w}")+"values: {w: "+list+"}\n")
		d := m.Map(row(cells{"Role": "Locum nurse"}))
		assert.Empty(t, d.Event.Reporter.ReporterRole)
		assert.Equal(t, []string{"warning MAP-WORDS-TIE column Role"}, mapIssues(d))
		question(t, d, "reporter.reporterRole")
		assert.EqualValues(t, "5", m.Map(row(cells{"Role": "Nurse"})).Event.Reporter.ReporterRole)
	}
	m := compile(t, incident("{to: reporter.reporterRole, column: Role, values: w}")+"values: {w: {match: contains, entries: {gp: 4, dr: 4}}}\n")
	assert.EqualValues(t, "4", m.Map(row(cells{"Role": "GP (Dr)"})).Event.Reporter.ReporterRole, "the same value")
}

func TestMapsHaveLimits(t *testing.T) {
	list := func(patterns ...string) string {
		return incident("{to: reporter.reporterRole, column: Role, values: w}") + "values:\n  w:\n    match: pattern\n    entries:\n      '" + strings.Join(patterns, "': 4\n      '") + "': 4\n"
	}
	var many []string
	for i := range 1001 {
		many = append(many, strings.Repeat("x", 1+i%250)+strings.Repeat("y", 1+i/250))
	}
	for name, tt := range map[string]struct{ doc, says string }{
		"a long pattern":      {list(strings.Repeat("x", 301)), "has 301 bytes"},
		"repetitions":         {list("((a{30}){30}){1,9}b{1000}c{1000}", "(abcdefghijklmnop){1000}", "(abcdefghijklmnopq){999}"), "too large"},
		"many large patterns": {list(many...), "too large"},
	} {
		m, err := mapping.ParseMap([]byte(tt.doc))
		require.NoError(t, err, name)
		_, err = mapping.New(m, newBuilder().Form())
		require.Error(t, err, name)
		assert.Contains(t, err.Error(), tt.says, name)
	}
	items := func(n int, text string) string { return strings.Repeat(text+",", n) }
	for place, doc := range map[string]string{
		"source.dates":       incident("{to: description, column: A}") + "source: {dates: [" + items(51, "2006-01-02") + "]}\n",
		"source.deny":        incident("{to: description, column: A}") + "source: {deny: [" + items(1001, "A") + "]}\n",
		"fields":             incident(strings.Repeat("{to: description, column: A}\n  - ", 2001) + "{to: description, column: A}"),
		"patients":           incident("{to: description, column: A}") + "patients: [" + items(101, "{fields: [{to: age, column: A}]}") + "]\n",
		"patients[0].fields": incident("{to: description, column: A}") + "patients: [{fields: [" + items(2001, "{to: age, column: A}") + "]}]\n",
		"skip":               incident("{to: description, column: A}") + "skip: [" + items(1001, "{when: {column: A, in: [x]}, reason: No.}") + "]\n",
	} {
		m, err := mapping.ParseMap([]byte(doc))
		require.NoError(t, err, place)
		_, err = mapping.New(m, newBuilder().Form())
		assert.ErrorContains(t, err, place+" has ", place)
		assert.ErrorContains(t, err, "MAP-SIZE", place)
	}
	m, err := mapping.ParseMap([]byte(incident(strings.Repeat("{to: nothing, column: A}\n  - ", 1500) + "{to: nothing, column: A}")))
	require.NoError(t, err)
	_, err = mapping.New(m, newBuilder().Form())
	var e *mapping.MapError
	require.ErrorAs(t, err, &e)
	assert.Len(t, e.Findings, 101)
	assert.Contains(t, e.Findings[100].Text, "1401 more findings")
	long := strings.Repeat("x", 2001)
	for place, doc := range map[string]string{
		"fields[1].ask":     incident("{to: description, ask: " + long + "}"),
		"fields[1].default": incident("{to: description, default: " + long + "}"),
		"fields[1].column":  incident("{to: description, column: " + long + "}"),
		"skip[0].reason":    incident("{to: description, column: A}") + "skip: [{when: {column: A, in: [x]}, reason: " + long + "}]\n",
		"values.w":          incident("{to: reporter.reporterRole, column: A, values: w}") + "values: {w: {entries: {" + long + ": 4}}}\n",
	} {
		m, err := mapping.ParseMap([]byte(doc))
		require.NoError(t, err, place)
		_, err = mapping.New(m, newBuilder().Form())
		assert.ErrorContains(t, err, place+" has 2001 bytes", place)
	}
	var columns []string
	for i := range 1001 {
		columns = append(columns, fmt.Sprintf("c%d", i))
	}
	_, err = mapping.New(&mapping.Map{Fields: []mapping.Field{{To: "type", Default: "incident"}, {To: "description", Columns: columns}}}, newBuilder().Form())
	assert.ErrorContains(t, err, "more than 1000 columns")
	m, err = mapping.ParseMap([]byte(incident("{to: description, column: What, values: \"\\e[31m" + strings.Repeat("x", 5000) + "\"}")))
	require.NoError(t, err)
	_, err = mapping.New(m, newBuilder().Form())
	require.Error(t, err)
	assert.Less(t, len(err.Error()), 1000, "a finding does not quote pages")
	assert.NotContains(t, err.Error(), "\x1b")
}

func TestClinicalDefaultsAreNamed(t *testing.T) {
	for _, field := range []string{"{to: physicalHarm, default: none}", "{to: genderIdentity, column: G, values: gender, default: not-known}", "{to: genderSameAsAtBirth, default: 'yes'}", "{to: age, default: 40}"} {
		warnings := compile(t, patient(field)).Warnings()
		require.Len(t, warnings, 1, field)
		assert.Equal(t, "MAP-CLINICAL-DEFAULT", warnings[0].Rule)
	}
	warnings := compile(t, incident("{to: agent.involvedAgents, default: None of the above}", "{to: classification.levelOfConcern, default: '4'}")).Warnings()
	require.Len(t, warnings, 1, "one for all")
	assert.Contains(t, warnings[0].Text, "agent.involvedAgents (line 3), classification.levelOfConcern (line 4);")
	assert.Len(t, compile(t, simple, mapping.WithValues(map[string]string{"classification.levelOfConcern": "4"})).Warnings(), 1, "as a value of every event")
}

// No map of the project, which people copy, answers a clinical question for every row.
func TestNoMapOfTheProjectHasAClinicalDefault(t *testing.T) {
	maps := 0
	require.NoError(t, filepath.WalkDir("..", func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			if err == nil && (d.Name() == "node_modules" || strings.HasPrefix(d.Name(), ".") && len(d.Name()) > 2) {
				return filepath.SkipDir
			}
			return err
		}
		if ext := filepath.Ext(path); ext != ".yaml" && ext != ".md" && ext != ".txtar" {
			return nil
		}
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		for _, doc := range mapsIn(string(text)) {
			if strings.Contains(doc, "lint refuses this map") {
				continue
			}
			m, err := mapping.ParseMap([]byte(doc))
			if err != nil {
				continue // no map, or one that is meant to be wrong
			}
			compiled, err := mapping.New(m, newBuilder().Form())
			if err != nil {
				continue
			}
			maps++
			for _, w := range compiled.Warnings() {
				assert.NotEqual(t, "MAP-CLINICAL-DEFAULT", w.Rule, "%s: %s", path, w)
			}
		}
		return nil
	}))
	assert.GreaterOrEqual(t, maps, 5)
}

// mapsIn returns the parts of a file that may be maps: the file itself, the files of a
// test script, the code of a page.
func mapsIn(text string) (docs []string) {
	docs = append(docs, text)
	for _, part := range strings.Split(text, "\n-- ") {
		if _, body, ok := strings.Cut(part, " --\n"); ok {
			docs = append(docs, body)
		}
	}
	for i, part := range strings.Split(text, "\n```") {
		if _, body, ok := strings.Cut(part, "\n"); ok && i%2 == 1 {
			docs = append(docs, body)
		}
	}
	return docs
}

// Inputs that people tripped over.
func TestRealLogs(t *testing.T) {
	folder := filepath.Join("..", "..", "shared", "realworld")
	doc, err := os.ReadFile(filepath.Join(folder, "map.yaml"))
	if err != nil {
		t.Skip("the folder of real inputs is absent")
	}
	m := compile(t, string(doc))
	for name, check := range map[string]func(*testing.T, []prepared){
		"06-bom-in-the-middle":        func(t *testing.T, d []prepared) { assert.Equal(t, "A2", d[1].Reference) },
		"10-formula-guard":            func(t *testing.T, d []prepared) { assert.Equal(t, "00123", d[0].Reference) },
		"14-duplicate-unused-columns": func(t *testing.T, d []prepared) { assert.Equal(t, "A1", d[0].Reference) },
		"19-mac-roman":                func(t *testing.T, d []prepared) { assert.True(t, hasRule(d[0].Issues, "CSV-ENCODING")) },
		"34-word-line-breaks": func(t *testing.T, d []prepared) {
			assert.Contains(t, d[0].Event.Description, "put on\nrepeat")
		},
	} {
		t.Run(name, func(t *testing.T) {
			text, err := os.ReadFile(filepath.Join(folder, name, "log.csv"))
			require.NoError(t, err)
			drafts, _ := read(t, m, string(text))
			check(t, drafts)
		})
	}
}
