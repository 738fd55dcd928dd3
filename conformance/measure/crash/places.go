package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/jackc/pgx/v5"

	"github.com/gpsafety/lfpse-go/lfpse/outbox"
	"github.com/gpsafety/lfpse-go/lfpse/outbox/postgres"
	"github.com/gpsafety/lfpse-go/lfpse/outbox/postgres/postgrestest"
	"github.com/gpsafety/lfpse-go/lfpse/outbox/sqlite"
)

// database is where the store of one life keeps its data.
type database interface {
	// open opens the store as the process that sends.
	open(ctx context.Context) (outbox.Store, error)
	// look opens what a dead process has left, and leaves it as it is. It returns nil if
	// there is nothing.
	look(ctx context.Context) (outbox.Store, error)
	// backup copies the data while no process uses them, and restore puts the copy back.
	backup() error
	restore() error
	// watch has a function called with each operation on a file, in this process from now
	// on; a database that has none of its own does nothing.
	watch(func(diskOp))
	// drop removes the data that are not in the folder of the life.
	drop() error
}

// databases are the kinds of store that there are, each with a function that says where
// the store of a life is, by a folder of that life.
var databases = map[string]func(folder string) (database, error){
	"sqlite": func(folder string) (database, error) {
		return sqliteFile(filepath.Join(folder, "data", "outbox.db")), nil
	},
	"postgres": newServed,
}

func newDatabase(kind, folder string) (database, error) {
	make := databases[kind]
	if make == nil {
		return nil, fmt.Errorf("there is no store %q here", kind)
	}
	return make(folder)
}

// sqliteFile is a database in a file.
type sqliteFile string

func (f sqliteFile) open(ctx context.Context) (outbox.Store, error) {
	return sqlite.Open(ctx, string(f), sqlite.Sending(nil))
}

// look looks at a copy: the next process is to find what this one has left.
func (f sqliteFile) look(ctx context.Context) (outbox.Store, error) {
	if _, err := os.Stat(string(f)); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	seen := string(f) + ".seen"
	if err := copyFiles(string(f), seen, backed); err != nil {
		return nil, err
	}
	return sqlite.Open(ctx, seen)
}

func (sqliteFile) drop() error { return nil }

// backed are the files that belong to a backup: not the mark.
var backed = []string{"", "-wal", "-journal"}

func (f sqliteFile) backup() error { return copyFiles(string(f), string(f)+".backup", backed) }

func (f sqliteFile) restore() error { return copyFiles(string(f)+".backup", string(f), backed) }

func (sqliteFile) watch(fn func(diskOp)) { watchDisk(func(op diskOp) int32 { fn(op); return 0 }) }

// served is a database of a PostgreSQL server that lives on.
type served struct {
	address  string // for the role that may do least
	db, copy postgrestest.Database
}

// newServed makes a database for a life, and notes where it is for the processes of the life.
func newServed(folder string) (database, error) {
	file := filepath.Join(folder, "address")
	if address, err := os.ReadFile(file); err == nil {
		return &served{address: string(address)}, nil
	}
	db, err := postgrestest.Make()
	if err != nil {
		return nil, err
	}
	return &served{address: db.App, db: db}, os.WriteFile(file, []byte(db.App), 0o600)
}

func (s *served) open(ctx context.Context) (outbox.Store, error) {
	store, err := postgres.Open(ctx, s.address)
	if err != nil {
		return nil, err
	}
	return store, nil
}

// look waits until the server has noticed that the process is dead.
func (s *served) look(ctx context.Context) (outbox.Store, error) {
	conn, err := pgx.Connect(ctx, s.address)
	if err != nil {
		return nil, err
	}
	for others := 1; others > 0 && err == nil; {
		err = conn.QueryRow(ctx, "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'").Scan(&others)
	}
	if err := errors.Join(err, conn.Close(ctx)); err != nil {
		return nil, err
	}
	return s.open(ctx)
}

func (s *served) drop() error {
	if s.copy == (postgrestest.Database{}) {
		return s.db.Drop()
	}
	return errors.Join(s.db.Drop(), s.copy.Drop())
}

func (s *served) backup() (err error) {
	s.copy, err = s.db.Copy()
	return err
}

func (s *served) restore() error { return s.db.Replace(s.copy) }

func (*served) watch(func(diskOp)) {}
