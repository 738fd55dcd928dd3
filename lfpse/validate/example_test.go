package validate_test

import (
	"fmt"
	"log"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
	"github.com/gpsafety/lfpse-go/lfpse/validate"
)

// An incident whose harm nobody has graded yet is refused, and the report says
// what to ask.
func Example() {
	tax, err := taxonomy.Embedded("6")
	if err != nil {
		log.Fatal(err)
	}
	codec, err := lfpse.NewCodec(tax)
	if err != nil {
		log.Fatal(err)
	}
	validator, err := validate.New(codec)
	if err != nil {
		log.Fatal(err)
	}
	event := lfpse.Event{
		Type:        lfpse.TypeIncident,
		Description: "A repeat prescription was issued twice.",
		Date:        "2026-03-11",
		Reporter:    lfpse.Reporter{ReporterOrganisation: "A81001", ReporterRole: "5"},
		Patients:    []lfpse.Patient{{AgeBracket: "10", GenderIdentity: lfpse.GenderFemale, GenderSameAsAtBirth: lfpse.SameAsAtBirthYes}},
	}
	resource, _ := codec.Encode(&event)
	report := validator.Check(resource)
	fmt.Println("may be sent:", !report.Issues.HasErrors())
	fmt.Println("answers will settle it:", !report.Faults().HasErrors())
	for _, q := range report.Questions {
		if q.Required {
			fmt.Println(q.Target)
		}
	}
	// Output:
	// may be sent: false
	// answers will settle it: true
	// location.locationKnown
	// patients[0].physicalHarm
	// patients[0].psychologicalHarm
}

// The rules say where they come from and how sure they are.
func ExampleValidator_Rules() {
	tax, err := taxonomy.Embedded("6")
	if err != nil {
		log.Fatal(err)
	}
	codec, err := lfpse.NewCodec(tax)
	if err != nil {
		log.Fatal(err)
	}
	validator, err := validate.New(codec)
	if err != nil {
		log.Fatal(err)
	}
	for _, r := range validator.Rules() {
		if r.ID == "LFPSE-AGE-GRID" {
			fmt.Println(r.Severity, r.Confidence, r.Title)
			fmt.Println(r.Source)
		}
	}
	// Output:
	// error H The age is encoded on the national grid.
	// NHS England's public analysis code; sample of the LFPSE team (18600 is 50 years)
}
