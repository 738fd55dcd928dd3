package validate

import (
	"iter"
	"math/bits"
	"slices"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse"
)

// elements are the elements of the event that a check may name.
var elements = []string{"event", "date", "description"}

// thing is a compiled name: a field, a group, a contained resource or a root element.
type thing struct {
	field    *field
	group    *group
	resource string
	element  string
}

// compiled is a check for one taxonomy, its names looked up and its names of
// concepts turned into codes.
type compiled struct {
	rule  *ruleState
	kinds eventKinds // 0 for all
	each  *group
	when  []condition
	need  []thing
	bar   []thing
	text  string
	fix   string
	ask   *question
}

// checkSet is a set of checks, by their index, of which there are fewer than 128.
type checkSet [2]uint64

func (s *checkSet) add(i int) { s[i/64] |= 1 << (i % 64) }

// join adds the checks of another set.
func (s *checkSet) join(o *checkSet) {
	for i := range s {
		s[i] |= o[i]
	}
}

// all are the checks of the set, in their order.
func (s *checkSet) all() iter.Seq[int] {
	return func(yield func(int) bool) {
		for i, w := range s {
			for ; w != 0; w &= w - 1 {
				if !yield(i*64 + bits.TrailingZeros64(w)) {
					return
				}
			}
		}
	}
}

// trigger is what must be in a record for a check to find anything. A record has few of
// the groups and fields that checks are about, so only the triggers of those that it has
// are tested, and before the checks themselves.
type trigger struct {
	kinds eventKinds // event types, 0 for all
	group int32      // 1 + number of a group, 0 for none
	field int32      // 1 + number of a field, 0 for none
	codes *codeSet   // one of which an answer to the field has
	lacks int32      // 1 + number of a field without answers, 0 for none
}

// trigger returns the trigger of a check.
func (c *compiled) trigger() trigger {
	t := trigger{kinds: c.kinds}
	if c.each != nil {
		t.group = int32(1 + c.each.no)
	}
	for i := range c.when {
		if w := &c.when[i]; !w.not {
			t.add(&w.thing, &w.codes)
		}
	}
	if len(c.need) == 0 && len(c.bar) == 1 {
		t.add(&c.bar[0], &codeSet{})
	}
	if len(c.need) > 0 && len(c.bar) == 0 && c.each == nil && c.need[0].field != nil {
		t.lacks = int32(1 + c.need[0].field.no)
	}
	return t
}

// of returns the set of those checks that can find something only if the record has what
// this one asks for: that of a field, of a group, or for want of both a set for any record.
func (t *trigger) of(s *structure) *checkSet {
	switch {
	case t.field > 0:
		return &s.fields[t.field-1].checks
	case t.group > 0:
		return &s.groups[t.group-1].checks
	}
	return &s.checks
}

// add asks for a thing, if it is a group or a field with some codes.
func (t *trigger) add(x *thing, codes *codeSet) {
	if x.field != nil {
		t.field, t.codes = int32(1+x.field.no), codes
	} else if x.group != nil {
		t.group = int32(1 + x.group.no)
	}
}

// met reports whether a record has what the check is about.
func (t *trigger) met(r *record) bool {
	return (t.field == 0 || t.answered(r, r.firstAnswer[t.field-1]-1)) &&
		(t.group == 0 || r.firstGroup[t.group-1] > 0) && (t.kinds == 0 || t.kinds&r.kind != 0) &&
		(t.lacks == 0 || r.firstAnswer[t.lacks-1] == 0)
}

// answered reports whether the answers to the field, of which the index of the first is
// given, can be what the check is about.
func (t *trigger) answered(r *record, first int) bool {
	if first < 0 || t.codes.all == nil {
		return first >= 0
	}
	a := &r.answers[first]
	return a.next >= 0 || t.codes.has(a)
}

// condition is a compiled condition.
type condition struct {
	thing
	codes  codeSet
	values []string // the codes, in the form of questions
	not    bool
}

// codeSet is a set of codes.
type codeSet struct {
	all   []string                       // nil for any code
	small [(smallCodes + 63) / 64]uint64 // those that are small
}

func (s *codeSet) add(code string) {
	s.all = append(s.all, code)
	if n := smallCode(code); n >= 0 {
		s.small[n/64] |= 1 << (n % 64)
	}
}

func (s *codeSet) has(a *answer) bool {
	if a.code >= 0 {
		return s.small[a.code/64]>>(a.code%64)&1 != 0
	}
	return slices.Contains(s.all, a.text)
}

// compile compiles a check; ok is false if the taxonomy lacks what it is about.
func (s *structure) compile(r *ruleState, c *check) (out compiled, ok bool) {
	out = compiled{rule: r, kinds: kindsOf(r.EventTypes...), text: c.text, fix: c.fix}
	if c.each != "" {
		if out.each = s.group(c.each); out.each == nil {
			return out, false
		}
	}
	for _, cond := range c.when {
		cc, ok := s.compileCond(cond)
		switch {
		case ok:
			out.when = append(out.when, cc)
		case !cond.not:
			// The taxonomy lacks the thing, so the condition never holds. A negative
			// condition always holds and is dropped.
			return out, false
		}
	}
	out.need, out.bar = s.things(c.need), s.things(c.bar)
	if c.ask != nil {
		out.ask = s.question(c.ask)
	}
	return out, len(out.need)+len(out.bar) > 0 && (c.ask == nil || out.ask != nil)
}

