package outboxtest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/client"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/outbox"
)

var ctx = context.Background()

func changes(entered []outbox.Entered) (out []outbox.Change) {
	for _, e := range entered {
		out = append(out, e.Change)
	}
	return out
}

const (
	fridge = "The fridge alarm was switched off overnight. No vaccine was used."
	dose   = "A repeat prescription was issued with twice the usual strength."
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

func testDrain(t *testing.T, b *bench) {
	var items []outbox.Item
	for i := range 50 {
		items = append(items, Item(t, fmt.Sprint(i), fmt.Sprintf("%s It was fridge %d.", fridge, i), "2026-02-03"))
	}
	b.add(items...)
	d, err := b.box.Drain(ctx, b.service, 20)
	require.NoError(t, err)
	assert.Equal(t, 20, d.Accepted)
	assert.Equal(t, 30, b.drain().Accepted)
	seen := map[[32]byte]int{}
	for _, call := range b.service.Ledger() {
		seen[call.Digest]++
	}
	assert.Len(t, seen, 50)
	for _, r := range b.all() {
		assert.Equal(t, draft.Accepted, r.State)
		assert.Empty(t, r.Claim)
		assert.Equal(t, 1, r.Attempts)
		assert.Equal(t, 1, seen[r.Sent])
	}
	assert.Equal(t, 50, b.audited(outbox.ActAccept))
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	_, _ = b.box.Drain(cancelled, b.service, 10)
	assert.Len(t, b.service.Ledger(), 50)
}

func unknown() error {
	return &client.Error{Op: client.OpSubmit, Outcome: client.Unknown, Reason: client.AnswerLost}
}

// A change that comes while an attempt is under way waits for its outcome.
func testChangeInFlight(t *testing.T, b *bench) {
	item := func(text string) outbox.Item { return Item(t, "1", text, "2026-02-03") }
	id := b.add(item(fridge))[0].ID
	b.service.Slow = func() {
		b.service.Slow = nil
		assert.Equal(t, outbox.Queued, b.add(item(dose))[0].Change)
		assert.Equal(t, outbox.Queued, b.add(item(fridge))[0].Change)
		assert.Equal(t, outbox.Same, b.add(item(fridge))[0].Change)
		assert.Equal(t, outbox.Queued, b.add(item(dose))[0].Change)
	}
	b.drain()
	ledger := b.service.Ledger()
	require.Len(t, ledger, 2)
	assert.Equal(t, client.OpUpdate, ledger[1].Op)
	assert.Equal(t, draft.Accepted, b.get(id).State)

	b.service.Answer = func(int, client.Op) error { return unknown() }
	b.add(item(fridge))
	b.drain()
	assert.Equal(t, draft.Unknown, b.get(id).State)
	assert.Equal(t, outbox.Queued, b.add(item(dose))[0].Change, "an unknown update holds back the next")
	b.service.Answer = nil
	assert.Zero(t, b.drain().Claimed)
	_, err := b.box.Retry(ctx, manager, id)
	require.NoError(t, err)
	b.drain()
	r := b.get(id)
	assert.Equal(t, draft.Accepted, r.State)
	assert.Equal(t, item(dose).Content, r.Record.Content)
}

// What was only claimed waits again; what was being sent is unknown and never sent again
// by itself.
func testProcessEnds(t *testing.T, b *bench) {
	b.limits.InFlight = 2
	b.restart()
	for i := range 4 {
		b.add(Item(t, fmt.Sprint(i), fmt.Sprintf("%s Number %d.", fridge, i), "2026-02-03"))
	}
	stop := make(chan struct{})
	var begun sync.WaitGroup
	begun.Add(2)
	b.service.Slow = func() { begun.Done(); <-stop }
	box, service, store := b.box, b.service, b.store
	drained := make(chan error)
	go func() { _, err := box.Drain(ctx, service, 10); drained <- err }()
	begun.Wait()
	go func() { _ = store.Close() }() // the process dies
	time.Sleep(50 * time.Millisecond)
	b.service = &Service{}
	b.restart()
	states := map[draft.State]int{}
	for _, r := range b.all() {
		states[r.State]++
	}
	assert.Equal(t, map[draft.State]int{draft.Unknown: 2, draft.Pending: 2}, states)
	b.drain()
	assert.Len(t, b.service.Ledger(), 2)
	close(stop)
	assert.Error(t, <-drained, "the outcome could not be stored")
}

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
	r, err := b.box.Found(ctx, manager, id, outbox.Record{ID: b.service.Ledger()[0].ID, Number: "L1"})
	require.NoError(t, err)
	assert.Equal(t, draft.Accepted, r.State)
	b.pass(time.Hour)
	assert.Zero(t, b.drain().Claimed)

	other := b.add(Item(t, "2", dose, "2026-02-03"))[0].ID
	b.service.Answer = func(int, client.Op) error { return unknown() }
	b.service.Records = nil
	b.drain()
	b.service.Answer = nil
	b.pass(time.Hour)
	_, err = b.box.NotFound(ctx, manager, other)
	require.NoError(t, err)
	b.drain()
	assert.Equal(t, draft.Accepted, b.get(other).State)
	assert.Len(t, b.service.Ledger(), 2)
}

