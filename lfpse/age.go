package lfpse

import (
	"errors"
	"fmt"
	"time"

	"github.com/gpsafety/lfpse-go/lfpse/code"
)

// AgeUnit is the unit an [Age] is counted in.
type AgeUnit string

// The units of an age.
const (
	Days   AgeUnit = "days"
	Months AgeUnit = "months"
	Years  AgeUnit = "years"
)

// Age is an age in completed units: days under one month, months under one year,
// else years.
type Age struct {
	Value int
	Unit  AgeUnit
}

// AgeOn returns the age at a day of somebody born on another. Somebody born on
// 29 February is a year older on 1 March of a common year. The error says which
// date is at fault and never quotes it.
func AgeOn(birth, day Date) (Age, error) {
	by, bm, bd, err := birth.Civil()
	if err != nil {
		return Age{}, fmt.Errorf("date of birth: %w", err)
	}
	y, m, d, err := day.Civil()
	if err != nil {
		return Age{}, fmt.Errorf("date of the event: %w", err)
	}
	months := (y-by)*12 + int(m) - int(bm)
	if d < bd {
		months--
	}
	from, to := time.Date(by, bm, bd, 0, 0, 0, 0, time.UTC), time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	switch {
	case to.Before(from):
		return Age{}, errors.New("date of birth is after the date of the event")
	case months >= 12:
		return Age{months / 12, Years}, nil
	case months >= 1:
		return Age{months, Months}, nil
	}
	return Age{int(to.Sub(from) / (24 * time.Hour)), Days}, nil
}

// AgeEncoding is the strategy that turns an age into AgeAtTimeOfIncidentDays.
// The taxonomy names the strategy; there is one.
type AgeEncoding string

// Age31x372 is the national encoding: under 1 month the days, 1..30; from 1 to
// 11 months the months x 31, 31..341; from 1 year the years x 372, up to 199
// years. It is not a number of days: 50 years is 18600. National analysis drops
// values off this grid and reads 0 as unknown, so a newborn under one day counts
// as 1.
//
// Source: NHS England's public analysis code; the service's own sample has 18600
// for 50 years.
const Age31x372 AgeEncoding = "31/372"

const (
	daysPerMonth = 31
	daysPerYear  = 372
	maxAgeYears  = 199
)

// Encode returns the encoded age.
func (enc AgeEncoding) Encode(a Age) (int, error) {
	if enc != Age31x372 {
		return 0, fmt.Errorf("age encoding is not known; %s is", Age31x372)
	}
	switch {
	case a.Unit == Days && a.Value == 0:
		return 1, nil
	case a.Unit == Days && a.Value >= 1 && a.Value <= 30:
		return a.Value, nil
	case a.Unit == Months && a.Value >= 1 && a.Value <= 11:
		return a.Value * daysPerMonth, nil
	case a.Unit == Years && a.Value >= 1 && a.Value <= maxAgeYears:
		return a.Value * daysPerYear, nil
	}
	return 0, fmt.Errorf("age is not 0 to 30 days, 1 to 11 months or 1 to %d years", maxAgeYears)
}

// Decode returns the age that an encoded value stands for. Values off the grid
// are an error: they cannot be told from a mistake.
func (enc AgeEncoding) Decode(v int) (Age, error) {
	switch {
	case enc != Age31x372:
		return Age{}, fmt.Errorf("age encoding is not known; %s is", Age31x372)
	case v >= 1 && v <= 30:
		return Age{v, Days}, nil
	case v >= daysPerMonth && v <= 11*daysPerMonth && v%daysPerMonth == 0:
		return Age{v / daysPerMonth, Months}, nil
	case v >= daysPerYear && v <= maxAgeYears*daysPerYear && v%daysPerYear == 0:
		return Age{v / daysPerYear, Years}, nil
	}
	return Age{}, errors.New("encoded age is off the national grid: 1 to 30, a multiple of 31 up to 341, or a multiple of 372 up to 74028")
}

// Bracket returns the code of the age bracket that the age falls into, for an
// age that is only roughly known. The list leaves a gap from 29 days to a month,
// which goes to 1-11 months, and overlaps at 85 years, which goes to 66-85.
func (a Age) Bracket() code.AgeBrackets {
	years := []struct {
		upTo int
		code code.AgeBrackets
	}{
		{4, code.AgeBrackets1To4Years},
		{9, code.AgeBrackets5To9Years},
		{15, code.AgeBrackets10To15Years},
		{17, code.AgeBrackets16And17Years},
		{25, code.AgeBrackets18To25Years},
		{45, code.AgeBrackets26To45Years},
		{65, code.AgeBrackets46To65Years},
		{85, code.AgeBrackets66To85Years},
	}
	switch {
	case a.Unit == Days && a.Value <= 14:
		return code.AgeBrackets0To14Days
	case a.Unit == Days && a.Value <= 28:
		return code.AgeBrackets15To28Days
	case a.Unit != Years:
		return code.AgeBrackets1To11Months
	}
	for _, b := range years {
		if a.Value <= b.upTo {
			return b.code
		}
	}
	return code.AgeBrackets85PlusYears
}
