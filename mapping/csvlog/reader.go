package csvlog

import (
	"bytes"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"slices"
)

// readChunk is the size of a read in bytes: large enough that few rows span two reads.
const readChunk = 64 << 10

// Stats counts the lines read so far by what became of them. Lines before the first data
// row belong to the header; every other line belongs to a good row, a broken row or a
// blank one.
type Stats struct {
	// Lines counts physical lines, the header's included.
	Lines int `json:"lines"`
	// Rows counts good rows, Broken those that gave a RowError, and Blank those with only
	// blanks and delimiters, which are skipped.
	Rows   int `json:"rows"`
	Broken int `json:"broken"`
	Blank  int `json:"blank"`
	// Windows1252 counts the good rows that were read as Windows-1252.
	Windows1252 int `json:"windows1252"`
}

// Reader reads one file. It is not safe for concurrent use, and reads ahead by
// up to 64 KiB or the size of a row.
type Reader struct {
	src    io.Reader
	window window
	config config

	eol      byte // what ends a line: LF, or CR in a file without LF
	crlf     bool // lines end in CR LF, as that of the header does
	header   []string
	needed   int // cells a row must have: up to the last column with a name
	required int // cells a row must have if its line ends properly, see AllowMissing
	index    map[string]int
	spaced   bool // the header has blanks behind its delimiters
	width    int  // cells of the first data row, where it has more than the header

	line   int // physical line at the start of the window
	number int // data rows given so far, broken ones included
	record record
	cells  []string
	text   textDecoder

	sawUTF8, saw1252 bool // found so far, by rows or a byte order mark
	mixed            bool // and warned of

	stats    Stats
	warnings []Finding
	done     bool
}

// NewReader reads the header and returns a Reader at the first data row. Its error is a
// [*FileError]: an impossible option, a source that fails, a file that is empty or not
// CSV, or a header with broken quoting or more than [MaxColumns] columns.
func NewReader(src io.Reader, opts ...Option) (*Reader, error) {
	c, err := newConfig(opts)
	if err != nil {
		return nil, err
	}
	r := &Reader{src: src, config: c, line: 1}
	r.text.encoding = c.encoding
	if err := r.open(); err != nil {
		return nil, err
	}
	if err := r.readHeader(); err != nil {
		return nil, err
	}
	r.stats.Lines = r.line - 1
	return r, nil
}

// Columns returns the column names in file order, blanks trimmed and runs of
// blanks as one space. A column without a name is "".
func (r *Reader) Columns() []string { return append([]string(nil), r.header...) }

// Column returns the number of a column, for [Row.Cell]. Blanks at the ends of the
// name do not matter; letter case does. Resolve names once, before the rows.
func (r *Reader) Column(name string) (column int, ok bool) {
	column, ok = r.index[columnName(name)]
	return column, ok
}

// Repeated returns a [*FileError] if several columns have one of these names, else nil:
// nobody can tell which one is meant. Column returns the first of them.
func (r *Reader) Repeated(names ...string) error { return Repeated(r.header, names...) }

// AllowMissing says which columns a row may lack at its end, by number, because they are
// not used or may be blank. Such a row is given with blank cells, and [Row.Lacks]
// tells, if its line ends as the lines of the file do: one that does not was cut off. By default
// a row may lack only columns without a name.
func (r *Reader) AllowMissing(columns ...int) {
	r.required = r.needed
	for r.required > 1 && slices.Contains(columns, r.required-1) {
		r.required--
	}
}

// Delimiter returns the character between cells, given or found.
func (r *Reader) Delimiter() byte { return r.config.delimiter }

// Stats returns the counts so far.
func (r *Reader) Stats() Stats { return r.stats }

// Warnings returns the warnings about the whole file so far: at most one of each of
// [RuleMixedEncoding] and, for the header row, [RuleNUL].
func (r *Reader) Warnings() []Finding { return append([]Finding(nil), r.warnings...) }

// Rows yields the data rows, in file order. A broken row is yielded with a [*RowError],
// and the loop may continue. A [*FileError], which means that the source failed, comes
// last. Stopping early is allowed: a later call continues from there.
func (r *Reader) Rows() iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		for !r.done {
			row, err := r.next()
			if err == io.EOF {
				return
			}
			if !yield(row, err) {
				return
			}
		}
	}
}

