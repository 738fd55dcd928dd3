package lfpse

import (
	"reflect"
	"slices"
	"strconv"
	"strings"

	r4 "github.com/samply/golang-fhir-models/fhir-models/fhir"

	"github.com/gpsafety/lfpse-go/fhir"
)

// Decode returns the event that a FHIR AdverseEvent carries. Whatever has no
// place in an [Event] is reported as an error, never dropped in silence; the
// paths are FHIRPath. Decode does not judge whether the record is complete or
// its codes are in their lists.
func (c *Codec) Decode(a *fhir.AdverseEvent) (Event, fhir.Issues) {
	var e Event
	r := &decoder{c: c, e: &e, v: reflect.ValueOf(&e).Elem(), seen: make([]bool, len(c.groups)), at: root}
	r.root(a)
	for i := range a.Contained {
		r.at = spot{i, -1, -1}
		r.contained(&a.Contained[i])
	}
	r.at = root
	r.extensions(a.Extension, "AdverseEvent")
	r.at = root
	r.orderPatients()
	r.description(a)
	return e, r.issues
}

type decoder struct {
	c      *Codec
	e      *Event
	v      reflect.Value
	issues fhir.Issues

	sequences []int  // PatientSequence of each patient, 0 if it has none
	seen      []bool // by number: a group has occurred
	at        spot
}

// spot is how far the reading has come. It becomes a path only when there is
// something to report.
type spot struct{ contained, group, field int } // indexes of contained and of the two levels of extension, -1 if not on the way

var root = spot{-1, -1, -1}

// path returns the FHIRPath of what follows the spot, such as .url.
func (s spot) path(tail string) string {
	path := "AdverseEvent"
	step := func(name string, i int) {
		if i >= 0 {
			path += name + "[" + strconv.Itoa(i) + "]"
		}
	}
	step(".contained", s.contained)
	step(".extension", s.group)
	step(".extension", s.field)
	return path + tail
}

// add reports what follows the spot.
func (r *decoder) add(rule, tail, text, fix string) {
	r.issues = append(r.issues, issue(fhir.Error, rule, r.at.path(tail), text, fix))
}

// root reads the elements of the AdverseEvent itself.
func (r *decoder) root(a *fhir.AdverseEvent) {
	r.e.ID = deref(a.Id)
	r.e.Date = Date(deref(a.Date))
	if a.Actuality != nil && *a.Actuality != r4.AdverseEventActualityActual {
		r.add("DEC-ACTUALITY", ".actuality", "LFPSE records are always actual, near misses included.", "Send actual; say in the harm that nobody was hurt.")
	}
	if a.Event != nil {
		if len(a.Event.Coding) == 1 && a.Event.Coding[0].Code != nil {
			r.e.Type = EventType(nameOf(r.c.eventTypes, *a.Event.Coding[0].Code))
		} else {
			r.add("DEC-EVENT-TYPE", ".event", "The event type is not exactly one coding with a code.", "")
		}
	}
	r.beyond(a)
}

// carried are the elements that the LFPSE structure uses, by resource.
var carried = map[reflect.Type][]string{
	reflect.TypeFor[fhir.AdverseEvent](): {"Id", "Meta", "Contained", "Extension", "Actuality", "Event", "Subject", "Date", "Location", "Recorder", "SuspectEntity", "Description"},
	reflect.TypeFor[r4.Location]():       {"Id", "Extension"},
	reflect.TypeFor[r4.Practitioner]():   {"Id", "Extension"},
	reflect.TypeFor[r4.Patient]():        {"Id", "Extension"},
	reflect.TypeFor[r4.Medication]():     {"Id", "Extension"},
	reflect.TypeFor[r4.Device]():         {"Id", "Extension", "Manufacturer", "ModelNumber"},
}

// element is a field of an R4 type.
type element struct {
	field int
	name  string // in FHIR
}

// notCarried lists, for each resource, the elements that R4 has and LFPSE does not
// use.
func notCarried() map[reflect.Type][]element {
	out := map[reflect.Type][]element{}
	for t, names := range carried {
		for i := range t.NumField() {
			if name := t.Field(i).Name; !slices.Contains(names, name) {
				out[t] = append(out[t], element{i, strings.ToLower(name[:1]) + name[1:]})
			}
		}
	}
	return out
}

// beyond reports the elements of a resource, given by a pointer, that an event
// cannot carry.
func (r *decoder) beyond(resource any) {
	v := reflect.ValueOf(resource).Elem()
	for _, e := range r.c.notCarried[v.Type()] {
		if !v.Field(e.field).IsZero() {
			r.notCarried("." + e.name)
		}
	}
}

func (r *decoder) notCarried(tail string) {
	r.add("DEC-NOT-CARRIED", tail, "The LFPSE structure does not use this element, so an event cannot carry it.", "Take it out.")
}

// contained reads one contained resource.
func (r *decoder) contained(c *fhir.Resource) {
	switch {
	case c.Location != nil:
		r.beyond(c.Location)
		r.extensions(c.Location.Extension, "Location")
	case c.Practitioner != nil:
		r.beyond(c.Practitioner)
		r.extensions(c.Practitioner.Extension, "Practitioner")
	case c.Patient != nil:
		r.beyond(c.Patient)
		r.extensions(c.Patient.Extension, "Patient")
	case c.Medication != nil:
		r.beyond(c.Medication)
		r.extensions(c.Medication.Extension, "Medication")
	case c.Device != nil:
		r.beyond(c.Device)
		r.e.Devices = append(r.e.Devices, Device{Manufacturer: deref(c.Device.Manufacturer), ModelNumber: deref(c.Device.ModelNumber)})
		r.extensions(c.Device.Extension, "Device")
	default:
		r.notCarried("")
	}
}

