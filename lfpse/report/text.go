package report

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/internal/display"
	"github.com/gpsafety/lfpse-go/lfpse/printable"
)

// Text writes one paragraph per finding: position, severity, rule, path, what is wrong,
// what to do. With caret it also shows the line of the record and marks the position.
// That shows some of the content of the record: use it where the reader may see the
// record anyway. Findings milder than least are left out.
func Text(w io.Writer, records []Record, least fhir.Severity, caret bool) error {
	w = printable.Writer(w)
	for n := range records {
		r := &records[n]
		for k := range r.Issues {
			i := &r.Issues[k]
			if i.Severity < least {
				continue
			}
			at := r.position(k)
			if _, err := fmt.Fprintf(w, "%s:%d:%d: %s\n", r.Source, at.Line, at.Column, i); err != nil {
				return err
			}
			if caret && i.Offset >= 0 && i.Offset <= len(r.Text) {
				if _, err := fmt.Fprintln(w, r.marked(i.Offset)); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// window is how many characters of a line are shown on either side of a position.
const window = 48

// reach is how many bytes on either side of a position are read, because a line may have
// megabytes: the window, and enough to tell that the line goes on.
const reach = window*utf8.UTFMax + 2

// marked returns the part of the line around an offset, and a caret below it.
func (r *Record) marked(offset int) string {
	before, after := r.Text[max(offset-reach, 0):offset], r.Text[offset:min(offset+reach, len(r.Text))]
	before = before[bytes.LastIndexByte(before, '\n')+1:]
	after, _, _ = bytes.Cut(after, []byte{'\n'})
	after = bytes.TrimSuffix(after, []byte{'\r'})
	from, to := near(before, after)
	lead, trail := "", ""
	if from > 0 {
		lead = "… "
	}
	if to < len(after) {
		trail = " …"
	}
	left := lead + shown(before[from:])
	return "    " + left + shown(after[:to]) + trail + "\n    " + strings.Repeat(" ", display.Cells(left)) + "^"
}

// near returns where the window begins in the text before a position and where it ends in
// the text after it.
func near(before, after []byte) (from, to int) {
	from = len(before)
	for range window {
		_, size := utf8.DecodeLastRune(before[:from])
		from -= size
		_, size = utf8.DecodeRune(after[to:])
		to += size
	}
	return from, to
}

// shown replaces line breaks and control characters, so that a text stays on one line
// and cannot control the terminal.
func shown(text []byte) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t':
			return ' '
		case r == utf8.RuneError || !printable.Rune(r):
			return '·'
		}
		return r
	}, string(text))
}
