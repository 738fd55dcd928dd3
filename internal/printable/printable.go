// Package printable is the one home of what may be shown of a text that somebody else
// wrote: a cell, an answer of a service, a file name, an argument, a taxonomy. A terminal
// obeys control characters, and marks that turn the direction of writing make a reader
// see another text than the one that is there.
package printable

import (
	"strings"
	"unicode"
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
