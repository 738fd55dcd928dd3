package lfpse_test

import (
	"fmt"
	"log"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/code"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

// An event becomes the FHIR resource that the service takes, and comes back as it was. To check
// an event and send it, see package submission.
func Example() {
	tax, err := taxonomy.Embedded("6")
	if err != nil {
		log.Fatal(err)
	}
	codec, err := lfpse.NewCodec(tax)
	if err != nil {
		log.Fatal(err)
	}
	event := lfpse.Event{
		Type:        lfpse.TypeIncident, // a near miss is an incident: something happened
		Date:        "2026-03-05",
		Description: "The fridge alarm was switched off overnight. No vaccine was used.",
		Location:    lfpse.Location{LocationKnown: code.YesNoUnknownYes, Organisation: []string{"A81001"}},
	}
	resource, issues := codec.Encode(&event) // the issues say what has no place in this version
	fmt.Println(issues.Err())
	body, err := codec.Append(nil, resource)
	if err != nil {
		log.Fatal(err)
	}
	read, issues := codec.Read(body)
	if issues.HasErrors() {
		log.Fatal(issues)
	}
	back, issues := codec.Decode(read)
	fmt.Println(back.Type, back.Date, back.Description == event.Description, issues.Err())
	// Output:
	// <nil>
	// incident 2026-03-05 true <nil>
}
