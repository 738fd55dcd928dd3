package outbox_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/code"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/outbox"
	"github.com/gpsafety/lfpse-go/lfpse/outbox/outboxtest"
	"github.com/gpsafety/lfpse-go/lfpse/outbox/sqlite"
	"github.com/gpsafety/lfpse-go/lfpse/submission"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

// A report is stored, sent once and known again. In a program of your own the sender is a
// client.Client.
func Example() {
	ctx := context.Background()
	folder, err := os.MkdirTemp("", "outbox")
	check(err)
	defer os.RemoveAll(folder)
	store, err := sqlite.Open(ctx, filepath.Join(folder, "outbox.db"), sqlite.Sending(nil))
	check(err)
	defer store.Close()
	key, err := outbox.OpenKey(filepath.Join(folder, "outbox.key"))
	check(err)
	box, err := outbox.Open(ctx, store, key, "LFPSE test")
	check(err)

	builder, prepared := incident()
	item := outbox.NewItem(builder, "A81001", "incidents", prepared)
	for range 2 {
		entered, err := box.Enqueue(ctx, item)
		check(err)
		fmt.Println(entered[0].Change, entered[0].State)
	}

	drained, err := box.Drain(ctx, &outboxtest.Service{}, 100)
	check(err)
	report, err := box.Get(ctx, 1)
	check(err)
	fmt.Println(drained.Accepted, report.State, report.Record.Number)
	// Output:
	// added pending
	// same pending
	// 1 accepted LFPSE-record-1
}

func incident() (*submission.Builder, *submission.Prepared) {
	tax, err := taxonomy.Embedded("6")
	check(err)
	builder, err := submission.NewBuilder(tax)
	check(err)
	nobody := 0
	p := &submission.Prepared{Draft: draft.Draft{Reference: "INC-1", Affected: &nobody, Event: lfpse.Event{
		Type:          lfpse.TypeIncident,
		Description:   "The fridge alarm was switched off overnight. No vaccine was used.",
		Date:          "2026-03-05",
		EstimatedDate: lfpse.EstimatedDate{IncidentOccurredToday: code.YesNoUnknownNo},
		Location:      lfpse.Location{LocationKnown: code.YesNoUnknownYes, Organisation: []string{"A81001"}},
		Reporter:      lfpse.Reporter{ReporterOrganisation: "A81001"},
		RiskDetails:   lfpse.RiskDetails{RiskImminent: code.YesNoUnknownNo},
	}}}
	p.Submission = builder.Prepare(&p.Draft)
	return builder, p
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
