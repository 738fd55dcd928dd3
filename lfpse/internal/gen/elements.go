package main

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"strings"

	r4 "github.com/samply/golang-fhir-models/fhir-models/fhir"

	"github.com/gpsafety/lfpse-go/fhir"
)

// carried are the elements that the LFPSE structure uses, by resource.
var carried = []struct {
	resource reflect.Type
	elements []string
}{
	{reflect.TypeFor[fhir.AdverseEvent](), []string{"Id", "Meta", "Contained", "Extension", "Actuality", "Event", "Subject", "Date", "Location", "Recorder", "SuspectEntity", "Description"}},
	{reflect.TypeFor[r4.Location](), []string{"Id", "Extension"}},
	{reflect.TypeFor[r4.Practitioner](), []string{"Id", "Extension"}},
	{reflect.TypeFor[r4.Patient](), []string{"Id", "Extension"}},
	{reflect.TypeFor[r4.Medication](), []string{"Id", "Extension"}},
	{reflect.TypeFor[r4.Device](), []string{"Id", "Extension", "Manufacturer", "ModelNumber"}},
}

// writeElements writes the function that names the elements of a resource which
// R4 has and LFPSE does not use.
func writeElements(b *bytes.Buffer, _ *model) error {
	b.WriteString("package lfpse\n\nimport (\nr4 \"github.com/samply/golang-fhir-models/fhir-models/fhir\"\n\n\"github.com/gpsafety/lfpse-go/fhir\"\n)\n\n" +
		"// notCarried calls found with each element of a resource that is present and that\n// the LFPSE structure does not use.\nfunc notCarried(resource any, found func(element string)) {\nswitch r := resource.(type) {\n")
	for _, c := range carried {
		pkg := "r4."
		if c.resource == reflect.TypeFor[fhir.AdverseEvent]() {
			pkg = "fhir."
		}
		fmt.Fprintf(b, "case *%s%s:\n", pkg, c.resource.Name())
		for i := range c.resource.NumField() {
			f := c.resource.Field(i)
			if slices.Contains(c.elements, f.Name) {
				continue
			}
			if k := f.Type.Kind(); k != reflect.Pointer && k != reflect.Slice {
				return fmt.Errorf("%s.%s is neither a pointer nor a list", c.resource.Name(), f.Name)
			}
			fmt.Fprintf(b, "if r.%s != nil { found(%q) }\n", f.Name, strings.ToLower(f.Name[:1])+f.Name[1:])
		}
	}
	b.WriteString("}\n}\n")
	return nil
}
