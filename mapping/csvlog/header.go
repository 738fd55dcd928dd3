package csvlog

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

const (
	bomUTF8    = "\xef\xbb\xbf"
	bomUTF16LE = "\xff\xfe"
	bomUTF16BE = "\xfe\xff"
)

// open reads the start of the file and decides on its encoding and dialect.
func (r *Reader) open() error {
	r.window.fill(r.src, 0)
	if err := r.takeBOM(); err != nil {
		return err
	}
	head := r.window.bytes()
	if r.window.atEOF() && len(bytes.TrimSpace(head)) == 0 {
		return fileError(0, RuleEmpty, "The file is empty.", "Check that the export finished.")
	}
	if err := notCSV(head); err != nil {
		return err
	}
	r.eol = lineEnd(head)
	r.text.old = r.config.encoding == Auto && !r.text.utf16 && r.startsInMacRoman(head)
	return r.chooseDelimiter()
}

// takeBOM skips a byte order mark and sets the encoding that it stands for.
func (r *Reader) takeBOM() error {
	head := string(r.window.bytes()[:min(3, len(r.window.bytes()))])
	switch {
	case strings.HasPrefix(head, bomUTF8):
		if r.config.encoding == Windows1252 {
			return fileError(1, RuleEncoding, "The encoding is set to Windows-1252, but the byte order mark says UTF-8.", "Leave the encoding out, or set UTF-8.")
		}
		r.window.skip(len(bomUTF8))
		r.sawUTF8 = true
	case strings.HasPrefix(head, bomUTF16LE), strings.HasPrefix(head, bomUTF16BE):
		if r.config.encoding != Auto {
			return fileError(1, RuleEncoding, "The byte order mark says UTF-16, but another encoding is set.", "Leave the encoding out, or save the file as \"CSV UTF-8\".")
		}
		decoder := unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder()
		r.src = transform.NewReader(io.MultiReader(bytes.NewReader(r.window.bytes()), r.remaining()), decoder)
		r.window = window{}
		r.text.utf16 = true
		r.window.fill(r.src, 0)
	}
	return nil
}

// remaining returns a reader of the rest of the source, or of the error that ended it.
func (r *Reader) remaining() io.Reader {
	switch {
	case r.window.err != nil:
		return failed{r.window.err}
	case r.window.eof:
		return bytes.NewReader(nil)
	}
	return r.src
}

type failed struct{ err error }

func (f failed) Read([]byte) (int, error) { return 0, f.err }

// chooseDelimiter finds the delimiter unless the caller gave it.
func (r *Reader) chooseDelimiter() error {
	blank := len(r.window.bytes()) - len(bytes.TrimLeft(r.window.bytes(), "\r\n"))
	head := r.window.bytes()[blank:]
	if hint, size := sepHint(head, r.eol); hint != 0 && !r.config.fixed {
		r.line += 1 + bytes.Count(r.window.bytes()[:blank], []byte{r.eol})
		r.window.skip(blank + size)
		if r.config.delimiter == 0 {
			r.config.delimiter = hint
		}
	}
	if r.config.delimiter != 0 {
		return nil
	}
	counts := countDelimiters(head, r.eol)
	if r.config.fixed {
		r.config.delimiter = rowDelimiter(counts, len(r.config.columns))
	} else {
		r.config.delimiter = headerDelimiter(counts)
	}
	if r.config.delimiter == 0 {
		return r.delimiterError(counts)
	}
	return nil
}

// delimiterError says why the first row, with these counts, does not show the delimiter.
func (r *Reader) delimiterError(counts [len(delimiters)]int) *FileError {
	if n := len(r.config.columns); r.config.fixed && !slices.Contains(counts[:], n-1) {
		return fileError(r.line, RuleDelimiter, fmt.Sprintf("The file is to have %d columns, but its first row has %d.", n, slices.Max(counts[:])+1), "Check that it is the right file and export exactly those columns. The map of a log can name other columns as source.columns.")
	}
	return fileError(r.line, RuleDelimiter, "The first row does not show which of comma, semicolon, tab and bar separates the cells.", "Set the delimiter, in a map as source.delimiter, or save the file as \"CSV UTF-8\".")
}

// sepHint reads the line "sep=;" that Excel puts first.
func sepHint(head []byte, eol byte) (delimiter byte, size int) {
	end := bytes.IndexByte(head, eol)
	if end < 0 {
		return 0, 0
	}
	line := trimCR(head[:end], eol)
	if len(line) != len("sep=;") || !strings.EqualFold(string(line[:4]), "sep=") || !validDelimiter(line[4]) {
		return 0, 0
	}
	return line[4], end + 1
}

