package validate

import (
	"cmp"
	"slices"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse"
)

// Report is the judgement on one record.
type Report struct {
	// Issues are all the findings, in document order, at most a thousand and one.
	// Without an error among them the record is fit to be sent as far as this
	// validator can tell.
	Issues fhir.Issues
	// Questions are what only a person can say. Every question goes with a
	// finding of the same rule: with an error where an answer is required, with
	// an information where it is optional.
	Questions []lfpse.Question

	asked []bool // whether a question goes with the finding, nil if there is none
}

// Faults returns the findings that no question goes with: those that answers
// will not settle. If Issues has errors and Faults has none, only questions stand
// in the way.
func (r Report) Faults() fhir.Issues {
	if r.asked == nil {
		return r.Issues
	}
	var faults fhir.Issues
	for i := range r.Issues {
		if !r.asked[i] {
			faults = append(faults, r.Issues[i])
		}
	}
	return faults
}

// maxFindings ends the collecting: the record is hopeless or hostile.
const maxFindings = 1000

// finding is an issue in the making.
type finding struct {
	rule *ruleState
	at   place
	text string // what is wrong, if more exact than the rule says
	fix  string
	ask  *question // what to ask a person, nil for nothing
	// scope is the occurrence of the group that the question is about, -1 for
	// the record as a whole.
	scope int
}

// report turns the findings of a record into its report.
func (w *view) report() Report {
	if len(w.findings) == 0 {
		return Report{}
	}
	slices.SortStableFunc(w.findings, func(a, b finding) int {
		return cmp.Or(a.at.compare(b.at), cmp.Compare(a.rule.rank, b.rule.rank))
	})
	r := Report{Issues: make(fhir.Issues, len(w.findings))}
	for i := range w.findings {
		f := &w.findings[i]
		r.Issues[i] = f.issue()
		q, ok := w.question(f)
		if !ok {
			continue
		}
		if r.asked == nil {
			r.asked = make([]bool, len(w.findings))
		}
		r.asked[i] = true
		r.ask(q)
	}
	return r
}

// ask adds a question, each answer being asked for once: because it is required,
// if any rule says so.
func (r *Report) ask(q lfpse.Question) {
	i := slices.IndexFunc(r.Questions, func(p lfpse.Question) bool { return p.Target == q.Target })
	switch {
	case i < 0:
		r.Questions = append(r.Questions, q)
	case q.Required && !r.Questions[i].Required:
		r.Questions[i] = q
	}
}

func (f *finding) issue() fhir.Issue {
	i := fhir.Issue{Severity: f.rule.severity, Rule: f.rule.ID, Path: f.at.path(), Offset: -1, Text: f.text, Fix: f.fix}
	if i.Text == "" {
		i.Text = f.rule.text
	}
	if i.Fix == "" {
		i.Fix = f.rule.Fix
	}
	return i
}

// question is the compiled form of an ask.
type question struct {
	required bool
	text     string
	choices  []lfpse.Choice
	root     string     // target on the event itself: type, date
	field    *fieldPlan // else the field that the answer is for
}

// question returns the question that goes with a finding. There is none where the
// event has no place for the answer.
func (w *view) question(f *finding) (lfpse.Question, bool) {
	if f.ask == nil {
		return lfpse.Question{}, false
	}
	target := f.ask.root
	if target == "" {
		target = w.v.codec.Target(f.ask.field.group.id, f.ask.field.Name, w.subject(f.scope))
	}
	return lfpse.Question{Target: target, Required: f.ask.required, Rule: f.rule.ID, Text: f.ask.text, Choices: slices.Clone(f.ask.choices)}, target != ""
}

// subject returns which patient, medicine or device an occurrence of a group is
// about, from 0: patients by their number, devices by their resource.
func (w *view) subject(occurrence int) int {
	if occurrence < 0 {
		return 0
	}
	g := &w.groups[occurrence]
	switch {
	case g.plan.id == patient:
		if n, ok := w.patientNumber(occurrence); ok {
			return n - 1
		}
	case g.plan.Context == "Device":
		n := 0
		for i := range g.contained {
			if w.a.Contained[i].Device != nil {
				n++
			}
		}
		return n
	}
	return g.nth
}
