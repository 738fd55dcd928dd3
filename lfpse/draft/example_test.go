package draft_test

import (
	"fmt"
	"log"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/submission"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

// A report is checked, a person answers what is open, and it is checked again.
func Example() {
	tax, err := taxonomy.Embedded("6")
	if err != nil {
		log.Fatal(err)
	}
	builder, err := submission.NewBuilder(tax, submission.WithToday(func() lfpse.Date { return "2026-03-10" }))
	if err != nil {
		log.Fatal(err)
	}
	d := draft.FromEvent("INC-1", 1, []byte(`{
		"description": "The fridge alarm was switched off overnight. No vaccine was used.",
		"location": {"locationKnown": "y", "organisation": ["A81001"]},
		"reporter": {"reporterOrganisation": "A81001"}
	}`))
	builder.Prepare(&d)
	fmt.Println(d.State)
	for _, a := range []draft.Answer{
		{Target: "type", Text: "Incident"},
		{Target: "date", Text: "yesterday"},
		{Target: "date", Text: "05/03/2026"},
		{Target: "riskDetails.riskImminent", Text: "no"},
	} {
		if err := builder.Form().Answer(&d, a.Target, a.Text); err != nil {
			fmt.Printf("%s: %v\n", a.Target, err)
		}
	}
	builder.Prepare(&d)
	fmt.Println(d.State)
	for _, s := range d.Trace {
		fmt.Printf("%s: %s, %s\n", s.Target, s.From, s.Rule)
	}
	// Output:
	// needs answers
	// date: this is not a date such as 2026-03-25 or 25/03/2026, or a day that does not exist
	// ready
	// type: answer, as answered
	// date: answer, date 02/01/2006
	// riskDetails.riskImminent: answer, as answered
	// estimatedDate.incidentOccurredToday: date, it is not today
}
