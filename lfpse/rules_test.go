package lfpse_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	r4 "github.com/samply/golang-fhir-models/fhir-models/fhir"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/code"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

// The facts about the wire form that the encoder alone stands for. What depends
// on other answers is judged by package validate.

const definition = "https://developer.learn-from-patient-safety-events.nhs.uk/taxonomy/fhir/StructureDefinition/"

// wire encodes an event to its canonical JSON, as a tree.
func wire(t testing.TB, c *lfpse.Codec, e lfpse.Event) map[string]any {
	t.Helper()
	a, issues := c.Encode(&e)
	require.Empty(t, issues)
	b, err := fhir.Append(nil, a)
	require.NoError(t, err)
	var tree map[string]any
	require.NoError(t, json.Unmarshal(b, &tree))
	return tree
}

// contained returns the contained resources of a type.
func contained(tree map[string]any, typeName string) []map[string]any {
	var out []map[string]any
	for _, r := range tree["contained"].([]any) {
		if r := r.(map[string]any); r["resourceType"] == typeName {
			out = append(out, r)
		}
	}
	return out
}

// groups returns the extensions of a resource for a group.
func groups(resource map[string]any, id string) []map[string]any {
	var out []map[string]any
	exts, _ := resource["extension"].([]any)
	for _, x := range exts {
		if x := x.(map[string]any); x["url"] == definition+id {
			out = append(out, x)
		}
	}
	return out
}

// values returns url and value of each sub-extension, as "Field valueCode=1".
func values(group map[string]any) []string {
	var out []string
	for _, x := range group["extension"].([]any) {
		x := x.(map[string]any)
		for property, v := range x {
			if property != "url" {
				out = append(out, fmt.Sprintf("%s %s=%v", x["url"], property, v))
			}
		}
	}
	return out
}

func TestEventTypeCodes(t *testing.T) {
	c := newCodec(t)
	for typ, want := range map[lfpse.EventType]string{lfpse.TypeIncident: "1", lfpse.TypeGoodCare: "4", "code:9": "9"} {
		tree := wire(t, c, lfpse.Event{Type: typ})
		assert.Equal(t, map[string]any{"coding": []any{map[string]any{"code": want}}}, tree["event"], "one coding with only a code: no system, no display")
	}
	assert.NotContains(t, wire(t, c, lfpse.Event{}), "event", "a type that is not stated is not sent")
}

func TestActualityIsAlwaysActual(t *testing.T) {
	c := newCodec(t)
	for name, e := range map[string]lfpse.Event{
		"incident":  {Type: lfpse.TypeIncident},
		"near miss": {Type: lfpse.TypeIncident, Patients: []lfpse.Patient{{PhysicalHarm: lfpse.PhysicalNone, PsychologicalHarm: lfpse.PsychologicalNone}}},
		"risk":      {Type: lfpse.TypeRisk},
		"good care": {Type: lfpse.TypeGoodCare},
		"nothing":   {},
	} {
		assert.Equal(t, "actual", wire(t, c, e)["actuality"], name)
	}
}

func TestRequiredElementsAreAlwaysThere(t *testing.T) {
	tree := wire(t, newCodec(t), lfpse.Event{})
	assert.Equal(t, []any{
		map[string]any{"resourceType": "Location", "id": "location1"},
		map[string]any{"resourceType": "Practitioner", "id": "practitioner1"},
		map[string]any{"resourceType": "Patient", "id": "patient"},
	}, tree["contained"], "without data there is no extension, not even an empty one")
	reference := func(id string) any { return map[string]any{"reference": id} }
	assert.Equal(t, reference("#patient"), tree["subject"])
	assert.Equal(t, reference("#location1"), tree["location"])
	assert.Equal(t, reference("#practitioner1"), tree["recorder"])
	assert.NotContains(t, tree, "suspectEntity")
	assert.NotContains(t, tree, "extension")
	assert.Equal(t, map[string]any{"profile": []any{definition + "patient-safety-adverse-event-6"}}, tree["meta"])
}

