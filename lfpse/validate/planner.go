package validate

import (
	"iter"
	"slices"

	"github.com/gpsafety/lfpse-go/lfpse"
)

const (
	// maxQuestions ends the gathering of questions that answers may raise.
	maxQuestions = 1000
	// maxChain is how long a chain of questions that raise each other is followed.
	maxChain = 6
)

// planner finds the questions that the answers to the questions at hand may raise, the
// answers to those, and so on, with the conditions under which each arises. An answer
// is open while there is a question for it; what is not open stays as it is.
type planner struct {
	*asker
	open  map[string]bool // by target
	order []string        // the targets that are open
	may   []possibility
	// ways are the conditions of the questions about an answer, by target.
	ways map[string][]conditions
}

// possibility is a question that may come to be raised: by a check, or by a mandatory
// field.
type possibility struct {
	candidate
	check *compiled // nil for a mandatory field
	scope int
}

func newPlanner(k *asker) *planner {
	return &planner{asker: k, open: map[string]bool{}, ways: map[string][]conditions{}}
}

// plan returns the questions that arise now or may be raised, in the order of their
// findings and then of the checks.
func (p *planner) plan() []candidate {
	for i := range p.found {
		p.note(p.found[i].target)
	}
	p.gather()
	for known := 0; known < len(p.order); {
		known = len(p.order)
		for i := range p.may {
			if m := &p.may[i]; !p.open[m.target] && len(p.whenRaised(m)) > 0 {
				p.note(m.target)
			}
		}
	}
	questions := map[string][]candidate{}
	add := func(c candidate) {
		questions[c.target] = append(questions[c.target], c)
		p.ways[c.target] = append(p.ways[c.target], c.when)
	}
	for _, c := range p.found {
		if c.rule == ruleGroupMin {
			add(c)
		}
	}
	for i := range p.may {
		if c := p.may[i].candidate; p.open[c.target] {
			for _, c.when = range p.whenRaised(&p.may[i]) {
				add(c)
			}
		}
	}
	var out []candidate
	for _, target := range p.order {
		out = append(out, p.apart(questions[target])...)
	}
	return out
}

// note notes that an answer is open.
func (p *planner) note(target string) {
	if !p.open[target] && len(p.order) < maxQuestions {
		p.open[target] = true
		p.order = append(p.order, target)
	}
}

// gather finds out which questions may be raised at all: not those that are answered,
// nor those of another type of event.
func (p *planner) gather() {
	for _, c := range p.checks {
		if c.kinds != 0 && p.r.kind != 0 && c.kinds&p.r.kind == 0 {
			continue
		}
		for scope := range p.scopes(c.each) {
			if target := p.target(c.ask, scope); target != "" && !p.r.hasAny(c.need, scope) {
				p.may = append(p.may, possibility{candidate{question: c.ask, rule: c.rule.ID, target: target}, c, scope})
			}
		}
	}
	for i := range p.s.groups {
		for _, f := range p.s.groups[i].mandatory {
			if !p.needsFields || !slices.Contains(p.asked[i], f) {
				continue
			}
			for scope := range p.scopes(f.group) {
				if scope < 0 || p.r.lacks(f, scope) {
					p.may = append(p.may, possibility{candidate{question: f.ask, rule: ruleFieldMin, target: p.targetOf(f, scope)}, nil, scope})
				}
			}
		}
	}
}

// scopes are the occurrences of a group, or the record as a whole if it has none.
func (p *planner) scopes(g *group) iter.Seq[int] {
	if g == nil || p.r.firstGroup[g.no] == 0 {
		return func(yield func(int) bool) { yield(-1) }
	}
	return p.r.occurrences(g)
}

// groupBegun are the ways in which a group that the record does not have may be begun
// by an answer to another of its fields.
func (p *planner) groupBegun(g *group, except *field) (ways []conditions) {
	for _, f := range p.asked[g.no] {
		if f == except {
			continue
		}
		if target := p.targetOf(f, -1); p.open[target] {
			ways = append(ways, conditions{given(f, target)})
		}
	}
	return ways
}

// given is the condition that a field is answered.
func given(f *field, target string) answered {
	return answered{Condition: lfpse.Condition{Target: target}, single: f == nil || f.Max == 1}
}

// always is the one way of what holds whatever is answered.
var always = []conditions{nil}

