package draft

import (
	"errors"
	"regexp"
	"strconv"
	"strings"

	"github.com/gpsafety/lfpse-go/lfpse"
)

var (
	errNoAge       = errors.New("this is not an age such as 34, 5 months or 10 days")
	errAge0        = errors.New("an age of 0 without a unit may be days, weeks or months")
	errAgeM        = errors.New("the m after the age may stand for months or for male")
	errNoBirthDate = errors.New("this is not a date, with the year in four digits, in any of the layouts in use")
	errNoDay       = errors.New("the day of the event is not known, so no age can be worked out from the date of birth")
)

var ageText = regexp.MustCompile(`^(\d{1,3})\s*(years?|yrs?|y|months?|mths?|m|weeks?|wks?|w|days?|d)?(?:\s+old)?$`)

// parseAge reads an age in words: 34, 34 years, 5 months, 3 weeks, 10 days. The
// error never quotes the text.
func parseAge(text string) (lfpse.Age, error) {
	m := ageText.FindStringSubmatch(strings.ToLower(strings.TrimSpace(text)))
	if m == nil {
		return lfpse.Age{}, errNoAge
	}
	n, _ := strconv.Atoi(m[1])
	switch unit := m[2]; {
	case unit == "" && n == 0:
		return lfpse.Age{}, errAge0
	case unit == "m":
		return lfpse.Age{}, errAgeM
	case strings.HasPrefix(unit, "m"):
		return fromMonths(n), nil
	case strings.HasPrefix(unit, "w"):
		return fromDays(n * 7), nil
	case strings.HasPrefix(unit, "d"):
		return fromDays(n), nil
	}
	return lfpse.Age{Value: n, Unit: lfpse.Years}, nil
}

func fromMonths(n int) lfpse.Age {
	if n >= 12 {
		return lfpse.Age{Value: n / 12, Unit: lfpse.Years}
	}
	return lfpse.Age{Value: n, Unit: lfpse.Months}
}

// fromDays counts 30.4 days a month, which is exact enough for a count of weeks
// and never used where the date of birth is known.
func fromDays(n int) lfpse.Age {
	if n <= 30 {
		return lfpse.Age{Value: n, Unit: lfpse.Days}
	}
	return fromMonths(n * 10 / 304)
}

// age converts an age in words.
func (p *Property) age(text string) (value, error) {
	a, err := parseAge(text)
	if err != nil {
		return value{}, err
	}
	return p.ageValue(a, "age in "+string(a.Unit)+", encoded 31/372")
}

// ageFrom converts the date of birth of somebody into the age on the day of the
// event; the date itself goes nowhere.
func (p *Property) ageFrom(birth, day lfpse.Date) (value, error) {
	if day == "" {
		return value{}, errNoDay
	}
	a, err := lfpse.AgeOn(birth, day)
	if err != nil {
		return value{}, err
	}
	return p.ageValue(a, "age on the day of the event, encoded 31/372")
}

// ageValue puts an age into the form that [lfpse.Place.Put] takes.
func (p *Property) ageValue(a lfpse.Age, rule string) (value, error) {
	n, err := lfpse.Age31x372.Encode(a)
	return value{p.place, p.Name, strconv.Itoa(n), rule}, err
}
