package csvlog_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/gpsafety/lfpse-go/mapping/csvlog"
)

// cell draws a cell with everything that makes CSV hard.
func cell() *rapid.Generator[string] {
	return rapid.Map(rapid.SliceOfN(rapid.SampledFrom([]string{
		"a", "Z", "9", " ", ",", ";", "\t", "|", `"`, "\n", "=", "\u00e9", "\u20ac", "\U0001F48A", "fell", "\u00a0",
	}), 0, 12), func(parts []string) string { return strings.Join(parts, "") })
}

// TestRoundTrip: what encoding/csv writes comes back cell by cell.
func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		columns := rapid.IntRange(1, 8).Draw(t, "columns")
		rows := rapid.SliceOfN(rapid.SliceOfN(cell(), columns, columns), 0, 20).Draw(t, "rows")
		delimiter := rapid.SampledFrom([]byte(",;\t|")).Draw(t, "delimiter")
		useCRLF := rapid.Bool().Draw(t, "CR LF")

		var file bytes.Buffer
		w := csv.NewWriter(&file)
		w.Comma, w.UseCRLF = rune(delimiter), useCRLF
		require.NoError(t, w.Write(names(columns)))
		require.NoError(t, w.WriteAll(rows))

		r, err := csvlog.NewReader(iotest.HalfReader(&file), csvlog.WithDelimiter(delimiter))
		require.NoError(t, err)
		l := readAll(t, r)
		assert.Empty(t, l.errors)
		assert.Equal(t, len(rows), l.stats.Rows+l.stats.Blank, "every row written is a row or blank")
		var want [][]string
		for _, row := range rows {
			if strings.TrimSpace(strings.Join(row, "")) != "" {
				want = append(want, unwrapped(row))
			}
		}
		assert.Equal(t, want, l.rows)
	})
}

// unwrapped returns the cells of a row without ="" around a text.
func unwrapped(row []string) []string {
	out := make([]string, len(row))
	for i, cell := range row {
		out[i] = cell
		if found := wrapped.FindStringSubmatch(strings.TrimSpace(cell)); found != nil {
			out[i] = found[1]
		}
	}
	return out
}

var wrapped = regexp.MustCompile(`(?s)^="([^"]+)"$`)

func names(n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = "column " + string(rune('a'+i))
	}
	return all
}

// TestEveryRowIsAccountedFor: rows broken in known ways among good ones give one
// error each, in place, and every good row comes.
func TestEveryRowIsAccountedFor(t *testing.T) {
	broken := []struct{ line, rule string }{
		{"1,2", csvlog.RuleCellCount},
		{"1,2,3,4", csvlog.RuleCellCount},
		{`5" tube,2,3`, csvlog.RuleBareQuote},
		{`"a"b,2,3`, csvlog.RuleBareQuote},
		{"1,2," + strings.Repeat("x", 300), csvlog.RuleRowTooLarge},
		{"1,2,\x00", csvlog.RuleNUL},
		{"1,2,\x81", csvlog.RuleEncoding},
		{`1,2,"3`, ""}, // found by the next quote or by the limit
	}
	rapid.Check(t, func(t *rapid.T) {
		kinds := rapid.SliceOfN(rapid.IntRange(-6, len(broken)-1), 0, 40).Draw(t, "kinds")
		end := rapid.SampledFrom([]string{"\n", "\r\n"}).Draw(t, "line end")
		// A zero byte within the first 512 means a binary file, so they are good rows.
		const first = 100
		text := strings.Repeat("1,2,3"+end, first)
		var bad []int
		good := first
		for i, kind := range kinds {
			if kind < 0 {
				text += "1,2,3" + end
				good++
				continue
			}
			text += broken[kind].line + end
			bad = append(bad, i)
		}
		l := readAll(t, open(t, text, csvlog.WithColumns("a", "b", "c"), csvlog.WithDelimiter(','), csvlog.WithMaxRecord(200)))
		assert.Equal(t, good, l.stats.Rows)
		require.Equal(t, len(bad), l.stats.Broken)
		for i, e := range l.errors {
			kind := kinds[bad[i]]
			assert.Equal(t, first+bad[i]+1, e.Line)
			if want := broken[kind].rule; want != "" {
				assert.Equal(t, want, e.Rule)
			}
		}
	})
}

// reference reads text with encoding/csv, as rows without blank ones, or reports
// that it is not well formed.
func reference(text string, delimiter rune) (rows [][]string, ok bool) {
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.FieldsPerRecord = delimiter, -1
	all, err := r.ReadAll()
	if err != nil {
		return nil, false
	}
	for _, row := range all {
		if strings.TrimSpace(strings.Join(row, "")) != "" {
			rows = append(rows, row)
		}
	}
	return rows, true
}