func TestDevicesAndMedicationOnlyWhereInvolved(t *testing.T) {
	c := newCodec(t)
	tree := wire(t, c, lfpse.Event{
		Devices:                  []lfpse.Device{{DeviceTypeOther: "pump"}, {Manufacturer: "Acme"}},
		MedicationAdministration: code.YesNoUnknownYes,
	})
	devices := contained(tree, "Device")
	require.Len(t, devices, 2)
	assert.Equal(t, "device1", devices[0]["id"])
	assert.Equal(t, "device2", devices[1]["id"])
	assert.Equal(t, "Acme", devices[1]["manufacturer"], "the manufacturer is an element of Device, not an extension")
	medications := contained(tree, "Medication")
	require.Len(t, medications, 1)
	assert.Equal(t, "medication1", medications[0]["id"])
	var linked []string
	for _, s := range tree["suspectEntity"].([]any) {
		linked = append(linked, s.(map[string]any)["instance"].(map[string]any)["reference"].(string))
	}
	assert.ElementsMatch(t, []string{"#device1", "#device2", "#medication1"}, linked)

	tree = wire(t, c, lfpse.Event{Medicines: []lfpse.Medicine{{VTMString: "Methotrexate"}}})
	assert.Empty(t, contained(tree, "Medication"), "dm+d medicines are a group of the event itself")
	assert.Empty(t, contained(tree, "Device"))
}

func TestDescriptionIsSentOnce(t *testing.T) {
	e := lfpse.Event{Description: "what happened"}
	tree := wire(t, newCodec(t), e)
	assert.NotContains(t, tree, "description", "R4 has no such element")
	core := groups(tree, "adverse-event-core-6")
	require.Len(t, core, 1)
	assert.Equal(t, []string{"Description valueString=what happened"}, values(core[0]))

	tree = wire(t, newCodec(t, lfpse.WithRootDescription()), e)
	assert.Equal(t, "what happened", tree["description"])
	assert.Len(t, groups(tree, "adverse-event-core-6"), 1)
}

func TestGroupURLsAreAbsoluteAndFieldURLsBare(t *testing.T) {
	c := newCodec(t)
	rapid.Check(t, func(rt *rapid.T) {
		e := anyEvent(rt, c)
		a, _ := c.Encode(&e)
		exts := a.Extension
		for i := range a.Contained {
			r := &a.Contained[i]
			switch {
			case r.Patient != nil:
				exts = append(exts, r.Patient.Extension...)
			case r.Location != nil:
				exts = append(exts, r.Location.Extension...)
			case r.Practitioner != nil:
				exts = append(exts, r.Practitioner.Extension...)
			case r.Device != nil:
				exts = append(exts, r.Device.Extension...)
			case r.Medication != nil:
				exts = append(exts, r.Medication.Extension...)
			}
		}
		for _, g := range exts {
			if !strings.HasPrefix(g.Url, definition) || !strings.HasSuffix(g.Url, "-6") || len(g.Extension) == 0 {
				rt.Fatalf("group %s with %d fields", g.Url, len(g.Extension))
			}
			for _, f := range g.Extension {
				if strings.ContainsAny(f.Url, ":/") || f.Url == "" {
					rt.Fatalf("field url %q", f.Url)
				}
			}
		}
	})
}

func TestPatientsShareOnePatientInOrder(t *testing.T) {
	tree := wire(t, newCodec(t), lfpse.Event{Patients: []lfpse.Patient{
		{PhysicalHarm: lfpse.PhysicalFatal}, {}, {PsychologicalHarm: lfpse.PsychologicalLow},
	}})
	patients := contained(tree, "Patient")
	require.Len(t, patients, 1)
	info := groups(patients[0], "patient-information-6")
	require.Len(t, info, 3, "a patient of whom nothing is stated is not dropped")
	assert.ElementsMatch(t, []string{"PatientSequence valueInteger=1", "PhysicalHarm valueCode=1"}, values(info[0]))
	assert.ElementsMatch(t, []string{"PatientSequence valueInteger=2"}, values(info[1]))
	assert.ElementsMatch(t, []string{"PatientSequence valueInteger=3", "PsychologicalHarm valueCode=3"}, values(info[2]))
}

