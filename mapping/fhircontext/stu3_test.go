package fhircontext_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/privacy"
	"github.com/gpsafety/lfpse-go/mapping/fhircontext"
)

// stu3Record is a record in the form of GP Connect, Access Record: Structured.
var stu3Record = bundle(
	`{"resourceType":"Patient","id":"p","meta":{"profile":["https://fhir.nhs.uk/STU3/StructureDefinition/CareConnect-GPC-Patient-1"]},
		"extension":[{"url":"https://fhir.hl7.org.uk/STU3/StructureDefinition/Extension-CareConnect-EthnicCategory-1","valueCodeableConcept":{"coding":[
			{"system":"https://fhir.hl7.org.uk/STU3/CodeSystem/CareConnect-EthnicCategory-1","code":"R"}]}}],
		"identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9990000018"}],"name":[{"family":"Quuxworth","given":["Zebedee"]}],
		"gender":"female","birthDate":"1961-02-28","generalPractitioner":[{"reference":"Practitioner/d"}],"managingOrganization":{"reference":"Organization/o"}}`,
	`{"resourceType":"Organization","id":"o","identifier":[{"system":"https://fhir.nhs.uk/Id/ods-organization-code","value":"Y99999"}]}`,
	`{"resourceType":"Practitioner","id":"d","name":[{"family":"Thistlewood","given":["Barnaby"],"prefix":["Dr"]}]}`,
	`{"resourceType":"PractitionerRole","practitioner":{"reference":"Practitioner/d"},"organization":{"reference":"Organization/o"},
		"code":[{"coding":[{"system":"https://fhir.hl7.org.uk/STU3/CodeSystem/CareConnect-SDSJobRoleName-1","code":"R0260"}]}]}`,
	`{"resourceType":"List","status":"current","code":{"coding":[{"system":"http://snomed.info/sct","code":"933361000000108"}]},"subject":{"reference":"Patient/p"},
		"extension":[{"url":"https://fhir.nhs.uk/STU3/StructureDefinition/Extension-CareConnect-GPC-ListWarningCode-1","valueCode":"confidential-items"}],
		"entry":[{"item":{"reference":"MedicationStatement/s"}}]}`,
	`{"resourceType":"Medication","id":"m","code":{"coding":[
		{"system":"http://snomed.info/sct","code":"15517911000001104","display":"Methotrexate 10mg/0.2ml solution for injection pre-filled syringes"},
		{"system":"https://fhir.example/Id/local-drug","code":"METH10","display":"METHOTREXATE INJ","userSelected":true}]}}`,
	`{"resourceType":"MedicationStatement","id":"s","status":"active","taken":"unk","medicationReference":{"reference":"Medication/m"},
		"basedOn":[{"reference":"MedicationRequest/r"}],"subject":{"reference":"Patient/p"},"effectivePeriod":{"start":"2026-01-05","end":"2026-12-05"}}`,
	`{"resourceType":"MedicationRequest","id":"r","status":"active","intent":"plan","medicationReference":{"reference":"Medication/m"},"subject":{"reference":"Patient/p"},
		"authoredOn":"2026-01-05","dispenseRequest":{"validityPeriod":{"end":"2026-12-05"}},"requester":{"agent":{"reference":"Practitioner/d"},"onBehalfOf":{"reference":"Organization/o"}},"recorder":{"display":"Mrs Petronella Wobbleton"}}`,
	`{"resourceType":"MedicationStatement","status":"completed","taken":"n","medicationCodeableConcept":{"text":"Invented tablets"},"subject":{"reference":"Patient/p"}}`,
	`{"resourceType":"Condition","clinicalStatus":"active","assertedDate":"2020-01-01","subject":{"reference":"Patient/p"}}`,
	`{"resourceType":"Device","type":{"text":"Nebuliser"},"model":"Puff 3"}`,
)

func TestSTU3(t *testing.T) {
	c, issues := load(t, stu3Record)
	assert.Equal(t, []string{"warning CONTEXT-PARTIAL Bundle.entry[4].resource.extension[0]"}, found(issues))
	assert.Equal(t, "1961-02-28", c.BirthDate())
	for name, tt := range map[string]struct {
		fact  fhircontext.Fact
		value string
	}{
		"gender": {c.Gender, "female"}, "ethnicity": {c.Ethnicity, "34"}, "organisation": {c.Organisation, "Y99999"}, "reporter's role": {c.ReporterRole, "4"},
	} {
		assert.Equal(t, tt.value, tt.fact.Value, name)
	}
	require.Len(t, c.Medicines, 2)
	assert.Equal(t, fhircontext.Medicine{
		Code: "15517911000001104", Display: "Methotrexate 10mg/0.2ml solution for injection pre-filled syringes", Resource: "MedicationStatement",
		Since: "2026-01-05", Until: "2026-12-05", Source: fhircontext.Source{Path: "Bundle.entry[5].resource.code.coding[0]"},
	}, c.Medicines[0], "the statement and its request are one medicine, under its national code")
	assert.Equal(t, "It was not taken.", c.Medicines[1].Doubt)
	require.Len(t, c.Devices, 1)
	assert.Equal(t, "Puff 3", c.Devices[0].ModelNumber)
	names := privacy.NewDenyList(c.DenyTerms())
	for _, text := range []string{"Seen by Barnaby Thistlewood.", "Petronella Wobbleton signed it."} {
		assert.NotEmpty(t, names.Scan(text), text)
	}
}

// Exports that were made without the definitions of the resources write a list of one
// item as the item itself.
func TestListsOfOneItem(t *testing.T) {
	c, issues := load(t, bundle(
		`{"resourceType":"Patient","generalPractitioner":{"reference":"Organization/o"}}`,
		`{"resourceType":"Organization","id":"o","identifier":{"system":"https://fhir.nhs.uk/Id/ods-organization-code","value":"Y99999"}}`))
	assert.Empty(t, issues)
	assert.Equal(t, "Y99999", c.Organisation.Value)
}
