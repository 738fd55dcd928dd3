package lfpse

import (
	"errors"
	"fmt"
	"time"
)

// Date is a calendar date in the FHIR form YYYY-MM-DD. It has no time zone: it is the
// local day where the event happened. Values read from the wire are kept as they are, so
// a Date may also be partial (YYYY, YYYY-MM) or carry a time.
type Date string

// NewDate returns the date of a day. It does not check that the day exists.
func NewDate(year int, month time.Month, day int) Date {
	return Date(fmt.Sprintf("%04d-%02d-%02d", year, int(month), day))
}

// DateOf returns the day on which t falls in its own location.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	if y < 0 || y > 9999 {
		return Date(t.Format(time.DateOnly))
	}
	return Date([]byte{digit(y / 1000), digit(y / 100), digit(y / 10), digit(y), '-', digit(int(m) / 10), digit(int(m)), '-', digit(d / 10), digit(d)})
}

// digit is the last digit of a number.
func digit(n int) byte { return '0' + byte(n%10) }

// Civil returns the parts of a full date. The error says what is wrong without
// quoting the value.
func (d Date) Civil() (year int, month time.Month, day int, err error) {
	y, m, n := digits(d, 0, 4), digits(d, 5, 7), digits(d, 8, 10)
	if len(d) != len(time.DateOnly) || y < 0 || m < 1 || n < 1 || d[4] != '-' || d[7] != '-' {
		return 0, 0, 0, errNoDate
	}
	// A day that does not exist becomes one of another month.
	year, month, day = time.Date(y, time.Month(m), n, 0, 0, 0, 0, time.UTC).Date()
	if year != y || int(month) != m || day != n {
		return 0, 0, 0, errNoDate
	}
	return year, month, day, nil
}

var errNoDate = errors.New("not a calendar date of the form YYYY-MM-DD")

// digits returns the number that part of a date spells, -1 if it is not a number.
func digits(d Date, from, to int) int {
	if len(d) < to {
		return -1
	}
	n := 0
	for i := from; i < to; i++ {
		if d[i] < '0' || d[i] > '9' {
			return -1
		}
		n = n*10 + int(d[i]-'0')
	}
	return n
}

// Valid reports whether the date is a full, existing calendar date.
func (d Date) Valid() bool {
	_, _, _, err := d.Civil()
	return err == nil
}

// Time is a local time of day in the FHIR form HH:MM:SS, where the event happened.
type Time string

// NewTime returns the time of day of t in its own location, cut to the second.
func NewTime(t time.Time) Time {
	h, m, s := t.Clock()
	return Time([]byte{digit(h / 10), digit(h), ':', digit(m / 10), digit(m), ':', digit(s / 10), digit(s)})
}

// Valid reports whether the time has the form HH:MM:SS and exists.
func (t Time) Valid() bool {
	_, err := time.Parse(time.TimeOnly, string(t))
	return err == nil && len(t) == len(time.TimeOnly)
}