func TestTheTwoHarmScalesHaveTheirOwnCodes(t *testing.T) {
	c := newCodec(t)
	harm := func(p lfpse.Patient) []string {
		return values(groups(contained(wire(t, c, lfpse.Event{Patients: []lfpse.Patient{p}}), "Patient")[0], "patient-information-6")[0])
	}
	for grade, want := range map[lfpse.PhysicalHarm]string{lfpse.PhysicalFatal: "1", lfpse.PhysicalSevere: "2", lfpse.PhysicalModerate: "3", lfpse.PhysicalLow: "4", lfpse.PhysicalNone: "5"} {
		assert.Contains(t, harm(lfpse.Patient{PhysicalHarm: grade}), "PhysicalHarm valueCode="+want)
	}
	for grade, want := range map[lfpse.PsychologicalHarm]string{lfpse.PsychologicalSevere: "1", lfpse.PsychologicalModerate: "2", lfpse.PsychologicalLow: "3", lfpse.PsychologicalNone: "4"} {
		assert.Contains(t, harm(lfpse.Patient{PsychologicalHarm: grade}), "PsychologicalHarm valueCode="+want)
	}
	_, issues := c.Encode(&lfpse.Event{Patients: []lfpse.Patient{{PsychologicalHarm: "fatal"}}})
	require.Len(t, issues, 1, "there is no fatal psychological harm")
	assert.Equal(t, "patients[0].psychologicalHarm", issues[0].Path)
}

func TestHarmThatIsNotGradedIsAbsent(t *testing.T) {
	tree := wire(t, newCodec(t), lfpse.Event{Type: lfpse.TypeIncident, Patients: []lfpse.Patient{{ClinicalOutcome: "well"}}})
	for _, v := range values(groups(contained(tree, "Patient")[0], "patient-information-6")[0]) {
		assert.NotContains(t, v, "Harm", "never read as no harm")
	}
}

func TestTypesOfValues(t *testing.T) {
	c := newCodec(t)
	no := false
	tree := wire(t, c, lfpse.Event{
		Date:              "2026-03-05",
		EstimatedDate:     lfpse.EstimatedDate{IncidentOccurredToday: code.YesNoUnknownYes, TodaysDate: "2026-03-05", ApproximateDate: "2026-03", PreciseTime: "07:05:00"},
		Devices:           []lfpse.Device{{DeviceTypeOther: "pump"}},
		Medicines:         []lfpse.Medicine{{VMPCode: "323509004", VMPString: "Co-codamol", VTMCode: "777067000"}},
		ReferenceMetadata: lfpse.ReferenceMetadata{DataSharingOptOut: &no},
		Patients:          []lfpse.Patient{{Age: lfpse.Age{Value: 50, Unit: lfpse.Years}}},
	})
	assert.Equal(t, "2026-03-05", tree["date"])
	assert.ElementsMatch(t, []string{
		"IncidentOccurredToday valueCode=y", "TodaysDate valueDate=2026-03-05", "ApproximateDate valueString=2026-03", "PreciseTime valueTime=07:05:00",
	}, values(groups(tree, "adverse-event-estimated-date-6")[0]), "TodaysDate stands in the group of dates, the month is a string")
	assert.Equal(t, []string{"DeviceTypeOther valueString=pump"}, values(groups(contained(tree, "Device")[0], "adverse-event-device-details-6")[0]))
	assert.ElementsMatch(t, []string{"VTMCode valueCode=777067000", "VMPCode valueCode=323509004", "VMPString valueString=Co-codamol"},
		values(groups(tree, "medication-dmd-6")[0]), "ids are strings: a number would lose digits")
	assert.Equal(t, []string{"DataSharingOptOut valueBoolean=false"}, values(groups(tree, "adverse-event-reference-metadata-6")[0]), "an answer of no is not lost as empty")
	assert.Contains(t, values(groups(contained(tree, "Patient")[0], "patient-information-6")[0]), "AgeAtTimeOfIncidentDays valueInteger=18600")
}

