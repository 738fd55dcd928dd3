package workbook_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"github.com/gpsafety/lfpse-go/conformance/measure/sourcetest"
	"github.com/gpsafety/lfpse-go/mapping/csvlog"
	"github.com/gpsafety/lfpse-go/mapping/workbook"
)

// file makes a workbook.
func file(t testing.TB, fill func(f *excelize.File)) []byte {
	f := excelize.NewFile()
	fill(f)
	var b bytes.Buffer
	require.NoError(t, f.Write(&b))
	return b.Bytes()
}

// put fills a row of a sheet from column A on.
func put(t testing.TB, f *excelize.File, sheet string, row int, cells ...any) {
	require.NoError(t, f.SetSheetRow(sheet, fmt.Sprintf("A%d", row), &cells))
}

func open(t testing.TB, data []byte, opts ...workbook.Option) *workbook.Sheet {
	s, err := workbook.Open(bytes.NewReader(data), opts...)
	require.NoError(t, err)
	return s
}

// read returns the rows as texts, and for those with an error its line and rule.
func read(s *workbook.Sheet) (out []string) {
	for row, err := range s.Rows() {
		var broken *csvlog.RowError
		if err != nil {
			broken = err.(*csvlog.RowError)
			out = append(out, fmt.Sprint(broken.Line, " ", broken.Rule))
			continue
		}
		var cells []string
		for i := range row.Len() {
			cells = append(cells, row.Cell(i))
		}
		out = append(out, fmt.Sprint(row.Line, " ", strings.Join(cells, "|")))
	}
	return out
}

// The same log as CSV and as a workbook gives the same drafts.
func TestAWorkbookGivesTheDraftsOfTheCSV(t *testing.T) {
	const name = "../odoo/testdata/log.csv"
	log, err := os.Open(name)
	require.NoError(t, err)
	defer log.Close()
	r, err := csvlog.NewReader(log)
	require.NoError(t, err)
	data := file(t, func(f *excelize.File) {
		var head []any
		for _, c := range r.Columns() {
			head = append(head, c)
		}
		put(t, f, "Sheet1", 1, head...)
		for row, err := range r.Rows() {
			require.NoError(t, err)
			var cells []any
			for i := range row.Len() {
				cells = append(cells, row.Cell(i))
			}
			put(t, f, "Sheet1", row.Number+1, cells...)
		}
	})
	m := sourcetest.Mapper(t, "odoo")
	fromBook, err := m.OpenTable(open(t, data))
	require.NoError(t, err)
	_, err = log.Seek(0, io.SeekStart)
	require.NoError(t, err)
	fromCSV, err := m.Open(log)
	require.NoError(t, err)
	want, got := sourcetest.Check(t, fromCSV), sourcetest.Check(t, fromBook)
	require.Len(t, got, len(want))
	for i := range want {
		assert.Equal(t, want[i].Reference, got[i].Reference)
		assert.Equal(t, want[i].State, got[i].State)
		assert.Equal(t, want[i].Event, got[i].Event)
		assert.Equal(t, want[i].Questions, got[i].Questions)
	}
}

func TestCellsAreWhatPeopleSee(t *testing.T) {
	for _, from1904 := range []bool{false, true} {
		data := file(t, func(f *excelize.File) {
			require.NoError(t, f.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &from1904}))
			put(t, f, "Sheet1", 2, " Event  date ", "Number", "Text", "Yes")
			put(t, f, "Sheet1", 4, time.Date(2026, 3, 5, 0, 0, 0, 0, time.UTC), 9991234569, "two\nlines", true)
			style, err := f.NewStyle(&excelize.Style{NumFmt: 14})
			require.NoError(t, err)
			require.NoError(t, f.SetCellStyle("Sheet1", "A4", "A4", style))
		})
		s := open(t, data)
		assert.Equal(t, []string{"Event date", "Number", "Text", "Yes"}, s.Columns())
		assert.Equal(t, []string{"4 05/03/2026|9991234569|two\nlines|TRUE"}, read(s), "1904: %v", from1904)
	}
}

