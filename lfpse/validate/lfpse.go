package validate

import (
	"slices"
	"strings"

	r4 "github.com/samply/golang-fhir-models/fhir-models/fhir"

	"github.com/gpsafety/lfpse-go/fhir"
)

// lfpseLayer applies the LFPSE rules that are more than conditions on fields.
type lfpseLayer struct {
	r     *record
	found *findings
	*namedFields
	today string // empty if it is not known
	seen  []bool // room for the numbers of patients
}

func (l *lfpseLayer) run() {
	l.references()
	l.descriptions()
	l.dates()
	l.patients()
	l.agents()
}

// references checks the elements that refer to the contained resources.
func (l *lfpseLayer) references() {
	a := l.r.event
	if x := a.Actuality; x != nil && *x != r4.AdverseEventActualityActual {
		l.found.add(ruleActuality, fhir.Path{}.Child("actuality"))
	}
	if a.Subject != nil { // R4 itself wants a subject
		l.leadsTo(a.Subject, "subject", "Patient")
	}
	l.leadsTo(a.Location, "location", "Location")
	l.leadsTo(a.Recorder, "recorder", "Practitioner")
}

// leadsTo checks that a root element refers to a contained resource of a type.
func (l *lfpseLayer) leadsTo(r *r4.Reference, element, resource string) {
	if r != nil && r.Reference != nil {
		id, local := strings.CutPrefix(*r.Reference, "#")
		for i := range l.r.event.Contained {
			if c := &l.r.event.Contained[i]; local && typeOf(c) == resource && idOf(c) == id {
				return
			}
		}
	}
	var at fhir.Path
	if r != nil {
		at = at.Child(element)
		if r.Reference != nil {
			at = at.Child("reference")
		}
	}
	l.found.add(ruleReferences, at).text = "The element " + element + " does not lead to a contained " + resource + "."
}

// descriptions checks that the root description, if one is sent, is that of the core
// group, and that a radiotherapy incident has its trigger text.
func (l *lfpseLayer) descriptions() {
	text := l.r.answer(l.description)
	if text != nil && l.r.hasElement("description") && *l.r.event.Description != text.text {
		l.found.add(ruleTextDiffers, fhir.Path{}.Child("description"))
	}
	if l.r.answer(l.radiotherapy) == nil {
		return
	}
	switch {
	case text != nil && !hasTrigger(text.text):
		l.found.add(ruleRadiotherapy, l.r.valuePath(text))
	case text == nil && l.r.hasElement("description") && !hasTrigger(*l.r.event.Description):
		l.found.add(ruleRadiotherapy, fhir.Path{}.Child("description"))
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
func (l *lfpseLayer) dates() {
	for a := range l.r.all(l.approximate) {
		if len(a.text) != len("2006-01") || !validDate(a.text) {
			l.found.add(ruleDateMonth, l.r.valuePath(a))
		} else if isAfter(a.text, l.today) {
			l.found.add(ruleDateFuture, l.r.valuePath(a))
		}
	}
	for a := range l.r.all(l.todaysDate) {
		if validDate(a.text) && isAfter(a.text, l.today) {
			l.found.add(ruleDateFuture, l.r.valuePath(a))
		}
	}
	date := l.r.date
	if date == "" {
		return
	}
	if len(date) < len("2006-01-02") {
		l.found.add(ruleDateDay, fhir.Path{}.Child("date"))
	} else if a := l.r.answer(l.todaysDate); a != nil && a.text != date[:10] {
		l.found.add(ruleDateSame, l.r.valuePath(a))
	}
	if isAfter(date, l.today) {
		l.found.add(ruleDateFuture, fhir.Path{}.Child("date"))
	}
}

// isAfter reports whether a date, which may be partial, is certainly after today; it is
// false if today is not known.
func isAfter(date, today string) bool {
	n := min(len(date), len("2006-01-02"), len(today))
	return date[:n] > today[:n]
}

// patients checks number and order of the patients and the form of their age.
func (l *lfpseLayer) patients() {
	if first := l.r.contained("Patient"); first >= 0 {
		for i := first + 1; i < len(l.r.event.Contained); i++ {
			if l.r.event.Contained[i].Patient != nil {
				l.found.add(ruleOnePatient, resourcePath(i))
			}
		}
	}
	l.numbering()
	for a := range l.r.all(l.age) {
		if _, ok := a.age(); !ok {
			l.found.add(ruleAgeGrid, l.r.valuePath(a))
		}
	}
}

// numbering checks that PatientSequence numbers the patients 1 to n.
func (l *lfpseLayer) numbering() {
	n := l.r.patients() + 1
	l.seen = slices.Grow(l.seen[:0], n)[:n]
	clear(l.seen)
	for a := range l.r.all(l.sequence) {
		if n := a.number; !a.form.whole() || n < 1 || n >= len(l.seen) || l.seen[n] {
			l.found.add(ruleSequence, l.r.valuePath(a))
			continue
		}
		l.seen[a.number] = true
	}
}

// organisations checks the codes of organisations. It is called before the checks of the
// rules, which depend on them.
func (l *lfpseLayer) organisations() {
	for _, f := range l.ods {
		for a := range l.r.all(f) {
			switch {
			case !fhir.ValidODSCode(a.text):
				l.found.add(ruleODS, l.r.valuePath(a))
			case fhir.IsTestODSCode(a.text):
				l.found.add(ruleODSTest, l.r.valuePath(a))
			}
		}
	}
}

// agents checks what was involved.
func (l *lfpseLayer) agents() {
	for _, n := range l.namedFields.none {
		l.alone(n)
	}
	for _, f := range l.dmd {
		for a := range l.r.all(f) {
			if id, err := fhir.ParseSCTID(a.text); err != nil || id.Kind() != fhir.SCTConcept {
				l.found.add(ruleDMD, l.r.valuePath(a))
			}
		}
	}
}

// alone checks that the answer "none of the above" is the only one.
func (l *lfpseLayer) alone(n noneField) {
	var none *answer
	others := false
	for a := range l.r.all(n.field) {
		if a.text == n.code {
			none = a
		} else {
			others = true
		}
	}
	if none != nil && others {
		l.found.add(ruleNone, l.r.valuePath(none))
	}
}
