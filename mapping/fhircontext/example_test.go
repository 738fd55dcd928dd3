package fhircontext_test

import (
	"fmt"

	"github.com/gpsafety/lfpse-go/mapping/fhircontext"
)

func Example() {
	record := []byte(`{
	  "resourceType": "Bundle",
	  "type": "collection",
	  "entry": [
	    {"resource": {"resourceType": "Patient", "id": "p", "gender": "female", "birthDate": "1961-02-28",
	      "name": [{"family": "Quuxworth", "given": ["Petronella"]}]}},
	    {"resource": {"resourceType": "PractitionerRole",
	      "code": [{"coding": [{"code": "R1290"}]}]}},
	    {"resource": {"resourceType": "MedicationRequest", "subject": {"reference": "Patient/p"},
	      "medicationCodeableConcept": {"text": "Methotrexate 2.5mg tablets"}}}
	  ]
	}`)
	c, issues := fhircontext.Load(record)
	fmt.Println(c)
	fmt.Println(c.Gender.Value, "from", c.Gender.Source.Path)
	fmt.Println(c.Medicines[0].Display)
	for _, issue := range issues {
		fmt.Println(issue)
	}
	fmt.Println("reporter role:", c.ReporterRole.Status, c.ReporterRole.Candidates)
	// Output:
	// FHIR context: birth date known, gender known, gender identity absent, ethnicity absent, organisation absent, reporter role ask, medicines 1, devices 0, deny terms 3
	// female from Bundle.entry[0].resource.gender
	// Methotrexate 2.5mg tablets
	// warning CONTEXT-ROLE at Bundle.entry[1].resource.code[0].coding[0]: The job role fits more than one kind of staff, or is too broad to tell. Choose the reporter's kind of staff, or decide the role once for all in the table of roles.
	// reporter role: ask [2 1]
}
