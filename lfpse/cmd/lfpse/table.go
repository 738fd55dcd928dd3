package main

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/term"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/internal/display"
	"github.com/gpsafety/lfpse-go/lfpse/printable"
)

// tableFlags say how a table looks.
type tableFlags struct {
	Width   int  `help:"Width of the table in characters. Default: COLUMNS, or that of the terminal; without either, nothing is cut." placeholder:"N"`
	Verbose bool `short:"v" help:"Show all there is to say about each row in the table: every question and finding in full, with the ids of the rules."`
}

// Validate is called when the arguments have been read.
func (f tableFlags) Validate() error {
	if f.Width < 0 {
		return errors.New("--width must be a number of characters, such as 100")
	}
	return nil
}

// refuse says that nothing is printed that the flags could be about.
func (f tableFlags) refuse(form string) error {
	if f.Verbose || f.Width > 0 {
		return fmt.Errorf("--verbose and --width are for a table: leave them out with %s", form)
	}
	return nil
}

// The sizes of a table. A table of no given width shows everything, in a last column of
// freeWidth.
const (
	freeWidth  = 96
	leastWidth = 28   // of the last column; if there is less room, it stands below the others
	mostHeld   = 1000 // rows that are put in order; of a longer log the rows come as they are read
	wideEnough = 60   // of the last column for a cell to take two lines; a narrower one takes six
)

// table prints rows as text. Up to mostHeld rows are put in order: those that wait come
// first, those that are not for LFPSE last. In a longer log the first mostHeld rows are
// put in order and the others follow in that of the log, so memory does not grow with it.
type table struct {
	w         *bufio.Writer
	first     string // head of the first column
	last      string // head of the last column
	width     int    // 0: there is none
	full      bool   // nothing is cut
	verbose   bool   // information is shown beside the row, too
	colour    bool
	every     bool // even in a long log, every row is listed
	held      []result
	streaming bool
	left      int // rows of a long log that are not listed
	columns   [4]int
}

// newTable takes width and colours from the terminal, if w is one.
func newTable(w io.Writer, f tableFlags, last string, every bool) *table {
	t := &table{w: bufio.NewWriter(w), first: "REFERENCE", last: last, width: f.width(w), verbose: f.Verbose, every: every || f.Verbose}
	t.full = f.Verbose || t.width == 0
	_, t.colour = terminal(w)
	// A console of Windows that is not the Terminal would show the codes of the colours.
	t.colour = t.colour && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" && (runtime.GOOS != "windows" || os.Getenv("WT_SESSION") != "")
	return t
}

// width is the width that is asked for, or else that of the terminal; 0 if there is
// neither.
func (f tableFlags) width(w io.Writer) int {
	if f.Width > 0 {
		return f.Width
	}
	if n, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && n > 0 {
		return n
	}
	if fd, ok := terminal(w); ok {
		if n, _, err := term.GetSize(fd); err == nil {
			return n
		}
	}
	return 0
}

// wrapped breaks paragraphs to the width of the table. A line that begins with blanks is
// a command to copy, and stays whole. Without a width, nothing is broken.
func (f tableFlags) wrapped(w io.Writer, text string) string {
	width := f.width(w)
	if width == 0 {
		return text
	}
	var lines []string
	for line := range strings.SplitSeq(text, "\n") {
		if strings.HasPrefix(line, " ") {
			lines = append(lines, line)
		} else {
			lines = append(lines, display.Wrap(line, width, "  ")...)
		}
	}
	return strings.Join(lines, "\n")
}

// terminal returns the descriptor of a terminal; ok is false for anything else.
func terminal(w io.Writer) (fd int, ok bool) {
	fd = int(fdOf(w))
	return fd, term.IsTerminal(fd)
}

// add takes the next row of the log. The error is that of writing.
func (t *table) add(r result) error {
	if !t.streaming {
		if t.held = append(t.held, r); len(t.held) <= mostHeld {
			return nil
		}
		t.release()
		t.streaming = true
		return t.w.Flush()
	}
	if !t.lists(&r) {
		t.left++
		return nil
	}
	t.row(&r)
	return t.w.Flush()
}

// lists reports whether a row of a long log is listed.
func (t *table) lists(r *result) bool { return t.every || r.waits() || len(r.warnings()) > 0 }

// end prints what has not been printed. The error is that of writing.
func (t *table) end() error {
	if !t.streaming {
		t.release()
	}
	if t.left > 0 {
		text := rows(t.left) + " without a warning are not listed, because they wait for nobody and the log is long; -v lists them too."
		fmt.Fprintln(t.w, strings.Join(display.Wrap(text, cmp.Or(t.width, freeWidth), ""), "\n"))
	}
	return t.w.Flush()
}

// mostMore is how many of the rows are listed that are not in the log.
const mostMore = 20

// more prints rows that are not in the log, below a heading.
func (t *table) more(heading string, list []result) error {
	if len(list) == 0 {
		return nil
	}
	fmt.Fprintf(t.w, "\n%s\n", heading)
	for i := range list {
		if i == mostMore && !t.verbose {
			fmt.Fprintf(t.w, "and %d more; -v lists them all.\n", len(list)-i)
			break
		}
		t.row(&list[i])
	}
	return t.w.Flush()
}

