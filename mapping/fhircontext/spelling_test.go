package fhircontext_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/gpsafety/lfpse-go/mapping/fhircontext"
)

// What a resource is about that is no person is no second patient.
func TestPlacesGroupsAndDevicesAreNoPatients(t *testing.T) {
	for name, other := range map[string][]string{
		"Flag about a place":           {`{"resourceType":"Flag","subject":{"reference":"Location/l"}}`, `{"resourceType":"Location","id":"l"}`},
		"Flag about an absent place":   {`{"resourceType":"Flag","subject":{"reference":"Location/l"}}`},
		"Flag about a typed place":     {`{"resourceType":"Flag","subject":{"type":"Location","display":"Room 4"}}`},
		"Encounter of a group":         {`{"resourceType":"Encounter","subject":{"reference":"https://server.example/R4/Group/g"}}`},
		"Observation of a device":      {`{"resourceType":"Observation","subject":{"reference":"#d"},"contained":[{"resourceType":"Device","id":"d","manufacturer":"Acme"}]}`},
		"Flag about a practice":        {`{"resourceType":"Flag","subject":{"identifier":{"system":"https://fhir.nhs.uk/Id/ods-organization-code","value":"A81001"}}}`},
		"Flag about a member of staff": {`{"resourceType":"Flag","subject":{"reference":"Practitioner/q/_history/2"}}`},
		"Appointment in a room":        {`{"resourceType":"Appointment","participant":[{"actor":{"reference":"Location/l"}}]}`},
	} {
		t.Run(name, func(t *testing.T) {
			c, issues := load(t, bundle(append(other, `{"resourceType":"Patient","id":"p","gender":"female","birthDate":"1961-02-28"}`,
				`{"resourceType":"Flag","subject":{"reference":"Patient/p"}}`)...))
			assert.Equal(t, "female", c.Gender.Value)
			assert.Equal(t, "1961-02-28", c.BirthDate())
			for _, f := range found(issues) {
				assert.NotContains(t, f, "warning")
				assert.NotContains(t, f, "CONTEXT-OTHER-PATIENT")
			}
		})
	}
}

// The Personal Demographics Service has the NHS number as the id of a patient.
func TestAPatientByTheNumberInAReference(t *testing.T) {
	c, _ := load(t, bundle(`{"resourceType":"Patient","gender":"female","identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9990000433"}]}`,
		`{"resourceType":"Encounter","subject":{"reference":"https://api.example/personal-demographics/FHIR/R4/Patient/9990000433"}}`))
	assert.Equal(t, "female", c.Gender.Value)
}

func TestODSSystemsInEverySpelling(t *testing.T) {
	for _, system := range []string{
		"https://fhir.nhs.uk/Id/ods-organization-code", "http://fhir.nhs.uk/Id/ods-organization-code", "https://fhir.nhs.uk/Id/ods-organization-code/",
		"https://fhir.nhs.uk/id/ods-organization-code", "http://fhir.nhs.net/Id/ods-organization-code", "https://fhir.nhs.uk/Id/ods-site-code",
		"urn:oid:2.16.840.1.113883.2.1.3.2.4.18.48", "urn:oid:1.2.826.0.1285.0.1.10", "1.2.826.0.1285.0.1.11", "https://fhir.hl7.org.uk/Id/ods-organization-code",
	} {
		c, issues := load(t, bundle(`{"resourceType":"Encounter","serviceProvider":{"reference":"Organization/o"}}`,
			`{"resourceType":"Organization","id":"o","identifier":[{"system":"http://other.example","value":"1"},{"system":"`+system+`","value":"A81001"}]}`))
		assert.Equal(t, "A81001", c.Organisation.Value, system)
		assert.Empty(t, issues, system)
	}
	c, _ := load(t, bundle(`{"resourceType":"Encounter","serviceProvider":{"reference":"https://directory.spineservices.nhs.uk/STU3/Organization/A81001"}}`))
	assert.Equal(t, "A81001", c.Organisation.Value, "the address in the ODS directory")
	c, _ = load(t, bundle(`{"resourceType":"Patient","generalPractitioner":[{"type":"Organization","identifier":{"system":"https://fhir.nhs.uk/Id/ods-organization-code","value":"A81001"}}]}`))
	assert.Equal(t, "A81001", c.Organisation.Value, "where the patient is registered")
	c, _ = load(t, bundle(`{"resourceType":"Encounter","serviceProvider":{"identifier":{"system":"urn:oid:2.16.840.1.113883.2.1.3.2.4.18.24","value":"A81001"}}}`))
	assert.Empty(t, c.Organisation.Value, "a local patient identifier")
}

func TestRoleCodesOfEverySystem(t *testing.T) {
	for _, tt := range []struct{ system, code, want string }{
		{"http://terminology.hl7.org/CodeSystem/practitioner-role", "doctor", "4"},
		{"http://terminology.hl7.org/CodeSystem/practitioner-role/", "nurse", "5"},
		{"http://hl7.org/fhir/practitioner-role", "doctor", "4"},
		{"https://fhir.hl7.org.uk/CodeSystem/UKCore-SDSJobRoleName", "R0610", "5"},
		{"https://fhir.nhs.uk/STU3/CodeSystem/CareConnect-SDSJobRoleName-1", "R0262", "4"},
		{"https://fhir.nhs.uk/CodeSystem/sds-job-role-name", "R0955", "3"},
		{"http://snomed.info/sct", "224535009", "5"},
		{"https://fhir.nhs.uk/Id/sds-job-role-id", "r5220", "1"},
	} {
		c, _ := load(t, bundle(role(coded(tt.system, tt.code))))
		assert.Equal(t, tt.want, c.ReporterRole.Value, tt.code)
	}
	for _, code := range []string{"researcher", "pharmacist", "witch"} {
		c, _ := load(t, bundle(role(coded("http://terminology.hl7.org/CodeSystem/practitioner-role", code))))
		assert.Equal(t, fhircontext.Ask, c.ReporterRole.Status, code)
	}
	c, _ := load(t, bundle(role(coded("http://other.example/staff", "doctor"))))
	assert.Equal(t, fhircontext.Ask, c.ReporterRole.Status, "a code of a list nobody knows")
}
