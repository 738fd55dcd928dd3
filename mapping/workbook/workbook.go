// Package workbook reads an incident log from a sheet of an Excel workbook (.xlsx), so that
// every map of a CSV log works on it: a cell is what Excel with British settings shows, as
// it would save it as CSV. Its rows go to mapping.Mapper.OpenTable.
//
// The package has a dependency of its own, excelize, which only programs that import it
// carry.
//
// # What can go wrong with a workbook
//
// It may be made to fill the memory: a file of more than [MaxFile], or of more than
// [MaxUnzipped] when unpacked, is refused before it is unpacked. Nothing that a workbook
// refers to is opened, and no formula is worked out: the value that was saved with a formula
// counts. A row is refused, and the others are read, if a formula has no saved value, if its
// value comes from another workbook, which may have changed since, or if cells are merged,
// because nobody can tell to which rows the text belongs. Dates count from 1900 or from 1904
// as the workbook says, and those with a format that puts the month before the day, as in
// the United States, are written with the day first: no map could tell them apart.
//
// A note on a cell is not read, and text that is struck through is read as it stands; the
// warnings count the cells of both.
//
// # What it can never know
//
// A day that the sheet shows without its year has no year, although Excel has it: what
// people have seen and checked counts. A number that was typed before the column was
// formatted as text has lost its leading zeros.
package workbook

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/gpsafety/lfpse-go/lfpse/nearest"
	"github.com/gpsafety/lfpse-go/lfpse/printable"
	"github.com/gpsafety/lfpse-go/mapping/csvlog"
)

// The limits of a workbook, in bytes: of the file, and of what is in it when unpacked. A log
// of 20,000 rows keeps within them.
const (
	MaxFile     = 16 << 20
	MaxUnzipped = 32 << 20
)

// What the parts of a workbook may have, because they are held as a whole, which takes many
// times their size: how many parts there are, the size of one that is neither a sheet nor
// the texts nor a picture, and the number of texts.
const (
	maxParts = 2000
	maxPart  = 4 << 20
	maxTexts = 1_000_000
)

// Option changes how a workbook is read.
type Option func(*config)

type config struct{ sheet string }

// WithSheet names the sheet that has the log. Default: the only one that holds anything.
func WithSheet(name string) Option { return func(c *config) { c.sheet = name } }

// Sheet is a log in a workbook. It is a mapping.Table, for one goroutine at a time. Rows
// that cannot be read are a [*csvlog.RowError], whose line is the row of the sheet.
type Sheet struct {
	book    *excelize.File
	name    string
	first   int // row of the header
	columns []string
	faults  map[int]fault

	warnings []csvlog.Finding
}

// Is reports whether a file begins as a workbook does.
func Is(head []byte) bool { return bytes.HasPrefix(head, []byte("PK\x03\x04")) }

// Open reads a workbook and finds the sheet with the log and its column names, which are in
// its first row that holds anything. The error, of type [*csvlog.FileError], says why that
// is not possible; where several sheets could be meant, it names them.
func Open(src io.Reader, opts ...Option) (*Sheet, error) {
	var c config
	for _, o := range opts {
		o(&c)
	}
	data, err := io.ReadAll(io.LimitReader(src, MaxFile+1))
	if err != nil {
		return nil, fileError("WORKBOOK-UNREADABLE", "The source failed while the workbook was being read.", "Read the file again.")
	}
	if err := measure(data); err != nil {
		return nil, err
	}
	book, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{
		UnzipSizeLimit: MaxUnzipped, UnzipXMLSizeLimit: MaxUnzipped, // nothing is written to the disk
		ShortDatePattern: "dd/mm/yyyy", LongDatePattern: "d mmmm yyyy", LongTimePattern: "hh:mm:ss",
	})
	if err != nil {
		return nil, damaged()
	}
	s := &Sheet{book: book}
	shared, _ := s.raw("xl/sharedStrings.xml")
	if bytes.Count(shared, []byte("<")) > 4*maxTexts {
		return nil, tooLarge("The workbook has too many texts.")
	}
	if s.name, err = s.choose(c.sheet); err != nil {
		return nil, err
	}
	s.dayFirst()
	if err := s.look(shared); err != nil {
		return nil, err
	}
	return s, nil
}

