// Package postgres keeps an outbox in PostgreSQL, which any number of processes on any
// number of machines share: all of them may enqueue, send and settle at the same time. It
// needs PostgreSQL 14 or later.
//
// The tables are in a schema of their own, lfpse. [Migrate] makes them, and [Grant] gives
// a role the little that a program needs; both are called once by the owner, and do what
// the .sql files of this package say. [Open] changes no schema.
//
// Who is at work is told by an advisory lock that a session of its own holds, not by a
// clock. That session must reach the database itself; everything else may go through a
// connection pooler. When the session is lost, the process is dead for the others: they
// give back what it had claimed, and what it was sending is unknown. The process itself
// notices, claims nothing any more ([ErrLost]), and opens the store again.
//
// A database that was read in from a dump, recovered to a point in time, copied or taken
// over by a standby has another history than the reports that were sent, so everything that
// waits becomes unknown and nothing is sent, see [outbox.Outbox.Reconciled]. With standbys
// that have everything that was committed, say so: [WithSynchronousStandby]. Before the
// database is moved on purpose, let it send what waits.
//
// A supplier who has a database of their own there enqueues in their own transactions:
// see [Tx]. Package schedule has River run the work.
package postgres

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/outbox"
	"github.com/gpsafety/lfpse-go/lfpse/outbox/internal/sqltx"
)

// Store is an [outbox.Store] in a database. It is safe for concurrent use.
type Store struct {
	pool    *pgxpool.Pool
	session *session
	closing sync.Once
	closed  error

	statistics statistics
}

var _ outbox.Store = (*Store)(nil)

// Option changes how a store is opened.
type Option func(*options)

type options struct {
	direct      string
	synchronous bool
}

// WithDirect sets the address of the database itself, where the other one is that of a
// connection pooler.
func WithDirect(url string) Option { return func(o *options) { o.direct = url } }

// WithSynchronousStandby says that a standby which takes over has everything that was
// committed. Without it, a failover counts as a backup that was put back.
func WithSynchronousStandby() Option { return func(o *options) { o.synchronous = true } }

// Open opens the outbox of a database, at an address of the form
// postgres://user@host/name. The address may have the settings of a pool, such as
// pool_max_conns=10. The error is [ErrNoSchema], [ErrOlder] or [outbox.ErrNewer] if the
// schema is not the one of this version.
func Open(ctx context.Context, url string, opts ...Option) (*Store, error) {
	var o options
	for _, set := range opts {
		set(&o)
	}
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, ErrAddress
	}
	direct := config.ConnConfig
	if o.direct != "" {
		if direct, err = pgx.ParseConfig(o.direct); err != nil {
			return nil, ErrAddress
		}
	}
	s := &Store{}
	if s.pool, err = pgxpool.NewWithConfig(ctx, config); err != nil {
		return nil, err
	}
	if err := s.open(ctx, direct, o); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// ErrAddress says that an address cannot be used. It does not quote it: there may be a
// password in it.
var ErrAddress = errors.New("the address of the database cannot be read: it has the form postgres://user@host/name")

func (s *Store) open(ctx context.Context, direct *pgx.ConnConfig, o options) (err error) {
	if err := checkVersion(ctx, s.pool); err != nil {
		return err
	}
	if err := checkDurable(ctx, s.pool); err != nil {
		return err
	}
	now, err := generation(ctx, s.pool, o.synchronous)
	if err != nil {
		return err
	}
	if s.session, err = openSession(ctx, direct); err != nil || now == "" {
		return err
	}
	return s.Update(ctx, func(tx outbox.Tx) error { return noticeBackup(tx, now) })
}

// noticeBackup tells the outboxes if the database is of another generation than when it was
// opened last. A copy of the server's files that is put back as it was cannot be told: then
// say so yourself, with [outbox.Outbox.Restored].
func noticeBackup(tx outbox.Tx, now string) error {
	const name = "generation"
	known, err := tx.Setting(name)
	if err != nil || string(known) == now {
		return err
	}
	if known != nil {
		if err := tx.SetSetting(outbox.BackupSetting, []byte(now)); err != nil {
			return err
		}
	}
	return tx.SetSetting(name, []byte(now))
}

var errNotDurable = errors.New("the database is set to forget in a crash what it has confirmed: synchronous_commit is off for this role or database; set it on")

func checkDurable(ctx context.Context, q querier) error {
	var setting string
	err := q.QueryRow(ctx, "SELECT current_setting('synchronous_commit')").Scan(&setting)
	if err == nil && setting == "off" {
		err = errNotDurable
	}
	return err
}

// generation names the database and the line of its history. A copy, a dump that was read
// in elsewhere and a recovery to a point in time have another one.
func generation(ctx context.Context, q querier, synchronous bool) (text string, err error) {
	const sql = `SELECT system_identifier::text || '/' || (SELECT oid FROM pg_database WHERE datname = current_database()) ||
		CASE WHEN $1 THEN '' ELSE '/' || left(pg_walfile_name(pg_current_wal_lsn()), 8) END FROM pg_control_system()`
	err = q.QueryRow(ctx, sql, synchronous).Scan(&text)
	var refused *pgconn.PgError
	if errors.As(err, &refused) && refused.Code == "42501" {
		return "", nil // this database does not say
	}
	return text, err
}

