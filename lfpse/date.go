package lfpse

import (
	"fmt"
	"time"
)

// Date is a calendar date in the FHIR form YYYY-MM-DD. It has no time zone: the
// day is the day at the place of the event. Values read from the wire are kept
// as they are, so a Date may also be partial (YYYY, YYYY-MM) or carry a time.
type Date string

// NewDate returns the date of a day. It does not check that the day exists.
func NewDate(year int, month time.Month, day int) Date {
	return Date(fmt.Sprintf("%04d-%02d-%02d", year, int(month), day))
}

// DateOf returns the day on which t falls in its own location.
func DateOf(t time.Time) Date { return Date(t.Format(time.DateOnly)) }

// Civil returns the parts of a full date. The error says what is wrong without
// quoting the value.
func (d Date) Civil() (year int, month time.Month, day int, err error) {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return 0, 0, 0, fmt.Errorf("not a calendar date of the form YYYY-MM-DD")
	}
	year, month, day = t.Date()
	return year, month, day, nil
}

// Valid reports whether the date is a full, existing calendar date.
func (d Date) Valid() bool {
	_, _, _, err := d.Civil()
	return err == nil
}

// Time is a time of day in the FHIR form HH:MM:SS, at the place of the event.
type Time string

// NewTime returns the time of day of t in its own location, cut to the second.
func NewTime(t time.Time) Time { return Time(t.Format(time.TimeOnly)) }

// Valid reports whether the time has the form HH:MM:SS and exists.
func (t Time) Valid() bool {
	_, err := time.Parse(time.TimeOnly, string(t))
	return err == nil && len(t) == len(time.TimeOnly)
}
