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

	b.answer(begun.ID, imminent, draft.AskClinician)
	testFormIsTheirs(t, b, begun.ID)
	answered = b.answer(begun.ID, imminent, "no")
	assert.False(t, answered.ForClinician)

	sent := b.answer(begun.ID, draft.CompleteTarget, "yes")
	require.NotNil(t, sent.Entered)
	assert.Equal(t, 1, b.drain().Accepted)
}

// testFormIsTheirs says that a form which waits for a clinician is for whoever fills it in, for
// clinicians and for managers.
func testFormIsTheirs(t *testing.T, b *bench, id int64) {
	mine, err := b.box.Drafts(ctx, outbox.DraftFilter{Assigned: recorder.ID, ID: id})
	require.NoError(t, err)
	require.Len(t, mine, 1)
	assert.True(t, mine[0].ForClinician)
	others, err := b.box.Drafts(ctx, outbox.DraftFilter{Assigned: "rec"})
	require.NoError(t, err)
	assert.Empty(t, others)
	for _, by := range []outbox.By{recorder, clinician, manager} {
		_, err := b.box.Draft(ctx, by, id)
		require.NoError(t, err)
	}
	refused := b.audited(outbox.ActRefused)
	at := b.draft(id).Edition()
	for _, by := range []outbox.By{{ID: "rec2", Role: outbox.Recorder}, operator} {
		assert.False(t, by.Sees(mine[0]))
		_, read := b.box.Draft(ctx, by, id)
		_, answered := b.box.AnswerDraft(ctx, by, Builder(), at, draft.Answer{Target: draft.CompleteTarget, Text: "yes"})
		_, edited := b.box.EditText(ctx, by, Builder(), at, "description", dose)
		for _, err := range []error{read, answered, edited, b.box.DropDraft(ctx, by, at)} {
			var role *outbox.RoleError
			if assert.ErrorAs(t, err, &role) {
				assert.Equal(t, by.Role.May(role.Act), role.Other, "it is said whether the role or the person is the reason")
			}
		}
	}
	assert.Equal(t, refused+8, b.audited(outbox.ActRefused))
	assert.Equal(t, at, b.draft(id).Edition())
}
