package fhir_test

import (
	"fmt"

	r4 "github.com/samply/golang-fhir-models/fhir-models/fhir"

	"github.com/gpsafety/lfpse-go/fhir"
)

func ExampleAppend() {
	event := &fhir.AdverseEvent{
		Actuality: new(r4.AdverseEventActualityActual),
		Subject:   &r4.Reference{Reference: new("#patient")},
		Contained: []fhir.Resource{{Patient: &r4.Patient{Id: new("patient")}}},
		Date:      new("2026-01-15"),
	}
	data, err := fhir.Append(nil, event)
	fmt.Println(string(data), err)
	// Output:
	// {"resourceType":"AdverseEvent","contained":[{"resourceType":"Patient","id":"patient"}],"actuality":"actual","subject":{"reference":"#patient"},"date":"2026-01-15"} <nil>
}

func ExampleDecode() {
	_, issues := fhir.Decode([]byte(`{
		"resourceType": "AdverseEvent",
		"actuality": "perhaps",
		"date": "2026-01-15", "date": null
	}`))
	for _, issue := range issues {
		fmt.Println(issue.Rule, issue.Path)
	}
	// Output:
	// FHIR-REQUIRED AdverseEvent.subject
	// FHIR-CODE AdverseEvent.actuality
	// JSON-DUPLICATE-KEY AdverseEvent.date
	// JSON-NULL AdverseEvent.date
}

func ExampleCheckJSON() {
	issues := fhir.CheckJSON([]byte(`{"entry": [{"id": "a", "id": "b"}, {}]}`), fhir.WithNullAndEmpty())
	fmt.Println(issues[0].Rule, issues[0].Path, issues[0].Offset)
	// Output: JSON-DUPLICATE-KEY $.entry[0].id 23
}
