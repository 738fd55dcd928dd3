package postgres_test

import (
	"context"
	"io/fs"
	"net/url"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/outbox"
	"github.com/gpsafety/lfpse-go/lfpse/outbox/outboxtest"
	"github.com/gpsafety/lfpse-go/lfpse/outbox/postgres"
	"github.com/gpsafety/lfpse-go/lfpse/outbox/postgres/postgrestest"
)

var ctx = context.Background()

func execute(t *testing.T, conn *pgx.Conn, sql string, args ...any) {
	t.Helper()
	_, err := conn.Exec(ctx, sql, args...)
	require.NoError(t, err)
}

func TestVersions(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t)
	owner := db.Owned(t)
	open := func() error {
		s, err := postgres.Open(ctx, db.App)
		if err == nil {
			err = s.Close()
		}
		return err
	}
	require.NoError(t, open())
	files, grants := postgres.Migrations()
	names, err := fs.Glob(files, "*.sql")
	require.NoError(t, err)
	assert.NotEmpty(t, grants)
	var applied int
	require.NoError(t, owner.QueryRow(ctx, "SELECT count(*) FROM lfpse.migration").Scan(&applied))
	assert.Len(t, names, applied)

	execute(t, owner, "INSERT INTO lfpse.migration (version, name) VALUES ($1, 'later')", applied+1)
	assert.ErrorIs(t, open(), outbox.ErrNewer)
	_, _, err = postgres.Migrate(ctx, owner)
	assert.ErrorIs(t, err, outbox.ErrNewer)
	execute(t, owner, "DELETE FROM lfpse.migration WHERE version >= $1", applied)
	if applied == 1 { // nothing older was ever released
		assert.ErrorIs(t, open(), postgres.ErrNoSchema)
	} else {
		assert.ErrorIs(t, open(), postgres.ErrOlder)
	}
	execute(t, owner, "DROP SCHEMA lfpse CASCADE")
	assert.ErrorIs(t, open(), postgres.ErrNoSchema)

	var all sync.WaitGroup
	for range 3 { // at the same time
		conn := db.Owned(t)
		all.Go(func() {
			_, to, err := postgres.Migrate(ctx, conn)
			assert.NoError(t, err)
			assert.Equal(t, applied, to)
		})
	}
	all.Wait()
	assert.ErrorContains(t, open(), "grants.sql")
}

// Neither a program nor, without taking the triggers away, the owner changes the audit
// trail.
func TestAuditTrailStays(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t)
	box, err := outbox.Open(ctx, db.Open(t), outboxtest.Key(t), "test")
	require.NoError(t, err)
	_, err = box.Enqueue(ctx, outboxtest.Item(t, "1", "The fridge alarm was off.", "2026-02-03"))
	require.NoError(t, err)
	app, err := pgx.Connect(ctx, db.App)
	require.NoError(t, err)
	defer app.Close(ctx)
	for _, sql := range []string{
		"DELETE FROM lfpse.audit", "TRUNCATE lfpse.audit", "UPDATE lfpse.audit SET act = 'x'", "UPDATE lfpse.audit SET hash = NULL",
		"DELETE FROM lfpse.audit_report", "UPDATE lfpse.audit_report SET seq = 0", "TRUNCATE lfpse.audit_report",
	} {
		for _, conn := range []*pgx.Conn{app, db.Owned(t)} {
			_, err := conn.Exec(ctx, sql)
			assert.Error(t, err, sql)
		}
	}
	for _, sql := range []string{
		"ALTER TABLE lfpse.audit DISABLE TRIGGER ALL", "DROP TABLE lfpse.report", "CREATE TABLE lfpse.x ()", "TRUNCATE lfpse.report",
		"DELETE FROM lfpse.setting", "INSERT INTO lfpse.migration (version, name) VALUES (9, 'x')", "SELECT setval('lfpse.report_number', 1)",
	} {
		_, err := app.Exec(ctx, sql)
		assert.ErrorContains(t, err, "42501", sql)
	}
	n, err := box.VerifyAudit(ctx)
	require.NoError(t, err)
	assert.EqualValues(t, 1, n)
}

