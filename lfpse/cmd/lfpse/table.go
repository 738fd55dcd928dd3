package main

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/internal/printable"
	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
)

// totals counts the rows by state.
type totals struct {
	Rows   int                 `json:"rows"`
	States map[draft.State]int `json:"states"`
	// Before counts the accepted rows that had been recorded before.
	Before int `json:"recordedBefore,omitempty"`
}

func (t *totals) add(state draft.State) {
	if t.States == nil {
		t.States = map[draft.State]int{}
	}
	t.Rows++
	t.States[state]++
}

// line says how many rows ended in which state.
func (t *totals) line() string {
	parts := []string{}
	for _, s := range draft.States() {
		n := t.States[s]
		if n == 0 {
			continue
		}
		part := fmt.Sprintf("%d %s", n, s)
		if s == draft.Accepted && t.Before > 0 {
			part += fmt.Sprintf(" (%d of them before)", t.Before)
		}
		parts = append(parts, part)
	}
	if len(parts) == 0 {
		return "0 rows"
	}
	return fmt.Sprintf("%s: %s", rows(t.Rows), strings.Join(parts, ", "))
}

// waiting counts the rows that a person has to look at.
func (t *totals) waiting() int {
	n := 0
	for s, rows := range t.States {
		if s.Waits() {
			n += rows
		}
	}
	return n
}

// undelivered counts the rows that should have been sent but were not, or may not have
// been.
func (t *totals) undelivered() int { return t.States[draft.Pending] + t.States[draft.Unknown] }

func rows(n int) string {
	if n == 1 {
		return "1 row"
	}
	return fmt.Sprintf("%d rows", n)
}

func waitingText(n int) string {
	if n == 1 {
		return "1 row waits for a person (exit code 1)"
	}
	return fmt.Sprintf("%d rows wait for a person (exit code 1)", n)
}

// result is the result for one row.
type result struct {
	Reference string      `json:"reference"`
	Line      int         `json:"line,omitempty"`
	Type      string      `json:"type,omitempty"`
	State     draft.State `json:"state"`
	National  string      `json:"nationalReference,omitempty"`
	ID        string      `json:"id,omitempty"`
	Version   string      `json:"versionId,omitempty"`
	// Before says that the row was recorded before, and nothing was sent now.
	Before  bool     `json:"recordedBefore,omitempty"`
	Details []string `json:"details,omitempty"`
}

// details says why a row is not ready, in one line per reason.
func details(d *draft.Draft) []string {
	var out []string
	switch d.State {
	case draft.NotForLFPSE:
		return []string{d.Reason}
	case draft.Blocked:
		return errorLines(d, d.Privacy)
	case draft.Invalid:
		return errorLines(d, d.Issues)
	case draft.NeedsAnswers:
		for i := range d.Questions {
			if d.Questions[i].Required {
				out = append(out, questionLine(&d.Questions[i]))
			}
		}
	}
	return out
}

func errorLines(d *draft.Draft, issues fhir.Issues) (out []string) {
	for _, i := range issues {
		if i.Severity == fhir.Error {
			out = append(out, issueLine(d, i))
		}
	}
	return out
}

// issueLine says what is wrong and where: in the log, if the log gave the value.
func issueLine(d *draft.Draft, i fhir.Issue) string {
	s := fmt.Sprintf("%s in %s: %s", i.Rule, cmp.Or(d.Origins[i.Path], i.Path), i.Text)
	if i.Fix != "" {
		s += " " + i.Fix
	}
	return s
}

// questionLine is a question, why it is asked, and where the answer goes.
func questionLine(q *lfpse.Question) string {
	const few = 6
	s := q.Text
	if q.Why != "" {
		s += " (" + q.Why + ")"
	}
	s += " [" + q.Target
	if n := len(q.Choices); n > 0 && n <= few {
		values := make([]string, n)
		for i, c := range q.Choices {
			values[i] = c.Value
		}
		s += ": " + strings.Join(values, ", ")
	}
	if len(q.When) > 0 {
		s += "; " + conditions(q.When)
	}
	return s + "]"
}

// conditions says when a question arises.
func conditions(when []lfpse.Condition) string {
	parts := make([]string, len(when))
	for i, c := range when {
		word, what := "only if", "is "+strings.Join(c.Values, " or ")
		if c.Not {
			word = "unless"
		}
		if len(c.Values) == 0 {
			what = "is answered"
		}
		parts[i] = word + " " + c.Target + " " + what
	}
	return strings.Join(parts, " and ")
}

// detailWidth is the width, in characters, at which the details of a table are wrapped.
const detailWidth = 96

// printTable prints the rows as text, details below each other.
func printTable(w io.Writer, results []result) {
	heads := [3]string{"REFERENCE", "TYPE", "STATE"}
	width := [3]int{len(heads[0]), len(heads[1]), len(heads[2])}
	for _, r := range results {
		for i, s := range [3]string{clean(r.Reference), r.Type, string(r.State)} {
			width[i] = max(width[i], utf8.RuneCountInString(s))
		}
	}
	line := func(a, b, c, d string) {
		s := fmt.Sprintf("%-*s  %-*s  %-*s  %s", width[0], a, width[1], b, width[2], c, d)
		fmt.Fprintln(w, strings.TrimRight(s, " "))
	}
	line(heads[0], heads[1], heads[2], "NATIONAL REFERENCE, OR WHAT TO DO")
	for _, r := range results {
		details := wrapAll(append(nationalLine(r), r.Details...))
		if len(details) == 0 {
			details = []string{""}
		}
		line(clean(r.Reference), r.Type, string(r.State), details[0])
		for _, d := range details[1:] {
			line("", "", "", d)
		}
	}
}

func nationalLine(r result) []string {
	if r.National != "" {
		return []string{r.National}
	}
	return nil
}

// wrapAll breaks texts into lines; the lines of a text after its first are
// indented.
func wrapAll(texts []string) []string {
	var out []string
	for _, text := range texts {
		line := ""
		for _, word := range strings.Fields(text) {
			word = clean(word)
			switch {
			case line == "":
				line = word
			case utf8.RuneCountInString(line)+utf8.RuneCountInString(word) >= detailWidth:
				out = append(out, line)
				line = "  " + word
			default:
				line += " " + word
			}
		}
		if line != "" {
			out = append(out, line)
		}
	}
	return out
}

// clean makes control characters and line breaks visible.
func clean(s string) string { return printable.Line(s) }
