package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/interview"
)

// totals counts the rows by state, and what was noticed about them.
type totals struct {
	Rows   int                 `json:"rows"`
	States map[draft.State]int `json:"states"`
	// Before counts the accepted rows that had been recorded before.
	Before int `json:"recordedBefore,omitempty"`
	// Warnings and Information count the findings that do not stop a row.
	Warnings    int `json:"warnings"`
	Information int `json:"information"`
	// asked counts the warnings that only say why a question is asked.
	asked int
	// Asked and Kept count the rows that need an answer or are held not because of what
	// they say but in the outbox: somebody has to say which event it is about, or to let it
	// go.
	Asked int `json:"askedByOutbox,omitempty"`
	Kept  int `json:"heldInOutbox,omitempty"`
	// Stands counts the rows that are not sent now and have a record, and Gone the reports
	// that the log does not have any more.
	Stands int `json:"recordStands,omitempty"`
	Gone   int `json:"gone,omitempty"`
	// Others are reports of other logs that waited and were sent as well.
	Others map[draft.State]int `json:"others,omitempty"`
	// Warned counts the rows with warnings that wait for nobody: those that are ready, or
	// have been sent.
	Warned int `json:"rowsWithWarnings"`
	// Privacy has the effects of privacy classes that are weaker than the default.
	Privacy map[string]string `json:"weakerPrivacy,omitempty"`
	// Questions is how much is asked about the rows, Themes what they are about.
	Questions burden         `json:"questions,omitzero"`
	Themes    map[string]int `json:"themes,omitempty"`

	source  string // what people call it
	notes   []note
	targets []string // of the questions, in the order in which they were asked first
}

// note is information that is the same for many rows. It is shown once.
type note struct {
	rule, text, first string
	rows              int
}

func (t *totals) add(r *result) {
	if t.States == nil {
		t.States = map[draft.State]int{}
	}
	t.Rows++
	t.States[r.State]++
	if r.Before {
		t.Before++
	}
	switch {
	case r.inOutbox && r.State == draft.NeedsAnswers:
		t.Asked++
	case r.inOutbox && r.State == draft.Held:
		t.Kept++
	}
	if r.Stands {
		t.Stands++
	}
	t.told(r)
	warned := false
	seen := map[string]bool{}
	for _, f := range r.Findings {
		if f.Severity == fhir.Warning {
			t.Warnings++
			warned = true
			if f.asked {
				t.asked++
			}
			continue
		}
		t.Information++
		if !seen[f.Rule] {
			seen[f.Rule] = true
			t.note(r, &f)
		}
	}
	if warned && !r.waits() {
		t.Warned++
	}
}

// told counts the questions and the themes of a row.
func (t *totals) told(r *result) {
	t.Questions.add(r.Questions)
	for _, target := range r.targets {
		if !slices.Contains(t.targets, target) {
			t.targets = append(t.targets, target)
		}
	}
	if r.Advice == nil {
		return
	}
	for i := range r.Advice.Themes {
		if t.Themes == nil {
			t.Themes = map[string]int{}
		}
		t.Themes[r.Advice.Themes[i].Text]++
	}
}

// explain writes what the questions mean, if the table shows all there is to say.
func (t *totals) explain(w io.Writer, g *interview.Guide, f tableFlags) error {
	if !f.Verbose {
		return nil
	}
	return explainQuestions(w, g, f, t.targets)
}

func (t *totals) note(r *result, f *finding) {
	for i := range t.notes {
		if t.notes[i].rule == f.Rule {
			t.notes[i].rows++
			return
		}
	}
	t.notes = append(t.notes, note{f.Rule, f.Text, r.Reference, 1})
}

// line says how many rows ended in which state, and how many have warnings.
func (t *totals) line() string {
	if t.Rows == 0 {
		return "0 rows"
	}
	return rows(t.Rows) + ": " + inStates(t.States, t.Before)
}

// inStates says how many are in which state, and how many were accepted before.
func inStates(states map[draft.State]int, before int) string {
	parts := []string{}
	for _, s := range draft.States() {
		n := states[s]
		if n == 0 {
			continue
		}
		part := fmt.Sprintf("%d %s", n, s)
		if s == draft.NeedsAnswers && n > 1 {
			part = fmt.Sprintf("%d need answers", n)
		}
		if s == draft.Accepted && before > 0 {
			part += fmt.Sprintf(" (%d of them before)", before)
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, ", ")
}

// summary is the counts and, once each, what is worth knowing, one paragraph a line.
func (t *totals) summary() string {
	lines := []string{t.line()}
	if len(t.Others) > 0 {
		lines = append(lines, "Reports of other logs that waited in the outbox: "+inStates(t.Others, 0))
	}
	if t.Warnings > 0 {
		text := fmt.Sprintf("Warnings: %d. They stop no row, so please read them.", t.Warnings)
		if t.asked > 0 {
			text = fmt.Sprintf("Warnings: %d. Of these %d only give the reason for a question; the others stop no row, so please read them.", t.Warnings, t.asked)
			if t.asked == t.Warnings {
				text = fmt.Sprintf("Warnings: %d. They only give the reasons for questions.", t.Warnings)
			}
		}
		if t.Warned > 0 {
			done := [2]string{"is ready", "are ready"}
			if t.States[draft.Ready] == 0 {
				done = [2]string{"was sent", "were sent"}
			}
			text += fmt.Sprintf(" %s with warnings %s.", rows(t.Warned), done[min(t.Warned, 2)-1])
		}
		lines = append(lines, text)
	}
	for _, n := range t.notes {
		about := clean(n.first)
		if n.rows > 1 {
			about = rows(n.rows) + ", such as " + about
		}
		lines = append(lines, fmt.Sprintf("Worth knowing about %s: %s See: lfpse rules %s", about, clean(n.text), n.rule))
	}
	if len(t.Themes) > 0 {
		var parts []string
		for _, theme := range slices.Sorted(maps.Keys(t.Themes)) {
			parts = append(parts, fmt.Sprintf("%s %d", theme, t.Themes[theme]))
		}
		lines = append(lines, "Themes for learning, which are not sent: "+strings.Join(parts, ", ")+".")
	}
	return strings.Join(append(lines, t.Questions.lines(t.source)...), "\n")
}

// waiting counts the rows that a person has to look at.
func (t *totals) waiting() int {
	n := 0
	for _, states := range []map[draft.State]int{t.States, t.Others} {
		for s, rows := range states {
			if s.Waits() {
				n += rows
			}
		}
	}
	return n
}

// undelivered counts the rows that should have been sent but were not, or may not have
// been.
func (t *totals) undelivered() int {
	return t.States[draft.Pending] + t.States[draft.Unknown] + t.Others[draft.Pending] + t.Others[draft.Unknown]
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
