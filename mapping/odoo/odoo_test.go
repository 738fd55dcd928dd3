package odoo_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/gpsafety/lfpse-go/conformance/measure/sourcetest"
	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
)

func TestLog(t *testing.T) {
	all := sourcetest.Log(t, "odoo")
	assert.Equal(t, lfpse.TypeIncident, all[1].Event.Type, "a near miss is an incident")
	assert.Empty(t, all[4].Event.Type)
	for _, d := range all[5:] {
		assert.Equal(t, draft.NotForLFPSE, d.State)
		assert.NotEmpty(t, d.Reason)
	}
}
