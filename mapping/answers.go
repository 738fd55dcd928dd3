package mapping

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"slices"
	"strings"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/mapping/csvlog"
)

// Answers are people's answers to the questions about a log. They do not change and are
// safe for concurrent use.
type Answers struct {
	byReference map[string]map[string]string
	lines       map[string]int // of the first answer to a reference
}

// Format prints how many rows have answers, for every verb.
func (a Answers) Format(f fmt.State, _ rune) {
	fmt.Fprintf(f, "mapping.Answers(rows: %d)", len(a.byReference))
}

// LogValue logs how many rows have answers.
func (a Answers) LogValue() slog.Value {
	return slog.GroupValue(slog.Int("rows", len(a.byReference)))
}

// ReadAnswers reads a CSV file with the columns reference, target and answer;
// other columns that have a name and rows with a blank answer are passed over, and the same answer may
// stand on several lines. An apostrophe that guards a text against being taken for a
// formula, as [csvlog.Guard] writes it, is no part of it. What an answer may be is said at [draft.Form.Answer]. The
// error lists the rows that cannot be used.
func ReadAnswers(src io.Reader) (*Answers, error) {
	r, err := csvlog.NewReader(src)
	if err != nil {
		return nil, err
	}
	columns, nameless, err := answerColumns(r.Columns())
	if err != nil {
		return nil, err
	}
	a := &Answers{byReference: map[string]map[string]string{}, lines: map[string]int{}}
	var faults csvlog.Faults
	for row, err := range r.Rows() {
		if err == nil {
			err = a.add(row.Line, row.Cell(columns[0]), row.Cell(columns[1]), row.Cell(columns[2]))
			for _, column := range nameless {
				if err == nil && strings.TrimSpace(row.Cell(column)) != "" {
					err = fmt.Errorf("line %d: there is a text in a column without a name; an answer stands in the column answer", row.Line)
				}
			}
		}
		faults.Add(err)
	}
	if err := faults.Err(); err != nil {
		return nil, err
	}
	return a, nil
}

// answerColumns finds the columns reference, target and answer, in capitals or not, and those
// without a name, where an answer would stand that was written one cell too far to the right.
func answerColumns(header []string) (columns [3]int, nameless []int, err error) {
	names := make([]string, len(header))
	for i, name := range header {
		if names[i] = lfpse.Fold(name); names[i] == "" {
			nameless = append(nameless, i)
		}
	}
	var missing []string
	for i, name := range []string{"reference", "target", "answer"} {
		if columns[i] = slices.Index(names, name); columns[i] < 0 {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		return columns, nil, fmt.Errorf("a file of answers has the columns reference, target and answer; missing: %s", strings.Join(missing, ", "))
	}
	return columns, nameless, csvlog.Repeated(names, "reference", "target", "answer")
}

func (a *Answers) add(line int, reference, target, answer string) error {
	for _, text := range []*string{&reference, &target, &answer} {
		*text = strings.TrimSpace(csvlog.Unguard(*text))
	}
	of := a.byReference[reference]
	switch {
	case answer == "":
		return nil
	case reference == "" || target == "":
		return fmt.Errorf("line %d: an answer needs a reference and a target", line)
	case of[target] == answer: // to one property there may be questions for different cases
		return nil
	case of[target] != "":
		return fmt.Errorf("line %d: the question has been answered differently on an earlier line; if several answers apply, write them in one cell with %s between them", line, draft.BetweenAnswers)
	case of == nil:
		of = map[string]string{}
		a.byReference[reference], a.lines[reference] = of, line
	}
	of[target] = answer
	return nil
}

// to returns the answers to the questions about a row, by target.
func (a *Answers) to(reference string) map[string]string {
	if a == nil {
		return nil
	}
	return a.byReference[reference]
}

// unused names the answers to rows that the log did not have. The reference is not
// quoted, because it may be a text in the wrong column.
func (a *Answers) unused(taken map[string]bool) []csvlog.Finding {
	if a == nil {
		return nil
	}
	var lines []int
	for reference, line := range a.lines {
		if !taken[reference] {
			lines = append(lines, line)
		}
	}
	slices.Sort(lines)
	out := make([]csvlog.Finding, len(lines))
	for i, line := range lines {
		out[i] = finding(place{}, "MAP-ANSWER-UNUSED", "line %d of the answers is for a reference that no row of the log has", line)
	}
	return out
}

// applyAnswers puts people's answers into the draft.
func (r *rowMapper) applyAnswers() {
	if len(r.answers) == 0 {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(r.answers)) {
		err := r.contradicted(name)
		if err == nil {
			err = r.m.form.Answer(r.d, name, r.answers[name])
		}
		if err == nil {
			continue
		}
		switch {
		case errors.Is(err, draft.ErrPointless):
			r.issue(fhir.Warning, "MAP-ANSWER-POINTLESS", name, ended("The answer is not used: "+err.Error()), "Nothing, or correct the answer that it depends on.")
			continue
		case name == draft.MedicinesTarget:
			r.issue(fhir.Error, "MAP-ANSWER", name, ended("The answer cannot be used: "+err.Error()), "Correct the answer; write "+draft.BetweenAnswers+" between several medicines, or none.")
			continue
		}
		p, unknown := r.m.form.Property(name)
		if unknown != nil && name != draft.PatientsTarget {
			// The target may be text in the wrong column, so it is not quoted.
			r.issue(fhir.Error, "MAP-ANSWER", "answers", "An answer is for a property that an event does not have.", "Write the target as it is in the question.")
			continue
		}
		fix := "Correct the answer."
		if unknown == nil && p.Repeats() {
			fix = "Correct the answer; write " + draft.BetweenAnswers + " between several."
		}
		r.issue(fhir.Error, "MAP-ANSWER", name, ended("The answer cannot be used: "+err.Error()), fix)
	}
}

// contradicted returns an error if the less exact and the exact answer are both given,
// such as an age and its bracket: the one would take the place of the other.
func (r *rowMapper) contradicted(name string) error {
	instead := name
	switch owner, property, _ := strings.Cut(name, "."); {
	case name == "estimatedDate.approximateDate":
		instead = "date"
	case property == "ageBracket":
		instead = owner + "." + ageName
	}
	if instead != name && r.answers[instead] != "" {
		return errors.New("there is an answer for " + instead + " too, and only one of the two can be sent")
	}
	return nil
}

// unasked notes the answers that the map would ask for in events of other types only.
func (r *rowMapper) unasked() {
	if r.d.Event.Type == "" {
		return
	}
	for _, a := range r.d.Answers {
		known, applies := false, false
		look := func(fields []field) {
			for i := range fields {
				f := &fields[i]
				if slices.ContainsFunc(f.targets, func(t *target) bool { return t.name == a.Target }) {
					known = true
					applies = applies || len(f.types) == 0 || slices.Contains(f.types, r.d.Event.Type)
				}
			}
		}
		look(r.m.fields)
		for i := range r.m.patients {
			look(r.m.patients[i].fields)
		}
		if known && !applies {
			r.d.Unasked = append(r.d.Unasked, a.Target)
		}
	}
}
