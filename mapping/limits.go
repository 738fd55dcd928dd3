package mapping

import (
	"fmt"
	"maps"
	"slices"

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
	maxName     = 300    // bytes of a column's name or a word, which the trace of each row shows
	maxText     = 2_000  // bytes of a question, a reason or a default, which each row may show
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
	for _, name := range slices.Sorted(maps.Keys(c.m.Values)) {
		check("values."+name, len(c.m.Values[name].Entries), maxEntries)
	}
	return ok && c.shortTexts()
}

// shortTexts reports texts of a map that are too long to be shown with each row.
func (c *compiler) shortTexts() bool {
	ok := true
	check := func(place, text string, most int) {
		if len(text) > most {
			c.report("MAP-SIZE", "%s has %d bytes; at most %d are read", place, len(text), most)
			ok = false
		}
	}
	fields := func(place string, all []Field) {
		for i := range all {
			f, at := &all[i], fmt.Sprintf("%s[%d]", place, i)
			check(at+".ask", f.Ask, maxText)
			check(at+".default", f.Default, maxText)
			check(at+".join", f.Join, maxText)
			for _, name := range append([]string{f.Column, f.Values}, f.Columns...) {
				check(at+".column", name, maxName)
			}
		}
	}
	fields("fields", c.m.Fields)
	for i := range c.m.Patients {
		fields(fmt.Sprintf("patients[%d].fields", i), c.m.Patients[i].Fields)
	}
	for i := range c.m.Skip {
		check(fmt.Sprintf("skip[%d].when.expr", i), c.m.Skip[i].When.Expr, maxText)
		check(fmt.Sprintf("skip[%d].reason", i), c.m.Skip[i].Reason, maxText)
	}
	for _, name := range slices.Sorted(maps.Keys(c.m.Values)) {
		for _, e := range c.m.Values[name].Entries {
			check("values."+name, fmt.Sprint(e.Key), maxName)
		}
	}
	check("source.reference", c.m.Source.Reference, maxName)
	return ok
}
