package csvlog

import (
	"bytes"
	"fmt"
	"io"
	"iter"
	"log/slog"
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

	eol    byte // what ends a line: LF, or CR in a file without LF
	header []string
	needed int // cells a row must have: up to the last column with a name
	index  map[string]int

	line   int // physical line at the start of the window
	number int // data rows given so far, broken ones included
	record record
	cells  []string
	text   textDecoder

	sawUTF8, saw1252 bool // found so far, by rows or a byte order mark

	stats    Stats
	warnings []Finding
	done     bool
}

// NewReader reads the header and returns a Reader at the first data row. Its error is a
// [*FileError]: an impossible option, a source that fails, a file that is empty or not
// CSV, or a header with broken quoting, more than [MaxColumns] columns or two columns of
// the same name.
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

// Delimiter returns the character between cells, given or found.
func (r *Reader) Delimiter() byte { return r.config.delimiter }

// Stats returns the counts so far.
func (r *Reader) Stats() Stats { return r.stats }

// Warnings returns the warnings about the whole file so far: at most one,
// [RuleMixedEncoding].
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
		if rule != "" {
			r.stats.Broken++
			return Row{}, r.rowError(rule, line)
		}
		r.stats.Rows++
		return Row{Line: line, LastLine: r.line - 1, Number: r.number, cells: r.cells}, nil
	}
}

// advance parses the record at the start of the window into r.record and moves past it.
// If there is no record, rule says why, and reading resumes on the line below its first.
func (r *Reader) advance(width int) (rule string, err error) {
	for {
		data := r.window.bytes()
		if len(data) == 0 && r.window.eof {
			return "", r.endError()
		}
		size, v := r.record.parse(data, r.window.atEOF(), r.eol, r.config.delimiter, width)
		switch {
		case v == complete && size <= r.config.maxRecord:
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
	if rec.count < r.needed || rec.extra {
		return RuleCellCount
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
	for _, c := range cells {
		r.cells = append(r.cells, text[c.from:c.to])
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
	if r.config.encoding != Auto || !r.sawUTF8 || !r.saw1252 || len(r.warnings) > 0 {
		return
	}
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
		e.Text = fmt.Sprintf("The row has %d cells where the file has %d columns.", r.record.count, len(r.header))
		e.Fix = "Put quotes around cells that hold the delimiter or a line break."
	case RuleBareQuote:
		e.Text = "A quotation mark is where none is allowed: inside a cell without quotes, or before the end of a quoted cell."
		e.Fix = "Double quotation marks inside a cell and put quotes around the cell."
	case RuleUnclosedQuote:
		e.Text = fmt.Sprintf("A quoted cell that begins on this row does not end within %d bytes.", r.config.maxRecord)
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
	}
	return e
}

// Format prints the name of the type and nothing else.
func (*Reader) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "csvlog.Reader") }

// LogValue logs the name of the type and nothing else.
func (*Reader) LogValue() slog.Value { return slog.StringValue("csvlog.Reader") }
