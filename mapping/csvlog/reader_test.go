package csvlog_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/mapping/csvlog"
)

func TestRows(t *testing.T) {
	tests := []struct {
		name, text string
		opts       []csvlog.Option
		rows       [][]string
		blank      int
	}{
		{name: "plain", text: "a,b\n1,2\n3,4\n", rows: [][]string{{"1", "2"}, {"3", "4"}}},
		{name: "no last line end", text: "a,b\n1,2", rows: [][]string{{"1", "2"}}},
		{name: "CR LF", text: "a,b\r\n1,2\r\n3,4\r\n", rows: [][]string{{"1", "2"}, {"3", "4"}}},
		{name: "CR LF without the LF at the end", text: "a,b\r\n1,\"2\"\r", rows: [][]string{{"1", "2"}}},
		{name: "CR only", text: "a,b\r1,\"two\rlines\"\r3,4\r", rows: [][]string{{"1", "two\nlines"}, {"3", "4"}}},
		{name: "CR inside a cell of an LF file", text: "a,b\n1\rx,2\n", rows: [][]string{{"1\rx", "2"}}},
		{name: "quotes", text: "a,b\n\"x, y\",\"say \"\"no\"\"\"\n", rows: [][]string{{"x, y", `say "no"`}}},
		{name: "several lines in a cell", text: "a,b\r\n1,\"one\r\ntwo\nthree\"\r\n3,4\r\n", rows: [][]string{{"1", "one\ntwo\nthree"}, {"3", "4"}}},
		{name: "quoted empty cells", text: "a,b\n\"\",x\ny,\"\"\n", rows: [][]string{{"", "x"}, {"y", ""}}},
		{name: "semicolon", text: "a;b, c;d\n1;2,5;3\n", rows: [][]string{{"1", "2,5", "3"}}},
		{name: "tab", text: "a\tb\n1\t2\n", rows: [][]string{{"1", "2"}}},
		{name: "bar", text: "a|b|c,d\n1|2|3\n", rows: [][]string{{"1", "2", "3"}}},
		{name: "delimiters inside a quoted heading do not count", text: "a;\"b, c, d\"\n1;2\n", rows: [][]string{{"1", "2"}}},
		{name: "given delimiter", text: "a~b\n1~2\n", opts: []csvlog.Option{csvlog.WithDelimiter('~')}, rows: [][]string{{"1", "2"}}},
		{name: "Excel hint", text: "sep=;\r\na;b\r\n1;2\r\n", rows: [][]string{{"1", "2"}}},
		{name: "Excel hint after a byte order mark and a blank line", text: "\ufeff\r\nsep=;\r\na,b,c;d\r\n1;2\r\n", rows: [][]string{{"1", "2"}}},
		{name: "one column", text: "note\nfell\n", rows: [][]string{{"fell"}}},
		{name: "blank lines are passed over", text: "\n\na,b\n\n1,2\n , \n,,,,\n\n", rows: [][]string{{"1", "2"}}, blank: 4},
		{name: "extra empty cells in every row", text: "a,b\n1,2,,\n3,4,,\" \"\n", rows: [][]string{{"1", "2"}, {"3", "4"}}},
		{name: "trailing columns without a name may be missing", text: "a,b,,\n1,2\n3,4,,5\n", rows: [][]string{{"1", "2", "", ""}, {"3", "4", "", "5"}}},
		{name: "blanks in cells are kept", text: "a,b\n 1 ,\" 2\"\n", rows: [][]string{{" 1 ", " 2"}}},
		{name: "no header", text: "1,2\n3,4\n", opts: []csvlog.Option{csvlog.WithColumns("a", "b")}, rows: [][]string{{"1", "2"}, {"3", "4"}}},
		{name: "no header, delimiter by the number of columns", text: "x, y, z|2\n", opts: []csvlog.Option{csvlog.WithColumns("a", "b")}, rows: [][]string{{"x, y, z", "2"}}},
		{name: "no header, one column", text: "fell, hurt\n", opts: []csvlog.Option{csvlog.WithColumns("a"), csvlog.WithDelimiter('|')}, rows: [][]string{{"fell, hurt"}}},
		{name: "several lines before the end of a quoted cell with a lone CR", text: "a,b\n\"1\rx\",2\n", rows: [][]string{{"1\rx", "2"}}},
		{name: "header alone", text: "Datix ID,What Happened?\r\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l := readAll(t, open(t, tt.text, tt.opts...))
			assert.Equal(t, tt.rows, l.rows)
			assert.Empty(t, l.errors)
			assert.Equal(t, len(tt.rows), l.stats.Rows)
			assert.Equal(t, tt.blank, l.stats.Blank)

			slow, err := csvlog.NewReader(iotest.OneByteReader(strings.NewReader(tt.text)), tt.opts...)
			require.NoError(t, err)
			assert.Equal(t, l, readAll(t, slow), "the same one byte at a time")
		})
	}
}

