package validate

import (
	"slices"

	"github.com/gpsafety/lfpse-go/lfpse"
)

// answered is a condition of a question: what another answer is or is not. single says
// that the target takes only one answer.
type answered struct {
	lfpse.Condition
	single bool
}

// conditions are those of one question; all must hold. They are never written to once
// they are made, so that they can be shared.
type conditions []answered

// list returns the conditions in the form of a question.
func (c conditions) list() []lfpse.Condition {
	if len(c) == 0 {
		return nil
	}
	out := make([]lfpse.Condition, len(c))
	for i := range c {
		out[i] = c[i].Condition
		out[i].Values = slices.Clone(c[i].Values)
	}
	return out
}

func (a answered) negated() answered {
	a.Not = !a.Not
	return a
}

// same reports whether two conditions are the same. No list of values is empty but not
// nil.
func (a answered) same(b answered) bool {
	return a.Target == b.Target && a.Not == b.Not && slices.Equal(a.Values, b.Values)
}

// and adds a condition; ok is false if it contradicts the others. Conditions on one
// target are combined.
func (c conditions) and(a answered) (out conditions, ok bool) {
	for i := range c {
		if c[i].Target != a.Target {
			continue
		}
		both, ok := c[i].joined(a)
		if !ok {
			return nil, false
		}
		if len(both) == 1 {
			rest := slices.Concat(c[:i], c[i+1:])
			if slices.ContainsFunc(rest, func(o answered) bool { return o.Target == a.Target }) {
				return rest.and(both[0])
			}
			return slices.Insert(rest, i, both[0]), true
		}
	}
	return append(slices.Clip(c), a), true
}

// joined combines two conditions on one target into one, if possible.
func (a answered) joined(b answered) (both []answered, ok bool) {
	switch {
	case a.Not && b.Not:
		if a.Values == nil || b.Values == nil {
			a.Values = nil
		} else {
			a.Values = union(a.Values, b.Values)
		}
		return []answered{a}, true
	case a.Not:
		return b.joined(a)
	case b.Not:
		return a.without(b)
	case a.Values == nil || slices.Equal(a.Values, b.Values):
		return []answered{b}, true
	case b.Values == nil:
		return []answered{a}, true
	case !a.single:
		return []answered{a, b}, true
	}
	a.Values = keep(a.Values, func(v string) bool { return slices.Contains(b.Values, v) })
	return []answered{a}, len(a.Values) > 0
}

// without combines a condition on what an answer must be with one on what it must not be.
func (a answered) without(not answered) (both []answered, ok bool) {
	if not.Values == nil {
		return nil, false
	}
	if a.Values == nil {
		return []answered{a, not}, true
	}
	left := keep(a.Values, func(v string) bool { return !slices.Contains(not.Values, v) })
	if len(left) == 0 {
		return nil, false
	}
	if !a.single {
		return []answered{a, not}, true
	}
	a.Values = left
	return []answered{a}, true
}

func union(a, b []string) []string {
	return append(slices.Clip(a), keep(b, func(v string) bool { return !slices.Contains(a, v) })...)
}

func keep(values []string, is func(string) bool) (out []string) {
	for _, v := range values {
		if is(v) {
			out = append(out, v)
		}
	}
	return out
}

// andAll adds conditions; ok is false if they contradict the others.
func (c conditions) andAll(more conditions) (out conditions, ok bool) {
	for _, a := range more {
		if c, ok = c.and(a); !ok {
			return nil, false
		}
	}
	return c, true
}

// except returns conditions that hold when c holds and others do not; no two of them hold
// at the same time.
func (c conditions) except(others conditions) (out []conditions) {
	if _, ok := c.andAll(others); !ok {
		return []conditions{c}
	}
	for _, a := range others {
		if rest, ok := c.and(a.negated()); ok {
			out = append(out, rest)
		}
		var ok bool
		if c, ok = c.and(a); !ok {
			break
		}
	}
	return out
}

