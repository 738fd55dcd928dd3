package questionnaire

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/interview"
)

// Rules are what the rules of the record say about its questions.
type Rules struct {
	// Questions are those of a draft of which nothing is known yet, once it is checked.
	Questions []lfpse.Question
	// Fits returns where an answer fits, see Fits of package validate.
	Fits func(target string) [][]lfpse.Condition
}

// clause is a list of conditions of which one has to hold.
type clause []lfpse.Condition

func (c clause) same(o clause) bool { return slices.EqualFunc(c, o, sameCondition) }

func sameCondition(a, b lfpse.Condition) bool {
	return a.Target == b.Target && a.Not == b.Not && slices.Equal(a.Values, b.Values)
}

// shown says where a question is shown.
type shown struct {
	all      []clause // each of them has to hold
	required bool
}

// shown returns where a question is shown: where the record has to answer it or, if it
// never has to, where an answer fits.
func (r *Rules) shown(f *Form, it *item) shown {
	terms, asked := r.terms(it)
	if clauses, ok := clausesOf(terms); asked && ok {
		return shown{clauses, !r.replaceable(f, it)}
	}
	var s shown
	for _, list := range r.fits(it) {
		if c := f.answerable(list); len(c) > 0 {
			s.all = append(s.all, c)
		}
	}
	return s
}

// fits returns where an answer fits. The month is for a day that is not known. What is no
// field of the taxonomy goes with its list.
func (r *Rules) fits(it *item) [][]lfpse.Condition {
	switch {
	case it.target == monthTarget:
		return [][]lfpse.Condition{{{Target: dateTarget, Not: true}}}
	case it.each == "devices" && it.accessor.Field() == nil:
		return r.Fits("devices[0].deviceType")
	}
	return r.Fits(it.target)
}

// terms returns the conditions of each required question about an answer; asked reports
// whether there is one. What the number of patients implies, and what goes for all
// patients, is left out.
func (r *Rules) terms(it *item) (terms [][]lfpse.Condition, asked bool) {
	for i := range r.Questions {
		q := &r.Questions[i]
		if q.Target != it.target || !q.Required {
			continue
		}
		term := slices.DeleteFunc(slices.Clone(q.When), func(c lfpse.Condition) bool {
			if it.each != "" {
				return c.Target == draft.PatientsTarget
			}
			return r.implied(c, q.When)
		})
		terms, asked = append(terms, term), true
	}
	return terms, asked
}

// implied reports whether another condition is about a question that arises only if this
// one holds.
func (r *Rules) implied(c lfpse.Condition, when []lfpse.Condition) bool {
	return slices.ContainsFunc(when, func(o lfpse.Condition) bool {
		at := slices.IndexFunc(r.Questions, func(q lfpse.Question) bool { return q.Target == o.Target })
		return o.Target == draft.PatientsTarget && o.Target != c.Target && at >= 0 &&
			slices.ContainsFunc(r.Questions[at].When, func(w lfpse.Condition) bool { return sameCondition(w, c) })
	})
}

// clausesOf turns alternatives into conditions that must all hold; ok is false if that
// cannot be said.
func clausesOf(terms [][]lfpse.Condition) (out []clause, ok bool) {
	if len(terms) == 1 {
		for _, c := range terms[0] {
			out = append(out, clause{c})
		}
		return out, true
	}
	var either clause
	for _, t := range terms {
		switch len(t) {
		case 0:
			return nil, true
		case 1:
			either = append(either, t[0])
		default:
			return nil, false
		}
	}
	return []clause{either}, true
}

// replaceable reports whether another question can be answered in the place of one: it is
// shown only as long as the first is not answered.
func (r *Rules) replaceable(f *Form, it *item) bool {
	return slices.ContainsFunc(f.items, func(o *item) bool {
		return slices.ContainsFunc(r.fits(o), func(list []lfpse.Condition) bool {
			return len(list) == 1 && list[0].Target == it.target && list[0].Not && list[0].Values == nil
		})
	})
}

// answerable leaves out conditions on what the form does not ask for. It is empty if the
// conditions hold by that.
func (f *Form) answerable(list []lfpse.Condition) (out clause) {
	for _, c := range list {
		switch known := f.byLink[linkOf(c.Target)] != nil; {
		case known:
			out = append(out, c)
		case c.Not:
			return nil
		}
	}
	return out
}

// common returns the conditions that all of several questions share.
func common(all []shown) (out []clause) {
	for _, c := range all[0].all {
		if !slices.ContainsFunc(all[1:], func(s shown) bool { return !slices.ContainsFunc(s.all, c.same) }) {
			out = append(out, c)
		}
	}
	return out
}

