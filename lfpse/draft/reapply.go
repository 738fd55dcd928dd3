package draft

import (
	"slices"

	"github.com/gpsafety/lfpse-go/lfpse"
)

// overtakenRule is the rule that asks again for what a person has answered.
const overtakenRule = "MAP-ANSWER-OVERTAKEN"

// Reapply applies what people have said about a draft to d, which was made anew because
// its source has changed. before is the draft as the source gave it last, and answered what
// people have made of that. The values of the new draft stand, the answers that still fit
// are given again, and so are the releases: each counts for its very text only.
//
// It returns the answers that do not fit: the source now says something else about the
// property, or the answer cannot be used any more. Each of them is asked again, as are
// those in overtaken that an earlier change has left, and the draft is not ready until
// they are answered. Check the draft afterwards.
func (f *Form) Reapply(d, before, answered *Draft, overtaken []Answer) (left []Answer) {
	type pending struct {
		Answer
		fits bool
	}
	var all []pending
	for _, a := range answered.Answers {
		now := f.said(d, a.Target)
		fits := len(now) == 0 || slices.Equal(now, f.said(before, a.Target))
		switch {
		case slices.Contains(before.Answers, a): // it is part of the source
		case !fits && a.Target != MedicinesTarget && slices.Equal(f.now(d, a.Target), f.now(answered, a.Target)): // the source says it now
		default:
			all = append(all, pending{a, fits})
		}
	}
	for _, a := range all {
		if !a.fits || f.Answer(d, a.Target, a.Text) != nil {
			overtaken = append(slices.Clip(overtaken), a.Answer)
		}
	}
	for _, a := range overtaken {
		a.Target = f.askAgain(d, a.Target)
		left = append(slices.DeleteFunc(left, func(o Answer) bool { return o.Target == a.Target }), a)
	}
	for _, r := range answered.Releases {
		if !slices.ContainsFunc(d.Releases, func(o Release) bool { return o.Target == r.Target }) {
			d.Releases = append(slices.Clip(d.Releases), r)
		}
	}
	return left
}

// said is everything that a draft says about a property, also under conditions.
func (f *Form) said(d *Draft, target string) []string {
	out := f.now(d, target)
	p, err := f.Property(target)
	if err != nil {
		return out
	}
	for _, c := range d.Conditional {
		if c.Target == p.Name || p.other != nil && c.Target == p.other.Target() {
			out = append(out, c.Value)
		}
	}
	return out
}

// now is what a draft says about a property now, in its exact and its less exact form.
func (f *Form) now(d *Draft, target string) (out []string) {
	switch target {
	case PatientsTarget:
		return d.statedNumber()
	case MedicinesTarget:
		for i := range d.candidates {
			out = append(out, d.candidates[i].choice())
		}
		for _, m := range d.Event.Medicines {
			out = append(out, m.VMPCode, m.VTMCode)
		}
		return append(out, d.Event.Agent.DrugsInvolved...)
	}
	p, err := f.Property(target)
	if err != nil {
		return nil
	}
	out = append(out, p.accessor.Values(&d.Event)...)
	if p.other != nil {
		out = append(out, p.other.Values(&d.Event)...)
	}
	return out
}

// askAgain asks for what was answered before, and returns the target of the question.
func (f *Form) askAgain(d *Draft, target string) string {
	const why = "It was answered before. The source has changed since, and the answer does not fit any more."
	switch target {
	case PatientsTarget:
		d.Ask(AffectedQuestion(why, overtakenRule))
	case MedicinesTarget:
		f.askMedicines(d, Involvement{}, why)
	default:
		p, err := f.Property(target)
		if err != nil { // of another taxonomy
			return target
		}
		q := p.Question("", why, overtakenRule)
		target = q.Target
		d.Ask(q)
	}
	return target
}

// Overtaken returns those of the answers that [Form.Reapply] has left that are still asked.
func (d *Draft) Overtaken(left []Answer) []Answer {
	return slices.DeleteFunc(slices.Clone(left), func(a Answer) bool {
		return !slices.ContainsFunc(d.Asked, func(q lfpse.Question) bool { return q.Target == a.Target })
	})
}
