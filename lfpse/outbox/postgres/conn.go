package postgres

import (
	"context"
	"regexp"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5"

	"github.com/gpsafety/lfpse-go/lfpse/outbox"
	"github.com/gpsafety/lfpse-go/lfpse/outbox/internal/sqltx"
)

// tables are where the shared statements name a table: keywords are in capitals there, and
// tables are not.
var tables = regexp.MustCompile(`\b(FROM|INTO|UPDATE|JOIN) ([a-z_]+)`)

// keyed are the queries that read one row by its key.
var keyed = regexp.MustCompile(`WHERE (id|name|draft) (= |IN \()\$1\)?( ORDER BY id)?( FOR UPDATE)?$`)

// statement is a shared statement as PostgreSQL gets it.
type statement struct {
	sql string
	// planned says that the server plans it each time. It keeps the plan of other ones,
	// which it may have made when the tables were empty: that plan reads the whole table.
	planned bool
}

var statements sync.Map // by the shared text

// prepare names the schema of each table, whatever the search path of a caller's
// transaction is.
func prepare(sql string) statement {
	if known, ok := statements.Load(sql); ok {
		return known.(statement)
	}
	s := statement{tables.ReplaceAllString(sql, "$1 lfpse.$2"), strings.HasPrefix(sql, "SELECT") && !keyed.MatchString(sql)}
	statements.Store(sql, s)
	return s
}

// rows are those of pgx as the shared statements read them.
type rows struct {
	pgx.Rows
	batch pgx.BatchResults // that they are part of, if any
}

// Close ends the query.
func (r rows) Close() error {
	r.Rows.Close()
	err := r.Rows.Err()
	if r.batch != nil {
		if closed := r.batch.Close(); err == nil {
			err = closed
		}
	}
	return err
}

// plain runs each statement when it is called: in a transaction of the caller's, who may
// commit at any time, and in those that only read.
type plain struct {
	ctx context.Context
	tx  pgx.Tx
}

func (p plain) Exec(sql string, args ...any) (int64, error) {
	tag, err := p.tx.Exec(p.ctx, prepare(sql).sql, args...)
	return tag.RowsAffected(), err
}

func (p plain) Query(sql string, args ...any) (sqltx.Rows, error) {
	s := prepare(sql)
	if s.planned {
		args = append([]any{pgx.QueryExecModeCacheDescribe}, args...)
	}
	got, err := p.tx.Query(p.ctx, s.sql, args...)
	return rows{got, nil}, err
}

// gathering sends statements that only write together with the next query.
type gathering struct {
	plain
	later *pgx.Batch
	one   []bool // of each: has to change exactly one row
}

var _ sqltx.Sender = (*gathering)(nil)

func (g *gathering) Later(one bool, sql string, args ...any) {
	g.later.Queue(prepare(sql).sql, args...)
	g.one = append(g.one, one)
}

func (g *gathering) Exec(sql string, args ...any) (int64, error) {
	if err := g.flush(); err != nil {
		return 0, err
	}
	return g.plain.Exec(sql, args...)
}

func (g *gathering) Query(sql string, args ...any) (sqltx.Rows, error) {
	s := prepare(sql)
	if len(g.one) == 0 || s.planned {
		if err := g.flush(); err != nil {
			return nil, err
		}
		return g.plain.Query(sql, args...)
	}
	g.later.Queue(s.sql, args...)
	results, err := g.send()
	if err != nil {
		return nil, err
	}
	got, err := results.Query()
	if err != nil {
		_ = results.Close() // says the same
		return nil, err
	}
	return rows{got, results}, nil
}

// flush sends what is left.
func (g *gathering) flush() error {
	if len(g.one) == 0 {
		return nil
	}
	results, err := g.send()
	if err != nil {
		return err
	}
	return results.Close()
}

// send sends the statements and reads the results of those that only write.
func (g *gathering) send() (pgx.BatchResults, error) {
	results := g.tx.SendBatch(g.ctx, g.later)
	for _, one := range g.one {
		tag, err := results.Exec()
		if err == nil && one && tag.RowsAffected() != 1 {
			err = sqltx.ErrMissing
		}
		if err != nil {
			_ = results.Close()
			return nil, err
		}
	}
	g.later, g.one = &pgx.Batch{}, g.one[:0]
	return results, nil
}

// Tx makes a transaction of the caller's one in which [outbox.Outbox.EnqueueIn] enqueues:
// the reports are there if and when the caller commits. It leaves the search path and all
// other settings of the transaction as they are. The role needs what grants.sql has. As
// long as the transaction lasts, others who enqueue for the same practice wait: commit
// soon. A transaction that enqueues for several practices should do so in one call.
//
// It has to be a read-write transaction of the isolation level READ COMMITTED, which is
// the default; with others the caller has to repeat it after a serialization failure.
func Tx(ctx context.Context, tx pgx.Tx) outbox.Tx { return writing(ctx, tx, plain{ctx, tx}) }

// writing is a transaction that may change what it reads.
func writing(ctx context.Context, tx pgx.Tx, c sqltx.Conn) *sqltx.Tx {
	return &sqltx.Tx{
		Conn: c, ForUpdate: " FOR UPDATE", SkipLocked: " SKIP LOCKED", ChainsLater: true,
		LockPractice: func(name string) error {
			_, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", "lfpse/"+name)
			return err
		},
		Numbers: func(sequence string, n int) ([]int64, error) {
			got, err := tx.Query(ctx, "SELECT nextval($1::regclass) FROM generate_series(1, $2)", "lfpse."+sequence+"_number", n)
			if err != nil {
				return nil, err
			}
			return pgx.CollectRows(got, pgx.RowTo[int64])
		},
	}
}
