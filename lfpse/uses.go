package lfpse

import (
	"slices"

	r4 "github.com/samply/golang-fhir-models/fhir-models/fhir"

	"github.com/gpsafety/lfpse-go/fhir"
)

// used lists the elements that the LFPSE structure uses, for the types that it does not
// use as a whole. Source: the profiles of the published taxonomies, and what a public
// client of version 6 sends.
var used = map[string][]string{
	"AdverseEvent":               {"id", "meta", "contained", "extension", "modifierExtension", "actuality", "event", "subject", "date", "location", "recorder", "suspectEntity", "description"},
	"AdverseEvent.suspectEntity": {"id", "extension", "modifierExtension", "instance"},
	"Device":                     {"id", "extension", "modifierExtension", "manufacturer", "modelNumber"},
	"Location":                   {"id", "extension", "modifierExtension"},
	"Medication":                 {"id", "extension", "modifierExtension"},
	"Patient":                    {"id", "extension", "modifierExtension"},
	"Practitioner":               {"id", "extension", "modifierExtension"},
}

// Uses reports whether the LFPSE structure uses an element of FHIR R4. Modifier
// extensions count as used, because they have a rule of their own, which forbids them; an
// [Event] cannot hold them.
func Uses(e *fhir.Element) bool { return !unused[e.Number] }

// unused says for every element, by its number, whether LFPSE does not use it.
var unused = func() (all [fhir.NumElements]bool) {
	for e := range fhir.Elements() {
		names, limited := used[e.Owner]
		all[e.Number] = limited && !slices.Contains(names, e.Property)
	}
	return all
}()

// notCarried reports the elements of a record, and of the resources in it, that an event
// cannot hold. It visits the elements of the resources only, and nothing below them.
type notCarried struct {
	fhir.VisitNothing
	r *decoder
}

// Enter reports the element, or goes into a contained resource.
func (v *notCarried) Enter(at *fhir.Walker, e *fhir.Element, x any) bool {
	if r, ok := x.(*fhir.Resource); ok {
		if r.Other != nil || !r.Single() {
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
	if !Uses(e) || e.Property == "modifierExtension" {
		v.report(at)
	}
}

func (v *notCarried) report(at *fhir.Walker) {
	v.r.issues = append(v.r.issues, issue(fhir.Error, "DEC-NOT-CARRIED", at.Path().String(),
		"The LFPSE structure does not use this element, so an event cannot carry it.", "Take it out."))
}
