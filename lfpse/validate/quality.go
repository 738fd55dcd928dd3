package validate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

const (
	// manyPatients is the number from which the form gives other guidance.
	manyPatients = 10
	// shortest is how many letters a description has at least, unless told otherwise.
	shortest = 20
	// longText is the length in bytes from which it is no chance that two fields
	// say the same.
	longText = 40
	// oldest is the greatest age in years that is likely to be true.
	oldest = 120
	// nhsBegan is the first day of the NHS.
	nhsBegan = "1948-07-05"
)

// quality applies the rules about what a record is worth to those who learn from
// it, as far as they are more than conditions on fields.
func (w *view) quality() {
	if w.patientCount() >= manyPatients {
		w.find(ruleManyPatients, place{contained: w.containedOf("Patient"), ext: -1, sub: -1})
	}
	w.ownOrganisation()
	for i := range w.answers {
		if a := &w.answers[i]; a.field.look != nil {
			a.field.look(w, a)
		}
	}
	w.shortDescription()
	w.repeatedTexts()
	if d := w.a.Date; d != nil && dateTimeFormat.validText(*d) {
		w.dateValue(*d, root(".date"))
		if _, clock, ok := strings.Cut(*d, "T"); ok {
			w.timeValue(clock, root(".date"))
		}
	}
}

// lookAt returns what looks at the values of a field, nil for nothing: codes and
// truth values have been judged by their lists.
func (p *plan) lookAt(f *fieldPlan) func(*view, *answer) {
	switch {
	case f == p.special.age && lfpse.AgeEncoding(p.t.AgeEncoding) == lfpse.Age31x372:
		return (*view).ageValue
	case f.Type == taxonomy.String:
		return func(w *view, a *answer) {
			w.textValue(a.text, a.plain, a.field.mandatoryText, w.valuePlace(a))
		}
	case f.Type == taxonomy.Date:
		return func(w *view, a *answer) { w.dateValue(a.text, w.valuePlace(a)) }
	case f.Type == taxonomy.Time:
		return func(w *view, a *answer) { w.timeValue(a.text, w.valuePlace(a)) }
	}
	return nil
}

// textValue looks at one text.
func (w *view) textValue(s string, plain, mandatory bool, at place) {
	if isPlaceholder(s, mandatory) {
		w.find(rulePlaceholder, at)
	}
	if isCut(s, plain) {
		w.find(ruleCut, at)
	}
	if !plain && isDamaged(s) {
		w.find(ruleDamaged, at)
	}
	if hasMarkup(s) {
		w.find(ruleMarkup, at)
	}
}

// shortDescription looks at the description: the one in the core group, else that
// on the root, at which nothing else on texts has looked.
func (w *view) shortDescription() {
	var s string
	var at place
	switch a := w.answer(w.v.plan.special.description); {
	case a != nil:
		s, at = a.text, w.valuePlace(a)
	case w.hasElement("description"):
		s, at = *w.a.Description, root(".description")
		w.textValue(s, plainText(s), true, at)
	default:
		return
	}
	if n := letters(s, w.v.shortest); n < w.v.shortest && !isPlaceholder(s, true) {
		w.find(ruleShort, at).text = fmt.Sprintf("The description has %d letters, fewer than %d.", n, w.v.shortest)
	}
}

// repeatedTexts looks for long texts that stand in two fields.
func (w *view) repeatedTexts() {
	w.long = w.long[:0]
	for i := range w.answers {
		if a := &w.answers[i]; len(a.text) >= longText && a.field.narrative && i == w.first(a.field) {
			w.long = append(w.long, a)
		}
	}
	slices.SortFunc(w.long, func(a, b *answer) int { return a.field.no - b.field.no })
	for i, a := range w.long {
		for _, b := range w.long[:i] {
			if a.text != b.text || a.field.Name == b.field.Name {
				continue
			}
			if a.field == w.v.plan.special.description {
				a = b // the description is where the text belongs
			}
			w.find(ruleRepeated, w.valuePlace(a))
			break
		}
	}
	clear(w.long)
}

// dateValue looks at a date, with a time or without, if its format is right.
func (w *view) dateValue(s string, at place) {
	if !validDate(s[:min(len(s), len("2006-01-02"))]) {
		return
	}
	if s < nhsBegan[:min(len(s), len(nhsBegan))] || strings.HasPrefix(s, "1970-01-01") || strings.HasPrefix(s, "9999") {
		w.find(ruleStandIn, at)
	}
}

// timeValue looks at a time of day.
func (w *view) timeValue(s string, at place) {
	if strings.HasPrefix(s, "00:00:00") {
		w.find(ruleMidnight, at)
	}
}

// ageValue looks at an age on the national grid.
func (w *view) ageValue(a *answer) {
	if age, ok := ageOf(a); ok && age.Unit == lfpse.Years && age.Value > oldest {
		w.find(ruleOld, w.valuePlace(a))
	}
}

// ownOrganisation checks that what is said to be the reporter's own organisation
// is the one that reports, and another one is not.
func (w *view) ownOrganisation() {
	f := &w.v.plan.special
	known, own := w.answer(f.locationKnown), w.answer(f.reporterOrganisation)
	if known == nil || own == nil {
		return
	}
	var same *answer
	for a := range w.all(f.organisation) {
		if a.text == own.text {
			same = a
			break
		}
	}
	switch first := w.answer(f.organisation); {
	case known.text == "y" && first != nil && same == nil:
		w.find(ruleOwnPlace, w.valuePlace(first))
	case known.text == "n" && same != nil:
		w.find(ruleOwnPlace, w.valuePlace(same)).text = "The location is said to be another organisation, but one of its codes is that of the reporting organisation."
	}
}
