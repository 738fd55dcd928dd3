package main

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/gpsafety/lfpse-go/lfpse/outbox"
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
var databases = map[string]func(folder string) database{
	"sqlite": func(folder string) database { return sqliteFile(filepath.Join(folder, "data", "outbox.db")) },
}

func newDatabase(kind, folder string) (database, error) {
	make := databases[kind]
	if make == nil {
		return nil, fmt.Errorf("there is no store %q here", kind)
	}
	return make(folder), nil
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
