package validate

import (
	"iter"
	"slices"

	"github.com/gpsafety/lfpse-go/lfpse"
)

// maxQuestions is the largest number of questions that answers may raise; no more are
// collected.
const maxQuestions = 1000

// asker collects the questions about one record.
type asker struct {
	*asking
	r     *record
	found []candidate // the questions that come with findings
	shape []byte      // of the record, see shapes
}

// forget makes room for the next record.
func (k *asker) forget() {
	clear(k.found)
	k.found = k.found[:0]
}

// arises adds the question that comes with a finding. It returns false if the event has
// no property for the answer.
func (k *asker) arises(f *finding) bool {
	target := k.target(f.ask, f.scope)
	if target != "" {
		k.found = append(k.found, candidate{question: f.ask, rule: f.rule.ID, target: target})
	}
	return target != ""
}

// target is the target of the answer to a question about an occurrence of a group.
func (k *asker) target(q *question, scope int) string {
	if q.root != "" {
		return q.root
	}
	return k.targetOf(q.field, scope)
}

func (k *asker) targetOf(f *field, scope int) string {
	n := k.r.subject(scope)
	if n < few {
		return k.targets[f.no][n]
	}
	return k.codec.Target(f.group.id, f.Name, n)
}

// questions returns the questions that come with findings, without asking for any answer
// twice, then those that the answers to them may raise.
func (k *asker) questions() []lfpse.Question {
	list := k.found
	if slices.ContainsFunc(list, k.matters) {
		list = k.chained()
	} else if len(list) > 1 {
		list = onceEach(list)
	}
	if len(list) == 0 {
		return nil
	}
	out := make([]lfpse.Question, len(list))
	for i := range list {
		out[i] = list[i].made()
	}
	slices.SortStableFunc(out, func(a, b lfpse.Question) int { return falseFirst(b.Arises(), a.Arises()) })
	return out
}

// matters reports whether the answer to a question may raise or remove others.
func (k *asker) matters(c candidate) bool {
	f := c.field
	return f == nil || k.raises[f.no] || k.opens[f.no] && k.r.firstGroup[f.group.no] == 0
}

// onceEach keeps one of several questions about the same answer: the first that requires
// it, else the first.
func onceEach(list []candidate) []candidate {
	at := make(map[string]int, len(list))
	out := list[:0]
	for _, c := range list {
		i, twice := at[c.target]
		switch {
		case !twice:
			at[c.target] = len(out)
			out = append(out, c)
		case c.required && !out[i].required:
			out[i] = c
		}
	}
	return out
}

// chain finds the questions that answers to the current questions may raise, the
// questions that answers to those may raise, and so on, with the conditions under which
// each arises. An answer is open if there is a question about it; every other answer is
// fixed.
type chain struct {
	*asker
	open  map[string]bool // by target
	order []string        // the targets that are open
	may   []possibility
	ways  ways
}

// possibility is a question that may be raised, by a check or by a mandatory field.
type possibility struct {
	candidate
	check *compiled // nil for a mandatory field
	scope int
}

func newChain(k *asker) *chain {
	return &chain{asker: k, open: map[string]bool{}, ways: ways{}}
}

// questions returns the questions that arise now or may be raised, in the order of their
// findings and then of the checks.
func (h *chain) questions() []candidate {
	for i := range h.found {
		h.note(h.found[i].target)
	}
	h.gather()
	for known := 0; known < len(h.order); {
		known = len(h.order)
		for i := range h.may {
			if m := &h.may[i]; !h.open[m.target] && len(h.whenRaised(m)) > 0 {
				h.note(m.target)
			}
		}
	}
	byTarget := map[string][]candidate{}
	add := func(c candidate) {
		if slices.ContainsFunc(byTarget[c.target], c.same) {
			return
		}
		byTarget[c.target] = append(byTarget[c.target], c)
		h.ways[c.target] = append(h.ways[c.target], c.when)
	}
	for _, c := range h.found {
		if c.rule == ruleGroupMin {
			add(c)
		}
	}
	for i := range h.may {
		if c := h.may[i].candidate; h.open[c.target] {
			for _, c.when = range h.whenRaised(&h.may[i]) {
				add(c)
			}
		}
	}
	var out []candidate
	for _, target := range h.order {
		out = append(out, h.ways.apart(byTarget[target])...)
	}
	return out
}

// note records that an answer is open.
func (h *chain) note(target string) {
	if !h.open[target] && len(h.order) < maxQuestions {
		h.open[target] = true
		h.order = append(h.order, target)
	}
}

