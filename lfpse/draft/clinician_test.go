package draft_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
)

// A draft waits for what was put to a clinician, also after it was stored and after its
// source was read again; the clinician's answer makes of it what it would have made at once.
func TestADraftWaitsForTheClinician(t *testing.T) {
	b := newBuilder()
	rapid.Check(t, func(rt *rapid.T) {
		before := aDraft(rt)
		b.Prepare(&before)
		var open []lfpse.Question
		for _, q := range before.Questions {
			if b.Form().Arises(&before, &q) {
				open = append(open, q)
			}
		}
		if len(open) == 0 {
			return
		}
		q := rapid.SampledFrom(open).Draw(rt, "question")
		d := again(rt, &before)
		require.NoError(rt, b.Form().Answer(d, q.Target, "Ask a clinician"))
		b.Prepare(d)
		waits := func(d *draft.Draft) {
			require.True(rt, d.Referred(q.Target), q.Target)
			require.False(rt, d.Answered(q.Target))
			require.NotEqual(rt, draft.Ready, d.State)
			found := false
			for _, o := range d.Questions {
				found = found || o.Target == q.Target && o.Required
			}
			require.True(rt, found, "%s is asked", q.Target)
		}
		waits(d)
		d = again(rt, d)
		waits(d)
		read := again(rt, &before)
		require.Empty(rt, b.Form().Reapply(read, &before, d, nil))
		b.Prepare(read)
		waits(read)

		text := anAnswer(rt, &q)
		direct := again(rt, &before)
		if b.Form().Answer(direct, q.Target, text) != nil {
			return
		}
		require.NoError(rt, b.Form().Answer(d, q.Target, text))
		b.Prepare(direct)
		b.Prepare(d)
		require.False(rt, d.Referred(q.Target))
		require.Equal(rt, direct.Event, d.Event)
		require.Equal(rt, direct.State, d.State)
	})
}

// What a log says does not count once a clinician is asked; what does not arise is not
// asked for all that.
func TestAClinicianIsAskedWhatTheLogSays(t *testing.T) {
	b := newBuilder()
	d := draft.Draft{Event: lfpse.Event{Type: lfpse.TypeIncident, Patients: []lfpse.Patient{{PhysicalHarm: lfpse.PhysicalLow}}}}
	for _, target := range []string{"patients[0].physicalHarm", "patients[0].age", "location.locationWithinService"} {
		answer(t, &d, target, draft.AskClinician)
	}
	b.Prepare(&d)
	assert.Empty(t, d.Event.Patients[0].PhysicalHarm)
	for _, target := range []string{"patients[0].physicalHarm", "patients[0].ageBracket", "location.locationWithinService"} {
		assert.True(t, d.Referred(target) && d.Asks(target), target)
	}
	answer(t, &d, "patients[0].age", "62")
	assert.False(t, d.Referred("patients[0].ageBracket"))

	risk := draft.Draft{Event: lfpse.Event{Type: lfpse.TypeRisk, Patients: []lfpse.Patient{{}}}}
	for _, target := range []string{"patients[0].physicalHarm", draft.PatientsTarget} {
		answer(t, &risk, target, draft.AskClinician)
	}
	b.Prepare(&risk)
	assert.False(t, risk.Asks("patients[0].physicalHarm"))
	assert.False(t, risk.Asks(draft.PatientsTarget))
	assert.Equal(t, "MAP-ANSWER-POINTLESS", risk.Issues[0].Rule)
	assert.Error(t, b.Form().Answer(&risk, "nonsense", draft.AskClinician))
}
