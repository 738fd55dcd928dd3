package validate

import (
	"strings"

	r4 "github.com/samply/golang-fhir-models/fhir-models/fhir"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/privacy"
)

// The frame of a record is what it has beside its groups. In nearly every record that
// is the same dozen elements, which are looked at here by hand. What has any other is
// an odd record, and walked through.

// usualElements are the elements of a frame, looked up once.
type usualElements struct {
	id, profile, code, date, description, reference *element
	groups, meta, event, coding                     *element
	subject, location, recorder, entity, instance   *element
	manufacturer, modelNumber                       *element
}

func (v *Validator) usualElements() (u usualElements) {
	event := v.nodes[eventGoType]
	u.id, u.groups = event.id, event.groups
	u.meta, u.event, u.date, u.description = event.element("meta"), event.element("event"), event.element("date"), event.element("description")
	u.subject, u.location, u.recorder = event.element("subject"), event.element("location"), event.element("recorder")
	u.entity = event.element("suspectEntity")
	u.instance = u.entity.node.element("instance")
	u.reference = u.subject.node.element("reference")
	u.profile = u.meta.node.element("profile")
	u.coding = u.event.node.element("coding")
	u.code = u.coding.node.element("code")
	device := v.nodes[deviceGoType]
	u.manufacturer, u.modelNumber = device.element("manufacturer"), device.element("modelNumber")
	return u
}

// usual reports whether a record has only elements that this file knows.
func usual(a *fhir.AdverseEvent) bool {
	for i := range a.SuspectEntity {
		e := &a.SuspectEntity[i]
		if e.Id != nil || e.Extension != nil || e.ModifierExtension != nil || e.Causality != nil || !usualReference(&e.Instance) {
			return false
		}
	}
	return usualMeta(a.Meta) && usualEvent(a.Event) &&
		usualOrNone(a.Subject) && usualOrNone(a.Location) && usualOrNone(a.Recorder) &&
		a.ImplicitRules == nil && a.Language == nil && a.Text == nil && a.ModifierExtension == nil && a.Identifier == nil &&
		a.Category == nil && a.Encounter == nil && a.Detected == nil && a.RecordedDate == nil && a.ResultingCondition == nil &&
		a.Seriousness == nil && a.Severity == nil && a.Outcome == nil && a.Contributor == nil &&
		a.SubjectMedicalHistory == nil && a.ReferenceDocument == nil && a.Study == nil
}

func usualMeta(m *r4.Meta) bool {
	return m == nil || m.Id == nil && m.Extension == nil && m.VersionId == nil && m.LastUpdated == nil && m.Source == nil && m.Security == nil && m.Tag == nil
}

func usualEvent(c *r4.CodeableConcept) bool {
	if c == nil {
		return true
	}
	if len(c.Coding) != 1 || c.Id != nil || c.Extension != nil || c.Text != nil {
		return false
	}
	d := &c.Coding[0]
	return d.Code != nil && d.Id == nil && d.Extension == nil && d.System == nil && d.Version == nil && d.Display == nil && d.UserSelected == nil
}

func usualReference(r *r4.Reference) bool {
	return r.Reference != nil && strings.HasPrefix(*r.Reference, "#") &&
		r.Id == nil && r.Extension == nil && r.Type == nil && r.Identifier == nil && r.Display == nil
}

func usualOrNone(r *r4.Reference) bool { return r == nil || usualReference(r) }

// usualDevice reports whether a device has only an id, groups, and the two elements
// that LFPSE uses.
func usualDevice(d *r4.Device) bool {
	rest := *d
	rest.Manufacturer, rest.ModelNumber = nil, nil
	_, _, bare := (&fhir.Resource{Device: &rest}).Bare()
	return bare
}

// framed looks at the elements of a record that is usual.
func (w *view) framed() {
	a, u := w.a, &w.v.usual
	w.single(u.id, a.Id)
	if a.Meta != nil && w.enter(u.meta.name, -1) {
		for i, url := range a.Meta.Profile {
			w.text(u.profile.name, u.profile.format, url, i)
		}
		w.leave()
	}
	w.resources()
	w.groupList(u.groups, a.Extension)
	if a.Event != nil && w.enter(u.event.name, -1) && w.enter(u.coding.name, 0) {
		w.single(u.code, a.Event.Coding[0].Code)
		w.leave()
		w.leave()
	}
	w.refers(u.subject, a.Subject)
	w.single(u.date, a.Date)
	w.refers(u.location, a.Location)
	w.refers(u.recorder, a.Recorder)
	for i := range a.SuspectEntity {
		if w.enter(u.entity.name, i) {
			w.refers(u.instance, &a.SuspectEntity[i].Instance)
			w.leave()
		}
	}
	w.single(u.description, a.Description)
}

// single looks at an element with one text, if it is there.
func (w *view) single(e *element, s *string) {
	if s != nil {
		w.text(e.name, e.format, *s, -1)
	}
}

// refers looks at a reference, if it is there.
func (w *view) refers(e *element, r *r4.Reference) {
	if r != nil && w.enter(e.name, -1) {
		w.reference(r, e.targets)
		w.single(w.v.usual.reference, r.Reference)
		w.leave()
	}
}

// CheckAndScreen judges a record as Check does and screens it for personal data as
// [privacy.Screener.ScanEvent] does.
func (v *Validator) CheckAndScreen(a *fhir.AdverseEvent, s *privacy.Screener, deny *privacy.DenyList) (Report, fhir.Issues) {
	return v.Check(a), s.ScanEvent(a, deny)
}
