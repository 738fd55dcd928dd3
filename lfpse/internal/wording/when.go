package wording

import (
	"slices"
	"strings"

	"github.com/gpsafety/lfpse-go/lfpse"
)

// When says, as a part of a sentence, when something is asked: in one of several cases, in
// each of which all conditions on other answers hold. It says so in the words of people,
// "only if somebody was affected", and each thing once. It is empty if nothing has to hold.
func When(c *lfpse.Codec, cases ...[]lfpse.Condition) string {
	return WhenNamed(c, quoted, cases...)
}

// WhenNamed is like When with names of one's own for what is asked.
func WhenNamed(codec *lfpse.Codec, name func(target string) string, cases ...[]lfpse.Condition) string {
	c := speaker{codec, name}
	all := simplified(cases)
	switch {
	case len(all) == 0 || slices.ContainsFunc(all, func(c clause) bool { return len(c) == 0 }):
		return ""
	case len(all) == 1:
		return alone(c, all[0])
	}
	var shared clause
	for _, x := range all[0] {
		if !slices.ContainsFunc(all, func(o clause) bool { return !slices.ContainsFunc(o, x.same) }) {
			shared = append(shared, x)
		}
	}
	var either []string
	for _, o := range all {
		either = append(either, o.except(shared).says(c, " and "))
	}
	text := strings.Join(either, ", or ")
	if len(shared) > 0 {
		text = shared.says(c, " and ") + ", and either " + text
	}
	return "only if " + text
}

// speaker has the words for properties and what they hold.
type speaker struct {
	*lfpse.Codec
	name func(target string) string
}

// alone says when the only case there is holds: what must be, and then what must not be.
func alone(c speaker, all clause) string {
	var must, not clause
	for _, x := range all {
		if x.Not {
			not = append(not, x.reversed())
		} else {
			must = append(must, x)
		}
	}
	var parts []string
	if len(must) > 0 {
		parts = append(parts, "only if "+must.says(c, " and "))
	}
	if len(not) > 0 {
		parts = append(parts, "unless "+not.says(c, " or "))
	}
	return strings.Join(parts, ", ")
}

// Says puts a condition into words. What has not been answered is none of its values.
func Says(c *lfpse.Codec, x lfpse.Condition) string { return condition(x).says(speaker{c, quoted}) }

func quoted(target string) string { return "'" + Label(target) + "'" }

// patients is the target of the number of patients, which is no property of an event.
const patients = "patients"

// clause is a case: conditions all of which hold.
type clause []condition

type condition lfpse.Condition

// says puts conditions into words.
func (l clause) says(c speaker, between string) string {
	parts := make([]string, len(l))
	for i, x := range l {
		parts[i] = x.says(c)
	}
	return strings.Join(parts, between)
}

func (x condition) says(c speaker) string {
	switch {
	case x.Target == "type" && x.Values != nil:
		return "the event is " + x.not() + x.values(func(v string) string { return articled[lfpse.EventType(v)] })
	case x.Target == patients && x.Values != nil:
		return x.values(x.affected)
	}
	name := c.name(x.Target)
	if x.Values == nil {
		return name + " is " + x.not() + "answered"
	}
	p, err := c.Accessor(x.Target)
	if err != nil {
		return name + " is " + x.not() + x.values(func(v string) string { return v })
	}
	verb := " is " + x.not()
	switch {
	case p.Repeats() && x.Not:
		verb = " does not have "
	case p.Repeats():
		verb = " has "
	}
	return name + verb + x.values(p.Display)
}

func (x condition) not() string {
	if x.Not {
		return "not "
	}
	return ""
}

// values are those of a condition as people call them.
func (x condition) values(display func(string) string) string {
	words := make([]string, len(x.Values))
	for i, v := range x.Values {
		if words[i] = display(v); words[i] == "" {
			words[i] = v
		}
	}
	return strings.Join(words, " or ")
}

// articled are the types of events within a sentence.
var articled = map[lfpse.EventType]string{
	lfpse.TypeIncident: "an incident",
	lfpse.TypeRisk:     "a risk",
	lfpse.TypeOutcome:  "an outcome",
	lfpse.TypeGoodCare: "good care",
}

// affected says how many patients there are.
func (x condition) affected(number string) string {
	switch n, least := strings.CutPrefix(number, "at least "); {
	case !least || n == "1":
		if least != x.Not {
			return "somebody was affected"
		}
		return "nobody was affected"
	case x.Not:
		return "fewer than " + n + " patients were affected"
	default:
		return "at least " + n + " patients were affected"
	}
}

func (x condition) reversed() condition {
	x.Not = !x.Not
	return x
}

func (x condition) same(y condition) bool {
	return x.Target == y.Target && x.Not == y.Not && slices.Equal(x.Values, y.Values)
}

// implies reports whether one condition holds wherever another does.
func (x condition) implies(y condition) bool {
	wide, narrow := y.Values, x.Values
	if x.Not {
		wide, narrow = narrow, wide
	}
	return x.Target == y.Target && x.Not == y.Not && (wide == nil || narrow != nil && within(narrow, wide))
}

func within(narrow, wide []string) bool {
	return !slices.ContainsFunc(narrow, func(v string) bool { return !slices.Contains(wide, v) })
}

// implies reports whether a case is part of another.
func (l clause) implies(o clause) bool {
	return !slices.ContainsFunc(o, func(y condition) bool {
		return !slices.ContainsFunc(l, func(x condition) bool { return x.implies(y) })
	})
}

// simplified says the same with fewer cases and conditions, as far as is easily seen.
func simplified(cases [][]lfpse.Condition) (out []clause) {
	for _, all := range cases {
		var l clause
		for _, c := range all {
			l = append(l, condition(c))
		}
		out = append(out, l)
	}
	for i := 0; i < len(out); i++ {
		for simpler(out, i) {
		}
	}
	for i := 0; i < len(out); i++ {
		for k := len(out) - 1; k > i; k-- {
			if both, ok := out[i].or(out[k]); ok {
				out[i], out = both, slices.Delete(out, k, k+1)
				k = len(out)
			}
		}
	}
	return out
}

// simpler leaves out one condition of a case that another of its conditions implies or
// that only sets it apart from another case. It is false if there is none.
func simpler(all []clause, at int) bool {
	l := all[at]
	for i, x := range l {
		rest := slices.Concat(l[:i], l[i+1:])
		apart := append(slices.Clone(rest), x.reversed())
		if rest.implies(clause{x}) || slices.ContainsFunc(all, func(o clause) bool { return apart.implies(o) }) {
			all[at] = rest
			return true
		}
	}
	return false
}

// or combines two cases: one of them is part of the other, or they differ only in the
// answers to one question.
func (l clause) or(o clause) (both clause, ok bool) {
	switch {
	case l.implies(o):
		return o, true
	case o.implies(l):
		return l, true
	}
	x, y := l.except(o), o.except(l)
	if len(x) != 1 || len(y) != 1 || x[0].Target != y[0].Target || x[0].Not || y[0].Not {
		return nil, false
	}
	for _, c := range l {
		if c.same(x[0]) {
			more := slices.DeleteFunc(slices.Clone(y[0].Values), func(v string) bool { return slices.Contains(c.Values, v) })
			c.Values = append(slices.Clip(c.Values), more...)
		}
		both = append(both, c)
	}
	return both, true
}

// except are the conditions of a case that another does not have.
func (l clause) except(o clause) clause {
	return slices.DeleteFunc(slices.Clone(l), func(x condition) bool { return slices.ContainsFunc(o, x.same) })
}