// release prints the rows that are held, in order.
func (t *table) release() {
	held := t.held
	t.held = nil
	if len(held) > mostHeld {
		held = slices.DeleteFunc(held, func(r result) bool {
			gone := !t.lists(&r)
			if gone {
				t.left++
			}
			return gone
		})
	}
	slices.SortStableFunc(held, func(a, b result) int { return cmp.Compare(rank(&a), rank(&b)) })
	heads := [4]string{t.first, "DAY", "TYPE", "STATE"}
	for i := range heads {
		t.columns[i] = display.Cells(heads[i])
	}
	for i := range held {
		for k, cell := range cellsOf(&held[i]) {
			t.columns[k] = max(t.columns[k], display.Cells(cell))
		}
	}
	t.line(heads, "", []string{t.last})
	for i := range held {
		t.row(&held[i])
	}
}

// rank puts the rows that wait before those that are done, and those that are not for
// LFPSE last.
func rank(r *result) int {
	states := draft.States()
	switch {
	case r.waits():
		return slices.Index(states, r.State)
	case r.State == draft.NotForLFPSE:
		return 3 * len(states)
	case len(r.warnings()) > 0:
		return len(states)
	}
	return 2 * len(states)
}

// cellsOf are the cells of a row before the last.
func cellsOf(r *result) [4]string {
	return [4]string{clean(r.Reference), r.day, strings.ReplaceAll(r.Type, "-", " "), string(r.State)}
}

func (t *table) row(r *result) { t.line(cellsOf(r), r.State, t.lastCell(r)) }

// line prints one row of the table: the cells, and the lines of the last one.
func (t *table) line(cells [4]string, state draft.State, last []string) {
	indent := t.indent()
	below := t.width != 0 && indent+leastWidth > t.width
	var b strings.Builder
	for i, cell := range cells {
		padded := display.Pad(cell, t.columns[i])
		if i == len(cells)-1 {
			padded = t.coloured(state, cell) + padded[len(cell):]
		}
		b.WriteString(padded + "  ")
	}
	if below {
		fmt.Fprintln(t.w, strings.TrimRight(b.String(), " "))
		b.Reset()
		indent = 4
		b.WriteString(strings.Repeat(" ", indent))
	}
	for i, text := range last {
		if i > 0 {
			b.WriteString(strings.Repeat(" ", indent))
		}
		b.WriteString(text)
		fmt.Fprintln(t.w, strings.TrimRight(b.String(), " "))
		b.Reset()
	}
	if len(last) == 0 && !below {
		fmt.Fprintln(t.w, strings.TrimRight(b.String(), " "))
	}
}

// indent is where the last column begins.
func (t *table) indent() int {
	n := 0
	for _, w := range t.columns {
		n += w + 2
	}
	return n
}

// lastWidth is the width of the last column.
func (t *table) lastWidth() int {
	switch left := t.width - t.indent(); {
	case t.width == 0:
		return freeWidth
	case left < leastWidth: // below the others
		return max(t.width-4, leastWidth)
	default:
		return left
	}
}

// lastCell is what there is to say about a row: the first thing and how many more there
// are, or in full each of them.
func (t *table) lastCell(r *result) []string {
	var lines []string
	record := r.National
	switch {
	case r.Stands:
		record += " (recorded before: its record stands)"
	case r.Before:
		record += " (recorded before)"
	}
	if record != "" {
		lines = append(lines, display.Wrap(strings.TrimSpace(record), t.lastWidth(), "")...)
	}
	texts := t.texts(r)
	width := t.lastWidth()
	if !t.full && len(texts) > 0 {
		more := ""
		if n := len(texts) - 1; n > 0 {
			more = fmt.Sprintf(" (and %d more)", n)
		}
		most := 2
		if width < wideEnough {
			most = 6
		}
		return append(lines, display.WrapCut(clean(texts[0]), more, width, most)...)
	}
	for _, text := range texts {
		lines = append(lines, display.Wrap(clean(text), width, "  ")...)
	}
	return lines
}

// texts are the things to say about a row, the most important first.
func (t *table) texts(r *result) (out []string) {
	add := func(prefix string, m remark) {
		if t.full {
			out = append(out, prefix+m.full)
		} else {
			out = append(out, prefix+m.plain)
		}
	}
	for _, d := range slices.Concat(r.Details, r.Wanted) {
		add("", d)
	}
	for _, a := range r.advice() {
		add("", a)
	}
	for _, f := range r.Findings {
		if f.Severity == fhir.Warning && (t.full || !f.asked) {
			add("Warning: ", f.remark())
		}
	}
	for _, f := range r.Findings {
		if f.Severity == fhir.Information && t.verbose {
			add("Information: ", f.remark())
		}
	}
	return out
}

// The colours of the states, as a terminal knows them.
const (
	red    = "\x1b[31m"
	green  = "\x1b[32m"
	yellow = "\x1b[33m"
	plain  = "\x1b[0m"
)

func (t *table) coloured(s draft.State, cell string) string {
	colour := ""
	switch s {
	case draft.Blocked, draft.Invalid, draft.Rejected, draft.Unknown:
		colour = red
	case draft.NeedsAnswers, draft.Held, draft.Pending:
		colour = yellow
	case draft.Ready, draft.Accepted:
		colour = green
	}
	if !t.colour || colour == "" {
		return cell
	}
	return colour + cell + plain
}

// clean makes control characters and line breaks visible.
func clean(s string) string { return printable.Line(s) }
