package lfpse

import (
	"sync"
	"time"
	_ "time/tzdata" // so that London is known on systems without time zone data, such as Windows and bare containers
)

// london is the time zone of all that LFPSE records.
var london = sync.OnceValue(func() *time.Location {
	l, err := time.LoadLocation("Europe/London")
	if err != nil {
		panic("lfpse: the time zone data that are part of this program cannot be read") // they are embedded
	}
	return l
})

// London returns the time zone of all that LFPSE records, whatever zone the computer is
// set to.
func London() *time.Location { return london() }

// Today returns the current day in England. The zone of the computer does not matter: a
// server in UTC would be a day behind for an hour after each midnight in summer.
func Today() Date { return DayInEngland(time.Now()) }

// DayInEngland returns the day in England on which t falls. A program with a clock of its
// own gives it to WithToday of packages draft, submission, check and validate.
func DayInEngland(t time.Time) Date { return DateOf(t.In(london())) }
