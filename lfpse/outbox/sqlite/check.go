package sqlite

import (
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
)

// header is how a database of SQLite begins.
const header = "SQLite format 3\x00"

// ErrNotOutbox says that a file is there and is something else, such as a log that was named
// by mistake.
var ErrNotOutbox = errors.New("the file is not an outbox")

// Check returns an error if a store of this name cannot be opened or made, since the file is
// something else. Like [Open], it then leaves the file as it is and makes none beside it.
func Check(name string) error {
	if err := check(name); err != nil {
		return fmt.Errorf("%s: %w", name, plainly(err))
	}
	return nil
}

func check(name string) error {
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return ErrNotOutbox
	}
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	start := make([]byte, len(header))
	n, err := io.ReadFull(file, start)
	switch {
	case err == io.EOF: // one that is about to be made
		return nil
	case err != nil && err != io.ErrUnexpectedEOF:
		return err
	case string(start[:n]) != header || foreign(name):
		return ErrNotOutbox
	}
	return nil
}

// foreign reports whether a database has tables, and not those of an outbox. It reads no more
// than the file itself, and changes nothing; what it cannot read is said when it is opened.
func foreign(name string) bool {
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: name}).EscapedPath()+"?mode=ro&immutable=1")
	if err != nil {
		return false
	}
	defer func() { _ = db.Close() }()
	var tables, ours int
	err = db.QueryRow(countTables).Scan(&tables, &ours)
	return err == nil && tables > 0 && ours == 0
}

// countTables counts the tables of a database, and those that tell an outbox.
const countTables = "SELECT count(*), count(CASE name WHEN 'payload' THEN 1 END) FROM sqlite_master"
