package csvlog

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/gpsafety/lfpse-go/lfpse/printable"
)

// cleaned returns what stands for a character in a cell, -1 for nothing. Byte order marks,
// which stand in the middle of files that were joined, and marks that web pages, word
// processors and date fields leave behind mean nothing: soft hyphens, zero-width spaces,
// directions of writing. Line breaks within a paragraph, as Word and Excel write them,
// become LF.
func cleaned(r rune) rune {
	switch r {
	case '\ufeff', '\u00ad', '\u200b', '\u200e', '\u200f', '\u202a', '\u202b', '\u202c', '\u202d', '\u202e', '\u2060', '\u2066', '\u2067', '\u2068', '\u2069':
		return -1
	case '\v', '\f', '\u0085', '\u2028', '\u2029':
		return '\n'
	}
	return r
}

// unclean reports whether cleanCell may change a cell of a row. It is quick for the rows
// of nearly all logs.
func unclean(text []byte) bool {
	if bytes.IndexByte(text, '\v') >= 0 || bytes.IndexByte(text, '\f') >= 0 || bytes.Contains(text, []byte(`="`)) {
		return true
	}
	for _, lead := range [...]byte{0xc2, 0xe2, 0xef} { // the first bytes of all others, in UTF-8
		for at := 0; ; at++ {
			n := bytes.IndexByte(text[at:], lead)
			if n < 0 {
				break
			}
			at += n
			if r, _ := utf8.DecodeRune(text[at:]); cleaned(r) != r {
				return true
			}
		}
	}
	return false
}

// cleanCell returns a cell without what spreadsheets and word processors put around and
// into a text. A text that is written as ="00123", so that a spreadsheet keeps it as it
// is, is what stands between the quotation marks.
func cleanCell(cell string) string {
	cell = strings.Map(cleaned, cell)
	if inner := strings.TrimSpace(cell); len(inner) > len(`=""`) && strings.HasPrefix(inner, `="`) && strings.HasSuffix(inner, `"`) {
		if inner = inner[len(`="`) : len(inner)-1]; !strings.Contains(inner, `"`) {
			return inner
		}
	}
	return cell
}

// Guard returns a text as a cell of a CSV file that a person opens in a spreadsheet: a
// text that a spreadsheet could take for a formula gets an apostrophe before it, and
// control characters, which are not for people, are replaced. Line breaks and tabs inside
// the text are kept.
func Guard(text string) string {
	text = printable.Text(text)
	if formula(text) {
		return "'" + text
	}
	return text
}

// Unguard takes back the apostrophe of [Guard].
func Unguard(cell string) string {
	if rest, ok := strings.CutPrefix(cell, "'"); ok && formula(rest) {
		return rest
	}
	return cell
}

// formula reports whether a spreadsheet could take a text for a formula. Some pass over
// blanks before it, and some take the full-width forms of the signs.
func formula(text string) bool {
	trimmed := strings.TrimLeft(text, " \u00a0\u3000'")
	switch {
	case text == "":
		return false
	case strings.ContainsRune("\t\r\n", rune(text[0])):
		return true
	}
	for _, sign := range []string{"=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\u2212", "\t", "\r"} {
		if strings.HasPrefix(trimmed, sign) {
			return true
		}
	}
	return false
}
