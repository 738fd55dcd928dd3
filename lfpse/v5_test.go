package lfpse_test

import (
	"encoding/json"
	"os"
	"reflect"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/code"
)

func TestVersion5(t *testing.T) {
	c := codecOf(t, "5")
	e := lfpse.Event{
		Type: lfpse.TypeIncident, Description: "test description", Date: "2024-03-11",
		EstimatedDate: lfpse.EstimatedDate{IncidentOccurredToday: code.YesNoUnknownNo},
		Location:      lfpse.Location{LocationKnown: code.YesNoUnknownYes, Organisation: []string{"A99999"}},
		Reporter:      lfpse.Reporter{ReporterOrganisation: "A99999"},
		Process:       lfpse.Process{HealthcareProcess: []code.HealthcareProcess{"5"}},
		Patients:      []lfpse.Patient{{GenderIdentity: lfpse.GenderFemale, PhysicalHarm: lfpse.PhysicalLow, PsychologicalHarm: lfpse.PsychologicalNone}},
	}
	a, issues := c.Encode(&e)
	require.Empty(t, issues)
	doc, err := c.Append(nil, a)
	require.NoError(t, err)
	var wire map[string]any
	require.NoError(t, json.Unmarshal(doc, &wire))
	assert.Equal(t, "AE", wire["category"])
	assert.Equal(t, "test description", wire["description"])
	assert.NotContains(t, wire, "actuality")
	assert.NotContains(t, wire, "event")
	assert.Contains(t, string(doc), `{"url":"Gender","valueCode":"1"}`, "female is 1 in version 5")
	assert.Contains(t, string(doc), `{"url":"Process","valueCode":"5"}`)
	assert.Contains(t, string(doc), `https://psims-uat.azure-api.net/taxonomy/fhir/StructureDefinition/patient-information-5`)
	read, issues := c.Read(doc)
	require.Empty(t, issues)
	back, issues := c.Decode(read)
	require.Empty(t, issues)
	assert.Equal(t, e, back)
}

func TestVersion5ReportsWhatItCannotHold(t *testing.T) {
	c := codecOf(t, "5")
	e := lfpse.Event{
		Type:      lfpse.TypeIncident,
		Location:  lfpse.Location{LocationWithinServiceOther: "x"},
		Medicines: []lfpse.Medicine{{VMPCode: "35894711000001106"}},
		Patients:  []lfpse.Patient{{PhysicalHarm: lfpse.PhysicalLow}, {GenderSameAsAtBirth: lfpse.SameAsAtBirthYes, GenderIdentity: lfpse.GenderNonBinary}},
	}
	_, issues := c.Encode(&e)
	got := map[string]fhir.Severity{}
	for _, i := range issues {
		got[i.Rule+" "+i.Path] = i.Severity
	}
	assert.Equal(t, map[string]fhir.Severity{
		"ENC-NO-FIELD location.locationWithinServiceOther": fhir.Warning,
		"ENC-NO-FIELD medicines[0].vmpCode":                fhir.Warning,
		"ENC-NO-FIELD patients[1].genderSameAsAtBirth":     fhir.Warning,
		"ENC-NAME patients[1].genderIdentity":              fhir.Error,
	}, got)
}

// What version 5 can hold comes back from its wire form; what it cannot is
// reported and nothing else is lost.
func TestVersion5RoundTrip(t *testing.T) {
	c, six := codecOf(t, "5"), newCodec(t)
	rapid.Check(t, func(t *rapid.T) {
		e := anyEvent(t, six)
		for i := range e.Patients {
			e.Patients[i].GenderIdentity = lfpse.GenderMale
		}
		a, issues := c.Encode(&e)
		if issues.HasErrors() {
			t.Fatal(issues)
		}
		held, _ := c.Decode(a)
		if a, issues = c.Encode(&held); len(issues) > 0 {
			t.Fatalf("what version 5 holds it cannot hold: %v", issues)
		}
		doc, err := c.Append(nil, a)
		if err != nil {
			t.Fatal(err)
		}
		read, issues := c.Read(doc)
		if len(issues) > 0 {
			t.Fatalf("%v\n%s", issues, doc)
		}
		back, issues := c.Decode(read)
		if len(issues) > 0 || !reflect.DeepEqual(held, back) {
			t.Fatalf("the event changed: %v\n%s\n%s", issues, toJSON(held), toJSON(back))
		}
	})
}

func TestVersion5SampleComesBackUnchanged(t *testing.T) {
	b, err := os.ReadFile("../../shared/lfpse/samples/v5-incident-no-patient.reconstructed.json")
	if err != nil {
		t.Skip("no sample: put the reconstructed v5 sample into ../shared/lfpse/samples beside the project")
	}
	c := codecOf(t, "5")
	a, issues := c.Read(b)
	require.Empty(t, issues)
	var want map[string]any
	require.NoError(t, json.Unmarshal(b, &want))
	assert.Equal(t, want, thereAndBack(t, c, a))
}
