package validate

import (
	"slices"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse"
)

// resourceTypes are the types of contained resources that a check may name.
var resourceTypes = []string{"Patient", "Location", "Practitioner", "Medication", "Device"}

// thing is a compiled name: a field, a group, a contained resource or a root element.
type thing struct {
	field    *fieldPlan
	group    *groupPlan
	resource string
	element  string
}

// compiled is a check for one taxonomy, its names looked up and its names of
// concepts turned into codes.
type compiled struct {
	rule *ruleState
	each *groupPlan
	when []compiledCond
	need []thing
	bar  []thing
	text string
	fix  string
	ask  *question
}

// gate is what must be in a record for a check to find anything. Most checks are
// about groups and fields that a record does not have, so gates stand by
// themselves, close together, and are looked at first.
type gate struct {
	types kinds // event types, 0 for all
	group int32 // 1 + number of a group, 0 for none
	field int32 // 1 + number of a field, 0 for none
}

// kinds is a set of event types.
type kinds uint8

func kindsOf(types ...lfpse.EventType) (k kinds) {
	for _, t := range types {
		if i := slices.Index(eventTypes, t); i >= 0 {
			k |= 1 << i
		}
	}
	return k
}

var eventTypes = []lfpse.EventType{lfpse.TypeIncident, lfpse.TypeRisk, lfpse.TypeOutcome, lfpse.TypeGoodCare}

// gate returns the gate of a check.
func (c *compiled) gate() gate {
	g := gate{types: kindsOf(c.rule.EventTypes...)}
	if c.each != nil {
		g.group = int32(1 + c.each.no)
	}
	for i := range c.when {
		if w := &c.when[i]; !w.not {
			g.pass(&w.thing)
		}
	}
	if len(c.need) == 0 && len(c.bar) == 1 {
		g.pass(&c.bar[0])
	}
	return g
}

// pass asks for a thing, if it is a group or a field.
func (g *gate) pass(t *thing) {
	if t.field != nil {
		g.field = int32(1 + t.field.no)
	} else if t.group != nil {
		g.group = int32(1 + t.group.no)
	}
}

// open reports whether the record has what the check is about.
func (w *view) open(g *gate) bool {
	return (g.field == 0 || w.firstAnswer[g.field-1] > 0) && // most are turned away here
		(g.group == 0 || w.firstGroup[g.group-1] > 0) && (g.types == 0 || g.types&w.kind != 0)
}

type compiledCond struct {
	thing
	codes codeSet
	not   bool
}

// codeSet is a set of codes.
type codeSet struct {
	all   []string  // nil for any code
	small [2]uint64 // those that have a rank
}

func (s *codeSet) add(code string) {
	s.all = append(s.all, code)
	if r := rank(code); r >= 0 {
		s.small[r/64] |= 1 << (r % 64)
	}
}

func (s *codeSet) has(a *answer) bool {
	if a.rank >= 0 {
		return s.small[a.rank/64]>>(a.rank%64)&1 != 0
	}
	return slices.Contains(s.all, a.text)
}

// compile compiles a check; ok is false if the taxonomy lacks what it is about.
func (v *Validator) compile(r *ruleState, c *check) (out compiled, ok bool) {
	out = compiled{rule: r, text: c.text, fix: c.fix}
	if c.each != "" {
		if out.each = v.plan.group(c.each); out.each == nil {
			return out, false
		}
	}
	for _, cond := range c.when {
		cc, ok := v.compileCond(cond)
		switch {
		case ok:
			out.when = append(out.when, cc)
		case !cond.not:
			// The condition never holds. What must not be is not, so a negative
			// one always holds and is dropped.
			return out, false
		}
	}
	out.need, out.bar = v.things(c.need), v.things(c.bar)
	if c.ask != nil {
		out.ask = v.question(c.ask)
	}
	return out, len(out.need)+len(out.bar) > 0 && (c.ask == nil || out.ask != nil)
}

func (v *Validator) compileCond(c cond) (compiledCond, bool) {
	t, ok := v.thing(c.ref)
	if !ok {
		return compiledCond{}, false
	}
	out := compiledCond{thing: t, not: c.not}
	for _, value := range c.values {
		if code, ok := t.field.code(value); ok {
			out.codes.add(code)
		}
	}
	return out, len(out.codes.all) > 0 || c.values == nil
}

// code turns a value of a rule into what stands in a record: the code of a name in
// a list with names, and any other value as it is. Ok is false for what the list
// does not have.
func (f *fieldPlan) code(value string) (string, bool) {
	if !f.list.known() {
		return value, true
	}
	if f.list.Concepts[0].Name == "" {
		return value, f.list.Concept(value) != nil
	}
	if c := f.list.Named(value); c != nil {
		return c.Code, true
	}
	return "", false
}

func (v *Validator) things(refs []string) (out []thing) {
	for _, ref := range refs {
		if t, ok := v.thing(ref); ok {
			out = append(out, t)
		}
	}
	return out
}

