package outboxtest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/client"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/outbox"
)

// year is how far the clocks of these tests jump.
const year = 365 * 24 * time.Hour

// numbered adds as many reports.
func (b *bench) numbered(from, n int) {
	b.t.Helper()
	for i := from; i < from+n; i++ {
		b.add(Item(b.t, fmt.Sprint(i), fmt.Sprintf("%s Number %d.", fridge, i), "2026-02-03"))
	}
}

// The service asks to wait for a minute, and the clock is put back: that minute begins
// again. Nothing is sent before, and nothing waits until the clock has caught up.
func testClockWait(t *testing.T, b *bench) {
	b.limits.InFlight = 1
	b.restart()
	b.numbered(0, 3)
	busy := &client.Error{Op: client.OpSubmit, Outcome: client.NotSent, Reason: client.Throttled, Status: 429, RetryAfter: time.Minute}
	for _, jump := range []time.Duration{-year, -time.Second, -59 * time.Second} {
		b.service.Answer = func(int, client.Op) error { return busy }
		assert.Equal(t, 1, b.drain().Returned)
		takes := true
		b.service.Answer = func(int, client.Op) error {
			if taken := takes; taken {
				takes = false
				return nil
			}
			return busy
		}
		b.pass(jump)
		assert.Zero(t, b.drain().Claimed, "the clock was put back by %s", jump)
		b.pass(time.Minute - time.Microsecond)
		assert.Zero(t, b.drain().Claimed)
		b.pass(time.Microsecond)
		assert.Equal(t, 1, b.drain().Accepted)
		b.pass(time.Hour)
	}
	assert.Len(t, b.service.Ledger(), 3)
}

// A service that cannot be reached is asked again in time, whatever the clock does, and no
// report is sent before it answers.
func testClockProbe(t *testing.T, b *bench) {
	b.limits.InFlight = 1
	b.restart()
	b.numbered(0, 2)
	b.service.Down = &client.Error{Op: client.OpMetadata, Outcome: client.NotSent, Reason: client.NotConnected}
	b.service.Answer = func(int, client.Op) error { return b.service.Down }
	b.drain()
	probes := 0
	for _, jump := range []time.Duration{year, -2 * year, -time.Hour, 10 * year, 0} {
		b.pass(jump)
		for range 10 {
			b.pass(time.Minute)
			assert.Zero(t, b.drain().Claimed)
		}
		_, asked := b.service.Calls()
		assert.Greater(t, asked, probes, "after a jump of %s", jump)
		probes = asked
	}
	b.service.Down, b.service.Answer = nil, nil
	b.pass(10 * time.Minute)
	assert.Equal(t, 2, b.drain().Accepted)
}

// Reports that came in while the clock was ahead are sent all the same when it is put right,
// and a change to one that waits leaves it where it is.
func testClockTurns(t *testing.T, b *bench) {
	b.limits.InFlight = 1
	b.restart()
	b.numbered(0, 2)
	b.pass(year)
	b.numbered(2, 1)
	b.pass(-year)
	b.pass(time.Second)
	changed := Item(t, "0", dose, "2026-02-03")
	assert.Equal(t, outbox.Replaced, b.add(changed)[0].Change)
	assert.Equal(t, 3, b.drain().Accepted)
	ledger := b.service.Ledger()
	require.Len(t, ledger, 3)
	assert.Equal(t, changed.Submission.Digest(), ledger[0].Digest, "it has waited longest")
	assert.Zero(t, b.drain().Claimed)
}

// A rate goes on after each jump, at most with what one second allows. A machine whose clock
// is behind that of another has no rate of its own.
func testClockRates(t *testing.T, b *bench) {
	b.limits = outbox.Limits{InFlight: 10, PerSecond: 2, PerPractice: 2}
	b.restart()
	b.numbered(0, 40)
	assert.Equal(t, 2, b.drain().Accepted)
	for _, jump := range []time.Duration{year, -2 * year, -6 * time.Second, year} {
		b.pass(jump)
		assert.LessOrEqual(t, b.drain().Accepted, 2, "after a jump of %s", jump)
		b.pass(time.Second)
		assert.Equal(t, 2, b.drain().Accepted, "after a jump of %s", jump)
	}
	b.pass(time.Minute)
	sent := 0
	for range 10 { // two machines in turn
		sent += b.drain().Accepted
		b.pass(-3 * time.Second)
		sent += b.drain().Accepted
		b.pass(3 * time.Second)
	}
	assert.Equal(t, 2, sent)
}

