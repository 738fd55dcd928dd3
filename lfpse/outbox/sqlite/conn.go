package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"github.com/gpsafety/lfpse-go/lfpse/outbox/internal/sqltx"
)

// conn is the connection that writes. It prepares each statement once.
type conn struct {
	conn     *sql.Conn
	prepared map[string]*sql.Stmt
}

func newConn(c *sql.Conn) *conn { return &conn{c, map[string]*sql.Stmt{}} }

// background never ends: a statement that can be interrupted costs a goroutine.
var background = context.Background()

func (c *conn) prepare(text string) (*sql.Stmt, error) {
	if stmt := c.prepared[text]; stmt != nil {
		return stmt, nil
	}
	stmt, err := c.conn.PrepareContext(background, numbered(text))
	if err == nil {
		c.prepared[text] = stmt
	}
	return stmt, err
}

// numbered writes parameters as SQLite has them: ?1 for $1.
func numbered(text string) string { return strings.ReplaceAll(text, "$", "?") }

func (c *conn) Exec(text string, args ...any) (int64, error) {
	stmt, err := c.prepare(text)
	if err != nil {
		return 0, err
	}
	result, err := stmt.ExecContext(background, args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

func (c *conn) Query(text string, args ...any) (sqltx.Rows, error) {
	stmt, err := c.prepare(text)
	if err != nil {
		return nil, err
	}
	return stmt.QueryContext(background, args...)
}

func (c *conn) close() error {
	var errs []error
	for _, stmt := range c.prepared {
		errs = append(errs, stmt.Close())
	}
	return errors.Join(append(errs, c.conn.Close())...)
}

// plain runs statements of a transaction that only reads.
type plain struct{ tx *sql.Tx }

func (p plain) Exec(text string, args ...any) (int64, error) {
	result, err := p.tx.ExecContext(background, numbered(text), args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

func (p plain) Query(text string, args ...any) (sqltx.Rows, error) {
	return p.tx.QueryContext(background, numbered(text), args...)
}
