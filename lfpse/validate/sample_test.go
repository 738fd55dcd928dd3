package validate_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/fhir"
)

// The reconstructed v6 samples are what a public client sends. They have no error;
// the milder findings are its known quirks.
func TestSamples(t *testing.T) {
	for name, want := range map[string][]string{
		"v6-incident.reconstructed.json": {
			"information LFPSE-AGENT-FOLLOW-UP AdverseEvent",
			"information LFPSE-AGENT-FOLLOW-UP AdverseEvent",
			"information LFPSE-ODS-TEST AdverseEvent.contained[1].extension[0].extension[1].value",
			"information LFPSE-ODS-TEST AdverseEvent.contained[2].extension[0].extension[2].value",
			"information LFPSE-PROVISIONAL AdverseEvent.contained[4].extension[0].extension[2].value",
			"warning PROFILE-CODE-OPEN AdverseEvent.contained[4].extension[0].extension[2].value",
			"information LFPSE-PROVISIONAL AdverseEvent.contained[4].extension[0].extension[3].value",
			"warning PROFILE-CODE-OPEN AdverseEvent.contained[4].extension[0].extension[3].value",
			"warning LFPSE-DATE-TODAY AdverseEvent.extension[4]",
			"warning FHIR-R4-DESCRIPTION AdverseEvent.description",
		},
		"v6-good-care.reconstructed.json": {
			"information LFPSE-ODS-TEST AdverseEvent.contained[0].extension[0].extension[1].value",
			"information LFPSE-ODS-TEST AdverseEvent.contained[1].extension[0].extension[1].value",
			"warning FHIR-R4-DESCRIPTION AdverseEvent.description",
		},
	} {
		a, _ := fhir.Decode(sample(t, name), fhir.WithRootDescription())
		assert.Equal(t, want, lines(validatorOf(t, embedded(t)).Check(a).Issues), name)
	}
}

// A v5 record is refused as such, not for each of its parts.
func TestSampleOfAnotherVersion(t *testing.T) {
	a, _ := fhir.Decode(sample(t, "v5-incident-no-patient.reconstructed.json"), fhir.WithRootDescription())
	assert.Equal(t, []string{
		"error PROFILE-VERSION AdverseEvent.meta.profile[0]",
		"error FHIR-REQUIRED AdverseEvent.actuality",
		"error FHIR-REQUIRED AdverseEvent.subject",
		"warning FHIR-R4-DESCRIPTION AdverseEvent.description",
	}, lines(validatorOf(t, embedded(t)).Check(a).Issues))
}

func sample(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "lfpse", "samples", name))
	if os.IsNotExist(err) {
		t.Skip("the reconstructed samples are not here: put them into shared/lfpse/samples beside the checkout")
	}
	require.NoError(t, err)
	return b
}
