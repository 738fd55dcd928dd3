package fhirform_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy/fhirform"
)

// What FHIR asks of every StructureDefinition (invariants sdf-3, sdf-8, sdf-16,
// eld-1 and the order of a snapshot), and of all JSON.
func TestStructureDefinitionsAreWellFormed(t *testing.T) {
	for name, tax := range every(t) {
		t.Run(name, func(t *testing.T) {
			definitions, err := fhirform.Definitions(tax)
			require.NoError(t, err)
			for _, r := range append(write(t, tax), definitions...) {
				assert.Empty(t, fhir.CheckJSON(r.JSON), r.ID)
				if r.Type == fhirform.StructureDefinition {
					wellFormed(t, tree(t, r))
				}
			}
		})
	}
}

func wellFormed(t *testing.T, sd object) {
	t.Helper()
	all := map[string]object{}
	paths := map[string]bool{}
	for i, e := range elements(sd, "snapshot") {
		id, path := e["id"].(string), e["path"].(string)
		assert.Nil(t, all[id], "%s: %s twice", sd["id"], id)
		all[id], paths[path] = e, true
		for _, must := range []string{"definition", "min", "max", "base", "short"} {
			assert.Contains(t, e, must, "%s: %s", sd["id"], id)
		}
		if i == 0 {
			assert.Equal(t, sd["type"], path)
			continue
		}
		assert.True(t, strings.HasPrefix(path, sd["type"].(string)+"."))
		parent := path[:strings.LastIndexByte(path, '.')]
		assert.True(t, paths[parent], "%s: %s comes before its parent", sd["id"], id)
		if name, sliced := e["sliceName"]; sliced {
			assert.True(t, strings.HasSuffix(id, ":"+name.(string)), id)
			assert.Contains(t, all[strings.TrimSuffix(id, ":"+name.(string))], "slicing", id)
		}
	}
	for i, e := range elements(sd, "differential") {
		full := all[e["id"].(string)]
		if assert.NotNil(t, full, "%s: %s is not in the snapshot", sd["id"], e["id"]) {
			for property, v := range e {
				if property == "constraint" { // those of the base type stay
					assert.Subset(t, full[property], v, "%s: %s", sd["id"], e["id"])
					continue
				}
				assert.Equal(t, full[property], v, "%s: %s.%s", sd["id"], e["id"], property)
			}
		}
		if i == 0 {
			assert.Equal(t, sd["type"], e["path"])
		}
	}
}

func resource(t testing.TB, all []fhirform.Resource, id string) object {
	t.Helper()
	for _, r := range all {
		if r.Type+"/"+r.ID == id {
			return tree(t, r)
		}
	}
	require.Fail(t, id)
	return nil
}

func element(t testing.TB, sd object, id string) object {
	t.Helper()
	for _, e := range elements(sd, "snapshot") {
		if e["id"] == id {
			return e
		}
	}
	require.Fail(t, id)
	return nil
}

func TestWhatIsWritten(t *testing.T) {
	all := write(t, embedded(t, "6"))
	event := resource(t, all, "StructureDefinition/patient-safety-adverse-event-6")
	agent := element(t, event, "AdverseEvent.extension:AdverseEventAgent")
	assert.Equal(t, "1", agent["max"])
	assert.Equal(t, []any{object{"code": "Extension", "profile": []any{
		"https://developer.learn-from-patient-safety-events.nhs.uk/taxonomy/fhir/StructureDefinition/adverse-event-agent-6"}}}, agent["type"])
	assert.Equal(t, "closed", element(t, event, "AdverseEvent.extension")["slicing"].(object)["rules"])
	assert.Len(t, element(t, event, "AdverseEvent.suspectEntity.instance")["type"].([]any)[0].(object)["targetProfile"], 2)
	assert.Contains(t, element(t, event, "AdverseEvent.event.coding.code")["binding"].(object)["valueSet"], "ValueSet/event-type-6")

	group := resource(t, all, "StructureDefinition/adverse-event-agent-6")
	assert.Equal(t, []any{object{"type": "element", "expression": "AdverseEvent"}}, group["context"])
	value := element(t, group, "Extension.extension:InvolvedAgents.value[x]")
	assert.Equal(t, object{"strength": "required", "valueSet": "https://developer.learn-from-patient-safety-events.nhs.uk/taxonomy/fhir/ValueSet/agent-type-6"}, value["binding"])
	assert.EqualValues(t, 1, value["min"])
	assert.Equal(t, "0", element(t, group, "Extension.value[x]")["max"])
	assert.EqualValues(t, 1, element(t, group, "Extension.extension")["min"])
	location := resource(t, all, "StructureDefinition/adverse-event-location-6")
	assert.EqualValues(t, 1, element(t, location, "Location.extension")["min"])

	open := resource(t, all, "StructureDefinition/location-details-6")
	assert.Equal(t, "extensible", element(t, open, "Extension.extension:Organisation.value[x]")["binding"].(object)["strength"])
	for id, want := range map[string]string{"agent-type-6": "complete", "ethnicity-6": "fragment", "ods-codes-6": "not-present"} {
		assert.Equal(t, want, resource(t, all, "CodeSystem/"+id)["content"], id)
	}
	assert.Contains(t, event["purpose"], "Unofficial")
}

