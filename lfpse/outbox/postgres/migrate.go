package postgres

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/gpsafety/lfpse-go/lfpse/outbox"
)

// files are the migrations, each in a transaction of its own, in the order of their
// numbers. Each notes in lfpse.migration that it was applied, so that it may be run by hand.
// One that was released never changes.
//
//go:embed migrations/*.sql
var files embed.FS

//go:embed grants.sql
var grants string

// migration is one file.
type migration struct {
	version   int
	name, sql string
}

func migrations() []migration {
	names, err := fs.Glob(files, "migrations/*.sql") // sorted
	if err != nil {
		panic(err)
	}
	all := make([]migration, len(names))
	for i, name := range names {
		text, err := files.ReadFile(name)
		if err != nil {
			panic(err)
		}
		name = strings.TrimPrefix(name, "migrations/")
		number, _, _ := strings.Cut(name, "_")
		version, err := strconv.Atoi(number)
		if err != nil || version != i+1 {
			panic("postgres: " + name + " is not numbered")
		}
		all[i] = migration{version, strings.TrimSuffix(name, ".sql"), string(text)}
	}
	return all
}

// Migrations are the .sql files that [Migrate] applies, and grants.sql what [Grant] does,
// for people to review or to run by hand.
func Migrations() (migrations fs.FS, grantsSQL string) {
	sub, err := fs.Sub(files, "migrations")
	if err != nil {
		panic(err)
	}
	return sub, grants
}

// ErrNoSchema says that the database has no outbox.
var ErrNoSchema = errors.New("the database has no outbox yet: its owner has to migrate it first")

// ErrOlder says that the outbox was made by an older version of this software.
var ErrOlder = errors.New("the outbox in the database was made by an older version of lfpse-go: its owner has to migrate it first")

// querier is a connection, a pool or a transaction.
type querier interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// checkVersion refuses a schema that is not the one of this version.
func checkVersion(ctx context.Context, q querier) error {
	found, err := schemaVersion(ctx, q)
	known := len(migrations())
	switch {
	case err != nil:
		return err
	case found == 0:
		return ErrNoSchema
	case found < known:
		return ErrOlder
	case found > known:
		return outbox.ErrNewer
	}
	return nil
}

// schemaVersion is the number of the last migration, 0 for a database without any.
func schemaVersion(ctx context.Context, q querier) (version int, err error) {
	err = q.QueryRow(ctx, "SELECT coalesce(max(version), 0) FROM lfpse.migration").Scan(&version)
	var refused *pgconn.PgError
	if errors.As(err, &refused) {
		switch refused.Code {
		case "42P01", "3F000": // no such table, no such schema
			return 0, nil
		case "42501":
			return 0, errors.New("the database refuses this role its outbox: its owner has to grant it what grants.sql has")
		}
	}
	return version, err
}

// Migrate makes the tables of an outbox in the schema lfpse, or brings them to this
// version, and returns the numbers of the schema's version before and after. It is called
// once, by the role that is to own the tables; [Open] never changes a schema. It may be
// called while others call it. The error is [outbox.ErrNewer] if a newer version of this
// software has been here.
func Migrate(ctx context.Context, conn *pgx.Conn) (from, to int, err error) {
	if from, err = schemaVersion(ctx, conn); err != nil {
		return 0, 0, err
	}
	to = from
	all := migrations()
	if from > len(all) {
		return from, to, outbox.ErrNewer
	}
	for _, m := range all[from:] {
		if err := m.apply(ctx, conn); err != nil {
			return from, to, fmt.Errorf("migration %s: %w", m.name, err)
		}
		to = m.version
	}
	return from, to, nil
}

// migrationLock is what those wait for who migrate at the same time.
const migrationLock = 0x6c66707365 // "lfpse"

func (m migration) apply(ctx context.Context, conn *pgx.Conn) error {
	return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock($1)", int64(migrationLock)); err != nil {
			return err
		}
		var exists bool
		if err := tx.QueryRow(ctx, "SELECT to_regclass('lfpse.migration') IS NOT NULL").Scan(&exists); err != nil {
			return err
		}
		if exists {
			if found, err := schemaVersion(ctx, tx); err != nil || found >= m.version {
				return err // somebody else has just done it
			}
		}
		_, err := tx.Exec(ctx, m.sql)
		return err
	})
}

// Grant gives a role what a program needs that sends from the outbox or enqueues in its
// own transactions, and nothing else: it cannot change the tables, nor what stands in the
// audit trail. It is called by the owner of the tables, again after each migration.
func Grant(ctx context.Context, conn *pgx.Conn, role string) error {
	_, err := conn.Exec(ctx, strings.ReplaceAll(grants, `:"role"`, pgx.Identifier{role}.Sanitize()))
	return err
}
