package draft_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/privacy"
	"github.com/gpsafety/lfpse-go/lfpse/submission"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

// What a person fills in is not ready before they say that it may be sent, and not any more
// after they have changed it.
func TestCompleteIsSaidLast(t *testing.T) {
	tax, err := taxonomy.Embedded("6")
	require.NoError(t, err)
	b, err := submission.NewBuilder(tax, submission.WithToday(func() lfpse.Date { return "2026-11-29" }))
	require.NoError(t, err)
	f := b.Form()
	answer := func(d *draft.Draft, target, text string) {
		require.NoError(t, f.Answer(d, target, text), target)
		b.Prepare(d)
	}
	d := &draft.Draft{}
	d.Ask(draft.CompleteQuestion())
	b.Prepare(d)
	arising := 0
	for i := range d.Questions {
		q := &d.Questions[i]
		if q.Target == draft.CompleteTarget {
			break
		}
		assert.True(t, q.Required && f.Arises(d, q), "%s is asked before", q.Target)
		arising++
	}
	assert.Positive(t, arising)
	for _, a := range [][2]string{
		{"type", "incident"}, {"description", "The fridge alarm was switched off overnight."}, {"date", "2026-11-28"}, {"patients", "0"},
		{"riskDetails.riskImminent", "n"}, {"reporter.reporterOrganisation", "A99999"}, {"location.locationKnown", "u"},
	} {
		answer(d, a[0], a[1])
	}
	assert.Equal(t, draft.NeedsAnswers, d.State)
	assert.Equal(t, draft.CompleteTarget, d.Questions[0].Target)

	require.Error(t, f.Answer(d, draft.CompleteTarget, "not yet"))
	answer(d, draft.CompleteTarget, "yes")
	assert.Equal(t, draft.Ready, d.State)

	answer(d, "description", "The fridge alarm was switched off for two nights.")
	assert.Equal(t, draft.NeedsAnswers, d.State, "what was said of another text does not count")
	answer(d, draft.CompleteTarget, "yes")
	require.NoError(t, f.Clear(d, "description"))
	b.Prepare(d)
	assert.Equal(t, "description", d.Questions[0].Target)
	assert.True(t, d.Asks(draft.CompleteTarget))
	assert.Error(t, f.Clear(d, "nothing"))
}

// A record may be open although nobody was affected: then what it says of the patient does
// not count, also when the day is answered afterwards.
func TestNobodyWasAffectedInSpiteOfARecord(t *testing.T) {
	tax, err := taxonomy.Embedded("6")
	require.NoError(t, err)
	b, err := submission.NewBuilder(tax, submission.WithToday(func() lfpse.Date { return "2026-11-29" }))
	require.NoError(t, err)
	f := b.Form()
	d := &draft.Draft{}
	f.Apply(d, recordOf{{Target: "patients[0].genderIdentity", Value: "female", From: "Patient.extension[0]"}, {Target: "patients[0].birthDate", Value: "1960-02-03", From: "Patient.birthDate"}})
	require.NotEmpty(t, d.Event.Patients)
	require.NoError(t, f.Answer(d, "type", "incident"))
	require.NoError(t, f.Answer(d, draft.PatientsTarget, "0"))
	require.NoError(t, f.Answer(d, "date", "2026-11-28"))
	assert.Empty(t, d.Event.Patients)
	for _, q := range d.Asked {
		assert.NotContains(t, q.Target, "patients[0]")
	}

	d = &draft.Draft{}
	require.NoError(t, f.Answer(d, "type", "incident"))
	require.NoError(t, f.Answer(d, "patients[0].genderIdentity", "female"))
	assert.Error(t, f.Answer(d, draft.PatientsTarget, "0"), "a person has said something about a patient")
}

type recordOf []draft.Fact

func (r recordOf) Facts() []draft.Fact           { return r }
func (r recordOf) Candidates() []draft.Candidate { return nil }
func (r recordOf) DenyTerms() []privacy.Term     { return nil }
