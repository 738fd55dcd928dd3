package stu3_test

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	r4 "github.com/samply/golang-fhir-models/fhir-models/fhir"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/fhir/stu3"
)

const doc = `{"resourceType":"AdverseEvent","contained":[{"resourceType":"Device","id":"device1","manufacturer":"Example Ltd","model":"M<1>"},` +
	`{"resourceType":"Location","id":"location1"}],"category":"AE","type":{"coding":[{"code":"1"}]},"date":"2024-03-11",` +
	`"location":{"reference":"#location1"},"description":"Dose <doubled> & \"given\"","suspectEntity":[{"instance":{"reference":"#device1"}}]}`

// smuggled has a Device with one property whose name holds the text of two.
const smuggled = `{"resourceType":"AdverseEvent","contained":[{"resourceType":"Device","id":"device1","model":"M",` +
	`"manufacturer\":\"a\",\"lotNumber":"b"}],"category":"AE","type":{"coding":[{"code":"1"}]}}`

func TestPropertyNamesStayNames(t *testing.T) {
	a, issues := stu3.Decode([]byte(smuggled))
	require.Len(t, issues, 1)
	assert.Equal(t, "FHIR-UNKNOWN-ELEMENT AdverseEvent.contained[0]", issues[0].Rule+" "+issues[0].Path)
	assert.Nil(t, a.Contained[0].Device.LotNumber)
	assert.Nil(t, a.Contained[0].Device.Manufacturer)
}

func TestRoundTrip(t *testing.T) {
	a, issues := stu3.Decode([]byte(doc))
	require.Empty(t, issues)
	assert.Equal(t, "1", *a.Event.Coding[0].Code)
	assert.Equal(t, `Dose <doubled> & "given"`, *a.Description)
	assert.Equal(t, "M<1>", *a.Contained[0].Device.ModelNumber)
	assert.Equal(t, "#patient1", *a.Subject.Reference)
	out, err := stu3.Append(nil, a)
	require.NoError(t, err)
	assert.Equal(t, doc, string(out))
}

func TestSubjectIsKeptWhereThePatientSaysSomething(t *testing.T) {
	a, issues := stu3.Decode([]byte(doc))
	require.Empty(t, issues)
	code := "y"
	a.Contained[2].Patient.Extension = []r4.Extension{{Url: "https://example.org/x", ValueCode: &code}}
	out, err := stu3.Append(nil, a)
	require.NoError(t, err)
	assert.Contains(t, string(out), `"subject":{"reference":"#patient1"}`)
	back, issues := stu3.Decode(out)
	require.Empty(t, issues)
	assert.Equal(t, a, back)
}

func TestFindings(t *testing.T) {
	for name, tc := range map[string]struct{ doc, rule, path string }{
		"R4 element":        {`{"resourceType":"AdverseEvent","category":"AE","event":{"coding":[{"code":"1"}]}}`, "FHIR-STU3", "AdverseEvent.event"},
		"other category":    {`{"resourceType":"AdverseEvent","category":"PAE"}`, "FHIR-STU3", "AdverseEvent.category"},
		"type":              {`{"resourceType":"AdverseEvent","category":"AE","type":{"colour":"red"}}`, "FHIR-UNKNOWN-ELEMENT", "AdverseEvent.type.colour"},
		"description":       {`{"resourceType":"AdverseEvent","category":"AE","description":7}`, "FHIR-STU3", "AdverseEvent.description"},
		"unknown element":   {`{"resourceType":"AdverseEvent","category":"AE","9434 765":1}`, "FHIR-STU3", "AdverseEvent.(unprintable name)"},
		"not an object":     {`[]`, "JSON-TYPE", "AdverseEvent"},
		"duplicate":         {`{"resourceType":"AdverseEvent","category":"AE","category":"AE"}`, "JSON-DUPLICATE-KEY", "AdverseEvent.category"},
		"contained no list": {`{"resourceType":"AdverseEvent","category":"AE","contained":{"resourceType":"Patient"}}`, "JSON-TYPE", "AdverseEvent.contained"},
	} {
		t.Run(name, func(t *testing.T) {
			_, issues := stu3.Decode([]byte(tc.doc))
			require.NotEmpty(t, issues)
			assert.Equal(t, tc.rule+" "+tc.path, issues[0].Rule+" "+issues[0].Path, "%v", issues)
		})
	}
	a, _ := stu3.Decode([]byte(doc))
	date := "2024-03-12"
	a.RecordedDate = &date
	_, err := stu3.Append(nil, a)
	require.ErrorContains(t, err, "AdverseEvent.recordedDate")
}

// All findings come at once, with the offsets of the STU3 form, in its order.
func TestFindingsHaveTheirPlaces(t *testing.T) {
	const faulty = `{"resourceType":"AdverseEvent","category":"AE","type":{"coding":[{"code":"1","colour":"red"}]},` +
		`"date":null,"9434 765":1,"contained":[{"resourceType":"Device","model":7}]}`
	a, issues := stu3.Decode([]byte(faulty))
	require.NotNil(t, a)
	var got []string
	for _, i := range issues {
		got = append(got, i.Rule+" "+faulty[i.Offset:][:6])
	}
	assert.Equal(t, []string{`FHIR-UNKNOWN-ELEMENT "colou`, `JSON-NULL null,"`, `FHIR-STU3 "9434 `, `JSON-TYPE {"reso`}, got)
}

func TestFindingsEnd(t *testing.T) {
	_, issues := stu3.Decode([]byte(`{"resourceType":"AdverseEvent"` + strings.Repeat(`,"colour":1`, 1500) + `}`))
	assert.Len(t, issues, 1001)
	var names strings.Builder
	for i := range 1500 {
		fmt.Fprintf(&names, `,"9%d":1`, i)
	}
	_, issues = stu3.Decode([]byte(`{"resourceType":"AdverseEvent"` + names.String() + `}`))
	assert.Len(t, issues, 1001)
	assert.True(t, issues.Ended())
}

func TestSample(t *testing.T) {
	const file = "../../../shared/lfpse/samples/v5-incident-no-patient.reconstructed.json"
	b, err := os.ReadFile(file)
	if err != nil {
		t.Skip("no sample: put the reconstructed v5 sample into ../shared/lfpse/samples beside the project")
	}
	a, issues := stu3.Decode(b)
	require.Empty(t, issues)
	out, err := stu3.Append(nil, a)
	require.NoError(t, err)
	var want, got any
	require.NoError(t, json.Unmarshal(b, &want))
	require.NoError(t, json.Unmarshal(out, &got))
	assert.Equal(t, want, got)
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(doc))
	f.Add([]byte(smuggled))
	f.Add([]byte(`{"contained":[{"resourceType":"Device","model":1}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		a, issues := stu3.Decode(data)
		if issues.HasErrors() {
			return
		}
		out, err := stu3.Append(nil, a)
		if err != nil {
			return
		}
		b, issues := stu3.Decode(out)
		if issues.HasErrors() {
			t.Fatalf("%v\n%s", issues, out)
		}
		if again, err := stu3.Append(nil, b); err != nil || string(again) != string(out) {
			t.Fatalf("%v\n%s\n%s", err, out, again)
		}
	})
}