func TestRowErrors(t *testing.T) {
	type bad struct {
		line, last, number int
		rule               string
	}
	small := []csvlog.Option{csvlog.WithMaxRecord(40)}
	long := strings.Repeat("x", 41)
	tests := []struct {
		name, text string
		opts       []csvlog.Option
		rows       [][]string
		errors     []bad
	}{
		{name: "too few cells", text: "a,b,c\n1,2\n4,5,6\n", rows: [][]string{{"4", "5", "6"}},
			errors: []bad{{2, 2, 1, csvlog.RuleCellCount}}},
		{name: "too many cells", text: "a,b\n1,2,3\n4,5\n", rows: [][]string{{"4", "5"}},
			errors: []bad{{2, 2, 1, csvlog.RuleCellCount}}},
		{name: "too few cells over two lines", text: "a,b\n\"1\n2\"\n4,5\n", rows: [][]string{{"4", "5"}},
			errors: []bad{{2, 3, 1, csvlog.RuleCellCount}}},
		{name: "quote in a plain cell", text: "a,b\n5\" tube,2\n4,5\n", rows: [][]string{{"4", "5"}},
			errors: []bad{{2, 2, 1, csvlog.RuleBareQuote}}},
		{name: "text after a closing quote", text: "a,b\n\"1\"x,2\n4,5\n", rows: [][]string{{"4", "5"}},
			errors: []bad{{2, 2, 1, csvlog.RuleBareQuote}}},
		{name: "stray quote found by the next quote", text: "a,b\n1,\"2\n4,5\n6,\"7\"\n", rows: [][]string{{"4", "5"}, {"6", "7"}},
			errors: []bad{{2, 2, 1, csvlog.RuleBareQuote}}},
		{name: "stray quote found by the end of the file", text: "a,b\n1,\"2\n4,5\n6,7\n", rows: [][]string{{"4", "5"}, {"6", "7"}},
			errors: []bad{{2, 2, 1, csvlog.RuleUnclosedQuote}}},
		{name: "stray quote found by the limit", text: "a,b\n1,\"2\n" + strings.Repeat("4,5\n", 12), opts: small, rows: repeat([]string{"4", "5"}, 12),
			errors: []bad{{2, 2, 1, csvlog.RuleUnclosedQuote}}},
		{name: "stray quote on the last line", text: "a,b\n4,5\n1,\"2", rows: [][]string{{"4", "5"}},
			errors: []bad{{3, 3, 2, csvlog.RuleUnclosedQuote}}},
		{name: "quoted cell beyond the limit that does end", text: "a,b\n1,\"" + strings.Repeat("y,z\n", 12) + "\"\n4,5\n", opts: small,
			rows:   append(repeat([]string{"y", "z"}, 11), []string{"4", "5"}),
			errors: []bad{{2, 2, 1, csvlog.RuleUnclosedQuote}, {14, 14, 13, csvlog.RuleUnclosedQuote}}},
		{name: "row at the limit", text: "a,b\r\n1," + long[:38] + "\r\n", opts: small, rows: [][]string{{"1", long[:38]}}},
		{name: "quoted row at the limit", text: "a,b\r\n1,\"" + long[:36] + "\"\r\n", opts: small, rows: [][]string{{"1", long[:36]}}},
		{name: "row over the limit", text: "a,b\n1," + long + "\n4,5\n", opts: small, rows: [][]string{{"4", "5"}},
			errors: []bad{{2, 2, 1, csvlog.RuleRowTooLarge}}},
		{name: "quoted row over the limit", text: "a,b\n1,\"" + long + "\"\n4,5\n", opts: small, rows: [][]string{{"4", "5"}},
			errors: []bad{{2, 2, 1, csvlog.RuleRowTooLarge}}},
		{name: "row over the limit without a line end", text: "a,b\n4,5\n" + long, opts: small, rows: [][]string{{"4", "5"}},
			errors: []bad{{3, 3, 2, csvlog.RuleRowTooLarge}}},
		{name: "zero byte", text: "a,b\n" + strings.Repeat("1,2\n", 200) + "1,\x00\n4,5\n", rows: repeat([]string{"1", "2"}, 200, []string{"4", "5"}),
			errors: []bad{{202, 202, 201, csvlog.RuleNUL}}},
		{name: "not UTF-8 where UTF-8 is set", text: "a,b\ncaf\xe9,2\n4,5\n", opts: []csvlog.Option{csvlog.WithEncoding(csvlog.UTF8)}, rows: [][]string{{"4", "5"}},
			errors: []bad{{2, 2, 1, csvlog.RuleEncoding}}},
		{name: "neither UTF-8 nor Windows-1252", text: "a,b\n\x9d\xe9,2\n4,5\n", rows: [][]string{{"4", "5"}},
			errors: []bad{{2, 2, 1, csvlog.RuleEncoding}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l := readAll(t, open(t, tt.text, tt.opts...))
			assert.Equal(t, tt.rows, l.rows)
			var got []bad
			for _, e := range l.errors {
				got = append(got, bad{e.Line, e.LastLine, e.Number, e.Rule})
				assert.NotEmpty(t, e.Text)
				assert.Contains(t, e.Error(), fmt.Sprintf("%s at line %d: ", e.Rule, e.Line))
				assert.NotEmpty(t, e.Fix)
			}
			assert.Equal(t, tt.errors, got)
			assert.Equal(t, len(tt.errors), l.stats.Broken)
			assert.Equal(t, strings.Count(strings.TrimSuffix(tt.text, "\n"), "\n")+1, l.stats.Lines, "every line is accounted for")
		})
	}
}

