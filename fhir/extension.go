package fhir

import r4 "github.com/samply/golang-fhir-models/fhir-models/fhir"

// ExtensionValue returns the value of an extension: the property that holds it,
// such as valueCode, and a pointer to it, such as *string. n says how many values
// there are, of which FHIR allows one. Unless n is 1, the property is empty and the
// value nil.
//
// An extension has a field for each of fifty types of value. This tells which of
// them is set, without copying the extension and without reflection or allocation.
func ExtensionValue(x *r4.Extension) (property string, value any, n int) {
	if hasRareValue(x) {
		return anyValue(x)
	}
	if x.ValueCode != nil {
		property, value, n = "valueCode", x.ValueCode, 1
	}
	if x.ValueString != nil {
		property, value, n = "valueString", x.ValueString, n+1
	}
	if x.ValueDate != nil {
		property, value, n = "valueDate", x.ValueDate, n+1
	}
	if x.ValueTime != nil {
		property, value, n = "valueTime", x.ValueTime, n+1
	}
	if n > 1 {
		return "", nil, n
	}
	return property, value, n
}
