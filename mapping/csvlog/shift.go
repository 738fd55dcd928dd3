package csvlog

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"
)

// shifted returns the first cell that begins with a blank behind a cell with text, both
// without quotation marks and of several words, or -1: the delimiter between them is probably a comma of the
// text, and every cell after it stands under the wrong name. There is none in a row or a
// file that has a blank behind every delimiter.
func (r *Reader) shifted() int {
	if r.spaced || r.config.delimiter != ',' && r.config.delimiter != ';' {
		return -1
	}
	rec := &r.record
	for i := 1; i < len(rec.cells); i++ {
		cell, before := rec.cells[i], rec.cells[i-1]
		if !cell.quoted && !before.quoted && cell.from < cell.to && rec.text[cell.from] == ' ' && prose(rec.text[before.from:before.to], rec.text[cell.from:cell.to]) {
			if r.blankStarts() == r.plainCells() {
				return -1
			}
			return i
		}
	}
	return -1
}

// prose reports whether two cells are both filled and have at least three words together.
func prose(before, cell []byte) bool {
	a, b := len(bytes.Fields(before[:min(len(before), maxName)])), len(bytes.Fields(cell[:min(len(cell), maxName)]))
	return a > 0 && b > 0 && a+b >= 3
}

func filled(rec *record, c span) bool { return len(bytes.TrimSpace(rec.text[c.from:c.to])) > 0 }

// blankStarts counts the cells after the first that hold a text with a blank before it,
// without quotation marks.
func (r *Reader) blankStarts() (n int) {
	rec := &r.record
	for i, c := range rec.cells {
		if i > 0 && !c.quoted && filled(rec, c) && rec.text[c.from] == ' ' {
			n++
		}
	}
	return n
}

// plainCells counts the cells after the first that hold a text without quotation marks.
func (r *Reader) plainCells() (n int) {
	rec := &r.record
	for i, c := range rec.cells {
		if i > 0 && !c.quoted && filled(rec, c) {
			n++
		}
	}
	return n
}

// shiftText says which delimiter of the row is in question.
func (r *Reader) shiftText(at int) string {
	return fmt.Sprintf("Cell %s begins with a blank, so the delimiter before it may be part of the text in cell %s.", columnLabel(at), columnLabel(at-1))
}

// wide reports whether the row has blank cells past the last column where other rows have
// none: then a delimiter of a text has pushed blank cells to the right. If the first data
// row and the one after it have as many cells, the whole file is so.
func (r *Reader) wide() bool {
	count := r.record.count
	if count <= len(r.header) {
		return false
	}
	if r.width == 0 {
		r.width = -1
		if r.nextCount() == count {
			r.width = count
		}
	}
	return count != r.width
}

// nextCount is the number of cells of the row below, 0 if it is not known.
func (r *Reader) nextCount() int {
	var next record
	data := r.window.bytes()
	if _, v := next.parse(data, r.window.atEOF(), r.eol, r.config.delimiter, len(r.header)); len(data) == 0 || v != complete {
		return 0
	}
	return next.count
}

// halved reports whether the row ends in a text of several words, and it and the row below
// are both short and make one row together: then a line break of the text has cut it.
func (r *Reader) halved() bool {
	rec := &r.record
	last := rec.cells[len(rec.cells)-1]
	if last.quoted || bytes.IndexByte(bytes.TrimSpace(rec.text[last.from:last.to]), ' ') < 0 {
		return false
	}
	count, next := rec.count, r.nextCount()
	return count < r.needed && next > 0 && next != count && count+next-1 == len(r.header)
}

// continued reports whether the line below is text without any delimiter, and so the rest
// of a cell whose line break is not between quotation marks. It may read on.
func (r *Reader) continued() bool {
	if r.needed < 2 {
		return false
	}
	if !r.window.eof && bytes.IndexByte(r.window.bytes(), r.eol) < 0 {
		r.window.fill(r.src, r.config.maxRecord)
	}
	data := r.window.bytes()
	end := bytes.IndexByte(data, r.config.delimiter)
	if end < 0 {
		end = len(data)
	}
	n := bytes.IndexByte(data[:end], r.eol)
	if n < 0 && (end < len(data) || !r.window.atEOF()) {
		return false
	}
	if n >= 0 {
		end = n
	}
	line := bytes.TrimSpace(data[:end])
	return bytes.IndexByte(line, ' ') >= 0 && bytes.IndexByte(line, '"') < 0
}

// asHeader reports whether the row holds the column names once more. If they are in
// another order, the rows below cannot be read by the first, so the reading ends.
func (r *Reader) asHeader(line int) (rule string, err error) {
	if r.needed < 2 || r.config.fixed && len(r.cells[0]) > maxName {
		return "", nil
	}
	same, names, texts := true, 0, 0
	for i, cell := range r.cells {
		if len(cell) > maxName {
			return "", nil
		}
		name := strings.TrimSpace(cell)
		if names > 0 { // rarely: it is slow
			name = columnName(cell)
		}
		same = same && name == r.header[i]
		if name == "" {
			continue
		}
		texts++
		if _, ok := r.index[name]; ok {
			names++
		}
		if names < texts && names < 2 {
			return "", nil
		}
	}
	switch {
	case same:
		return RuleAgainHeader, nil
	case names < 3 || 4*names < 3*texts || 2*names < len(r.index):
		return "", nil
	}
	return "", fileError(line, RuleAgainHeader, "The row holds column names in another order: files with different columns have been joined here.", "Read each file by itself. The rows before this line are complete.")
}

// maxName is the length of a cell, in bytes, from which on it is not looked at as the
// name of a column.
const maxName = 200

// startsInMacRoman reports whether a whole line at the start of the file is in Mac Roman.
// A file whose lines end in CR comes from an old Macintosh or Excel for Mac, so any line
// of it that is not UTF-8 is.
func (r *Reader) startsInMacRoman(head []byte) bool {
	for {
		end := bytes.IndexByte(head, r.eol)
		if end < 0 {
			return false
		}
		if line := head[:end]; !isASCII(line) && !utf8.Valid(line) && (r.eol == '\r' || looksOld(line)) && !partlyUTF8(line) {
			return true
		}
		head = head[end+1:]
	}
}
