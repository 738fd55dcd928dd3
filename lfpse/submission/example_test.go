package submission_test

import (
	"fmt"
	"log"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/code"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/submission"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

func Example() {
	tax, err := taxonomy.Embedded("6")
	if err != nil {
		log.Fatal(err)
	}
	builder, err := submission.NewBuilder(tax)
	if err != nil {
		log.Fatal(err)
	}
	d := draft.Draft{Event: lfpse.Event{
		Type:          lfpse.TypeIncident,
		Description:   "The fridge alarm was switched off overnight. No vaccine was used.",
		Date:          "2026-03-05",
		EstimatedDate: lfpse.EstimatedDate{IncidentOccurredToday: code.YesNoUnknownNo},
		Location:      lfpse.Location{LocationKnown: code.YesNoUnknownYes, Organisation: []string{"A81001"}},
		Reporter:      lfpse.Reporter{ReporterOrganisation: "A81001"},
	}}
	builder.Prepare(&d)
	fmt.Println(d.State)
	for _, q := range d.Questions {
		if q.Required && builder.Form().Arises(&d, &q) {
			fmt.Println(q.Target)
		}
	}

	for target, answer := range map[string]string{"patients": "0", "riskDetails.riskImminent": "no"} {
		if err := builder.Form().Answer(&d, target, answer); err != nil {
			log.Fatal(err)
		}
	}
	s := builder.Prepare(&d)
	fmt.Println(d.State)
	fmt.Println(s.Version(), len(s.Body()) > 0)
	// Output:
	// needs answers
	// patients
	// ready
	// 6 true
}
