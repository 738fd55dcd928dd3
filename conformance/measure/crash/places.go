package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/gpsafety/lfpse-go/lfpse/outbox"
	"github.com/gpsafety/lfpse-go/lfpse/outbox/postgres"
	"github.com/gpsafety/lfpse-go/lfpse/outbox/postgres/postgrestest"
	"github.com/gpsafety/lfpse-go/lfpse/outbox/sqlite"
)

// database is where the store of one life keeps its data.
type database interface {
	// open opens the store as the process that sends, or only to look into it.
	open(ctx context.Context, sends bool) (outbox.Store, error)
	// backup copies the data while no process uses them, and restore puts the copy back.
	backup() error
	restore() error
	// watch has a function called with each operation on a file, in this process from now
	// on; a database that has none of its own does nothing.
	watch(func(diskOp))
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

func (f sqliteFile) open(ctx context.Context, sends bool) (outbox.Store, error) {
	var opts []sqlite.Option
	if sends {
		opts = append(opts, sqlite.Sending(nil))
	}
	return sqlite.Open(ctx, string(f), opts...)
}

// backed are the files that belong to a backup: not the mark.
var backed = []string{"", "-wal"}

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

func (s *served) open(ctx context.Context, _ bool) (outbox.Store, error) {
	store, err := postgres.Open(ctx, s.address)
	if err != nil {
		return nil, err
	}
	return store, nil
}

func (s *served) backup() (err error) {
	s.copy, err = s.db.Copy()
	return err
}

func (s *served) restore() error { return s.db.Replace(s.copy) }

func (*served) watch(func(diskOp)) {}