func TestRepeatedFieldsAreRepeatedExtensions(t *testing.T) {
	tree := wire(t, newCodec(t), lfpse.Event{Agent: lfpse.Agent{InvolvedAgents: []code.AgentType{code.AgentTypeMedications, code.AgentTypeITSystemsOrSoftware}}})
	assert.Equal(t, []string{"InvolvedAgents valueCode=4", "InvolvedAgents valueCode=9"}, values(groups(tree, "adverse-event-agent-6")[0]))
}

func TestMedicinesAreOneExtensionEachUnlessFlat(t *testing.T) {
	e := lfpse.Event{Medicines: []lfpse.Medicine{{VTMCode: "1", VTMString: "a"}, {VTMCode: "2", VTMString: "b"}}}
	assert.Len(t, groups(wire(t, newCodec(t), e), "medication-dmd-6"), 2)
	flat := groups(wire(t, newCodec(t, lfpse.WithFlatMedicines()), e), "medication-dmd-6")
	require.Len(t, flat, 1)
	assert.Equal(t, []string{"VTMCode valueCode=1", "VTMString valueString=a", "VTMCode valueCode=2", "VTMString valueString=b"}, values(flat[0]))
}

func TestFlatMedicinesMustBeToldApart(t *testing.T) {
	c := newCodec(t, lfpse.WithFlatMedicines())
	_, issues := c.Encode(&lfpse.Event{Medicines: []lfpse.Medicine{{VTMCode: "1"}, {VMPCode: "2"}}})
	require.Len(t, issues, 1)
	assert.Equal(t, "ENC-FLAT", issues[0].Rule)
	assert.Equal(t, "medicines[1]", issues[0].Path)
}

func TestReferenceNumberIsReadBack(t *testing.T) {
	c := newCodec(t)
	e := lfpse.Event{ID: "4d1a", ReferenceMetadata: lfpse.ReferenceMetadata{ReferenceNumber: "LFPSE-2026-1"}}
	a, issues := c.Encode(&e)
	require.Empty(t, issues)
	back, issues := c.Decode(a)
	require.Empty(t, issues)
	assert.Equal(t, "LFPSE-2026-1", back.ReferenceMetadata.ReferenceNumber)
	assert.Equal(t, "4d1a", back.ID)
}

func TestNothingEmptyIsEmitted(t *testing.T) {
	c := newCodec(t)
	rapid.Check(t, func(rt *rapid.T) {
		e := anyEvent(rt, c)
		a, _ := c.Encode(&e)
		b, err := fhir.Append(nil, a)
		if err != nil {
			rt.Fatal(err)
		}
		var tree any
		if err := json.Unmarshal(b, &tree); err != nil {
			rt.Fatal(err)
		}
		notEmpty(rt, "$", tree)
	})
}

func notEmpty(t *rapid.T, path string, v any) {
	switch v := v.(type) {
	case map[string]any:
		if len(v) == 0 {
			t.Fatalf("%s is {}", path)
		}
		for k, item := range v {
			notEmpty(t, path+"."+k, item)
		}
	case []any:
		if len(v) == 0 {
			t.Fatalf("%s is []", path)
		}
		for i, item := range v {
			notEmpty(t, fmt.Sprintf("%s[%d]", path, i), item)
		}
	case string:
		if v == "" {
			t.Fatalf("%s is empty", path)
		}
	case nil:
		t.Fatalf("%s is null", path)
	}
}

func TestURLsComeFromTheTaxonomy(t *testing.T) {
	doc, err := taxonomy.EmbeddedData("6")
	require.NoError(t, err)
	const other = "https://taxonomy.example.nhs.uk/next/"
	moved, err := taxonomy.Load([]byte(strings.Replace(string(doc), strings.TrimSuffix(definition, "StructureDefinition/"), other, 1)))
	require.NoError(t, err)
	c, err := lfpse.NewCodec(moved)
	require.NoError(t, err)
	a, issues := c.Encode(&lfpse.Event{Description: "x"})
	require.Empty(t, issues)
	assert.Equal(t, []string{other + "StructureDefinition/patient-safety-adverse-event-6"}, a.Meta.Profile)
	assert.Equal(t, other+"StructureDefinition/adverse-event-core-6", a.Extension[0].Url)

	_, issues = newCodec(t).Decode(a)
	assert.True(t, issues.HasErrors(), "a record of another taxonomy is not read as one of this")
}

