package schedule

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"

	"github.com/gpsafety/lfpse-go/lfpse/outbox/postgres"
)

// schema is where River's tables are.
const schema = "lfpse_river"

//go:embed grants.sql
var grants string

func migrator(pool *pgxpool.Pool) (*rivermigrate.Migrator[pgx.Tx], error) {
	return rivermigrate.New(riverpgxv5.New(pool), &rivermigrate.Config{Schema: schema, Logger: slog.New(slog.DiscardHandler)})
}

// Migrate makes the tables of the outbox and those of River, or brings them to the
// versions of this software, and gives a role the rights that a program needs that uses
// both. It is called once, with connections of the owner's.
func Migrate(ctx context.Context, pool *pgxpool.Pool, role string) error {
	err := pool.AcquireFunc(ctx, func(conn *pgxpool.Conn) error {
		if _, _, err := postgres.Migrate(ctx, conn.Conn()); err != nil {
			return err
		}
		if err := postgres.Grant(ctx, conn.Conn(), role); err != nil {
			return err
		}
		_, err := conn.Exec(ctx, "CREATE SCHEMA IF NOT EXISTS "+schema)
		return err
	})
	if err != nil {
		return err
	}
	m, err := migrator(pool)
	if err != nil {
		return err
	}
	if _, err := m.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return err
	}
	_, err = pool.Exec(ctx, strings.ReplaceAll(grants, `:"role"`, pgx.Identifier{role}.Sanitize()))
	return err
}

// SQL is what [Migrate] runs for River's tables, for people to review. What it runs for the
// outbox are the files of [postgres.Migrations].
func SQL() (string, error) {
	m, err := migrator(nil)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "CREATE SCHEMA IF NOT EXISTS %s;\n", schema)
	for _, v := range m.AllVersions() {
		fmt.Fprintf(&b, "\n-- River, version %d: %s\n%s", v.Version, v.Name, strings.ReplaceAll(v.SQLUp, "/* TEMPLATE: schema */", schema+"."))
	}
	return b.String() + "\n" + grants, nil
}

// ErrNoSchema says that River's tables are missing, or are those of an older version.
var ErrNoSchema = errors.New("the database does not have the tables of River that this version needs: its owner has to migrate it first")

func checkSchema(ctx context.Context, pool *pgxpool.Pool) error {
	m, err := migrator(pool)
	if err != nil {
		return err
	}
	valid, err := m.Validate(ctx, nil)
	if err == nil && !valid.OK {
		err = ErrNoSchema
	}
	return err
}
