package validate

import (
	"slices"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse"
)

// Fits returns the conditions under which no rule in force refuses an answer, or warns of
// it, because of other answers: for each of the lists one of its conditions has to hold.
// For the strength of association there is a list of two: the physical harm is severe or
// fatal, or the psychological harm is severe. None means that the answer always fits.
// A form shows a question where its answer fits. The target is that of a property of an
// event; all patients, medicines and devices have the conditions of the first.
func (v *Validator) Fits(target string) [][]lfpse.Condition {
	return slices.Clone(v.fits[target])
}

// fitsBy gathers, by target, what the checks say that forbid an answer: each check is one
// list, because one of its conditions has to be broken.
func fitsBy(codec *lfpse.Codec, s *structure, checks []compiled) map[string][][]lfpse.Condition {
	fits := map[string][][]lfpse.Condition{}
	for i := range checks {
		c := &checks[i]
		if len(c.bar) == 0 || c.rule.severity == fhir.Information {
			continue
		}
		any, ok := c.broken(codec, s)
		if !ok {
			continue
		}
		for _, f := range s.fields {
			target := codec.Target(f.group.id, f.Name, 0)
			if target != "" && slices.ContainsFunc(c.bar, func(t thing) bool { return t.covers(f) }) {
				fits[target] = append(fits[target], any)
			}
		}
	}
	for target := range fits {
		fits[target] = propagated(fits[target])
	}
	return fits
}

// covers reports whether a field is the thing or a part of it.
func (t *thing) covers(f *field) bool {
	return t.field == f || t.group == f.group || t.resource != "" && t.resource == f.group.Context
}

// broken returns the conditions of which one breaks the check: the event is of another
// type, or one of its own conditions does not hold. ok is false if a condition is about
// something that is no answer.
func (c *compiled) broken(codec *lfpse.Codec, s *structure) (any []lfpse.Condition, ok bool) {
	if c.kinds != 0 {
		other := lfpse.Condition{Target: "type"}
		for i := range s.eventTypes.Concepts {
			if name := s.eventTypes.Concepts[i].Name; kindsOf(lfpse.EventType(name))&c.kinds == 0 {
				other.Values = append(other.Values, name)
			}
		}
		any = append(any, other)
	}
	for i := range c.when {
		w := &c.when[i]
		if w.field == nil {
			return nil, false
		}
		target := codec.Target(w.field.group.id, w.field.Name, 0)
		if target == "" {
			return nil, false
		}
		any = append(any, lfpse.Condition{Target: target, Values: w.values, Not: !w.not})
	}
	return any, len(any) > 0
}

// propagated leaves out of each list what a list of one condition rules out.
func propagated(all [][]lfpse.Condition) (out [][]lfpse.Condition) {
	for _, list := range all {
		if len(list) > 1 {
			list = slices.DeleteFunc(slices.Clone(list), func(c lfpse.Condition) bool {
				return slices.ContainsFunc(all, func(o []lfpse.Condition) bool {
					return len(o) == 1 && o[0].Target == c.Target && o[0].Not != c.Not && slices.Equal(o[0].Values, c.Values)
				})
			})
		}
		same := func(o []lfpse.Condition) bool {
			return slices.EqualFunc(o, list, func(a, b lfpse.Condition) bool {
				return a.Target == b.Target && a.Not == b.Not && slices.Equal(a.Values, b.Values)
			})
		}
		if !slices.ContainsFunc(out, same) {
			out = append(out, list)
		}
	}
	return out
}
