package csvlog_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf16"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/mapping/csvlog"
)

func TestColumns(t *testing.T) {
	r := open(t, "\ufeff\"Reference\", What   happened? ,,\"Actual\nharm\"\nR1,fell,x,none\n")
	assert.Equal(t, []string{"Reference", "What happened?", "", "Actual harm"}, r.Columns())
	assert.Equal(t, byte(','), r.Delimiter())
	column, ok := r.Column(" What happened? ")
	assert.True(t, ok)
	assert.Equal(t, 1, column)
	for _, name := range []string{"", "reference", "Harm"} {
		_, ok := r.Column(name)
		assert.False(t, ok, name)
	}
	assert.Equal(t, [][2]int{{3, 3}}, readAll(t, r).places, "the header covers two lines")
}

func TestFileErrors(t *testing.T) {
	tests := []struct {
		name, text string
		opts       []csvlog.Option
		rule       string
		says       string
	}{
		{name: "empty", rule: csvlog.RuleEmpty, says: "empty"},
		{name: "byte order mark alone", text: "\ufeff", rule: csvlog.RuleEmpty},
		{name: "blank", text: " \r\n\t\n", rule: csvlog.RuleEmpty},
		{name: "only delimiters", text: ",,\n,,\n", rule: csvlog.RuleEmpty},
		{name: "Excel workbook", text: "PK\x03\x04\x14\x00\x06\x00", rule: csvlog.RuleNotCSV, says: "save it as"},
		{name: "old Excel workbook", text: "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", rule: csvlog.RuleNotCSV, says: "Excel"},
		{name: "PDF", text: "%PDF-1.7\n", rule: csvlog.RuleNotCSV, says: "PDF"},
		{name: "rich text", text: "{\\rtf1", rule: csvlog.RuleNotCSV, says: "rich text"},
		{name: "gzip", text: "\x1f\x8b\x08\x00", rule: csvlog.RuleNotCSV, says: "gzip"},
		{name: "web page", text: "\n<!DOCTYPE html><table>", rule: csvlog.RuleNotCSV, says: "web page"},
		{name: "table named .xls", text: "<table><tr>", rule: csvlog.RuleNotCSV, says: "web page"},
		{name: "JSON object", text: "\ufeff{\n \"resourceType\": \"Bundle\"}", rule: csvlog.RuleNotCSV, says: "JSON"},
		{name: "JSON array", text: "[ {\"a\": 1}]", rule: csvlog.RuleNotCSV, says: "JSON"},
		{name: "binary", text: "a,b\n1,\x00\x01\x02 and some more text\n", rule: csvlog.RuleNotCSV, says: "binary"},
		{name: "UTF-16 without a mark", text: "a\x00,\x00b\x00\n\x00", rule: csvlog.RuleEncoding, says: "UTF-16"},
		{name: "given names twice", text: "1,2\n", opts: []csvlog.Option{csvlog.WithColumns("a", "a")}, rule: csvlog.RuleDuplicateColumn},
		{name: "no names given", text: "1,2\n", opts: []csvlog.Option{csvlog.WithColumns(" ", "")}, rule: csvlog.RuleHeader},
		{name: "too many columns", text: strings.Repeat("a,", 1000) + "b\n", rule: csvlog.RuleHeader, says: "1001 columns"},
		{name: "two delimiters", text: "a,b;c\n", rule: csvlog.RuleDelimiter, says: "comma, semicolon, tab and bar"},
		{name: "two delimiters give the columns", text: "1,2;3\n", opts: []csvlog.Option{csvlog.WithColumns("a", "b")}, rule: csvlog.RuleDelimiter, says: "does not show which"},
		{name: "no delimiter gives the columns", text: "1,2\n", opts: []csvlog.Option{csvlog.WithColumns("a", "b", "c")}, rule: csvlog.RuleDelimiter, says: "to have 3 columns, but its first row has 2."},
		{name: "none of more delimiters gives the columns", text: "1;2,3;4;5\n", opts: []csvlog.Option{csvlog.WithColumns("a", "b", "c")}, rule: csvlog.RuleDelimiter, says: "to have 3 columns, but its first row has 4."},
		{name: "header without an end", text: strings.Repeat("word ", 300_000), rule: csvlog.RuleHeader, says: "longer than 1048576 bytes"},
		{name: "stray quote in the header", text: "a,5\" b\n1,2\n", rule: csvlog.RuleHeader, says: "quotation mark"},
		{name: "unclosed quote in the header", text: "a,\"b\n1,2\n", rule: csvlog.RuleHeader, says: "no end"},
		{name: "header not UTF-8", text: "caf\xe9,b\n", opts: []csvlog.Option{csvlog.WithEncoding(csvlog.UTF8)}, rule: csvlog.RuleEncoding},
		{name: "mark against the setting", text: "\ufeffa,b\n", opts: []csvlog.Option{csvlog.WithEncoding(csvlog.Windows1252)}, rule: csvlog.RuleEncoding, says: "byte order mark"},
		{name: "UTF-16 against the setting", text: "\xff\xfea\x00", opts: []csvlog.Option{csvlog.WithEncoding(csvlog.UTF8)}, rule: csvlog.RuleEncoding, says: "UTF-16"},
		{name: "impossible encoding", text: "a\n", opts: []csvlog.Option{csvlog.WithEncoding(9)}, rule: csvlog.RuleOption},
		{name: "impossible delimiter", text: "a\n", opts: []csvlog.Option{csvlog.WithDelimiter('"')}, rule: csvlog.RuleOption},
		{name: "letter as delimiter", text: "a\n", opts: []csvlog.Option{csvlog.WithDelimiter('x')}, rule: csvlog.RuleOption},
		{name: "no room", text: "a\n", opts: []csvlog.Option{csvlog.WithMaxRecord(0)}, rule: csvlog.RuleOption},
		{name: "no columns", text: "a\n", opts: []csvlog.Option{csvlog.WithColumns()}, rule: csvlog.RuleOption},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			bad := fileError(t, strings.NewReader(tt.text), tt.opts...)
			assert.Equal(t, tt.rule, bad.Rule)
			assert.Contains(t, bad.Error(), tt.says)
			assert.NotEmpty(t, bad.Fix)
			slow := fileError(t, iotest.OneByteReader(strings.NewReader(tt.text)), tt.opts...)
			assert.Equal(t, bad, slow)
		})
	}
}

