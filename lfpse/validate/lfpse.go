package validate

import (
	"iter"
	"slices"
	"strings"

	r4 "github.com/samply/golang-fhir-models/fhir-models/fhir"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse"
)

// The fields that the rules below and those on quality look at.
const (
	descriptionField  = core + "/Description"
	todaysDateField   = estimatedDate + "/TodaysDate"
	approximateField  = estimatedDate + "/ApproximateDate"
	sequenceField     = patient + "/PatientSequence"
	ageField          = patient + "/AgeAtTimeOfIncidentDays"
	radiotherapyField = challenges + "/RadiotherapyIncidentCode"
	organisationField = location + "/Organisation"
)

var dmdFields = []string{dmd + "/VTMCode", dmd + "/VMPCode"}

// specialFields are these fields as they are looked up once, nil where the taxonomy
// lacks them.
type specialFields struct {
	description, todaysDate, approximate, sequence, age, radiotherapy *fieldPlan
	locationKnown, organisation, reporterOrganisation                 *fieldPlan

	dmd  []*fieldPlan
	none []noneField
}

// noneField is a list that has an answer which excludes every other.
type noneField struct {
	field *fieldPlan
	code  string
}

func (p *plan) specialFields() specialFields {
	s := specialFields{
		description: p.field(descriptionField), todaysDate: p.field(todaysDateField), approximate: p.field(approximateField),
		sequence: p.field(sequenceField), age: p.field(ageField), radiotherapy: p.field(radiotherapyField),
		locationKnown: p.field(location + "/LocationKnown"), organisation: p.field(organisationField),
		reporterOrganisation: p.field(reporter + "/ReporterOrganisation"),
	}
	for _, ref := range dmdFields {
		s.dmd = append(s.dmd, p.field(ref))
	}
	for _, n := range noneOfTheAbove {
		s.none = append(s.none, noneField{p.field(n.ref), n.code})
	}
	return s
}

// special applies the LFPSE rules that are more than conditions on fields.
func (w *view) special() {
	w.skeleton()
	w.description()
	w.dates()
	w.patients()
	w.agents()
}

// all are the answers to a field.
func (w *view) all(f *fieldPlan) iter.Seq[*answer] {
	return func(yield func(*answer) bool) {
		for i := w.first(f); i >= 0; i = w.answers[i].next {
			if !yield(&w.answers[i]) {
				return
			}
		}
	}
}

// answer returns the first answer to a field, nil if there is none.
func (w *view) answer(f *fieldPlan) *answer {
	if i := w.first(f); i >= 0 {
		return &w.answers[i]
	}
	return nil
}

// skeleton checks the elements that hold the record together.
func (w *view) skeleton() {
	if x := w.a.Actuality; x != nil && *x != r4.AdverseEventActualityActual {
		w.find(ruleActuality, root(".actuality"))
	}
	if w.a.Subject != nil { // R4 itself wants a subject
		w.leadsTo(w.a.Subject, ".subject", "Patient")
	}
	w.leadsTo(w.a.Location, ".location", "Location")
	w.leadsTo(w.a.Recorder, ".recorder", "Practitioner")
}

// leadsTo checks that a root element refers to a contained resource of a type.
func (w *view) leadsTo(r *r4.Reference, element, resource string) {
	at := root("")
	if r != nil {
		at = root(element)
	}
	if r != nil && r.Reference != nil {
		id, local := strings.CutPrefix(*r.Reference, "#")
		for i := range w.a.Contained {
			if c := &w.a.Contained[i]; local && typeOf(c) == resource && containedID(c) == id {
				return
			}
		}
		at.tail += ".reference"
	}
	w.find(ruleSkeleton, at).text = "The element " + element[1:] + " does not lead to a contained " + resource + "."
}

// description checks that the root description, where one is sent, is that of the
// core group, and that a radiotherapy incident has its trigger text.
func (w *view) description() {
	text := w.answer(w.v.plan.special.description)
	if text != nil && w.hasElement("description") && *w.a.Description != text.text {
		w.find(ruleTextDiffers, root(".description"))
	}
	if w.answer(w.v.plan.special.radiotherapy) == nil {
		return
	}
	switch {
	case text != nil && !hasTrigger(text.text):
		w.find(ruleRadiotherapy, w.valuePlace(text))
	case text == nil && w.hasElement("description") && !hasTrigger(*w.a.Description):
		w.find(ruleRadiotherapy, root(".description"))
	}
}

// hasTrigger reports whether a text has the radiotherapy trigger: PRIA, the two
// digits of a year and a slash.
func hasTrigger(s string) bool {
	for {
		_, rest, ok := strings.Cut(s, "PRIA")
		if !ok {
			return false
		}
		if len(rest) >= 3 && digits(rest[:2]) && rest[2] == '/' {
			return true
		}
		s = rest
	}
}