func testSystemic(t *testing.T, b *bench) {
	b.limits.InFlight = 1
	b.restart()
	for i := range 5 {
		b.add(Item(t, fmt.Sprint(i), fmt.Sprintf("%s Number %d.", fridge, i), "2026-02-03"))
	}
	b.service.Answer = func(int, client.Op) error {
		return &client.Error{Op: client.OpSubmit, Outcome: client.NotSent, Reason: client.Unauthorised, Status: 401}
	}
	d := b.drain()
	assert.Equal(t, string(client.Unauthorised), d.Line.Stopped)
	calls, _ := b.service.Calls()
	assert.Equal(t, 1, calls, "the line is stopped")
	b.service.Answer = nil
	b.pass(time.Hour)
	assert.Zero(t, b.drain().Claimed)
	require.NoError(t, b.box.Resume(ctx, operator))
	assert.Equal(t, 5, b.drain().Accepted)
	assert.Equal(t, 1, b.audited(outbox.ActStop))
}

func testWait(t *testing.T, b *bench) {
	b.limits.InFlight = 1
	b.restart()
	for i := range 5 {
		b.add(Item(t, fmt.Sprint(i), fmt.Sprintf("%s Number %d.", fridge, i), "2026-02-03"))
	}
	b.service.Answer = func(int, client.Op) error {
		return &client.Error{Op: client.OpSubmit, Outcome: client.NotSent, Reason: client.Throttled, Status: 429, RetryAfter: time.Minute}
	}
	b.drain()
	b.service.Answer = nil
	b.pass(59 * time.Second)
	assert.Zero(t, b.drain().Claimed)
	b.pass(time.Second)
	assert.Equal(t, 5, b.drain().Accepted)
}

func testBreaker(t *testing.T, b *bench) {
	b.limits.InFlight = 1
	b.restart()
	for i := range 9 {
		b.add(Item(t, fmt.Sprint(i), fmt.Sprintf("%s Number %d.", fridge, i), "2026-02-03"))
	}
	b.service.Answer = func(int, client.Op) error { return unknown() }
	b.service.Down = &client.Error{Op: client.OpMetadata, Outcome: client.NotSent, Reason: client.NotConnected}
	assert.Equal(t, 3, b.drain().Unknown)
	for range 100 {
		b.pass(time.Hour)
		assert.Zero(t, b.drain().Claimed, "no report is sent while the service does not answer")
	}
	_, probes := b.service.Calls()
	assert.Equal(t, 100, probes)
	b.service.Down = nil
	b.pass(time.Hour)
	assert.Equal(t, 1, b.drain().Unknown, "one report tries first")
	b.service.Answer = nil
	b.pass(time.Hour)
	assert.Equal(t, 5, b.drain().Accepted)
}

// A service that answers when it is asked, and then loses the report that tries it, gets few
// reports more, however long that lasts.
func testHalfDead(t *testing.T, b *bench) {
	b.numbered(0, 30)
	b.service.Answer = func(int, client.Op) error { return unknown() }
	for range 72 * 12 {
		b.drain()
		b.pass(5 * time.Minute)
	}
	calls, _ := b.service.Calls()
	assert.LessOrEqual(t, calls, 16)
	b.service.Answer = nil
	b.pass(24 * time.Hour)
	assert.Equal(t, 30-calls, b.drain().Accepted)
}

