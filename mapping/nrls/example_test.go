package nrls_test

import (
	"fmt"

	"github.com/gpsafety/lfpse-go/mapping"
)

func Example() {
	m, err := mapping.Builtin("nrls")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(m.Name, "fills", len(m.Fields), "properties of the event")
	// Output: nrls fills 9 properties of the event
}
