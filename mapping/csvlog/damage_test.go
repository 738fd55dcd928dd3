package csvlog_test

import (
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/mapping/csvlog"
)

const head = "Ref,Date,What happened,Role,Harm,Notes\n"

// rules reads a file whole and byte by byte, and returns its rows and the rule of each
// broken one.
func rules(t *testing.T, text string, opts ...csvlog.Option) (rows [][]string, broken []string, l log) {
	t.Helper()
	l = readAll(t, open(t, text, opts...))
	slow, err := csvlog.NewReader(iotest.OneByteReader(strings.NewReader(text)), opts...)
	require.NoError(t, err)
	assert.Equal(t, l, readAll(t, slow), "the same one byte at a time")
	for _, e := range l.errors {
		broken = append(broken, e.Rule)
		assert.NotEmpty(t, e.Fix)
	}
	return l.rows, broken, l
}

func TestShiftedCells(t *testing.T) {
	for name, tt := range map[string]struct{ row, rule, says string }{
		"more cells than columns":        {"R1,05/01/2026,Given twice, then noticed,GP,None,seen", csvlog.RuleCellCount, "Cell 4 (D) begins with a blank, so the delimiter before it may be part of the text in cell 3 (C)."},
		"the last cell was blank":        {"R1,05/01/2026,Given twice, then noticed,GP,None,", csvlog.RuleCellCount, "Cell 4 (D)"},
		"trailing blank cells dropped":   {"R1,05/01/2026,Given twice, then noticed,GP,None", csvlog.RuleShifted, "Cell 4 (D)"},
		"into a column that is not used": {"R1,05/01/2026,Given,GP,None to begin with, then low", csvlog.RuleShifted, "Cell 6 (F)"},
		"one word before it":             {"R1,05/01/2026,Unfortunately, the dose was wrong,None,", csvlog.RuleShifted, "Cell 4 (D)"},
		"one word after it":              {"R1,05/01/2026,The dose was wrong, twice,None,", csvlog.RuleShifted, "Cell 4 (D)"},
		"single words":                   {"R1,05/01/2026,Fell, GP,None,", "", ""},
		"no blank, last cell blank":      {"R1,05/01/2026,Given twice,then noticed,GP,None,", csvlog.RuleCellCount, "remove the delimiters"},
		"quoted cells do not count":      {"R1,05/01/2026,Fell,\" GP\",None,", "", ""},
		"a blank everywhere is a style":  {"R1, 05/01/2026, Fell, GP, None, none", "", ""},
		"blank cells of blanks":          {"R1,05/01/2026,Fell, ,None, ", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			const sound = "R0,04/01/2026,Fell,GP,None,none\n"
			rows, broken, l := rules(t, head+sound+tt.row+"\n"+sound)
			if tt.rule == "" {
				assert.Empty(t, broken)
				assert.Len(t, rows, 3)
				return
			}
			assert.Equal(t, []string{tt.rule}, broken)
			assert.Contains(t, l.errors[0].Text, tt.says)
			assert.NotContains(t, l.errors[0].Error(), "noticed")
			_, broken, _ = rules(t, head+tt.row+"\n")
			assert.Equal(t, []string{tt.rule}, broken, "as the only row")
		})
	}
	_, broken, _ := rules(t, "Ref; What\nR1; fell\n")
	assert.Empty(t, broken, "the style of the header")
}

