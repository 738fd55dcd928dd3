package report_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/check"
	"github.com/gpsafety/lfpse-go/lfpse/printable"
	"github.com/gpsafety/lfpse-go/lfpse/report"
	"github.com/gpsafety/lfpse-go/lfpse/rule"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

const doc = `{"resourceType":"AdverseEvent",
 "date":"2026-13-01",	"id":"é"}`

func records() []report.Record {
	return []report.Record{
		report.NewRecord("a.json", 3, []byte(doc), fhir.Issues{
			{Severity: fhir.Error, Rule: "FHIR-FORMAT", Path: "AdverseEvent.date", Offset: -1, Text: "Not a date.", Fix: "Write <a date>."},
			{Severity: fhir.Warning, Rule: "LFPSE-DATE", Path: "AdverseEvent.id", Offset: -1, Text: "Odd."},
			{Severity: fhir.Information, Rule: "X-NEW", Path: "AdverseEvent", Offset: -1, Text: "By the way."},
		}),
		report.NewRecord("b.json", 1, []byte(`{}`), nil),
	}
}

func rules(t *testing.T) rule.Catalogue {
	t.Helper()
	tax, err := taxonomy.Embedded("6")
	require.NoError(t, err)
	c, err := lfpse.NewCodec(tax)
	require.NoError(t, err)
	k, err := check.New(c)
	require.NoError(t, err)
	return k.Rules()
}

func TestText(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, report.Text(&b, records(), fhir.Warning, true))
	assert.Equal(t, `a.json:4:2: error FHIR-FORMAT at AdverseEvent.date: Not a date. Write <a date>.
     "date":"2026-13-01", "id":"é"}
     ^
a.json:4:23: warning LFPSE-DATE at AdverseEvent.id: Odd.
     "date":"2026-13-01", "id":"é"}
                          ^
`, b.String())
	b.Reset()
	require.NoError(t, report.Text(&b, records(), fhir.Information, false))
	assert.Contains(t, b.String(), "a.json:3:1: information X-NEW")
	assert.NotContains(t, b.String(), "2026", "nothing of the record without a caret")
}

// The place of every offset, whatever others are asked for in whatever order, is
// what counting from the start of the text gives.
func TestPlacesAreThoseOfCounting(t *testing.T) {
	text := []byte("{\"é\":1,\n\r\n\"漢💊\":\"\xff\xe2\x82\xff\", \n}")
	var issues fhir.Issues
	for offset := len(text) + 1; offset >= 0; offset-- {
		issues = append(issues, fhir.Issue{Rule: "R", Path: "X", Offset: offset, Text: "T."})
	}
	r := report.NewRecord("x", 5, text, issues)
	assert.Equal(t, issues, r.Issues, "in their order")
	var b bytes.Buffer
	require.NoError(t, report.Text(&b, []report.Record{r}, fhir.Information, false))
	lines := strings.Split(b.String(), "\n")
	for i, issue := range issues {
		line, column := 5, 1
		if issue.Offset <= len(text) {
			before := text[:issue.Offset]
			line += bytes.Count(before, []byte{'\n'})
			column += utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:])
		}
		assert.Equal(t, fmt.Sprintf("x:%d:%d: information R at X: T.", line, column), lines[i], "offset %d", issue.Offset)
	}
}

// A thousand findings of a long record, on one line, are placed in one go: to look
// for each by itself would take minutes.
func TestManyPlacesAreFoundAtOnce(t *testing.T) {
	const n = 1000
	text := []byte(`{"a":[` + strings.Repeat(`{"b":"`+strings.Repeat("x", 5000)+`"},`, n) + `{"c":1}]}`)
	issues := make(fhir.Issues, n)
	for i := range issues {
		issues[i] = fhir.Issue{Rule: "R", Path: fmt.Sprintf("X.a[%d].b", i), Offset: -1, Text: "T."}
	}
	r := report.NewRecord("x", 1, text, issues)
	require.NoError(t, report.Text(io.Discard, []report.Record{r}, fhir.Information, true))
	for i := range r.Issues {
		require.Equal(t, len(`{"a":[{`)+i*(len(`{"b":""},`)+5000), r.Issues[i].Offset)
	}
}

