package main

import (
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gpsafety/lfpse-go/mapping"
)

// The states a row can end in when it is submitted, besides those of a draft.
const (
	accepted  = "accepted"
	recorded  = "already recorded"
	changed   = "changed since recorded"
	rejected  = "rejected"
	notSent   = "not sent"
	unknown   = "unknown"
	stateNote = "unknown means: sent, but no answer says whether it was recorded. It is not sent again by itself."
)

// order is the order in which totals are listed.
var order = []string{accepted, recorded, string(mapping.Ready), changed, string(mapping.NeedsAnswers), string(mapping.PrivacyBlock),
	string(mapping.InvalidRecord), rejected, notSent, unknown, string(mapping.NotForLFPSE)}

// totals counts the rows by state.
type totals struct {
	Rows   int            `json:"rows"`
	States map[string]int `json:"states"`
}

func (t *totals) add(state string) {
	if t.States == nil {
		t.States = map[string]int{}
	}
	t.Rows++
	t.States[state]++
}

// line says how many rows ended in which state.
func (t *totals) line() string {
	parts := []string{}
	for _, s := range order {
		if n := t.States[s]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, s))
		}
	}
	if len(parts) == 0 {
		return "0 rows"
	}
	return fmt.Sprintf("%s: %s", rows(t.Rows), strings.Join(parts, ", "))
}

// waiting counts the rows that a person has to look at.
func (t *totals) waiting() int {
	return t.States[string(mapping.NeedsAnswers)] + t.States[string(mapping.PrivacyBlock)] + t.States[string(mapping.InvalidRecord)] + t.States[rejected] + t.States[changed]
}

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

// result is what became of one row.
type result struct {
	Reference string   `json:"reference"`
	Line      int      `json:"line,omitempty"`
	Type      string   `json:"type,omitempty"`
	State     string   `json:"state"`
	National  string   `json:"nationalReference,omitempty"`
	ID        string   `json:"id,omitempty"`
	Version   string   `json:"versionId,omitempty"`
	Details   []string `json:"details,omitempty"`
}

// detailWidth is where the details of a table are wrapped, in characters.
const detailWidth = 96

// printTable prints the rows as text, details below each other.
func printTable(w io.Writer, results []result) {
	heads := [3]string{"REFERENCE", "TYPE", "STATE"}
	width := [3]int{len(heads[0]), len(heads[1]), len(heads[2])}
	for _, r := range results {
		for i, s := range [3]string{clean(r.Reference), r.Type, r.State} {
			width[i] = max(width[i], utf8.RuneCountInString(s))
		}
	}
	line := func(a, b, c, d string) {
		s := fmt.Sprintf("%-*s  %-*s  %-*s  %s", width[0], a, width[1], b, width[2], c, d)
		fmt.Fprintln(w, strings.TrimRight(s, " "))
	}
	line(heads[0], heads[1], heads[2], "NATIONAL REFERENCE, OR WHAT IS TO DO")
	for _, r := range results {
		details := wrapAll(append(nationalLine(r), r.Details...))
		if len(details) == 0 {
			details = []string{""}
		}
		line(clean(r.Reference), r.Type, r.State, details[0])
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

// clean makes visible what could steer a terminal or break a line.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) && !unicode.Is(unicode.Zs, r) {
			return unicode.ReplacementChar
		}
		return r
	}, s)
}