func (s *structure) compileCond(c cond) (condition, bool) {
	t, ok := s.thing(c.ref)
	if !ok {
		return condition{}, false
	}
	out := condition{thing: t, not: c.not}
	for _, value := range c.values {
		if code, ok := t.field.code(value); ok {
			out.codes.add(code)
			out.values = append(out.values, value)
		}
	}
	return out, len(out.codes.all) > 0 || c.values == nil
}

func (s *structure) things(refs []string) (out []thing) {
	for _, ref := range refs {
		if t, ok := s.thing(ref); ok {
			out = append(out, t)
		}
	}
	return out
}

func (s *structure) thing(ref string) (thing, bool) {
	switch {
	case slices.Contains(resourceTypes, ref):
		return thing{resource: ref}, true
	case slices.Contains(elements, ref):
		return thing{element: ref}, true
	}
	if f := s.field(ref); f != nil {
		return thing{field: f}, true
	}
	g := s.group(ref)
	return thing{group: g}, g != nil
}

// question compiles an ask; it is nil if the taxonomy lacks the field.
func (s *structure) question(a *ask) *question {
	q := &question{required: a.required, text: a.text}
	switch a.ref {
	case "event":
		q.root, q.choices = "type", lfpse.Choices(s.eventTypes.CodeSystem)
	case "date":
		q.root = "date"
	default:
		if q.field = s.field(a.ref); q.field == nil {
			return nil
		}
		q.choices = lfpse.Choices(q.field.list.CodeSystem)
	}
	return q
}

// about reports whether a question asks for a thing.
func (q *question) about(t *thing) bool {
	if q.field != nil || t.field != nil {
		return q.field == t.field
	}
	return q.root == "date" && t.element == "date" || q.root == "type" && t.element == "event"
}

// checks applies the checks of the rules to a record.
type checks struct {
	r     *record
	found *findings
}

// run applies a check to the record.
func (k checks) run(c *compiled) {
	if c.each == nil {
		k.apply(c, -1)
		return
	}
	for o := range k.r.occurrences(c.each) {
		k.apply(c, o)
	}
}

// apply applies a check to one occurrence of its group, or to the whole record if
// that is -1.
func (k checks) apply(c *compiled, scope int) {
	for i := range c.when {
		if !k.r.holds(&c.when[i], scope) {
			return
		}
	}
	for i := range c.bar {
		k.unwanted(c, &c.bar[i], scope)
	}
	if len(c.need) > 0 && !k.r.hasAny(c.need, scope) {
		f := k.add(c, k.nearest(&c.need[0], scope))
		f.ask, f.scope = c.ask, scope
	}
}

func (k checks) add(c *compiled, at fhir.Path) *finding {
	f := k.found.addRule(c.rule, at)
	f.text, f.fix = c.text, c.fix
	return f
}

// unwanted reports every occurrence of a thing within a scope.
func (k checks) unwanted(c *compiled, t *thing, scope int) {
	switch {
	case t.field != nil:
		for i := k.r.firstIn(t.field, scope); i >= 0; i = k.r.nextIn(i, scope) {
			k.add(c, k.r.path(&k.r.answers[i]))
		}
	case t.group != nil:
		for o := range k.r.occurrences(t.group) {
			k.add(c, k.r.groups[o].path())
		}
	case t.resource != "":
		for i := range k.r.event.Contained {
			if typeOf(&k.r.event.Contained[i]) == t.resource {
				k.add(c, resourcePath(i))
			}
		}
	case k.r.hasElement(t.element):
		k.add(c, fhir.Path{}.Child(t.element))
	}
}

// nearest returns the path of the nearest ancestor of a missing thing that is in the
// record.
func (k checks) nearest(t *thing, scope int) fhir.Path {
	g := t.group
	if t.field != nil {
		g = t.field.group
	}
	switch {
	case scope >= 0:
		return k.r.groups[scope].path()
	case g == nil:
		return fhir.Path{}
	case t.field != nil && k.r.firstGroup[g.no] > 0:
		return k.r.groups[k.r.firstGroup[g.no]-1].path()
	}
	return resourcePath(k.r.contained(g.Context))
}

// holds reports whether a condition holds within a scope.
func (r *record) holds(c *condition, scope int) bool {
	if c.codes.all == nil {
		return r.has(&c.thing, scope) != c.not
	}
	for i := r.firstIn(c.field, scope); i >= 0; i = r.nextIn(i, scope) {
		if c.codes.has(&r.answers[i]) {
			return !c.not
		}
	}
	return c.not
}

// has reports whether the record has a thing within a scope, hasAny whether it has one of
// several.
func (r *record) has(t *thing, scope int) bool {
	switch {
	case t.field != nil:
		return r.firstIn(t.field, scope) >= 0
	case t.group != nil:
		return r.firstGroup[t.group.no] > 0
	case t.resource != "":
		return r.contained(t.resource) >= 0
	}
	return r.hasElement(t.element)
}

func (r *record) hasAny(things []thing, scope int) bool {
	for i := range things {
		if r.has(&things[i], scope) {
			return true
		}
	}
	return false
}