func TestTextCutsLongLinesAndHidesControls(t *testing.T) {
	long := []byte(`{"a":"` + strings.Repeat("x", 300) + "\u202e\x7f" + `","b":1}`)
	r := report.NewRecord("l", 1, long, fhir.Issues{{Rule: "R", Path: "X.b", Offset: -1, Text: "T."}})
	var b bytes.Buffer
	require.NoError(t, report.Text(&b, []report.Record{r}, fhir.Information, true))
	lines := strings.Split(b.String(), "\n")
	require.Len(t, lines, 4)
	assert.Less(t, len(lines[1]), 150)
	assert.NotContains(t, b.String(), "\x7f")
	assert.NotContains(t, b.String(), "\u202e")
	caret := strings.IndexByte(lines[2], '^')
	assert.Equal(t, `"b"`, string([]rune(lines[1])[caret:caret+3]))
}

func TestTheCaretStandsBelowThePlaceInATerminal(t *testing.T) {
	for name, c := range map[string]struct {
		line, shown string
		cells       int // of a terminal before the caret, counted by hand
	}{
		"wide characters":      {`{"a":"漢字","b":1}`, `{"a":"漢字","b":1}`, 12},
		"an emoji":             {`{"a":"💊","b":1}`, `{"a":"💊","b":1}`, 10},
		"a combining accent":   {"{\"a\":\"e\u0301\",\"b\":1}", "{\"a\":\"e\u0301\",\"b\":1}", 9},
		"tabs":                 {"{\t\"a\":2,\t\"b\":1}", `{ "a":2, "b":1}`, 9},
		"line ends of Windows": {"{\r\n\"b\":1\r\n}", `"b":1`, 0},
		"what turns text":      {"{\"a\":\"\u2066\u061c\ufeff\",\"b\":1}", `{"a":"···","b":1}`, 11},
	} {
		t.Run(name, func(t *testing.T) {
			r := report.NewRecord("l", 1, []byte(c.line), fhir.Issues{{Rule: "R", Path: "X.b", Offset: -1, Text: "T."}})
			var b bytes.Buffer
			require.NoError(t, report.Text(&b, []report.Record{r}, fhir.Information, true))
			_, marked, _ := strings.Cut(b.String(), "\n")
			assert.Equal(t, "    "+c.shown+"\n    "+strings.Repeat(" ", c.cells)+"^\n", marked)
		})
	}
}

func TestPlacesAreKnownWithoutTheText(t *testing.T) {
	rs := records()
	for i := range rs {
		rs[i].Text = nil
	}
	for name, write := range map[string]func(*bytes.Buffer) error{
		"text":  func(b *bytes.Buffer) error { return report.Text(b, rs, fhir.Warning, true) },
		"json":  func(b *bytes.Buffer) error { return report.JSON(b, rs) },
		"sarif": func(b *bytes.Buffer) error { return report.SARIF(b, rs, nil) },
		"junit": func(b *bytes.Buffer) error { return report.JUnit(b, rs) },
	} {
		var b bytes.Buffer
		require.NoError(t, write(&b), name)
		assert.Regexp(t, `4:23|"line":4,"column":23|"startColumn": 23,\s+"startLine": 4`, b.String(), name)
		assert.NotContains(t, b.String(), "2026", name)
	}
	byHand := []report.Record{{Source: "x", Issues: fhir.Issues{{Rule: "R", Path: "X", Offset: 7, Text: "T."}}}}
	var b bytes.Buffer
	require.NoError(t, report.Text(&b, byHand, fhir.Information, true))
	assert.Equal(t, "x:1:1: information R at X: T.\n", b.String())
}

func TestOperationOutcome(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, report.OperationOutcome(&b, records(), rules(t)))
	lines := strings.Split(strings.TrimSpace(b.String()), "\n")
	require.Len(t, lines, 2)
	o, err := fhir.DecodeOperationOutcome([]byte(lines[0]))
	require.NoError(t, err)
	require.Len(t, o.Issue, 3)
	assert.Equal(t, "error", o.Issue[0].Severity)
	assert.Equal(t, "value", o.Issue[0].Code)
	assert.Equal(t, "FHIR-FORMAT", o.Issue[0].DetailsCodings[0].Code)
	assert.Equal(t, []string{"AdverseEvent.date"}, o.Issue[0].Expression)
	assert.Equal(t, "business-rule", o.Issue[1].Code)
	ok, err := fhir.DecodeOperationOutcome([]byte(lines[1]))
	require.NoError(t, err)
	assert.False(t, ok.HasErrors())
}

