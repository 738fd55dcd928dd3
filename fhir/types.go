package fhir

import "slices"

// IsType reports whether FHIR R4 has a type of this name: a resource, such as Patient, or
// a data type. Such a name may be repeated in a finding, since it is no value.
func IsType(name string) bool {
	return slices.Contains(typeElement.Codes, name)
}

// typeElement is bound to the list of all types.
var typeElement = &elements[slices.IndexFunc(elements[:], func(e Element) bool {
	return e.Owner == "DataRequirement" && e.Name == "type"
})]
