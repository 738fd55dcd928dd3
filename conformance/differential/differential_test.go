package differential_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy/fhirform"
	"github.com/gpsafety/lfpse-go/lfpse/validate"
)

// incident is an invented event with every kind of contained resource.
const incident = `{
 "type": "incident", "date": "2026-10-01", "description": "An invented event.",
 "estimatedDate": {"incidentOccurredToday": "n", "preciseTime": "10:15:00"},
 "location": {"locationKnown": "y", "organisation": ["Y99999"], "serviceArea": ["17"], "locationWithinService": "11"},
 "reporter": {"reporterRole": "5", "reporterOrganisation": "Y99999"},
 "patients": [{"ageAtTimeOfIncidentDays": 18600, "physicalHarm": "low", "psychologicalHarm": "none"}],
 "agent": {"involvedAgents": ["4", "3"]},
 "classification": {"levelOfConcern": "4"},
 "medicines": [{"vmpCode": "22480211000001104", "vmpString": "Diclofenac 2.32% gel"}],
 "devices": [{"deviceTypeOther": "Measuring pump", "manufacturer": "Example Devices Ltd"}],
 "medicationAdministration": "n"
}`

type object = map[string]any

// at follows names and positions into a document; a position is that of the
// object in a list whose url, or resource type, ends in the text.
func at(doc any, steps ...string) object {
	for _, step := range steps {
		switch v := doc.(type) {
		case object:
			doc = v[step]
		case []any:
			i := slices.IndexFunc(v, func(item any) bool {
				url, _ := item.(object)["url"].(string)
				kind, _ := item.(object)["resourceType"].(string)
				return url == step || kind == step || url == definition+step+"-6"
			})
			doc = v[i]
		}
	}
	return doc.(object)
}

const definition = "https://developer.learn-from-patient-safety-events.nhs.uk/taxonomy/fhir/StructureDefinition/"

// push adds an item to a list of an object.
func push(o object, list string, item any) { o[list] = append(o[list].([]any), item) }

// without removes the extensions of a url.
func without(o object, url string) {
	o["extension"] = slices.DeleteFunc(o["extension"].([]any), func(x any) bool { return x.(object)["url"] == url })
}

// faults are what FHIR can express. unseen says why Medplum does not see one.
var faults = []struct {
	name   string
	unseen string
	spoil  func(object)
}{
	{"no actuality", "", func(e object) { delete(e, "actuality") }},
	{"no subject", "", func(e object) { delete(e, "subject") }},
	{"two subjects", "", func(e object) { e["subject"] = []any{e["subject"], e["subject"]} }},
	{"element of another version", "", func(e object) { e["description"] = "x" }},
	{"element of another resource", "", func(e object) { at(e, "contained", "Device")["model"] = "x" }},
	{"unknown element in a group", "", func(e object) { at(e, "extension", "adverse-event-agent")["values"] = "x" }},
	{"number for a string", "", func(e object) { at(e, "contained", "Device")["manufacturer"] = json.Number("5") }},
	{"impossible date", "", func(e object) { e["date"] = "01/10/2026" }},
	{"empty list", emptyAbsent, func(e object) { e["suspectEntity"] = []any{} }},
	{"empty object", emptyAbsent, func(e object) { e["location"] = object{} }},
	{"value of two types", choice, func(e object) {
		at(e, "extension", "adverse-event-agent", "extension", "InvolvedAgents")["valueString"] = "4"
	}},
	{"group with a value", "", func(e object) { at(e, "extension", "adverse-event-agent")["valueString"] = "4" }},
	{"group without fields", "", func(e object) { delete(at(e, "extension", "adverse-event-agent"), "extension") }},
	{"field without a value", "", func(e object) {
		delete(at(e, "extension", "adverse-event-agent", "extension", "InvolvedAgents"), "valueCode")
	}},
	{"group twice", "", func(e object) { push(e, "extension", at(e, "extension", "adverse-event-agent")) }},
	{"field twice", "", func(e object) {
		g := at(e, "extension", "adverse-event-classification")
		push(g, "extension", at(g, "extension", "LevelOfConcern"))
	}},
	{"mandatory field missing", "", func(e object) {
		g := at(e, "extension", "adverse-event-agent")
		without(g, "InvolvedAgents")
		push(g, "extension", object{"url": "DrugsInvolved", "valueString": "x"})
	}},
	{"mandatory group missing", "", func(e object) { delete(at(e, "contained", "Location"), "extension") }},
	{"field twice in a contained resource", "", func(e object) {
		g := at(e, "contained", "Location", "extension", "location-details")
		push(g, "extension", at(g, "extension", "LocationKnown"))
	}},
	{"mandatory field missing in a contained resource", "", func(e object) {
		without(at(e, "contained", "Patient", "extension", "patient-information"), "PatientSequence")
	}},
	{"contained resource that nothing refers to", dom3, func(e object) { delete(e, "location") }},
	{"contained resource in a contained resource", "", func(e object) {
		at(e, "contained", "Location")["contained"] = []any{object{"resourceType": "Location", "id": "x"}}
	}},

	{"unknown group", slicingRules, func(e object) {
		push(e, "extension", object{"url": "https://example.org/x", "valueString": "x"})
	}},
	{"group of another resource", slicingRules, func(e object) {
		push(e, "extension", at(e, "contained", "Location", "extension", "location-details"))
	}},
	{"unknown field", slicingRules, func(e object) {
		push(at(e, "extension", "adverse-event-agent"), "extension", object{"url": "Nope", "valueString": "x"})
	}},
	{"contained resource of another type", slicingRules, func(e object) {
		push(e, "contained", object{"resourceType": "Observation", "id": "o", "status": "final", "code": object{"text": "x"}})
		e["referenceDocument"] = []any{object{"reference": "#o"}}
	}},
	{"field of another type", sliceValue, func(e object) {
		x := at(e, "extension", "adverse-event-agent", "extension", "InvolvedAgents")
		x["valueString"] = x["valueCode"]
		delete(x, "valueCode")
	}},
	{"code outside a closed list", terminology, func(e object) {
		at(e, "extension", "adverse-event-agent", "extension", "InvolvedAgents")["valueCode"] = "99"
	}},
	{"event type outside its list", terminology, func(e object) { at(at(e, "event")["coding"].([]any)[0])["code"] = "99" }},
}