// What a rule is about, in the words of FHIR R4: http://hl7.org/fhir/R4/valueset-issue-type.html.
func TestOperationOutcomeIssueTypes(t *testing.T) {
	catalogue := rules(t)
	for id, want := range map[string]string{
		"JSON-SYNTAX": "structure", "JSON-SIZE": "too-long", "JSON-TOO-MANY-ISSUES": "incomplete", "CHECK-TOO-MANY": "incomplete",
		"FHIR-REQUIRED": "required", "FHIR-CODE": "code-invalid", "FHIR-INTEGER": "value", "FHIR-DOM-3": "invariant", "FHIR-EXT-1": "invariant",
		"FHIR-UNKNOWN-ELEMENT": "structure", "PROFILE-GROUP-MIN": "required", "PROFILE-GROUP-MAX": "extension", "PROFILE-CODE-OPEN": "code-invalid",
		"PROFILE-MODIFIER": "structure", "PROFILE-ELEMENT": "structure", "CSV-CELL-COUNT": "structure", "MAP-ASK": "business-rule", "SBX-UNKNOWN": "business-rule",
		"LFPSE-AGE-GRID": "business-rule", "QUALITY-AGE-OLD": "business-rule",
		"PRIVACY-NHS-NUMBER": "business-rule", // security is about who may do what
	} {
		var b bytes.Buffer
		r := report.NewRecord("x", 1, nil, fhir.Issues{{Severity: fhir.Error, Rule: id, Path: "AdverseEvent", Offset: -1, Text: "T."}})
		require.NoError(t, report.OperationOutcome(&b, []report.Record{r}, catalogue))
		o, err := fhir.DecodeOperationOutcome(b.Bytes())
		require.NoError(t, err)
		assert.Equal(t, want, o.Issue[0].Code, id)
	}
}

func TestSARIF(t *testing.T) {
	var b bytes.Buffer
	rules := []rule.Rule{{ID: "FHIR-FORMAT", Title: "Formats.", Why: "Because.", Fix: "So."}}
	require.NoError(t, report.SARIF(&b, records(), rules))
	var log struct {
		Version string
		Runs    []struct {
			Tool struct {
				Driver struct{ Rules []struct{ ID string } }
			}
			Results []struct {
				RuleID    string
				RuleIndex int
				Level     string
				Locations []struct {
					PhysicalLocation struct {
						ArtifactLocation struct{ URI string }
						Region           struct{ StartLine, StartColumn int }
					}
				}
			}
		}
	}
	require.NoError(t, json.Unmarshal(b.Bytes(), &log))
	assert.Equal(t, "2.1.0", log.Version)
	require.Len(t, log.Runs[0].Results, 3)
	for _, r := range log.Runs[0].Results {
		assert.Equal(t, r.RuleID, log.Runs[0].Tool.Driver.Rules[r.RuleIndex].ID)
	}
	first := log.Runs[0].Results[0]
	assert.Equal(t, "error", first.Level)
	assert.Equal(t, "a.json", first.Locations[0].PhysicalLocation.ArtifactLocation.URI)
	assert.Equal(t, 4, first.Locations[0].PhysicalLocation.Region.StartLine)
	assert.Equal(t, "note", log.Runs[0].Results[2].Level)
}

func TestSARIFSourcesAreURIs(t *testing.T) {
	abs, err := filepath.Abs("a b.json")
	require.NoError(t, err)
	for source, want := range map[string]string{
		"out/a.json": `"uri": "out/a.json"`, "./my log#1.json": `"uri": "my%20log%231.json"`, "c:x.json": `"uri": "./c:x.json"`,
		"standard input": `"uri": "standard%20input"`, abs: `"uri": "file:///`,
	} {
		var b bytes.Buffer
		r := report.NewRecord(source, 1, []byte(`{}`), fhir.Issues{{Rule: "R", Path: "X", Offset: 0, Text: "T."}})
		require.NoError(t, report.SARIF(&b, []report.Record{r}, nil))
		assert.Contains(t, b.String(), want)
		assert.Contains(t, b.String(), `"columnKind": "unicodeCodePoints"`)
	}
}

