package stu3_test

import (
	"fmt"
	"log"

	"github.com/gpsafety/lfpse-go/fhir/stu3"
)

// A record of the older form is read into the AdverseEvent that everything else
// works with, and written back as it was.
func Example() {
	a, issues := stu3.Decode([]byte(`{"resourceType":"AdverseEvent","category":"AE","type":{"coding":[{"code":"4"}]},"date":"2024-03-11"}`))
	if issues.HasErrors() {
		log.Fatal(issues)
	}
	fmt.Println("event type:", *a.Event.Coding[0].Code)
	out, err := stu3.Append(nil, a)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(string(out))
	// Output:
	// event type: 4
	// {"resourceType":"AdverseEvent","category":"AE","type":{"coding":[{"code":"4"}]},"date":"2024-03-11"}
}
