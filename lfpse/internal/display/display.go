// Package display fits text to the columns of a terminal: it measures, cuts and wraps.
package display

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"
)

// Ellipsis stands for what was cut off.
const Ellipsis = "…"

// Cells counts the columns of a terminal that a text takes.
func Cells(text string) int {
	n := 0
	for _, r := range text {
		n += cells(r)
	}
	return n
}

func cells(r rune) int {
	if r < utf8.RuneSelf {
		return 1
	}
	switch kind := width.LookupRune(r).Kind(); {
	case unicode.In(r, unicode.Mn, unicode.Me): // combines with the letter before it
		return 0
	case kind == width.EastAsianWide, kind == width.EastAsianFullwidth:
		return 2
	}
	return 1
}

// Pad adds blanks at the end of a text until it takes n columns.
func Pad(text string, n int) string {
	return text + strings.Repeat(" ", max(n-Cells(text), 0))
}

// Cut shortens a text to n columns, the last of them an ellipsis, if it is longer.
func Cut(text string, n int) string {
	if Cells(text) <= n {
		return text
	}
	taken := 0
	for i, r := range text {
		if taken += cells(r); taken > n-1 {
			return strings.TrimRight(text[:i], " ,;:(") + Ellipsis
		}
	}
	return text
}

// Wrap breaks a text into lines of at most n columns. Each line after the first begins
// with indent. A word that is longer than a line is broken.
func Wrap(text string, n int, indent string) (lines []string) {
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && Cells(line)+1+Cells(word) <= n {
			line += " " + word
			continue
		}
		if line != "" {
			lines = append(lines, line)
			word = indent + word
		}
		for line = word; Cells(line) > n; {
			head, tail := split(line, n)
			lines, line = append(lines, head), indent+tail
		}
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

// split breaks a text after n columns, but after at least one character more than a line
// is indented by, so that something is always left off.
func split(text string, n int) (head, tail string) {
	taken, begun := 0, false
	for i, r := range text {
		if taken += cells(r); taken > n && begun {
			return text[:i], text[i:]
		}
		begun = begun || r != ' '
	}
	return text, ""
}

// WrapCut is Wrap to at most the given number of lines. Of a text that takes more, the
// last line ends in an ellipsis. In any case tail, such as " (and 2 more)", stands whole at
// the end.
func WrapCut(text, tail string, n, most int) []string {
	lines := Wrap(text, n, "")
	last := len(lines) - 1
	switch {
	case last < 0:
		return []string{strings.TrimSpace(tail)}
	case len(lines) > most:
		lines, last = lines[:most], most-1
		lines[last] += Ellipsis
	case Cells(lines[last])+Cells(tail) > n && len(lines) < most:
		return append(lines, strings.TrimSpace(tail))
	}
	lines[last] = Cut(lines[last], n-Cells(tail)) + tail
	return lines
}