func TestLineBreakWithoutQuotes(t *testing.T) {
	for text, want := range map[string][]string{
		"a,b,c\n1,2,It was given\nand then noticed\n4,5,6\n":       {csvlog.RuleLineBreak, csvlog.RuleCellCount},
		"a,b,c\r\n1,2,It was given\nand then noticed\r\n4,5,6\r\n": {csvlog.RuleLineBreak, csvlog.RuleCellCount},
		"a,b,c\n1,It was given\nand then noticed,3\n4,5,6\n":       {csvlog.RuleCellCount, csvlog.RuleCellCount},
		"a,b,c\n4,5,6\n1,2,It was given\nand then noticed":         {csvlog.RuleLineBreak, csvlog.RuleCellCount},
		"a,b,c\n1,2,\"It was given\nand then noticed\"\n4,5,6\n":   nil,
		"a,b,c\n1,2,3\n\nTotal of rows: 1\n4,5,6\n":                {csvlog.RuleCellCount},
		"note\nIt was given\nand then noticed\n":                   nil,
	} {
		_, broken, _ := rules(t, text)
		assert.Equal(t, want, broken, "%q", text)
	}
}

func TestShortRows(t *testing.T) {
	read := func(text string, columns ...int) (missing []int, broken []string) {
		r := open(t, text)
		r.AllowMissing(columns...)
		for row, err := range r.Rows() {
			if err != nil {
				broken = append(broken, err.(*csvlog.RowError).Text)
				continue
			}
			n := 0
			for i := range row.Len() {
				if row.Lacks(i) {
					n++
				}
			}
			missing = append(missing, n)
			assert.Equal(t, 4, row.Len())
		}
		return missing, broken
	}
	missing, broken := read("a,b,c,d\n1,2,3,4\n1,2\n1,2,3\n", 2, 3)
	assert.Equal(t, []int{0, 2, 1}, missing)
	assert.Empty(t, broken)
	for name, tt := range map[string]struct {
		text    string
		columns []int
	}{
		"no column may be missing":          {"a,b,c,d\n1,2,3\n", nil},
		"a column before the last":          {"a,b,c,d\n1,2,3\n", []int{1, 2}},
		"too many":                          {"a,b,c,d\n1,2\n", []int{3}},
		"cut by a line break of a text":     {"a,b,c,d\n1,2,given and\nso on,4\n", []int{3}},
		"the last line has no end":          {"a,b,c,d\n1,2,3", []int{3}},
		"the last line ends in half an end": {"a,b,c,d\r\n1,2,3\r", []int{3}},
		"a line feed among CR LF":           {"a,b,c,d\r\n1,2,3\nnote\r\n", []int{3}},
		"quoted, and the last line":         {"a,b,c,d\n1,2,\"3\"", []int{3}},
	} {
		missing, broken := read(tt.text, tt.columns...)
		assert.Empty(t, missing, name)
		assert.NotEmpty(t, broken, name)
	}
	_, broken = read("a,b,c,d\n1,2,3", 3)
	assert.Contains(t, broken[0], "it was cut off")
}

func TestJoinedFiles(t *testing.T) {
	rows, broken, _ := rules(t, "\ufeffRef,What\r\nA1,x\r\n\ufeffA2,y\r\n\ufeff\"A3\",z\r\n")
	assert.Equal(t, [][]string{{"A1", "x"}, {"A2", "y"}, {"A3", "z"}}, rows)
	assert.Empty(t, broken)
	rows, broken, l := rules(t, "\ufeffRef,What,\"Actual\nharm\"\nA1,x,1\n\ufeffRef,What,\"Actual\nharm\"\nA2,y,2\n")
	assert.Equal(t, [][]string{{"A1", "x", "1"}, {"A2", "y", "2"}}, rows)
	assert.Equal(t, []string{csvlog.RuleAgainHeader}, broken)
	assert.Equal(t, 4, l.errors[0].Line)
	rows, broken, _ = rules(t, "Ref,What\nA1,x\n\xef\xbb\xbfA2,\x93y\x94\n")
	assert.Equal(t, [][]string{{"A1", "x"}, {"A2", "\u201cy\u201d"}}, rows, "the mark of a file, and Windows-1252")
	assert.Empty(t, broken)
	// Words that are also column names are no header.
	rows, broken, _ = rules(t, "Ref,What,Harm\nRef,x,1\nWhat,Harm,3\n")
	assert.Len(t, rows, 2)
	assert.Empty(t, broken)
}