// next returns the next good or broken row, io.EOF at the end, or a FileError.
func (r *Reader) next() (Row, error) {
	for {
		line := r.line
		rule, err := r.advance(len(r.header))
		r.stats.Lines = r.line - 1
		if err != nil {
			r.done = true
			return Row{}, err
		}
		if rule == "" && r.record.blank() {
			r.stats.Blank++
			continue
		}
		r.number++
		if rule == "" {
			rule = r.fillCells()
		}
		last := r.line - 1
		if rule == "" {
			if rule, err = r.asHeader(line); err != nil {
				r.done = true
				return Row{}, err
			}
		}
		if rule == "" && r.continued() {
			rule = RuleLineBreak
		}
		if rule != "" {
			r.stats.Broken++
			return Row{}, r.rowError(rule, line)
		}
		r.stats.Rows++
		return Row{Line: line, LastLine: last, Number: r.number, cells: r.cells, given: r.record.count}, nil
	}
}

// advance parses the record at the start of the window into r.record and moves past it.
// If there is no record, rule says why, and reading resumes on the line below its first.
func (r *Reader) advance(width int) (rule string, err error) {
	for {
		data := r.window.bytes()
		for bytes.HasPrefix(data, []byte(bomUTF8)) { // of a file that was joined to this one
			r.window.skip(len(bomUTF8))
			data, r.sawUTF8 = r.window.bytes(), true
		}
		if len(data) == 0 && r.window.eof {
			return "", r.endError()
		}
		size, v := r.record.parse(data, r.window.atEOF(), r.eol, r.config.delimiter, width)
		switch {
		case v == complete && size <= r.config.maxRecord:
			r.record.crlf = bytes.HasSuffix(data[:r.record.end], []byte("\r\n"))
			r.record.ended = r.record.ended && (r.record.crlf || !r.crlf)
			r.window.skip(r.record.end)
			r.line += r.record.lines
			return "", nil
		case v == needMore && size <= r.config.maxRecord+len("\r\n"):
			if r.window.eof {
				return "", r.endError()
			}
			r.window.fill(r.src, r.config.maxRecord)
			continue
		}
		return r.resumeRule(data, v), r.skipLine()
	}
}

// resumeRule says why the record at the start of the window cannot be read.
func (r *Reader) resumeRule(data []byte, verdict verdict) string {
	head := bytes.IndexByte(data, r.eol)
	switch {
	case verdict == bareQuote:
		return RuleBareQuote
	case verdict == unclosed:
		return RuleUnclosedQuote
	case head >= 0 && head <= r.config.maxRecord:
		// The first line is small: it is a quoted cell on it that has no end in reach.
		return RuleUnclosedQuote
	}
	return RuleRowTooLarge
}

// skipLine skips one physical line of any length.
func (r *Reader) skipLine() error {
	for {
		data := r.window.bytes()
		if end := bytes.IndexByte(data, r.eol); end >= 0 {
			r.window.skip(end + 1)
			break
		}
		r.window.skip(len(data))
		if r.window.atEOF() {
			break
		}
		if r.window.eof {
			return r.endError()
		}
		r.window.fill(r.src, 0)
	}
	r.line++
	return nil
}

// endError is io.EOF, or a FileError when the source failed.
func (r *Reader) endError() error {
	if r.window.err == nil {
		return io.EOF
	}
	e := fileError(r.line, RuleRead, "The source failed while it was being read.", "Read the file again; the rows before this line are complete.")
	e.cause = r.window.err
	return e
}

// fillCells sets r.cells from r.record, or says why that is impossible.
func (r *Reader) fillCells() (rule string) {
	rec := &r.record
	switch {
	case rec.count < r.required, rec.count < r.needed && !rec.ended, rec.extra, r.wide():
		return RuleCellCount
	case r.shifted() >= 0:
		return RuleShifted
	case rec.count < r.needed && r.halved():
		return RuleLineBreak
	}
	if bytes.IndexByte(rec.text, 0) >= 0 {
		return RuleNUL
	}
	text, cells, as := r.text.decode(rec.text, rec.cells)
	if as == noEncoding {
		return RuleEncoding
	}
	r.noteEncoding(as)
	r.cells = r.cells[:0]
	clean := !unclean(rec.text)
	for _, c := range cells {
		cell := text[c.from:c.to]
		if !clean {
			cell = cleanCell(cell)
		}
		r.cells = append(r.cells, cell)
	}
	for len(r.cells) < len(r.header) {
		r.cells = append(r.cells, "") // trailing columns that have no name
	}
	return ""
}

