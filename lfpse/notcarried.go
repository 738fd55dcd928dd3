package lfpse

import (
	r4 "github.com/samply/golang-fhir-models/fhir-models/fhir"

	"github.com/gpsafety/lfpse-go/fhir"
)

// carriedElements are the elements that the LFPSE structure uses, by resource.
var carriedElements = map[string][]string{
	"AdverseEvent": {"id", "meta", "contained", "extension", "actuality", "event", "subject", "date", "location", "recorder", "suspectEntity", "description"},
	"Location":     {"id", "extension"},
	"Practitioner": {"id", "extension"},
	"Patient":      {"id", "extension"},
	"Medication":   {"id", "extension"},
	"Device":       {"id", "extension", "manufacturer", "modelNumber"},
}

// carriedByNumber says of each element of FHIR, by its number, whether an event
// carries it.
func carriedByNumber() []bool {
	carried := make([]bool, fhir.NumElements)
	for resource, names := range carriedElements {
		for _, name := range names {
			carried[fhir.FindElement(resource, name).Number] = true
		}
	}
	return carried
}

// notCarried reports the elements of a record, and of the resources in it, that an
// event has no place for. It looks at the elements of the resources only: what an
// element holds follows from it.
type notCarried struct {
	fhir.VisitNothing
	r *decoder
}

// Enter reports the element, or goes into a contained resource.
func (v *notCarried) Enter(at *fhir.Walker, e *fhir.Element, x any) bool {
	if r, ok := x.(*fhir.Resource); ok {
		if r.Other != nil {
			v.report(at)
		}
		return true
	}
	v.check(at, e)
	return false
}

// Extension reports a modifier extension.
func (v *notCarried) Extension(at *fhir.Walker, e *fhir.Element, _ *r4.Extension, _ *fhir.Value) bool {
	v.check(at, e)
	return false
}

// Text reports the element.
func (v *notCarried) Text(at *fhir.Walker, e *fhir.Element, _ string) { v.check(at, e) }

// Integer reports the element.
func (v *notCarried) Integer(at *fhir.Walker, e *fhir.Element, _ int) { v.check(at, e) }

func (v *notCarried) check(at *fhir.Walker, e *fhir.Element) {
	if !v.r.c.carried[e.Number] {
		v.report(at)
	}
}

func (v *notCarried) report(at *fhir.Walker) {
	v.r.issues = append(v.r.issues, issue(fhir.Error, "DEC-NOT-CARRIED", at.Path().String(),
		"The LFPSE structure does not use this element, so an event cannot carry it.", "Take it out."))
}
