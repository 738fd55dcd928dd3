package validate

import (
	"slices"
	"strings"

	r4 "github.com/samply/golang-fhir-models/fhir-models/fhir"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse"
)

// The fields that the rules below look at.
const (
	descriptionField  = core + "/Description"
	todaysDateField   = estimatedDate + "/TodaysDate"
	approximateField  = estimatedDate + "/ApproximateDate"
	sequenceField     = patient + "/PatientSequence"
	ageField          = patient + "/AgeAtTimeOfIncidentDays"
	radiotherapyField = challenges + "/RadiotherapyIncidentCode"
)

var dmdFields = []string{dmd + "/VTMCode", dmd + "/VMPCode"}

// special applies the rules that are more than conditions on fields.
func (w *view) special() {
	w.skeleton()
	w.description()
	w.dates()
	w.patients()
	w.ownOrganisation()
	w.agents()
}

// each calls do for every answer to a field.
func (w *view) each(ref string, do func(*view, *answer)) {
	for i := w.first(w.v.plan.field(ref)); i >= 0; i = w.answers[i].next {
		do(w, &w.answers[i])
	}
}

// answer returns the first answer to a field, nil if there is none.
func (w *view) answer(ref string) *answer {
	if i := w.first(w.v.plan.field(ref)); i >= 0 {
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
	text := w.answer(descriptionField)
	if text != nil && w.hasElement("description") && *w.a.Description != text.text {
		w.find(ruleTextDiffers, root(".description"))
	}
	if w.answer(radiotherapyField) == nil {
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
	w.each(approximateField, func(w *view, a *answer) {
		if s := a.text; len(s) != len("2006-01") || !validDate(s) {
			w.find(ruleDateMonth, w.valuePlace(a))
		}
	})
	if w.a.Date == nil || !dateTimeFormat.validText(*w.a.Date) {
		return
	}
	date := *w.a.Date
	if len(date) < len("2006-01-02") {
		w.find(ruleDateDay, root(".date"))
	} else if a := w.answer(todaysDateField); a != nil && a.text != date[:10] {
		w.find(ruleDateSame, w.valuePlace(a))
	}
	if w.v.today == nil {
		return
	}
	today := string(w.v.today())
	if n := min(len(date), len("2006-01-02"), len(today)); date[:n] > today[:n] {
		w.find(ruleDateFuture, root(".date"))
	}
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
	w.each(ageField, func(w *view, a *answer) {
		if n := a.x.ValueInteger; n == nil || !onGrid(*n) {
			w.find(ruleAgeGrid, w.valuePlace(a))
		}
	})
}

func onGrid(n int) bool {
	_, err := lfpse.Age31x372.Decode(n)
	return err == nil
}

// manyPatients is the number from which the form gives other guidance.
const manyPatients = 10

// sequence checks that PatientSequence numbers the patients 1 to n.
func (w *view) sequence() {
	g := w.v.plan.group(patient)
	if g == nil || w.firstGroup[g.no] == 0 {
		return
	}
	n := w.groups[w.lastGroup[g.no]].nth + 1
	if n >= manyPatients {
		w.find(ruleManyPatients, place{contained: w.groups[w.firstGroup[g.no]-1].contained, ext: -1, sub: -1})
	}
	w.numbers = slices.Grow(w.numbers[:0], n+1)[:n+1]
	clear(w.numbers)
	w.each(sequenceField, func(w *view, a *answer) {
		n := a.x.ValueInteger
		if n == nil || *n < 1 || *n >= len(w.numbers) || w.numbers[*n] {
			w.find(ruleSequence, w.valuePlace(a))
			return
		}
		w.numbers[*n] = true
	})
}

// patientNumber returns the number of a patient, if it has one that it can have.
func (w *view) patientNumber(occurrence int) (int, bool) {
	f := w.v.plan.field(sequenceField)
	i := w.firstIn(f, occurrence)
	if f == nil || i < 0 || w.answers[i].x.ValueInteger == nil {
		return 0, false
	}
	n := *w.answers[i].x.ValueInteger
	return n, n >= 1 && n <= w.groups[w.lastGroup[f.group.no]].nth+1
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

// ownOrganisation checks that what is said to be the reporter's own organisation
// is the one that reports.
func (w *view) ownOrganisation() {
	known, own := w.answer(location+"/LocationKnown"), w.answer(reporter+"/ReporterOrganisation")
	if known == nil || known.text != "y" || own == nil {
		return
	}
	first := w.answer(location + "/Organisation")
	for i := w.first(w.v.plan.field(location + "/Organisation")); i >= 0; i = w.answers[i].next {
		if w.answers[i].text == own.text {
			return
		}
	}
	if first != nil {
		w.find(ruleOwnPlace, w.valuePlace(first))
	}
}

// agents checks what was involved.
func (w *view) agents() {
	for _, n := range noneOfTheAbove {
		w.none(n.ref, n.code)
	}
	for _, ref := range dmdFields {
		w.each(ref, func(w *view, a *answer) {
			if id, err := fhir.ParseSCTID(a.text); err != nil || id.Kind() != fhir.SCTConcept {
				w.find(ruleDMD, w.valuePlace(a))
			}
		})
	}
}

// none checks that the answer "none of the above" is the only one.
func (w *view) none(ref, code string) {
	var none *answer
	others := false
	for i := w.first(w.v.plan.field(ref)); i >= 0; i = w.answers[i].next {
		if a := &w.answers[i]; a.text == code {
			none = a
		} else {
			others = true
		}
	}
	if none != nil && others {
		w.find(ruleNone, w.valuePlace(none))
	}
}
