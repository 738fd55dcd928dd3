package lfpse

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"

	r4 "github.com/samply/golang-fhir-models/fhir-models/fhir"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

// Encode returns the event as a FHIR AdverseEvent. What the event does not state
// is left out, so an incomplete event encodes too: completeness is for the
// validator to judge. The issues, with paths in the JSON form of the event, are
// errors where a value cannot be expressed in the taxonomy; the resource then
// lacks it and must not be sent. The result does not share memory with e.
func (c *Codec) Encode(e *Event) (*fhir.AdverseEvent, fhir.Issues) {
	w := &encoder{c: c, e: e, v: reflect.ValueOf(e).Elem(), values: make([]value, 0, 64), spans: make([]span, 0, 16)}
	return w.adverseEvent(), w.issues
}

// encoder builds one resource. The groups of a resource are collected first, so
// that its extensions, which are large, go into two blocks of the right size.
type encoder struct {
	c      *Codec
	e      *Event
	v      reflect.Value
	issues fhir.Issues

	values []value // of the resource at hand, group by group
	spans  []span
	strs   []string // slab: what FHIR points to
}

// span is a group of the resource at hand that has values, up to values[end].
type span struct {
	g   *groupPlan
	end int
}

// value is one value of a field, in its textual form unless it is a boolean or
// an integer.
type value struct {
	f *fieldPlan
	s string
	n int
}

func (w *encoder) adverseEvent() *fhir.AdverseEvent {
	e := w.e
	actual := r4.AdverseEventActualityActual
	a := &fhir.AdverseEvent{
		Id:        w.optional(e.ID),
		Meta:      &r4.Meta{Profile: []string{w.c.profileURL}},
		Actuality: &actual,
		Date:      w.optional(string(e.Date)),
	}
	if w.c.opts.rootDescription {
		a.Description = w.optional(e.Description)
	}
	if e.Type != "" {
		if code, ok := codeOf(w.c.eventTypes, string(e.Type)); ok {
			a.Event = &r4.CodeableConcept{Coding: []r4.Coding{{Code: w.str(code)}}}
		} else {
			w.unknownName("type", w.c.eventTypes)
		}
	}
	for _, p := range w.c.resources {
		w.resource(a, p)
	}
	a.Extension = w.extensions("AdverseEvent", 0)
	w.checkExtras()
	w.checkHomes()
	return a
}

// resource adds the contained resources of one profile and the elements that
// refer to them.
func (w *encoder) resource(a *fhir.AdverseEvent, p *taxonomy.Profile) {
	id := w.optional(p.ContainedID)
	ref := func(id string) *r4.Reference { return &r4.Reference{Reference: w.str("#" + id)} }
	switch p.Resource {
	case "Location":
		a.Contained = append(a.Contained, fhir.Resource{Location: &r4.Location{Id: id, Extension: w.extensions(p.Resource, 0)}})
		a.Location = ref(p.ContainedID)
	case "Practitioner":
		a.Contained = append(a.Contained, fhir.Resource{Practitioner: &r4.Practitioner{Id: id, Extension: w.extensions(p.Resource, 0)}})
		a.Recorder = ref(p.ContainedID)
	case "Patient":
		// R4 wants a subject, so the Patient is there even when nobody was
		// affected; it then carries nothing but its id.
		a.Contained = append(a.Contained, fhir.Resource{Patient: &r4.Patient{Id: id, Extension: w.extensions(p.Resource, 0)}})
		a.Subject = ref(p.ContainedID)
	case "Medication":
		if ext := w.extensions(p.Resource, 0); len(ext) > 0 {
			a.Contained = append(a.Contained, fhir.Resource{Medication: &r4.Medication{Id: id, Extension: ext}})
			a.SuspectEntity = append(a.SuspectEntity, r4.AdverseEventSuspectEntity{Instance: *ref(p.ContainedID)})
		}
	case "Device":
		for i := range w.e.Devices {
			d := &w.e.Devices[i]
			id := strings.Replace(p.ContainedID, "{n}", strconv.Itoa(i+1), 1)
			r := &r4.Device{Id: w.str(id), Extension: w.extensions(p.Resource, i), Manufacturer: w.optional(d.Manufacturer)}
			if !w.c.opts.noDeviceModel {
				r.ModelNumber = w.optional(d.ModelNumber)
			}
			a.Contained = append(a.Contained, fhir.Resource{Device: r})
			a.SuspectEntity = append(a.SuspectEntity, r4.AdverseEventSuspectEntity{Instance: *ref(id)})
		}
	}
}

// extensions returns the groups that a resource of the given type carries; index
// tells several resources of the type apart.
func (w *encoder) extensions(context string, index int) []r4.Extension {
	w.values, w.spans = w.values[:0], w.spans[:0]
	for i := range w.c.groups {
		g := &w.c.groups[i]
		switch {
		case g.Context != context:
		case !g.repeats():
			w.group(g, w.v, 0)
		case context == "Device":
			w.group(g, w.v.Field(g.list).Index(index), index)
		default:
			w.list(g)
		}
	}
	return w.write()
}

