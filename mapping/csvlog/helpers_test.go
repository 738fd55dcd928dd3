package csvlog_test

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/mapping/csvlog"
)

// log is a whole file as read.
type log struct {
	rows     [][]string
	places   [][2]int // Line and LastLine of rows
	errors   []*csvlog.RowError
	stats    csvlog.Stats
	warnings []csvlog.Finding
}

func readAll(t require.TestingT, r *csvlog.Reader) log {
	var l log
	for row, err := range r.Rows() {
		var bad *csvlog.RowError
		if errors.As(err, &bad) {
			l.errors = append(l.errors, bad)
			continue
		}
		require.NoError(t, err)
		cells := make([]string, row.Len())
		for i := range cells {
			cells[i] = row.Cell(i)
		}
		l.rows = append(l.rows, cells)
		l.places = append(l.places, [2]int{row.Line, row.LastLine})
	}
	l.stats, l.warnings = r.Stats(), r.Warnings()
	return l
}

func open(t require.TestingT, text string, opts ...csvlog.Option) *csvlog.Reader {
	r, err := csvlog.NewReader(strings.NewReader(text), opts...)
	require.NoError(t, err)
	return r
}

func fileError(t *testing.T, src io.Reader, opts ...csvlog.Option) *csvlog.FileError {
	t.Helper()
	_, err := csvlog.NewReader(src, opts...)
	var bad *csvlog.FileError
	require.ErrorAs(t, err, &bad)
	return bad
}
