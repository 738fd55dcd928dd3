package workbook

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"io"
	"path"
	"regexp"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/gpsafety/lfpse-go/mapping/csvlog"
)

// fault is why a row of a sheet cannot be used.
type fault uint8

const (
	unsaved fault = iota // a formula without a saved value
	linked               // a value from another workbook
	merged               // merged cells
)

func (f fault) rule() string {
	return [...]string{"WORKBOOK-FORMULA", "WORKBOOK-LINK", "WORKBOOK-MERGED"}[f]
}

func (f fault) text() string {
	return [...]string{
		"The row has a formula whose value was not saved.",
		"The row has a value that comes from another workbook and may have changed.",
		"The row has merged cells, so nobody can tell to which row or column their text belongs.",
	}[f]
}

func (f fault) fix() string {
	return [...]string{
		"Open the workbook in Excel and save it.",
		"Paste the values in the place of the formulas.",
		"Unmerge the cells and fill in each.",
	}[f]
}

// maxMerged is how many rows one merged range may span. Somebody who merges more has merged
// a column.
const maxMerged = 10_000

// maxDepth is how deep the XML of a sheet may be nested: the decoder holds every level.
const maxDepth = 32

// elements calls start for every element of a sheet and text for what is written in it,
// until one of them returns false. It refuses XML that is no sheet.
func elements(part []byte, start func(xml.StartElement) bool, text func(in string, data []byte) bool) error {
	d := xml.NewDecoder(bytes.NewReader(part))
	var open []string
	for {
		token, err := d.Token()
		if err == io.EOF {
			return nil
		} else if err != nil {
			return damaged()
		}
		ok := true
		switch t := token.(type) {
		case xml.StartElement:
			if open = append(open, t.Name.Local); len(open) > maxDepth {
				return damaged()
			}
			ok = start(t)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			ok = len(open) == 0 || text(open[len(open)-1], t)
		}
		if !ok {
			return nil
		}
	}
}

// holdsAnything reports whether a sheet has a cell with a value. What cannot be read
// counts: it is refused when the sheet is chosen.
func holdsAnything(part []byte) (found bool) {
	err := elements(part, func(xml.StartElement) bool { return true }, func(in string, data []byte) bool {
		found = (in == "v" || in == "t" || in == "f") && len(bytes.TrimSpace(data)) > 0
		return !found
	})
	return found || err != nil
}

// external is how a formula refers to another workbook: by its number. A name between the
// brackets is that of a column of a table.
var external = regexp.MustCompile(`\[[0-9]+\]`)

// inspection finds the rows of a sheet that cannot be used.
type inspection struct {
	row     int
	column  int
	formula bool // the current cell has one, of which no value has been seen
	text    bool // its value is a text, which may be empty
	shared  bool // its value is the number of a shared text
	strikes bool // its style, or the current run of its text, is struck through
	styled  bool // its style is
	faults  map[int]fault
	struck  []int // rows of the cells with text that is struck through
	counted bool  // the current cell is among them
	err     error

	texts  texts
	styles map[string]bool // those that strike through
}

// inspect finds the rows that cannot be used, and the cells that are struck through. It
// reads the sheet once as XML, because the rows that excelize gives do not tell a formula
// without a value from a blank cell.
func inspect(part []byte, t texts, styles map[string]bool) (*inspection, error) {
	x := &inspection{faults: map[int]fault{}, texts: t, styles: styles}
	err := elements(part, func(e xml.StartElement) bool {
		x.err = x.start(e)
		return x.err == nil
	}, func(in string, data []byte) bool {
		x.err = x.content(in, data)
		return x.err == nil
	})
	return x, cmp.Or(err, x.err)
}

// content takes what is written in an element.
func (x *inspection) content(in string, data []byte) error {
	switch {
	case in == "f" && external.Match(data):
		x.faults[x.row], x.formula = linked, false
	case in == "v":
		x.saved()
	}
	if in != "v" && in != "t" || len(bytes.TrimSpace(data)) == 0 {
		return nil
	}
	strikes := x.strikes
	if in == "v" && x.shared {
		number, ok := x.texts.has(data)
		if !ok {
			return damaged()
		}
		strikes = strikes || x.texts.struck[number]
	}
	if strikes && !x.counted {
		x.struck, x.counted = append(x.struck, x.row), true
	}
	return nil
}

// saved notes that the current cell has a value.
func (x *inspection) saved() {
	if x.formula {
		delete(x.faults, x.row)
		x.formula = false
	}
}

