package outboxtest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/client"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/outbox"
)

// A draft whose row is gone is marked and shown; one whose row is ready without answers
// is closed.
func testDraftImports(t *testing.T, b *bench) {
	kept, _ := b.read(Waiting("1", fridge), Waiting("2", dose))
	_, imp := b.read(Waiting("1", fridge))
	gone, err := imp.GoneDrafts(ctx)
	require.NoError(t, err)
	require.Len(t, gone, 1)
	assert.Equal(t, kept[1].ID, gone[0].ID)
	assert.True(t, b.draft(kept[1].ID).Gone)
	again, _ := b.read(Waiting("1", fridge), Waiting("2", dose))
	assert.False(t, again[1].Gone)

	imp, err = b.box.Import(ctx, "A81001", "incidents")
	require.NoError(t, err)
	entered, err := imp.Add(ctx, Item(t, "1", fridge, "2026-02-03"))
	require.NoError(t, err)
	assert.Equal(t, outbox.Added, entered[0].Change)
	open := b.openDrafts()
	require.Len(t, open, 1, "the log has what was open")
	assert.Equal(t, "2", open[0].Reference)
	_, err = b.box.Draft(ctx, recorder, kept[0].ID)
	assert.ErrorAs(t, err, new(*outbox.ClosedError))

	no := Waiting("2", dose)
	no.State, no.Reason = draft.NotForLFPSE, "It is a complaint."
	assert.Equal(t, outbox.Dropped, b.keep(no).Change)
	assert.Empty(t, b.openDrafts())
}

// Next year's log begins at 1 again: its first row is another draft, and answers never go
// to another event.
func testDraftReusedReference(t *testing.T, b *bench) {
	noDay := func(d *draft.Draft) { d.Event.Date = "" }
	day := func(day lfpse.Date) func(*draft.Draft) { return func(d *draft.Draft) { d.Event.Date = day } }
	first := b.keep(Waiting("1", fridge, unsure, noDay))
	b.answer(first.ID, "date", "2025-02-03")
	assert.Equal(t, outbox.Same, b.keep(Waiting("1", fridge, unsure, noDay)).Change)
	next, imp := b.read(Waiting("1", dose, unsure, day("2026-02-03")))
	assert.Equal(t, outbox.Added, next[0].Change)
	assert.NotEqual(t, first.ID, next[0].ID)
	d := b.draft(next[0].ID)
	assert.Empty(t, d.Says.Answers)
	assert.Len(t, b.openDrafts(), 2, "neither is lost")
	_, err := imp.GoneDrafts(ctx)
	require.NoError(t, err)
	b.answer(first.ID, "location.organisation", "A81001")
	report := b.answer(first.ID, imminent, "no").Entered
	require.NotNil(t, report)
	b.answer(next[0].ID, "location.organisation", "A81001")
	asked := b.answer(next[0].ID, imminent, "no").Entered
	assert.Equal(t, outbox.ReusedReference, asked.Question)

	same, err := b.box.Answer(ctx, recorder, asked.ID, outbox.AnswerSame)
	require.NoError(t, err)
	assert.Equal(t, report.ID, same.ID)
	_, err = b.box.Draft(ctx, recorder, next[0].ID)
	var closed *outbox.ClosedError
	require.ErrorAs(t, err, &closed)
	assert.Equal(t, report.ID, closed.Report, "the two are one report now")
}

// A row that was recorded and now needs answers names the report that it would amend.
func testDraftAmends(t *testing.T, b *bench) {
	report := b.add(Item(t, "1", fridge, "2026-02-03"))[0].ID
	b.drain()
	kept := b.keep(Waiting("1", dose))
	assert.Equal(t, report, kept.Report)
	require.Len(t, kept.Known, 1)
	assert.NotEmpty(t, kept.Known[0].Record.Number, "people are told of the record that stands")
	done := b.answer(kept.ID, imminent, "no")
	assert.Equal(t, outbox.Amended, done.Entered.Change)
	assert.Equal(t, report, done.Entered.ID)
	b.drain()
	assert.Equal(t, client.OpUpdate, b.service.Ledger()[1].Op)

	changed := b.keep(Waiting("1", dose+" Twice."))
	assert.Equal(t, outbox.Replaced, changed.Change)
	assert.Equal(t, kept.ID, changed.ID, "the draft is open again")
	assert.Equal(t, report, changed.Report)
	assert.Equal(t, outbox.Amended, b.answer(changed.ID, imminent, "no").Entered.Change)
}