func TestDatesWithTheMonthFirstAreWrittenWithTheDayFirst(t *testing.T) {
	formats := []string{"m/d/yyyy", "mm/dd/yy", `mm\-dd\-yyyy`, "[$-409]m/d/yy h:mm AM/PM;@", "dddd, m/d/yyyy", "dd/mm/yyyy hh:mm", "yyyy-mm-dd", "d mmm yyyy", "h:mm:ss d/m/yy"}
	s := open(t, file(t, func(f *excelize.File) {
		put(t, f, "Sheet1", 1, "Day")
		for i, format := range formats {
			cell := fmt.Sprintf("A%d", i+2)
			require.NoError(t, f.SetCellValue("Sheet1", cell, time.Date(2026, 3, 5, 14, 30, 0, 0, time.UTC)))
			style, err := f.NewStyle(&excelize.Style{CustomNumFmt: &format})
			require.NoError(t, err)
			require.NoError(t, f.SetCellStyle("Sheet1", cell, cell, style))
		}
	}))
	assert.Equal(t, []string{"2 05/03/2026", "3 05/03/2026", "4 05/03/2026", "5 05/03/2026 2:30 PM", "6 Thursday, 05/03/2026",
		"7 05/03/2026 14:30", "8 2026-03-05", "9 5 Mar 2026", "10 14:30:00 5/3/26"}, read(s))
}

func TestRowsThatCannotBeUsed(t *testing.T) {
	s := open(t, file(t, func(f *excelize.File) {
		put(t, f, "Sheet1", 1, "A", "B")
		put(t, f, "Sheet1", 2, "good", "row")
		require.NoError(t, f.SetCellFormula("Sheet1", "A3", "1+1"))
		require.NoError(t, f.SetCellFormula("Sheet1", "A4", "[1]Other!A1"))
		put(t, f, "Sheet1", 5, "merged", "over two rows")
		require.NoError(t, f.MergeCell("Sheet1", "A5", "A6"))
		put(t, f, "Sheet1", 7, "1", "2", "3")
		put(t, f, "Sheet1", 9, "last")
	}))
	assert.Equal(t, []string{"2 good|row", "3 WORKBOOK-FORMULA", "4 WORKBOOK-LINK", "5 WORKBOOK-MERGED", "6 WORKBOOK-MERGED", "7 CSV-CELL-COUNT", "9 last|"}, read(s))
}

// What the cells do not show is counted, without a word of it; what stands with the column
// names is about the columns.
func TestNotesAndStruckTextAreWarnedOf(t *testing.T) {
	s := open(t, file(t, func(f *excelize.File) {
		put(t, f, "Sheet1", 2, "A", "B")
		put(t, f, "Sheet1", 3, "good", "row")
		put(t, f, "Sheet1", 4, "SECRET", "old")
		put(t, f, "Sheet1", 5, "kept")
		for _, cell := range []string{"B2", "B5", "A4"} {
			require.NoError(t, f.AddComment("Sheet1", excelize.Comment{Cell: cell, Text: "SECRET"}))
		}
		strike, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Strike: true}})
		require.NoError(t, err)
		require.NoError(t, f.SetCellStyle("Sheet1", "B4", "B9", strike)) // with blank cells
		require.NoError(t, f.SetCellRichText("Sheet1", "B3", []excelize.RichTextRun{{Text: "was "}, {Text: "SECRET", Font: &excelize.Font{Strike: true}}}))
		require.NoError(t, f.SetCellRichText("Sheet1", "A5", []excelize.RichTextRun{{Text: "kept", Font: &excelize.Font{Bold: true}}}))
	}))
	var got []string
	for _, w := range s.Warnings() {
		got = append(got, w.String())
	}
	assert.Equal(t, []string{
		"WORKBOOK-NOTE at line 4: Cells below the column names have a note or a comment: 2, the first in this row. What a note says is not read. Write into a cell what belongs to the event.",
		"WORKBOOK-STRUCK at line 3: Cells have text that is struck through, all of it or a part: 2, the first in this row. It is read as if it were not. Delete the text or the row if it does not count any more.",
	}, got)
	assert.Equal(t, []string{"3 good|was SECRET", "4 SECRET|old", "5 kept|"}, read(s))
	assert.Empty(t, open(t, file(t, func(f *excelize.File) { put(t, f, "Sheet1", 1, "A") })).Warnings())
}

func TestTextOfACellItselfThatIsStruckThrough(t *testing.T) {
	const sheet = `<worksheet><sheetData><row r="1"><c t="str"><v>A</v></c></row>` +
		`<row r="2"><c t="inlineStr"><is><r><rPr><strike val="0"/></rPr><t>x</t></r></is></c></row>` +
		`<row r="3"><c t="inlineStr"><is><r><rPr><strike/></rPr><t>x</t></r><r><rPr><strike/></rPr><t>y</t></r><r><t>z</t></r></is></c></row></sheetData></worksheet>`
	s := open(t, replaced(t, "xl/worksheets/sheet1.xml", func(w io.Writer) { _, _ = io.WriteString(w, sheet) }))
	require.Len(t, s.Warnings(), 1)
	assert.Contains(t, s.Warnings()[0].String(), "WORKBOOK-STRUCK at line 3: Cells have text that is struck through, all of it or a part: 1,")
}

