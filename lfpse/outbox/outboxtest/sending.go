package outboxtest

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/client"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/outbox"
)

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