// look finds the rows that cannot be used and the column names, and warns of what the rows
// do not show. It takes the shared texts.
func (s *Sheet) look(shared []byte) error {
	part, ok := s.part(s.name)
	if !ok {
		return damaged()
	}
	texts, err := readTexts(shared)
	if err != nil {
		return err
	}
	x, err := inspect(part, texts, s.struckStyles())
	if err != nil {
		return err
	}
	s.faults = x.faults
	notes, err := s.notes()
	if err != nil {
		return err
	}
	if err := s.header(); err != nil {
		return err
	}
	s.warn(notes, "WORKBOOK-NOTE", "Cells below the column names have a note or a comment: %d, the first in this row. What a note says is not read.", "Write into a cell what belongs to the event.")
	s.warn(x.struck, "WORKBOOK-STRUCK", "Cells have text that is struck through, all of it or a part: %d, the first in this row. It is read as if it were not.", "Delete the text or the row if it does not count any more.")
	return nil
}

// measure refuses what is no workbook, or is too large, before anything is unpacked.
func measure(data []byte) error {
	const compound = "\xd0\xcf\x11\xe0" // of .xls, and of workbooks with a password
	if len(data) > MaxFile {
		return tooLarge(fmt.Sprintf("The file is larger than %d MiB.", MaxFile>>20))
	}
	if bytes.HasPrefix(data, []byte(compound)) {
		return fileError("WORKBOOK-UNREADABLE", "The workbook has a password, or is of the old form .xls.", "Save it as .xlsx without a password.")
	}
	parts, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return damaged()
	}
	var size uint64
	for _, p := range parts.File {
		size += min(p.UncompressedSize64, MaxUnzipped+1) // which cannot overflow
		if p.UncompressedSize64 > maxPart && !large(strings.ToLower(p.Name)) {
			return tooLarge("A part of the workbook that describes it is too large.")
		}
	}
	if size > MaxUnzipped || len(parts.File) > maxParts {
		return tooLarge(fmt.Sprintf("Unpacked, the workbook has more than %d MiB or %d parts.", MaxUnzipped>>20, maxParts))
	}
	return nil
}

// large reports whether a part may be large: it is read in a stream, counted, or not read.
func large(part string) bool {
	return strings.HasPrefix(part, "xl/worksheets/") || strings.HasPrefix(part, "xl/sharedstrings") || strings.HasPrefix(part, "xl/media/")
}

// choose finds the sheet of a name or, without a name, the only one that holds anything.
func (s *Sheet) choose(name string) (string, error) {
	var filled []string
	for _, sheet := range s.book.GetSheetList() {
		if strings.EqualFold(strings.TrimSpace(sheet), strings.TrimSpace(name)) {
			return sheet, nil
		}
		part, is := s.part(sheet) // a chart is none
		if name != "" || is && holdsAnything(part) {
			filled = append(filled, sheet)
		}
	}
	list := `"` + printable.Line(strings.Join(filled[:min(len(filled), 20)], `", "`)) + `"`
	switch {
	case name != "":
		return "", fileError("WORKBOOK-SHEET", "The workbook has no sheet of that name; it has "+list+printable.Line(nearest.Hint(name, filled))+".", "Give the name of the sheet that has the log.")
	case len(filled) == 0:
		return "", fileError("WORKBOOK-SHEET", "The workbook holds nothing.", "Check that it is the right file.")
	case len(filled) > 1:
		return "", fileError("WORKBOOK-SHEET", "Several sheets hold something: "+list+".", "Give the name of the sheet that has the log, with --sheet.")
	}
	return filled[0], nil
}

