package validate

import (
	"slices"

	"github.com/gpsafety/lfpse-go/lfpse"
)

// answered is a condition of a question: what another answer is or is not. Single says
// that there is only one answer at the target.
type answered struct {
	lfpse.Condition
	single bool
}

// conditions are those of one question; all must hold. They are never written to once
// they are made, so that they can be shared.
type conditions []answered

// list returns the conditions as a question has them.
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

// and adds a condition; ok is false if it contradicts the others. What is said of one
// target is said as briefly as may be.
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

// joined says two conditions on one target as one, or as the two where that cannot be.
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

// without joins an answer that there must be with one that there must not be.
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

// except returns conditions that hold where c holds and others do not; no two of them
// hold together.
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

// or says two lists of conditions as one, if they differ in nothing but the answers to
// one question.
func (c conditions) or(others conditions) (out conditions, ok bool) {
	if len(c) != len(others) {
		return nil, false
	}
	differ := -1
	for i := range c {
		a, b := c[i], others[i]
		switch {
		case a.Target != b.Target || a.Not != b.Not:
			return nil, false
		case slices.Equal(a.Values, b.Values) && (a.Values == nil) == (b.Values == nil):
		case differ >= 0 || a.Not || a.Values == nil || b.Values == nil:
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
