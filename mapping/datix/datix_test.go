package datix_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/gpsafety/lfpse-go/conformance/measure/sourcetest"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
)

func TestLog(t *testing.T) {
	all := sourcetest.Log(t, "datix")
	for _, d := range all {
		if d.State == draft.NeedsAnswers {
			assert.Contains(t, sourcetest.Targets(&d), "patients", "a grade of harm does not say how many")
			assert.Contains(t, sourcetest.Targets(&d), "patients[0].genderIdentity")
		}
	}
}
