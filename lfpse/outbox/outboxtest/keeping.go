package outboxtest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/client"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/outbox"
)

func testPurge(t *testing.T, b *bench) {
	entered := b.add(Item(t, "1", fridge, "2026-02-03"), Item(t, "2", dose, "2026-02-03"))
	_, err := b.box.Hold(ctx, manager, entered[1].ID)
	require.NoError(t, err)
	b.drain()
	purge := func() int {
		n, err := b.box.Purge(ctx, operator, outbox.Retention{})
		require.NoError(t, err)
		return n
	}
	assert.Equal(t, 1, purge())
	text, err := b.box.Text(ctx, manager, entered[0].ID)
	require.NoError(t, err)
	assert.Nil(t, text)
	assert.Equal(t, outbox.Same, b.add(Item(t, "1", fridge, "2026-02-03"))[0].Change, "the digest stays")
	b.pass(31 * 24 * time.Hour)
	assert.Equal(t, 1, purge())
	_, err = b.box.Release(ctx, manager, entered[1].ID)
	require.NoError(t, err)
	d := b.drain()
	assert.Zero(t, d.Accepted)
	assert.Equal(t, draft.Held, b.get(entered[1].ID).State, "there is nothing to send any more")
}

func testRestored(t *testing.T, b *bench) {
	id := b.add(Item(t, "1", fridge, "2026-02-03"))[0].ID
	held := b.add(Item(t, "3", fridge+" Twice.", "2026-02-03"))[0].ID
	_, err := b.box.Hold(ctx, manager, held)
	require.NoError(t, err)
	require.NoError(t, b.box.Restored(ctx, operator))
	b.pass(time.Hour)
	assert.Zero(t, b.drain().Claimed)
	assert.Equal(t, draft.Unknown, b.get(id).State)
	added := b.add(Item(t, "2", dose, "2026-02-03"))[0].ID
	assert.Zero(t, b.drain().Claimed, "a backup sends nothing by itself")
	assert.Error(t, b.box.Reconciled(ctx, manager))
	_, err = b.box.NotFound(ctx, manager, id)
	require.NoError(t, err)
	assert.Error(t, b.box.Reconciled(ctx, manager))
	assert.Equal(t, draft.Unknown, b.get(added).State, "its source may have had it before the backup was put back")
	b.pass(time.Hour)
	_, err = b.box.NotFound(ctx, manager, added)
	require.NoError(t, err)
	require.NoError(t, b.box.Reconciled(ctx, manager))
	assert.Equal(t, 2, b.drain().Accepted)
	assert.Equal(t, draft.Accepted, b.get(added).State)

	_, err = b.box.TakeBack(ctx, manager, held)
	assert.ErrorAs(t, err, new(*outbox.StateError), "it may have been recorded")
	_, err = b.box.Release(ctx, manager, held)
	require.NoError(t, err)
	assert.Zero(t, b.drain().Claimed, "it may have been released and sent since the backup was made")
	assert.Equal(t, draft.Unknown, b.get(held).State)
	b.pass(time.Hour)
	_, err = b.box.NotFound(ctx, manager, held)
	require.NoError(t, err)
	assert.Equal(t, 1, b.drain().Accepted)
}

// The backup that was put back does not know of events that were taken in and recorded since
// it was made. They come in again from their source as if they were new.
func testRestoredSource(t *testing.T, b *bench) {
	b.add(Item(t, "1", fridge, "2026-02-03"))
	b.drain()
	require.NoError(t, b.box.Restored(ctx, operator))
	waiting := b.add(Item(t, "2", dose, "2026-02-03"))[0].ID
	_, err := b.box.TakeBack(ctx, manager, waiting)
	assert.ErrorAs(t, err, new(*outbox.StateError), "it may have been recorded")
	held := b.add(Item(t, "3", fridge+" Twice.", "2026-02-03"))[0].ID
	_, err = b.box.Hold(ctx, recorder, held)
	require.NoError(t, err)
	asked := b.add(Item(t, "1", dose+" Twice.", "2026-02-05"))[0].ID
	changed := b.add(Item(t, "1", fridge+" Changed.", "2026-02-03"))[0]
	assert.Equal(t, outbox.Amended, changed.Change, "to amend a record again has no further effect")
	b.drain()
	assert.ErrorAs(t, b.box.Reconciled(ctx, recorder), new(*outbox.RoleError))
	assert.ErrorContains(t, b.box.Reconciled(ctx, manager), "1 reports are still unknown")
	b.pass(time.Hour)
	_, err = b.box.Found(ctx, manager, waiting, outbox.Record{ID: "seen-there"})
	require.NoError(t, err)
	require.NoError(t, b.box.Reconciled(ctx, manager))
	assert.Equal(t, 1, b.drain().Accepted)
	assert.Equal(t, client.OpUpdate, b.service.Ledger()[1].Op)

	_, err = b.box.Release(ctx, manager, held)
	require.NoError(t, err)
	_, err = b.box.Answer(ctx, recorder, asked, outbox.AnswerOther)
	require.NoError(t, err)
	assert.Zero(t, b.drain().Claimed)
	for _, id := range []int64{held, asked} {
		assert.Equal(t, draft.Unknown, b.get(id).State, "it came in before the backup was reconciled")
	}
	b.add(Item(t, "4", fridge+" Later.", "2026-02-06"))
	assert.Equal(t, 1, b.drain().Accepted)
}

