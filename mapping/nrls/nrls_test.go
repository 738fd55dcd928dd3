package nrls_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/gpsafety/lfpse-go/conformance/measure/sourcetest"
)

func TestLog(t *testing.T) {
	all := sourcetest.Log(t, "nrls")
	assert.Equal(t, "2026-03", all[1].Event.EstimatedDate.ApproximateDate, "a month is no day")
	assert.Empty(t, all[1].Event.Date)
	for _, d := range all {
		assert.Contains(t, sourcetest.Targets(&d), "patients")
		assert.Contains(t, sourcetest.Targets(&d), "patients[0].physicalHarm")
	}
}
