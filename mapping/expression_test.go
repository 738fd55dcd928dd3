package mapping_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/mapping"
)

// computed is a map that fills the description by an expression.
func computed(expression string) string {
	return fmt.Sprintf("fields:\n  - {to: type, default: risk}\n  - to: description\n    expr: %q\n", expression)
}

func TestExpressions(t *testing.T) {
	in := cells{"What happened": "A dose was missed", "Grade": "B-2 ", "Name (full)": "x", "Empty": "", "N": "12"}
	for expression, want := range map[string]string{
		`row["What happened"] + ". Grade " + row["Grade"]`:                       "A dose was missed. Grade B-2",
		`row['Grade'] == "B-2" ? "two" : "other"`:                                "two",
		`lower(part(row["Grade"], "-", 0))`:                                      "b",
		`part(row["Grade"], "-", 7)`:                                             "",
		`part(row["Grade"], "", 1)`:                                              "",
		`part(row["Grade"], "-", -1)`:                                            "",
		`row["Empty"]`:                                                           "",
		`replace(row["What happened"], "dose", "tablet")`:                        "A tablet was missed",
		`row["Grade"] matches "^[A-C]-[0-9]$" ? "well formed" : ""`:              "well formed",
		`row["Grade"] in ["B-2", "B-3"] and not (row["N"] == "") ? "yes" : "no"`: "yes",
		`string(int(row["N"]) * 2)`:                                              "24",
		`row["What happened"][2:6]`:                                              "dose",
		`len(row["Name (full)"]) == 1 ? trimPrefix(row["Grade"], "B-") : "no"`:   "2",
	} {
		d := compile(t, computed(expression)).Map(row(in))
		assert.Equal(t, want, d.Event.Description, expression)
		assert.Equal(t, want == "", d.Event.Description == "", expression)
	}
}

// What an expression gives goes through the word list like a cell, the trace names its
// columns, and where it gives nothing the default and the question have their turn.
func TestExpressionIsASourceLikeAColumn(t *testing.T) {
	m := compile(t, `fields:
  - {to: type, expr: 'part(row["Kind"], ":", 1)', values: kinds, ask: Which kind?}
values: {kinds: {entries: {slip: incident, hazard: risk}}}
`)
	assert.Equal(t, []string{"Kind"}, m.Columns())
	d := m.Map(row(cells{"Kind": "A: Hazard"}))
	assert.EqualValues(t, "risk", d.Event.Type)
	assert.Equal(t, "column Kind", d.Trace[0].From)
	d = m.Map(row(cells{"Kind": "A: unheard of"}))
	question(t, d, "type")
	d = m.Map(row(cells{"Kind": "no colon"}))
	question(t, d, "type")
	assert.Equal(t, "Which kind?", d.Asked[0].Text)
}

// What cannot be worked out for a row is a question, or sets the row aside where it decides
// what becomes of it. No cell is quoted.
func TestExpressionThatFailsForARow(t *testing.T) {
	d := compile(t, computed(`string(int(row["N"]))`)).Map(row(cells{"N": "9990000018x"}))
	question(t, d, "description")
	assert.NotContains(t, fmt.Sprint(d.Found, d.Asked), "9990000018")
	m := compile(t, `fields: [{to: type, default: risk}]
skip: [{when: {expr: 'int(row["N"]) > 3'}, reason: many}]
`)
	d = m.Map(row(cells{"N": "4"}))
	assert.Equal(t, draft.NotForLFPSE, d.State)
	d = m.Map(row(cells{"N": "3"}))
	assert.NotEqual(t, draft.NotForLFPSE, d.State)
	d = m.Map(row(cells{"N": "a few"}))
	assert.Contains(t, fmt.Sprint(d.Found), "MAP-EXPRESSION-ROW")
	assert.True(t, d.Found.HasErrors())
}