// header reads the column names.
func (s *Sheet) header() error {
	for row, err := range s.cells() {
		if err != nil {
			return err
		}
		if f, bad := s.faults[row.number]; bad {
			fix := f.fix()
			if f == merged {
				fix = "If it is a title, delete the row; if not, unmerge the cells and give each column a name."
			}
			return fileError(f.rule(), fmt.Sprintf("In row %d, the first that holds anything and so that of the column names: %s", row.number, f.text()), fix)
		}
		s.first = row.number
		for _, cell := range row.cells {
			s.columns = append(s.columns, csvlog.ColumnName(cell))
		}
		return nil
	}
	return fileError("WORKBOOK-SHEET", "The sheet holds nothing.", "Give the name of the sheet that has the log.")
}

// numbered is a row of a sheet.
type numbered struct {
	number int
	cells  []string // without blank ones at the end
}

// cells yields the rows that hold anything, or have a fault.
func (s *Sheet) cells() iter.Seq2[numbered, error] {
	return func(yield func(numbered, error) bool) {
		rows, err := s.book.Rows(s.name)
		if err != nil {
			yield(numbered{}, damaged())
			return
		}
		defer rows.Close()
		for n := 1; rows.Next(); n++ {
			cells, err := rows.Columns()
			if err != nil {
				yield(numbered{}, damaged())
				return
			}
			for len(cells) > 0 && strings.TrimSpace(cells[len(cells)-1]) == "" {
				cells = cells[:len(cells)-1]
			}
			if _, bad := s.faults[n]; len(cells) == 0 && !bad {
				continue
			}
			if !yield(numbered{n, cells}, nil) {
				return
			}
		}
	}
}

// Columns returns the column names.
func (s *Sheet) Columns() []string { return slices.Clone(s.columns) }

// Warnings returns what the rows do not show: that cells have notes, or text that is struck
// through. The line is the row of the first.
func (s *Sheet) Warnings() []csvlog.Finding { return slices.Clone(s.warnings) }

// Rows yields the rows below the column names that hold anything, in order. A row that
// cannot be used is a [*csvlog.RowError], and reading goes on. Any other error, a
// [*csvlog.FileError], comes last.
func (s *Sheet) Rows() iter.Seq2[csvlog.Row, error] {
	return func(yield func(csvlog.Row, error) bool) {
		number := 0
		for row, err := range s.cells() {
			if err == nil && row.number <= s.first {
				continue
			}
			number++
			if !yield(s.row(number, row, err)) {
				return
			}
		}
	}
}

func (s *Sheet) row(number int, row numbered, err error) (csvlog.Row, error) {
	if err != nil {
		return csvlog.Row{}, err
	}
	if f, bad := s.faults[row.number]; bad {
		return csvlog.Row{}, rowError(number, row.number, f.rule(), f.text(), f.fix())
	}
	if len(row.cells) > len(s.columns) {
		return csvlog.Row{}, rowError(number, row.number, csvlog.RuleCellCount, "The row has a cell to the right of the last column name.", "Give the column a name, or clear the cell.")
	}
	cells := make([]string, len(s.columns))
	for i, c := range row.cells {
		cells[i] = csvlog.CleanCell(strings.ReplaceAll(c, "\r\n", "\n"))
	}
	return csvlog.NewRow(number, row.number, cells), nil
}

func rowError(number, line int, rule, text, fix string) *csvlog.RowError {
	return &csvlog.RowError{Finding: csvlog.Finding{Line: line, Rule: rule, Text: text, Fix: fix}, LastLine: line, Number: number}
}

func fileError(rule, text, fix string) error {
	return &csvlog.FileError{Finding: csvlog.Finding{Rule: rule, Text: text, Fix: fix}}
}

func damaged() error {
	return fileError("WORKBOOK-UNREADABLE", "This is no workbook of the form .xlsx, or it is damaged.", "Open it in Excel and save it as .xlsx, or as \"CSV UTF-8\".")
}

func tooLarge(text string) error {
	return fileError("WORKBOOK-SIZE", text, "Save the sheet with the log as \"CSV UTF-8\": CSV may have any size.")
}

// Format prints the name of the type and nothing else.
func (*Sheet) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "workbook.Sheet") }

// LogValue logs the name of the type and nothing else.
func (*Sheet) LogValue() slog.Value { return slog.StringValue("workbook.Sheet") }
