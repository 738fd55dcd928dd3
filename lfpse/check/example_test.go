package check_test

import (
	"fmt"
	"log"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/check"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

// A gate reads documents of any system and lets pass what is fit to be sent. The
// misspelt element does not hide what else is wrong.
func Example() {
	tax, err := taxonomy.Embedded("6")
	if err != nil {
		log.Fatal(err)
	}
	codec, err := lfpse.NewCodec(tax)
	if err != nil {
		log.Fatal(err)
	}
	checker, err := check.New(codec)
	if err != nil {
		log.Fatal(err)
	}
	verdict := checker.Document([]byte(`{
		"resourceType": "AdverseEvent",
		"actuality": "actual",
		"subject": {"display": "999 000 0018"},
		"colour": "blue"
	}`), nil)
	fmt.Println("valid:", verdict.Valid())
	for _, i := range verdict.Issues {
		if i.Path != "AdverseEvent" {
			fmt.Println(i.Severity, i.Rule, i.Path)
		}
	}
	fmt.Println(len(verdict.Questions), "questions, the first about", verdict.Questions[0].Target)
	// Output:
	// valid: false
	// error FHIR-UNKNOWN-ELEMENT AdverseEvent.colour
	// warning LFPSE-REFERENCES AdverseEvent.subject
	// error PRIVACY-NHS-NUMBER AdverseEvent.subject.display
	// error PRIVACY-ELEMENT AdverseEvent.subject.display
	// 14 questions, the first about location.locationKnown
}
