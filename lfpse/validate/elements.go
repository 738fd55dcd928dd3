package validate

import (
	r4 "github.com/samply/golang-fhir-models/fhir-models/fhir"

	"github.com/gpsafety/lfpse-go/fhir"
)

// elementLayers are the layers that judge a record element by element, nil if they do not
// judge it. They visit it as one, so that the walk has one call for an element in place of
// two, and the layer fhir need not ask again what the layer profile has seen.
type elementLayers struct {
	profile *profileLayer
	fhir    *fhirLayer
}

// Enter looks at an element with elements of its own; false if these cannot be judged.
func (l *elementLayers) Enter(at *fhir.Walker, e *fhir.Element, x any) bool {
	inside := true
	if l.profile != nil {
		inside = l.profile.enter(at, e, x)
	}
	if l.fhir != nil {
		inside = l.fhir.enter(at, e, x)
	}
	return inside
}

// Leave looks at a contained resource as a whole.
func (l *elementLayers) Leave(at *fhir.Walker, _ *fhir.Element, c *fhir.Resource) {
	if l.profile != nil {
		l.profile.leave(at, c)
	}
}

// Extension looks at an extension and its value.
func (l *elementLayers) Extension(at *fhir.Walker, e *fhir.Element, x *r4.Extension, value *fhir.Value) bool {
	sound := l.profile != nil && l.profile.extension(at, e, x, value) && x.Id == nil
	if l.fhir != nil && !sound {
		l.fhir.extension(at, x, value)
	}
	return true
}

// Text looks at a text.
func (l *elementLayers) Text(at *fhir.Walker, e *fhir.Element, text string) {
	if l.profile != nil {
		l.profile.used(at, e)
	}
	if l.fhir != nil {
		l.fhir.text(at, e, text)
	}
}

// Integer looks at a whole number.
func (l *elementLayers) Integer(at *fhir.Walker, e *fhir.Element, n int) {
	if l.profile != nil {
		l.profile.used(at, e)
	}
	if l.fhir != nil {
		l.fhir.integer(at, e, n)
	}
}

// TooDeep reports that a part of the record could not be looked at.
func (l *elementLayers) TooDeep(at *fhir.Walker, _ *fhir.Element) {
	if l.fhir != nil {
		l.fhir.deep(at)
	}
}
