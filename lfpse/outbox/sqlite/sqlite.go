// Package sqlite keeps an outbox in a file, with SQLite. It needs no cgo.
//
// One process sends from the file at a time; others may look into it and settle reports
// meanwhile. Everything that a transaction has written survives a crash of the process
// and of the machine. The file and those that SQLite puts beside it can be read by their
// owner only. The texts of reports are encrypted before they come here.
//
// Beside the database, NAME.mark counts its transactions, and NAME.lock is held by the
// process that sends. The mark shows that an older state of the database was put back, so
// leave it out of backups.
package sqlite

import (
	"context"
	"crypto/rand"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"

	_ "modernc.org/sqlite" // the driver

	"github.com/gpsafety/lfpse-go/lfpse/outbox"
	"github.com/gpsafety/lfpse-go/lfpse/outbox/internal/sqltx"
)

//go:embed schema-1.sql
var schema string

// version is that of the newest schema that this package knows.
const version = 1

// Store is an [outbox.Store] in a file.
type Store struct {
	name    string
	owner   string // empty for a store that was opened to look only
	lock    *lock
	read    *sql.DB
	db      *sql.DB
	closing sync.Once
	closed  error

	mu      sync.Mutex // one transaction writes at a time
	write   *conn
	mark    *os.File
	commits int64
}

var _ outbox.Store = (*Store)(nil)

// Option changes how a store is opened.
type Option func(*options)

type options struct {
	sends   bool
	waiting func()
}

// Sending opens the store to send reports from it. Only one process may do so at a time:
// Open waits for another to end, until its context ends. The function, which may be nil,
// is called once if it has to wait.
func Sending(waiting func()) Option {
	return func(o *options) { o.sends, o.waiting = true, waiting }
}

// Open opens a store, and makes one if there is none. The error is [outbox.ErrNewer] if a
// newer version of this package made it, and [ErrNotOutbox] if the file is something else.
func Open(ctx context.Context, name string, opts ...Option) (*Store, error) {
	var o options
	for _, set := range opts {
		set(&o)
	}
	s := &Store{name: name}
	if err := s.open(ctx, o); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", name, plainly(err)), s.Close())
	}
	return s, nil
}

func (s *Store) open(ctx context.Context, o options) (err error) {
	if err := create(s.name); err != nil {
		return err
	}
	if o.sends {
		if s.lock, err = acquire(ctx, s.name+".lock", o.waiting); err != nil {
			return err
		}
		s.owner = rand.Text()
	}
	if s.db, err = sql.Open("sqlite", dsn(s.name, writeCache)); err != nil {
		return err
	}
	s.db.SetMaxOpenConns(1)
	c, err := s.db.Conn(context.Background())
	if err != nil {
		return err
	}
	s.write = newConn(c)
	if err := s.migrate(); err != nil {
		return err
	}
	if s.read, err = sql.Open("sqlite", dsn(s.name, readCache)+"&_pragma=query_only(1)"); err != nil {
		return err
	}
	s.read.SetMaxOpenConns(max(2, runtime.GOMAXPROCS(0)))
	// All connections of a process share their memory for pages. One that has read much and is
	// left open would leave the one that writes without any.
	s.read.SetConnMaxIdleTime(time.Second)
	return s.openMark()
}

// create makes an empty file that only its owner can read, in a folder of the same kind:
// SQLite gives the files beside it the same permissions.
func create(name string) error {
	if err := check(name); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return err
	}
	file, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return file.Close()
}

// Pages of the indexes change with every report that comes in, so the connection that writes
// keeps them; those that read look up little.
const (
	writeCache = 16 << 10 // KiB
	readCache  = 4 << 10
)

// dsn has the log copied into the database after 16 MiB instead of 4: pages of the indexes,
// which change with every report, are then copied once for many.
func dsn(name string, cache int) string {
	pragmas := url.Values{"_pragma": {
		"journal_mode(WAL)", "synchronous(FULL)", "secure_delete(ON)", "busy_timeout(10000)", "temp_store(MEMORY)", fmt.Sprintf("cache_size(-%d)", cache), "mmap_size(0)", "wal_autocheckpoint(4000)",
	}}
	return "file:" + (&url.URL{Path: name}).EscapedPath() + "?" + pragmas.Encode()
}

