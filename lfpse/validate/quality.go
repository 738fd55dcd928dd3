package validate

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse"
)

const (
	// manyPatients is the number of patients from which the form gives other guidance.
	manyPatients = 10
	// shortest is the least number of letters of a description, unless an option sets it.
	shortest = 20
	// longText is the length in bytes from which two fields with the same text are no
	// coincidence.
	longText = 40
	// nhsBegan is the first day of the NHS.
	nhsBegan = "1948-07-05"
	// oldYears is the number of years after which an event is hardly recorded for the first time.
	oldYears = 20
)

// qualityLayer applies the rules about how useful a record is to those who learn from it,
// if they are more than conditions on fields.
type qualityLayer struct {
	r     *record
	found *findings
	*namedFields
	shortest int       // letters of a description
	longAgo  string    // the day before which an event is old; empty if today is not known
	long     []*answer // the long texts
}

func (l *qualityLayer) run() {
	if l.r.patients() >= manyPatients {
		l.found.add(ruleManyPatients, resourcePath(l.r.contained("Patient")))
	}
	l.ownOrganisation()
	for i := range l.r.answers {
		switch a := &l.r.answers[i]; a.form {
		case textFormat:
			if a.narrative && len(a.text) >= longText && i == l.r.first(a.field) {
				l.long = append(l.long, a)
			}
			l.text(a.text, a.plain, a.required, func() fhir.Path { return l.r.valuePath(a) })
		case dateFormat:
			l.date(a.text, func() fhir.Path { return l.r.valuePath(a) })
		case timeFormat:
			l.time(a.text, func() fhir.Path { return l.r.valuePath(a) })
		}
	}
	for a := range l.r.all(l.age) {
		l.old(a)
	}
	l.shortDescription()
	l.repeatedTexts()
	if d := l.r.date; d != "" {
		at := func() fhir.Path { return fhir.Path{}.Child("date") }
		l.date(d, at)
		if _, clock, ok := strings.Cut(d, "T"); ok {
			l.time(clock, at)
		}
	}
}

// text looks at one text, which may be plain: see isPlain.
func (l *qualityLayer) text(s string, plain, required bool, at func() fhir.Path) {
	if isPlaceholder(s, required) {
		l.found.add(rulePlaceholder, at())
	}
	if isCut(s) {
		l.found.add(ruleCut, at())
	}
	if !plain && isDamaged(s) {
		l.found.add(ruleDamaged, at())
	}
	if hasMarkup(s) {
		l.found.add(ruleMarkup, at())
	}
}

// shortDescription checks the description: the one in the core group or, if there is
// none, the one at the root, which the other rules about texts do not see.
func (l *qualityLayer) shortDescription() {
	var s string
	a := l.r.answer(l.description)
	at := func() fhir.Path {
		if a == nil {
			return fhir.Path{}.Child("description")
		}
		return l.r.valuePath(a)
	}
	switch {
	case a != nil:
		s = a.text
	case l.r.hasElement("description"):
		s = *l.r.event.Description
		l.text(s, isPlain(s), true, at)
	default:
		return
	}
	if n := letters(s, l.shortest); n < l.shortest && !isPlaceholder(s, true) {
		l.found.add(ruleShort, at()).text = fmt.Sprintf("The description has %d letters, fewer than %d.", n, l.shortest)
	}
}

// repeatedTexts looks among the long texts for those that occur in two fields.
func (l *qualityLayer) repeatedTexts() {
	slices.SortFunc(l.long, func(a, b *answer) int { return a.field.no - b.field.no })
	for i, a := range l.long {
		for _, b := range l.long[:i] {
			if a.text != b.text || a.Name == b.Name {
				continue
			}
			if a.field == l.description {
				a = b // the description is where the text belongs
			}
			l.found.add(ruleRepeated, l.r.valuePath(a))
			break
		}
	}
	clear(l.long)
	l.long = l.long[:0]
}

// date looks at a date, with a time or without, if its format is right.
func (l *qualityLayer) date(s string, at func() fhir.Path) {
	if !validDate(s[:min(len(s), len("2006-01-02"))]) {
		return
	}
	if s < nhsBegan[:min(len(s), len(nhsBegan))] || strings.HasPrefix(s, "1970-01-01") || strings.HasPrefix(s, "9999") {
		l.found.add(ruleStandIn, at())
	} else if n := min(len(s), len(l.longAgo)); s[:n] < l.longAgo[:n] {
		l.found.add(ruleDateOld, at())
	}
}

// yearsBefore is the same day years earlier. It need not exist: days are compared as texts.
func yearsBefore(day lfpse.Date, years int) string {
	year, rest, _ := strings.Cut(string(day), "-")
	n, err := strconv.Atoi(year)
	if err != nil {
		return ""
	}
	return fmt.Sprintf("%04d-%s", n-years, rest)
}

// time looks at a time of day.
func (l *qualityLayer) time(s string, at func() fhir.Path) {
	if strings.HasPrefix(s, "00:00:00") {
		l.found.add(ruleMidnight, at())
	}
}

// old looks at an age on the national grid.
func (l *qualityLayer) old(a *answer) {
	if age, ok := a.age(); ok && age.Unit == lfpse.Years && age.Value > lfpse.OldestAge {
		l.found.add(ruleOld, l.r.valuePath(a))
	}
}

// ownOrganisation checks that a location said to be the reporter's own organisation has
// the code of the reporting one, and that another location has not.
func (l *qualityLayer) ownOrganisation() {
	known, own := l.r.answer(l.locationKnown), l.r.answer(l.reporterOrganisation)
	if known == nil || own == nil {
		return
	}
	var same *answer
	for a := range l.r.all(l.organisation) {
		if a.text == own.text {
			same = a
			break
		}
	}
	switch first := l.r.answer(l.organisation); {
	case known.text == "y" && first != nil && same == nil:
		l.found.add(ruleOwnLocation, l.r.valuePath(first))
	case known.text == "n" && same != nil:
		l.found.add(ruleOwnLocation, l.r.valuePath(same)).text = "The location is said to be another organisation, but one of its codes is that of the reporting organisation."
	}
}
