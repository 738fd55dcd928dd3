package rule_test

import (
	"fmt"

	"github.com/gpsafety/lfpse-go/lfpse/rule"
)

// A program that shows a finding can say what stands behind its id.
func Example() {
	catalogue := rule.Combine(rule.Fixed())
	r, found := catalogue.Find("MAP-DUPLICATE")
	fmt.Println(found, r.Layer, r.Severity)
	fmt.Println(r.Title)
	fmt.Println("To do:", r.Fix)
	fmt.Println(catalogue.Nearest("MAP-DUPLICAT"))
	// Output:
	// true map error
	// Every row has a reference of its own.
	// To do: If it is the same event, keep one row, and answer how many patients were affected; if not, give it a reference of its own.
	// [MAP-DUPLICATE]
}