func (x *inspection) start(e xml.StartElement) error {
	switch e.Name.Local {
	case "row":
		return x.startRow(attribute(e, "r"))
	case "c":
		x.formula, x.text, x.shared = false, attribute(e, "t") == "str", attribute(e, "t") == "s"
		x.styled, x.counted = x.styles[attribute(e, "s")], false
		x.strikes = x.styled
		return x.startCell(attribute(e, "r"))
	case "r":
		x.strikes = x.styled
	case "strike":
		x.strikes = isOn(e)
	case "f":
		if _, bad := x.faults[x.row]; !bad {
			x.faults[x.row], x.formula = unsaved, true
		}
	case "v":
		if x.text { // of =IF(A1="","",A1), nothing may be left to see
			x.saved()
		}
	case "mergeCell":
		return noteMerged(attribute(e, "ref"), x.faults)
	}
	return nil
}

// startRow notes the number of a row. Rows and cells that are not in order are damage: the
// values of some would be lost, or stand in other columns.
func (x *inspection) startRow(r string) (err error) {
	before := x.row
	x.row, x.column = x.row+1, 0
	if r != "" {
		_, x.row, err = excelize.CellNameToCoordinates("A" + r)
	}
	if err != nil || x.row <= before {
		return damaged()
	}
	return nil
}

// startCell does the same for the column of a cell.
func (x *inspection) startCell(r string) (err error) {
	before := x.column
	x.column++
	if r != "" {
		x.column, _, err = excelize.CellNameToCoordinates(r)
	}
	switch {
	case err != nil || x.column <= before:
		return damaged()
	case x.column > csvlog.MaxColumns:
		return tooLarge("The sheet has more than 1000 columns.")
	}
	return nil
}

// noteMerged notes the rows of a merged range.
func noteMerged(ref string, faults map[int]fault) error {
	from, to, found := strings.Cut(ref, ":")
	if !found {
		return nil // one cell
	}
	_, first, err := excelize.CellNameToCoordinates(from)
	if err != nil {
		return damaged()
	}
	_, last, err := excelize.CellNameToCoordinates(to)
	if err != nil {
		return damaged()
	}
	if last-first > maxMerged || len(faults) > 100*maxMerged {
		return fileError(merged.rule(), "The sheet has merged cells over thousands of rows.", merged.fix())
	}
	for row := first; row <= last; row++ {
		faults[row] = merged
	}
	return nil
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name && a.Name.Space == "" {
			return a.Value
		}
	}
	return ""
}

// part returns the XML of a sheet.
func (s *Sheet) part(name string) ([]byte, bool) {
	var book struct {
		Sheets []struct {
			Name string `xml:"name,attr"`
			ID   string `xml:"http://schemas.openxmlformats.org/officeDocument/2006/relationships id,attr"`
			Old  string `xml:"http://purl.oclc.org/ooxml/officeDocument/relationships id,attr"` // of the strict form
		} `xml:"sheets>sheet"`
	}
	var relations struct {
		All []struct {
			ID     string `xml:"Id,attr"`
			Target string `xml:"Target,attr"`
		} `xml:"Relationship"`
	}
	if !s.load("xl/workbook.xml", &book) || !s.load("xl/_rels/workbook.xml.rels", &relations) {
		return nil, false
	}
	for _, sheet := range book.Sheets {
		for _, r := range relations.All {
			if sheet.Name == name && (r.ID == sheet.ID || r.ID == sheet.Old) {
				return s.raw(path.Join("/xl", strings.TrimPrefix(r.Target, "/xl/"))[1:])
			}
		}
	}
	return nil, false
}

func (s *Sheet) load(name string, into any) bool {
	data, ok := s.raw(name)
	return ok && xml.Unmarshal(data, into) == nil
}

func (s *Sheet) raw(name string) ([]byte, bool) {
	part, ok := s.book.Pkg.Load(name)
	data, is := part.([]byte)
	return data, ok && is
}

// monthFirst is the part of a number format that writes a day with the number of the month
// before that of the day, as Americans do; a day in letters, such as dddd, is none.
var monthFirst = regexp.MustCompile(`(?i)(^|[^a-z])m{1,2}[^a-z]{1,3}d{1,2}[^a-z]{1,3}y{2,4}`)

// dayFirst changes the formats that write the month first: the log would be read as if the
// day stood there, and the 5th of March become the 3rd of May.
func (s *Sheet) dayFirst() {
	_, _ = s.book.GetStyle(0) // reads the formats
	if s.book.Styles == nil || s.book.Styles.NumFmts == nil {
		return
	}
	for _, f := range s.book.Styles.NumFmts.NumFmt {
		f.FormatCode = monthFirst.ReplaceAllString(f.FormatCode, "${1}dd/mm/yyyy")
		f.FormatCode16 = monthFirst.ReplaceAllString(f.FormatCode16, "${1}dd/mm/yyyy")
	}
}
