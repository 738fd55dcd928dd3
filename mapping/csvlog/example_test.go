package csvlog_test

import (
	"errors"
	"fmt"
	"strings"

	"github.com/gpsafety/lfpse-go/mapping/csvlog"
)

func Example() {
	file := strings.NewReader(`Reference,What happened,Actual harm
SEA-1,"Wrong strength issued,
found by the pharmacy",None
SEA-2,5" dressing left out,Low
SEA-3,Result not acted on,Moderate
`)
	log, err := csvlog.NewReader(file)
	if err != nil {
		fmt.Println(err)
		return
	}
	reference, _ := log.Column("Reference")
	harm, _ := log.Column("Actual harm")
	for row, err := range log.Rows() {
		var broken *csvlog.RowError
		switch {
		case errors.As(err, &broken):
			fmt.Printf("line %d: %s\n", broken.Line, broken.Rule)
		case err != nil:
			fmt.Println(err)
			return
		default:
			fmt.Printf("line %d: %s, %s\n", row.Line, row.Cell(reference), row.Cell(harm))
		}
	}
	fmt.Printf("%+v\n", log.Stats())
	// Output:
	// line 2: SEA-1, None
	// line 4: CSV-BARE-QUOTE
	// line 5: SEA-3, Moderate
	// {Lines:5 Rows:2 Broken:1 Blank:0 Windows1252:0}
}
