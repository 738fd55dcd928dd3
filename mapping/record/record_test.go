package record_test

import (
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/conformance/measure/sourcetest"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/submission"
	"github.com/gpsafety/lfpse-go/mapping/csvlog"
	"github.com/gpsafety/lfpse-go/mapping/record"
	"github.com/gpsafety/lfpse-go/mapping/trigger"
)

// texts are documents, each on a line of its own.
func texts(all ...string) iter.Seq2[record.Document, error] {
	return func(yield func(record.Document, error) bool) {
		for i, text := range all {
			if !yield(record.Document{Line: i + 1, Text: []byte(text)}, nil) {
				return
			}
		}
	}
}

func files(t *testing.T, pattern string) iter.Seq2[record.Document, error] {
	names, err := filepath.Glob(pattern)
	require.NoError(t, err)
	require.NotEmpty(t, names)
	return func(yield func(record.Document, error) bool) {
		for _, name := range names {
			data, err := os.ReadFile(name)
			if !yield(record.Document{Line: 1, Text: data}, err) {
				return
			}
		}
	}
}

func Example() {
	log := record.Open(texts(`{"resourceType": "DetectedIssue", "id": "d1", "status": "final", "detail": "A result was filed under another patient."}`), trigger.Builtin())
	for row, err := range log.Rows() {
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Println(row.Cell(0), "-", row.Cell(6))
	}
	// Output: DetectedIssue/d1 - Problem with a treatment noticed by a system or a person
}

// Each resource of the fixture is a draft, broken, left out for a reason, or context.
func TestRecords(t *testing.T) {
	log := record.Open(files(t, "testdata/[0-9]-*"), trigger.Builtin())
	all := sourcetest.Table(t, "record", log)
	assert.Equal(t, map[string]int{
		"the entry describes the patient or the care, not an event": 5, "nothing in the entry is a trigger": 3, "the entry was entered in error": 2, "the entry was refuted": 1, "the entry is confidential": 1,
	}, log.Skipped())
	find := func(reference string) *submission.Prepared {
		for i := range all {
			if all[i].Reference == reference {
				return &all[i]
			}
		}
		require.Fail(t, "no draft", reference)
		return nil
	}
	assert.EqualValues(t, "incident", find("AdverseEvent/a1").Event.Type, "what is actual happened")
	assert.Empty(t, find("AdverseEvent/a2").Event.Type, "what is potential may be a near miss or a risk")
	assert.Equal(t, "2026-03", find("AdverseEvent/a2").Event.EstimatedDate.ApproximateDate)
	assert.Empty(t, find("Condition/c1").Event.Date, "a year is no day")
	assert.Equal(t, draft.Blocked, find("DetectedIssue/d1").State, "the patient's name stands in the text")
	assert.Equal(t, "A99999", string(find("AdverseEvent/a1").Event.Reporter.ReporterOrganisation))
	assert.Contains(t, sourcetest.Targets(find("AllergyIntolerance/l1")), "type", "a reaction is no proof of an event")
}

// A trigger is found however its code system is written, and on the day that it was in
// England. What may say its opposite is left out.
func TestSpellings(t *testing.T) {
	observation := func(system, more string) string {
		return `{"resourceType":"Observation","id":"o","status":"final","code":{"coding":[{"system":"` + system + `","code":"398240004"}]}` + more + `}`
	}
	for text, day := range map[string]string{
		observation("http://snomed.info/sct", `,"effectiveDateTime":"2025-06-30T23:00:00Z"`):                    "2025-07-01",
		observation("http://snomed.info/sct", `,"effectiveDateTime":"2025-12-31T23:59:59.5Z"`):                  "2025-12-31",
		observation("https://snomed.info/sct", `,"effectiveDateTime":"2025-07-01T00:30:00+01:00"`):              "2025-07-01",
		observation("http://snomed.info/sct/", `,"effectiveInstant":"2025-07-01T00:30:00+01:00"`):               "2025-07-01",
		observation("http://snomed.info/sct/83821000000107/version/20250401", `,"effectiveDateTime":"2025-07"`): "2025-07",
		observation("urn:oid:2.16.840.1.113883.6.96", `,"effectiveDateTime":"2025"`):                            "",
	} {
		n := 0
		for row, err := range record.Open(texts(text), trigger.Builtin()).Rows() {
			require.NoError(t, err)
			assert.Equal(t, day, row.Cell(2), text)
			n++
		}
		assert.Equal(t, 1, n, text)
	}
	log := record.Open(texts(observation("http://snomed.info/sct", `,"modifierExtension":[{"url":"https://ehr.example/did-not-happen","valueBoolean":true}]`)), trigger.Builtin())
	for range log.Rows() {
		assert.Fail(t, "no draft")
	}
	assert.Len(t, log.Skipped(), 1)
}

