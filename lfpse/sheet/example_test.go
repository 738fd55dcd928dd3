package sheet_test

import (
	"os"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/sheet"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

func Example() {
	t, err := taxonomy.Embedded("6")
	if err != nil {
		panic(err)
	}
	c, err := lfpse.NewCodec(t)
	if err != nil {
		panic(err)
	}
	e := lfpse.Event{Type: lfpse.TypeGoodCare, Description: "The fridge alarm was answered at night.", Date: "2026-02-03"}
	if err := sheet.New(c, &e).Text(os.Stdout); err != nil {
		panic(err)
	}
	// Output:
	// Good care on 3 February 2026
	// ============================
	//
	// What happened
	//   Description: The fridge alarm was answered at night.
	//
	// LFPSE
	//   Not recorded nationally, as far as this page knows.
	//
	// This page holds the description as it was written. Keep it in the practice, and
	// read it for names before you show it to anybody.
}
