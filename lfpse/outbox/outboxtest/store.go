package outboxtest

import (
	"errors"
	"testing"

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