func TestCheck(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t)
	problems := func(address string, opts ...postgres.Option) map[string]string {
		found := map[string]string{}
		for _, f := range postgres.Check(ctx, address, opts...) {
			found[f.Subject] = f.Problem
			assert.Equal(t, f.Problem == "", f.Remedy == "", f)
		}
		return found
	}
	app := problems(db.App)
	assert.Contains(t, app["durability"], "fsync", "the server of the tests")
	for _, subject := range []string{"connection", "schema", "version", "clock", "backups", "rights", "audit trail", "session"} {
		problem, looked := app[subject]
		assert.True(t, looked, subject)
		assert.Empty(t, problem, subject)
	}
	assert.Contains(t, problems(db.Owner)["audit trail"], "superuser")
	assert.Contains(t, problems(db.App, postgres.WithDirect(postgrestest.New(t).App))["session"], "different databases")
	assert.Contains(t, problems("postgres://nobody:secret@127.0.0.1:1/x?connect_timeout=1"), "connection")
	for _, f := range postgres.Check(ctx, "postgres://nobody:secret@[/x") {
		assert.NotContains(t, f.Problem, "secret")
	}
	pooled := newProxy(t, db.App)
	pooled.pid = true
	assert.Contains(t, problems(pooled.address())["session"], "pooler")
	_, err := postgres.Open(ctx, pooled.address())
	assert.ErrorContains(t, err, "pooler")
	s, err := postgres.Open(ctx, pooled.address(), postgres.WithDirect(db.App))
	require.NoError(t, err)
	require.NoError(t, s.Close())

	execute(t, db.Owned(t), "REVOKE DELETE ON lfpse.payload FROM "+roleOf(t, db.App))
	execute(t, db.Owned(t), "GRANT DELETE ON lfpse.audit TO "+roleOf(t, db.App))
	execute(t, db.Owned(t), "ALTER ROLE "+roleOf(t, db.App)+" IN DATABASE "+nameOf(t, db.App)+" SET synchronous_commit = off")
	app = problems(db.App)
	assert.Contains(t, app["rights"], "DELETE on payload")
	assert.Contains(t, app["audit trail"], "may change")
	assert.Contains(t, app["durability"], "synchronous_commit")
	_, err = postgres.Open(ctx, db.App)
	assert.ErrorContains(t, err, "synchronous_commit")
}

func roleOf(t *testing.T, address string) string { return configOf(t, address).User }
func nameOf(t *testing.T, address string) string { return configOf(t, address).Database }

func configOf(t *testing.T, address string) *pgx.ConnConfig {
	config, err := pgx.ParseConfig(address)
	require.NoError(t, err)
	return config
}

// A copy of a database sends nothing by itself.
func TestCopySendsNothing(t *testing.T) {
	t.Parallel()
	db, key := postgrestest.New(t), outboxtest.Key(t)
	store := db.Open(t)
	box, err := outbox.Open(ctx, store, key, "test")
	require.NoError(t, err)
	_, err = box.Enqueue(ctx, outboxtest.Item(t, "1", "The fridge alarm was off.", "2026-02-03"))
	require.NoError(t, err)
	require.NoError(t, store.Close())

	name := nameOf(t, db.App)
	other := postgrestest.New(t)
	execute(t, other.Owned(t), "CREATE DATABASE "+name+"_copy TEMPLATE "+name)
	defer execute(t, other.Owned(t), "DROP DATABASE "+name+"_copy WITH (FORCE)")
	address, err := url.Parse(db.App)
	require.NoError(t, err)
	address.Path += "_copy"
	copied, err := postgres.Open(ctx, address.String())
	require.NoError(t, err)
	defer copied.Close()
	box, err = outbox.Open(ctx, copied, key, "test")
	require.NoError(t, err)
	service := &outboxtest.Service{}
	d, err := box.Drain(ctx, service, 10)
	require.NoError(t, err)
	assert.Zero(t, d.Claimed)
	reports, err := box.List(ctx, outbox.Filter{})
	require.NoError(t, err)
	assert.Equal(t, draft.Unknown, reports[0].State)
}
