package taxonomy_test

import (
	"fmt"
	"log"

	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

func Example() {
	tax, err := taxonomy.Embedded("6")
	if err != nil {
		log.Fatal(err)
	}
	harm := tax.Group("patient-information").Field("PhysicalHarm")
	list := tax.CodeSystem(harm.CodeSystem)
	fmt.Println(tax.URL(list.ID))
	for _, c := range list.Concepts {
		fmt.Println(c.Code, c.Display)
	}
	// Output:
	// https://developer.learn-from-patient-safety-events.nhs.uk/taxonomy/fhir/StructureDefinition/level-of-physical-harm-6
	// 5 No physical harm
	// 4 Low physical harm
	// 3 Moderate physical harm
	// 2 Severe physical harm
	// 1 Fatal
}

// The codes of two event types are not public. What the service owner says about
// them is kept in a confirmation, next to who said so.
func ExampleTaxonomy_Confirm() {
	tax, err := taxonomy.Embedded("6")
	if err != nil {
		log.Fatal(err)
	}
	confirmation, err := taxonomy.ParseConfirmation([]byte(`{
	  "source": "LFPSE support, letter of 3 March",
	  "concepts": {"event-type": {"risk": "3", "outcome": "2"}}
	}`))
	if err != nil {
		log.Fatal(err)
	}
	confirmed, err := tax.Confirm(confirmation)
	if err != nil {
		log.Fatal(err)
	}
	risk := confirmed.CodeSystem("event-type").Named("risk")
	fmt.Println(risk.Code, risk.Provisional)
	// Output: 3 false
}