// Pool returns the connections of the store, for the scheduler and for transactions of the
// program's own.
func (s *Store) Pool() *pgxpool.Pool { return s.pool }

// Lost is closed when the session was lost that shows that this process is at work, and
// when the store is closed. From then on nothing is claimed.
func (s *Store) Lost() <-chan struct{} { return s.session.lost }

// Owner names this process.
func (s *Store) Owner() string { return s.session.owner() }

// Alive reports whether the session of another process is there.
func (s *Store) Alive(ctx context.Context, owner string) (bool, error) {
	key, ok := ownerKey(owner)
	if !ok {
		return false, nil
	}
	return held(ctx, s.pool, key)
}

// Close closes the store, after the transactions under way.
func (s *Store) Close() error {
	s.closing.Do(func() {
		if s.session != nil {
			s.closed = s.session.close()
			s.session.awaitEnd(s.pool)
		}
		s.pool.Close()
	})
	return s.closed
}

// A transaction that waits for a process which is gone is ended by the server. Rows are
// looked up by their keys, also while a table is small: it may have grown a moment later.
const begin = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SET LOCAL idle_in_transaction_session_timeout = '60s'; SET LOCAL random_page_cost = 1.1"

const (
	tries     = 10
	firstWait = 5 * time.Millisecond
)

// Update is described at [outbox.Store]. It runs fn again when the database has ended the
// transaction because of another one.
//
// Transactions take what they lock in one order: practices by name, reports by id, then
// the settings, and the end of the audit trail last.
func (s *Store) Update(ctx context.Context, fn func(outbox.Tx) error) (err error) {
	for try := range tries {
		if try > 0 {
			select {
			case <-time.After(time.Duration(1+rand.IntN(1<<try)) * firstWait):
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		if err = s.transact(ctx, fn); !inTheWay(err) {
			break
		}
	}
	return plainly(err)
}

// inTheWay reports whether the database ended a transaction because of another one.
func inTheWay(err error) bool {
	var refused *pgconn.PgError
	return errors.As(err, &refused) && (refused.Code == "40001" || refused.Code == "40P01") && !errors.Is(err, outbox.ErrUncertain)
}

func (s *Store) transact(ctx context.Context, fn func(outbox.Tx) error) error {
	tx, err := s.pool.BeginTx(ctx, pgx.TxOptions{BeginQuery: begin})
	if err != nil {
		return err
	}
	ended := false
	defer func() {
		if !ended { // also when fn panics
			_ = tx.Rollback(context.WithoutCancel(ctx))
		}
	}()
	g := &gathering{plain: plain{ctx, tx}, later: &pgx.Batch{}}
	f := &fenced{Tx: writing(ctx, tx, g), session: s.session, ctx: ctx, tx: tx}
	if err := fn(f); err != nil {
		return err
	}
	if err := g.flush(); err != nil {
		return err
	}
	ended = true
	err = commit(ctx, tx)
	if err == nil {
		s.stored(ctx, f.inserted)
	}
	return err
}

// commit ends a transaction. Only a refusal after which the session lives on says that
// nothing was written.
func commit(ctx context.Context, tx pgx.Tx) error {
	err := tx.Commit(context.WithoutCancel(ctx))
	var refused *pgconn.PgError
	switch {
	case err == nil, errors.Is(err, pgx.ErrTxCommitRollback):
		return err
	case errors.As(err, &refused) && refused.SeverityUnlocalized == "ERROR":
		return err
	}
	return fmt.Errorf("%w: %w", outbox.ErrUncertain, err)
}

// View is described at [outbox.Store].
func (s *Store) View(ctx context.Context, fn func(outbox.Tx) error) error {
	tx, err := s.pool.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }()
	return fn(&sqltx.Tx{Conn: plain{ctx, tx}, ChainsLater: true})
}

// fenced is a transaction that refuses to claim reports, or to mark them as being sent,
// when the session is gone that shows that the process is at work.
type fenced struct {
	*sqltx.Tx
	session *session
	ctx     context.Context
	tx      pgx.Tx
	checked bool

	inserted int // reports
}

// Save is described at [outbox.Tx].
func (f *fenced) Save(reports []*outbox.Report) error {
	if !f.checked && slices.ContainsFunc(reports, f.claimed) {
		if err := f.session.check(f.ctx, f.tx); err != nil {
			return err
		}
		f.checked = true
	}
	return f.Tx.Save(reports)
}

// claimed reports whether this process is about to send a report.
func (f *fenced) claimed(r *outbox.Report) bool {
	return (r.State == draft.Pending || r.State == draft.Sending) && strings.HasPrefix(r.Claim, f.session.owner()+"/")
}
