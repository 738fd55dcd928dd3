package outboxtest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/outbox"
)

func testAnotherKey(t *testing.T, b *bench) {
	b.add(Item(t, "1", fridge, "2026-02-03"))
	_, err := outbox.Open(ctx, b.store, Key(t), "test")
	assert.ErrorContains(t, err, "another key")
	_, err = outbox.Open(ctx, b.store, outbox.Key{}, "test")
	assert.Error(t, err)
}

// An entry that was damaged on the disk is reported, whatever it holds.
func testDamagedTrail(t *testing.T, b *bench) {
	b.add(Item(t, "1", fridge, "2026-02-03"))
	n, err := b.box.VerifyAudit(ctx)
	require.NoError(t, err)
	never := time.Date(20000, 1, 1, 0, 0, 0, 0, time.UTC)
	put := func(e outbox.Entry) error {
		return b.store.Update(ctx, func(tx outbox.Tx) error { return tx.Append([]*outbox.Entry{&e}) })
	}
	require.NoError(t, put(outbox.Entry{At: never, Act: outbox.ActRead, Endpoint: "test", Link: n + 1, Hash: []byte{1}}))
	_, err = b.box.VerifyAudit(ctx)
	assert.ErrorContains(t, err, fmt.Sprintf("broken at entry %d", n+1))
	if put(outbox.Entry{At: never, Act: outbox.ActRead, Endpoint: "test"}) != nil {
		return // the store takes chained entries only
	}
	_, err = b.box.Enqueue(ctx, Item(t, "2", dose, "2026-02-03"))
	assert.ErrorContains(t, err, "damaged")
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

// A claim is the owner, a slash and a number: an owner with a slash could be taken for
// another one. Each opening has an owner of its own.
func testOwner(t *testing.T, b *bench) {
	before := b.store.Owner()
	assert.NotEmpty(t, before)
	assert.NotContains(t, before, "/")
	b.restart()
	assert.NotEqual(t, before, b.store.Owner())
	alive, err := b.store.Alive(ctx, before)
	require.NoError(t, err)
	assert.False(t, alive)
}
