package outboxtest

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/client"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/outbox"
)

func testIdentity(t *testing.T, b *bench) {
	item := Item(t, "inc 1", fridge, "2026-02-03")
	other := item
	other.Practice = "A81002"
	assert.Equal(t, []outbox.Change{outbox.Added, outbox.Added}, changes(b.add(item, other)))
	assert.Equal(t, []outbox.Change{outbox.Same}, changes(b.add(item)))
	b.restart()
	assert.Equal(t, []outbox.Change{outbox.Same}, changes(b.add(item)))
	assert.Len(t, b.all(), 2)
}

// Next year's log begins at 1 again; a reference is used again; a log is renumbered.
func testQuestions(t *testing.T, b *bench) {
	first := b.add(Item(t, "1", fridge, "2025-02-03"))[0]
	b.drain()
	again := b.add(Item(t, "1", dose, "2026-02-03"))[0]
	assert.Equal(t, outbox.ReusedReference, again.Question)
	assert.Equal(t, first.ID, again.Other)
	renumbered := b.add(Item(t, "0001", fridge, "2025-02-03"))[0]
	assert.Equal(t, outbox.OtherReference, renumbered.Question)
	assert.Zero(t, b.drain().Claimed, "a question is sent nowhere")

	got, err := b.box.Answer(ctx, recorder, again.ID, outbox.AnswerOther)
	require.NoError(t, err)
	assert.Equal(t, draft.Pending, got.State)
	same, err := b.box.Answer(ctx, recorder, renumbered.ID, outbox.AnswerSame)
	require.NoError(t, err)
	assert.Equal(t, first.ID, same.ID)
	assert.Equal(t, "0001", same.Reference)
	assert.Equal(t, draft.Accepted, same.State)
	assert.Equal(t, []outbox.Change{outbox.Same, outbox.Same}, changes(b.add(Item(t, "0001", fridge, "2025-02-03"), Item(t, "1", dose, "2026-02-03"))))
	b.drain()
	assert.Len(t, b.service.Ledger(), 2)

}

// A correction of what identifies an event, and what was set aside.
func testCorrections(t *testing.T, b *bench) {
	b.add(Item(t, "1", dose, "2026-02-03"), Item(t, "0001", fridge, "2025-02-03"))
	b.drain()
	corrected := b.add(Item(t, "0001", fridge+" It was the second time.", "2025-02-04"))[0]
	same, err := b.box.Answer(ctx, recorder, corrected.ID, outbox.AnswerSame)
	require.NoError(t, err)
	assert.Equal(t, outbox.OpAmend, same.Op)
	b.drain()
	ledger := b.service.Ledger()
	assert.Equal(t, client.OpUpdate, ledger[2].Op)
	assert.Equal(t, same.Record.ID, ledger[2].ID)

	ignored := b.add(Item(t, "1", dose, "2026-02-09"))[0]
	_, err = b.box.Answer(ctx, recorder, ignored.ID, outbox.AnswerIgnore)
	require.NoError(t, err)
	assert.Equal(t, outbox.Same, b.add(Item(t, "1", dose, "2026-02-09"))[0].Change)
	_, err = b.box.Answer(ctx, recorder, ignored.ID, outbox.AnswerOther)
	assert.ErrorAs(t, err, new(*outbox.StateError))

	private := b.add(Item(t, "8", dose+" Three times.", "2026-02-03"), Item(t, "8", fridge+" Three times.", "2026-02-05"))[1]
	_, err = b.box.Answer(ctx, recorder, private.ID, outbox.AnswerIgnore)
	require.NoError(t, err)
	b.drain()
	elsewhere := b.add(Item(t, "0008", fridge+" Three times.", "2026-02-05"))[0]
	assert.Equal(t, outbox.OtherReference, elsewhere.Question, "what was set aside is not sent because it was renumbered")
	assert.Zero(t, b.drain().Claimed)
}

