package outboxtest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/client"
	"github.com/gpsafety/lfpse-go/lfpse/outbox"
)

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
	assert.LessOrEqual(t, calls, 20, "some five a day at most; the waits are of random length")
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