// extensions reads the groups that a resource carries.
func (r *decoder) extensions(exts []r4.Extension, context string) {
	for i := range exts {
		r.at.group, r.at.field = i, -1
		n, ok := r.c.byURL[exts[i].Url]
		if !ok || r.c.groups[n].Context != context {
			r.add("DEC-GROUP", ".url", "The taxonomy has no such group on this resource.", "")
			continue
		}
		r.group(n, exts[i].Extension)
	}
}

func (r *decoder) group(n int, subs []r4.Extension) {
	switch g := &r.c.groups[n]; {
	case g.base == "medication-dmd":
		r.medicines(g, subs)
	case g.repeats() && g.Context == "Device":
		last := len(r.e.Devices) - 1
		r.fields(g, subs, 0, r.v.Field(g.list).Index(last), last)
	case g.repeats():
		items := r.v.Field(g.list)
		items.Set(reflect.Append(items, reflect.Zero(items.Type().Elem())))
		r.sequences = append(r.sequences, 0)
		r.fields(g, subs, 0, items.Index(items.Len()-1), items.Len()-1)
	case r.seen[n]:
		r.add("DEC-REPEATED", "", "The group occurs more than once, and an event has place for one.", "")
	default:
		r.seen[n] = true
		r.fields(g, subs, 0, r.v, 0)
	}
}

// medicines reads one medication-dmd extension, which holds one medicine or, in
// the flat form, several whose members repeat in order.
func (r *decoder) medicines(g *groupPlan, subs []r4.Extension) {
	start, last := 0, -1
	flush := func(end int) {
		r.e.Medicines = append(r.e.Medicines, Medicine{})
		n := len(r.e.Medicines) - 1
		r.fields(g, subs[start:end], start, r.v.Field(g.list).Index(n), n)
		start = end
	}
	for i := range subs {
		at, ok := g.byName[subs[i].Url]
		if ok && at <= last {
			flush(i)
		}
		if ok {
			last = at
		}
	}
	flush(len(subs))
}

// fields reads sub-extensions of which the first is number from in its group.
func (r *decoder) fields(g *groupPlan, subs []r4.Extension, from int, owner reflect.Value, index int) {
	for i := range subs {
		r.at.field = from + i
		n, ok := g.byName[subs[i].Url]
		if !ok {
			r.add("DEC-FIELD", ".url", "The taxonomy has no such field in the group.", "")
			continue
		}
		f := &g.fields[n]
		s, ok := text(f, &subs[i])
		if !ok {
			r.add("DEC-TYPE", ".value", "The value must be "+f.Type.ValueX()+" and nothing else.", "")
			continue
		}
		switch {
		case f.sequence:
			r.sequences[index], _ = strconv.Atoi(s)
		case f.path == nil:
			r.e.Extra = append(r.e.Extra, Extra{Group: g.base, Index: index, Field: f.Name, Value: s})
		case !store(at(owner, f.path), f, s):
			r.add("DEC-REPEATED", "", "The field occurs more than once, and an event has place for one.", "")
		}
	}
}

// store puts a value in its place; false if the place is taken.
func store(v reflect.Value, f *fieldPlan, s string) bool {
	if v.Kind() != reflect.Slice && !v.IsZero() {
		return false
	}
	if f.names != nil {
		s = f.name(s)
	}
	put(v, s)
	return true
}

// text returns the value of a sub-extension as text; ok is false when the value
// is not of the field's type or there is anything beside it.
func text(f *fieldPlan, x *r4.Extension) (s string, ok bool) {
	property, value, _ := fhir.ExtensionValue(x)
	if property == "" || property != f.property || x.Id != nil || len(x.Extension) > 0 {
		return "", false
	}
	switch v := value.(type) {
	case *string:
		s = *v
	case *bool:
		s = strconv.FormatBool(*v)
	case *int:
		s = strconv.Itoa(*v)
	}
	return s, s != ""
}

// orderPatients puts the patients into the order of their PatientSequence.
func (r *decoder) orderPatients() {
	order := make([]int, len(r.sequences))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return r.sequences[a] - r.sequences[b] })
	patients, rank := make([]Patient, 0, len(order)), make([]int, len(order))
	for i, n := range order {
		if r.sequences[n] != i+1 {
			r.add("DEC-SEQUENCE", ".contained.ofType(Patient)", "The patients are not numbered 1, 2, 3 … by PatientSequence, so their order is not known.", "Number them from 1 without gaps.")
			return
		}
		patients, rank[n] = append(patients, r.e.Patients[n]), i
	}
	if len(patients) > 0 {
		r.e.Patients = patients
	}
	for i := range r.e.Extra {
		if x := &r.e.Extra[i]; x.Group == "patient-information" {
			x.Index = rank[x.Index]
		}
	}
}

// description settles a root description, which R4 does not have, with the one
// in the adverse-event-core group.
func (r *decoder) description(a *fhir.AdverseEvent) {
	switch {
	case a.Description == nil || *a.Description == r.e.Description:
	case r.e.Description == "":
		r.e.Description = *a.Description
	default:
		r.add("DEC-DESCRIPTION", ".description", "The description differs from the one in the adverse-event-core group.", "Keep the one in the group.")
	}
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