// list collects a group that occurs once for each patient or medicine.
func (w *encoder) list(g *groupPlan) {
	items := w.v.Field(g.list)
	if g.base == "medication-dmd" && w.c.opts.flatMedicines {
		w.flat(g, items)
		return
	}
	for i := range items.Len() {
		if !w.group(g, items.Index(i), i) {
			w.issues = append(w.issues, issue(fhir.Error, "ENC-EMPTY", fmt.Sprintf("%s[%d]", g.target, i),
				"This entry states nothing, so it cannot be sent.", "Fill it in or take it out."))
		}
	}
}

// flat collects all medicines into one extension. A reader tells them apart by
// the order of their members, so a medicine must not look like the rest of the
// one before it.
func (w *encoder) flat(g *groupPlan, items reflect.Value) {
	last := len(g.fields)
	for i := range items.Len() {
		start := len(w.values)
		w.collect(g, items.Index(i), i)
		if len(w.values) == start || g.byName[w.values[start].f.Name] > last {
			w.issues = append(w.issues, issue(fhir.Error, "ENC-FLAT", fmt.Sprintf("medicines[%d]", i),
				"In one flat extension this medicine could not be told from the one before it.",
				"Give its VTM code, or send one extension a medicine."))
		}
		if len(w.values) > start {
			last = g.byName[w.values[len(w.values)-1].f.Name]
		}
	}
	w.close(g)
}

// group collects one occurrence of a group; false if it states nothing.
func (w *encoder) group(g *groupPlan, owner reflect.Value, index int) bool {
	w.collect(g, owner, index)
	return w.close(g)
}

// close makes a group of the values since the last one; false if there are none.
func (w *encoder) close(g *groupPlan) bool {
	start := 0
	if n := len(w.spans); n > 0 {
		start = w.spans[n-1].end
	}
	if len(w.values) == start {
		return false
	}
	w.spans = append(w.spans, span{g, len(w.values)})
	return true
}

// write turns what was collected into extensions.
func (w *encoder) write() []r4.Extension {
	if len(w.spans) == 0 {
		return nil
	}
	groups, members := make([]r4.Extension, len(w.spans)), make([]r4.Extension, len(w.values))
	start := 0
	for i, s := range w.spans {
		for j := start; j < s.end; j++ {
			members[j].Url = w.values[j].f.Name
			w.set(&members[j], &w.values[j])
		}
		groups[i].Url, groups[i].Extension = s.g.url, members[start:s.end:s.end]
		start = s.end
	}
	return groups
}

// collect notes the values that the owner states for the fields of a group.
func (w *encoder) collect(g *groupPlan, owner reflect.Value, index int) {
	for i := range g.fields {
		f := &g.fields[i]
		switch {
		case f.sequence:
			w.values = append(w.values, value{f: f, n: index + 1})
		case f.path != nil:
			w.field(g, f, at(owner, f.path), index)
		default:
			w.extras(g, f, index)
		}
	}
}

// at is Value.FieldByIndex without its care for embedded pointers, which an Event
// does not have.
func at(v reflect.Value, path []int) reflect.Value {
	for _, i := range path {
		v = v.Field(i)
	}
	return v
}

func (w *encoder) field(g *groupPlan, f *fieldPlan, v reflect.Value, index int) {
	switch v.Kind() {
	case reflect.String:
		if s := v.String(); s != "" {
			w.text(g, f, s, index)
		}
	case reflect.Slice:
		for i := range v.Len() {
			w.text(g, f, v.Index(i).String(), index)
		}
	case reflect.Pointer:
		if v.IsNil() {
			break
		}
		switch v := v.Elem(); {
		case f.Type == taxonomy.Boolean && v.Kind() == reflect.Bool:
			w.values = append(w.values, value{f: f, n: btoi(v.Bool())})
		case f.Type == taxonomy.Integer && v.Kind() == reflect.Int:
			w.values = append(w.values, value{f: f, n: int(v.Int())})
		default:
			w.wrongType(g.path(f, index), f)
		}
	}
}

func (w *encoder) text(g *groupPlan, f *fieldPlan, s string, index int) {
	if f.names != nil {
		code, ok := codeOf(f.names, s)
		if !ok {
			w.unknownName(g.path(f, index), f.names)
			return
		}
		s = code
	}
	v, ok := typed(f, s)
	if !ok {
		w.wrongType(g.path(f, index), f)
		return
	}
	w.values = append(w.values, v)
}

func (w *encoder) wrongType(path string, f *fieldPlan) {
	w.issues = append(w.issues, issue(fhir.Error, "ENC-TYPE", path, "The value cannot be sent: the taxonomy's type for it is "+string(f.Type)+".", ""))
}

