package main

import (
	"slices"
	"strings"

	"github.com/gpsafety/lfpse-go/lfpse"
)

// row is a row of the log that the reports come from.
type row struct {
	Reference string     `json:"reference"`
	Day       lfpse.Date `json:"day"`
	Item      int        `json:"item"` // of the stock: the event and the version in which it is told
}

func (r row) name() string { return r.Reference + " " + string(r.Day) }

// The ends of references: a row that was renumbered, and one that was copied by mistake.
const (
	renumbered = "-new"
	copied     = "-copy"
)

// isCopy reports whether the row tells of an event that another row tells of. It stays as it
// is for ever.
func (r row) isCopy() bool { return strings.HasSuffix(r.Reference, copied) }

// rows is a log: the truth about what is to be reported. Whoever takes it in and is killed
// takes it in again, as whoever reads a real log does.
type rows []row

// tell returns the log with a row that is new, has changed, or stands in the place of another.
func (l rows) tell(r row, from string) rows {
	if from == "" {
		from = r.name()
	}
	l = slices.Clone(l)
	if i := slices.IndexFunc(l, func(known row) bool { return known.name() == from }); i >= 0 {
		l[i] = r
		return l
	}
	if l.has(r.name()) {
		return l // it was told before
	}
	return append(l, r)
}

// has reports whether there is a row with a name.
func (l rows) has(name string) bool {
	return slices.ContainsFunc(l, func(r row) bool { return r.name() == name })
}

// uses reports whether a reference is in the log.
func (l rows) uses(reference string) bool {
	return slices.ContainsFunc(l, func(r row) bool { return r.Reference == reference })
}