// whenRaised returns the ways in which a question may be raised.
func (p *planner) whenRaised(m *possibility) []conditions {
	c := m.check
	switch {
	case c != nil:
	case m.scope < 0:
		return p.groupBegun(m.field.group, m.field)
	default:
		return always
	}
	ways := always
	if c.kinds != 0 && p.r.kind == 0 {
		if !p.open["type"] {
			return nil
		}
		ways = []conditions{{p.typeIn(c.kinds)}}
	}
	if c.each != nil && m.scope < 0 {
		ways = eachAnd(ways, p.groupBegun(c.each, c.ask.field))
	}
	for i := range c.when {
		ways = eachAnd(ways, p.whenHeld(&c.when[i], m.scope))
	}
	for i := range c.need {
		if t := &c.need[i]; !c.ask.about(t) {
			ways = eachAnd(ways, p.whenHeld(&condition{thing: *t, not: true}, m.scope))
		}
	}
	return ways
}

// typeIn is the condition that the event is of one of some types.
func (p *planner) typeIn(kinds eventKinds) answered {
	a := given(nil, "type")
	for i := range p.s.eventTypes.Concepts {
		if name := p.s.eventTypes.Concepts[i].Name; kindsOf(lfpse.EventType(name))&kinds != 0 {
			a.Values = append(a.Values, name)
		}
	}
	return a
}

// whenHeld returns the ways in which a condition of a check holds, or may come to hold.
func (p *planner) whenHeld(c *condition, scope int) (ways []conditions) {
	holds := p.r.holds(c, scope)
	switch {
	case holds && !c.not:
		return always
	case !holds && c.not:
		return nil
	}
	var all conditions
	for a := range p.openAnswers(&c.thing, scope) {
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

// openAnswers are the open answers by which a thing may come to be there.
func (p *planner) openAnswers(t *thing, scope int) iter.Seq[answered] {
	return func(yield func(answered) bool) {
		visit := func(f *field, target string) bool { return !p.open[target] || yield(given(f, target)) }
		switch {
		case t.field != nil && scope >= 0 && p.r.groups[scope].group == t.field.group:
			visit(t.field, p.targetOf(t.field, scope))
		case t.field != nil:
			for o := range p.scopes(t.field.group) {
				if !visit(t.field, p.targetOf(t.field, o)) {
					return
				}
			}
		case t.group != nil:
			for _, f := range p.asked[t.group.no] {
				if !visit(f, p.targetOf(f, -1)) {
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

// apart makes the questions about one answer such that no two arise together: where
// they would, the first holds, or the first that requires the answer.
func (p *planner) apart(list []candidate) (out []candidate) {
	list = p.merged(list)
	slices.SortStableFunc(list, func(a, b candidate) int { return boolCompare(b.required, a.required) })
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
			if c, ok := p.simplified(c); ok {
				out = append(out, c)
			}
		}
	}
	return out
}

// merged simplifies questions, and says those as one that differ in nothing but the
// answers to another.
func (p *planner) merged(list []candidate) (out []candidate) {
next:
	for _, c := range list {
		c, ok := p.simplified(c)
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

// simplified leaves conditions out that nothing can break as long as the answer is not
// given; ok is false if the question cannot arise.
func (p *planner) simplified(c candidate) (out candidate, ok bool) {
	unanswered := conditions{{Condition: lfpse.Condition{Target: c.target, Not: true}}}
	if all, ok := unanswered.andAll(c.when); !ok || !p.possible(all, nil) {
		return c, false
	}
	for i := 0; i < len(c.when); {
		rest := slices.Concat(c.when[:i], c.when[i+1:])
		if c.when[i].Not {
			broken, ok := unanswered.andAll(rest)
			if ok {
				broken, ok = broken.and(c.when[i].negated())
			}
			if !ok || !p.possible(broken, nil) {
				c.when = rest
				continue
			}
		}
		i++
	}
	return c, true
}

// possible reports whether answers that fulfil conditions can be given: those to
// questions that arise. Chains that are longer than any rule makes are taken for
// possible.
func (p *planner) possible(c conditions, done []string) bool {
	i := slices.IndexFunc(c, func(a answered) bool { return !a.Not && !slices.Contains(done, a.Target) })
	if i < 0 || len(done) == maxChain {
		return true
	}
	done = append(slices.Clip(done), c[i].Target)
	return slices.ContainsFunc(p.ways[c[i].Target], func(way conditions) bool {
		all, ok := c.andAll(way)
		return ok && p.possible(all, done)
	})
}
