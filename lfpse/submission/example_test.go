package submission_test

import (
	"fmt"
	"log"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/code"
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
	event := lfpse.Event{
		Type:          lfpse.TypeIncident,
		Description:   "The fridge alarm was switched off overnight. No vaccine was used.",
		Date:          "2026-03-05",
		EstimatedDate: lfpse.EstimatedDate{IncidentOccurredToday: code.YesNoUnknownNo},
		Location:      lfpse.Location{LocationKnown: code.YesNoUnknownYes, Organisation: []string{"A81001"}},
		Reporter:      lfpse.Reporter{ReporterOrganisation: "A81001"},
	}
	result := builder.Build(&event, nil)
	fmt.Println("ready:", result.Ready())
	for _, q := range result.Questions {
		if q.Required {
			fmt.Println(q.Target)
		}
	}

	event.RiskDetails.RiskImminent = code.YesNoUnknownNo
	result = builder.Build(&event, nil)
	fmt.Println("ready:", result.Ready())
	// Output:
	// ready: false
	// riskDetails.riskImminent
	// ready: true
}