// FuzzDifferential: on input that encoding/csv accepts both readers agree.
func FuzzDifferential(f *testing.F) {
	for _, seed := range []string{
		"a,b\n1,2\n", "a,b\r\n\"1\r\n2\",\"\"\"\"\r\n", "\"\"\"\"\"\",x\n\n,\n", "x,\"a\"\r", "\r\r\n", "a\rb,c\n", "\u00e9,\"\u00e9\n\"\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		want, ok := reference(text, ',')
		if !ok || strings.ContainsAny(text, "\x00=\v\f\u0085\u2028\u2029\u200b\u2060\ufeff") || strings.ToValidUTF8(text, "") != text || !strings.Contains(text, "\n") {
			return
		}
		columns := 1
		for _, row := range want {
			columns = max(columns, len(row))
		}
		if columns > csvlog.MaxColumns {
			return
		}
		r, err := csvlog.NewReader(strings.NewReader(text), csvlog.WithColumns(names(columns)...), csvlog.WithDelimiter(','), csvlog.WithEncoding(csvlog.UTF8))
		var refused *csvlog.FileError
		if errors.As(err, &refused) {
			if refused.Rule != csvlog.RuleNotCSV && refused.Rule != csvlog.RuleEmpty {
				t.Fatalf("refused: %v", err)
			}
			return
		}
		l := readAll(t, r)
		reads := func(e *csvlog.RowError) bool { return e.Rule == csvlog.RuleCellCount }
		if macFile(text) || slices.ContainsFunc(l.errors, func(e *csvlog.RowError) bool { return !reads(e) }) {
			return // this package is stricter
		}
		i := 0
		for _, row := range want {
			if len(row) < columns {
				continue // too short for this package
			}
			if i >= len(l.rows) {
				t.Fatalf("%d rows, encoding/csv has more", len(l.rows))
			}
			assert.Equal(t, trimLastCR(row), trimLastCR(l.rows[i]))
			i++
		}
		assert.Len(t, l.rows, i)
	})
}

// macFile reports text whose lines this package ends at CR and encoding/csv never.
func macFile(text string) bool {
	inQuotes := false
	for i := range len(text) {
		switch {
		case text[i] == '"':
			inQuotes = !inQuotes
		case text[i] == '\n' && (!inQuotes || i > 0 && text[i-1] == '\r'):
			return false
		}
	}
	return strings.Contains(text, "\r")
}

// trimLastCR: the two differ in whether a CR before the end of the file belongs to
// the last cell.
func trimLastCR(row []string) []string {
	row = append([]string(nil), row...)
	row[len(row)-1] = strings.TrimRight(row[len(row)-1], "\r")
	return row
}

// FuzzReader: no input makes it panic, loop or lose count, and no finding shows
// what the file holds.
func FuzzReader(f *testing.F) {
	for _, seed := range []string{
		"a,b\n1,2\n", "a\r1\r\"2\r3\"\r", "sep=;\na;b\n\"1;2\n3;4\n", "\ufeffa\tb\n\xe9\t1\n\u00e9\t2\n", "\xff\xfea\x00,\x00b\x00\n\x001\x00\n\x00",
		"a,b\n5\" x,1\n\"x\"y,2\n,,,,\n1,2,3\n", "PK\x03\x04", "{\"a\":1}", "\"", "a\n\x00", "a,\"b\nc\"\n\"", "\xfe\xff\xd8",
	} {
		f.Add([]byte(seed), uint8(20), false)
	}
	f.Fuzz(func(t *testing.T, file []byte, limit uint8, oneByte bool) {
		var src io.Reader = bytes.NewReader(file)
		if oneByte {
			src = iotest.OneByteReader(src)
		}
		r, err := csvlog.NewReader(src, csvlog.WithMaxRecord(int(limit)+1))
		if err != nil {
			var bad *csvlog.FileError
			require.ErrorAs(t, err, &bad)
			return
		}
		last, broken := r.Stats().Lines, 0
		for row, err := range r.Rows() {
			line, to := row.Line, row.LastLine
			if err != nil {
				var bad *csvlog.RowError
				require.ErrorAs(t, err, &bad)
				line, to = bad.Line, bad.LastLine
				broken++
			} else {
				assert.Equal(t, len(r.Columns()), row.Len())
			}
			require.Greater(t, line, last, "rows stand one below the other")
			require.GreaterOrEqual(t, to, line)
			last = to
		}
		stats := r.Stats()
		assert.Equal(t, broken, stats.Broken)
		assert.GreaterOrEqual(t, stats.Lines, last)
	})
}
