package lfpse_test

import (
	"encoding/json"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

// withNovelty returns a codec for a taxonomy that asks one thing more about each
// patient than the model knows.
func withNovelty(t *testing.T) *lfpse.Codec {
	t.Helper()
	tax, err := taxonomy.Embedded("6")
	require.NoError(t, err)
	doc, err := tax.Append(nil)
	require.NoError(t, err)
	var raw map[string]any
	require.NoError(t, json.Unmarshal(doc, &raw))
	for _, g := range raw["groups"].([]any) {
		if g := g.(map[string]any); g["id"] == "patient-information-6" {
			g["fields"] = append(g["fields"].([]any), map[string]any{"name": "Novelty", "min": 0, "max": 1, "type": "integer", "evidence": "seen"})
		}
	}
	newer, err := taxonomy.Load([]byte(toJSON(raw)))
	require.NoError(t, err)
	c, err := lfpse.NewCodec(newer)
	require.NoError(t, err)
	return c
}

// crowd is an event with n patients, of whom each says its number in a field that
// the model lacks.
func crowd(n int) lfpse.Event {
	e := lfpse.Event{Patients: make([]lfpse.Patient, n)}
	for i := range n {
		e.Patients[i].ClinicalOutcome = strconv.Itoa(i)
		e.Extra = append(e.Extra, lfpse.Extra{Group: "patient-information", Index: i, Field: "Novelty", Value: strconv.Itoa(i + 1)})
	}
	return e
}

func TestExtraFieldsFollowTheirPatients(t *testing.T) {
	c := withNovelty(t)
	e := crowd(5)
	a, issues := c.Encode(&e)
	require.Empty(t, issues)
	information := a.Contained[2].Patient.Extension
	require.Len(t, information, 5)
	for _, swap := range [][2]int{{0, 3}, {1, 4}, {3, 4}} {
		information[swap[0]], information[swap[1]] = information[swap[1]], information[swap[0]]
	}
	back, issues := c.Decode(a)
	require.Empty(t, issues)
	assert.Equal(t, e.Patients, back.Patients)
	assert.ElementsMatch(t, e.Extra, back.Extra)
}

// Patients and the fields that the model lacks find each other without a search from
// end to end for each, which would take minutes.
func TestManyPatientsWithExtraFields(t *testing.T) {
	c := withNovelty(t)
	e := crowd(64_000)
	a, issues := c.Encode(&e)
	require.Empty(t, issues)
	back, issues := c.Decode(a)
	require.Empty(t, issues)
	require.Equal(t, len(e.Patients), len(back.Patients))
	require.Equal(t, e.Extra, back.Extra)
}

// A taxonomy that moves a list of the event to a resource that has another is
// refused, rather than one patient taken for the device of the same number.
func TestNewCodecRefusesAListOnTheWrongResource(t *testing.T) {
	tax, err := taxonomy.Embedded("6")
	require.NoError(t, err)
	for from, to := range map[string]string{"Patient": "Device", "Device": "Patient"} {
		moved := *tax
		moved.Groups = append([]taxonomy.Group(nil), tax.Groups...)
		for i := range moved.Groups {
			if moved.Groups[i].Context == from {
				moved.Groups[i].Context = to
			}
		}
		_, err = lfpse.NewCodec(&moved)
		assert.ErrorContains(t, err, "on the "+to)
	}
}
