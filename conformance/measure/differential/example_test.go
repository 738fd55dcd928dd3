package differential_test

import (
	"context"
	"fmt"
	"log"

	"github.com/gpsafety/lfpse-go/conformance/measure/differential"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

// It has no output to compare, since not every machine has Node.
func ExampleStart() {
	t, err := taxonomy.Embedded("6")
	if err != nil {
		log.Fatal(err)
	}
	v, err := differential.Start(context.Background(), t)
	if err != nil {
		log.Fatal(err) // ErrAbsent says what to install
	}
	defer v.Close()
	verdict, err := v.Judge([]byte(`{"resourceType":"AdverseEvent"}`))
	if err != nil {
		log.Fatal(err)
	}
	for _, i := range verdict.Issues {
		fmt.Println(i.Judge, i.Path, i.Text)
	}
}