func TestFormulasThatGiveNothing(t *testing.T) {
	const sheet = `<worksheet><sheetData><row r="1"><c t="str"><v>A</v></c><c t="str"><v>B</v></c></row>` +
		`<row r="2"><c t="str"><v>x</v></c><c t="str"><f>IF(A2="","",A2)</f><v></v></c></row>` +
		`<row r="3"><c t="str"><f>IF(A3="","",A3)</f><v/></c></row>` +
		`<row r="4"><c><f>A2+1</f><v></v></c></row><row r="5"><c t="str"><f>A2</f></c></row></sheetData></worksheet>`
	s := open(t, replaced(t, "xl/worksheets/sheet1.xml", func(w io.Writer) { _, _ = io.WriteString(w, sheet) }))
	assert.Equal(t, []string{"2 x|", "4 WORKBOOK-FORMULA", "5 WORKBOOK-FORMULA"}, read(s))
}

func TestAMergedTitleAboveTheColumnNames(t *testing.T) {
	_, err := workbook.Open(bytes.NewReader(file(t, func(f *excelize.File) {
		put(t, f, "Sheet1", 2, "Significant events 2026")
		require.NoError(t, f.MergeCell("Sheet1", "A2", "C2"))
		put(t, f, "Sheet1", 3, "A", "B", "C")
	})))
	assert.ErrorContains(t, err, "In row 2, the first that holds anything")
	assert.ErrorContains(t, err, "If it is a title, delete the row")
}

// What a map says of a file does not count for a workbook, so it is no advice.
func TestMissingColumnsOfAWorkbook(t *testing.T) {
	m := sourcetest.Mapper(t, "odoo")
	for want, head := range map[string][]any{
		"perhaps the first row of the log is not the one with the column names: delete the rows above it\n": {"Events of our practice"},
		"everything in its first cell: in Excel, split column A":                                            {strings.Join(m.Columns(), ",")},
	} {
		_, err := m.OpenTable(open(t, file(t, func(f *excelize.File) { put(t, f, "Sheet1", 1, head...) })))
		assert.ErrorContains(t, err, want)
		assert.NotContains(t, err.Error(), "source.columns")
		assert.NotContains(t, err.Error(), "in quotes")
	}
}

func TestWhichSheet(t *testing.T) {
	data := file(t, func(f *excelize.File) {
		for _, name := range []string{"Log 2026", "Lists", "Empty"} {
			_, err := f.NewSheet(name)
			require.NoError(t, err)
		}
		put(t, f, "Log 2026", 1, "A")
		put(t, f, "Log 2026", 2, "x")
		put(t, f, "Lists", 1, "B")
	})
	_, err := workbook.Open(bytes.NewReader(data))
	assert.ErrorContains(t, err, `Several sheets hold something: "Log 2026", "Lists"`)
	assert.Equal(t, []string{"2 x"}, read(open(t, data, workbook.WithSheet("log 2026"))))
	_, err = workbook.Open(bytes.NewReader(data), workbook.WithSheet("Log 2025"))
	assert.ErrorContains(t, err, "no sheet of that name")
	_, err = workbook.Open(bytes.NewReader(data), workbook.WithSheet("Empty"))
	assert.ErrorContains(t, err, "holds nothing")
}

// replaced is a workbook with another content of one part.
func replaced(t testing.TB, part string, content func(w io.Writer)) []byte {
	whole := file(t, func(f *excelize.File) { put(t, f, "Sheet1", 1, "A") })
	in, err := zip.NewReader(bytes.NewReader(whole), int64(len(whole)))
	require.NoError(t, err)
	var b bytes.Buffer
	out := zip.NewWriter(&b)
	for _, p := range in.File {
		w, err := out.Create(p.Name)
		require.NoError(t, err)
		if p.Name == part {
			content(w)
			continue
		}
		r, err := p.Open()
		require.NoError(t, err)
		_, err = io.Copy(w, r)
		require.NoError(t, err)
	}
	require.NoError(t, out.Close())
	return b.Bytes()
}