func testRates(t *testing.T, b *bench) {
	b.limits = outbox.Limits{InFlight: 10, PerSecond: 5, PerPractice: 1}
	b.restart()
	for i := range 8 {
		item := Item(t, fmt.Sprint(i), fmt.Sprintf("%s Number %d.", fridge, i), "2026-02-03")
		item.Practice = fmt.Sprintf("A8100%d", i%2)
		b.add(item)
	}
	assert.Equal(t, 2, b.drain().Accepted)
	b.pass(time.Second)
	assert.Equal(t, 2, b.drain().Accepted)
	b.pass(time.Hour)
	assert.Equal(t, 2, b.drain().Accepted, "a rate is not saved up")
	b.limits = outbox.Limits{InFlight: 10, PerPractice: 1, Practices: map[string]float64{"A81000": 0}}
	b.restart()
	assert.Equal(t, 1, b.drain().Accepted, "a practice has the rate of its own: none")
	b.add(func() (items []outbox.Item) {
		for i := range 4 {
			item := Item(t, fmt.Sprint("own", i), fmt.Sprintf("%s Another %d.", fridge, i), "2026-02-04")
			item.Practice = fmt.Sprintf("A8100%d", i/3)
			items = append(items, item)
		}
		return items
	}()...)
	b.pass(time.Minute)
	assert.Equal(t, 4, b.drain().Accepted)
}

