package validate

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// place is where a finding stands. It becomes a path only when it is reported.
type place struct {
	contained, ext, sub int    // indexes of contained and of the two levels of extension, -1 if not on the way
	tail                string // what follows, such as .value
}

// root is a place on the AdverseEvent itself, or the event as a whole.
func root(tail string) place { return place{-1, -1, -1, tail} }

func (p place) with(tail string) place {
	p.tail = tail
	return p
}

// path returns the FHIRPath of the place.
func (p place) path() string {
	b := append(make([]byte, 0, 64), "AdverseEvent"...)
	step := func(name string, i int) {
		if i >= 0 {
			b = strconv.AppendInt(append(b, name...), int64(i), 10)
			b = append(b, ']')
		}
	}
	step(".contained[", p.contained)
	step(".extension[", p.ext)
	step(".extension[", p.sub)
	return string(append(b, p.tail...))
}

// compare puts places in the order in which they stand in a document.
func (p place) compare(q place) int {
	return cmp.Or(
		cmp.Compare(p.element(), q.element()),
		cmp.Compare(p.contained, q.contained),
		cmp.Compare(p.extension(), q.extension()),
		cmp.Compare(p.sub, q.sub),
	)
}

// rootElements are the elements of the AdverseEvent in FHIR order.
var rootElements = []string{"id", "meta", "implicitRules", "language", "text", "contained", "extension", "modifierExtension",
	"identifier", "actuality", "category", "event", "subject", "encounter", "date", "detected", "recordedDate", "resultingCondition",
	"location", "seriousness", "severity", "outcome", "recorder", "contributor", "suspectEntity", "subjectMedicalHistory",
	"referenceDocument", "study", "description"}

// element is the position of the root element that the place is in, -1 for the
// event as a whole.
func (p place) element() int {
	switch {
	case p.contained >= 0:
		return slices.Index(rootElements, "contained")
	case p.ext >= 0:
		return slices.Index(rootElements, "extension")
	}
	return slices.Index(rootElements, firstName(p.tail))
}

// extension is the position of the place among the extensions of its resource:
// the elements before extension come first, those after it last.
func (p place) extension() int {
	if p.ext >= 0 || p.contained < 0 {
		return p.ext
	}
	if i := slices.Index(rootElements, firstName(p.tail)); p.tail == "" || i >= 0 && i < slices.Index(rootElements, "extension") {
		return -1
	}
	return 1 << 30
}

// firstName cuts the name of the first element from .event.coding[0].code.
func firstName(tail string) string {
	tail = strings.TrimPrefix(tail, ".")
	if i := strings.IndexAny(tail, ".["); i >= 0 {
		return tail[:i]
	}
	return tail
}
