package questionnaire_test

import (
	"fmt"
	"log"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/interview"
	"github.com/gpsafety/lfpse-go/lfpse/submission"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
	"github.com/gpsafety/lfpse-go/mapping/questionnaire"
)

// A response to the form becomes a draft. One of its answers cannot be used, and is asked.
func Example() {
	tax, err := taxonomy.Embedded("6")
	if err != nil {
		log.Fatal(err)
	}
	builder, err := submission.NewBuilder(tax, submission.WithToday(func() lfpse.Date { return "2026-03-10" }))
	if err != nil {
		log.Fatal(err)
	}
	guide, err := interview.New(builder.Form().Codec(), nil)
	if err != nil {
		log.Fatal(err)
	}
	form, err := questionnaire.New(builder.Form(), guide)
	if err != nil {
		log.Fatal(err)
	}
	d := form.Draft("1", 1, []byte(`{"resourceType": "QuestionnaireResponse", "status": "completed", "item": [
		{"linkId": "type", "answer": [{"valueCoding": {"code": "4", "display": "Good care"}}]},
		{"linkId": "date", "answer": [{"valueDate": "2026-03-09"}]},
		{"linkId": "description", "answer": [{"valueString": "A colleague noticed the wrong dose before it was given."}]},
		{"linkId": "wentWell.howFutureOccurrence", "answer": [{"valueString": "Two people read the label."}]},
		{"linkId": "location.locationKnown", "answer": [{"valueCoding": {"code": "perhaps"}}]},
		{"linkId": "reporter.reporterOrganisation", "answer": [{"valueString": "A81001"}]}]}`))
	builder.Prepare(&d)
	fmt.Println(d.State)
	for _, q := range d.Questions {
		if q.Required {
			fmt.Println(q.Text, q.Why)
		}
	}
	// Output:
	// needs answers
	// Did it happen in your own organisation (yes), in another (no), or is that not known? The answer in the form cannot be used.
	// What is the ODS code of the organisation where it happened? The organisation that reports is A81001.
}