// without leaves out the conditions that hold wherever those of a group do.
func (s *shown) without(group []clause) {
	s.all = slices.DeleteFunc(slices.Clone(s.all), func(c clause) bool { return slices.ContainsFunc(group, func(g clause) bool { return g.implies(c) }) })
}

// implies reports whether one clause holds wherever another does: it is the same, or
// allows fewer values of one answer.
func (c clause) implies(o clause) bool {
	if c.same(o) {
		return true
	}
	if len(c) != 1 || len(o) != 1 || c[0].Target != o[0].Target || c[0].Not || o[0].Not || c[0].Values == nil || o[0].Values == nil {
		return false
	}
	return !slices.ContainsFunc(c[0].Values, func(v string) bool { return !slices.Contains(o[0].Values, v) })
}

// ofTypes is the condition that an event has one of the types of a step, none if all have.
func ofTypes(s *interview.Step) []clause {
	if len(s.Types) == 0 {
		return nil
	}
	c := lfpse.Condition{Target: typeTarget}
	for _, t := range s.Types {
		c.Values = append(c.Values, string(t))
	}
	return []clause{{c}}
}

// enable writes conditions into an item. FHIR knows all or any of a list: one clause of
// several is any; among others it has to be about a single answer, and is written as what
// the answer must not be.
func (f *Form) enable(q *question, all []clause) error {
	if len(all) == 1 && len(all[0].atoms()) > 1 {
		q.EnableBehavior = "any"
		return f.enableEach(q, all[0].atoms())
	}
	for _, c := range all {
		atoms := c.atoms()
		if len(atoms) > 1 {
			var err error
			if atoms, err = f.complement(c); err != nil {
				return fmt.Errorf("%s: %w", q.LinkID, err)
			}
		}
		if err := f.enableEach(q, atoms); err != nil {
			return err
		}
	}
	if len(q.EnableWhen) > 1 {
		q.EnableBehavior = "all"
	}
	return nil
}

// atoms are the conditions with one value each.
func (c clause) atoms() (out []lfpse.Condition) {
	for _, a := range c {
		if len(a.Values) < 2 {
			out = append(out, a)
			continue
		}
		for _, v := range a.Values {
			out = append(out, lfpse.Condition{Target: a.Target, Values: []string{v}, Not: a.Not})
		}
	}
	return out
}

// complement says of an answer that it is there and none of the other options.
func (f *Form) complement(c clause) ([]lfpse.Condition, error) {
	it := f.byLink[linkOf(c[0].Target)]
	switch {
	case len(c) == 1 && c[0].Not:
		return c.atoms(), nil
	case len(c) > 1 || it == nil || it.list == nil || it.repeats():
		return nil, fmt.Errorf("its conditions cannot be said by enableWhen")
	}
	out := []lfpse.Condition{{Target: it.target}}
	for _, o := range lfpse.Choices(it.list) {
		if !slices.Contains(c[0].Values, o.Value) {
			out = append(out, lfpse.Condition{Target: it.target, Values: []string{o.Value}, Not: true})
		}
	}
	return out, nil
}

func (f *Form) enableEach(q *question, atoms []lfpse.Condition) error {
	for _, a := range atoms {
		e, err := f.enableWhen(a)
		if err != nil {
			return fmt.Errorf("%s: %w", q.LinkID, err)
		}
		q.EnableWhen = append(q.EnableWhen, e)
	}
	return nil
}

// enableWhen writes one condition.
func (f *Form) enableWhen(c lfpse.Condition) (enableWhen, error) {
	e := enableWhen{Question: linkOf(c.Target), Operator: "="}
	if c.Not {
		e.Operator = "!="
	}
	it := f.byLink[e.Question]
	switch {
	case it == nil:
		return e, fmt.Errorf("it depends on %s, for which the form does not ask", c.Target)
	case c.Values == nil:
		there := !c.Not
		e.Operator, e.AnswerBoolean = "exists", &there
	case it.target == draft.PatientsTarget:
		n := 0
		if least, ok := strings.CutPrefix(c.Values[0], "at least "); ok {
			n, _ = strconv.Atoi(least)
			e.Operator = ">="
		}
		e.AnswerInteger = &n
	case it.kind == kindBoolean:
		yes := c.Values[0] == "true"
		e.AnswerBoolean = &yes
	default:
		code, ok := it.codingOf(c.Values[0])
		if !ok {
			return e, fmt.Errorf("it depends on an answer that %s does not have", c.Target)
		}
		e.AnswerCoding = &coding{System: code.System, Code: code.Code}
	}
	return e, nil
}