// A question that compares with a report which turns out to be another one compares with
// that from then on.
func testChainOfQuestions(t *testing.T, b *bench) {
	first := b.add(Item(t, "1", fridge, "2026-02-03"))[0]
	second := b.add(Item(t, "01", fridge, "2026-02-03"))[0]
	third := b.add(Item(t, "001", fridge, "2026-02-03"))[0]
	if third.Other != second.ID { // it compares with either
		second, third = third, second
	}
	_, err := b.box.Answer(ctx, recorder, second.ID, outbox.AnswerSame)
	require.NoError(t, err)
	same, err := b.box.Answer(ctx, recorder, third.ID, outbox.AnswerSame)
	require.NoError(t, err)
	assert.Equal(t, first.ID, same.ID)
	assert.Len(t, b.all(), 1)
}

// Rows without a reference are known by their content; equal ones are a question.
func testEqualContent(t *testing.T, b *bench) {
	item := Item(t, "", fridge, "2026-02-03")
	log := func() []outbox.Entered {
		imp, err := b.box.Import(ctx, "A81001", "incidents")
		require.NoError(t, err)
		entered, err := imp.Add(ctx, item, item)
		require.NoError(t, err)
		return entered
	}
	entered := log()
	assert.Equal(t, []outbox.Change{outbox.Added, outbox.Asked}, changes(entered))
	assert.Equal(t, outbox.EqualEvents, entered[1].Question)
	assert.Equal(t, []outbox.Change{outbox.Same, outbox.Same}, changes(log()))
	_, err := b.box.Answer(ctx, recorder, entered[1].ID, outbox.AnswerSame)
	assert.Error(t, err)
	_, err = b.box.Answer(ctx, recorder, entered[1].ID, outbox.AnswerOther)
	require.NoError(t, err)
	b.drain()
	assert.Len(t, b.service.Ledger(), 2)
	assert.Equal(t, []outbox.Change{outbox.Same, outbox.Same}, changes(log()))
}

func testRevisions(t *testing.T, b *bench) {
	first := b.add(Item(t, "1", fridge, "2026-02-03"))[0]
	changed := Item(t, "1", dose, "2026-02-03")
	replaced := b.add(changed)[0]
	assert.Equal(t, outbox.Replaced, replaced.Change)
	assert.Equal(t, first.ID, replaced.ID)
	b.drain()
	ledger := b.service.Ledger()
	require.Len(t, ledger, 1)
	assert.Equal(t, changed.Submission.Digest(), ledger[0].Digest, "the bytes that were checked")
	r := b.get(first.ID)
	assert.Equal(t, draft.Accepted, r.State)
	assert.Equal(t, ledger[0].ID, r.Record.ID)
	assert.Equal(t, changed.Content, r.Record.Content)

	twice := b.add(Item(t, "2", fridge+" A.", "2026-02-05"), Item(t, "2", fridge+" B.", "2026-02-05"), Item(t, "2", fridge+" C.", "2026-02-05"))
	assert.Equal(t, []outbox.Change{outbox.Added, outbox.Replaced, outbox.Replaced}, changes(twice), "the last of one call counts")
	_, err := b.box.TakeBack(ctx, recorder, twice[0].ID)
	require.NoError(t, err)

	assert.Equal(t, outbox.Amended, b.add(Item(t, "1", fridge, "2026-02-03"))[0].Change)
	b.service.Answer = func(int, client.Op) error {
		return &client.Error{Op: client.OpUpdate, Outcome: client.Rejected, Reason: client.RejectedContent, Status: 422}
	}
	b.drain()
	r = b.get(first.ID)
	assert.Equal(t, draft.Rejected, r.State)
	assert.Equal(t, 422, r.Status)
	assert.True(t, r.Recorded(), "the national record stands")
	assert.Zero(t, b.drain().Claimed, "the same bytes would be refused again")
	b.service.Answer = nil
	assert.Equal(t, outbox.Replaced, b.add(Item(t, "1", fridge+" Twice.", "2026-02-03"))[0].Change)
	b.drain()
	assert.Equal(t, client.OpUpdate, b.service.Ledger()[1].Op)
	assert.Equal(t, draft.Accepted, b.get(first.ID).State)
}

