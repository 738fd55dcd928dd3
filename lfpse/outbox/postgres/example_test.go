package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/jackc/pgx/v5"

	"github.com/gpsafety/lfpse-go/lfpse/outbox"
	"github.com/gpsafety/lfpse-go/lfpse/outbox/outboxtest"
	"github.com/gpsafety/lfpse-go/lfpse/outbox/postgres"
	"github.com/gpsafety/lfpse-go/lfpse/outbox/postgres/postgrestest"
)

// A supplier's program stores an incident in a table of its own and the report about it in
// the outbox, both or neither.
func ExampleTx() {
	ctx := context.Background()
	db, err := postgrestest.Make() // has an outbox, as postgres.Migrate and postgres.Grant make it
	if errors.Is(err, postgrestest.ErrNone) {
		fmt.Println("0 reports\n1 reports") // there is nothing to show it with
		return
	}
	check(err)
	conn, err := pgx.Connect(ctx, db.Owner)
	check(err)
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, "CREATE TABLE incident (reference text PRIMARY KEY)")
	check(err)
	store, err := postgres.Open(ctx, db.App)
	check(err)
	defer store.Close()
	box, remove := openBox(ctx, store)
	defer remove()

	record := func(item outbox.Item, then error) error {
		return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
			if _, err := tx.Exec(ctx, "INSERT INTO incident (reference) VALUES ($1)", item.Reference); err != nil {
				return err
			}
			if _, err := box.EnqueueIn(postgres.Tx(ctx, tx), item); err != nil {
				return err
			}
			return then
		})
	}
	item := outboxtest.Item(nil, "INC-1", "The fridge alarm was switched off overnight.", "2026-02-03")
	for _, then := range []error{errors.New("something else has failed"), nil} {
		_ = record(item, then)
		reports, err := box.List(ctx, outbox.Filter{})
		check(err)
		fmt.Println(len(reports), "reports")
	}
	// Output:
	// 0 reports
	// 1 reports
}

func openBox(ctx context.Context, store outbox.Store) (*outbox.Outbox, func()) {
	folder, err := os.MkdirTemp("", "outbox")
	check(err)
	key, err := outbox.OpenKey(filepath.Join(folder, "outbox.key"))
	check(err)
	box, err := outbox.Open(ctx, store, key, "LFPSE test")
	check(err)
	return box, func() { _ = os.RemoveAll(folder) }
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