// Why Medplum does not see a fault.
const (
	emptyAbsent  = "it takes an empty value for a missing one"
	choice       = "it takes the first value that it finds"
	dom3         = "it leaves out constraint dom-3"
	slicingRules = "it does not look at the rules of slicing"
	sliceValue   = "it does not look inside a slice"
	terminology  = "it has no terminology server"
)

func TestFaultsThatFHIRCanExpress(t *testing.T) {
	tax, err := taxonomy.Embedded("6")
	require.NoError(t, err)
	codec, err := lfpse.NewCodec(tax)
	require.NoError(t, err)
	validator, err := validate.New(codec, validate.Only(validate.LayerFHIR, validate.LayerProfile))
	require.NoError(t, err)
	event, err := lfpse.ParseEvent([]byte(incident))
	require.NoError(t, err)
	resource, issues := codec.Encode(&event)
	require.Empty(t, issues)
	valid, err := fhir.Append(nil, resource)
	require.NoError(t, err)

	cases := []testCase{{"valid", valid}}
	for _, f := range faults {
		doc := parse(t, valid)
		f.spoil(doc)
		text, err := json.Marshal(doc)
		require.NoError(t, err)
		cases = append(cases, testCase{f.name, text})
	}
	theirs := medplum(t, tax, cases)

	assert.False(t, refuses(validator, valid), "we refuse the valid event")
	assert.Empty(t, theirs["valid"], "Medplum refuses the valid event")
	for i, f := range faults {
		t.Run(f.name, func(t *testing.T) {
			assert.True(t, refuses(validator, cases[i+1].Resource), "we do not see it")
			if f.unseen == "" {
				assert.NotEmpty(t, theirs[f.name], "Medplum does not see it")
			} else {
				assert.Empty(t, theirs[f.name], "Medplum sees it now: take it off the list of what is ours alone (%s)", f.unseen)
			}
		})
	}
}

func parse(t *testing.T, text []byte) object {
	t.Helper()
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	var doc object
	require.NoError(t, dec.Decode(&doc))
	return doc
}

// refuses is our verdict.
func refuses(v *validate.Validator, text []byte) bool {
	a, issues := fhir.Decode(text)
	return issues.HasErrors() || v.Check(a).Issues.HasErrors()
}

type testCase struct {
	Name     string          `json:"name"`
	Resource json.RawMessage `json:"resource"`
}

// medplum returns the errors that Medplum finds in each case.
func medplum(t *testing.T, tax *taxonomy.Taxonomy, cases []testCase) map[string][]string {
	t.Helper()
	const enable = "to run this test, install Node 20 or later and run: npm ci --prefix conformance/differential"
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("Node is not installed; " + enable)
	}
	if _, err := os.Stat("node_modules/@medplum/core"); err != nil {
		t.Skip("Medplum is not installed; " + enable)
	}
	folder := t.TempDir()
	require.NoError(t, fhirform.WritePackage(folder, tax))
	var in, out, errs bytes.Buffer
	for _, c := range cases {
		require.NoError(t, json.NewEncoder(&in).Encode(c))
	}
	cmd := exec.CommandContext(t.Context(), node, "validate.mjs", folder+"/package")
	cmd.Stdin, cmd.Stdout, cmd.Stderr = &in, &out, &errs
	require.NoError(t, cmd.Run(), "%s", &errs)
	found := map[string][]string{}
	for lines := bufio.NewScanner(&out); lines.Scan(); {
		var v struct {
			Name   string
			Issues []struct{ Path, Text string }
		}
		require.NoError(t, json.Unmarshal(lines.Bytes(), &v))
		found[v.Name] = nil
		for _, i := range v.Issues {
			found[v.Name] = append(found[v.Name], i.Path+": "+i.Text)
		}
	}
	require.Len(t, found, len(cases), "Medplum has not judged every case")
	return found
}
