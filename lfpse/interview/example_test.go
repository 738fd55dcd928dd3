package interview_test

import (
	"fmt"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/interview"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

func Example() {
	t, err := taxonomy.Embedded("6")
	if err != nil {
		panic(err)
	}
	codec, err := lfpse.NewCodec(t)
	if err != nil {
		panic(err)
	}
	guide, err := interview.New(codec, nil)
	if err != nil {
		panic(err)
	}
	advice := guide.Advise(&lfpse.Event{
		Type:        lfpse.TypeRisk,
		Description: "Letter nearly sent to the wrong patient. Spotted before it was posted.",
	})
	for _, n := range advice.Asks {
		fmt.Println(n.ID, n.Facts)
		fmt.Println(n.Source)
	}
	help, _ := guide.Help("patients[1].genderIdentity")
	fmt.Println(help.Who, "-", help.Choice("not-known"))
	// Output:
	// near-miss [description says: near miss or no harm]
	// NHS England: guidance texts of the event types, as a supplier's notes on LFPSE v6 list them (September 2024), not checked against NHS England's page
	// anybody - Nobody asked the patient, or nobody here knows the answer.
}
