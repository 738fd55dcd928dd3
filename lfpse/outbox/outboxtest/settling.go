package outboxtest

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/client"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/outbox"
)

func testUnknown(t *testing.T, b *bench) {
	id := b.add(Item(t, "1", fridge, "2026-02-03"))[0].ID
	b.service.Answer = func(int, client.Op) error { return unknown() }
	b.service.Records = func(error) bool { return true }
	b.drain()
	b.service.Answer = nil
	assert.Zero(t, b.drain().Claimed)
	_, err := b.box.Retry(ctx, manager, id)
	assert.ErrorAs(t, err, new(*outbox.StateError), "a POST is never repeated blindly")
	_, err = b.box.NotFound(ctx, manager, id)
	assert.ErrorAs(t, err, new(*outbox.StateError), "the request may still be on its way")
	_, err = b.box.Found(ctx, manager, id, outbox.Record{ID: "../x"})
	assert.Error(t, err)
	for _, number := range []string{"999 000 0018", "999-000-0018", "NHS9990000018", "NHS number: 9990000018", "999 000 0018 LFPSE-1"} {
		_, err = b.box.Found(ctx, manager, id, outbox.Record{ID: b.service.Ledger()[0].ID, Number: number})
		require.ErrorAs(t, err, new(*outbox.StateError), number)
		assert.NotContains(t, err.Error(), "0018")
	}
	r, err := b.box.Found(ctx, manager, id, outbox.Record{ID: b.service.Ledger()[0].ID, Number: "LP-2023-9990000018"})
	require.NoError(t, err, "ten digits with nothing that marks them are those of a plain reference")
	assert.Equal(t, draft.Accepted, r.State)
	b.pass(time.Hour)
	assert.Zero(t, b.drain().Claimed)

	other := b.add(Item(t, "2", dose, "2026-02-03"))[0].ID
	b.service.Answer = func(int, client.Op) error { return unknown() }
	b.service.Records = nil
	b.drain()
	b.service.Answer = nil
	b.pass(time.Hour)
	_, err = b.box.Found(ctx, manager, other, outbox.Record{ID: b.service.Ledger()[0].ID})
	assert.ErrorContains(t, err, "is that of report", "one of the two would never be reported")
	_, err = b.box.NotFound(ctx, manager, other)
	require.NoError(t, err)
	b.drain()
	assert.Equal(t, draft.Accepted, b.get(other).State)
	assert.Len(t, b.service.Ledger(), 2)
}

func testWithdrawal(t *testing.T, b *bench) {
	id := b.add(Item(t, "1", fridge, "2026-02-03"))[0].ID
	_, err := b.box.ProposeWithdrawal(ctx, recorder, id, outbox.RecordedTwice)
	assert.ErrorAs(t, err, new(*outbox.StateError), "there is no record")
	b.drain()
	_, err = b.box.ProposeWithdrawal(ctx, recorder, id, "because Mrs X asked")
	assert.Error(t, err)
	_, err = b.box.ProposeWithdrawal(ctx, recorder, id, outbox.RecordedTwice)
	require.NoError(t, err)
	assert.Zero(t, b.drain().Claimed)
	_, err = b.box.ConfirmWithdrawal(ctx, recorder, id)
	assert.ErrorAs(t, err, new(*outbox.RoleError))
	_, err = b.box.ConfirmWithdrawal(ctx, manager, id)
	require.NoError(t, err)
	b.drain()
	assert.Equal(t, draft.Withdrawn, b.get(id).State)
	assert.Equal(t, client.OpDelete, b.service.Ledger()[1].Op)
	assert.Equal(t, outbox.Same, b.add(Item(t, "1", fridge, "2026-02-03"))[0].Change)
	asked := b.add(Item(t, "1", dose, "2026-02-03"))[0]
	assert.Equal(t, outbox.ChangedSince, asked.Question)
	_, err = b.box.Answer(ctx, recorder, asked.ID, outbox.AnswerOther)
	require.NoError(t, err)
	b.drain()
	assert.Equal(t, client.OpSubmit, b.service.Ledger()[2].Op)

	waiting := b.add(Item(t, "2", fridge, "2026-02-04"))[0].ID
	_, err = b.box.TakeBack(ctx, recorder, waiting)
	require.NoError(t, err)
	assert.Zero(t, b.drain().Claimed)
}

// A record that is kept says what it said before, and a change that was refused is not
// forgotten.
func testKeep(t *testing.T, b *bench) {
	id := b.add(Item(t, "1", fridge, "2026-02-03"))[0].ID
	b.drain()
	_, err := b.box.ProposeWithdrawal(ctx, recorder, id, outbox.RecordedTwice)
	require.NoError(t, err)
	kept, err := b.box.KeepRecord(ctx, manager, id)
	require.NoError(t, err)
	assert.Equal(t, draft.Accepted, kept.State)
	b.add(Item(t, "1", dose+" Again.", "2026-02-03"))
	b.service.Answer = func(int, client.Op) error {
		return &client.Error{Op: client.OpUpdate, Outcome: client.Rejected, Reason: client.RejectedContent, Status: 422}
	}
	b.drain()
	b.service.Answer = nil
	_, err = b.box.ProposeWithdrawal(ctx, recorder, id, outbox.RecordedTwice)
	require.NoError(t, err)
	kept, err = b.box.KeepRecord(ctx, manager, id)
	require.NoError(t, err)
	assert.Equal(t, draft.Rejected, kept.State, "the record is not what the report says")

	gone := b.add(Item(t, "2", fridge, "2026-02-05"))[0].ID
	b.drain()
	_, err = b.box.ProposeWithdrawal(ctx, recorder, gone, outbox.RecordedTwice)
	require.NoError(t, err)
	_, err = b.box.ConfirmWithdrawal(ctx, manager, gone)
	require.NoError(t, err)
	b.service.Answer = func(int, client.Op) error { return unknown() }
	b.drain()
	b.service.Answer = nil
	for _, act := range []func(context.Context, outbox.By, int64) (outbox.Report, error){b.box.Retry, b.box.Hold, b.box.KeepRecord} {
		kept, err = act(ctx, manager, gone)
		require.NoError(t, err)
	}
	assert.Equal(t, draft.Rejected, kept.State, "the record may be gone")
}

