package mapping

import (
	"fmt"

	"github.com/gpsafety/lfpse-go/mapping/csvlog"
)

// The limits of a map. Real maps stay far below them; they keep the work for a map that
// is a mistake, or hostile, in proportion to its size.
const (
	maxLayouts  = 50     // dates, months and times: each is compared with all others
	maxFields   = 2_000  // of the event, and of each patient
	maxPatients = 100    // LFPSE takes ten at most
	maxSkips    = 1_000  // kinds of rows that are not for LFPSE
	maxEntries  = 10_000 // words of a list: contains and pattern try each of them
)

// withinLimits reports the lists of a map that are too long.
func (c *compiler) withinLimits() bool {
	ok := true
	check := func(place string, n, most int) {
		if n > most {
			c.report("MAP-SIZE", "%s has %d items; at most %d are read", place, n, most)
			ok = false
		}
	}
	s := &c.m.Source
	check("source.dates", len(s.Dates), maxLayouts)
	check("source.months", len(s.Months), maxLayouts)
	check("source.times", len(s.Times), maxLayouts)
	check("source.columns", len(s.Columns), csvlog.MaxColumns)
	check("source.deny", len(s.Deny), csvlog.MaxColumns)
	check("skip", len(c.m.Skip), maxSkips)
	check("fields", len(c.m.Fields), maxFields)
	check("patients", len(c.m.Patients), maxPatients)
	for i := range c.m.Patients[:min(len(c.m.Patients), maxPatients)] {
		check(fmt.Sprintf("patients[%d].fields", i), len(c.m.Patients[i].Fields), maxFields)
	}
	for name, v := range c.m.Values {
		check("values."+name, len(v.Entries), maxEntries)
	}
	return ok
}
