package csvlog

import (
	"bytes"
	"encoding/binary"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// rowEncoding is how one row was read.
type rowEncoding uint8

const (
	noEncoding rowEncoding = iota // it could not be
	rowASCII
	rowUTF8
	rowWindows1252
	rowMacRoman
)

// textDecoder turns the bytes of rows into strings.
type textDecoder struct {
	encoding Encoding
	utf16    bool // the bytes were UTF-16 and are UTF-8 by now
	old      bool // the file was found to be in Mac Roman or in the encoding of DOS
	buf      []byte
	cells    []span
}

// decode returns the text of a record as one string, and where its cells are in it.
func (d *textDecoder) decode(text []byte, cells []span) (string, []span, rowEncoding) {
	switch {
	case isASCII(text):
		return string(text), cells, rowASCII
	case (d.encoding == Auto || d.encoding == UTF8) && utf8.Valid(text):
		// Turning UTF-16 into UTF-8 left U+FFFD where the text was damaged.
		if d.utf16 && bytes.ContainsRune(text, utf8.RuneError) {
			return "", nil, noEncoding
		}
		return string(text), cells, rowUTF8
	case d.encoding == UTF8 || d.utf16 || d.encoding == Auto && !d.plausible1252(text, cells):
		return "", nil, noEncoding
	case d.encoding == MacRoman:
		return d.convert(text, cells, charmap.Macintosh, rowMacRoman)
	}
	return d.convert(text, cells, charmap.Windows1252, rowWindows1252)
}

// plausible1252 reports whether a record that is not UTF-8 can be taken for Windows-1252.
// It is none if it holds characters in UTF-8 besides, or is in an older encoding; then the
// records after it that are not UTF-8 are so too.
func (d *textDecoder) plausible1252(text []byte, cells []span) bool {
	for _, c := range cells {
		d.old = d.old || looksOld(text[c.from:c.to])
	}
	return !d.old && !partlyUTF8(text)
}

// partlyUTF8 reports whether text that is not valid UTF-8 holds an accented letter or a
// curly quotation mark in UTF-8. In Windows-1252 their bytes are letters that never stand
// together.
func partlyUTF8(text []byte) bool {
	for i, b := range text {
		if b != 0xc2 && b != 0xc3 && b != 0xe2 {
			continue
		}
		if r, size := utf8.DecodeRune(text[i:]); r != utf8.RuneError && size == utf8.RuneLen(r) {
			return true
		}
	}
	return false
}

// convert turns bytes that each stand for a character into UTF-8.
func (d *textDecoder) convert(text []byte, cells []span, set *charmap.Charmap, as rowEncoding) (string, []span, rowEncoding) {
	d.buf, d.cells = d.buf[:0], d.cells[:0]
	for _, c := range cells {
		from := len(d.buf)
		for _, b := range text[c.from:c.to] {
			if as == rowWindows1252 && unusedIn1252(b) {
				return "", nil, noEncoding
			}
			d.buf = utf8.AppendRune(d.buf, set.DecodeByte(b))
		}
		d.cells = append(d.cells, span{from, len(d.buf), c.quoted})
	}
	return string(d.buf), d.cells, as
}

// unusedIn1252 reports whether a byte has no meaning in Windows-1252, which shows that
// the text is in another encoding.
func unusedIn1252(b byte) bool {
	switch b {
	case 0x81, 0x8d, 0x8f, 0x90, 0x9d:
		return true
	}
	return false
}

// isASCII tests eight bytes at a time.
func isASCII(text []byte) bool {
	for len(text) >= 8 {
		if binary.LittleEndian.Uint64(text)&0x8080808080808080 != 0 {
			return false
		}
		text = text[8:]
	}
	for _, b := range text {
		if b >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// binaryBytes are control characters that stand in no text.
const binaryBytes = "\x01\x02\x03\x04\x05\x06\x07\x08\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18"

// sniffLength is the number of bytes at the start of the file that are searched for zero
// bytes.
const sniffLength = 512

// magics are the beginnings of files that people try to load as CSV.
var magics = []struct{ prefix, text, fix string }{
	{"PK\x03\x04", "This is an Excel workbook or another ZIP file, not CSV.", "Open it in Excel and save it as \"CSV UTF-8\"."},
	{"\xd0\xcf\x11\xe0", "This is an old Excel workbook or another Office file, not CSV.", "Open it in Excel and save it as \"CSV UTF-8\"."},
	{"%PDF", "This is a PDF document, not CSV.", "Ask the incident system for an export as CSV."},
	{"{\\rtf", "This is a rich text document, not CSV.", "Ask the incident system for an export as CSV."},
	{"\x1f\x8b", "This is a gzip file, not CSV.", "Unpack it first."},
}

// notCSV says what the file is instead of CSV, or returns nil.
func notCSV(head []byte) error {
	for _, m := range magics {
		if bytes.HasPrefix(head, []byte(m.prefix)) {
			return fileError(0, RuleNotCSV, m.text, m.fix)
		}
	}
	text := bytes.TrimLeft(head, " \t\r\n")
	switch {
	case followed(text, '<', "!?/abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"):
		return fileError(0, RuleNotCSV, "This is a web page or XML, not CSV; some systems name such a file .xls.", "Open it in Excel and save it as \"CSV UTF-8\".")
	case followed(text, '{', "\"}"), followed(text, '[', "{[\"]"):
		return fileError(0, RuleNotCSV, "This is JSON, not CSV.", "Export the log as CSV. A patient's record goes beside the log, as source.context of the map says; events in JSON need no map.")
	}
	head = head[:min(len(head), sniffLength)]
	zeros := bytes.Count(head, []byte{0})
	switch {
	case zeros == 0, zeros < 2 && !bytes.ContainsAny(head, binaryBytes): // damaged, which costs a row
		return nil
	case zeros >= len(head)/3:
		return fileError(0, RuleEncoding, "Much of the file is zero bytes: this is UTF-16 without a byte order mark, or no text at all.", "Save the log as \"CSV UTF-8\".")
	}
	return fileError(0, RuleNotCSV, "There are zero bytes near the start of the file: it is a binary file, or damaged.", "Save the log as \"CSV UTF-8\".")
}

// followed reports text that starts with first and, after blanks, one of next.
func followed(text []byte, first byte, next string) bool {
	if len(text) == 0 || text[0] != first {
		return false
	}
	rest := bytes.TrimLeft(text[1:], " \t\r\n")
	return len(rest) > 0 && bytes.IndexByte([]byte(next), rest[0]) >= 0
}

// lineEnd tells LF, alone or after CR, from the lone CR of old Macintosh files. CR
// counts only when no line outside quotes ends otherwise.
func lineEnd(head []byte) byte {
	inQuotes, lone := false, false
	for i, b := range head {
		switch {
		case b == '"':
			inQuotes = !inQuotes
		case b == '\n' && (!inQuotes || i > 0 && head[i-1] == '\r'):
			return '\n'
		case b == '\r' && !inQuotes:
			lone = true
		}
	}
	if lone {
		return '\r'
	}
	return '\n'
}

// delimiters are those looked for, in the order of the counts below.
const delimiters = ",;\t|"

// countDelimiters counts each in the first record, outside quotes.
func countDelimiters(head []byte, eol byte) (counts [len(delimiters)]int) {
	inQuotes := false
	for _, b := range head {
		switch {
		case b == '"':
			inQuotes = !inQuotes
		case inQuotes:
		case b == eol:
			return counts
		default:
			for i := range delimiters {
				if b == delimiters[i] {
					counts[i]++
				}
			}
		}
	}
	return counts
}

// headerDelimiter is the one the header uses most: comma when it uses none, 0 when
// two are used equally often.
func headerDelimiter(counts [len(delimiters)]int) byte {
	best, tie := 0, false
	for i := 1; i < len(counts); i++ {
		switch {
		case counts[i] > counts[best]:
			best, tie = i, false
		case counts[i] == counts[best]:
			tie = true
		}
	}
	if tie && counts[best] > 0 {
		return 0
	}
	return delimiters[best]
}

// rowDelimiter is the one that cuts a row into the columns expected, 0 when none or
// several do.
func rowDelimiter(counts [len(delimiters)]int, columns int) (found byte) {
	if columns == 1 {
		return ','
	}
	for i, n := range counts {
		if n != columns-1 {
			continue
		}
		if found != 0 {
			return 0
		}
		found = delimiters[i]
	}
	return found
}
