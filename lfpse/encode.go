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
//
// Who encodes many events and keeps none of the resources uses an [Encoder].
func (c *Codec) Encode(e *Event) (*fhir.AdverseEvent, fhir.Issues) {
	return c.NewEncoder().Encode(e)
}

// Encoder encodes one event after the other into the same memory: a resource is
// large, and mostly empty fields. It is for one goroutine at a time.
type Encoder struct {
	c      *Codec
	e      *Event
	v      reflect.Value
	issues fhir.Issues

	extraAt   map[extraKey][]int // the event's extras by where they belong
	unsettled provisional

	// The groups of a resource are collected first, so that its extensions go into
	// two blocks of the right size.
	values []value // of the resource at hand, group by group
	spans  []span

	frame      frame
	devices    slab[r4.Device]
	extensions slab[r4.Extension]
	strings    slab[string]
	ints       slab[int]
	bools      slab[bool]
}

// extraKey says where an [Extra] belongs.
type extraKey struct {
	group string
	index int
	field string
}

// frame has room for what occurs once in a report.
type frame struct {
	event        fhir.AdverseEvent
	actuality    r4.AdverseEventActuality
	meta         r4.Meta
	profile      [1]string
	concept      r4.CodeableConcept
	coding       [1]r4.Coding
	patient      r4.Patient
	location     r4.Location
	practitioner r4.Practitioner
	medication   r4.Medication
	references   [3]r4.Reference
	contained    [4]fhir.Resource
	suspects     [1]r4.AdverseEventSuspectEntity
}

// NewEncoder returns an encoder for the codec's taxonomy.
func (c *Codec) NewEncoder() *Encoder {
	return &Encoder{c: c, unsettled: provisional{c: c}, values: make([]value, 0, 64), spans: make([]span, 0, 16)}
}

// Encode does what [Codec.Encode] does. The resource is good until the next call of
// Encode or Reset; the issues are the caller's.
func (w *Encoder) Encode(e *Event) (*fhir.AdverseEvent, fhir.Issues) {
	w.Reset()
	w.e, w.v = e, reflect.ValueOf(e).Elem()
	for i := range e.Extra {
		x := &e.Extra[i]
		key := extraKey{x.Group, x.Index, x.Field}
		if w.extraAt == nil {
			w.extraAt = map[extraKey][]int{}
		}
		w.extraAt[key] = append(w.extraAt[key], i)
	}
	return w.adverseEvent(), w.issues
}

// Provisional returns what [Codec.Provisional] returns for the resource of the last
// event, without looking at it again.
func (w *Encoder) Provisional() []string { return w.unsettled.sorted() }

// Reset forgets the last event, so that an encoder that waits to be used again
// holds nothing of it.
func (w *Encoder) Reset() {
	if w.e == nil {
		return
	}
	clear(w.values[:cap(w.values)])
	w.e, w.v, w.issues, w.extraAt, w.frame = nil, reflect.Value{}, nil, nil, frame{}
	w.unsettled.keys = w.unsettled.keys[:0]
	w.devices.reset()
	w.extensions.reset()
	w.strings.reset()
	w.ints.reset()
	w.bools.reset()
}

// slab gives out pieces of one block of memory. When the block is used up another
// is begun; the next time round there is one that is large enough.
type slab[T any] struct {
	block []T
	total int // given out since reset
}

// take returns n zero values, the start of a new block of least values if need be.
func (s *slab[T]) take(n, least int) []T {
	start := len(s.block)
	if cap(s.block)-start < n {
		start, s.block = 0, make([]T, 0, max(n, least))
	}
	s.total += n
	s.block = s.block[:start+n]
	return s.block[start : start+n : start+n]
}