// STU3 has references where R4 has urls, and names the type of a value in its path.
func TestWhatIsWrittenInSTU3(t *testing.T) {
	all := write(t, embedded(t, "5"))
	event := resource(t, all, "StructureDefinition/patient-safety-adverse-event-5")
	assert.Equal(t, "3.0.2", event["fhirVersion"])
	const definition = "https://psims-uat.azure-api.net/taxonomy/fhir/StructureDefinition/"
	assert.Equal(t, []any{object{"code": "Extension", "profile": definition + "adverse-event-agent-5"}},
		element(t, event, "AdverseEvent.extension:AdverseEventAgent")["type"])
	assert.Equal(t, []any{object{"code": "Reference", "targetProfile": definition + "adverse-event-medication-5"}, object{"code": "Reference", "targetProfile": definition + "adverse-event-device-5"}},
		reversed(element(t, event, "AdverseEvent.suspectEntity.instance")["type"].([]any)))
	assert.Contains(t, element(t, event, "AdverseEvent.type.coding.code"), "binding")
	group := resource(t, all, "StructureDefinition/adverse-event-agent-5")
	assert.Equal(t, "resource", group["contextType"])
	assert.Equal(t, []any{"AdverseEvent"}, group["context"])
	value := element(t, group, "Extension.extension:InvolvedAgents.valueCode")
	assert.Equal(t, "Extension.extension.valueCode", value["path"])
	assert.Equal(t, object{"reference": "https://psims-uat.azure-api.net/taxonomy/fhir/ValueSet/agent-type-5"}, value["binding"].(object)["valueSetReference"])
}

func reversed(v []any) []any { return []any{v[1], v[0]} }

func TestOtherFHIRVersionsAreRefused(t *testing.T) {
	text, err := small(t, "4.0.1").Append(nil)
	require.NoError(t, err)
	tax, err := taxonomy.Load([]byte(strings.Replace(string(text), `"4.0.1"`, `"5.0.0"`, 1)))
	require.NoError(t, err)
	_, err = fhirform.Write(tax)
	assert.ErrorContains(t, err, "R4 (4.0) and STU3 (3.0)")
	_, err = fhirform.Definitions(tax)
	assert.ErrorContains(t, err, "R4 (4.0) and STU3 (3.0)")
}

// Every extension that is written is described.
func TestDefinitionsDescribeEveryExtension(t *testing.T) {
	tax := small(t, "4.0.1")
	definitions, err := fhirform.Definitions(tax)
	require.NoError(t, err)
	described := map[string]bool{}
	for _, r := range definitions {
		described[r.URL] = true
	}
	used := map[string]bool{}
	for _, r := range write(t, tax) {
		walk(any(tree(t, r)), func(o object) {
			if url, _ := o["url"].(string); strings.HasPrefix(url, fhirform.ExtensionBase) {
				used[url] = true
			}
		})
	}
	assert.Equal(t, described, used)
}

func Example() {
	tax, err := taxonomy.Embedded("6")
	if err != nil {
		fmt.Println(err)
		return
	}
	resources, err := fhirform.Write(tax)
	if err != nil {
		fmt.Println(err)
		return
	}
	var group struct{ Name, Type, URL string }
	for _, r := range resources {
		if r.ID == "medication-dmd-6" {
			_ = json.Unmarshal(r.JSON, &group)
			fmt.Println(group.Name, "is an", group.Type)
		}
	}
	back, err := fhirform.Read(resources, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	d := taxonomy.Diff(tax, back)
	fmt.Println(len(resources), "resources,", len(d.Changes), "differences after reading them back")
	// Output:
	// MedicationDmd is an Extension
	// 189 resources, 0 differences after reading them back
}
