package postgres_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/outbox"
	"github.com/gpsafety/lfpse-go/lfpse/outbox/outboxtest"
	"github.com/gpsafety/lfpse-go/lfpse/outbox/postgres"
	"github.com/gpsafety/lfpse-go/lfpse/outbox/postgres/postgrestest"
)

// cutSessions ends the sessions that hold the lock of an owner.
const cutSessions = "SELECT pg_terminate_backend(pid, 5000) FROM pg_locks WHERE locktype = 'advisory' AND mode = 'ExclusiveLock' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"

// A process whose session was lost is dead for the others. It claims nothing any more, but
// an answer that comes late still counts.
func TestSessionLost(t *testing.T) {
	t.Parallel()
	db, key, service := postgrestest.New(t), outboxtest.Key(t), &outboxtest.Service{}
	open := func() (*postgres.Store, *outbox.Outbox) {
		store := db.Open(t).(*postgres.Store)
		box, err := outbox.Open(ctx, store, key, "test", outbox.WithLimits(outbox.Limits{InFlight: 1}))
		require.NoError(t, err)
		return store, box
	}
	store, box := open()
	entered, err := box.Enqueue(ctx, outboxtest.Item(t, "1", "The fridge alarm was off.", "2026-02-03"), outboxtest.Item(t, "2", "The scales were wrong.", "2026-02-03"))
	require.NoError(t, err)
	var otherBox *outbox.Outbox
	service.Slow = func() {
		service.Slow = nil
		alive, err := store.Alive(ctx, store.Owner())
		assert.NoError(t, err)
		assert.True(t, alive)
		execute(t, db.Owned(t), cutSessions)
		_, otherBox = open()
		r, err := otherBox.Get(ctx, entered[0].ID)
		assert.NoError(t, err)
		assert.Equal(t, draft.Unknown, r.State, "the other process cannot know")
	}
	_, err = box.Drain(ctx, service, 10)
	assert.ErrorIs(t, err, postgres.ErrLost)
	assert.Len(t, service.Ledger(), 1, "nothing more is sent")
	r, err := box.Get(ctx, entered[0].ID)
	require.NoError(t, err)
	assert.Equal(t, draft.Accepted, r.State, "the answer still counts")
	select {
	case <-store.Lost():
	case <-time.After(10 * time.Second):
		t.Error("the process is not told")
	}
	alive, err := store.Alive(ctx, store.Owner())
	require.NoError(t, err)
	assert.False(t, alive)
	_, err = box.Drain(ctx, service, 10)
	assert.ErrorIs(t, err, postgres.ErrLost)
	_, err = otherBox.Drain(ctx, service, 10)
	require.NoError(t, err)
	assert.Len(t, service.Ledger(), 2)
}

// Whether a COMMIT whose answer is lost was carried out is not known, and is said so.
func TestUncertain(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t)
	through := newProxy(t, db.App)
	store, err := postgres.Open(ctx, through.address())
	require.NoError(t, err)
	defer store.Close()
	for fate, written := range map[int32]string{loseRequest: "", loseResponse: "1"} {
		name := "fate" + written
		through.lose.Store(fate)
		err := store.Update(ctx, func(tx outbox.Tx) error { return tx.SetSetting(name, []byte("1")) })
		assert.ErrorIs(t, err, outbox.ErrUncertain)
		require.NoError(t, store.View(ctx, func(tx outbox.Tx) error {
			value, err := tx.Setting(name)
			assert.Equal(t, written, string(value))
			return err
		}))
	}
}

// Two transactions that wait for each other are both carried out.
func TestDeadlock(t *testing.T) {
	t.Parallel()
	store := postgrestest.New(t).Open(t)
	turn, done := make(chan bool, 2), make(chan error, 2)
	for _, names := range [][2]string{{"a", "b"}, {"b", "a"}} {
		tries := 0
		go func() {
			done <- store.Update(ctx, func(tx outbox.Tx) error {
				if _, err := tx.Setting(names[0]); err != nil {
					return err
				}
				if tries++; tries == 1 {
					turn <- true
					for len(turn) < 2 {
						time.Sleep(time.Millisecond)
					}
				}
				n, err := tx.Setting(names[1])
				return errors.Join(err, tx.SetSetting(names[1], append(n, 'x')))
			})
		}()
	}
	for range 2 {
		require.NoError(t, <-done)
	}
	require.NoError(t, store.View(ctx, func(tx outbox.Tx) error {
		for _, name := range []string{"a", "b"} {
			value, err := tx.Setting(name)
			assert.NoError(t, err)
			assert.Equal(t, "x", string(value))
		}
		return nil
	}))
}