// dates checks the dates against each other and against today.
func (w *view) dates() {
	today := ""
	if w.v.today != nil {
		today = string(w.v.today())
	}
	for a := range w.all(w.v.plan.special.approximate) {
		if len(a.text) != len("2006-01") || !validDate(a.text) {
			w.find(ruleDateMonth, w.valuePlace(a))
		} else if isAfter(a.text, today) {
			w.find(ruleDateFuture, w.valuePlace(a))
		}
	}
	for a := range w.all(w.v.plan.special.todaysDate) {
		if validDate(a.text) && isAfter(a.text, today) {
			w.find(ruleDateFuture, w.valuePlace(a))
		}
	}
	if w.a.Date == nil || !dateTimeFormat.validText(*w.a.Date) {
		return
	}
	date := *w.a.Date
	if len(date) < len("2006-01-02") {
		w.find(ruleDateDay, root(".date"))
	} else if a := w.answer(w.v.plan.special.todaysDate); a != nil && a.text != date[:10] {
		w.find(ruleDateSame, w.valuePlace(a))
	}
	if isAfter(date, today) {
		w.find(ruleDateFuture, root(".date"))
	}
}

// isAfter reports whether a date is certain to be after today, as far as both say;
// nothing is after a day that is not known.
func isAfter(date, today string) bool {
	n := min(len(date), len("2006-01-02"), len(today))
	return date[:n] > today[:n]
}

// patients checks number and order of the patients and the form of their age.
func (w *view) patients() {
	if first := w.containedOf("Patient"); first >= 0 {
		for i := first + 1; i < len(w.a.Contained); i++ {
			if w.a.Contained[i].Patient != nil {
				w.find(ruleOnePatient, place{contained: i, ext: -1, sub: -1})
			}
		}
	}
	w.sequence()
	for a := range w.all(w.v.plan.special.age) {
		if _, ok := ageOf(a); !ok {
			w.find(ruleAgeGrid, w.valuePlace(a))
		}
	}
}

// ageOf returns the age that an answer stands for, if it is on the national grid.
func ageOf(a *answer) (lfpse.Age, bool) {
	if a.x.ValueInteger == nil {
		return lfpse.Age{}, false
	}
	age, err := lfpse.Age31x372.Decode(*a.x.ValueInteger)
	return age, err == nil
}

// sequence checks that PatientSequence numbers the patients 1 to n.
func (w *view) sequence() {
	n := w.patientCount()
	w.numbers = slices.Grow(w.numbers[:0], n+1)[:n+1]
	clear(w.numbers)
	for a := range w.all(w.v.plan.special.sequence) {
		n := a.x.ValueInteger
		if n == nil || *n < 1 || *n >= len(w.numbers) || w.numbers[*n] {
			w.find(ruleSequence, w.valuePlace(a))
			continue
		}
		w.numbers[*n] = true
	}
}

// patientCount is how many patients the record has.
func (w *view) patientCount() int {
	f := w.v.plan.special.sequence
	if f == nil || w.firstGroup[f.group.no] == 0 {
		return 0
	}
	return w.groups[w.lastGroup[f.group.no]].nth + 1
}

// patientNumber returns the number of a patient, if it has one that it can have.
func (w *view) patientNumber(occurrence int) (int, bool) {
	i := w.firstIn(w.v.plan.special.sequence, occurrence)
	if i < 0 || w.answers[i].x.ValueInteger == nil {
		return 0, false
	}
	n := *w.answers[i].x.ValueInteger
	return n, n >= 1 && n <= w.patientCount()
}

// organisation checks an ODS code.
func (w *view) organisation(code string, at place) {
	switch {
	case !fhir.ValidODSCode(code):
		w.find(ruleODS, at)
	case fhir.IsTestODSCode(code):
		w.find(ruleODSTest, at)
	}
}

// agents checks what was involved.
func (w *view) agents() {
	for _, n := range w.v.plan.special.none {
		w.none(n)
	}
	for _, f := range w.v.plan.special.dmd {
		for a := range w.all(f) {
			if id, err := fhir.ParseSCTID(a.text); err != nil || id.Kind() != fhir.SCTConcept {
				w.find(ruleDMD, w.valuePlace(a))
			}
		}
	}
}

// none checks that the answer "none of the above" is the only one.
func (w *view) none(n noneField) {
	var none *answer
	others := false
	for a := range w.all(n.field) {
		if a.text == n.code {
			none = a
		} else {
			others = true
		}
	}
	if none != nil && others {
		w.find(ruleNone, w.valuePlace(none))
	}
}
