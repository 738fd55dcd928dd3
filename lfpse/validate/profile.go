package validate

import (
	"reflect"
	"slices"
	"strings"

	r4 "github.com/samply/golang-fhir-models/fhir-models/fhir"

	"github.com/gpsafety/lfpse-go/fhir"
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

// read compares the record with the taxonomy and remembers what is answered.
func (w *view) read() {
	w.eventType()
	w.used(w.a, root(""))
	w.modifiers(w.a.ModifierExtension, root(".modifierExtension"))
	w.below()
	w.extensions(w.a.Extension, "AdverseEvent", -1)
	for i := range w.a.Contained {
		w.contained(&w.a.Contained[i], i)
	}
	for i := range w.v.plan.groups {
		if g := &w.v.plan.groups[i]; g.Min > 0 && w.firstGroup[i] == 0 && g.Context != "AdverseEvent" && w.containedOf(g.Context) < 0 {
			found := w.find(ruleGroupMin, root(""))
			found.text = "The mandatory group " + g.id + " is missing, and the contained " + g.Context + " that carries it."
			found.ask, found.scope = w.v.openers[i], -1
		}
	}
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
		w.kind = lfpse.EventType(con.Name)
	}
}

// contained reads the groups of one contained resource.
func (w *view) contained(c *fhir.Resource, i int) {
	at := place{contained: i, ext: -1, sub: -1}
	switch {
	case c.Patient != nil:
		w.resource(c.Patient, c.Patient.Extension, c.Patient.ModifierExtension, "Patient", i)
	case c.Location != nil:
		w.resource(c.Location, c.Location.Extension, c.Location.ModifierExtension, "Location", i)
	case c.Practitioner != nil:
		w.resource(c.Practitioner, c.Practitioner.Extension, c.Practitioner.ModifierExtension, "Practitioner", i)
	case c.Device != nil:
		w.resource(c.Device, c.Device.Extension, c.Device.ModifierExtension, "Device", i)
	case c.Medication != nil:
		w.resource(c.Medication, c.Medication.Extension, c.Medication.ModifierExtension, "Medication", i)
	default:
		w.find(ruleResource, at)
	}
}

func (w *view) resource(r any, exts, modifiers []r4.Extension, context string, i int) {
	at := place{contained: i, ext: -1, sub: -1}
	if w.v.plan.t.Profile(context) == nil {
		w.find(ruleResource, at)
	}
	w.used(r, at)
	w.modifiers(modifiers, at.with(".modifierExtension"))
	w.extensions(exts, context, i)
}

func (w *view) modifiers(exts []r4.Extension, at place) {
	if len(exts) > 0 {
		w.find(ruleModifier, at)
	}
}

// below looks into the elements that are used and can hold extensions: groups
// stand on resources only. The elements that are not used are reported whole.
func (w *view) below() {
	if m := w.a.Meta; m != nil {
		w.strays(m.Extension, ".meta", -1, "")
	}
	if e := w.a.Event; e != nil {
		w.strays(e.Extension, ".event", -1, "")
		for i := range e.Coding {
			w.strays(e.Coding[i].Extension, ".event.coding", i, "")
		}
	}
	for _, r := range [...]struct {
		to   *r4.Reference
		name string
	}{{w.a.Subject, ".subject"}, {w.a.Location, ".location"}, {w.a.Recorder, ".recorder"}} {
		if r.to != nil {
			w.strays(r.to.Extension, r.name, -1, "")
		}
	}
	for i := range w.a.SuspectEntity {
		s := &w.a.SuspectEntity[i]
		w.strays(s.Extension, ".suspectEntity", i, "")
		w.strays(s.Instance.Extension, ".suspectEntity", i, ".instance")
		if len(s.ModifierExtension) > 0 {
			w.find(ruleModifier, root(".suspectEntity"+index(i)+".modifierExtension"))
		}
		if len(s.Causality) > 0 {
			w.find(ruleElement, root(".suspectEntity"+index(i)+".causality"))
		}
	}
}

// strays reports extensions where no group belongs. The path is put together only
// when there is one.
func (w *view) strays(exts []r4.Extension, name string, i int, rest string) {
	for j := range exts {
		w.find(ruleGroup, root(name+index(i)+rest+".extension"+index(j)+".url")).text = "No group belongs on this element."
	}
}

