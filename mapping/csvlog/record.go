package csvlog

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"slices"
)

// verdict says how the parse of a record ended.
type verdict uint8

const (
	complete  verdict = iota
	needMore          // the window ends inside the record
	bareQuote         // a quote inside an unquoted cell, or text after a closing quote
	unclosed          // the file ends inside a quoted cell
)

// span says where a cell is in the text of its record.
type span struct {
	from, to int
	quoted   bool
}

// record is a parsed record. Its slices are reused for the next one.
type record struct {
	text  []byte // of the cells; aliases the window when no cell was quoted
	cells []span // at most as many as the file has columns
	count int    // cells seen, those past the last column included
	full  bool   // any cell holds more than blanks
	extra bool   // a cell past the last column holds more than blanks
	end   int    // bytes to step over, line end included
	lines int    // physical lines covered
	crlf  bool   // the line ends in CR LF
	ended bool   // the line end is there, and is that of the file

	unquoted []byte // scratch behind text
}

// parse reads the record at the start of data. size is its length in bytes, line
// end excluded, or as much of that as is known. width is the number of columns.
func (r *record) parse(data []byte, eof bool, eol, delimiter byte, width int) (size int, v verdict) {
	r.cells, r.count, r.full, r.extra, r.lines = r.cells[:0], 0, false, false, 1
	lineEnd := bytes.IndexByte(data, eol)
	if lineEnd < 0 && !eof {
		return len(data), needMore
	}
	line := data
	r.end = len(data)
	if lineEnd >= 0 {
		line, r.end = data[:lineEnd], lineEnd+1
	}
	r.ended = lineEnd >= 0
	if bytes.IndexByte(line, '"') >= 0 {
		return r.parseQuoted(data, eof, eol, delimiter, width)
	}
	line = trimCR(line, eol)
	r.text = line
	for from := 0; ; {
		to := bytes.IndexByte(line[from:], delimiter)
		if to < 0 {
			r.add(span{from, len(line), false}, width)
			return len(line), complete
		}
		r.add(span{from, from + to, false}, width)
		from += to + 1
	}
}

// trimCR drops the CR of a CR LF line end.
func trimCR(line []byte, eol byte) []byte {
	if n := len(line); eol == '\n' && n > 0 && line[n-1] == '\r' {
		return line[:n-1]
	}
	return line
}

// add adds a cell of r.text.
func (r *record) add(cell span, width int) {
	past := r.count >= width
	if !r.full || past {
		full := len(bytes.TrimSpace(r.text[cell.from:cell.to])) > 0
		r.full = r.full || full
		r.extra = r.extra || past && full
	}
	if !past {
		r.cells = append(r.cells, cell)
	}
	r.count++
}

// blank reports that the record holds nothing but blanks and delimiters.
func (r *record) blank() bool { return !r.full }

// parseQuoted is parse for a record with a quote on its first line. The cells are
// collected, without quotes, in one buffer.
func (r *record) parseQuoted(data []byte, eof bool, eol, delimiter byte, width int) (size int, v verdict) {
	r.unquoted = r.unquoted[:0]
	p := quotedParser{record: r, data: data, eof: eof, eol: eol, delimiter: delimiter, lineEnd: -1}
	for {
		from := len(r.unquoted)
		var last bool
		quoted := p.opensQuote()
		if quoted {
			last, v = p.quoted()
		} else {
			last, v = p.plain()
		}
		if v != complete {
			if v == needMore {
				return len(data), v
			}
			return p.at, v
		}
		r.text = r.unquoted
		r.add(span{from, len(r.unquoted), quoted}, width)
		if last {
			return p.size, complete
		}
	}
}

// opensQuote reports whether a quoted cell begins here. One that is written as ="00123",
// so that a spreadsheet does not change it, begins at its quotation mark.
func (p *quotedParser) opensQuote() bool {
	if bytes.HasPrefix(p.data[p.at:], []byte(`="`)) {
		p.at++
	}
	return p.at < len(p.data) && p.data[p.at] == '"'
}

// quotedParser walks over one record that may have quoted cells.
type quotedParser struct {
	*record
	data           []byte
	eof            bool
	eol, delimiter byte
	at             int // next byte
	size           int // of the record, once its last cell is read
	lineEnd        int // of the current line, if it is known
}