// Columns of one name matter only to those who use the name.
func TestRepeatedColumns(t *testing.T) {
	for text, want := range map[string]string{
		"Date,Ref, Date \n":                          "columns 1 (A) and 3 (C)",
		"Date,b,Date,b,Date\n":                       "columns 1 (A) and 3 (C) and 5 (E)",
		"Date," + strings.Repeat(",", 26) + "Date\n": "columns 1 (A) and 28 (AB)",
		"\ufeffDate,Da\u200bte\n":                    "columns 1 (A) and 2 (B)",
	} {
		r := open(t, text)
		assert.NoError(t, r.Repeated("Ref", "none"))
		var bad *csvlog.FileError
		require.ErrorAs(t, r.Repeated("Ref", "Date"), &bad, "%q", text)
		assert.Equal(t, csvlog.RuleDuplicateColumn, bad.Rule)
		assert.Contains(t, bad.Text, want)
		assert.NotContains(t, bad.Error(), "Date", "the first row of a file without a header is a patient's")
	}
	column, ok := open(t, "Notes,Ref,Notes\n").Column("Notes")
	assert.True(t, ok)
	assert.Zero(t, column)
}

func TestEncodings(t *testing.T) {
	auto := []csvlog.Option(nil)
	tests := []struct {
		name, text string
		opts       []csvlog.Option
		rows       [][]string
		windows    int
		mixedAt    int
	}{
		{name: "UTF-8", text: "a,b\ncaf\u00e9 \u2013 \U0001F48A,2\n", rows: [][]string{{"caf\u00e9 \u2013 \U0001F48A", "2"}}},
		{name: "Windows-1252", text: "a,b\ncaf\xe9 \x96 \x9350\x94,\x805\n", opts: auto, rows: [][]string{{"caf\u00e9 \u2013 \u201c50\u201d", "\u20ac5"}}, windows: 1},
		{name: "Windows-1252 in quotes", text: "a,b\n\"\xe9,\"\"\n\",\xe8\n", rows: [][]string{{"\u00e9,\"\n", "\u00e8"}}, windows: 1},
		{name: "mixed, warned once", text: "a,b\nx,1\n\u00e9,2\n\xe9,3\n\u00e9,4\n\xe9,5\n", windows: 2, mixedAt: 4,
			rows: [][]string{{"x", "1"}, {"\u00e9", "2"}, {"\u00e9", "3"}, {"\u00e9", "4"}, {"\u00e9", "5"}}},
		{name: "mixed with the header", text: "\u00e9,b\n\xe9,1\n", windows: 1, mixedAt: 2, rows: [][]string{{"\u00e9", "1"}}},
		{name: "mixed with a byte order mark", text: "\ufeffa,b\n1,2\n\xe9,3\n", windows: 1, mixedAt: 3, rows: [][]string{{"1", "2"}, {"\u00e9", "3"}}},
		{name: "set to Windows-1252", text: "a,b\n\xc3\xa9,2\n", opts: []csvlog.Option{csvlog.WithEncoding(csvlog.Windows1252)}, rows: [][]string{{"\u00c3\u00a9", "2"}}, windows: 1},
		{name: "set to UTF-8", text: "\ufeffa,b\n\u00e9,2\n", opts: []csvlog.Option{csvlog.WithEncoding(csvlog.UTF8)}, rows: [][]string{{"\u00e9", "2"}}},
		{name: "UTF-16 little-endian", text: inUTF16("a,b\r\n\u00e9 \U0001F48A,2\r\n", 0, 1), rows: [][]string{{"\u00e9 \U0001F48A", "2"}}},
		{name: "UTF-16 big-endian", text: inUTF16("a;b\n\u00e9,\u00e8;2\n", 1, 0), rows: [][]string{{"\u00e9,\u00e8", "2"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l := readAll(t, open(t, tt.text, tt.opts...))
			assert.Equal(t, tt.rows, l.rows)
			assert.Empty(t, l.errors)
			assert.Equal(t, tt.windows, l.stats.Windows1252)
			if tt.mixedAt == 0 {
				assert.Empty(t, l.warnings)
				return
			}
			require.Len(t, l.warnings, 1)
			assert.Equal(t, csvlog.RuleMixedEncoding, l.warnings[0].Rule)
			assert.Equal(t, tt.mixedAt, l.warnings[0].Line)
		})
	}
}

func TestDamagedUTF16(t *testing.T) {
	text := inUTF16("a,b\n1,2\n", 0, 1) + "\x00\xd8,\x00x\x00\n\x00" + inUTF16("3,4\n", 0, 1)[2:]
	l := readAll(t, open(t, text))
	assert.Equal(t, [][]string{{"1", "2"}, {"3", "4"}}, l.rows)
	require.Len(t, l.errors, 1)
	assert.Equal(t, csvlog.RuleEncoding, l.errors[0].Rule)
}

func TestUTF16FromAFailingSource(t *testing.T) {
	lost := errors.New("share went away")
	r, err := csvlog.NewReader(io.MultiReader(strings.NewReader(inUTF16("a,b\n1,2\n3", 0, 1)), iotest.ErrReader(lost)))
	require.NoError(t, err)
	var rows int
	var last error
	for _, last = range r.Rows() {
		if last == nil {
			rows++
		}
	}
	assert.Equal(t, 1, rows)
	require.ErrorIs(t, last, lost)
}

// inUTF16 encodes text with a byte order mark; low and high place the two bytes.
func inUTF16(text string, low, high int) string {
	var out []byte
	for _, unit := range utf16.Encode([]rune("\ufeff" + text)) {
		var pair [2]byte
		pair[low], pair[high] = byte(unit), byte(unit>>8)
		out = append(out, pair[:]...)
	}
	return string(out)
}

func TestRealHeaders(t *testing.T) {
	dir := filepath.Join("..", "..", "..", "shared", "gp", "samples")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("the folder of third-party samples is absent")
	}
	for file, want := range map[string]int{
		"datix-header/datix_export_header_only.csv": 0, "endeavour/EmisEthnicityMap.csv": 1,
		"endeavour/TppEthnicityMap.csv": 1, "endeavour/VisionEthnicityMap.csv": 1,
	} {
		t.Run(filepath.Base(file), func(t *testing.T) {
			f, err := os.Open(filepath.Join(dir, file))
			require.NoError(t, err)
			defer f.Close()
			r, err := csvlog.NewReader(f)
			require.NoError(t, err)
			l := readAll(t, r)
			assert.Empty(t, l.errors)
			assert.GreaterOrEqual(t, l.stats.Rows, want)
			t.Log(r.Columns(), l.stats)
		})
	}
}