func TestTheCodecRefusesOtherVersionsOfFHIR(t *testing.T) {
	doc, err := taxonomy.EmbeddedData("6")
	require.NoError(t, err)
	r5, err := taxonomy.Load([]byte(strings.Replace(string(doc), `"fhirVersion": "4.0.1"`, `"fhirVersion": "5.0.0"`, 1)))
	require.NoError(t, err)
	require.Equal(t, "5.0.0", r5.FHIRVersion)
	_, err = lfpse.NewCodec(r5)
	assert.ErrorContains(t, err, "R4")
	_, err = lfpse.NewCodec(nil)
	assert.ErrorContains(t, err, "needs a taxonomy")
}

func TestEncodeDoesNotShareMemoryWithTheEvent(t *testing.T) {
	c := newCodec(t)
	yes := true
	e := lfpse.Event{Description: "before", ReferenceMetadata: lfpse.ReferenceMetadata{DataSharingOptOut: &yes},
		Agent: lfpse.Agent{InvolvedAgents: []code.AgentType{"4"}}}
	a, _ := c.Encode(&e)
	before, err := fhir.Append(nil, a)
	require.NoError(t, err)
	yes = false
	e.Agent.InvolvedAgents[0] = "9"
	after, err := fhir.Append(nil, a)
	require.NoError(t, err)
	assert.Equal(t, string(before), string(after))
}

// The time to encode must not grow with the product of patients and extras.
func TestManyExtrasAreReportedInTime(t *testing.T) {
	e := lfpse.Event{Patients: make([]lfpse.Patient, 20_000), Extra: make([]lfpse.Extra, 20_000)}
	for i := range e.Extra {
		e.Extra[i] = lfpse.Extra{Group: "patient-information", Index: i, Field: "Novelty", Value: "1"}
	}
	_, issues := newCodec(t).Encode(&e)
	assert.Len(t, issues, len(e.Extra))
}

func TestPrintingShowsNoStrayText(t *testing.T) {
	e := lfpse.Event{Type: "Jane Doe"}
	assert.Equal(t, "lfpse.Event(other type, 0 patients)", sprintf("%v", e))
	assert.NotContains(t, e.LogValue().String(), "Jane")
	assert.Equal(t, "lfpse.Event(good-care, 0 patients)", sprintf("%+v", lfpse.Event{Type: lfpse.TypeGoodCare}))
}

func TestParseEventFindsEverythingAtOnce(t *testing.T) {
	_, err := lfpse.ParseEvent([]byte(`{"Type":"incident","narrative":"Jane","patients":[{"harm":"low"},{"age":"code:99900000189990000018"}],"agent":[]}`))
	var issues fhir.Issues
	require.ErrorAs(t, err, &issues)
	assert.NotContains(t, err.Error(), "9990000018")
	assert.NotContains(t, err.Error(), "Jane")

	_, err = lfpse.ParseEvent([]byte(`{"Type":"incident","narrative":"Jane","patients":[{"harm":"low"},{"age":1.5}],"agent":"x"}`))
	require.ErrorAs(t, err, &issues)
	var paths []string
	for _, i := range issues {
		assert.Equal(t, "EVENT-FORM", i.Rule)
		paths = append(paths, i.Path)
	}
	assert.Equal(t, []string{"$.Type", "$.agent", "$.narrative", "$.patients[0].harm", "$.patients[1].age"}, paths)
}

func TestAccessorTakesOnlyTheExactTarget(t *testing.T) {
	c := newCodec(t)
	for _, target := range []string{"type]", "patients[0.physicalHarm", "patients[00].physicalHarm", "patients[+1].physicalHarm", "patients[0]x.physicalHarm",
		"patients[-1].physicalHarm", "patients[100].physicalHarm", "patients.physicalHarm", "patients[0]", "extra[0].value", "", "agent", "agent[0].involvedAgents"} {
		_, err := c.Accessor(target)
		assert.Error(t, err, "%q", target)
	}
}

