// Package printable is the one home of what may be shown of a text that somebody else
// wrote: a cell, an answer of a service, a file name, an argument, a taxonomy. A terminal
// obeys control characters, and marks that turn the direction of writing make a reader
// see another text than the one that is there.
package printable

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Rune reports whether a character is shown as it is: letters, marks, digits, signs and
// blanks, but no control characters (C0, C1, escape), line breaks, invisible characters
// or marks of direction.
func Rune(r rune) bool { return unicode.IsPrint(r) || unicode.Is(unicode.Zs, r) }

// Line returns a text for a place within a line: each character that is not shown is
// replaced by U+FFFD, also line breaks and tabs.
func Line(s string) string {
	return strings.Map(func(r rune) rune {
		if !Rune(r) {
			return unicode.ReplacementChar
		}
		return r
	}, s)
}

// Text returns a text of several lines: as Line does, but with its line breaks and tabs.
func Text(s string) string {
	return strings.Map(func(r rune) rune {
		if !Rune(r) && r != '\n' && r != '\t' {
			return unicode.ReplacementChar
		}
		return r
	}, s)
}

// Writer returns a writer that passes on what Text makes of the text that is written to
// it. It is for output that people read, never for data.
func Writer(w io.Writer) io.Writer { return &writer{to: w} }

type writer struct {
	to   io.Writer
	rest []byte // the beginning of a character whose end is still to come
}

func (w *writer) Write(p []byte) (int, error) {
	text := append(w.rest, p...)
	whole := len(text)
	for n := 1; n < utf8.UTFMax && n <= len(text); n++ {
		if utf8.RuneStart(text[len(text)-n]) {
			if !utf8.FullRune(text[len(text)-n:]) {
				whole -= n
			}
			break
		}
	}
	w.rest = append([]byte(nil), text[whole:]...)
	if _, err := io.WriteString(w.to, Text(string(text[:whole]))); err != nil {
		return 0, err
	}
	return len(p), nil
}

// plainASCII is how many bytes at the start of a text are shown as they are, all of most
// texts: to look at runes takes longer.
func plainASCII(text []byte) int {
	for i, c := range text {
		if (c < ' ' || c > '~') && c != '\n' && c != '\t' && c != '\r' {
			return i
		}
	}
	return len(text)
}

// JSON returns a JSON text in which the characters that are not shown are escaped. Its
// meaning is the same: outside strings JSON has none of them but line breaks and tabs.
func JSON(text []byte) []byte {
	odd := func(r rune) bool { return !Rune(r) && r != '\n' && r != '\t' && r != '\r' }
	if bytes.IndexFunc(text[plainASCII(text):], odd) < 0 {
		return text
	}
	var out []byte
	for _, r := range string(text) {
		switch {
		case !odd(r):
			out = utf8.AppendRune(out, r)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			out = fmt.Appendf(out, `\u%04x\u%04x`, high, low)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
	}
	return out
}