// A concept may be coded in several lists, and any of them counts. A response to a form is no
// entry that describes the patient.
func TestSeveralCodings(t *testing.T) {
	const local = `{"system":"https://ehr.example/status","code":"7"},`
	log := record.Open(texts(
		`{"resourceType":"Condition","id":"c","verificationStatus":{"coding":[`+local+`{"code":"refuted"}]},"code":{"coding":[{"system":"http://snomed.info/sct","code":"398240004"}]}}`,
		`{"resourceType":"Flag","id":"f","status":"active","category":[{"coding":[`+local+`{"code":"safety"}]}]}`,
		`{"resourceType":"QuestionnaireResponse","status":"completed"}`,
	), trigger.Builtin())
	var names []string
	for row, err := range log.Rows() {
		require.NoError(t, err)
		names = append(names, row.Cell(0))
	}
	assert.Equal(t, []string{"Flag/f"}, names)
	assert.Equal(t, map[string]int{"the entry was refuted": 1, "it is a response to a form; one to the form of the record is read by itself, without a map": 1}, log.Skipped())
}

// What is left out is counted by a list of triggers that the practice has made its own.
func TestOwnTriggers(t *testing.T) {
	own, err := trigger.Read(strings.NewReader("system,code,term,evidence\nfhir,Task.status=completed,Task done,ours\nfhir,Task.intent,Task,ours\n"))
	require.NoError(t, err)
	log := record.Open(texts(`{"resourceType":"Task","id":"t1","status":"completed"}`, `{"resourceType":"Task","id":"t2","status":"failed","intent":"order"}`, `{"resourceType":"Task","id":"t3","status":"failed"}`, `{"resourceType":"AdverseEvent","id":"a1"}`), own)
	var got []string
	for row, err := range log.Rows() {
		require.NoError(t, err)
		got = append(got, row.Cell(0)+" "+row.Cell(6))
	}
	assert.Equal(t, []string{"Task/t1 Task done", "Task/t2 Task"}, got)
	assert.Equal(t, map[string]int{"nothing in the entry is a trigger": 2}, log.Skipped())
}

// A confidential patient has no drafts, and a rounded id is named.
func TestPatientIsConfidential(t *testing.T) {
	const restricted = `{"meta":{"security":[{"system":"http://hl7.org/fhir/v3/Confidentiality","code":"V"}]},"resourceType":"Patient","id":"p"}`
	log := record.Open(texts(`{"resourceType":"Bundle","type":"collection","entry":[{"resource":`+restricted+`},{"resource":{"resourceType":"AdverseEvent","id":"a1"}}]}`,
		`{"resourceType":"Observation","id":"o1","code":{"coding":[{"system":"http://snomed.info/sct","code":"1012851000006100"}]}}`), trigger.Builtin())
	n := 0
	for row, err := range log.Rows() {
		require.NoError(t, err)
		assert.Equal(t, "Observation/o1", row.Cell(0))
		n++
	}
	assert.Equal(t, 1, n)
	assert.Equal(t, map[string]int{"the entry describes the patient or the care, not an event": 1, "the patient is confidential": 1}, log.Skipped())
	assert.Contains(t, log.Warnings()[0].Text, "look rounded by a spreadsheet: 1")
}

