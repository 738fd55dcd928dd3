// Package cases is a conformance suite for LFPSE records: documents, and what is
// to be found in each. The files below data are the suite, one folder a case, and
// are meant for any system that reads or checks such records; README.md in this
// folder describes their form. The package has
// them embedded; package judge compares findings with what they expect.
//
// The files are made from base events and named changes by internal/gen, together
// with expectations that were written down there by hand: no expectation comes
// from running this library.
package cases

import (
	"embed"
	"io/fs"

	"github.com/gpsafety/lfpse-go/conformance/cases/judge"
)

//go:generate go run ./internal/gen

//go:embed data
var data embed.FS

// All returns every case, in the order of their names. An error means that a file
// of the suite is damaged.
func All() ([]judge.Case, error) {
	suite, err := fs.Sub(data, "data")
	if err != nil {
		return nil, err
	}
	return judge.Load(suite)
}
