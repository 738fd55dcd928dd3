package outboxtest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/client"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/outbox"
)

// breaking is a store that cannot be written any more once an act is done, as when the
// disk is full.
type breaking struct {
	outbox.Store
	after outbox.Act // empty: it works
	done  bool
}

func (s *breaking) Update(ctx context.Context, fn func(outbox.Tx) error) error {
	if s.after != "" && s.done {
		return errors.New("the disk is full")
	}
	return s.Store.Update(ctx, func(tx outbox.Tx) error { return fn(noticing{tx, s}) })
}

// noticing notices the act.
type noticing struct {
	outbox.Tx
	store *breaking
}

func (t noticing) Append(entries []*outbox.Entry) error {
	for _, e := range entries {
		t.store.done = t.store.done || e.Act == t.store.after
	}
	return t.Tx.Append(entries)
}

// What cannot be written is not sent, or is written later by the same process: nothing is
// left behind until it ends.
func testStoreBreaks(t *testing.T, b *bench) {
	store := &breaking{Store: b.store}
	box, err := outbox.Open(ctx, store, b.key, "test", outbox.WithClock(b.clock.Now))
	require.NoError(t, err)
	item := func(text string) outbox.Item { return Item(t, "1", text, "2026-02-03") }

	id := b.add(item(fridge))[0].ID
	store.after = outbox.ActClaim
	_, err = box.Drain(ctx, b.service, 10)
	assert.ErrorContains(t, err, "disk is full")
	calls, _ := b.service.Calls()
	assert.Zero(t, calls, "it is not marked as being sent, so it is not sent")
	assert.Equal(t, outbox.Queued, b.add(item(dose))[0].Change, "it is claimed")
	store.after, store.done = "", false
	d, err := box.Drain(ctx, b.service, 10)
	require.NoError(t, err)
	assert.Equal(t, 1, d.Accepted)
	assert.Equal(t, item(dose).Content, b.get(id).Record.Content, "the change gets its turn before anything is sent")
	require.Len(t, b.service.Ledger(), 1)

	b.add(item(fridge))
	store.after = outbox.ActSend
	began := time.Now()
	_, err = box.Drain(ctx, b.service, 10)
	assert.ErrorContains(t, err, "could not be stored")
	assert.Less(t, time.Since(began), time.Minute)
	assert.Equal(t, draft.Sending, b.get(id).State)
	store.after, store.done = "", false
	_, err = box.Drain(ctx, b.service, 10)
	require.NoError(t, err)
	assert.Equal(t, draft.Accepted, b.get(id).State, "the outcome was not forgotten")
	assert.Equal(t, []client.Op{client.OpSubmit, client.OpUpdate}, []client.Op{b.service.Ledger()[0].Op, b.service.Ledger()[1].Op})

	b.add(item(dose))
	store.after = outbox.ActClaim
	_, _ = box.Drain(ctx, b.service, 10)
	b.add(item(fridge))
	b.restart()
	assert.Equal(t, draft.Pending, b.get(id).State)
	b.add(item(dose))
	b.drain()
	assert.Equal(t, item(dose).Content, b.get(id).Record.Content, "what came last is sent, and nothing after it")
	assert.Len(t, b.service.Ledger(), 3)
}