func TestExpressionsAsConditions(t *testing.T) {
	m := compile(t, `fields:
  - {to: type, default: risk}
  - {to: description, column: A, when: {expr: 'row["A"] != "" and row["B"] == ""'}}
`)
	assert.Equal(t, "x", m.Map(row(cells{"A": "x"})).Event.Description)
	assert.Empty(t, m.Map(row(cells{"A": "x", "B": "y"})).Event.Description)
}

// Each mistake is found when the map is read, with its line and column in the file.
func TestMistakesInExpressions(t *testing.T) {
	head := "fields:\n  - {to: type, default: risk}\n  - to: description\n    expr: "
	for expression, want := range map[string]string{
		`'row["A"] +'`:                            "MAP-EXPRESSION at column 21 of line 4: fields[1].expr: unexpected token EOF",
		`'row["A"] == "x"'`:                       "MAP-EXPRESSION at column 12 of line 4: fields[1].expr: expected string, but got bool",
		`'upper(row["A"]) + lowr("")'`:            `MAP-EXPRESSION at column 30 of line 4: fields[1].expr: there is no function "lowr"; there is int, len, lower`,
		`'row["A"] + A'`:                          `column 23 of line 4: fields[1].expr: "A" is not known here; a cell is written as row["name of the column"]`,
		`'row.A'`:                                 `a cell is written as row["name of the column"]`,
		`'row[row["A"]]'`:                         `a cell is written as row["name of the column"]`,
		`'"the same"'`:                            "reads no cell",
		`'let a = row["A"]; a + a'`:               "cannot have this",
		`'row["A"] matches row["B"]'`:             "after matches stands a pattern in quotes",
		`'row["A"] matches "("'`:                  "MAP-EXPRESSION",
		`'string(1..9) + row["A"]'`:               "no operator ..",
		`'string(now()) + row["A"]'`:              `no function "now"`,
		`'repeat(row["A"], 9)'`:                   `no function "repeat"`,
		`'toJSON($env) + row["A"]'`:               `no function "toJSON"`,
		`'string(map([1], #)) + row["A"]'`:        `no function "map"`,
		`'len(row["A"])'`:                         "expected string, but got int",
		`'replace(row["A"], 1, 2)'`:               "MAP-EXPRESSION",
		`'row["A"] + 1'`:                          "MAP-EXPRESSION",
		"|\n      row[\"A\"] +\n      lowr(\"\")": "MAP-EXPRESSION at column 7 of line 6",
	} {
		_, err := mapping.ParseMap([]byte(head + expression + "\n"))
		require.NoError(t, err)
		assert.ErrorContains(t, compileError(t, head+expression+"\n"), want, expression)
	}
	for text, want := range map[string]string{
		"fields: [{to: type, default: risk}, {to: description, column: A, expr: 'row[\"A\"]'}]\n":                                                   "more than one of column, columns and expr",
		"fields: [{to: type, default: risk}]\npatients: [{when: {expr: 'row[\"A\"] == \"1\"'}, fields: []}]\n":                                      "the condition of a patient tests one column",
		"fields: [{to: type, default: risk}, {to: description, column: A, when: {column: A, expr: 'row[\"A\"] == \"\"'}}]\n":                        "takes no column and no other test",
		"fields: [{to: type, default: incident}, {to: patients, expr: 'row[\"A\"]'}]\n":                                                             "a person says it",
		"fields: [{to: type, default: incident}]\npatients: [{fields: [{to: physicalHarm, expr: 'row[\"A\"] == \"\" ? \"none\" : row[\"A\"]'}]}]\n": "a person says it",
		"fields: [{to: type, default: incident}]\npatients: [{fields: [{to: birthDate, expr: 'row[\"A\"]'}]}]\n":                                    "a person says it",
	} {
		assert.ErrorContains(t, compileError(t, text), want, text)
	}
}

// compileError is the error of compiling a map.
func compileError(t *testing.T, text string) error {
	m, err := mapping.ParseMap([]byte(text))
	require.NoError(t, err)
	_, err = mapping.New(m, newBuilder().Form())
	return err
}