// A reference that holds personal data is refused before it is stored, and not quoted.
func testReferences(t *testing.T, b *bench) {
	item := Item(t, "1", fridge, "2026-02-03")
	for _, reference := range []string{"999 000 0018", "tel 07700 900123", "p.quuxworth@example.org"} {
		item.Reference = reference
		_, err := b.box.Enqueue(ctx, item)
		assert.ErrorContains(t, err, "personal data")
		assert.NotContains(t, err.Error(), reference)
		_, err = b.box.KeepDraft(ctx, Builder(), "A81001", "incidents", Waiting(reference, fridge))
		assert.ErrorContains(t, err, "personal data")
		assert.NotContains(t, err.Error(), reference)
	}
	_, err := b.box.KeepDraft(ctx, Builder(), "A81001", "incidents", Waiting("about Petronella Quuxworth", fridge))
	assert.ErrorContains(t, err, "personal data", "the draft says whom it is about")
	item.Reference = "sha256:1"
	_, err = b.box.Enqueue(ctx, item)
	assert.Error(t, err, "so begin those that the outbox itself gives")
	assert.Empty(t, b.all())
	assert.Empty(t, b.openDrafts())
}

// The items are the caller's again when Enqueue has returned, also with an error. The race
// detector sees whether that is true.
func testCallersItems(t *testing.T, b *bench) {
	ended, end := context.WithCancel(ctx)
	end()
	items := make([]outbox.Item, 100)
	for i := range items {
		items[i] = Item(t, fmt.Sprint(i), fridge, "2026-02-03")
	}
	_, err := b.box.Enqueue(ended, items...)
	assert.Error(t, err)
	for i := range items { // clear is not seen by the race detector
		items[i] = outbox.Item{}
	}
	assert.Empty(t, b.all())
	_, err = b.box.Enqueue(ctx, items...)
	assert.ErrorContains(t, err, "a report without a text")
}

// The history of a report is every entry of the audit trail that names it, and no other:
// however many came in with it, and also when it has become part of another since.
func testHistory(t *testing.T, b *bench) {
	alone := b.add(Item(t, "1", fridge, "2026-02-03"))[0]
	many := b.add(
		Item(t, "2", dose, "2026-02-04"), Item(t, "3", fridge, "2026-02-03"), Item(t, "4", dose+" A.", "2026-02-04"), // 3 says what 1 says
		Item(t, "1", fridge+" Twice.", "2026-02-03"), Item(t, "5", dose+" B.", "2026-02-05"),
	)
	require.Equal(t, []outbox.Change{outbox.Added, outbox.Asked, outbox.Added, outbox.Replaced, outbox.Added}, changes(many))
	_, err := b.box.Hold(ctx, manager, many[2].ID)
	require.NoError(t, err)
	_, err = b.box.Answer(ctx, manager, many[1].ID, outbox.AnswerSame)
	require.NoError(t, err)
	_, err = b.box.Get(ctx, many[1].ID)
	require.Error(t, err, "it is part of the other now")
	b.drain()

	all, err := b.box.Audit(ctx, outbox.AuditFilter{})
	require.NoError(t, err)
	for _, id := range []int64{alone.ID, many[0].ID, many[1].ID, many[2].ID, many[4].ID} {
		var about []outbox.Entry
		for _, e := range all {
			if slices.Contains(e.Reports, id) {
				about = append(about, e)
			}
		}
		history, err := b.box.Audit(ctx, outbox.AuditFilter{Report: id})
		require.NoError(t, err)
		assert.NotEmpty(t, about)
		assert.Equal(t, about, history)
	}
}
