package lfpse

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	r4 "github.com/samply/golang-fhir-models/fhir-models/fhir"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

// Decode returns the event that a FHIR AdverseEvent carries. Whatever has no
// place in an [Event] is reported as an error, never dropped in silence; the
// paths are FHIRPath. Decode does not judge whether the record is complete or
// its codes are in their lists.
func (c *Codec) Decode(a *fhir.AdverseEvent) (Event, fhir.Issues) {
	var e Event
	r := &decoder{c: c, e: &e, v: reflect.ValueOf(&e).Elem(), last: map[string]int{}}
	r.root(a)
	for i := range a.Contained {
		r.contained(&a.Contained[i], fmt.Sprintf("AdverseEvent.contained[%d]", i))
	}
	r.extensions(a.Extension, "AdverseEvent", "AdverseEvent")
	r.orderPatients()
	r.description(a)
	return e, r.issues
}

type decoder struct {
	c      *Codec
	e      *Event
	v      reflect.Value
	issues fhir.Issues

	sequences []int          // PatientSequence of each patient, 0 if it has none
	last      map[string]int // how often a group that occurs once has been seen
}

func (r *decoder) add(rule, path, text, fix string) {
	r.issues = append(r.issues, issue(fhir.Error, rule, path, text, fix))
}

// root reads the elements of the AdverseEvent itself.
func (r *decoder) root(a *fhir.AdverseEvent) {
	r.e.ID = deref(a.Id)
	r.e.Date = Date(deref(a.Date))
	if a.Actuality != nil && *a.Actuality != r4.AdverseEventActualityActual {
		r.add("DEC-ACTUALITY", "AdverseEvent.actuality", "LFPSE records are always actual, near misses included.", "Send actual; say in the harm that nobody was hurt.")
	}
	if a.Event != nil {
		if len(a.Event.Coding) == 1 && a.Event.Coding[0].Code != nil {
			r.e.Type = EventType(nameOf(r.c.eventTypes, *a.Event.Coding[0].Code))
		} else {
			r.add("DEC-EVENT-TYPE", "AdverseEvent.event", "The event type is not exactly one coding with a code.", "")
		}
	}
	r.beyond(a)
}

// carried are the root elements that the LFPSE structure uses.
var carried = []string{"Id", "Meta", "Contained", "Extension", "Actuality", "Event", "Subject", "Date", "Location", "Recorder", "SuspectEntity", "Description"}

// beyond reports root elements that R4 has and LFPSE does not use.
func (r *decoder) beyond(a *fhir.AdverseEvent) {
	v := reflect.ValueOf(a).Elem()
	for i := range v.NumField() {
		if f := v.Type().Field(i); !v.Field(i).IsZero() && !slices.Contains(carried, f.Name) {
			r.notCarried("AdverseEvent." + elementName(f))
		}
	}
}

// elementName is the FHIR name of an element of the R4 types.
func elementName(f reflect.StructField) string { return strings.ToLower(f.Name[:1]) + f.Name[1:] }

func (r *decoder) notCarried(path string) {
	r.add("DEC-NOT-CARRIED", path, "The LFPSE structure does not use this element, so an event cannot carry it.", "Take it out.")
}

// contained reads one contained resource.
func (r *decoder) contained(c *fhir.Resource, path string) {
	switch {
	case c.Location != nil:
		r.only(path, *c.Location, "Id", "Extension")
		r.extensions(c.Location.Extension, "Location", path)
	case c.Practitioner != nil:
		r.only(path, *c.Practitioner, "Id", "Extension")
		r.extensions(c.Practitioner.Extension, "Practitioner", path)
	case c.Patient != nil:
		r.only(path, *c.Patient, "Id", "Extension")
		r.extensions(c.Patient.Extension, "Patient", path)
	case c.Medication != nil:
		r.only(path, *c.Medication, "Id", "Extension")
		r.extensions(c.Medication.Extension, "Medication", path)
	case c.Device != nil:
		r.only(path, *c.Device, "Id", "Extension", "Manufacturer", "ModelNumber")
		r.e.Devices = append(r.e.Devices, Device{Manufacturer: deref(c.Device.Manufacturer), ModelNumber: deref(c.Device.ModelNumber)})
		r.extensions(c.Device.Extension, "Device", path)
	default:
		r.notCarried(path)
	}
}

// only reports the elements of a contained resource that LFPSE does not use.
func (r *decoder) only(path string, resource any, used ...string) {
	v := reflect.ValueOf(resource)
	for i := range v.NumField() {
		if f := v.Type().Field(i); !v.Field(i).IsZero() && !slices.Contains(used, f.Name) {
			r.notCarried(path + "." + elementName(f))
		}
	}
}

// extensions reads the groups that a resource carries.
func (r *decoder) extensions(exts []r4.Extension, context, path string) {
	for i := range exts {
		x, path := &exts[i], fmt.Sprintf("%s.extension[%d]", path, i)
		n, ok := r.c.byURL[x.Url]
		if !ok || r.c.groups[n].Context != context {
			r.add("DEC-GROUP", path+".url", "The taxonomy has no such group on this resource.", "")
			continue
		}
		r.group(&r.c.groups[n], x, path)
	}
}