// What a log brings that a backup does not know may have been sent before the backup was put
// back: it is not sent by itself, whether it is ready, asked about or answered as a draft.
func testRestoredImport(t *testing.T, b *bench) {
	log := func() (*outbox.Import, []outbox.Entered) {
		_, imp := b.read(Waiting("2", dose))
		entered, err := imp.Add(ctx, Item(t, "1", fridge, "2026-02-03"), Item(t, "01", fridge, "2026-02-03"))
		require.NoError(t, err)
		return imp, entered
	}
	require.NoError(t, b.box.Restored(ctx, operator)) // an empty backup
	_, entered := log()
	assert.Equal(t, []outbox.Change{outbox.Added, outbox.Asked}, changes(entered))
	answered := b.answer(b.openDrafts()[0].ID, imminent, "no").Entered
	_, err := b.box.Answer(ctx, recorder, entered[1].ID, outbox.AnswerOther)
	require.NoError(t, err)
	assert.Zero(t, b.drain().Claimed)
	ids := []int64{entered[0].ID, entered[1].ID, answered.ID}
	for _, id := range ids {
		r := b.get(id)
		assert.Equal(t, draft.Unknown, r.State)
		assert.Equal(t, outbox.ReasonRestored, r.Reason)
		assert.ErrorContains(t, b.box.Reconciled(ctx, manager), "still unknown")
		b.pass(time.Hour)
		_, err := b.box.NotFound(ctx, manager, id)
		require.NoError(t, err)
	}
	_, err = b.box.TakeBack(ctx, manager, answered.ID)
	require.NoError(t, err, "somebody has said that it was not recorded")
	require.NoError(t, b.box.Reconciled(ctx, manager))
	imp, again := log()
	assert.Equal(t, []outbox.Change{outbox.Same, outbox.Same}, changes(again))
	_, err = imp.Add(ctx, Item(t, "3", dose+" Again.", "2026-02-03"))
	require.NoError(t, err)
	assert.Equal(t, 3, b.drain().Accepted, "all is settled")
}

// A draft that a backup has may have been answered and sent since the backup was made. It is
// not sent by itself when somebody answers it again, however late that is.
func testRestoredDraft(t *testing.T, b *bench) {
	b.read(Waiting("1", fridge), Waiting("2", dose))
	old := b.openDrafts()
	require.NoError(t, b.box.Restored(ctx, operator))
	require.NoError(t, b.box.Reconciled(ctx, manager))
	b.read(Waiting("1", fridge), Waiting("2", dose+" Changed."), Waiting("3", dose+" New."))
	for _, d := range old {
		id := b.answer(d.ID, imminent, "no").Entered.ID
		b.drain()
		assert.Equal(t, draft.Unknown, b.get(id).State)
		assert.Equal(t, outbox.ReasonRestored, b.get(id).Reason)
	}
	assert.Empty(t, b.service.Ledger())
	b.answer(b.openDrafts()[0].ID, imminent, "no")
	assert.Equal(t, 1, b.drain().Accepted, "it came in when all was settled")
}

// Each endpoint's outbox notices for itself, and once, that the store was put back.
func testGenerations(t *testing.T, b *bench) {
	putBack := func(generation string) {
		require.NoError(t, b.store.Update(ctx, func(tx outbox.Tx) error { return tx.SetSetting(outbox.BackupSetting, []byte(generation)) }))
	}
	open := func(endpoint, reference string) (box *outbox.Outbox, noticed int) {
		box, err := outbox.Open(ctx, b.store, b.key, endpoint, outbox.WithClock(b.clock.Now))
		require.NoError(t, err)
		_, err = box.Enqueue(ctx, Item(t, reference, fridge+" It was number "+reference+".", "2026-02-03"))
		require.NoError(t, err)
		entries, err := box.Audit(ctx, outbox.AuditFilter{})
		require.NoError(t, err)
		for _, e := range entries {
			if e.Endpoint == endpoint && e.Act == outbox.ActRestored {
				noticed++
			}
		}
		return box, noticed
	}
	for _, endpoint := range []string{"a", "b"} {
		_, noticed := open(endpoint, "1")
		assert.Zero(t, noticed)
	}
	putBack("2")
	for _, endpoint := range []string{"a", "b", "b"} {
		box, noticed := open(endpoint, "2")
		assert.Equal(t, 1, noticed)
		reports, err := box.List(ctx, outbox.Filter{Reference: "1"})
		require.NoError(t, err)
		assert.Equal(t, draft.Unknown, reports[0].State)
		d, err := box.Drain(ctx, b.service, 10)
		require.NoError(t, err)
		assert.Zero(t, d.Claimed, "a backup sends nothing by itself")
	}
}