func TestJoinedFilesWithOtherColumns(t *testing.T) {
	r := open(t, "Ref,What,Harm\nA1,x,1\nRef,Harm,What\nA2,2,y\n")
	var last error
	n := 0
	for _, err := range r.Rows() {
		if last = err; err == nil {
			n++
		}
	}
	assert.Equal(t, 1, n)
	var bad *csvlog.FileError
	require.ErrorAs(t, last, &bad)
	assert.Equal(t, csvlog.RuleAgainHeader, bad.Rule)
	assert.Equal(t, 3, bad.Line)
}

func TestWhatSpreadsheetsLeaveInCells(t *testing.T) {
	for cell, want := range map[string]string{
		`="00123"`:                         "00123",
		`"=""00123"""`:                     "00123",
		`=""`:                              "",
		"one\vtwo\ftwo":                    "one\ntwo\ntwo",
		"one\u2028two\u2029two":            "one\ntwo\ntwo",
		"one\u0085two":                     "one\ntwo",
		"\u200bA2\ufeff\u2060":             "A2",
		"\u200e05/\u200e01/2026\u200f":     "05/01/2026",
		"\u202drepeat\u202c ser\u00advice": "repeat service",
		"=1+2":                             "=1+2",
		"a \U0001F469\u200d\u2695\ufe0f":   "a \U0001F469\u200d\u2695\ufe0f",
	} {
		rows, broken, _ := rules(t, "a,b\n"+cell+",x\n")
		require.Empty(t, broken, "%q", cell)
		assert.Equal(t, [][]string{{want, "x"}}, rows, "%q", cell)
	}
	_, broken, _ := rules(t, "a,b\n=\"1\"&B2,x\n")
	assert.Equal(t, []string{csvlog.RuleBareQuote}, broken)
}

func TestMacRoman(t *testing.T) {
	for name, row := range map[string]string{
		"quotes and dash":    "\xd2Methotrexate\xd3 was put on repeat daily \xd0 twice",
		"apostrophe":         "the pharmacist\xd5s call",
		"after capitals":     "the GP\xd5s call",
		"an Irish name":      "Dr O\xd5Connor",
		"long dash":          "given \xd1 twice",
		"ellipsis":           "and then\xc9",
		"bullet":             "\xa5 given twice",
		"degrees":            "38.5\xa1C",
		"e acute":            "at the caf\x8e",
		"o umlaut":           "Dr K\x9fnig", // ü
		"i diaeresis":        "na\x95ve",
		"e grave at the end": "Zo\x91 fell",
		"at most":            "eGFR \xb230",
		"euro":               "fine of \xdb5",
	} {
		t.Run(name, func(t *testing.T) {
			rows, broken, l := rules(t, "a,b\n1,2\n3,"+row+"\n4,plain\n5,caf\x96\n")
			assert.Equal(t, [][]string{{"1", "2"}, {"4", "plain"}}, rows, "what is not ASCII is refused from then on")
			assert.Equal(t, []string{csvlog.RuleEncoding, csvlog.RuleEncoding}, broken)
			assert.Contains(t, l.errors[0].Text, "Mac Roman")
		})
	}
	rows, broken, _ := rules(t, "a,b\r1,\xd2Methotrexate\xd3 daily \xd0 the pharmacist\xd5s caf\x8e\r", csvlog.WithEncoding(csvlog.MacRoman))
	assert.Empty(t, broken)
	assert.Equal(t, [][]string{{"1", "\u201cMethotrexate\u201d daily \u2013 the pharmacist\u2019s caf\u00e9"}}, rows)
	_, broken, _ = rules(t, "a,b\r1,f\x9ar\r")
	assert.Equal(t, []string{csvlog.RuleEncoding}, broken, "lines that end in CR come from a Mac")
}

