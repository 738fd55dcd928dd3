package schedule_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/outbox"
	"github.com/gpsafety/lfpse-go/lfpse/outbox/outboxtest"
	"github.com/gpsafety/lfpse-go/lfpse/outbox/postgres"
	"github.com/gpsafety/lfpse-go/lfpse/outbox/postgres/postgrestest"
	"github.com/gpsafety/lfpse-go/lfpse/outbox/postgres/schedule"
)

func TestMain(m *testing.M) { postgrestest.Main(m) }

var ctx = context.Background()

// migrated returns a database with River's tables.
func migrated(t *testing.T) postgrestest.Database {
	db := postgrestest.New(t)
	pool, err := pgxpool.New(ctx, db.Owner)
	require.NoError(t, err)
	defer pool.Close()
	config, err := pgx.ParseConfig(db.App)
	require.NoError(t, err)
	for range 2 {
		require.NoError(t, schedule.Migrate(ctx, pool, config.User))
	}
	return db
}

// process is one that shares a database with others.
type process struct {
	store *postgres.Store
	box   *outbox.Outbox
	stop  func() error
}

func start(t *testing.T, db postgrestest.Database, key outbox.Key, work schedule.Work) process {
	store := db.Open(t).(*postgres.Store)
	box, err := outbox.Open(ctx, store, key, "test")
	require.NoError(t, err)
	work.Outbox = box
	s, err := schedule.New(ctx, store, schedule.Settings{
		Drain: 100 * time.Millisecond, Webhooks: 100 * time.Millisecond, Reconcile: 100 * time.Millisecond, Remind: 100 * time.Millisecond,
		Logger: slog.New(slog.DiscardHandler),
	}, work)
	require.NoError(t, err)
	running, stop := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() { done <- s.Run(running) }()
	return process{store, box, func() error { stop(); return <-done }}
}

type finder struct{ asked atomic.Int32 }

func (f *finder) Find(context.Context, outbox.Report) (outbox.Record, bool, error) {
	f.asked.Add(1)
	return outbox.Record{ID: "found-1"}, true, nil
}

// Two processes share the work; the session of one is cut while it sends. Nothing is sent
// twice, and what was sent is settled by asking the service.
func TestSchedule(t *testing.T) {
	t.Parallel()
	db, key, service := migrated(t), outboxtest.Key(t), &outboxtest.Service{}
	service.Slow = func() { time.Sleep(5 * time.Millisecond) }
	var hooks, reminders atomic.Int32
	work := schedule.Work{
		Sender:   service,
		Webhooks: func(context.Context) error { hooks.Add(1); return nil },
		Remind:   func(context.Context) error { reminders.Add(1); return fmt.Errorf("nobody is there") },
	}
	one, two := start(t, db, key, work), start(t, db, key, work)
	const n = 60
	for i := range n {
		_, err := two.box.Enqueue(ctx, outboxtest.Item(t, fmt.Sprint(i), fmt.Sprintf("The fridge alarm was off. It was number %d.", i), "2026-02-03"))
		require.NoError(t, err)
	}
	conn := db.Owned(t)
	_, err := conn.Exec(ctx, "SELECT pg_terminate_backend(pid, 5000) FROM pg_locks WHERE locktype = 'advisory' AND mode = 'ExclusiveLock' AND ((classid::bigint << 32) | objid::bigint) = $1", lockOf(t, one.store.Owner()))
	require.NoError(t, err)
	require.Eventually(t, func() bool {
		counts, err := two.box.Count(ctx)
		require.NoError(t, err)
		waiting := 0
		for _, c := range counts {
			if c.State == string(draft.Pending) || c.State == string(draft.Sending) {
				waiting += c.N
			}
		}
		return waiting == 0 && hooks.Load() > 0 && reminders.Load() > 1
	}, 20*time.Second, 20*time.Millisecond)
	assert.ErrorIs(t, one.stop(), postgres.ErrLost)
	require.NoError(t, two.stop())
	once := map[[32]byte]bool{}
	for _, call := range service.Ledger() {
		assert.False(t, once[call.Digest], "sent twice")
		once[call.Digest] = true
	}
	assert.Len(t, once, n)

	var args string
	require.NoError(t, conn.QueryRow(ctx, "SELECT string_agg(DISTINCT args::text || metadata::text || tags::text, ' ') FROM lfpse_river.river_job").Scan(&args))
	assert.Contains(t, args, `"drain"`)
	assert.NotContains(t, args, "A81001")
	assert.NotContains(t, strings.ToLower(args), "fridge")
}

func lockOf(t *testing.T, owner string) int64 {
	var key uint64
	_, err := fmt.Sscanf(owner, "pg-%x", &key)
	require.NoError(t, err)
	return int64(key)
}

func TestReconcile(t *testing.T) {
	t.Parallel()
	db, key, find := migrated(t), outboxtest.Key(t), &finder{}
	store := db.Open(t)
	long := time.Now().Add(-time.Hour)
	box, err := outbox.Open(ctx, store, key, "test", outbox.WithClock(func() time.Time { return long }))
	require.NoError(t, err)
	entered, err := box.Enqueue(ctx, outboxtest.Item(t, "1", "The fridge alarm was off.", "2026-02-03"))
	require.NoError(t, err)
	service := &outboxtest.Service{}
	require.NoError(t, box.Restored(ctx, outbox.By{ID: "ops1", Role: outbox.Operator}))
	p := start(t, db, key, schedule.Work{Sender: service, Finder: find})
	require.Eventually(t, func() bool {
		r, err := box.Get(ctx, entered[0].ID)
		require.NoError(t, err)
		return r.State == draft.Accepted
	}, 10*time.Second, 20*time.Millisecond)
	require.NoError(t, p.stop())
	assert.Empty(t, service.Ledger())
}

func TestMissingTables(t *testing.T) {
	t.Parallel()
	store := postgrestest.New(t).Open(t).(*postgres.Store)
	_, err := schedule.New(ctx, store, schedule.Settings{})
	assert.ErrorIs(t, err, schedule.ErrNoSchema)
	sql, err := schedule.SQL()
	require.NoError(t, err)
	assert.Contains(t, sql, "CREATE TABLE lfpse_river.river_job")
	assert.NotContains(t, sql, "TEMPLATE")
}