// readHeader sets the columns, from the first row that is not blank or from the
// caller.
func (r *Reader) readHeader() error {
	names := r.config.columns
	line := 0
	if !r.config.fixed {
		var err error
		if names, line, err = r.headerRow(); err != nil {
			return err
		}
	}
	r.header = make([]string, len(names))
	r.index = make(map[string]int, len(names))
	for i, name := range names {
		name = columnName(name)
		r.header[i] = name
		if name == "" {
			continue
		}
		r.needed = i + 1
		if _, ok := r.index[name]; !ok {
			r.index[name] = i
		}
	}
	r.required = r.needed
	switch {
	case len(names) > MaxColumns:
		return fileError(line, RuleHeader, fmt.Sprintf("The file has %d columns; at most %d are read.", len(names), MaxColumns), "Check the delimiter, or export fewer columns.")
	case r.needed == 0:
		return fileError(line, RuleHeader, "No column has a name.", "Put the column names in the first row.")
	case r.config.fixed:
		return r.Repeated(r.header...)
	}
	return nil
}

// Repeated returns a [*FileError] if several columns of a table, which are named as
// [Reader.Columns] names them, have one of the given names, else nil: nobody can tell
// which one is meant.
func Repeated(columns []string, names ...string) error {
	var twice []string
	for i, name := range names {
		if name = columnName(name); name == "" || slices.Contains(names[:i], name) {
			continue
		}
		var labels []string
		for at, column := range columns {
			if column == name {
				labels = append(labels, columnLabel(at))
			}
		}
		if len(labels) > 1 {
			twice = append(twice, "columns "+strings.Join(labels, " and "))
		}
	}
	if len(twice) == 0 {
		return nil
	}
	return fileError(0, RuleDuplicateColumn, "Columns have the same name: "+strings.Join(twice, "; ")+".", "Rename one of each.")
}

// headerRow reads the first row that is not blank.
func (r *Reader) headerRow() (names []string, line int, err error) {
	for {
		line = r.line
		rule, err := r.advance(MaxColumns)
		switch {
		case errors.Is(err, io.EOF) && rule == "":
			return nil, 0, fileError(0, RuleEmpty, "The file holds only blank lines.", "Check that the export finished.")
		case err != nil:
			return nil, 0, err
		case rule != "":
			return nil, 0, headerError(rule, line, r.config.maxRecord)
		case !r.record.blank():
			r.crlf = r.record.ended && r.record.crlf
			r.spaced = r.blankStarts() > 0
			names, err := r.headerNames(line)
			return names, line, err
		}
	}
}

// headerNames decodes the cells of the header row, which is in r.record.
func (r *Reader) headerNames(line int) ([]string, error) {
	if r.record.count > MaxColumns {
		return make([]string, r.record.count), nil // the number of columns is refused
	}
	damaged := bytes.IndexByte(r.record.text, 0) >= 0
	if damaged {
		r.warnings = append(r.warnings, Finding{Line: line, Rule: RuleNUL, Text: "The header row holds a zero byte, which was left out of the column names.", Fix: "Export the file again."})
	}
	text, cells, as := r.text.decode(r.record.text, r.record.cells)
	if as == noEncoding {
		return nil, fileError(line, RuleEncoding, "The header row holds bytes that are not text in the encoding of the file.", "Export the file as CSV UTF-8.")
	}
	r.sawUTF8, r.saw1252 = r.sawUTF8 || as == rowUTF8, as == rowWindows1252
	names := make([]string, len(cells))
	for i, c := range cells {
		if names[i] = text[c.from:c.to]; damaged {
			names[i] = strings.ReplaceAll(names[i], "\x00", "")
		}
	}
	return names, nil
}

func headerError(rule string, line, limit int) *FileError {
	switch rule {
	case RuleBareQuote:
		return fileError(line, RuleHeader, "The header row has a quotation mark where none is allowed.", "Put quotes around the whole name and double those inside it.")
	case RuleUnclosedQuote:
		return fileError(line, RuleHeader, "A quoted column name has no end.", "Close it with a quotation mark.")
	}
	return fileError(line, RuleHeader, fmt.Sprintf("The header row is longer than %d bytes, so this is hardly CSV.", limit), "Check that the file is CSV and has line breaks.")
}

// ColumnName returns the name of a column as [Reader.Columns] gives it: without what
// spreadsheets put around a text, trimmed, and with each run of blanks as one space.
func ColumnName(name string) string { return columnName(name) }

// columnName trims a name and replaces each run of blanks in it, including line breaks,
// by one space.
func columnName(name string) string { return strings.Join(strings.Fields(cleanCell(name)), " ") }

// columnLabel names a column by its number and letter in a spreadsheet, as in 3 (C). It
// does not quote the heading, which in a file without a header row may be about a
// patient.
func columnLabel(i int) string {
	letters := ""
	for n := i + 1; n > 0; n = (n - 1) / 26 {
		letters = string(rune('A'+(n-1)%26)) + letters
	}
	return fmt.Sprintf("%d (%s)", i+1, letters)
}
