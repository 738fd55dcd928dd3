package southwest_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/gpsafety/lfpse-go/conformance/measure/sourcetest"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
)

func TestLog(t *testing.T) {
	all := sourcetest.Log(t, "southwest")
	assert.Equal(t, "64 years", all[0].Event.Patients[0].Age.String(), "on the day of the event")
	assert.Empty(t, all[1].Event.Patients, "a bare 1 is male in one system and female in another")
	assert.Contains(t, sourcetest.Targets(&all[1]), "patients[0].genderIdentity")
	assert.Equal(t, draft.Blocked, all[2].State, "the text names the patient")
}
