package sqlite_test

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/outbox"
	"github.com/gpsafety/lfpse-go/lfpse/outbox/outboxtest"
	"github.com/gpsafety/lfpse-go/lfpse/outbox/sqlite"
)

type place string

func (p place) Open(tb testing.TB) outbox.Store {
	s, err := sqlite.Open(context.Background(), string(p), sqlite.Sending(nil))
	require.NoError(tb, err)
	tb.Cleanup(func() { _ = s.Close() })
	return s
}

// A backup that is put back sends nothing, also if the first process that notices dies
// before it has done anything about it, and whichever endpoint is opened first.
func TestBackup(t *testing.T) {
	ctx, p, key, service := context.Background(), place(filepath.Join(t.TempDir(), "outbox.db")), outboxtest.Key(t), &outboxtest.Service{}
	open := func(endpoint string) (outbox.Store, *outbox.Outbox) {
		store := p.Open(t)
		box, err := outbox.Open(ctx, store, key, endpoint)
		require.NoError(t, err)
		return store, box
	}
	store, box := open("a")
	_, err := box.Enqueue(ctx, outboxtest.Item(t, "1", "The fridge alarm was switched off.", "2026-02-03"))
	require.NoError(t, err)
	require.NoError(t, store.Close())
	backup, err := os.ReadFile(string(p))
	require.NoError(t, err)
	store, box = open("a")
	_, err = box.Drain(ctx, service, 10)
	require.NoError(t, err)
	require.NoError(t, store.Close())
	require.NoError(t, os.WriteFile(string(p), backup, 0o600))

	require.NoError(t, p.Open(t).Close())
	store, _ = open("b")
	require.NoError(t, store.Close())
	_, box = open("a")
	d, err := box.Drain(ctx, service, 10)
	require.NoError(t, err)
	require.Equal(t, "restored-from-backup", d.Line.Stopped)
	require.Len(t, service.Ledger(), 1)
}

func TestStore(t *testing.T) {
	outboxtest.Run(t, func(tb testing.TB) outboxtest.Place { return place(filepath.Join(tb.TempDir(), "data", "outbox.db")) })
}

// A copy of the file that is put back sends nothing, until somebody has settled what was
// sent since.
func TestBackupPutBack(t *testing.T) {
	ctx, name, key := context.Background(), filepath.Join(t.TempDir(), "outbox.db"), outboxtest.Key(t)
	service := &outboxtest.Service{}
	drain := func(send bool) {
		s := place(name).Open(t)
		defer s.Close()
		box, err := outbox.Open(ctx, s, key, "test")
		require.NoError(t, err)
		_, err = box.Enqueue(ctx, outboxtest.Item(t, "1", "The fridge alarm was switched off.", "2026-02-03"))
		require.NoError(t, err)
		if send {
			_, err = box.Drain(ctx, service, 10)
			require.NoError(t, err)
			reports, err := box.List(ctx, outbox.Filter{})
			require.NoError(t, err)
			require.Len(t, reports, 1)
			assert.Equal(t, len(service.Ledger()) == 1 && reports[0].Attempts == 0, reports[0].State == draft.Unknown)
		}
	}
	drain(false)
	backup, err := os.ReadFile(name)
	require.NoError(t, err)
	drain(true)
	require.NoError(t, os.WriteFile(name, backup, 0o600))
	drain(true)
	drain(true)
	assert.Len(t, service.Ledger(), 1)
}

// The database of another program is not made into an outbox, whichever version it has.
func TestTheDatabaseOfAnotherProgram(t *testing.T) {
	for _, version := range []string{"0", "1", "99"} {
		name := filepath.Join(t.TempDir(), "other.db")
		db, err := sql.Open("sqlite", "file:"+name)
		require.NoError(t, err)
		_, err = db.Exec("CREATE TABLE customer (name TEXT); PRAGMA user_version = " + version)
		require.NoError(t, err)
		require.NoError(t, db.Close())

		before, err := os.ReadFile(name)
		require.NoError(t, err)
		require.ErrorIs(t, sqlite.Check(name), sqlite.ErrNotOutbox)
		_, err = sqlite.Open(context.Background(), name)
		require.ErrorIs(t, err, sqlite.ErrNotOutbox)
		after, err := os.ReadFile(name)
		require.NoError(t, err)
		assert.Equal(t, before, after)
	}
}
