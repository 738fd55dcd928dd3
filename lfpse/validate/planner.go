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
	open    map[string]bool // by target
	targets map[scoped]string
	// ways are the conditions of the questions about an answer, by target.
	ways map[string][]conditions
}

// scoped is a field in an occurrence of its group.
type scoped struct {
	*field
	scope int
}

func newPlanner(k *asker) *planner {
	return &planner{asker: k, open: map[string]bool{}, targets: map[scoped]string{}, ways: map[string][]conditions{}}
}

// plan returns the questions that arise now or may be raised, in the order of their
// findings and then of the checks.
func (p *planner) plan() []candidate {
	var order []string
	note := func(target string) {
		if !p.open[target] && len(order) < maxQuestions {
			p.open[target] = true
			order = append(order, target)
		}
	}
	for i := range p.found {
		note(p.found[i].target)
	}
	for known := 0; known < len(order); {
		known = len(order)
		for c := range p.raised() {
			note(c.target)
		}
	}
	questions := map[string][]candidate{}
	for c := range p.all() {
		if p.open[c.target] {
			questions[c.target] = append(questions[c.target], c)
			p.ways[c.target] = append(p.ways[c.target], c.when)
		}
	}
	var out []candidate
	for _, target := range order {
		out = append(out, p.apart(questions[target])...)
	}
	return out
}

// all are the questions about every open answer, those that come first being preferred.
func (p *planner) all() iter.Seq[candidate] {
	return func(yield func(candidate) bool) {
		for _, c := range p.found {
			if c.rule == ruleGroupMin && !yield(c) {
				return
			}
		}
		p.raised()(yield)
	}
}

// raised are the questions that checks and mandatory fields raise or may raise. A
// question that may be raised in several ways comes several times.
func (p *planner) raised() iter.Seq[candidate] {
	return func(yield func(candidate) bool) {
		for _, c := range p.checks {
			for scope := range p.scopes(c.each) {
				target := p.at(c.ask, scope)
				if target == "" {
					continue
				}
				for _, when := range p.whenRaised(c, scope) {
					if !yield(candidate{c.ask, c.rule.ID, target, when}) {
						return
					}
				}
			}
		}
		for i := range p.s.groups {
			for _, f := range p.s.groups[i].mandatory {
				if p.needsFields && slices.Contains(p.asked[i], f) && !p.mandatory(f, yield) {
					return
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

// mandatory yields the questions for a mandatory field: in the occurrences of its group
// that lack it, or in the first, if another answer may begin that.
func (p *planner) mandatory(f *field, yield func(candidate) bool) bool {
	if p.r.firstGroup[f.group.no] == 0 {
		for _, when := range p.groupBegun(f.group, f) {
			if !yield(candidate{f.ask, ruleFieldMin, p.place(f, -1), when}) {
				return false
			}
		}
		return true
	}
	for o := range p.r.occurrences(f.group) {
		if p.r.lacks(f, o) && !yield(candidate{f.ask, ruleFieldMin, p.place(f, o), nil}) {
			return false
		}
	}
	return true
}

// groupBegun are the ways in which a group that the record does not have may be begun
// by an answer to another of its fields.
func (p *planner) groupBegun(g *group, except *field) (ways []conditions) {
	for _, f := range p.asked[g.no] {
		if f == except {
			continue
		}
		if target := p.place(f, -1); p.open[target] {
			ways = append(ways, conditions{given(f, target)})
		}
	}
	return ways
}

// given is the condition that a field is answered.
func given(f *field, target string) answered {
	return answered{Condition: lfpse.Condition{Target: target}, single: f == nil || f.Max == 1}
}

// at and place are the target of a question and of a field, made once.
func (p *planner) at(q *question, scope int) string {
	if q.root != "" {
		return q.root
	}
	return p.place(q.field, scope)
}

func (p *planner) place(f *field, scope int) string {
	at := scoped{f, scope}
	target, known := p.targets[at]
	if !known {
		target = p.targetOf(f, scope)
		p.targets[at] = target
	}
	return target
}

// whenRaised returns the ways in which a check may ask its question about a scope.
func (p *planner) whenRaised(c *compiled, scope int) []conditions {
	if p.r.hasAny(c.need, scope) {
		return nil
	}
	ways := []conditions{nil}
	if c.kinds != 0 && c.kinds&p.r.kind == 0 {
		if p.r.kind != 0 || !p.open["type"] {
			return nil
		}
		ways = eachAnd(ways, []conditions{{p.typeIn(c.kinds)}})
	}
	if c.each != nil && scope < 0 {
		ways = eachAnd(ways, p.groupBegun(c.each, c.ask.field))
	}
	for i := range c.when {
		ways = eachAnd(ways, p.whenHeld(&c.when[i], scope))
	}
	for i := range c.need {
		if t := &c.need[i]; !c.ask.about(t) {
			ways = eachAnd(ways, p.whenHeld(&condition{thing: *t, not: true}, scope))
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
		return []conditions{nil}
	case !holds && c.not:
		return nil
	}
	var all conditions
	for a := range p.openAnswers(&c.thing, scope) {
		a.Values, a.Not = c.values, c.not
		all = append(all, a)
		ways = append(ways, conditions{a})
	}
	if c.not { // none of the answers may break it
		return []conditions{all}
	}
	return ways
}

// openAnswers are the open answers by which a thing may come to be there.
func (p *planner) openAnswers(t *thing, scope int) iter.Seq[answered] {
	return func(yield func(answered) bool) {
		visit := func(f *field, target string) bool { return !p.open[target] || yield(given(f, target)) }
		switch {
		case t.field != nil && scope >= 0 && p.r.groups[scope].group == t.field.group:
			visit(t.field, p.place(t.field, scope))
		case t.field != nil:
			for o := range p.scopes(t.field.group) {
				if !visit(t.field, p.place(t.field, o)) {
					return
				}
			}
		case t.group != nil:
			for _, f := range p.asked[t.group.no] {
				if !visit(f, p.place(f, -1)) {
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