func repeat(row []string, n int, more ...[]string) [][]string {
	var rows [][]string
	for range n {
		rows = append(rows, row)
	}
	return append(rows, more...)
}

var exes = strings.Repeat("x", 4096)

// endless gives one line that never ends, up to a size.
type endless struct{ left int }

func (e *endless) Read(p []byte) (int, error) {
	if e.left == 0 {
		return 0, io.EOF
	}
	n := min(len(p), e.left)
	for i := 0; i < n; {
		i += copy(p[i:n], exes)
	}
	e.left -= n
	return n, nil
}

func TestHugeLineTakesFlatMemory(t *testing.T) {
	for quote, size := range map[string]int{"": 1 << 30, `"`: 1 << 27} {
		t.Run("quote"+quote, func(t *testing.T) {
			src := io.MultiReader(strings.NewReader("a,b\n1,"+quote), &endless{left: size}, strings.NewReader(quote+"\n4,5\n"))
			r, err := csvlog.NewReader(src)
			require.NoError(t, err)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			l := readAll(t, r)
			runtime.ReadMemStats(&after)
			assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(16<<20), "bytes allocated, all told")
			assert.Equal(t, [][]string{{"4", "5"}}, l.rows)
			require.Len(t, l.errors, 1)
			assert.Equal(t, csvlog.RuleRowTooLarge, l.errors[0].Rule)
			assert.Equal(t, 2, l.errors[0].Line)
		})
	}
}

func TestReadErrorIsNeverTheEndOfTheFile(t *testing.T) {
	lost := errors.New("share went away")
	for name, tail := range map[string]string{"inside a row": "3,4", "inside a quoted cell": "3,\"4", "after a broken row": "3,\"4\"x", "after a whole row": ""} {
		t.Run(name, func(t *testing.T) {
			r, err := csvlog.NewReader(io.MultiReader(strings.NewReader("a,b\n1,2\n"+tail), iotest.ErrReader(lost)))
			require.NoError(t, err)
			var rows int
			var last error
			for _, err := range r.Rows() {
				if err == nil {
					rows++
				}
				last = err
			}
			assert.Equal(t, 1, rows, "a row that may be cut short is not given")
			require.ErrorIs(t, last, lost)
			var bad *csvlog.FileError
			require.ErrorAs(t, last, &bad)
			assert.Equal(t, csvlog.RuleRead, bad.Rule)
			assert.Equal(t, 3, bad.Line)
			assert.NotContains(t, last.Error(), lost.Error())
			for range r.Rows() {
				t.Fatal("nothing comes after a FileError")
			}
		})
	}
}

