package form

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
)

// stage is a step of the form as one page: a step about patients is a page for each.
type stage struct {
	id, title string
	caption   string // says about which patient it is, where there are several
	targets   []string
}

// rest is the id of the stage of what is in no step.
const rest = "more"

// stages are the pages for a draft, in their order.
func (s *site) stages(d *draft.Draft) (out []stage) {
	steps := s.Guide.Steps()
	for i := 0; i < len(steps); {
		n := i + 1
		for n < len(steps) && steps[n].Each == steps[i].Each && steps[i].Each != "" {
			n++
		}
		entries := 1
		if steps[i].Each != "" {
			entries = entriesOf(d, steps[i].Each)
		}
		for entry := range entries {
			for _, step := range steps[i:n] {
				if step.Has(d.Event.Type) {
					out = append(out, newStage(step.ID, step.Title, step.Targets, entry, entries))
				}
			}
		}
		i = n
	}
	if other := left(d, out); len(other.targets) > 0 {
		out = append(out, other)
	}
	return out
}

// left is the stage of what is asked or said and is in no other stage: nothing is sent that
// its recorder has not seen.
func left(d *draft.Draft, all []stage) stage {
	x := stage{id: rest, title: "What else there is"}
	add := func(target string) {
		within := func(x stage) bool { return slices.Contains(x.targets, target) }
		if !slices.Contains(silent, target) && !within(x) && !slices.ContainsFunc(all, within) {
			x.targets = append(x.targets, target)
		}
	}
	for _, q := range d.Questions {
		add(q.Target)
	}
	for target := range d.Event.Stated() {
		add(target)
	}
	return x
}

// silent are the targets that no page shows: what is asked last, and what follows from the
// date.
var silent = []string{draft.CompleteTarget, "estimatedDate.incidentOccurredToday", "estimatedDate.todaysDate"}

// entriesOf is how many entries of a list the form asks about: all patients that were
// affected, and of other lists one at least.
func entriesOf(d *draft.Draft, list string) int {
	switch list {
	case "medicines":
		return max(1, len(d.Event.Medicines))
	case "devices":
		return max(1, len(d.Event.Devices))
	}
	n := len(d.Event.Patients)
	if d.Affected != nil {
		n = max(n, *d.Affected)
	}
	if n == 0 && slices.ContainsFunc(d.Questions, func(q lfpse.Question) bool { return strings.HasPrefix(q.Target, "patients[") && q.Arises() }) {
		n = 1
	}
	return n
}

func newStage(id, title string, targets []string, entry, entries int) stage {
	x := stage{id: id, title: title, targets: targets}
	if entry > 0 {
		x.id = fmt.Sprintf("%s-%d", id, entry+1)
		x.targets = make([]string, len(targets))
		for i, target := range targets {
			x.targets[i] = strings.Replace(target, "[0]", fmt.Sprintf("[%d]", entry), 1)
		}
	}
	if entries > 1 {
		x.caption = fmt.Sprintf("%d of %d", entry+1, entries)
	}
	return x
}

// stageOf returns the stage with an id.
func stageOf(all []stage, id string) (stage, bool) {
	i := slices.IndexFunc(all, func(x stage) bool { return x.id == id })
	if i < 0 {
		return stage{}, false
	}
	return all[i], true
}

// open are the questions that have to be answered now before the report can be sent, but
// for the last.
func (s *site) open(d *draft.Draft) (out []lfpse.Question) {
	for i := range d.Questions {
		if q := &d.Questions[i]; q.Required && q.Target != draft.CompleteTarget && s.form().Arises(d, q) {
			out = append(out, *q)
		}
	}
	return out
}

// next is the stage after another, or before it, that has a question which has to be
// answered and was not put to a clinician.
func (s *site) next(d *draft.Draft, after string) (string, bool) {
	all, open := s.stages(d), s.open(d)
	at := slices.IndexFunc(all, func(x stage) bool { return x.id == after })
	for i := range all {
		x := all[(at+1+i)%len(all)]
		for _, q := range open {
			if slices.Contains(x.targets, q.Target) && !d.Referred(q.Target) {
				return x.id, true
			}
		}
	}
	return "", false
}

// form is the form of the drafts.
func (s *site) form() *draft.Form { return s.page.Builder.Form() }

// asked are the questions of a stage as they would be asked if none was answered, with
// their words, choices and conditions.
func (s *site) asked(d *draft.Draft, x stage) map[string]lfpse.Question {
	out := map[string]lfpse.Question{}
	var blank draft.Draft
	if text, err := d.MarshalBinary(); err == nil && blank.UnmarshalBinary(text) == nil {
		for _, target := range x.targets {
			if target != draft.PatientsTarget {
				_ = s.form().Clear(&blank, target) // a target that is no property is asked about by the source
			}
		}
		s.page.Builder.Prepare(&blank)
	}
	for i := range blank.Questions {
		q := blank.Questions[i]
		if known, ok := out[q.Target]; slices.Contains(x.targets, q.Target) && (!ok || !known.Arises() && q.Arises()) {
			out[q.Target] = q
		}
	}
	number := slices.Contains(x.targets, draft.PatientsTarget)
	if _, ok := out[draft.PatientsTarget]; number && !ok && (d.Affected != nil || len(d.Event.Patients) > 0) {
		out[draft.PatientsTarget] = draft.AffectedQuestion("", "")
	}
	return out
}
