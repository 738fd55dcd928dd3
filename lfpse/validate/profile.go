package validate

import (
	"slices"
	"strings"

	r4 "github.com/samply/golang-fhir-models/fhir-models/fhir"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

// declared checks meta.profile. It returns false for a record of another version
// or canonical base, which the loaded taxonomy cannot judge, if it could say so:
// with that rule switched off the record is judged as it is.
func (w *view) declared() bool {
	at, p := root(""), w.v.plan
	if m := w.a.Meta; m != nil {
		if slices.Contains(m.Profile, p.profile) {
			return true
		}
		for i, url := range m.Profile {
			if p.elsewhere(url, p.profileID) {
				w.find(ruleVersion, root(".meta.profile"+index(i))).text = "The record is of another taxonomy version or canonical base than the one it is checked with; nothing else that the taxonomy says was checked."
				return !w.v.byID[ruleVersion].on
			}
		}
		if at = root(".meta"); len(m.Profile) > 0 {
			at = root(".meta.profile")
		}
	}
	w.find(ruleDeclared, at)
	return true
}

// eventType reads the event type.
func (w *view) eventType() {
	e := w.a.Event
	if e == nil {
		return
	}
	if len(e.Coding) != 1 || e.Coding[0].Code == nil || blank(*e.Coding[0].Code) {
		w.find(ruleEvent, root(".event"))
		return
	}
	c := &e.Coding[0]
	if c.System != nil {
		w.find(ruleSystem, root(".event.coding[0].system"))
	}
	list := &w.v.plan.eventTypes
	at := root(".event.coding[0].code")
	w.code(list, *c.Code, at)
	if con := list.Concept(*c.Code); con != nil {
		w.kind = kindsOf(lfpse.EventType(con.Name))
	}
}

// usedElements are the elements that the LFPSE structure uses, for the types of
// which it does not use all. Modifier extensions have a rule of their own.
var usedElements = map[string][]string{
	"AdverseEvent":              {"Id", "Meta", "Contained", "Extension", "ModifierExtension", "Actuality", "Event", "Subject", "Date", "Location", "Recorder", "SuspectEntity", "Description"},
	"AdverseEventSuspectEntity": {"Id", "Extension", "ModifierExtension", "Instance"},
	"Device":                    {"Id", "Extension", "ModifierExtension", "Manufacturer", "ModelNumber"},
	"Patient":                   {"Id", "Extension", "ModifierExtension"},
	"Location":                  {"Id", "Extension", "ModifierExtension"},
	"Practitioner":              {"Id", "Extension", "ModifierExtension"},
	"Medication":                {"Id", "Extension", "ModifierExtension"},
}

// groupList reads the extensions of a resource, each of which is to be a group.
func (w *view) groupList(e *element, exts []r4.Extension) {
	if !w.judged {
		w.extensions(e, exts)
		return
	}
	clear(w.count)
	last := 0
	for i := range exts {
		if w.enter(e.name, i) {
			last = w.group(e, &exts[i], i, last)
			w.leave()
		}
	}
	for _, g := range w.v.plan.mandatory {
		if w.count[g.no] < g.Min && g.Context == e.context {
			found := w.find(ruleGroupMin, place{contained: w.contained, ext: -1, sub: -1})
			found.text = "The mandatory group " + g.id + " is missing."
			found.ask, found.scope = w.v.openers[g.no], -1
		}
	}
}

// lostGroups reports the mandatory groups whose resource is not there.
func (w *view) lostGroups() {
	for _, g := range w.v.plan.mandatory {
		if w.firstGroup[g.no] == 0 && g.Context != "AdverseEvent" && w.containedOf(g.Context) < 0 {
			found := w.find(ruleGroupMin, root(""))
			found.text = "The mandatory group " + g.id + " is missing, and the contained " + g.Context + " that carries it."
			found.ask, found.scope = w.v.openers[g.no], -1
		}
	}
}

// group reads one extension of a resource, and its fields if it is a group that
// belongs there. It returns the number of the group, or the last one if it is none.
func (w *view) group(e *element, x *r4.Extension, i, last int) int {
	at := place{contained: w.contained, ext: i, sub: -1}
	n, known := w.v.plan.groupAt(x.Url, last)
	c := w.content(e.node, x, known, nil)
	w.odd = w.odd || !known || c.values > 0
	if !known {
		w.unknownGroup(x.Url, at.with(".url"))
		w.within(e.node, x)
		return last
	}
	g := &w.v.plan.groups[n]
	if g.Context != e.context {
		w.odd = true
		w.find(ruleContext, at.with(".url")).text = "The group " + g.id + " belongs on the " + g.Context + ", not here."
		w.within(e.node, x)
		return n
	}
	if w.count[n]++; g.Max > 0 && w.count[n] > g.Max {
		w.find(ruleGroupMax, at)
	}
	if c.values > 0 || len(x.Extension) == 0 {
		w.find(ruleGroupForm, at)
	}
	w.provisional(g.provisional, at)
	w.fields(e.node, g, w.addGroup(g, w.contained, i), x)
	return n
}

// fields reads the sub-extensions of an occurrence of a group.
func (w *view) fields(n *node, g *groupPlan, o int, x *r4.Extension) {
	if !w.enter("extension", 0) {
		return
	}
	index := &w.frames.list[w.frames.depth-1].index
	last := 0
	for j := range x.Extension {
		*index = j
		sub := &x.Extension[j]
		k, known := g.fieldAt(sub.Url, last)
		if known {
			last = k
			w.field(n, &g.fields[k], o, j, sub)
			continue
		}
		w.odd = true
		w.content(n, sub, false, nil)
		w.within(n, sub)
		w.find(ruleField, w.here("url"))
	}
	w.leave()
}

func (w *view) unknownGroup(url string, at place) {
	for i := range w.v.plan.groups {
		if w.v.plan.elsewhere(url, w.v.plan.groups[i].id) {
			w.find(ruleVersion, at)
			return
		}
	}
	w.find(ruleGroup, at)
}

// field reads one field of an occurrence of a group.
func (w *view) field(n *node, f *fieldPlan, o, j int, x *r4.Extension) {
	c := w.content(n, x, true, f.codes)
	if len(x.Extension) > 0 {
		w.within(n, x)
	}
	at := func(tail string) place {
		group := &w.groups[o]
		return place{contained: group.contained, ext: group.ext, sub: j, tail: tail}
	}
	if f.provisional != nil {
		w.provisional(f.provisional, at(""))
	}
	if c.property == "" || c.property != f.property || len(x.Extension) > 0 {
		w.odd = true
		w.find(ruleType, at("")).text = "The field must have " + f.Type.ValueX() + " and nothing else."
		return
	}
	if c.blank {
		w.odd = true
		return // the format is found fault with
	}
	if n := w.tally(f, o); f.Max > 0 && n > f.Max {
		w.find(ruleFieldMax, at(""))
	}
	w.addAnswer(answer{field: f, group: o, sub: j, text: c.text, rank: rank(c.text), plain: c.plain, x: x})
	switch {
	case c.concept == nil && f.Type == taxonomy.Code:
		w.code(&f.list, c.text, at(".value"))
	case c.concept != nil && c.concept.Provisional:
		w.provisional(f.list.provisional, at(".value"))
	}
}

// tally counts the answers to a field as they are read, anew in each occurrence
// of its group.
func (w *view) tally(f *fieldPlan, o int) int {
	t := &w.tallies[f.no]
	if t.group != o+1 {
		*t = tally{group: o + 1}
	}
	t.n++
	return t.n
}

// lacks reports whether an occurrence has fewer answers to a field than it needs.
func (w *view) lacks(f *fieldPlan, o int) bool {
	n := 0
	for i := w.firstIn(f, o); i >= 0 && n < f.Min; i = w.nextIn(i, o) {
		n++
	}
	return n < f.Min
}

// code checks a code against its list.
func (w *view) code(l *listPlan, code string, at place) {
	if l.CodeSystem == nil {
		return
	}
	if l.ods {
		w.organisation(code, at)
	}
	con := l.concept(code)
	if con == nil && l.Evidence == taxonomy.Unknown || con != nil && con.Provisional {
		w.provisional(l.provisional, at)
	}
	if con != nil || len(l.Concepts) == 0 {
		return
	}
	rule := ruleCodeOpen
	if l.Closed {
		rule = ruleCode
	}
	f := w.find(rule, at)
	f.fix = "Use a code of the list " + l.ID + "."
}

// provisional reports the use of something provisional, each thing once; nil is
// not provisional.
func (w *view) provisional(u *unsettled, at place) {
	if u != nil && !w.settled[u.no] {
		w.settled[u.no] = true
		w.find(ruleProvisional, at).text = u.text
	}
}

// mandatoryFields reports the mandatory fields that a group lacks, unless a rule
// has asked for the field already, and not only as an option.
func (w *view) mandatoryFields() {
	for o := range w.groups {
		g := w.groups[o].plan
		for _, f := range g.mandatory {
			if !w.lacks(f, o) || w.asked(f, o) {
				continue
			}
			found := w.find(ruleFieldMin, w.groups[o].place())
			found.text = "The group " + g.id + " lacks its mandatory field " + f.Name + "."
			found.ask, found.scope = w.v.mandatory[f.no], o
		}
	}
}

// asked reports whether the answer to a field of an occurrence is required already.
func (w *view) asked(f *fieldPlan, o int) bool {
	return slices.ContainsFunc(w.findings, func(found finding) bool {
		return found.ask != nil && found.ask.required && found.ask.field == f && (found.scope < 0 || found.scope == o)
	})
}

// groupQuestions makes the question that opens a mandatory group, by group
// number: that of the first rule which asks for one of its fields.
func (v *Validator) groupQuestions() []*question {
	out := make([]*question, len(v.plan.groups))
	for i := range v.plan.groups {
		g := &v.plan.groups[i]
		at := slices.IndexFunc(v.checks, func(c compiled) bool { return c.ask != nil && c.ask.field != nil && c.ask.field.group == g })
		if g.Min == 0 || at < 0 {
			continue
		}
		q := *v.checks[at].ask
		q.required = true
		out[i] = &q
	}
	return out
}

// mandatoryQuestions makes the questions for the mandatory fields, by field number.
func (v *Validator) mandatoryQuestions() []*question {
	out := make([]*question, len(v.plan.fields))
	for i, f := range v.plan.fields {
		if f.Min == 0 {
			continue
		}
		text := "What is the answer for " + f.Name + "? Its group cannot be sent without it."
		if f.Definition != "" {
			text = strings.TrimRight(f.Definition, ". ") + "? This is needed once anything else of its group is stated."
		}
		out[i] = &question{required: true, text: text, choices: lfpse.Choices(f.list.CodeSystem), field: f}
		if f.Type == taxonomy.Boolean {
			out[i].choices = []lfpse.Choice{{Value: "true", Display: "Yes"}, {Value: "false", Display: "No"}}
		}
	}
	return out
}