// migrate brings the schema to the version of this package.
func (s *Store) migrate() error {
	return s.transact(func() error {
		var found, tables, ours int
		for sql, into := range map[string][]any{"PRAGMA user_version": {&found}, countTables: {&tables, &ours}} {
			if err := s.write.conn.QueryRowContext(background, sql).Scan(into...); err != nil {
				return err
			}
		}
		switch {
		case tables > 0 && ours == 0: // those of another program, which were not in the file itself yet
			return ErrNotOutbox
		case found > version:
			return outbox.ErrNewer
		case found == version:
			return nil
		}
		_, err := s.write.conn.ExecContext(background, schema+fmt.Sprintf("PRAGMA user_version = %d;", version))
		return err
	})
}

// Owner names this process; it is empty for a store that was not opened with [Sending].
func (s *Store) Owner() string { return s.owner }

// Alive reports whether another process may still be at work: while this one holds the
// lock, there is none.
func (s *Store) Alive(context.Context, string) (bool, error) { return s.owner == "", nil }

// Update is described at [outbox.Store].
func (s *Store) Update(ctx context.Context, fn func(outbox.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return plainly(s.transact(func() error {
		tx := &sqltx.Tx{Conn: s.write, TextsByDay: true, Ends: &sqltx.Ends{}}
		err := fn(tx)
		if err == nil {
			s.commits, err = tx.End()
		}
		return err
	}))
}

// transact runs fn between BEGIN and COMMIT. A COMMIT that fails may still have reached the
// disk.
func (s *Store) transact(fn func() error) error {
	if _, err := s.write.Exec("BEGIN IMMEDIATE"); err != nil {
		return err
	}
	done := false
	defer func() {
		if !done {
			_, _ = s.write.Exec("ROLLBACK")
		}
	}()
	if err := fn(); err != nil {
		return err
	}
	if _, err := s.write.Exec("COMMIT"); err != nil {
		return fmt.Errorf("%w: %w", outbox.ErrUncertain, err)
	}
	done = true
	s.writeMark()
	return nil
}

// View is described at [outbox.Store].
func (s *Store) View(ctx context.Context, fn func(outbox.Tx) error) error {
	return plainly(s.view(ctx, fn))
}

func (s *Store) view(ctx context.Context, fn func(outbox.Tx) error) (err error) {
	c, err := s.read.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	tx, err := c.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	return fn(&sqltx.Tx{Conn: plain{tx}, TextsByDay: true, Ends: &sqltx.Ends{}})
}

// Scrub empties the file of recent changes, in which texts stand that were deleted since; in
// the database itself they are overwritten at once. While somebody else reads, it may leave
// something until next time.
func (s *Store) Scrub(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, err := s.write.conn.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)")
	return err
}

// Close closes the store. To close it again does nothing.
func (s *Store) Close() error {
	s.closing.Do(func() { s.closed = s.close() })
	return s.closed
}

func (s *Store) close() error {
	var errs []error
	if s.write != nil {
		errs = append(errs, s.write.close())
	}
	for _, db := range []*sql.DB{s.read, s.db} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	if s.mark != nil {
		errs = append(errs, s.mark.Close())
	}
	if s.lock != nil {
		errs = append(errs, s.lock.release())
	}
	return errors.Join(errs...)
}

// openMark compares the number of transactions in the database with the mark beside it. A
// mark that is ahead means that an older state was put back. The mark is written after the
// database, so it is never ahead by itself.
func (s *Store) openMark() (err error) {
	if s.mark, err = os.OpenFile(s.name+".mark", os.O_RDWR|os.O_CREATE, 0o600); err != nil {
		return err
	}
	text := make([]byte, markSize)
	n, _ := s.mark.ReadAt(text, 0)
	marked, _ := strconv.ParseInt(strings.TrimSpace(string(text[:n])), 10, 64)
	var commits int64
	if err := s.read.QueryRow("SELECT commits FROM ends").Scan(&commits); err != nil {
		return err
	}
	if s.commits = commits; s.owner == "" || marked <= commits {
		return nil
	}
	// From now on the database counts on from the mark, so what it says has to be stored
	// with that.
	s.commits = marked
	return s.transact(func() error {
		if _, err := s.write.Exec("UPDATE ends SET commits = $1", marked); err != nil {
			return err
		}
		return (&sqltx.Tx{Conn: s.write}).SetSetting(outbox.BackupSetting, []byte(s.owner))
	})
}

const markSize = 20

// writeMark notes how many transactions there were. It is no harm if that is lost.
func (s *Store) writeMark() {
	if s.mark != nil {
		_, _ = s.mark.WriteAt(fmt.Appendf(nil, "%*d", markSize, s.commits), 0)
	}
}