func TestTheModelNumberCanBeLeftOut(t *testing.T) {
	e := lfpse.Event{Devices: []lfpse.Device{{ModelNumber: "P1"}}}
	assert.Equal(t, "P1", contained(wire(t, newCodec(t), e), "Device")[0]["modelNumber"])
	assert.NotContains(t, contained(wire(t, newCodec(t, lfpse.WithoutDeviceModel()), e), "Device")[0], "modelNumber")
}

// retyped returns a codec of the embedded taxonomy with one field of another type.
func retyped(t *testing.T, key string, typ taxonomy.Type) *lfpse.Codec {
	t.Helper()
	tax, err := taxonomy.Embedded("6")
	require.NoError(t, err)
	tax, err = tax.Confirm(taxonomy.Confirmation{Source: "test", Fields: map[string]taxonomy.FieldConfirmation{key: {Type: typ}}})
	require.NoError(t, err)
	c, err := lfpse.NewCodec(tax)
	require.NoError(t, err)
	return c
}

func TestAValueThatIsNotOfTheTypeOfTheTaxonomyIsAnError(t *testing.T) {
	no := false
	for name, tc := range map[string]struct {
		key   string
		typ   taxonomy.Type
		event lfpse.Event
		path  string
	}{
		"text for a boolean":    {"adverse-event-core/Description", taxonomy.Boolean, lfpse.Event{Description: "SECRET"}, "description"},
		"text for an integer":   {"patient-information/ClinicalOutcome", taxonomy.Integer, lfpse.Event{Patients: []lfpse.Patient{{}, {ClinicalOutcome: "SECRET"}}}, "patients[1].clinicalOutcome"},
		"a boolean for a text":  {"adverse-event-reference-metadata/DataSharingOptOut", taxonomy.String, lfpse.Event{ReferenceMetadata: lfpse.ReferenceMetadata{DataSharingOptOut: &no}}, "referenceMetadata.dataSharingOptOut"},
		"an integer for a date": {"patient-information/AgeAtTimeOfIncidentDays", taxonomy.Date, lfpse.Event{Patients: []lfpse.Patient{{Age: lfpse.Age{Value: 1, Unit: lfpse.Years}}}}, "patients[0].age"},
	} {
		t.Run(name, func(t *testing.T) {
			_, issues := retyped(t, tc.key, tc.typ).Encode(&tc.event)
			require.Len(t, issues, 1)
			assert.Equal(t, "ENC-TYPE", issues[0].Rule)
			assert.Equal(t, tc.path, issues[0].Path)
			assert.NotContains(t, issues[0].String(), "SECRET")
		})
	}
}

func TestAnExtraOfTheWrongTypeIsAnError(t *testing.T) {
	doc, err := taxonomy.EmbeddedData("6")
	require.NoError(t, err)
	newer, err := taxonomy.Load([]byte(strings.Replace(string(doc), `"fields": [`, `"fields": [{"name": "Novelty", "min": 0, "max": 1, "type": "boolean", "evidence": "seen"},`, 1)))
	require.NoError(t, err)
	c, err := lfpse.NewCodec(newer)
	require.NoError(t, err)
	group := strings.TrimSuffix(newer.Groups[0].ID, "-6")
	_, issues := c.Encode(&lfpse.Event{Extra: []lfpse.Extra{{Group: group, Field: "Novelty", Value: "true"}}})
	assert.Empty(t, issues)
	_, issues = c.Encode(&lfpse.Event{Extra: []lfpse.Extra{{Group: group, Field: "Novelty", Value: "SECRET"}, {Group: group, Field: "Novelty", Index: 1, Value: "true"}}})
	require.Len(t, issues, 2)
	assert.Equal(t, "extra[0].value", issues[0].Path)
	assert.Equal(t, "ENC-EXTRA extra[1]", issues[1].Rule+" "+issues[1].Path)
	assert.NotContains(t, issues.Error(), "SECRET")
}