// noteEncoding counts the encodings of rows and warns once if the file is mixed.
func (r *Reader) noteEncoding(as rowEncoding) {
	switch as {
	case rowUTF8:
		r.sawUTF8 = true
	case rowWindows1252:
		r.stats.Windows1252++
		r.saw1252 = true
	}
	if r.config.encoding != Auto || !r.sawUTF8 || !r.saw1252 || r.mixed {
		return
	}
	r.mixed = true
	r.warnings = append(r.warnings, Finding{
		Line: r.line - r.record.lines, Rule: RuleMixedEncoding,
		Text: "Some rows are UTF-8 and some are Windows-1252; from this line on both were seen.",
		Fix:  "Check accented letters and quotation marks; export the file again in one encoding.",
	})
}

// rowError describes the row that began on line.
func (r *Reader) rowError(rule string, line int) *RowError {
	e := &RowError{Finding: Finding{Line: line, Rule: rule}, LastLine: r.line - 1, Number: r.number}
	switch rule {
	case RuleCellCount:
		e.Text = r.cellCountText()
		e.Fix = "Put quotation marks around each cell that holds " + delimiterName(r.config.delimiter) + " or a line break."
	case RuleShifted:
		e.Text, e.Fix = r.shiftText(r.shifted()), "Put quotation marks around the text if "+delimiterName(r.config.delimiter)+" is part of it; if not, remove the blank."
	case RuleLineBreak:
		e.Text = "The line below is probably the rest of the text in the last cell."
		e.Fix = "Put quotation marks around cells that hold a line break; if the line below is none of the log, remove it."
	case RuleAgainHeader:
		e.Text, e.Fix = "The row holds the column names once more: files have been joined here.", "Delete the row."
	case RuleBareQuote:
		e.Text = "A quotation mark is where none is allowed: inside a cell without quotes, or before the end of a quoted cell."
		e.Fix = "Double quotation marks inside a cell and put quotes around the cell."
	case RuleUnclosedQuote:
		e.Text = fmt.Sprintf("A quoted cell that begins on this row has no end, in the file or within %d bytes.", r.config.maxRecord)
		e.Fix = "Close the cell with a quotation mark, or remove the stray one. Reading resumed on the next line."
	case RuleRowTooLarge:
		e.Text = fmt.Sprintf("The row is longer than %d bytes.", r.config.maxRecord)
		e.Fix = "Shorten the row or raise the limit."
	case RuleNUL:
		e.Text = "The row holds a zero byte, so it is damaged."
		e.Fix = "Export the file again."
	case RuleEncoding:
		e.Text = "The row holds bytes that are not text in the encoding of the file."
		e.Fix = "Export the file as CSV UTF-8."
		if r.text.old {
			e.Text = "The row seems to be in Mac Roman, in which Excel for Mac writes \"CSV (Macintosh)\", or in the encoding of \"CSV (MS-DOS)\"."
			e.Fix = "Save the file as CSV UTF-8, or set the encoding to mac-roman if it comes from a Mac."
		}
	}
	return e
}

// delimiterName names a character that separates cells as people do.
func delimiterName(b byte) string {
	switch b {
	case ',':
		return "a comma"
	case ';':
		return "a semicolon"
	case '\t':
		return "a tab"
	}
	return "the character " + string(rune(b))
}

// cellCountText says how many cells the row in r.record has, and why that may be.
func (r *Reader) cellCountText() string {
	rec := &r.record
	text := fmt.Sprintf("The row has %s where the file has %s.", counted(rec.count, "cell"), counted(len(r.header), "column"))
	if at := r.shifted(); at >= 0 {
		text += " " + r.shiftText(at)
	}
	switch {
	case rec.count > len(r.header) && !rec.extra:
		text += " Those past the last column are blank; if nothing is shifted, remove the delimiters at its end."
	case rec.count < len(r.header) && !rec.ended:
		text += " Its line does not end as the others do, so it was cut off."
	}
	return text
}

// counted is a number of things.
func counted(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// Format prints the name of the type and nothing else.
func (*Reader) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "csvlog.Reader") }

// LogValue logs the name of the type and nothing else.
func (*Reader) LogValue() slog.Value { return slog.StringValue("csvlog.Reader") }
