package odoo_test

import (
	"fmt"

	"github.com/gpsafety/lfpse-go/mapping"
)

func Example() {
	m, err := mapping.Builtin("odoo")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(m.Name, "fills", len(m.Fields), "properties of the event")
	// Output: odoo fills 7 properties of the event
}