func (v *Validator) thing(ref string) (thing, bool) {
	switch {
	case slices.Contains(resourceTypes, ref):
		return thing{resource: ref}, true
	case slices.Contains(rootElements, ref):
		return thing{element: ref}, true
	}
	if f := v.plan.field(ref); f != nil {
		return thing{field: f}, true
	}
	g := v.plan.group(ref)
	return thing{group: g}, g != nil
}

// question compiles an ask; it is nil if the taxonomy lacks the field.
func (v *Validator) question(a *ask) *question {
	q := &question{required: a.required, text: a.text}
	switch a.ref {
	case "event":
		q.root, q.choices = "type", lfpse.Choices(v.plan.eventTypes.CodeSystem)
	case "date":
		q.root = "date"
	default:
		if q.field = v.plan.field(a.ref); q.field == nil {
			return nil
		}
		q.choices = lfpse.Choices(q.field.list.CodeSystem)
	}
	return q
}

// run applies a check to the record.
func (w *view) run(c *compiled) {
	if c.each == nil {
		w.apply(c, -1)
		return
	}
	for g := w.firstGroup[c.each.no] - 1; g >= 0; g = w.groups[g].next {
		w.apply(c, g)
	}
}

// apply applies a check to one occurrence of its group, or to the whole record if
// that is -1.
func (w *view) apply(c *compiled, scope int) {
	for i := range c.when {
		if !w.holds(&c.when[i], scope) {
			return
		}
	}
	for i := range c.bar {
		w.unwanted(c, &c.bar[i], scope)
	}
	if len(c.need) == 0 {
		return
	}
	for i := range c.need {
		if w.there(&c.need[i], scope) {
			return
		}
	}
	f := w.findFor(c, w.nearest(&c.need[0], scope))
	f.ask, f.scope = c.ask, scope
}

func (w *view) findFor(c *compiled, at place) *finding {
	f := w.findRule(c.rule, at)
	f.text, f.fix = c.text, c.fix
	return f
}

// holds reports whether a condition holds within a scope.
func (w *view) holds(c *compiledCond, scope int) bool {
	if c.codes.all == nil {
		return w.there(&c.thing, scope) != c.not
	}
	for i := w.firstIn(c.field, scope); i >= 0; i = w.nextIn(i, scope) {
		if c.codes.has(&w.answers[i]) {
			return !c.not
		}
	}
	return c.not
}

// there reports whether a thing is there within a scope.
func (w *view) there(t *thing, scope int) bool {
	switch {
	case t.field != nil:
		return w.firstIn(t.field, scope) >= 0
	case t.group != nil:
		return w.firstGroup[t.group.no] > 0
	case t.resource != "":
		return w.containedOf(t.resource) >= 0
	}
	return w.hasElement(t.element)
}

// unwanted reports every occurrence of a thing within a scope.
func (w *view) unwanted(c *compiled, t *thing, scope int) {
	switch {
	case t.field != nil:
		for i := w.firstIn(t.field, scope); i >= 0; i = w.nextIn(i, scope) {
			w.findFor(c, w.answerPlace(&w.answers[i]))
		}
	case t.group != nil:
		for g := w.firstGroup[t.group.no] - 1; g >= 0; g = w.groups[g].next {
			w.findFor(c, w.groups[g].place())
		}
	case t.resource != "":
		for i := range w.a.Contained {
			if typeOf(&w.a.Contained[i]) == t.resource {
				w.findFor(c, place{contained: i, ext: -1, sub: -1})
			}
		}
	case w.hasElement(t.element):
		w.findFor(c, root("."+t.element))
	}
}

// nearest is the place of the nearest ancestor, of a thing that is missing, that
// is there.
func (w *view) nearest(t *thing, scope int) place {
	g := t.group
	if t.field != nil {
		g = t.field.group
	}
	switch {
	case scope >= 0:
		return w.groups[scope].place()
	case g == nil:
		return root("")
	case t.field != nil && w.firstGroup[g.no] > 0:
		return w.groups[w.firstGroup[g.no]-1].place()
	}
	return place{contained: w.containedOf(g.Context), ext: -1, sub: -1}
}

func (w *view) hasElement(name string) bool {
	switch name {
	case "event":
		return w.a.Event != nil
	case "date":
		return w.a.Date != nil && !blank(*w.a.Date)
	case "description":
		return w.a.Description != nil && !blank(*w.a.Description)
	}
	return false
}

// containedOf returns the index of the first contained resource of a type, -1 if
// there is none.
func (w *view) containedOf(resource string) int {
	for i := range w.a.Contained {
		if typeOf(&w.a.Contained[i]) == resource {
			return i
		}
	}
	return -1
}

// typeOf returns the type of a contained resource, "" for one that LFPSE has no
// profile for.
func typeOf(c *fhir.Resource) string {
	if c.Other != nil {
		return ""
	}
	return c.ResourceType()
}