func TestHostileWorkbooksEndInClearErrors(t *testing.T) {
	const sheet = "xl/worksheets/sheet1.xml"
	many := func(before, text, after string, bytes int) func(io.Writer) {
		return func(w io.Writer) {
			_, _ = io.WriteString(w, before)
			for n := 0; n < bytes; n += 1000 * len(text) {
				_, _ = io.WriteString(w, strings.Repeat(text, 1000))
			}
			_, _ = io.WriteString(w, after)
		}
	}
	const start, end = "<worksheet><sheetData>", "</sheetData></worksheet>"
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"no zip":            {[]byte("PK\x03\x04 and no more"), "WORKBOOK-UNREADABLE"},
		"password":          {[]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), "a password"},
		"no workbook":       {replaced(t, "xl/workbook.xml", many("", "x", "", 1)), "WORKBOOK-"},
		"bomb":              {replaced(t, sheet, many(start, "<row/>", end, 200<<20)), "WORKBOOK-SIZE"},
		"many texts":        {replaced(t, "xl/sharedStrings.xml", many("<sst>", "<si/>", "</sst>", 28<<20)), "WORKBOOK-SIZE"},
		"many styles":       {replaced(t, "xl/styles.xml", many("<styleSheet><cellXfs>", "<xf/>", "</cellXfs></styleSheet>", 28<<20)), "WORKBOOK-SIZE"},
		"many rows":         {replaced(t, sheet, many(start, "<row/>", end, 28<<20)), "WORKBOOK-"},
		"deep":              {replaced(t, sheet, many(start, "<row>", "", 20<<20)), "WORKBOOK-"},
		"far column":        {replaced(t, sheet, many(start+`<row r="1">`, `<c r="XFD1"><v>1</v></c>`, "</row>"+end, 1)), "1000 columns"},
		"far row":           {replaced(t, sheet, many(start, `<row r="99999999"><c r="A1"/></row>`, end, 1)), "WORKBOOK-"},
		"merged columns":    {replaced(t, sheet, many(start+end[:len("</sheetData>")]+"<mergeCells>", `<mergeCell ref="A1:B1048576"/>`, "</mergeCells></worksheet>", 1)), "WORKBOOK-"},
		"entities":          {replaced(t, sheet, many(`<!DOCTYPE x [<!ENTITY a "b">]>`+start+`<row r="1"><c r="A1" t="str"><v>&a;</v></c></row>`, " ", end, 1)), "WORKBOOK-"},
		"rows in disorder":  {replaced(t, sheet, many(start+`<row r="2"><c r="A2"><v>2</v></c></row>`, `<row r="1"><c r="A1"><v>1</v></c></row>`, end, 1)), "WORKBOOK-UNREADABLE"},
		"cells in disorder": {replaced(t, sheet, many(start+`<row r="1">`, `<c r="B1"><v>2</v></c><c r="A1"><v>1</v></c>`, "</row>"+end, 1)), "WORKBOOK-UNREADABLE"},
		"a row twice":       {replaced(t, sheet, many(start+`<row r="1"><c r="A1"><v>2</v></c></row>`, `<row r="1"><c r="B1"><v>1</v></c></row>`, end, 1)), "WORKBOOK-UNREADABLE"},
		"text beyond all":   {replaced(t, sheet, many(start+`<row r="1"><c r="A1" t="s"><v>0</v></c></row>`, `<row r="2"><c r="A2" t="s"><v>7</v></c></row>`, end, 1)), "WORKBOOK-UNREADABLE"},
		"text below all":    {replaced(t, sheet, many(start, `<row r="1"><c r="A1" t="s"><v>-1</v></c></row>`, end, 1)), "WORKBOOK-UNREADABLE"},
		"text without one":  {replaced(t, sheet, many(start, `<row r="1"><c r="A1" t="s"><v>x</v></c></row>`, end, 1)), "WORKBOOK-UNREADABLE"},
		"broken part":       {replaced(t, sheet, many(start+"<row", " ", "", 1)), "WORKBOOK-"},
	} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			begin := time.Now()
			_, err := workbook.Open(bytes.NewReader(c.data))
			runtime.ReadMemStats(&after)
			assert.ErrorContains(t, err, c.want)
			assert.Less(t, time.Since(begin), 20*time.Second)
			t.Logf("%s: %d MiB held, %d MiB in all, %v", name, (int64(after.HeapAlloc)-int64(before.HeapAlloc))>>20, (after.TotalAlloc-before.TotalAlloc)>>20, time.Since(begin))
		})
	}
}

func Example() {
	f := excelize.NewFile()
	_ = f.SetSheetRow("Sheet1", "A1", &[]any{"Reference", "What happened?"})
	_ = f.SetSheetRow("Sheet1", "A2", &[]any{"SEA-1", "A letter went missing."})
	var b bytes.Buffer
	_ = f.Write(&b)
	sheet, err := workbook.Open(&b)
	if err != nil {
		fmt.Println(err)
		return
	}
	for row, err := range sheet.Rows() {
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Println(row.Line, row.Cell(0))
	}
	// Output: 2 SEA-1
}
