package mapping_test

import (
	"fmt"
	"log"
	"strings"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/submission"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
	"github.com/gpsafety/lfpse-go/mapping"
)

const exampleMap = `
name: significant events of the practice
source:
  reference: No
  dates: [02/01/2006]
skip:
  - when: {column: Kind, in: [Complaint]}
    reason: Complaints are not for LFPSE.
fields:
  - {to: type, column: Kind, values: event-type}
  - {to: date, column: Date}
  - {to: description, column: What happened}
  - {to: location.locationKnown, default: y}
  - {to: location.organisation, default: A81001}
  - {to: reporter.reporterOrganisation, default: A81001}
patients:
  - when: {column: Harm, filled: true}
    fields:
      - {to: physicalHarm, column: Harm, values: physical-harm, ask: How badly was the patient harmed?}
`

const exampleLog = `No,Kind,Date,What happened,Harm
1,Complaint,05/03/2026,Long wait on the telephone.,
2,Near miss,05/03/2026,A vaccine was drawn up after its date and not given.,
3,Incident,31/02/2026,A dose was given twice.,quite bad
`

func Example() {
	tax, err := taxonomy.Embedded("6")
	if err != nil {
		log.Fatal(err)
	}
	builder, err := submission.NewBuilder(tax, submission.WithToday(func() lfpse.Date { return "2026-03-10" }))
	if err != nil {
		log.Fatal(err)
	}
	m, err := mapping.ParseMap([]byte(exampleMap))
	if err != nil {
		log.Fatal(err)
	}
	mapper, err := mapping.New(m, builder.Form())
	if err != nil {
		log.Fatal(err)
	}
	answers, err := mapping.ReadAnswers(strings.NewReader("reference,target,answer\n2,patients,0\n2,riskDetails.riskImminent,no\n"))
	if err != nil {
		log.Fatal(err)
	}
	rows, err := mapper.Open(strings.NewReader(exampleLog), mapping.WithAnswers(answers))
	if err != nil {
		log.Fatal(err)
	}
	for d, err := range builder.PrepareAll(rows.Rows(), 1) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("row %s: %s\n", d.Reference, d.State)
		for _, q := range d.Questions {
			if q.Required && q.Rule == "MAP-ASK" {
				fmt.Println("  ", q.Target, "-", q.Why)
			}
		}
	}
	// Output:
	// row 1: not for LFPSE
	// row 2: ready
	// row 3: needs answers
	//    date - In column Date: this is not a date such as 25/03/2026, or a day that does not exist.
	//    patients[0].physicalHarm - The map does not know the word in column Harm.
}