// Build servers keep one of the cases of a name.
func TestJUnitNamesAreUnique(t *testing.T) {
	one := report.NewRecord("bundle.json", 1, nil, fhir.Issues{{Severity: fhir.Error, Rule: "R", Path: "X", Offset: -1, Text: "\x01T."}})
	var b bytes.Buffer
	require.NoError(t, report.JUnit(&b, []report.Record{one, one, one}))
	for _, want := range []string{`name="bundle.json:1"`, `name="bundle.json:1 (2)"`, `name="bundle.json:1 (3)"`, `failures="3"`, `message="1 error"`} {
		assert.Contains(t, b.String(), want)
	}
	require.NoError(t, xml.Unmarshal(b.Bytes(), new(struct{})), "no character that XML does not have")
}

func TestJUnit(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, report.JUnit(&b, records()))
	var suite struct {
		Tests    int `xml:"tests,attr"`
		Failures int `xml:"failures,attr"`
		Cases    []struct {
			Name    string `xml:"name,attr"`
			Failure *struct {
				Type string `xml:"type,attr"`
				Text string `xml:",chardata"`
			} `xml:"failure"`
			Out string `xml:"system-out"`
		} `xml:"testcase"`
	}
	require.NoError(t, xml.Unmarshal(b.Bytes(), &suite))
	assert.Equal(t, 2, suite.Tests)
	assert.Equal(t, 1, suite.Failures)
	assert.Equal(t, "FHIR-FORMAT", suite.Cases[0].Failure.Type)
	assert.Contains(t, suite.Cases[0].Out, "LFPSE-DATE")
	assert.Nil(t, suite.Cases[1].Failure)
}

func TestExplain(t *testing.T) {
	tax, err := taxonomy.Embedded("6")
	require.NoError(t, err)
	c, err := lfpse.NewCodec(tax)
	require.NoError(t, err)
	yes := true
	e := lfpse.Event{Type: lfpse.TypeIncident, Description: "SECRET narrative", Date: "2026-01-15",
		Patients:          []lfpse.Patient{{Age: lfpse.Age{Value: 50, Unit: lfpse.Years}, PhysicalHarm: lfpse.PhysicalLow}, {PhysicalHarm: lfpse.PhysicalNone}},
		ReferenceMetadata: lfpse.ReferenceMetadata{DataSharingOptOut: &yes}}
	a, _ := c.Encode(&e)
	r := records()[0]
	var b bytes.Buffer
	require.NoError(t, report.Explain(&b, c, &r, a))
	for _, want := range []string{"an incident", "on 2026-01-15", "2 patients", "Low physical harm", "50 years", "(16 characters of text)", "Yes", "Must be put right", "Not a date. Write <a date>.", "Worth knowing"} {
		assert.Contains(t, b.String(), want)
	}
	assert.NotContains(t, b.String(), "SECRET")
	b.Reset()
	e.Classification.LevelOfConcern = "SECRET-code"
	a, _ = c.Encode(&e)
	require.NoError(t, report.Explain(&b, c, &r, a))
	assert.Contains(t, b.String(), "(a code that is not in the list)")
	assert.NotContains(t, b.String(), "SECRET")
	b.Reset()
	e.Patients[0].Age = lfpse.Age{Value: 18262, Unit: lfpse.RawAge}
	a, _ = c.Encode(&e)
	require.NoError(t, report.Explain(&b, c, &r, a))
	assert.Contains(t, b.String(), "18262 (not an age in the national encoding)")
	b.Reset()
	sound := records()[1]
	require.NoError(t, report.Explain(&b, c, &sound, nil))
	assert.Contains(t, b.String(), "cannot be read")
}

// Whatever stands at a place, the caret stands on a line of its own, and nothing
// that steers a terminal gets out.
func FuzzText(f *testing.F) {
	f.Add([]byte(doc), 20)
	f.Add([]byte("\xff\r\n\t\u202e漢"), 3)
	f.Add([]byte(nil), 0)
	f.Fuzz(func(t *testing.T, text []byte, offset int) {
		r := report.NewRecord("x", 1, text, fhir.Issues{{Rule: "R", Path: "X.a[0].b", Offset: offset, Text: "T."}})
		var b bytes.Buffer
		require.NoError(t, report.Text(&b, []report.Record{r}, fhir.Information, true))
		lines := strings.Split(b.String(), "\n")
		if len(lines) == 4 {
			assert.Equal(t, "^", strings.TrimSpace(lines[2]))
		} else {
			require.Len(t, lines, 2, "a place outside the text has no caret")
		}
		for _, c := range strings.ReplaceAll(b.String(), "\n", "") {
			require.True(t, printable.Rune(c), "%U", c)
		}
	})
}