func testPauses(t *testing.T, b *bench) {
	item := Item(t, "1", fridge, "2026-02-03")
	other := Item(t, "2", dose, "2026-02-03")
	other.Practice = "A81002"
	b.add(item, other)
	require.NoError(t, b.box.Pause(ctx, manager, "A81001"))
	assert.Equal(t, 1, b.drain().Accepted)
	pauses, err := b.box.Pauses(ctx)
	require.NoError(t, err)
	assert.Contains(t, pauses, "A81001")
	require.NoError(t, b.box.Unpause(ctx, manager, "A81001"))
	assert.Equal(t, 1, b.drain().Accepted)

	first, second := Item(t, "3", fridge+" Twice.", "2026-02-04"), Item(t, "4", dose+" Twice.", "2026-02-04")
	second.Practice = "A81002"
	ids := map[string]int64{"A81001": b.add(first)[0].ID, "A81002": b.add(second)[0].ID}
	b.drain()
	for practice, id := range ids {
		entries, err := b.box.Audit(ctx, outbox.AuditFilter{Practice: practice})
		require.NoError(t, err)
		require.NotEmpty(t, entries)
		for _, e := range entries {
			for other := range ids {
				assert.False(t, other != practice && slices.Contains(e.Reports, ids[other]), "an entry is about one practice")
			}
		}
		assert.True(t, slices.ContainsFunc(entries, func(e outbox.Entry) bool { return e.Act == outbox.ActSend && slices.Contains(e.Reports, id) }))
	}
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

func testImport(t *testing.T, b *bench) {
	read := func(texts ...string) *outbox.Import {
		imp, err := b.box.Import(ctx, "A81001", "incidents")
		require.NoError(t, err)
		for i, text := range texts {
			if text != "" {
				_, err = imp.Add(ctx, Item(t, fmt.Sprint(i+1), text, "2026-02-03"))
				require.NoError(t, err)
			}
		}
		return imp
	}
	read(fridge, dose)
	b.drain()
	imp := read(fridge)
	gone, err := imp.Gone(ctx)
	require.NoError(t, err)
	require.Len(t, gone, 1)
	assert.Equal(t, "2", gone[0].Reference)
	known, err := imp.Mention(ctx, "2")
	require.NoError(t, err)
	require.Len(t, known, 1)
	assert.NotEmpty(t, known[0].Record.Number, "people are told of the record that stands")
	gone, err = imp.Gone(ctx)
	require.NoError(t, err)
	assert.Empty(t, gone)

	imp, err = b.box.Import(ctx, "A81001", "incidents")
	require.NoError(t, err)
	entered, err := imp.Add(ctx, Item(t, "7", fridge+" A.", "2026-02-03"), Item(t, "7", fridge+" B.", "2026-02-03"))
	require.NoError(t, err)
	assert.Equal(t, []outbox.Change{outbox.Added, outbox.Asked}, changes(entered), "one log, one reference, two texts: never an overwrite")
	assert.Equal(t, entered[0].ID, entered[1].Other)
	assert.Equal(t, entered[0].ID, b.get(entered[1].ID).Other, "which is stored, too")
}

// What waits of a row that is not ready any more is not sent behind the back of whoever
// keeps the log.
func testImportHolds(t *testing.T, b *bench) {
	first := Item(t, "1", fridge, "2026-02-03")
	begin := func() *outbox.Import {
		imp, err := b.box.Import(ctx, "A81001", "incidents")
		require.NoError(t, err)
		return imp
	}
	entered, err := begin().Add(ctx, first, Item(t, "2", dose, "2026-02-03"), Item(t, "3", fridge+" Again.", "2026-02-03"))
	require.NoError(t, err)
	_, err = b.box.Hold(ctx, manager, entered[2].ID)
	require.NoError(t, err)
	imp := begin()
	known, err := imp.Mention(ctx, "1", "3")
	require.NoError(t, err)
	require.Len(t, known, 2)
	gone, err := imp.Gone(ctx)
	require.NoError(t, err)
	require.Len(t, gone, 1)
	assert.Equal(t, draft.Held, gone[0].State)
	assert.Zero(t, b.drain().Claimed)
	again, err := begin().Add(ctx, first, Item(t, "3", fridge+" Again.", "2026-02-03"))
	require.NoError(t, err)
	assert.Equal(t, []outbox.Change{outbox.Replaced, outbox.Same}, changes(again), "what a person holds stays held")
	assert.Equal(t, 1, b.drain().Accepted)

	_, err = begin().Add(ctx, Item(t, "1", fridge+" Changed.", "2026-02-03"))
	require.NoError(t, err)
	_, err = begin().Mention(ctx, "1")
	require.NoError(t, err)
	_, err = b.box.ProposeWithdrawal(ctx, manager, entered[0].ID, outbox.RecordedInError)
	require.NoError(t, err)
	_, err = b.box.KeepRecord(ctx, manager, entered[0].ID)
	require.NoError(t, err)
	assert.Equal(t, outbox.Amended, b.add(Item(t, "1", fridge+" Changed.", "2026-02-03"))[0].Change, "the record does not have it yet")
	names, err := outbox.Endpoints(ctx, b.store)
	require.NoError(t, err)
	assert.Equal(t, []string{"test"}, names)
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
	held := b.add(Item(t, "3", fridge+" Twice.", "2026-02-03"))[0].ID
	_, err := b.box.Hold(ctx, recorder, held)
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

// uncertain is a store that once does not say whether a transaction was written.
type uncertain struct {
	outbox.Store
	mu   sync.Mutex
	left int // transactions until then; 0 for none
	lost bool
}

func (u *uncertain) Update(ctx context.Context, fn func(outbox.Tx) error) error {
	u.mu.Lock()
	u.left--
	now := u.left == 0
	u.mu.Unlock()
	if now && u.lost {
		return outbox.ErrUncertain
	}
	err := u.Store.Update(ctx, fn)
	if now && err == nil {
		err = outbox.ErrUncertain
	}
	return err
}

// Whatever was or was not written when the store does not say so, a report is sent once and
// none is left lying.
func testUncertain(t *testing.T, b *bench) {
	for n := range 8 {
		store := &uncertain{Store: b.store, lost: n%2 == 0}
		box, err := outbox.Open(ctx, store, b.key, "test", outbox.WithClock(b.clock.Now))
		require.NoError(t, err)
		id := b.add(Item(t, fmt.Sprint(n), fmt.Sprintf("%s Number %d.", fridge, n), "2026-02-03"))[0].ID
		store.mu.Lock()
		store.left = n/2 + 1
		store.mu.Unlock()
		for range 2 {
			if _, err := box.Drain(ctx, b.service, 10); err != nil {
				assert.ErrorIs(t, err, outbox.ErrUncertain)
			}
		}
		assert.Equal(t, draft.Accepted, b.get(id).State, "transaction %d, lost: %v", n/2+1, store.lost)
	}
	assert.Len(t, b.service.Ledger(), 8)
}

// Each endpoint's outbox notices for itself, and once, that the store was put back.
func testGenerations(t *testing.T, b *bench) {
	putBack := func(generation string) {
		require.NoError(t, b.store.Update(ctx, func(tx outbox.Tx) error { return tx.SetSetting(outbox.BackupSetting, []byte(generation)) }))
	}
	open := func(endpoint, reference string) (box *outbox.Outbox, unknown int) {
		box, err := outbox.Open(ctx, b.store, b.key, endpoint, outbox.WithClock(b.clock.Now))
		require.NoError(t, err)
		_, err = box.Enqueue(ctx, Item(t, reference, fridge+" It was number "+reference+".", "2026-02-03"))
		require.NoError(t, err)
		reports, err := box.List(ctx, outbox.Filter{States: []string{string(draft.Unknown)}})
		require.NoError(t, err)
		return box, len(reports)
	}
	for _, endpoint := range []string{"a", "b"} {
		_, unknown := open(endpoint, "1")
		assert.Zero(t, unknown)
	}
	putBack("2")
	for _, endpoint := range []string{"a", "b", "b"} {
		box, unknown := open(endpoint, "2")
		assert.Equal(t, 1, unknown)
		d, err := box.Drain(ctx, b.service, 10)
		require.NoError(t, err)
		assert.Zero(t, d.Claimed, "a backup sends nothing by itself")
	}
}

func testSeveralDrains(t *testing.T, b *bench) {
	b.limits.InFlight = 8
	b.restart()
	var items []outbox.Item
	for i := range 100 {
		items = append(items, Item(t, fmt.Sprint(i), fmt.Sprintf("%s Number %d.", fridge, i), "2026-02-03"))
	}
	b.add(items...)
	var most, now int
	var mu sync.Mutex
	b.service.Slow = func() {
		mu.Lock()
		now++
		most = max(most, now)
		mu.Unlock()
		time.Sleep(time.Millisecond)
		mu.Lock()
		now--
		mu.Unlock()
	}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for {
				d, err := b.box.Drain(ctx, b.service, 1000)
				if !assert.NoError(t, err) || d.Claimed == 0 {
					return
				}
			}
		})
	}
	all.Wait()
	b.drain()
	assert.LessOrEqual(t, most, 8, "the limit is for all of them together")
	once := map[[32]byte]bool{}
	for _, call := range b.service.Ledger() {
		assert.False(t, once[call.Digest])
		once[call.Digest] = true
	}
	assert.Len(t, once, 100)
}