// Texts are not removed because the clock was put back; they are when their time has come.
func testClockRetention(t *testing.T, b *bench) {
	b.numbered(0, 1)
	held := b.add(Item(t, "1", dose, "2026-02-03"))[0].ID
	_, err := b.box.Hold(ctx, manager, held)
	require.NoError(t, err)
	kept := b.keep(Waiting("7", fridge+" Twice."))
	keep := outbox.Retention{Final: 24 * time.Hour}
	purge := func() int {
		n, err := b.box.Purge(ctx, operator, keep)
		require.NoError(t, err)
		return n
	}
	b.drain()
	b.pass(-year)
	assert.Zero(t, purge())
	text, err := b.box.Text(ctx, manager, held)
	require.NoError(t, err)
	assert.NotEmpty(t, text)
	assert.Equal(t, "7", b.draft(kept.ID).Reference)
	b.pass(year + 31*24*time.Hour)
	assert.Equal(t, 3, purge())
}

// Whoever says that an unknown report was not recorded has waited long enough, and does not
// wait until a clock that was put back has caught up.
func testClockQuiet(t *testing.T, b *bench) {
	b.numbered(0, 2)
	b.service.Answer = func(int, client.Op) error { return unknown() }
	b.drain()
	b.service.Answer = nil
	first, second := b.all()[0].ID, b.all()[1].ID
	b.pass(-year)
	settled, err := b.box.Reconcile(ctx, nothing{})
	require.NoError(t, err)
	assert.Zero(t, settled)
	_, err = b.box.NotFound(ctx, manager, first)
	assert.ErrorAs(t, err, new(*outbox.StateError), "the request may still be on its way")
	b.pass(2 * time.Minute)
	_, err = b.box.NotFound(ctx, manager, first)
	require.NoError(t, err)
	settled, err = b.box.Reconcile(ctx, nothing{})
	require.NoError(t, err)
	assert.Equal(t, 1, settled)
	assert.Equal(t, 2, b.drain().Accepted)
	assert.Equal(t, draft.Accepted, b.get(second).State)
}

// nothing finds no record.
type nothing struct{}

func (nothing) Find(context.Context, outbox.Report) (outbox.Record, bool, error) {
	return outbox.Record{}, false, nil
}

// The hour that a wall clock in London shows twice in October is two hours: a wait of half
// an hour that begins in the first of them ends there.
func testClockSummerTime(t *testing.T, b *bench) {
	london, err := time.LoadLocation("Europe/London")
	require.NoError(t, err)
	now := time.Date(2026, 10, 25, 0, 40, 0, 0, time.UTC).In(london) // in summer time
	require.Equal(t, "BST", now.Format("MST"))
	box, err := outbox.Open(ctx, b.store, b.key, "test", outbox.WithClock(func() time.Time { return now }))
	require.NoError(t, err)
	_, err = box.Enqueue(ctx, Item(t, "1", fridge, "2026-02-03"))
	require.NoError(t, err)
	b.service.Answer = func(int, client.Op) error {
		return &client.Error{Op: client.OpSubmit, Outcome: client.NotSent, Reason: client.Throttled, Status: 429, RetryAfter: 30 * time.Minute}
	}
	begin := now
	drain := func(after time.Duration) outbox.Drained {
		now = begin.Add(after)
		d, err := box.Drain(ctx, b.service, 10)
		require.NoError(t, err)
		return d
	}
	assert.Equal(t, 1, drain(0).Returned)
	b.service.Answer = nil
	assert.Zero(t, drain(29*time.Minute).Claimed)
	require.Equal(t, "01:09 GMT", now.Format("15:04 MST"))
	assert.Equal(t, 1, drain(30*time.Minute).Accepted)
	flow, err := box.Flow(ctx, begin.Add(-time.Hour))
	require.NoError(t, err)
	assert.Len(t, flow, 2, "two hours, although the wall clock shows one")
}