func TestDOS(t *testing.T) {
	for name, row := range map[string]string{
		"pound":        "the patient paid \x9c9 for it",
		"e acute":      "the prot\x82g\x82 gave it",
		"degrees":      "the fridge was at 12\xf8C",
		"more degrees": "the fridge was at 12 \xf8C",
		"micrograms":   "given 125\xe6g",
		"u umlaut":     "Dr M\x81ller",
	} {
		rows, broken, l := rules(t, "a,b\n1,2\n3,"+row+"\n4,plain\n")
		assert.Equal(t, [][]string{{"1", "2"}, {"4", "plain"}}, rows, name)
		assert.Equal(t, []string{csvlog.RuleEncoding}, broken, name)
		assert.Contains(t, l.errors[0].Fix, "CSV UTF-8", name)
	}
}

// Windows-1252 as people write it is read, and what is partly UTF-8 is not.
func TestWindows1252IsNoMacRoman(t *testing.T) {
	for _, row := range []string{
		"\x93Methotrexate\x94 was \x96 5\xb0C \x97 the pharmacist\x92s caf\xe9\x85", "\xa35 and \xa5500, \xbd dose \xb1 1 m\xb2", "\xc9va and \xd3scar", "CAF\xc9, MA\xd1ANA, CAM\xd5ES",
		"Dr M\xfcller and Zo\xeb", "Jos\xe9 \x8aimek", "\x80 20", "H\xb2O", "\x95 given", "Ren\xe9e\x92s na\xefve cr\xe8me", "\x91quoted\x92 10\xb3",
		"\x9cuvre and c\x9cur", "sm\xf8rrebr\xf8d \xf8l", "\xe6g and C\xe6sar", "25 \xb5g",
	} {
		rows, broken, _ := rules(t, "a,b\n\""+row+"\",2\n")
		assert.Empty(t, broken, "%q", row)
		assert.Len(t, rows, 1)
	}
	for _, row := range []string{"caf\xc3\xa9 \x93x\x94", "the pharmacist\xe2\x80\x99s \xa35"} {
		_, broken, _ := rules(t, "a,b\n"+row+",2\n")
		assert.Equal(t, []string{csvlog.RuleEncoding}, broken, "%q", row)
	}
}

func TestOneZeroByteCostsOneRow(t *testing.T) {
	for _, text := range []string{"a,b\n1,\x00\n3,4\n", "a,b\n\x001,2\n3,4\n", "a,b\n1,\"2\x00\n2\"\n3,4\n", "a,b\n3,4\n1,2\x00", "a,b\n\x00\n3,4\n"} {
		rows, broken, _ := rules(t, text)
		assert.Equal(t, [][]string{{"3", "4"}}, rows, "%q", text)
		assert.Len(t, broken, 1)
	}
	rows, broken, l := rules(t, "a\x00,b\n3,4\n\u00e9,4\n\xe9,4\n")
	assert.Len(t, rows, 3)
	assert.Empty(t, broken)
	assert.Equal(t, csvlog.RuleNUL, l.warnings[0].Rule, "in the header row no row is lost")
	assert.Equal(t, csvlog.RuleMixedEncoding, l.warnings[1].Rule)
	assert.Equal(t, []string{"a", "b"}, open(t, "\x00a,b\n").Columns())
}

func TestGuard(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "plain": "plain", "62 years": "62 years", "5 - 6": "5 - 6", "'quoted'": "'quoted'",
		"=1+1": "'=1+1", "+44": "'+44", "-2": "'-2", "@SUM(1)": "'@SUM(1)", "\tx": "'\tx", " =1": "' =1", "\uff1d1": "'\uff1d1", "\uff0b1": "'\uff0b1", "\uff20x": "'\uff20x",
		"'=1": "''=1", "\r=1": "\ufffd=1", "\x1b[31m": "\ufffd[31m", "a\u202eb": "a\ufffdb",
	} {
		got := csvlog.Guard(text)
		assert.Equal(t, want, got, "%q", text)
		if !strings.Contains(got, "\ufffd") {
			assert.Equal(t, text, csvlog.Unguard(got), "%q", text)
		}
	}
}
