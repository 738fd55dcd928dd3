package fhir_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/fhir"
)

func TestVersionOfARecord(t *testing.T) {
	for name, tt := range map[string]struct {
		in   string
		stu3 bool
	}{
		"profile":             {`{"resourceType":"Patient","meta":{"profile":["https://fhir.nhs.uk/STU3/StructureDefinition/CareConnect-GPC-Patient-1"]}}`, true},
		"profile of a Bundle": {`{"resourceType":"Bundle","meta":{"profile":["https://fhir.nhs.uk/STU3/StructureDefinition/GPConnect-StructuredRecord-Bundle-1"]}}`, true},
		"clinical status":     {`{"resourceType":"AllergyIntolerance","clinicalStatus":"active"}`, true},
		"asserted date":       {`{"resourceType":"Condition","assertedDate":"2017-01-01"}`, true},
		"taken":               {`{"resourceType":"MedicationStatement","taken":"y"}`, true},
		"agent":               {`{"resourceType":"MedicationRequest","requester":{"agent":{"display":"x"}}}`, true},
		"R4":                  {`{"resourceType":"AllergyIntolerance","clinicalStatus":{"coding":[{"code":"active"}]},"meta":{"profile":["https://fhir.hl7.org.uk/StructureDefinition/UKCore-AllergyIntolerance"]}}`, false},
		"neither":             {`{"resourceType":"Organization"}`, false},
	} {
		bundle, issues := fhir.ParseBundle([]byte(tt.in))
		require.Empty(t, issues, name)
		assert.Equal(t, tt.stu3, bundle.STU3, name)
	}
}

func TestElementsThatWereRenamed(t *testing.T) {
	for name, in := range map[string]string{
		"STU3": `{"resourceType":"Condition","assertedDate":"2017-01-01"}`,
		"R4":   `{"resourceType":"Condition","recordedDate":"2017-01-01"}`,
	} {
		bundle, issues := fhir.ParseBundle([]byte(in))
		require.Empty(t, issues, name)
		condition := bundle.Entries[0].Resource
		assert.Equal(t, "2017-01-01", condition.Element("recordedDate").Text(), name)
		assert.False(t, condition.Element("onset").Exists(), name)
		assert.False(t, fhir.Node{}.Element("recordedDate").Exists())
	}
}