// Where a document cannot be used, the reason names no value of it.
func TestBrokenDocuments(t *testing.T) {
	for text, want := range map[string]string{
		``:                          "BUNDLE-EMPTY",
		`{"resourceType":"Bundle"}`: "CONTEXT-NO-RECORD",
		`<!DOCTYPE x [<!ENTITY e "9990000018">]><Patient xmlns="http://hl7.org/fhir"/>`: "XML-",
		`{"specversion":"1.0","id":"1","source":"s","type":"t","subject":"9990000018"}`: "ENVELOPE-BARE",
		`{"specversion":"1.0","id":"1","source":"s","type":"t","data_base64":"%"}`:      "ENVELOPE-FORM",
	} {
		n := 0
		for _, err := range record.Open(texts(text), trigger.Builtin()).Rows() {
			var broken *csvlog.RowError
			require.ErrorAs(t, err, &broken, text)
			assert.Contains(t, broken.Rule, want, text)
			assert.NotContains(t, err.Error(), "9990000018")
			n++
		}
		assert.Equal(t, 1, n, text)
	}
}

// Every document that is at hand is accounted for, and no patient's number leaves it.
func TestPublishedRecords(t *testing.T) {
	const samples = "../../../shared/gp/samples"
	if _, err := os.Stat(samples); err != nil {
		t.Skip("the published records are not at hand")
	}
	number := regexp.MustCompile(`\b\d{10}\b`)
	rows := 0
	for _, pattern := range []string{"*/*.json", "*/*.xml"} {
		for doc, err := range files(t, filepath.Join(samples, pattern)) {
			require.NoError(t, err)
			log, here := record.Open(func(yield func(record.Document, error) bool) { yield(doc, nil) }, trigger.Builtin()), 0
			for row, err := range log.Rows() {
				here++
				if err != nil {
					assert.NotRegexp(t, number, err.Error())
					continue
				}
				rows++
				for i, column := range log.Columns() {
					if column != "What happened" && column != "Note" {
						assert.NotRegexp(t, number, row.Cell(i), column)
					}
				}
			}
			for _, n := range log.Skipped() {
				here += n
			}
			assert.Positive(t, here, "a document that nobody would miss")
		}
	}
	assert.Positive(t, rows)
}

// A patient is confidential wherever the record has them.
func TestAConfidentialPatientAnywhere(t *testing.T) {
	const (
		patient = `{"resourceType":"Patient","id":"p","meta":{"security":[{"system":"http://terminology.hl7.org/CodeSystem/v3-Confidentiality","code":"V"}]}}`
		issue   = `"resourceType":"DetectedIssue","id":"d1","status":"final","detail":"A result."`
		inner   = `{"resourceType":"Bundle","type":"searchset","entry":[{"resource":` + patient + `},{"resource":{` + issue + `}}]}`
	)
	for name, doc := range map[string]string{
		"beside":    inner,
		"nested":    `{"resourceType":"Bundle","type":"batch-response","entry":[{"resource":` + inner + `}]}`,
		"contained": `{` + issue + `,"contained":[` + patient + `]}`,
	} {
		log := record.Open(texts(doc), trigger.Builtin())
		for _, err := range log.Rows() {
			assert.Error(t, err, name)
		}
	}
}

// What a confidential record or resource holds has no drafts, and is counted.
func TestConfidentialByALabelAbove(t *testing.T) {
	const (
		label = `"meta":{"security":[{"system":"http://terminology.hl7.org/CodeSystem/v3-Confidentiality","code":"R"}]}`
		issue = `{"resourceType":"DetectedIssue","id":"d1","status":"final","detail":"A result."}`
	)
	for doc, want := range map[string]string{
		`{"resourceType":"Bundle","type":"collection",` + label + `,"entry":[{"resource":` + issue + `}]}`: "the record is confidential",
		`{"resourceType":"Observation","id":"o1",` + label + `,"contained":[` + issue + `]}`:               "the entry is confidential",
	} {
		log := record.Open(texts(doc), trigger.Builtin())
		for range log.Rows() {
			t.Error("there is a row")
		}
		assert.Positive(t, log.Skipped()[want], want)
	}
}
