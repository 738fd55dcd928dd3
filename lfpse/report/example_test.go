package report_test

import (
	"log"
	"os"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/report"
)

// The findings about a document, with the place of each in the text.
func Example() {
	doc := []byte(`{"resourceType": "AdverseEvent", "colour": "red"}`)
	_, issues := fhir.Decode(doc)
	r := report.NewRecord("event.json", 1, doc, issues)
	if err := report.Text(os.Stdout, []report.Record{r}, fhir.Error, false); err != nil {
		log.Fatal(err)
	}
	// Output:
	// event.json:1:1: error FHIR-REQUIRED at AdverseEvent.actuality: The required element actuality is missing. Add the element.
	// event.json:1:1: error FHIR-REQUIRED at AdverseEvent.subject: The required element subject is missing. Add the element.
	// event.json:1:34: error FHIR-UNKNOWN-ELEMENT at AdverseEvent.colour: FHIR R4 has no such element here. Check the spelling, or remove the element.
}
