package outboxtest

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/outbox"
)

// What somebody fills in by a form is theirs, survives the end of the process, and is sent
// when they say that it is complete, not before.
func testForm(t *testing.T, b *bench) {
	_, err := b.box.BeginDraft(ctx, outbox.By{ID: "ops1", Role: outbox.Operator}, Builder(), "A81001", "form", &draft.Draft{})
	var role *outbox.RoleError
	require.ErrorAs(t, err, &role)
	begun, err := b.box.BeginDraft(ctx, recorder, Builder(), "A81001", "form", Waiting("", fridge))
	require.NoError(t, err)
	assert.Equal(t, "rec1", begun.Assigned)
	other, err := b.box.BeginDraft(ctx, recorder, Builder(), "A81001", "form", Waiting("", fridge))
	require.NoError(t, err)
	assert.NotEqual(t, begun.ID, other.ID, "the same words twice are two forms")

	b.restart()
	answered := b.answer(begun.ID, imminent, "no")
	assert.Equal(t, draft.NeedsAnswers, answered.State)
	assert.Equal(t, draft.CompleteTarget, answered.Says.Questions[0].Target)
	assert.Zero(t, b.drain().Claimed, "nobody has said that it is complete")
	answered = b.answer(begun.ID, imminent, "")
	assert.True(t, asks(&answered, imminent), "an answer without a text takes back what was said")
	b.answer(begun.ID, imminent, "no")

	stranger := outbox.By{ID: "rec2", Role: outbox.Recorder}
	_, err = b.box.Draft(ctx, stranger, begun.ID)
	require.ErrorAs(t, err, &role)
	entries, err := b.box.Audit(ctx, outbox.AuditFilter{})
	require.NoError(t, err)
	assert.Equal(t, outbox.ActRefused, entries[len(entries)-1].Act)
	require.NoError(t, b.box.AssignDraft(ctx, recorder, b.draft(begun.ID).Edition(), ""))
	_, err = b.box.Draft(ctx, stranger, begun.ID)
	require.NoError(t, err, "it was handed over to anybody who may")

	sent := b.answer(begun.ID, draft.CompleteTarget, "yes")
	require.NotNil(t, sent.Entered)
	assert.Equal(t, 1, b.drain().Accepted)
}