// stuck gives neither bytes nor an error.
type stuck struct{}

func (stuck) Read([]byte) (int, error) { return 0, nil }

func TestSourceWithoutProgress(t *testing.T) {
	r, err := csvlog.NewReader(io.MultiReader(strings.NewReader("a,b\n1,2\n"), stuck{}))
	require.NoError(t, err)
	var last error
	for _, err := range r.Rows() {
		last = err
	}
	require.ErrorIs(t, last, io.ErrNoProgress)
	bad := fileError(t, stuck{})
	assert.Equal(t, csvlog.RuleRead, bad.Rule)
}

func TestRowsResumes(t *testing.T) {
	r := open(t, "a\n1\n2\n3\n")
	for row, err := range r.Rows() {
		require.NoError(t, err)
		assert.Equal(t, "1", row.Cell(0))
		break
	}
	assert.Equal(t, [][]string{{"2"}, {"3"}}, readAll(t, r).rows)
	assert.Empty(t, readAll(t, r).rows)
}

func TestRowLifetime(t *testing.T) {
	r := open(t, "a,b\n1,2\n3,4\n")
	var rows, kept []csvlog.Row
	for row, err := range r.Rows() {
		require.NoError(t, err)
		rows, kept = append(rows, row), append(kept, row.Clone())
	}
	assert.Equal(t, "1", kept[0].Cell(0))
	assert.Equal(t, "3", rows[0].Cell(0), "the cells of a row that was not cloned are used again")
}

func TestRowPrintsNoCell(t *testing.T) {
	r := open(t, "name\nPetronella Quux\n")
	for row, err := range r.Rows() {
		require.NoError(t, err)
		printed := fmt.Sprintf("%v %+v %#v %s %v", row, row, row, row, row.LogValue())
		assert.NotContains(t, printed, "Quux")
		assert.Contains(t, printed, "row 1 (line 2, 1 cells)")
	}
}

func TestStatsAccountForEveryLine(t *testing.T) {
	l := readAll(t, open(t, "a,b\n1,\"2\n3\"\n\n4\n5,6\n,\n"))
	assert.Equal(t, csvlog.Stats{Lines: 7, Rows: 2, Broken: 1, Blank: 2}, l.stats)
	assert.Equal(t, [][2]int{{2, 3}, {6, 6}}, l.places)
}

func BenchmarkRows(b *testing.B) {
	narrative := strings.Repeat("The repeat prescription was issued without the monitoring result. ", 6)
	for name, row := range map[string]string{
		"plain":     "DX-1001,Medication,Prescribing,No harm,None,01/02/2026,Primary care,GP,Surgery," + narrative + ",Called back,Reviewed,Shared\r\n",
		"quoted":    "DX-1001,Medication,Prescribing,\"No harm, none\",None,01/02/2026,Primary care,GP,Surgery,\"" + narrative + "\r\nShe said \"\"fine\"\".\",Called back,Reviewed,Shared\r\n",
		"accented":  "DX-1001,Medication,Prescribing,No harm,None,01/02/2026,Primary care,GP,Surgery,caf\u00e9 " + narrative + ",Called back,Reviewed,Shared\r\n",
		"windows":   "DX-1001,Medication,Prescribing,No harm,None,01/02/2026,Primary care,GP,Surgery,caf\xe9 " + narrative + ",Called back,Reviewed,Shared\r\n",
		"short row": "1,2,3,4,5,6,7,8,9,10,11,12,13\n",
	} {
		b.Run(name, func(b *testing.B) {
			file := []byte("1,2,3,4,5,6,7,8,9,10,11,12,13\n" + strings.Repeat(row, 10_000_000/len(row)))
			b.SetBytes(int64(len(file)))
			b.ReportAllocs()
			var rows int
			for b.Loop() {
				r, err := csvlog.NewReader(bytes.NewReader(file))
				if err != nil {
					b.Fatal(err)
				}
				rows = 0
				for _, err := range r.Rows() {
					if err != nil {
						b.Fatal(err)
					}
					rows++
				}
			}
			b.ReportMetric(float64(rows), "rows/op")
		})
	}
}