// usedElements are the elements that the LFPSE structure uses, by resource type.
// Modifier extensions have a rule of their own.
var usedElements = map[string][]string{
	"AdverseEvent": {"Id", "Meta", "Contained", "Extension", "ModifierExtension", "Actuality", "Event", "Subject", "Date", "Location", "Recorder", "SuspectEntity", "Description"},
	"Device":       {"Id", "Extension", "ModifierExtension", "Manufacturer", "ModelNumber"},
	"Patient":      {"Id", "Extension", "ModifierExtension"},
	"Location":     {"Id", "Extension", "ModifierExtension"},
	"Practitioner": {"Id", "Extension", "ModifierExtension"},
	"Medication":   {"Id", "Extension", "ModifierExtension"},
}

// used reports the elements of a resource that LFPSE has no use for.
func (w *view) used(resource any, at place) {
	v := reflect.ValueOf(resource).Elem()
	for _, i := range w.v.unused[v.Type()] {
		if f := v.Field(i); !f.IsNil() && (f.Kind() != reflect.Slice || f.Len() > 0) {
			w.find(ruleElement, at.with("."+elementName(v.Type().Name(), v.Type().Field(i).Name)))
		}
	}
}

// unusedElements lists, for each resource type, the fields that are not used. All
// of them are pointers or slices.
func unusedElements() map[reflect.Type][]int {
	out := map[reflect.Type][]int{}
	for _, t := range resourceGoTypes {
		for i := range t.NumField() {
			if !slices.Contains(usedElements[t.Name()], t.Field(i).Name) {
				out[t] = append(out[t], i)
			}
		}
	}
	return out
}

// extensions reads the groups that a resource of the given type carries.
func (w *view) extensions(exts []r4.Extension, context string, contained int) {
	clear(w.count)
	for i := range exts {
		w.group(&exts[i], context, contained, i)
	}
	at := place{contained: contained, ext: -1, sub: -1}
	for i := range w.v.plan.groups {
		if g := &w.v.plan.groups[i]; g.Context == context && w.count[i] < g.Min {
			found := w.find(ruleGroupMin, at)
			found.text = "The mandatory group " + g.id + " is missing."
			found.ask, found.scope = w.v.openers[i], -1
		}
	}
}

func (w *view) group(x *r4.Extension, context string, contained, i int) {
	at, p := place{contained: contained, ext: i, sub: -1}, w.v.plan
	n, ok := p.byURL[x.Url]
	if !ok {
		w.unknownGroup(x.Url, at.with(".url"))
		return
	}
	g := &p.groups[n]
	if g.Context != context {
		w.find(ruleContext, at.with(".url")).text = "The group " + g.id + " belongs on the " + g.Context + ", not here."
		return
	}
	if w.count[n]++; g.Max > 0 && w.count[n] > g.Max {
		w.find(ruleGroupMax, at)
	}
	if _, _, values := fhir.ExtensionValue(x); values > 0 || len(x.Extension) == 0 {
		w.find(ruleGroupForm, at)
	}
	w.provisional(g.provisional, at)
	o, last := w.addGroup(g, contained, i), 0
	for j := range x.Extension {
		sub := &x.Extension[j]
		n, ok := g.field(sub.Url, last)
		if !ok {
			w.find(ruleField, place{contained: contained, ext: i, sub: j, tail: ".url"})
			continue
		}
		last = n
		w.field(&g.fields[n], o, j, sub)
	}
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

// field reads one sub-extension of a group.
func (w *view) field(f *fieldPlan, o, j int, x *r4.Extension) {
	at := w.groups[o].place()
	at.sub = j
	w.provisional(f.provisional, at)
	property, value, _ := fhir.ExtensionValue(x)
	if property == "" || property != f.property || len(x.Extension) > 0 {
		w.find(ruleType, at).text = "The field must have " + f.Type.ValueX() + " and nothing else."
		return
	}
	s, nothing := said(value)
	if nothing {
		return // the format is found fault with
	}
	if n := w.tally(f, o); f.Max > 0 && n > f.Max {
		w.find(ruleFieldMax, at)
	}
	w.addAnswer(answer{field: f, group: o, sub: j, text: s, x: x})
	if f.Type == taxonomy.Code {
		w.code(&f.list, s, at.with(".value"))
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
	con := l.Concept(code)
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
		for j := range g.fields {
			f := &g.fields[j]
			if f.Min == 0 || !w.lacks(f, o) || w.asked(f, o) {
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
