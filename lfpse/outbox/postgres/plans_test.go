package postgres_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/outbox"
	"github.com/gpsafety/lfpse-go/lfpse/outbox/outboxtest"
	"github.com/gpsafety/lfpse-go/lfpse/outbox/postgres/postgrestest"
)

// A database that was empty when the first statements were planned, and has no statistics
// yet, reads no table as a whole when it has grown.
func TestGrownTablesAreNotReadWhole(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t)
	store := db.Open(t)
	box, err := outbox.Open(ctx, store, outboxtest.Key(t), "test")
	require.NoError(t, err)
	const batches, each = 50, 100
	item := outboxtest.Item(t, "x", "The fridge alarm was off.", "2026-02-03")
	for n := range batches {
		items := make([]outbox.Item, each)
		for i := range items {
			items[i] = item
			items[i].Reference, items[i].Content = fmt.Sprint(n, "-", i), outbox.Digest{1, byte(n), byte(i)}
		}
		_, err := box.Enqueue(ctx, items...)
		require.NoError(t, err)
		_, err = box.Drain(ctx, &outboxtest.Service{}, 10)
		require.NoError(t, err)
	}
	require.NoError(t, store.Close()) // the statistics are told at the end of a session
	owner := db.Owned(t)
	var read, looked, written int
	require.Eventually(t, func() bool {
		err := owner.QueryRow(ctx, "SELECT sum(seq_tup_read), sum(idx_tup_fetch), sum(n_tup_ins) FROM pg_stat_user_tables WHERE schemaname = 'lfpse' AND relname <> 'setting'").Scan(&read, &looked, &written)
		require.NoError(t, err)
		return written > 2*batches*each
	}, 10*time.Second, 20*time.Millisecond)
	assert.Less(t, read, 5*batches*each, "rows that were read in passing")
	assert.Less(t, looked, 20*batches*each, "rows that were looked up")
}
