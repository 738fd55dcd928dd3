package lfpse_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse"
)

// An encoder that has encoded other events writes what a new one does: nothing of
// an event is left over for the next.
func TestEncoderForgetsTheEventBefore(t *testing.T) {
	c := newCodec(t)
	used := c.NewEncoder()
	rapid.Check(t, func(t *rapid.T) {
		e := anyEvent(t, c)
		want, issues := c.Encode(&e)
		if rapid.Bool().Draw(t, "reset") {
			used.Reset()
		}
		got, gotIssues := used.Encode(&e)
		require.Equal(t, issues, gotIssues)
		require.Equal(t, want, got)
	})
}

// The issues of one event stay when the next is encoded.
func TestEncoderLeavesIssuesToTheCaller(t *testing.T) {
	w := newCodec(t).NewEncoder()
	_, issues := w.Encode(&lfpse.Event{Type: "near-miss"})
	w.Encode(&lfpse.Event{Date: "2026-03-05", Type: "other"})
	require.Len(t, issues, 1)
	assert.Equal(t, "type", issues[0].Path)
}

func TestEncoderUsesItsMemoryAgain(t *testing.T) {
	c := newCodec(t)
	e := lfpse.Event{
		Type: lfpse.TypeIncident, Date: "2026-03-05", Description: "A dose was given twice.",
		Patients: []lfpse.Patient{{Age: lfpse.Age{Value: 1, Unit: lfpse.Years}, PhysicalHarm: lfpse.PhysicalNone}},
		Devices:  []lfpse.Device{{Manufacturer: "Example Devices Ltd"}},
	}
	w := c.NewEncoder()
	var body []byte
	encode := func() {
		a, issues := w.Encode(&e)
		require.Empty(t, issues)
		var err error
		body, err = fhir.Append(body[:0], a)
		require.NoError(t, err)
	}
	encode()
	encode()
	// The id of a device, its number and the reference to it are made anew.
	assert.LessOrEqual(t, testing.AllocsPerRun(100, encode), 3.0)
}