// gather collects the questions that may be raised at all: not those that are answered,
// nor those of another type of event.
func (h *chain) gather() {
	h.may = make([]possibility, 0, len(h.checks))
	for _, c := range h.checks {
		if c.kinds != 0 && h.r.kind != 0 && c.kinds&h.r.kind == 0 {
			continue
		}
		for scope := range h.scopes(c.each) {
			if target := h.target(c.ask, scope); target != "" && !h.r.hasAny(c.need, scope) {
				h.may = append(h.may, possibility{candidate{question: c.ask, rule: c.rule.ID, target: target}, c, scope})
			}
		}
	}
	for i := range h.s.groups {
		for _, f := range h.s.groups[i].mandatory {
			if !h.needsFields || !slices.Contains(h.asked[i], f) {
				continue
			}
			for scope := range h.scopes(f.group) {
				if scope < 0 || h.r.lacks(f, scope) {
					h.may = append(h.may, possibility{candidate{question: f.ask, rule: ruleFieldMin, target: h.targetOf(f, scope)}, nil, scope})
				}
			}
		}
	}
}

// scopes are the occurrences of a group, or the record as a whole if it has none.
func (h *chain) scopes(g *group) iter.Seq[int] {
	if g == nil || h.r.firstGroup[g.no] == 0 {
		return func(yield func(int) bool) { yield(-1) }
	}
	return h.r.occurrences(g)
}

// groupBegun returns the ways in which an answer to another field may begin a group that
// the record does not have yet.
func (h *chain) groupBegun(g *group, except *field) (ways []conditions) {
	for _, f := range h.asked[g.no] {
		if f == except {
			continue
		}
		if target := h.targetOf(f, -1); h.open[target] {
			ways = append(ways, conditions{given(f, target)})
		}
	}
	return ways
}

// given is the condition that a field is answered.
func given(f *field, target string) answered {
	return answered{Condition: lfpse.Condition{Target: target}, single: f == nil || f.Max == 1}
}

// always is the only way of something that holds whatever is answered.
var always = []conditions{nil}

// whenRaised returns the ways in which a question may be raised.
func (h *chain) whenRaised(m *possibility) []conditions {
	c := m.check
	switch {
	case c != nil:
	case m.scope < 0:
		return h.groupBegun(m.field.group, m.field)
	default:
		return always
	}
	ways := always
	if c.kinds != 0 && h.r.kind == 0 {
		if !h.open["type"] {
			return nil
		}
		ways = []conditions{{h.typeIn(c.kinds)}}
	}
	if c.each != nil && m.scope < 0 {
		ways = eachAnd(ways, h.groupBegun(c.each, c.ask.field))
	}
	for i := range c.when {
		ways = eachAnd(ways, h.whenHeld(&c.when[i], m.scope))
	}
	for i := range c.need {
		if t := &c.need[i]; !c.ask.about(t) {
			ways = eachAnd(ways, h.whenHeld(&condition{thing: *t, not: true}, m.scope))
		}
	}
	return ways
}

// typeIn is the condition that the type of the event is one of a set.
func (h *chain) typeIn(kinds eventKinds) answered {
	a := given(nil, "type")
	for i := range h.s.eventTypes.Concepts {
		if name := h.s.eventTypes.Concepts[i].Name; kindsOf(lfpse.EventType(name))&kinds != 0 {
			a.Values = append(a.Values, name)
		}
	}
	return a
}

// whenHeld returns the ways in which a condition of a check holds, or may come to hold.
func (h *chain) whenHeld(c *condition, scope int) (ways []conditions) {
	holds := h.r.holds(c, scope)
	switch {
	case holds && !c.not:
		return always
	case !holds && c.not:
		return nil
	}
	var all conditions
	for a := range h.openAnswers(&c.thing, scope) {
		a.Values, a.Not = c.values, c.not
		all = append(all, a)
		ways = append(ways, conditions{a})
	}
	switch {
	case !c.not:
		return ways
	case all == nil:
		return always
	}
	return []conditions{all} // none of the answers may break it
}

// openAnswers are the open answers that would put a thing into the record.
func (h *chain) openAnswers(t *thing, scope int) iter.Seq[answered] {
	return func(yield func(answered) bool) {
		visit := func(f *field, target string) bool { return !h.open[target] || yield(given(f, target)) }
		switch {
		case t.field != nil && scope >= 0 && h.r.groups[scope].group == t.field.group:
			visit(t.field, h.targetOf(t.field, scope))
		case t.field != nil:
			for o := range h.scopes(t.field.group) {
				if !visit(t.field, h.targetOf(t.field, o)) {
					return
				}
			}
		case t.group != nil:
			for _, f := range h.asked[t.group.no] {
				if !visit(f, h.targetOf(f, -1)) {
					return
				}
			}
		case t.element == "event":
			visit(nil, "type")
		case t.element == "date":
			visit(nil, "date")
		}
	}
}
