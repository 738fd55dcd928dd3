package fhircontext_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/gpsafety/lfpse-go/mapping/fhircontext"
)

const (
	restricted = `"meta":{"security":[{"system":"http://terminology.hl7.org/CodeSystem/v3-Confidentiality","code":"R"}]}`
	someone    = `{"resourceType":"Patient","id":"p","gender":"female"}`
)

// Nothing is read of a record that is confidential as a whole, or whose patient is.
func TestConfidentialRecord(t *testing.T) {
	whole := strings.Replace(string(bundle(someone)), `{"resourceType"`, `{`+restricted+`,"resourceType"`, 1)
	patient := strings.Replace(someone, `{`, `{`+restricted+`,`, 1)
	for name, record := range map[string]string{
		"bundle":         whole,
		"patient":        patient,
		"of a bundle":    string(bundle(someone, patient)),
		"nested bundle":  string(bundle(whole)),
		"nested patient": string(bundle(`{"resourceType":"Parameters","parameter":[{"name":"x","resource":` + patient + `}]}`)),
		"contained":      string(bundle(`{"resourceType":"Encounter","id":"e","contained":[` + patient + `]}`)),
		"no system":      strings.Replace(whole, `"system":"http://terminology.hl7.org/CodeSystem/v3-Confidentiality",`, "", 1),
		"OID":            strings.Replace(whole, "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "urn:oid:2.16.840.1.113883.5.25", 1),
		"XML": `<Bundle xmlns="http://hl7.org/fhir"><meta><security><system value="http://hl7.org/fhir/v3/Confidentiality"/><code value="V"/></security></meta>
			<type value="collection"/><entry><resource><Patient><gender value="female"/></Patient></resource></entry></Bundle>`,
	} {
		c, issues := fhircontext.Load([]byte(record))
		assert.Nil(t, c, name)
		assert.Equal(t, []string{"error CONTEXT-CONFIDENTIAL $this"}, found(issues), name)
	}
	normal := strings.Replace(whole, `"R"`, `"N"`, 1)
	load(t, []byte(normal))
}

// Of a confidential resource only the names are taken, to look for them.
func TestConfidentialResource(t *testing.T) {
	request := func(id, more string) string {
		return fmt.Sprintf(`{"resourceType":"MedicationRequest","id":%q,"status":"active","subject":{"reference":"Patient/p"},%s}`, id, more)
	}
	c, issues := load(t, bundle(someone,
		request("m1", restricted+`,"medicationCodeableConcept":{"text":"Zolmira"}`),
		request("m2", `"medicationReference":{"reference":"Medication/x"}`),
		`{"resourceType":"Medication","id":"x",`+restricted+`,"code":{"text":"Zolmira"}}`,
		`{"resourceType":"RelatedPerson","id":"r",`+restricted+`,"patient":{"reference":"Patient/p"},"name":[{"family":"Quuxworth"}]}`))
	for _, m := range c.Medicines {
		assert.NotContains(t, m.Display, "Zolmira")
	}
	assert.Contains(t, fmt.Sprint(found(issues)), "information CONTEXT-CONFIDENTIAL-ENTRY Bundle.entry[1].resource")
	terms := ""
	for _, term := range c.DenyTerms() {
		terms += term.Text + " "
	}
	assert.Contains(t, terms, "Quuxworth")
}