func testRoles(t *testing.T, b *bench) {
	id := b.add(Item(t, "1", fridge, "2026-02-03"))[0].ID
	_, err := b.box.Text(ctx, operator, id)
	assert.ErrorAs(t, err, new(*outbox.RoleError), "an operator reads no narrative")
	text, err := b.box.Text(ctx, recorder, id)
	require.NoError(t, err)
	assert.Contains(t, string(text), "fridge alarm")
	assert.ErrorAs(t, b.box.Pause(ctx, recorder, "A81001"), new(*outbox.RoleError))
	_, err = b.box.Hold(ctx, recorder, id)
	require.NoError(t, err)
	assert.Zero(t, b.drain().Claimed)
	_, err = b.box.Release(ctx, recorder, id)
	assert.ErrorAs(t, err, new(*outbox.RoleError))
	_, err = b.box.Release(ctx, manager, id)
	require.NoError(t, err)
	assert.Equal(t, 1, b.drain().Accepted)
	assert.Equal(t, 3, b.audited(outbox.ActRefused))
	assert.Equal(t, 1, b.audited(outbox.ActRead))
}

// What the client itself would not send is tried again when its row comes again.
func testRefusedByClient(t *testing.T, b *bench) {
	refuse := true
	b.service.Answer = func(int, client.Op) error {
		if refuse {
			return &client.Error{Op: client.OpSubmit, Outcome: client.NotSent, Reason: client.Provisional}
		}
		return nil
	}
	first := Item(t, "1", fridge, "2026-02-03")
	id := b.add(first)[0].ID
	b.drain()
	assert.Equal(t, draft.Held, b.get(id).State)
	refuse = false
	assert.Equal(t, outbox.Replaced, b.add(first)[0].Change)
	assert.Equal(t, 1, b.drain().Accepted)
}

// What the service said when it refused a report is kept for those who may read the report,
// until it is not refused any more or its time is over.
func testSaid(t *testing.T, b *bench) {
	words := []fhir.OutcomeIssue{{Severity: "error", Code: "invalid", DetailsText: "The day is in the quixotic future.", Expression: []string{"AdverseEvent.date"}}}
	b.service.Answer = func(int, client.Op) error {
		return &client.Error{Op: client.OpSubmit, Outcome: client.Rejected, Reason: client.RejectedContent, Status: 422, Issues: words}
	}
	id := b.add(Item(t, "1", fridge, "2026-02-03"))[0].ID
	b.drain()
	b.restart()
	_, err := b.box.Said(ctx, operator, id)
	assert.ErrorAs(t, err, new(*outbox.RoleError), "it may quote the report")
	said, err := b.box.Said(ctx, recorder, id)
	require.NoError(t, err)
	assert.Equal(t, []string{"error: The day is in the quixotic future. (AdverseEvent.date)"}, said)
	assert.Equal(t, 1, b.audited(outbox.ActRead))

	b.add(Item(t, "1", dose, "2026-02-03"))
	words = nil
	b.drain()
	said, err = b.box.Said(ctx, recorder, id)
	require.NoError(t, err)
	assert.Nil(t, said, "the service said nothing to the last version")

	words = []fhir.OutcomeIssue{{Severity: "error", Code: "invalid", Diagnostics: "Again."}}
	_, err = b.box.Retry(ctx, manager, id)
	require.NoError(t, err)
	b.drain()
	b.service.Slow = func() {
		b.service.Slow = nil
		assert.Equal(t, outbox.Queued, b.add(Item(t, "1", fridge, "2026-02-03"))[0].Change)
	}
	_, err = b.box.Retry(ctx, manager, id)
	require.NoError(t, err)
	b.drain()
	said, err = b.box.Said(ctx, recorder, id)
	require.NoError(t, err)
	assert.Equal(t, []string{"error: Again."}, said, "a change that came meanwhile was refused, too")
	b.service.Answer = nil
	_, err = b.box.Retry(ctx, manager, id)
	require.NoError(t, err)
	assert.Equal(t, 1, b.drain().Accepted)
	said, err = b.box.Said(ctx, recorder, id)
	require.NoError(t, err)
	assert.Nil(t, said)
	_, err = b.box.Purge(ctx, operator, outbox.Retention{})
	require.NoError(t, err)
	require.NoError(t, b.store.View(ctx, func(tx outbox.Tx) error {
		sealed, err := tx.Payload(id, outbox.Waiting)
		assert.Nil(t, sealed)
		return err
	}))
}
