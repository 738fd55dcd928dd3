package lfpse

import (
	"slices"
	"strconv"

	r4 "github.com/samply/golang-fhir-models/fhir-models/fhir"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

// Decode returns the event that a FHIR AdverseEvent carries. Whatever an [Event] cannot
// hold is reported as an error, never dropped silently; the paths are FHIRPath. Decode
// does not judge whether the record is complete or its codes are in their lists.
func (c *Codec) Decode(a *fhir.AdverseEvent) (Event, fhir.Issues) {
	var e Event
	r := &decoder{c: c, e: &e, seen: make([]bool, len(c.groups))}
	r.walker.Walk(a, &notCarried{r: r})
	r.root(a)
	for i := range a.Contained {
		r.at = fhir.Path{}.Item("contained", i)
		r.contained(&a.Contained[i])
	}
	r.at = fhir.Path{}
	r.extensions(a.Extension, "AdverseEvent")
	r.at = fhir.Path{}
	r.orderPatients()
	r.description(a)
	return e, r.issues
}

type decoder struct {
	c      *Codec
	e      *Event
	issues fhir.Issues

	sequences []int     // PatientSequence of each patient, 0 if it has none
	seen      []bool    // by number: a group has occurred
	at        fhir.Path // the element at hand

	walker fhir.Walker
}

// add reports a finding about something below the element at hand, such as .url.
func (r *decoder) add(rule, tail, text, fix string) {
	r.issues = append(r.issues, issue(fhir.Error, rule, r.at.String()+tail, text, fix))
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
}

// contained reads one contained resource.
func (r *decoder) contained(c *fhir.Resource) {
	switch {
	case c.Location != nil:
		r.extensions(c.Location.Extension, "Location")
	case c.Practitioner != nil:
		r.extensions(c.Practitioner.Extension, "Practitioner")
	case c.Patient != nil:
		r.extensions(c.Patient.Extension, "Patient")
	case c.Medication != nil:
		r.extensions(c.Medication.Extension, "Medication")
	case c.Device != nil:
		r.e.Devices = append(r.e.Devices, Device{Manufacturer: deref(c.Device.Manufacturer), ModelNumber: deref(c.Device.ModelNumber)})
		r.extensions(c.Device.Extension, "Device")
	}
}

// extensions reads the groups that a resource carries.
func (r *decoder) extensions(exts []r4.Extension, context string) {
	resource := r.at
	defer func() { r.at = resource }()
	for i := range exts {
		r.at = resource.Item("extension", i)
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
	case g.base == deviceDetails:
		r.fields(g, subs, 0, len(r.e.Devices)-1)
	case g.list != nil:
		g.list.grow(r.e)
		r.sequences = append(r.sequences, 0)
		r.fields(g, subs, 0, g.list.len(r.e)-1)
	case r.seen[n]:
		r.add("DEC-REPEATED", "", "The group occurs more than once, and an event can hold only one.", "")
	default:
		r.seen[n] = true
		r.fields(g, subs, 0, 0)
	}
}

// medicines reads one medication-dmd extension, which holds one medicine or, in
// the flat form, several whose members repeat in order.
func (r *decoder) medicines(g *compiledGroup, subs []r4.Extension) {
	start, last := 0, -1
	flush := func(end int) {
		g.list.grow(r.e)
		r.fields(g, subs[start:end], start, g.list.len(r.e)-1)
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

// fields reads sub-extensions, the first of which has the index from in its group; index
// counts the elements of the group's list.
func (r *decoder) fields(g *compiledGroup, subs []r4.Extension, from, index int) {
	group := r.at
	defer func() { r.at = group }()
	for i := range subs {
		r.at = group.Item("extension", from+i)
		n, ok := g.byName[subs[i].Url]
		if !ok {
			r.add("DEC-FIELD", ".url", "The taxonomy has no such field in the group.", "")
			continue
		}
		f := &g.fields[n]
		s, ok := valueText(f, &subs[i])
		if !ok {
			r.add("DEC-TYPE", ".value", "The value must be "+f.valueX+" and nothing else.", "")
			continue
		}
		switch {
		case f.sequence:
			r.sequences[index], _ = strconv.Atoi(s)
		case f.property == nil:
			r.e.Extra = append(r.e.Extra, Extra{Group: g.base, Index: index, Field: f.Name, Value: s})
		default:
			r.store(f, index, s)
		}
	}
}

// store puts a value into the property that holds the field.
func (r *decoder) store(f *compiledField, index int, s string) {
	values := f.property.values(r.e, index)
	if values.len() > 0 && !f.property.repeats {
		r.add("DEC-REPEATED", "", "The field occurs more than once, and an event can hold only one.", "")
		return
	}
	if f.names != nil {
		s = f.name(s)
	}
	if a, ok := values.(*age); ok && f.Type == taxonomy.Integer {
		*a = age(r.c.ageOf(s))
		return
	}
	if !f.property.kind.fits(f.Type) || !values.add(s) {
		r.add("DEC-TYPE", ".value", "An event cannot hold a value of this type.", "")
	}
}

// ageOf returns the age that an encoded number stands for, or a [RawAge] if it stands for
// none.
func (c *Codec) ageOf(number string) Age {
	n, _ := strconv.Atoi(number)
	a, err := AgeEncoding(c.t.AgeEncoding).Decode(n)
	if err != nil {
		return Age{n, RawAge}
	}
	return a
}

// valueText returns the value of a sub-extension as text; ok is false when the value is
// not of the field's type or is not alone.
func valueText(f *compiledField, x *r4.Extension) (s string, ok bool) {
	v := fhir.ValueOf(x)
	if v.Element == nil || v.Element.Property != f.valueX || x.Id != nil || len(x.Extension) > 0 {
		return "", false
	}
	if v.Element.Type == "integer" {
		return strconv.Itoa(v.Integer), true
	}
	return v.Text, v.Text != ""
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
		if x := &r.e.Extra[i]; x.Group == patientInformation {
			x.Index = rank[x.Index]
		}
	}
}

// description compares a root description, which R4 does not have, with the one in
// the adverse-event-core group.
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
