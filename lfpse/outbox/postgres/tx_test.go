package postgres_test

import (
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/outbox"
	"github.com/gpsafety/lfpse-go/lfpse/outbox/outboxtest"
	"github.com/gpsafety/lfpse-go/lfpse/outbox/postgres"
	"github.com/gpsafety/lfpse-go/lfpse/outbox/postgres/postgrestest"
)

// A supplier stores an incident of their own and the report about it in one transaction.
func TestEnqueueInTransaction(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t)
	store := db.Open(t)
	box, err := outbox.Open(ctx, store, outboxtest.Key(t), "test")
	require.NoError(t, err)
	execute(t, db.Owned(t), "CREATE TABLE report (id bigint PRIMARY KEY); GRANT ALL ON report TO "+roleOf(t, db.App))
	app, err := pgx.Connect(ctx, db.App)
	require.NoError(t, err)
	defer app.Close(ctx)
	insert := func(id int, commit bool) {
		tx, err := app.Begin(ctx)
		require.NoError(t, err)
		_, err = tx.Exec(ctx, "INSERT INTO report (id) VALUES ($1)", id)
		require.NoError(t, err)
		entered, err := box.EnqueueIn(postgres.Tx(ctx, tx), outboxtest.Item(t, "1", "The fridge alarm was off.", "2026-02-03"))
		require.NoError(t, err)
		assert.Equal(t, outbox.Added, entered[0].Change)
		// others go on meanwhile, also with the audit trail
		_, err = box.Enqueue(ctx, func() outbox.Item {
			item := outboxtest.Item(t, "2", "The scales were wrong.", "2026-02-03")
			item.Practice = "A81002"
			return item
		}())
		require.NoError(t, err)
		if commit {
			require.NoError(t, tx.Commit(ctx))
		} else {
			require.NoError(t, tx.Rollback(ctx))
		}
	}
	insert(1, false)
	insert(2, true)
	reports, err := box.List(ctx, outbox.Filter{Practice: "A81001"})
	require.NoError(t, err)
	require.Len(t, reports, 1)
	var own int
	require.NoError(t, app.QueryRow(ctx, "SELECT count(*) FROM report").Scan(&own))
	assert.Equal(t, 1, own)
	service := &outboxtest.Service{}
	d, err := box.Drain(ctx, service, 10)
	require.NoError(t, err)
	assert.Equal(t, 2, d.Accepted)
	_, err = box.VerifyAudit(ctx)
	require.NoError(t, err)
	entries, err := box.Audit(ctx, outbox.AuditFilter{Loose: true})
	require.NoError(t, err)
	assert.Empty(t, entries)
}
