package draft

import (
	"cmp"
	"slices"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/code"
)

// Checks is the result of checking an event.
type Checks struct {
	// Questions are still open, with the conditions under which they arise.
	Questions []lfpse.Question
	// Wanted returns the conditions under which an answer is not refused because of
	// another, for the questions of the source, which may not know them. It may be nil.
	Wanted func(target string) []lfpse.Condition
	// Privacy are the findings of the privacy screen, Issues all others.
	Issues, Privacy fhir.Issues
	// Targets has, by the path of a finding, the target of the property that it is about.
	Targets map[string]string
}

// Decide calls check on the event of a draft and decides the state of the draft. First it
// fills in what follows from the date. Afterwards it combines the questions and findings
// of the source with those of the check; they replace those of an earlier check. A draft
// that is not [Draft.Open] is not checked and does not change.
func (f *Form) Decide(d *Draft, check func(*lfpse.Event) Checks) {
	if !d.Open() {
		return
	}
	f.derive(d)
	c := check(&d.Event)
	d.Issues, d.Privacy, d.Targets = c.Issues, c.Privacy, c.Targets
	if len(d.Found) > 0 {
		d.Issues = slices.Concat(d.Found, c.Issues)
	}
	d.Questions = f.questions(d, merged(f.pertinent(d), c.Questions), c.Wanted)
	d.locate()
	switch {
	case d.Privacy.HasErrors():
		d.State = Blocked
	case d.Issues.HasErrors():
		d.State = Invalid
	case f.waits(d):
		d.State = NeedsAnswers
	default:
		d.State = Ready
	}
}

// questions puts the questions in order, the required ones first, each with a text
// and its conditions, without those that do not arise.
func (f *Form) questions(d *Draft, all []lfpse.Question, wanted func(string) []lfpse.Condition) []lfpse.Question {
	conditional, sorted := false, true
	for i := range all {
		q := &all[i]
		if wanted != nil {
			q.When = limited(q.When, wanted(q.Target))
		}
		if q.Text == "" {
			q.Text = f.plainQuestion(q.Target)
		}
		conditional = conditional || len(q.When) > 0
		sorted = sorted && (i == 0 || all[i-1].Required || !q.Required)
	}
	if conditional {
		all, sorted = f.remaining(d, all, func(target string) bool {
			return target == "type" || slices.ContainsFunc(all, func(q lfpse.Question) bool { return q.Target == target })
		}), false
	}
	if !sorted {
		slices.SortStableFunc(all, func(a, b lfpse.Question) int { return cmp.Compare(f.rank(d, &a), f.rank(d, &b)) })
	}
	return all
}

// limited adds to the conditions of a question those under which its answer is wanted,
// but for those about what it depends on anyway.
func limited(when, wanted []lfpse.Condition) []lfpse.Condition {
	all := when[:len(when):len(when)]
	for _, c := range wanted {
		if !slices.ContainsFunc(when, func(o lfpse.Condition) bool { return o.Target == c.Target }) {
			all = append(all, c)
		}
	}
	return all
}

// rank puts required questions first, and those that arise now before those that may
// arise.
func (f *Form) rank(d *Draft, q *lfpse.Question) int {
	n := 0
	if !q.Required {
		n += 2
	}
	if !f.Arises(d, q) {
		n++
	}
	return n
}

// waits reports whether a required question arises now.
func (f *Form) waits(d *Draft) bool {
	for i := range d.Questions {
		if q := &d.Questions[i]; q.Required && f.Arises(d, q) {
			return true
		}
	}
	return false
}

// locate records for each finding which source gave the value it is about.
func (d *Draft) locate() {
	d.Origins = nil
	for path, target := range d.Targets {
		n := slices.IndexFunc(d.Trace, func(s Step) bool { return s.Target == target })
		if n < 0 {
			continue
		}
		if d.Origins == nil {
			d.Origins = map[string]string{}
		}
		d.Origins[path] = d.Trace[n].From
	}
}

// The targets of what follows from the date of an event.
const (
	occurredTodayTarget = "estimatedDate.incidentOccurredToday"
	todaysDateTarget    = "estimatedDate.todaysDate"
)

// derive fills in what follows from the date: whether the event occurred today, unless
// somebody has said so, and if it did, today's date, which LFPSE asks for as well. The
// trace records it.
func (f *Form) derive(d *Draft) {
	e := &d.Event
	estimated, isToday := &e.EstimatedDate, e.Date != "" && e.Date == f.today()
	if estimated.IncidentOccurredToday == "" {
		switch {
		case e.Date == "" && estimated.ApproximateDate != "":
			estimated.IncidentOccurredToday = code.YesNoUnknownIDontKnow
			d.step(occurredTodayTarget, monthTarget, "only the month is known")
		case e.Date == "":
		case isToday:
			estimated.IncidentOccurredToday = code.YesNoUnknownYes
			d.step(occurredTodayTarget, "date", "it is today")
		default:
			estimated.IncidentOccurredToday = code.YesNoUnknownNo
			d.step(occurredTodayTarget, "date", "it is not today")
		}
	}
	if isToday && estimated.IncidentOccurredToday == code.YesNoUnknownYes && estimated.TodaysDate == "" {
		estimated.TodaysDate = e.Date
		d.step(todaysDateTarget, "date", "it is today")
	}
}

// underive removes what was derived from a property that is answered again. It returns
// the targets of the properties that are now unset.
func (f *Form) underive(d *Draft, p *Property) (gone []string) {
	if p.Name != "date" && p.Name != monthTarget {
		return nil
	}
	for _, s := range d.Trace {
		if s.From != "date" && s.From != monthTarget {
			continue
		}
		if derived, err := f.accessor(s.Target); err == nil {
			derived.Clear(&d.Event)
			gone = append(gone, s.Target)
		}
	}
	return gone
}