// What was dropped is not asked again, and not sent, unless it changes.
func testDraftDrop(t *testing.T, b *bench) {
	id := b.keep(Waiting("1", fridge)).ID
	require.NoError(t, b.box.DropDraft(ctx, recorder, b.draft(id).Edition()))
	assert.Empty(t, b.openDrafts())
	assert.Equal(t, outbox.Same, b.keep(Waiting("1", fridge)).Change)
	assert.Empty(t, b.openDrafts())
	assert.Equal(t, outbox.Replaced, b.keep(Waiting("1", dose)).Change)
	require.Len(t, b.openDrafts(), 1)
	require.NoError(t, b.box.DropDraft(ctx, recorder, b.draft(id).Edition()))
	entered := b.add(Item(t, "1", dose, "2026-02-03"))[0]
	assert.Equal(t, outbox.ChangedSince, entered.Question, "a person has said that it is not to be sent")
	assert.Zero(t, b.drain().Claimed)
}

// An operator keeps the service running and neither reads drafts nor answers them.
func testDraftRoles(t *testing.T, b *bench) {
	id := b.keep(Waiting("1", fridge)).ID
	at := b.draft(id).Edition()
	_, err := b.box.Draft(ctx, operator, id)
	assert.ErrorAs(t, err, new(*outbox.RoleError))
	_, err = b.box.AnswerDraft(ctx, operator, Builder(), at, draft.Answer{Target: imminent, Text: "no"})
	assert.ErrorAs(t, err, new(*outbox.RoleError))
	_, err = b.box.EditText(ctx, operator, Builder(), at, "description", dose)
	assert.ErrorAs(t, err, new(*outbox.RoleError))
	assert.ErrorAs(t, b.box.DropDraft(ctx, operator, at), new(*outbox.RoleError))
	assert.Equal(t, 4, b.audited(outbox.ActRefused))
	assert.Equal(t, 1, b.audited(outbox.ActReadDraft))
	for _, by := range []outbox.By{recorder, clinician, manager} {
		_, err = b.box.Draft(ctx, by, id)
		require.NoError(t, err)
	}
	_, err = b.box.Draft(ctx, manager, 99)
	assert.ErrorContains(t, err, "no draft 99")
	assert.Equal(t, at, b.draft(id).Edition())
}

// A draft that nobody touches and no import has expires as a whole.
func testDraftPurge(t *testing.T, b *bench) {
	b.read(Waiting("1", fridge), Waiting("2", dose))
	purge := func() int {
		n, err := b.box.Purge(ctx, operator, outbox.Retention{})
		require.NoError(t, err)
		return n
	}
	b.pass(29 * 24 * time.Hour)
	assert.Zero(t, purge())
	b.read(Waiting("1", fridge))
	b.pass(2 * 24 * time.Hour)
	assert.Equal(t, 1, purge())
	open := b.openDrafts()
	require.Len(t, open, 1)
	assert.Equal(t, "1", open[0].Reference, "the log still has it")
	b.pass(31 * 24 * time.Hour)
	assert.Equal(t, 1, purge())
	require.NoError(t, b.store.View(ctx, func(tx outbox.Tx) error {
		for id := range int64(3) {
			sealed, err := tx.DraftText(id)
			assert.NoError(t, err)
			assert.Nil(t, sealed)
		}
		return nil
	}))
	assert.Equal(t, outbox.Added, b.keep(Waiting("1", fridge)).Change)
}

// What waits of an earlier version of a row that now needs answers is held, and goes on when
// the row is ready; what came of people's answers is not held because its log says no more
// than before.
func testDraftHolds(t *testing.T, b *bench) {
	id := b.add(Item(t, "1", fridge, "2026-02-03"))[0].ID
	kept := b.keep(Waiting("1", dose))
	assert.Equal(t, id, kept.Report)
	require.Len(t, kept.Known, 1)
	assert.Equal(t, draft.Held, kept.Known[0].State)
	assert.NotEmpty(t, kept.Known[0].Why())
	assert.Zero(t, b.drain().Claimed)
	done := b.answer(kept.ID, imminent, "no")
	assert.Equal(t, outbox.Replaced, done.Entered.Change)
	assert.Equal(t, draft.Pending, done.Entered.State)

	assert.Equal(t, outbox.Same, b.keep(Waiting("1", dose)).Change)
	assert.Equal(t, draft.Pending, b.get(id).State)
	b.read(Waiting("1", dose))
	assert.Equal(t, 1, b.drain().Accepted)

	other := b.add(Item(t, "2", fridge+" Twice.", "2026-02-03"))[0].ID
	private := Waiting("2", fridge+" Twice.")
	private.State, private.Reason = draft.NotForLFPSE, "It is a complaint."
	b.keep(private)
	assert.Equal(t, draft.Held, b.get(other).State)
	assert.Equal(t, 2, b.audited(outbox.ActHold))
}
