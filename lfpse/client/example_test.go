package client_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/client"
	"github.com/gpsafety/lfpse-go/lfpse/code"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/endpoint"
	"github.com/gpsafety/lfpse-go/lfpse/submission"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

func Example() {
	// A stand-in for the service; it creates the first record and then wants to be
	// left alone.
	created := false
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if created {
			w.Header().Set("Retry-After", "30")
			w.WriteHeader(http.StatusTooManyRequests)
			return
		}
		created = true
		w.WriteHeader(http.StatusCreated)
		_, _ = io.WriteString(w, `{"resourceType": "AdverseEvent", "id": "2f1c", "meta": {"versionId": "1"},
			"extension": [{"url": "https://lfpse.example/reference", "extension": [{"url": "ReferenceNumber", "valueString": "LFPSE-17"}]}]}`)
	}))
	defer service.Close()

	t, err := taxonomy.Embedded("6")
	if err != nil {
		fmt.Println(err)
		return
	}
	ep, err := endpoint.New(endpoint.ForSandbox(service.URL, t))
	if err != nil {
		fmt.Println(err)
		return
	}
	c, err := client.New(ep)
	if err != nil {
		fmt.Println(err)
		return
	}

	for range 2 {
		receipt, err := c.Submit(context.Background(), goodCare(t))
		var e *client.Error
		switch {
		case err == nil:
			fmt.Println("accepted as", receipt.ID, "with reference", receipt.ReferenceNumber)
		case errors.As(err, &e) && e.Outcome == client.NotSent:
			fmt.Println("not sent:", string(e.Reason), "- may be sent again after", e.RetryAfter)
		default: // rejected: show the issues to a person; unknown: find out first
			fmt.Println(err)
		}
	}
	// Output:
	// accepted as 2f1c with reference LFPSE-17
	// not sent: throttled - may be sent again after 30s
}

// goodCare makes a submission of an invented event.
func goodCare(t *taxonomy.Taxonomy) submission.Submission {
	b, err := submission.NewBuilder(t)
	if err != nil {
		fmt.Println(err)
		return submission.Submission{}
	}
	d := draft.Draft{Event: lfpse.Event{
		Type:        lfpse.TypeGoodCare,
		Description: "The reception team noticed a repeat prescription of two interacting medicines and asked the pharmacist.",
		Date:        "2026-05-04",
		Location:    lfpse.Location{LocationKnown: code.YesNoUnknownYes, Organisation: []string{"Z01"}},
		Reporter:    lfpse.Reporter{ReporterOrganisation: "Z01", ReporterRole: code.StaffTypeAdministrativeAndClericalStaff},
		WentWell:    lfpse.WentWell{HowFutureOccurrence: "Show the example at the next practice meeting."},
	}}
	s := b.Prepare(&d)
	if d.State != draft.Ready {
		fmt.Println(d.Questions, d.Issues, d.Privacy)
	}
	return s
}