func (r *decoder) group(g *groupPlan, x *r4.Extension, path string) {
	switch {
	case g.base == "medication-dmd":
		r.medicines(g, x, path)
	case g.repeats() && g.Context == "Device":
		r.fields(g, x.Extension, path, r.v.Field(g.list).Index(len(r.e.Devices)-1), len(r.e.Devices)-1)
	case g.repeats():
		items := r.v.Field(g.list)
		items.Set(reflect.Append(items, reflect.Zero(items.Type().Elem())))
		r.sequences = append(r.sequences, 0)
		r.fields(g, x.Extension, path, items.Index(items.Len()-1), items.Len()-1)
	default:
		if r.last[g.base]++; r.last[g.base] > 1 {
			r.add("DEC-REPEATED", path, "The group occurs more than once, and an event has place for one.", "")
			return
		}
		r.fields(g, x.Extension, path, r.v, 0)
	}
}

// medicines reads one medication-dmd extension, which holds one medicine or, in
// the flat form, several whose members repeat in order.
func (r *decoder) medicines(g *groupPlan, x *r4.Extension, path string) {
	start, last := 0, -1
	flush := func(end int) {
		r.e.Medicines = append(r.e.Medicines, Medicine{})
		n := len(r.e.Medicines) - 1
		r.fieldsAt(g, x.Extension[start:end], path, start, r.v.Field(g.list).Index(n), n)
		start = end
	}
	for i := range x.Extension {
		at, ok := g.byName[x.Extension[i].Url]
		if ok && at <= last {
			flush(i)
		}
		if ok {
			last = at
		}
	}
	flush(len(x.Extension))
}

func (r *decoder) fields(g *groupPlan, subs []r4.Extension, path string, owner reflect.Value, index int) {
	r.fieldsAt(g, subs, path, 0, owner, index)
}

// fieldsAt reads sub-extensions of which the first is number from in its group.
func (r *decoder) fieldsAt(g *groupPlan, subs []r4.Extension, path string, from int, owner reflect.Value, index int) {
	for i := range subs {
		x, path := &subs[i], fmt.Sprintf("%s.extension[%d]", path, from+i)
		n, ok := g.byName[x.Url]
		if !ok {
			r.add("DEC-FIELD", path+".url", "The taxonomy has no such field in the group.", "")
			continue
		}
		f := &g.fields[n]
		s, ok := text(f, x)
		if !ok {
			r.add("DEC-TYPE", path+".value", "The value must be "+f.Type.ValueX()+" and nothing else.", "")
			continue
		}
		switch {
		case f.sequence:
			r.sequences[index], _ = strconv.Atoi(s)
		case f.path == nil:
			r.e.Extra = append(r.e.Extra, Extra{Group: g.base, Index: index, Field: f.Name, Value: s})
		case !store(owner.FieldByIndex(f.path), f, s):
			r.add("DEC-REPEATED", path, "The field occurs more than once, and an event has place for one.", "")
		}
	}
}

// store puts a value in its place; false if the place is taken.
func store(v reflect.Value, f *fieldPlan, s string) bool {
	switch v.Kind() {
	case reflect.String:
		if v.String() != "" {
			return false
		}
		if f.names != nil {
			s = f.name(s)
		}
		v.SetString(s)
	case reflect.Slice:
		item := reflect.New(v.Type().Elem()).Elem()
		item.SetString(s)
		v.Set(reflect.Append(v, item))
	case reflect.Pointer:
		if !v.IsNil() {
			return false
		}
		p := reflect.New(v.Type().Elem())
		if p.Elem().Kind() == reflect.Bool {
			p.Elem().SetBool(s == "true")
		} else {
			n, _ := strconv.Atoi(s)
			p.Elem().SetInt(int64(n))
		}
		v.Set(p)
	}
	return true
}

// text returns the value of a sub-extension as text; ok is false when the value
// is not of the field's type or there is anything beside it.
func text(f *fieldPlan, x *r4.Extension) (s string, ok bool) {
	rest := *x
	rest.Url = ""
	switch {
	case f.Type == taxonomy.Code && x.ValueCode != nil:
		s, rest.ValueCode = *x.ValueCode, nil
	case f.Type == taxonomy.String && x.ValueString != nil:
		s, rest.ValueString = *x.ValueString, nil
	case f.Type == taxonomy.Date && x.ValueDate != nil:
		s, rest.ValueDate = *x.ValueDate, nil
	case f.Type == taxonomy.Time && x.ValueTime != nil:
		s, rest.ValueTime = *x.ValueTime, nil
	case f.Type == taxonomy.Boolean && x.ValueBoolean != nil:
		s, rest.ValueBoolean = strconv.FormatBool(*x.ValueBoolean), nil
	case f.Type == taxonomy.Integer && x.ValueInteger != nil:
		s, rest.ValueInteger = strconv.Itoa(*x.ValueInteger), nil
	}
	return s, s != "" && reflect.ValueOf(&rest).Elem().IsZero()
}

// orderPatients puts the patients into the order of their PatientSequence.
func (r *decoder) orderPatients() {
	order := make([]int, len(r.sequences))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return r.sequences[a] - r.sequences[b] })
	patients := make([]Patient, 0, len(order))
	for i, n := range order {
		if r.sequences[n] != i+1 {
			r.add("DEC-SEQUENCE", "AdverseEvent.contained.ofType(Patient)", "The patients are not numbered 1, 2, 3 … by PatientSequence, so their order is not known.", "Number them from 1 without gaps.")
			return
		}
		patients = append(patients, r.e.Patients[n])
	}
	if len(patients) > 0 {
		r.e.Patients = patients
	}
	for i := range r.e.Extra {
		if x := &r.e.Extra[i]; x.Group == "patient-information" {
			x.Index = slices.Index(order, x.Index)
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
		r.add("DEC-DESCRIPTION", "AdverseEvent.description", "The description differs from the one in the adverse-event-core group.", "Keep the one in the group.")
	}
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
