package lfpse

import (
	"fmt"
	"io"
	"log/slog"
	"strconv"
	"strings"

	r4 "github.com/samply/golang-fhir-models/fhir-models/fhir"

	"github.com/gpsafety/lfpse-go/fhir"
)

// Encode returns the event as a FHIR AdverseEvent. What the event does not state is left
// out, so an incomplete event can be encoded: the validator judges whether it is
// complete. The paths of the issues are those of the JSON form of the event. An error
// says that a value cannot be expressed in the taxonomy; the resource then lacks it and
// must not be sent. The result does not share memory with e.
//
// To encode many events without keeping the resources, use an [Encoder].
func (c *Codec) Encode(e *Event) (*fhir.AdverseEvent, fhir.Issues) {
	return c.NewEncoder().Encode(e)
}

// Encoder encodes one event after another into the same memory. It is for one goroutine
// at a time.
type Encoder struct {
	c      *Codec
	e      *Event
	issues fhir.Issues

	extraAt map[extraKey][]int // the event's extras by where they belong

	// The groups of a resource are collected first, so that its extensions go into
	// two blocks of the right size.
	members []member // of the current resource, group by group
	spans   []span

	resources  resources
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

// resources has room for the event and for all that occurs at most once in it.
type resources struct {
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
	return &Encoder{c: c, members: make([]member, 0, 64), spans: make([]span, 0, 16)}
}

// Encode does what [Codec.Encode] does. The resource is valid until the next call of
// Encode or Reset; the issues may be kept.
func (w *Encoder) Encode(e *Event) (*fhir.AdverseEvent, fhir.Issues) {
	w.Reset()
	w.e = e
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

// Reset clears the last event, so that an encoder that waits to be used again holds
// nothing of it.
func (w *Encoder) Reset() {
	if w.e == nil {
		return
	}
	clear(w.members[:cap(w.members)])
	w.e, w.issues, w.extraAt, w.resources = nil, nil, nil, resources{}
	w.devices.reset()
	w.extensions.reset()
	w.strings.reset()
	w.ints.reset()
	w.bools.reset()
}

// slab allocates pieces of one block of memory. When the block is full another is begun;
// reset makes one that is large enough for all.
type slab[T any] struct {
	block []T
	total int // allocated since reset
}

// take returns n zero values, from a new block of at least least values if necessary.
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

func (w *Encoder) adverseEvent() *fhir.AdverseEvent {
	e, f := w.e, &w.resources
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
	w.checkExtras()
	w.checkFields()
	return a
}

// resource adds what the resources of one profile carry: to the event itself, or as
// contained resources with the elements that refer to them.
func (w *Encoder) resource(a *fhir.AdverseEvent, p *compiledResource) {
	f := &w.resources
	switch p.Resource {
	case "AdverseEvent":
		a.Extension = w.groups(p, 0)
	case "Location":
		f.location.Id, f.location.Extension = w.str(p.ContainedID), w.groups(p, 0)
		w.contain(a, fhir.Resource{Location: &f.location})
		a.Location = w.reference(&f.references[0], p.reference)
	case "Practitioner":
		f.practitioner.Id, f.practitioner.Extension = w.str(p.ContainedID), w.groups(p, 0)
		w.contain(a, fhir.Resource{Practitioner: &f.practitioner})
		a.Recorder = w.reference(&f.references[1], p.reference)
	case "Patient":
		// R4 requires a subject, so there is a Patient even when nobody was affected; it
		// then has only an id.
		f.patient.Id, f.patient.Extension = w.str(p.ContainedID), w.groups(p, 0)
		w.contain(a, fhir.Resource{Patient: &f.patient})
		a.Subject = w.reference(&f.references[2], p.reference)
	case "Medication":
		if ext := w.groups(p, 0); len(ext) > 0 {
			f.medication.Id, f.medication.Extension = w.str(p.ContainedID), ext
			w.contain(a, fhir.Resource{Medication: &f.medication})
			w.suspect(a, p.reference)
		}
	case "Device":
		for i := range w.e.Devices {
			d, r := &w.e.Devices[i], &w.devices.take(1, len(w.e.Devices))[0]
			id := strings.Replace(p.ContainedID, "{n}", strconv.Itoa(i+1), 1)
			r.Id, r.Extension, r.Manufacturer = w.str(id), w.groups(p, i), w.optional(d.Manufacturer)
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
		a.Contained = w.resources.contained[:0]
	}
	a.Contained = append(a.Contained, r)
}

func (w *Encoder) suspect(a *fhir.AdverseEvent, reference string) {
	if a.SuspectEntity == nil {
		a.SuspectEntity = w.resources.suspects[:0]
	}
	a.SuspectEntity = append(a.SuspectEntity, r4.AdverseEventSuspectEntity{})
	w.reference(&a.SuspectEntity[len(a.SuspectEntity)-1].Instance, reference)
}

// reference makes r a reference to a contained resource.
func (w *Encoder) reference(r *r4.Reference, to string) *r4.Reference {
	r.Reference = w.str(to)
	return r
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

// Format prints the name of the type and nothing else.
func (Encoder) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "lfpse.Encoder") }

// LogValue logs the name of the type and nothing else.
func (Encoder) LogValue() slog.Value { return slog.StringValue("lfpse.Encoder") }
