package draft_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
)

// If nothing has changed in the source, its answers make of the new draft what they made
// of the old one; whatever has changed, each answer is in force, asked again, or said by the
// source itself.
func TestReapply(t *testing.T) {
	b := newBuilder()
	rapid.Check(t, func(rt *rapid.T) {
		before := aDraft(rt)
		b.Prepare(&before)
		answered := someAnswers(rt, &before)
		same := again(rt, &before)
		require.Empty(rt, b.Form().Reapply(same, &before, answered, nil))
		b.Prepare(same)
		require.Equal(rt, answered.State, same.State)
		require.Equal(rt, answered.Event, same.Event)
		require.ElementsMatch(rt, answered.Answers, same.Answers)

		changed := aDraft(rt)
		b.Prepare(&changed)
		source := again(rt, &changed)
		left := b.Form().Reapply(&changed, &before, answered, nil)
		b.Prepare(&changed)
		for _, a := range answered.Answers {
			reasked := false
			for _, l := range left {
				reasked = reasked || l.Text == a.Text
			}
			require.True(rt, changed.Answered(a.Target) || reasked || says(rt, source, a.Target) != "", a.Target)
		}
		if len(left) > 0 {
			require.Len(rt, changed.Overtaken(left), len(left))
		}
	})
}

// someAnswers answers questions that arise, of a copy of the draft.
func someAnswers(t *rapid.T, before *draft.Draft) *draft.Draft {
	b, answered := newBuilder(), again(t, before)
	for range rapid.IntRange(1, 6).Draw(t, "answers") {
		var open []lfpse.Question
		for _, q := range answered.Questions {
			if b.Form().Arises(answered, &q) {
				open = append(open, q)
			}
		}
		if len(open) == 0 {
			break
		}
		q := rapid.SampledFrom(open).Draw(t, "question")
		_ = b.Form().Answer(answered, q.Target, anAnswer(t, &q))
		b.Prepare(answered)
	}
	return answered
}

func says(t require.TestingT, d *draft.Draft, target string) string {
	if target == draft.PatientsTarget {
		return "so many"
	}
	p, err := newBuilder().Form().Accessor(target)
	require.NoError(t, err)
	text := ""
	for _, v := range p.Values(&d.Event) {
		text += v
	}
	return text
}

// A better value of the source is not replaced by an answer that was less exact, and the
// person is asked.
func TestReapplyAsksWhatTheSourceSaysNow(t *testing.T) {
	b := newBuilder()
	source := func(change func(*lfpse.Event)) *draft.Draft {
		d := &draft.Draft{Event: lfpse.Event{Type: lfpse.TypeIncident, Patients: []lfpse.Patient{{}}}}
		change(&d.Event)
		b.Prepare(d)
		return d
	}
	before := source(func(*lfpse.Event) {})
	answered := again(t, before)
	answer(t, answered, "patients[0].ageBracket", "46-65 years")
	answer(t, answered, "date", "2026-02")
	b.Prepare(answered)

	now := source(func(e *lfpse.Event) {
		e.Patients[0].Age, e.Date = lfpse.Age{Value: 70, Unit: lfpse.Years}, "2026-03-01"
	})
	left := b.Form().Reapply(now, before, answered, nil)
	b.Prepare(now)
	assert.Equal(t, []string{"patients[0].ageBracket", "date"}, targetsOf(left))
	assert.Equal(t, 70, now.Event.Patients[0].Age.Value)
	require.NotNil(t, asked(now, "date"))
	assert.Equal(t, "MAP-ANSWER-OVERTAKEN", asked(now, "date").Rule)
	assert.Equal(t, draft.NeedsAnswers, now.State)
	answer(t, now, "date", "2026-03-01")
	assert.Equal(t, []string{"patients[0].ageBracket"}, targetsOf(now.Overtaken(left)))
}
