package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"regexp"
	"strconv"
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
	stmt, err := c.conn.PrepareContext(background, parameters(text))
	if err == nil {
		c.prepared[text] = stmt
	}
	return stmt, err
}

var parameter = regexp.MustCompile(`\$\d+`)

// parameters writes parameters as SQLite has them: ? where they stand in their order, as
// they mostly do, else ?1 for $1. The driver looks up the name of each that has a number,
// and does so from the start each time.
func parameters(text string) string {
	n, inOrder := 0, true
	plain := parameter.ReplaceAllStringFunc(text, func(p string) string {
		n++
		inOrder = inOrder && p == "$"+strconv.Itoa(n)
		return "?"
	})
	if inOrder {
		return plain
	}
	return strings.ReplaceAll(text, "$", "?")
}

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
	result, err := p.tx.ExecContext(background, parameters(text), args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

func (p plain) Query(text string, args ...any) (sqltx.Rows, error) {
	return p.tx.QueryContext(background, parameters(text), args...)
}
