package csvlog

import (
	"fmt"
	"log/slog"
	"slices"
)

// Row is one data row. It is valid until the next one is asked for: [Row.Clone]
// keeps it longer. The strings that Cell returns stay valid for ever, but each
// keeps the text of its whole row in memory.
//
// Printing or logging a Row shows where it stands and never its cells.
type Row struct {
	// Line and LastLine are the physical lines, from 1, that the row covers.
	Line, LastLine int
	// Number counts data rows from 1, good and broken ones alike.
	Number int

	cells []string
}

// Cell returns the text of a column, as [Reader.Column] numbers it: unquoted, with
// blanks kept and line breaks as LF. Like an index of a slice it panics for a
// number that is no column.
func (r Row) Cell(column int) string { return r.cells[column] }

// Len returns the number of cells, which is that of the columns.
func (r Row) Len() int { return len(r.cells) }

// Clone returns a copy that stays valid.
func (r Row) Clone() Row {
	r.cells = slices.Clone(r.cells)
	return r
}

// String says where the row stands; its cells stay out.
func (r Row) String() string {
	return fmt.Sprintf("row %d (line %d, %d cells)", r.Number, r.Line, len(r.cells))
}

// GoString is String, so that %#v shows no cell either.
func (r Row) GoString() string { return r.String() }

// LogValue is String for package slog.
func (r Row) LogValue() slog.Value { return slog.StringValue(r.String()) }