func (s *slab[T]) reset() {
	if s.total > cap(s.block) {
		s.block = make([]T, 0, s.total)
	}
	clear(s.block)
	s.block, s.total = s.block[:0], 0
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

func (w *Encoder) adverseEvent() *fhir.AdverseEvent {
	e, f := w.e, &w.frame
	a := &f.event
	a.Id, a.Date = w.optional(e.ID), w.optional(string(e.Date))
	f.profile[0] = w.c.profileURL
	f.meta.Profile, a.Meta = f.profile[:], &f.meta
	f.actuality = r4.AdverseEventActualityActual
	a.Actuality = &f.actuality
	if w.c.opts.rootDescription {
		a.Description = w.optional(e.Description)
	}
	if e.Type != "" {
		if code, ok := codeOf(w.c.eventTypes, string(e.Type)); ok {
			f.coding[0].Code = w.str(code)
			f.concept.Coding, a.Event = f.coding[:], &f.concept
		} else {
			w.unknownName("type", w.c.eventTypes)
		}
	}
	for i := range w.c.resources {
		w.resource(a, &w.c.resources[i])
	}
	a.Extension = w.groups("AdverseEvent", 0)
	w.unsettled.event(a)
	w.checkExtras()
	w.checkHomes()
	return a
}

// resource adds the contained resources of one profile and the elements that
// refer to them.
func (w *Encoder) resource(a *fhir.AdverseEvent, p *resourcePlan) {
	f := &w.frame
	switch p.Resource {
	case "Location":
		f.location.Id, f.location.Extension = w.str(p.ContainedID), w.groups(p.Resource, 0)
		w.contain(a, fhir.Resource{Location: &f.location})
		a.Location = w.reference(&f.references[0], p.reference)
	case "Practitioner":
		f.practitioner.Id, f.practitioner.Extension = w.str(p.ContainedID), w.groups(p.Resource, 0)
		w.contain(a, fhir.Resource{Practitioner: &f.practitioner})
		a.Recorder = w.reference(&f.references[1], p.reference)
	case "Patient":
		// R4 wants a subject, so the Patient is there even when nobody was
		// affected; it then carries nothing but its id.
		f.patient.Id, f.patient.Extension = w.str(p.ContainedID), w.groups(p.Resource, 0)
		w.contain(a, fhir.Resource{Patient: &f.patient})
		a.Subject = w.reference(&f.references[2], p.reference)
	case "Medication":
		if ext := w.groups(p.Resource, 0); len(ext) > 0 {
			f.medication.Id, f.medication.Extension = w.str(p.ContainedID), ext
			w.contain(a, fhir.Resource{Medication: &f.medication})
			w.suspect(a, p.reference)
		}
	case "Device":
		for i := range w.e.Devices {
			d, r := &w.e.Devices[i], &w.devices.take(1, len(w.e.Devices))[0]
			id := strings.Replace(p.ContainedID, "{n}", strconv.Itoa(i+1), 1)
			r.Id, r.Extension, r.Manufacturer = w.str(id), w.groups(p.Resource, i), w.optional(d.Manufacturer)
			if !w.c.opts.noDeviceModel {
				r.ModelNumber = w.optional(d.ModelNumber)
			}
			w.contain(a, fhir.Resource{Device: r})
			w.suspect(a, "#"+id)
		}
	}
}

func (w *Encoder) contain(a *fhir.AdverseEvent, r fhir.Resource) {
	if a.Contained == nil {
		a.Contained = w.frame.contained[:0]
	}
	a.Contained = append(a.Contained, r)
}

func (w *Encoder) suspect(a *fhir.AdverseEvent, reference string) {
	if a.SuspectEntity == nil {
		a.SuspectEntity = w.frame.suspects[:0]
	}
	a.SuspectEntity = append(a.SuspectEntity, r4.AdverseEventSuspectEntity{})
	w.reference(&a.SuspectEntity[len(a.SuspectEntity)-1].Instance, reference)
}

// reference makes r a reference to a contained resource.
func (w *Encoder) reference(r *r4.Reference, to string) *r4.Reference {
	r.Reference = w.str(to)
	return r
}

// groups returns the groups that a resource of the given type carries; index
// tells several resources of the type apart.
func (w *Encoder) groups(context string, index int) []r4.Extension {
	w.values, w.spans = w.values[:0], w.spans[:0]
	for _, g := range w.c.carried[context] {
		switch {
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
func (w *Encoder) list(g *groupPlan) {
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
func (w *Encoder) flat(g *groupPlan, items reflect.Value) {
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
func (w *Encoder) group(g *groupPlan, owner reflect.Value, index int) bool {
	w.collect(g, owner, index)
	return w.close(g)
}

// close makes a group of the values since the last one; false if there are none.
func (w *Encoder) close(g *groupPlan) bool {
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
func (w *Encoder) write() []r4.Extension {
	if len(w.spans) == 0 {
		return nil
	}
	groups, members := w.extensions.take(len(w.spans), 0), w.extensions.take(len(w.values), 0)
	start := 0
	for i, s := range w.spans {
		for j := start; j < s.end; j++ {
			members[j].Url = w.values[j].f.Name
			w.set(&members[j], &w.values[j])
		}
		groups[i].Url, groups[i].Extension = s.g.url, members[start:s.end:s.end]
		if s.g.unsure {
			w.uncertain(s.g, w.values[start:s.end])
		}
		start = s.end
	}
	return groups
}

// uncertain notes what is provisional about a group.
func (w *Encoder) uncertain(g *groupPlan, values []value) {
	w.unsettled.itself(g)
	for i := range values {
		w.unsettled.value(g, values[i].f, values[i].s)
	}
}

// collect notes the values that the owner states for the fields of a group.
func (w *Encoder) collect(g *groupPlan, owner reflect.Value, index int) {
	bits := w.e.stated(g.number, index)
	if bits == 0 && g.modelled {
		return // like most groups of most events
	}
	if g.home >= 0 {
		owner = owner.Field(g.home)
	}
	for i := range g.fields {
		f := &g.fields[i]
		switch {
		case f.sequence:
			w.values = append(w.values, value{f: f, n: index + 1})
		case f.path != nil && bits>>f.rest[0]&1 == 0:
		case f.path != nil:
			w.field(g, f, at(owner, f.rest), index)
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

func (w *Encoder) field(g *groupPlan, f *fieldPlan, v reflect.Value, index int) {
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

func (w *Encoder) text(g *groupPlan, f *fieldPlan, s string, index int) {
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

func (w *Encoder) wrongType(path string, f *fieldPlan) {
	w.issues = append(w.issues, issue(fhir.Error, "ENC-TYPE", path, "The value cannot be sent: the taxonomy's type for it is "+string(f.Type)+".", ""))
}

// extras notes the values of a field that the Event type has no property for.
func (w *Encoder) extras(g *groupPlan, f *fieldPlan, index int) {
	for _, i := range w.extraAt[extraKey{g.base, index, f.Name}] {
		v, ok := typed(f, w.e.Extra[i].Value)
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
func (w *Encoder) checkHomes() {
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
func (w *Encoder) checkExtras() {
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

func (w *Encoder) reachable(g *groupPlan, index int) bool {
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
func (w *Encoder) set(x *r4.Extension, v *value) {
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
		x.ValueBoolean = &w.bools.take(1, 8)[0]
		*x.ValueBoolean = v.n != 0
	case taxonomy.Integer:
		x.ValueInteger = &w.ints.take(1, 8)[0]
		*x.ValueInteger = v.n
	}
}

func (w *Encoder) unknownName(path string, cs *taxonomy.CodeSystem) {
	names := make([]string, 0, len(cs.Concepts))
	for _, c := range cs.Concepts {
		names = append(names, c.Name)
	}
	w.issues = append(w.issues, issue(fhir.Error, "ENC-NAME", path, "The value is not one of the names of the list "+cs.ID+".",
		"Use one of: "+strings.Join(names, ", ")+"."))
}

// str returns a pointer to a string of the resource's own.
func (w *Encoder) str(s string) *string {
	p := &w.strings.take(1, 48)[0]
	*p = s
	return p
}

func (w *Encoder) optional(s string) *string {
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
