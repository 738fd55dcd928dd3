// Command embed shows how software of a GP supplier reports a patient safety
// event from its own code: fill an event, build the submission, send it.
//
//	go run ./examples/embed
//
// starts a sandbox in the same process and sends there. With -sandbox URL it sends
// to one that runs already, such as that of "lfpse sandbox".
package main

import (
	"context"
	"flag"
	"fmt"
	"os"

	"github.com/gpsafety/lfpse-go/conformance/sandbox"
	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/client"
	"github.com/gpsafety/lfpse-go/lfpse/code"
	"github.com/gpsafety/lfpse-go/lfpse/endpoint"
	"github.com/gpsafety/lfpse-go/lfpse/submission"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

func main() {
	url := flag.String("sandbox", "", "URL of a sandbox on this computer; the default is to start one")
	flag.Parse()
	if err := run(context.Background(), *url); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run sends one event to the sandbox at url, or to its own if that is empty.
func run(ctx context.Context, url string) error {
	if url == "" {
		server, err := sandbox.Start(ctx, "127.0.0.1:0")
		if err != nil {
			return err
		}
		defer func() { _ = server.Close(ctx) }()
		url = server.URL()
	}
	return report(ctx, url)
}

// report is the part to copy.
func report(ctx context.Context, url string) error {
	// Once, when the program starts. The values are safe for concurrent use.
	tax, err := taxonomy.Embedded("6")
	if err != nil {
		return err
	}
	builder, err := submission.NewBuilder(tax)
	if err != nil {
		return err
	}
	ep, err := endpoint.New(endpoint.ForSandbox(url, tax)) // for the service: endpoint.Load reads a YAML file
	if err != nil {
		return err
	}
	lfpseClient, err := client.New(ep)
	if err != nil {
		return err
	}

	// For each event. The second argument of Build takes the names and numbers of
	// the patient's record, so that none of them slips out in a text.
	event := nearMiss()
	result := builder.Build(&event, nil)
	if !result.Ready() {
		for _, q := range result.Questions {
			fmt.Printf("question (required: %t) %s: %s\n", q.Required, q.Target, q.Text)
		}
		return fmt.Errorf("the event is not ready to be sent:\n%w\n%w", result.Issues, result.Privacy)
	}
	receipt, err := lfpseClient.Submit(ctx, result.Submission)
	if err != nil {
		return err // says whether the service may have the event nevertheless
	}
	fmt.Println("accepted:", receipt.ID, receipt.ReferenceNumber) // keep the receipt: it is needed to update the record
	return nil
}

// nearMiss is an event as a clinical system may know it after a short form.
func nearMiss() lfpse.Event {
	return lfpse.Event{
		Type:        lfpse.TypeIncident, // a near miss is an incident: something happened
		Date:        "2026-01-05",
		Description: "Methotrexate was put on the repeat template as once a day instead of once a week. The pharmacist noticed.",
		EstimatedDate: lfpse.EstimatedDate{
			IncidentOccurredToday: code.YesNoUnknownNo,
		},
		Location: lfpse.Location{
			LocationKnown:         code.YesNoUnknownYes,
			Organisation:          []string{"A99999"},
			ServiceArea:           []code.ServiceType{code.ServiceTypeGeneralPractice},
			LocationWithinService: code.IncidentLocationGeneralPracticeBuilding,
		},
		Reporter: lfpse.Reporter{
			ReporterOrganisation: "A99999",
			ReporterRole:         code.StaffTypeDoctorOrDentist,
		},
		Patients: []lfpse.Patient{{
			Age:                 lfpse.Age{Value: 67, Unit: lfpse.Years},
			GenderIdentity:      lfpse.GenderFemale,
			GenderSameAsAtBirth: lfpse.SameAsAtBirthYes,
			PhysicalHarm:        lfpse.PhysicalNone, // graded by a person, never assumed
			PsychologicalHarm:   lfpse.PsychologicalNone,
		}},
		Agent:            lfpse.Agent{InvolvedAgents: []code.AgentType{code.AgentTypeMedications}},
		SafetyChallenges: lfpse.SafetyChallenges{SafetyChallenges: []code.SafetyChallenges{code.SafetyChallengesNoneOfTheAbove}},
		Classification:   lfpse.Classification{LevelOfConcern: code.WorryScaleVeryConcerned},
	}
}
