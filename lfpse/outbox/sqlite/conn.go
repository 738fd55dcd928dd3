package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"strconv"
	"strings"
	"syscall"

	sqlite3 "modernc.org/sqlite/lib"

	"github.com/gpsafety/lfpse-go/lfpse/outbox"
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

// troubles are what errors of SQLite mean to those who keep the file.
var troubles = map[int]error{
	sqlite3.SQLITE_FULL:     fmt.Errorf("%w: the disk is full", outbox.ErrUnwritable),
	sqlite3.SQLITE_READONLY: fmt.Errorf("%w: it may only be read", outbox.ErrUnwritable),
	sqlite3.SQLITE_IOERR:    fmt.Errorf("%w: the disk refuses it", outbox.ErrUnwritable),
	sqlite3.SQLITE_NOTADB:   ErrNotOutbox,
	sqlite3.SQLITE_CORRUPT:  errors.New("the file is damaged: put back a copy"),
}

// plainly says what an error means, if that is known.
func plainly(err error) error {
	var of interface{ Code() int }
	switch {
	case err == nil:
		return nil
	case errors.As(err, &of) && troubles[of.Code()&0xff] != nil:
		err = fmt.Errorf("%w (%w)", troubles[of.Code()&0xff], err)
	case errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS) || errors.Is(err, syscall.ENOSPC):
		err = fmt.Errorf("%w: %w", outbox.ErrUnwritable, err)
	}
	return err
}