// plain reads an unquoted cell.
func (p *quotedParser) plain() (last bool, v verdict) {
	if p.lineEnd < p.at {
		n := bytes.IndexByte(p.data[p.at:], p.eol)
		switch {
		case n >= 0:
			p.lineEnd = p.at + n
		case p.eof:
			p.lineEnd = len(p.data)
		default:
			return false, needMore
		}
	}
	cell := p.data[p.at:p.lineEnd]
	n := bytes.IndexByte(cell, p.delimiter)
	if n >= 0 {
		cell = cell[:n]
	} else {
		cell = trimCR(cell, p.eol)
		p.finish(p.at+len(cell), p.lineEnd+1)
	}
	if bytes.IndexByte(cell, '"') >= 0 {
		return false, bareQuote
	}
	p.unquoted = append(p.unquoted, cell...)
	p.at += len(cell) + 1
	return n < 0, complete
}

// quoted reads a quoted cell, from its opening quote to the delimiter or line end
// after its closing one.
func (p *quotedParser) quoted() (last bool, v verdict) {
	at := p.at + 1
	for {
		n := bytes.IndexByte(p.data[at:], '"')
		if n < 0 {
			return false, p.ranOut(unclosed)
		}
		p.appendText(p.data[at : at+n])
		at += n + 1
		if at >= len(p.data) || p.data[at] != '"' {
			break
		}
		p.unquoted = append(p.unquoted, '"')
		at++
	}
	return p.closed(at)
}

// closed reads what follows a closing quote.
func (p *quotedParser) closed(at int) (last bool, v verdict) {
	rest := p.data[at:]
	crlf := p.eol == '\n' && len(rest) > 0 && rest[0] == '\r'
	switch {
	case len(rest) == 0, crlf && len(rest) == 1:
		p.finish(at, len(p.data))
		return true, p.ranOut(complete)
	case rest[0] == p.delimiter:
		p.at = at + 1
		return false, complete
	case rest[0] == p.eol:
		p.finish(at, at+1)
		return true, complete
	case crlf && rest[1] == '\n':
		p.finish(at, at+2)
		return true, complete
	}
	return false, bareQuote
}

// ranOut is the verdict where the data ends: needMore unless the file ends too.
func (p *quotedParser) ranOut(atEOF verdict) verdict {
	if p.eof {
		return atEOF
	}
	return needMore
}

// finish records where the record ends, without and with its line end.
func (p *quotedParser) finish(size, end int) {
	p.size, p.end = size, min(end, len(p.data))
	p.ended = end <= len(p.data) && end > 0 && p.data[end-1] == p.eol
}

// appendText appends the text of a quoted cell, its line breaks as LF.
func (p *quotedParser) appendText(text []byte) {
	p.lines += bytes.Count(text, []byte{p.eol})
	if bytes.IndexByte(text, '\r') < 0 {
		p.unquoted = append(p.unquoted, text...)
		return
	}
	for i, b := range text {
		switch {
		case b != '\r':
			p.unquoted = append(p.unquoted, b)
		case p.eol == '\r':
			p.unquoted = append(p.unquoted, '\n')
		case i+1 == len(text) || text[i+1] != '\n':
			p.unquoted = append(p.unquoted, b)
		}
	}
}

// Row is one data row. It is valid until the next one is read; [Row.Clone] makes a copy
// that stays valid. The strings that Cell returns always stay valid, but each keeps the
// text of its whole row in memory.
//
// Printing or logging a Row shows its lines and never its cells.
type Row struct {
	// Line and LastLine are the physical lines, from 1, that the row covers.
	Line, LastLine int
	// Number counts data rows from 1, good and broken ones alike.
	Number int

	cells []string
	given int // cells that the row has
}

// NewRow returns a row that comes from something other than CSV, such as a workbook: its
// number, the line or place where it begins, and a cell for each column.
func NewRow(number, line int, cells []string) Row {
	return Row{Line: line, LastLine: line, Number: number, cells: cells, given: len(cells)}
}

// CleanCell returns a text without what spreadsheets and word processors put around and
// into it, as the cells of a CSV file are given.
func CleanCell(text string) string { return cleanCell(text) }

// Cell returns the text of a column, as [Reader.Column] numbers it: unquoted, with blanks
// kept and line breaks as LF. It panics if there is no column of that number.
func (r Row) Cell(column int) string { return r.cells[column] }

// Lacks reports whether the row ends before a column, whose cell is then blank: see
// [Reader.AllowMissing].
func (r Row) Lacks(column int) bool { return column >= r.given }

// Len returns the number of cells, which equals the number of columns.
func (r Row) Len() int { return len(r.cells) }

// Clone returns a copy that stays valid.
func (r Row) Clone() Row {
	r.cells = slices.Clone(r.cells)
	return r
}

// String returns the lines of the row and none of its cells.
func (r Row) String() string {
	return fmt.Sprintf("row %d (line %d, %d cells)", r.Number, r.Line, len(r.cells))
}

// Format prints what String says, for every verb.
func (r Row) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, r.String()) }

// LogValue returns what String does.
func (r Row) LogValue() slog.Value { return slog.StringValue(r.String()) }
