package draft

import (
	"slices"

	"github.com/gpsafety/lfpse-go/lfpse"
)

// truth is whether a condition holds, as far as the answers go.
type truth uint8

const (
	no   truth = iota
	open       // it depends on a question that is not answered
	yes
)

// Arises reports whether a question arises now: all its conditions hold.
func (f *Form) Arises(d *Draft, q *lfpse.Question) bool {
	for _, c := range q.When {
		if !f.fulfilled(d, c) {
			return false
		}
	}
	return true
}

// fulfilled reports whether a condition holds now.
func (f *Form) fulfilled(d *Draft, c lfpse.Condition) bool {
	have := f.stated(d, c.Target)
	matches := len(have) > 0
	if matches && len(c.Values) > 0 {
		matches = slices.ContainsFunc(have, func(v string) bool { return slices.Contains(c.Values, v) })
	}
	return matches != c.Not
}

// stated returns what the event states at a target.
func (f *Form) stated(d *Draft, target string) []string {
	if target == "type" { // the usual case, without a lookup
		if d.Event.Type == "" {
			return nil
		}
		return []string{string(d.Event.Type)}
	}
	if target == PatientsTarget {
		return d.statedNumber()
	}
	p, err := f.accessor(target)
	if err != nil {
		return nil
	}
	return p.Values(&d.Event)
}

// hold says whether all of the conditions hold; asked reports whether a question about a
// target still waits for an answer.
func (f *Form) hold(d *Draft, when []lfpse.Condition, asked func(target string) bool) truth {
	all := yes
	for _, c := range when {
		switch {
		case asked(c.Target) && len(f.stated(d, c.Target)) == 0:
			all = open
		case !f.fulfilled(d, c):
			return no
		}
	}
	return all
}

// resolve applies what the answers have decided. Conditional values whose conditions hold
// are put into the event, questions whose conditions hold lose them, and whatever no
// longer applies is removed. One value may decide the next, so it repeats until nothing
// changes.
func (f *Form) resolve(d *Draft) {
	for f.admit(d) {
	}
	d.Asked = f.remaining(d, d.Asked, d.answerable)
	d.Questions = f.remaining(d, d.Questions, d.answerable)
}

// admit puts conditional values whose conditions hold into the event, and removes those
// whose conditions do not. It reports whether there were any of either.
func (f *Form) admit(d *Draft) bool {
	before := len(d.Conditional)
	rest := d.Conditional[:0:0]
	for _, c := range d.Conditional {
		switch f.hold(d, c.When, d.answerable) {
		case open:
			rest = append(rest, c)
		case yes:
			f.admitOne(d, c)
		case no:
			if d.Answered(PatientsTarget) && slices.ContainsFunc(c.When, func(w lfpse.Condition) bool { return w.Target == PatientsTarget }) {
				d.step(c.Target, c.From, leftOutByNumber)
			}
		}
	}
	d.Conditional = rest
	return len(rest) < before
}

// admitOne puts a value into the event unless the event has one already.
func (f *Form) admitOne(d *Draft, c Conditional) {
	p, err := f.Property(c.Target)
	if err != nil || d.Known(p) {
		return
	}
	p.accessor.Put(&d.Event, c.Value)
	d.Trace = append(d.Trace, c.Step)
}

// answerable reports whether an answer about a property may still come. For the type it
// always may, since nothing can be sent without one.
func (d *Draft) answerable(target string) bool { return target == "type" || d.Asks(target) }

// remaining returns the questions that arise or may arise, without the conditions that
// are fulfilled. asked reports whether a question about a target still waits for an
// answer.
func (f *Form) remaining(d *Draft, questions []lfpse.Question, asked func(target string) bool) []lfpse.Question {
	rest := make([]lfpse.Question, 0, len(questions))
	for _, q := range questions {
		switch f.hold(d, q.When, asked) {
		case no:
			continue
		case yes:
			q.When = nil
		case open:
			settled := func(c lfpse.Condition) bool { return !asked(c.Target) || len(f.stated(d, c.Target)) > 0 }
			if slices.ContainsFunc(q.When, settled) {
				q.When = slices.DeleteFunc(slices.Clone(q.When), settled)
			}
		}
		rest = append(rest, q)
	}
	return rest
}

// merged combines the questions of the source with those of the checks, one for each
// target. The text of the source takes precedence, since it knows the log; details that
// only one of them has are kept. Questions about one target stay separate only if their
// conditions cannot be combined.
func merged(asked, found []lfpse.Question) []lfpse.Question {
	if len(asked) == 0 {
		return found
	}
	all := append(make([]lfpse.Question, 0, len(asked)+len(found)), asked...)
	for _, q := range found {
		i := slices.IndexFunc(all, func(o lfpse.Question) bool { return o.Target == q.Target })
		if i < 0 {
			all = append(all, q)
			continue
		}
		if when, ok := either(all[i].When, q.When); ok {
			join(&all[i], &q, when)
		} else {
			all = append(all, q)
		}
	}
	return all
}

// join adds to a question what another question about the same target has.
func join(q, other *lfpse.Question, when []lfpse.Condition) {
	q.When = when
	q.Required = q.Required || other.Required
	if q.Text == "" {
		q.Text = other.Text
	}
	if q.Why == "" {
		q.Why = other.Why
	}
	if len(q.Choices) == 0 {
		q.Choices = other.Choices
	}
}

// either returns the conditions under which at least one of two questions arises. ok is
// false if they cannot be expressed as conditions that must all hold.
func either(a, b []lfpse.Condition) (when []lfpse.Condition, ok bool) {
	switch {
	case len(a) == 0 || len(b) == 0:
		return nil, true
	case within(a, b):
		return a, true
	case within(b, a):
		return b, true
	case len(a) == 1 && len(b) == 1 && a[0].Target == b[0].Target && !a[0].Not && !b[0].Not && len(a[0].Values) > 0 && len(b[0].Values) > 0:
		values := slices.Clone(a[0].Values)
		for _, v := range b[0].Values {
			if !slices.Contains(values, v) {
				values = append(values, v)
			}
		}
		return []lfpse.Condition{{Target: a[0].Target, Values: values}}, true
	}
	return nil, false
}

// within reports whether every condition of a is one of b.
func within(a, b []lfpse.Condition) bool {
	return !slices.ContainsFunc(a, func(c lfpse.Condition) bool {
		return !slices.ContainsFunc(b, func(o lfpse.Condition) bool { return sameCondition(c, o) })
	})
}

func sameCondition(a, b lfpse.Condition) bool {
	return a.Target == b.Target && a.Not == b.Not && slices.Equal(a.Values, b.Values)
}

// Ask adds a question of the source. If there is a question about the same target, the
// two are combined; what a person has answered is not asked again.
func (d *Draft) Ask(q lfpse.Question) {
	if d.Answered(q.Target) || d.Answered(q.Target+"Other") {
		return
	}
	d.Asked = merged(d.Asked, []lfpse.Question{q})
}