// An answer that comes after a person has said that nothing was recorded still counts.
func testLateAnswer(t *testing.T, b *bench) {
	id := b.add(Item(t, "1", fridge, "2026-02-03"))[0].ID
	b.service.Slow = func() {
		b.service.Slow = nil
		require.NoError(t, b.box.Restored(ctx, operator)) // makes it unknown
		b.pass(time.Hour)
		_, err := b.box.NotFound(ctx, manager, id)
		require.NoError(t, err)
	}
	b.drain()
	require.NoError(t, b.box.Resume(ctx, operator))
	b.drain()
	assert.Len(t, b.service.Ledger(), 1)
	assert.Equal(t, draft.Accepted, b.get(id).State)
	assert.Equal(t, 1, b.audited(outbox.ActLate))
}

func testAnotherKey(t *testing.T, b *bench) {
	b.add(Item(t, "1", fridge, "2026-02-03"))
	_, err := outbox.Open(ctx, b.store, Key(t), "test")
	assert.ErrorContains(t, err, "another key")
	_, err = outbox.Open(ctx, b.store, outbox.Key{}, "test")
	assert.Error(t, err)
}

func testFailedTransaction(t *testing.T, b *bench) {
	failed := errors.New("no")
	err := b.store.Update(ctx, func(tx outbox.Tx) error {
		require.NoError(t, tx.SetSetting("x", []byte("1")))
		return failed
	})
	assert.ErrorIs(t, err, failed)
	require.NoError(t, b.store.View(ctx, func(tx outbox.Tx) error {
		value, err := tx.Setting("x")
		assert.Nil(t, value)
		return err
	}))
	assert.Panics(t, func() { _ = b.store.Update(ctx, func(outbox.Tx) error { panic("no") }) })
	b.add(Item(t, "1", fridge, "2026-02-03"))
}