// extras notes the values of a field that the Event type has no property for.
func (w *encoder) extras(g *groupPlan, f *fieldPlan, index int) {
	for i := range w.e.Extra {
		x := &w.e.Extra[i]
		if x.Group != g.base || x.Index != index || x.Field != f.Name {
			continue
		}
		v, ok := typed(f, x.Value)
		if !ok {
			w.wrongType(fmt.Sprintf("extra[%d].value", i), f)
			continue
		}
		w.values = append(w.values, v)
	}
}

// typed converts text to a value of the field's type.
func typed(f *fieldPlan, s string) (value, bool) {
	switch f.Type {
	case taxonomy.Boolean:
		return value{f: f, n: btoi(s == "true")}, s == "true" || s == "false"
	case taxonomy.Integer:
		n, err := strconv.ParseInt(s, 10, 32)
		return value{f: f, n: int(n)}, err == nil
	}
	return value{f: f, s: s}, s != ""
}

// checkHomes reports what the event states and the taxonomy has no field for.
func (w *encoder) checkHomes() {
	for i := range w.c.homeless {
		s := &w.c.homeless[i]
		n := 1
		if s.list >= 0 {
			n = w.v.Field(s.list).Len()
		}
		for j := range n {
			owner, path := w.v, s.target
			if s.list >= 0 {
				owner = w.v.Field(s.list).Index(j)
				path = fmt.Sprintf("%s[%d].%s", jsonTag(w.v.Type().Field(s.list)), j, s.target)
			}
			if !owner.FieldByIndex(s.path).IsZero() {
				w.issues = append(w.issues, issue(fhir.Warning, "ENC-NO-FIELD", path, "Taxonomy version "+w.c.t.Version+" has no field for this, so it is not sent.", ""))
			}
		}
	}
}

// checkExtras reports extras that the taxonomy has no place for, or that name a
// field the Event itself has.
func (w *encoder) checkExtras() {
	for i := range w.e.Extra {
		x := &w.e.Extra[i]
		g := w.c.plan(x.Group)
		if g == nil || !w.reachable(g, x.Index) {
			w.issues = append(w.issues, issue(fhir.Error, "ENC-EXTRA", fmt.Sprintf("extra[%d]", i), "The event has no place for this group and index in the loaded taxonomy.", ""))
			continue
		}
		j, ok := g.byName[x.Field]
		if !ok || g.fields[j].path != nil || g.fields[j].sequence {
			w.issues = append(w.issues, issue(fhir.Error, "ENC-EXTRA", fmt.Sprintf("extra[%d].field", i), "The taxonomy has no such field in the group, or the event has a property for it.", ""))
		}
	}
}

func (w *encoder) reachable(g *groupPlan, index int) bool {
	if g.repeats() {
		return index >= 0 && index < w.v.Field(g.list).Len()
	}
	return index == 0
}

func (c *Codec) plan(base string) *groupPlan {
	for i := range c.groups {
		if c.groups[i].base == base {
			return &c.groups[i]
		}
	}
	return nil
}

// set stores a value under the property that its type has in an Extension.
func (w *encoder) set(x *r4.Extension, v *value) {
	switch v.f.Type {
	case taxonomy.Code:
		x.ValueCode = w.str(v.s)
	case taxonomy.String:
		x.ValueString = w.str(v.s)
	case taxonomy.Date:
		x.ValueDate = w.str(v.s)
	case taxonomy.Time:
		x.ValueTime = w.str(v.s)
	case taxonomy.Boolean:
		b := v.n != 0
		x.ValueBoolean = &b
	case taxonomy.Integer:
		n := v.n
		x.ValueInteger = &n
	}
}

func (w *encoder) unknownName(path string, cs *taxonomy.CodeSystem) {
	names := make([]string, 0, len(cs.Concepts))
	for _, c := range cs.Concepts {
		names = append(names, c.Name)
	}
	w.issues = append(w.issues, issue(fhir.Error, "ENC-NAME", path, "The value is not one of the names of the list "+cs.ID+".",
		"Use one of: "+strings.Join(names, ", ")+"."))
}

// str returns a pointer to s in the slab.
func (w *encoder) str(s string) *string {
	if len(w.strs) == cap(w.strs) {
		w.strs = make([]string, 0, 48)
	}
	w.strs = append(w.strs, s)
	return &w.strs[len(w.strs)-1]
}

func (w *encoder) optional(s string) *string {
	if s == "" {
		return nil
	}
	return w.str(s)
}

// path returns the place of a field in the JSON form of the event.
func (g *groupPlan) path(f *fieldPlan, index int) string {
	if !g.repeats() {
		return f.target
	}
	return g.target + "[" + strconv.Itoa(index) + "]." + f.target
}

func jsonTag(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	return name
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}