func TestRootDescriptionIsReadOnce(t *testing.T) {
	c := newCodec(t)
	a, _ := c.Encode(&lfpse.Event{Description: "one"})
	for _, tc := range []struct {
		root, want string
		ok         bool
	}{{"one", "one", true}, {"two", "one", false}} {
		a.Description = &tc.root
		e, issues := c.Decode(a)
		assert.Equal(t, tc.want, e.Description)
		assert.Equal(t, tc.ok, !issues.HasErrors())
	}
	only := "only"
	e, issues := c.Decode(&fhir.AdverseEvent{Description: &only})
	assert.Empty(t, issues)
	assert.Equal(t, "only", e.Description)
}

func TestFieldsAndGroupsThatComeTwiceAreReported(t *testing.T) {
	c := newCodec(t)
	a, _ := c.Encode(&lfpse.Event{Description: "one"})
	a.Extension = append(a.Extension, a.Extension[0])
	_, issues := c.Decode(a)
	require.Len(t, issues, 1)
	assert.Equal(t, "DEC-REPEATED AdverseEvent.extension[1]", issues[0].Rule+" "+issues[0].Path)

	a, _ = c.Encode(&lfpse.Event{Description: "one", ReferenceMetadata: lfpse.ReferenceMetadata{DataSharingOptOut: new(bool)}})
	for i := range a.Extension {
		a.Extension[i].Extension = append(a.Extension[i].Extension, a.Extension[i].Extension[0])
	}
	_, issues = c.Decode(a)
	require.Len(t, issues, 2)
	assert.Equal(t, "DEC-REPEATED AdverseEvent.extension[0].extension[1]", issues[0].Rule+" "+issues[0].Path)
}

func TestAFindingLeadsBackToTheEvent(t *testing.T) {
	c := newCodec(t)
	a, _ := c.Encode(&lfpse.Event{
		Description: "x",
		Patients:    []lfpse.Patient{{}, {ClinicalOutcome: "x"}},
		Devices:     []lfpse.Device{{Manufacturer: "a"}, {DeviceTypeOther: "x"}},
		Medicines:   []lfpse.Medicine{{VTMString: "a"}, {VMPString: "x"}},
		Reporter:    lfpse.Reporter{ReporterOrganisation: "A81001"},
	})
	// Every value of the record, by the path a finding would give.
	got := map[string]bool{}
	visit := func(path string, exts []r4.Extension) {
		for i, g := range exts {
			for j := range g.Extension {
				got[c.TargetAt(a, fmt.Sprintf("%s.extension[%d].extension[%d].value", path, i, j))] = true
			}
		}
	}
	visit("AdverseEvent", a.Extension)
	for i := range a.Contained {
		r, path := &a.Contained[i], fmt.Sprintf("AdverseEvent.contained[%d]", i)
		switch {
		case r.Patient != nil:
			visit(path, r.Patient.Extension)
		case r.Device != nil:
			visit(path, r.Device.Extension)
		case r.Practitioner != nil:
			visit(path, r.Practitioner.Extension)
		}
	}
	assert.Equal(t, map[string]bool{"description": true, "patients[1].clinicalOutcome": true, "devices[1].deviceTypeOther": true, "medicines[0].vtmString": true,
		"medicines[1].vmpString": true, "reporter.reporterOrganisation": true, "": true}, got, "PatientSequence has no place of its own")
	assert.Equal(t, "date", c.TargetAt(a, "AdverseEvent.date"), "an element of the root")
	for _, path := range []string{"", "AdverseEvent", "AdverseEvent.event", "AdverseEvent.extension[0].url", "AdverseEvent.extension[99].extension[0].value", "AdverseEvent.extension[0].extension[99]",
		"AdverseEvent.extension[-1].extension[0]", "AdverseEvent.extension[x].extension[0]", "AdverseEvent.contained[99].extension[0].extension[0]", "AdverseEvent.contained[2]"} {
		assert.Empty(t, c.TargetAt(a, path), path)
	}
}