// An included map whose columns get other names has them in its expressions too.
func TestExpressionsFollowRenamedColumns(t *testing.T) {
	m, err := mapping.LoadMap(folder(map[string]string{
		"base.yaml": "fields: [{to: type, default: risk}, {to: description, expr: 'row[\"What\"] + \" (\" + row[\"Gräde\"] + row[\"What\"] + \")\"', when: {expr: 'row[\"Gräde\"] != \"\"'}}]\n",
		"map.yaml":  "include: base.yaml\ncolumns: {What: What \"it\" was, Gräde: G}\n",
	}), "map.yaml")
	require.NoError(t, err)
	mapper, err := mapping.New(m, newBuilder().Form())
	require.NoError(t, err)
	assert.ElementsMatch(t, []string{`What "it" was`, "G"}, mapper.Columns())
	assert.Equal(t, "a (ba)", mapper.Map(row(cells{`What "it" was`: "a", "G": "b"})).Event.Description)
}

// Hostile expressions end in an error, or in the time and memory of the cells they read.
func TestHostileExpressions(t *testing.T) {
	x := `row["X"]`
	growing := x
	for range 4 {
		growing = fmt.Sprintf(`replace(%s, "a", %q)`, growing, strings.Repeat("a", 100))
	}
	hostile := []string{
		growing,
		strings.Repeat("(", 900) + x + strings.Repeat(")", 90),
		strings.Repeat("!", 980) + x,
		strings.Repeat("-", 980) + "1",
		x + strings.Repeat("+"+x, 100),
		strings.Repeat(x+"?"+x+":", 50) + x,
		x + ` matches "(((((a{30}){30}){30}){30}){30})"`,
		x + ` matches "^(a+)+$" ? "y" : "n"`,
		`string(1..1000000000) + ` + x,
		`string(2 ** 1000000) + ` + x,
		`string(int(` + x + `) % 0)`,
		`string([` + strings.Repeat("1,", 450) + `1]) + ` + x,
		`"` + strings.Repeat("a", 2_000) + `" + ` + x,
		x + "[9223372036854775807:]", x + "[-1:]", `part(` + x + `, "a", 9223372036854775807)`,
		"\x00", "#", "{", `"`, "'", "`", "/*", "$env", "row", "row[", `row["X"]?.y`, `row["X"]()`, `row()`, `trim()`, `replace()`, `len(1)`, ``,
	}
	cell := strings.Repeat("a", 1<<20)
	var before, after runtime.MemStats
	for _, expression := range hostile {
		runtime.ReadMemStats(&before)
		begin := time.Now()
		m, err := mapping.ParseMap([]byte(computed(expression)))
		if err == nil {
			var mapper *mapping.Mapper
			if mapper, err = mapping.New(m, newBuilder().Form()); err == nil {
				d := mapper.Map(row(cells{"X": cell}))
				assert.LessOrEqual(t, len(d.Event.Description), len(cell))
			}
		}
		runtime.ReadMemStats(&after)
		name := expression[:min(len(expression), 40)]
		assert.Less(t, time.Since(begin), 5*time.Second, name)
		assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(200<<20), name)
	}
}

func FuzzExpression(f *testing.F) {
	for _, s := range []string{`row["A"]`, `lower(row["A"]) + "x"`, `row["A"] in ["a"] ? "b" : part(row["B"], ",", 2)`, `row["A"][1:2]`, `let a = 1; a`} {
		f.Add(s, "a,b")
	}
	form := newBuilder().Form()
	f.Fuzz(func(t *testing.T, source, cell string) {
		m := &mapping.Map{Fields: []mapping.Field{{To: "type", Default: "risk"}, {To: "description", Expr: source}}}
		mapper, err := mapping.New(m, form)
		if err != nil {
			return
		}
		_ = mapper.Map(row(cells{"A": cell, "B": cell}))
	})
}
