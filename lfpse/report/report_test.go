package report_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/report"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
	"github.com/gpsafety/lfpse-go/lfpse/validate"
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

func TestOperationOutcome(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, report.OperationOutcome(&b, records()))
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

func TestSARIF(t *testing.T) {
	var b bytes.Buffer
	rules := []validate.Rule{{ID: "FHIR-FORMAT", Title: "Formats.", Why: "Because.", Fix: "So."}}
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
	age, yes := 18600, true
	e := lfpse.Event{Type: lfpse.TypeIncident, Description: "SECRET narrative", Date: "2026-01-15",
		Patients:          []lfpse.Patient{{AgeAtTimeOfIncidentDays: &age, PhysicalHarm: lfpse.PhysicalLow}, {PhysicalHarm: lfpse.PhysicalNone}},
		ReferenceMetadata: lfpse.ReferenceMetadata{DataSharingOptOut: &yes}}
	a, _ := c.Encode(&e)
	r := records()[0]
	var b bytes.Buffer
	require.NoError(t, report.Explain(&b, c, &r, a))
	for _, want := range []string{"an incident", "on 2026-01-15", "2 patients", "Low physical harm", "50 years", "(16 characters of text)", "yes", "Must be put right", "Not a date. Write <a date>.", "Worth knowing"} {
		assert.Contains(t, b.String(), want)
	}
	assert.NotContains(t, b.String(), "SECRET")
	b.Reset()
	sound := records()[1]
	require.NoError(t, report.Explain(&b, c, &sound, nil))
	assert.Contains(t, b.String(), "cannot be read")
}
