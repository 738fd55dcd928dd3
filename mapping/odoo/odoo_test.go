package odoo_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/gpsafety/lfpse-go/conformance/measure/sourcetest"
	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/mapping"
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

func TestNoOtherEntryIsWrittenAsFalse(t *testing.T) {
	m := sourcetest.Mapper(t, "odoo")
	for cell, duplicate := range map[string]bool{"": false, "False": false, "FALSE": false, "0": false, "n/a": false, "-": false, "INC/4": true, "4": true} {
		d := m.Map(mapping.Row{Cells: map[string]string{"name": "INC/7", "incident_kind": "Risk Event", "duplicate_of": cell}})
		assert.Equal(t, duplicate, d.State == draft.NotForLFPSE, "%q", cell)
		if !duplicate {
			assert.Equal(t, lfpse.TypeIncident, d.Event.Type, "the label means what the key means")
		}
	}
	d := m.Map(mapping.Row{Cells: map[string]string{"name": "INC/7", "incident_kind": "incident", "lfpse_state": "Not Required"}})
	assert.Equal(t, draft.NotForLFPSE, d.State)
}