// or combines two lists of conditions into one, if they differ only in the answers to one
// question.
func (c conditions) or(others conditions) (out conditions, ok bool) {
	if len(c) != len(others) {
		return nil, false
	}
	differ := -1
	for i := range c {
		a, b := c[i], others[i]
		switch {
		case a.same(b):
		case differ >= 0 || a.Target != b.Target || a.Not || b.Not || a.Values == nil || b.Values == nil:
			return nil, false
		default:
			differ = i
		}
	}
	out = slices.Clone(c)
	if differ >= 0 {
		out[differ].Values = union(c[differ].Values, others[differ].Values)
	}
	return out, true
}

// eachAnd adds each of several alternatives to each of others.
func eachAnd(list, alternatives []conditions) (out []conditions) {
	if len(alternatives) == 1 && alternatives[0] == nil {
		return list
	}
	for _, c := range list {
		for _, more := range alternatives {
			if all, ok := c.andAll(more); ok {
				out = append(out, all)
			}
		}
	}
	return out
}

// candidate is a question about a record, with conditions under which it arises.
type candidate struct {
	*question
	rule   string
	target string
	when   conditions
}

// made makes the question of a report.
func (c *candidate) made() lfpse.Question {
	return lfpse.Question{
		Target: c.target, Required: c.required, Rule: c.rule, Text: c.text,
		Choices: slices.Clone(c.choices), When: c.when.list(),
	}
}

// same reports whether two questions about one answer are the same.
func (c candidate) same(d candidate) bool {
	return c.question == d.question && c.rule == d.rule && slices.EqualFunc(c.when, d.when, answered.same)
}

// ways are the conditions of all questions about an answer, by target.
type ways map[string][]conditions

// maxChain is how long a chain of questions that raise each other is followed.
const maxChain = 6

// apart changes the conditions of questions about one answer so that no two of them arise
// together: of two that would, the first that requires the answer arises, else the first.
func (w ways) apart(list []candidate) (out []candidate) {
	list = w.merged(list)
	slices.SortStableFunc(list, func(a, b candidate) int { return falseFirst(b.required, a.required) })
	for _, c := range list {
		ways := []conditions{c.when}
		for _, earlier := range out {
			var rest []conditions
			for _, way := range ways {
				rest = append(rest, way.except(earlier.when)...)
			}
			ways = rest
		}
		for _, c.when = range ways {
			if c, ok := w.simplified(c); ok {
				out = append(out, c)
			}
		}
	}
	return out
}

// merged simplifies questions, and combines those that differ only in the answers to
// another question.
func (w ways) merged(list []candidate) (out []candidate) {
next:
	for _, c := range list {
		c, ok := w.simplified(c)
		if !ok {
			continue
		}
		for i := range out {
			if out[i].rule != c.rule || out[i].text != c.text {
				continue
			}
			if both, ok := out[i].when.or(c.when); ok {
				out[i].when = both
				continue next
			}
		}
		out = append(out, c)
	}
	return out
}

// simplified leaves out conditions that always hold while the question is not answered;
// ok is false if the question cannot arise.
func (w ways) simplified(c candidate) (out candidate, ok bool) {
	unanswered := conditions{{Condition: lfpse.Condition{Target: c.target, Not: true}}}
	if all, ok := unanswered.andAll(c.when); !ok || !w.possible(all, nil) {
		return c, false
	}
	for i := 0; i < len(c.when); {
		rest := slices.Concat(c.when[:i], c.when[i+1:])
		if c.when[i].Not {
			broken, ok := unanswered.andAll(rest)
			if ok {
				broken, ok = broken.and(c.when[i].negated())
			}
			if !ok || !w.possible(broken, nil) {
				c.when = rest
				continue
			}
		}
		i++
	}
	return c, true
}

// possible reports whether the conditions can be fulfilled by answers to questions that
// arise. It returns true for chains that are longer than any that the rules make.
func (w ways) possible(c conditions, done []string) bool {
	i := slices.IndexFunc(c, func(a answered) bool { return !a.Not && !slices.Contains(done, a.Target) })
	if i < 0 || len(done) == maxChain {
		return true
	}
	done = append(slices.Clip(done), c[i].Target)
	return slices.ContainsFunc(w[c[i].Target], func(way conditions) bool {
		all, ok := c.andAll(way)
		return ok && w.possible(all, done)
	})
}

// falseFirst orders false before true.
func falseFirst(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}
