package lfpse

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
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
	// RawAge marks a number from a record that stands for no age in the taxonomy's
	// encoding. It is kept so that the record can be encoded again unchanged; the
	// validator reports it.
	RawAge AgeUnit = "raw"
)

// Age is an age in completed units: days under one month, months under one year, else
// years. The zero Age means that no age is stated; a newborn under one day is 0 days.
// FHIR carries an encoded number instead, see [AgeEncoding]; callers need not read or
// write it.
//
// As text, and so in JSON, an age is 62 years, 5 months or 10 days. A number that
// stands for no age follows [RawCode], as in code:18262.
type Age struct {
	Value int
	Unit  AgeUnit
}

// String returns the age as text, empty for the zero Age.
func (a Age) String() string {
	switch {
	case a == Age{}:
		return ""
	case a.Unit == RawAge:
		return RawCode + strconv.Itoa(a.Value)
	case a.Value == 1:
		return "1 " + strings.TrimSuffix(string(a.Unit), "s")
	}
	return strconv.Itoa(a.Value) + " " + string(a.Unit)
}

// agePattern is the form of an age as text, as a JSON Schema writes it too.
const agePattern = `^(([0-9]|[12][0-9]|30) days?|([1-9]|1[01]) months?|([1-9][0-9]?|1[0-9][0-9]) years?|` + RawCode + `-?[0-9]{1,10})$`

var ageForm = regexp.MustCompile(agePattern)

// MarshalText returns the same text as String. It fails for an age that cannot be sent.
func (a Age) MarshalText() ([]byte, error) {
	if err := a.check(); err != nil {
		return nil, err
	}
	return []byte(a.String()), nil
}

// UnmarshalText reads what MarshalText writes, and nothing else; [ParseAge] reads
// what people write.
func (a *Age) UnmarshalText(text []byte) error { return a.read(string(text)) }

func (a *Age) read(text string) error {
	if raw, ok := strings.CutPrefix(text, RawCode); ok {
		n, err := strconv.ParseInt(raw, 10, 32)
		if err != nil || !ageForm.MatchString(text) {
			return errAgeForm
		}
		*a = Age{int(n), RawAge}
		return nil
	}
	value, unit, _ := strings.Cut(text, " ")
	n, err := strconv.Atoi(value)
	age := Age{Value: n}
	switch strings.TrimSuffix(unit, "s") {
	case "day":
		age.Unit = Days
	case "month":
		age.Unit = Months
	case "year":
		age.Unit = Years
	}
	if err != nil || strconv.Itoa(n) != value || age.check() != nil {
		return errAgeForm
	}
	*a = age
	return nil
}

var errAgeForm = fmt.Errorf("age is not of the form 10 days, 5 months or 62 years; it is 0 to 30 days, 1 to 11 months or 1 to %d years", maxAgeYears)

// check returns an error unless the age is one that can be sent.
func (a Age) check() error {
	switch {
	case a.Unit == RawAge && a.Value >= math.MinInt32 && a.Value <= math.MaxInt32:
	case a.Unit == Days && a.Value >= 0 && a.Value <= 30:
	case a.Unit == Months && a.Value >= 1 && a.Value <= 11:
	case a.Unit == Years && a.Value >= 1 && a.Value <= maxAgeYears:
	default:
		return errAgeRange
	}
	return nil
}

var errAgeRange = fmt.Errorf("age is not 0 to 30 days, 1 to 11 months or 1 to %d years", maxAgeYears)

// agePart is one number of an age with its unit: 6 months, 3/52, 62.
var agePart = regexp.MustCompile(`^(\d{1,3})(?:\.0{1,3})?(?: ?([a-z]+)\.?|/(12|52|7)\b)?(?:,? and |, ?| )?`)

// ageUnits are the units as people write them. The notes of clinicians also write n/12
// for months, n/52 for weeks and n/7 for days.
var ageUnits = map[string]AgeUnit{
	"year": Years, "years": Years, "yr": Years, "yrs": Years, "y": Years, "yo": Years, "yoa": Years,
	"month": Months, "months": Months, "mth": Months, "mths": Months, "mo": Months, "mos": Months, "m": Months, "12": Months,
	"week": weeks, "weeks": weeks, "wk": weeks, "wks": weeks, "w": weeks, "52": weeks,
	"day": Days, "days": Days, "d": Days, "7": Days,
	"hour": hours, "hours": hours, "hr": hours, "hrs": hours,
}

// Units in which people state an age, but in which none is held.
const (
	weeks AgeUnit = "weeks"
	hours AgeUnit = "hours"
)

// yearsOld are the short forms of years old, hyphens those of 67-year-old.
var (
	yearsOld = strings.NewReplacer("y/o", "yo", "y.o.", "yo", "y.o", "yo")
	hyphens  = regexp.MustCompile(`([0-9a-z])-([a-z])`)
	ageLabel = regexp.MustCompile(`^aged?( ?[:=] ?| )`)
)

// OldestAge is the greatest age in years that people reach.
const OldestAge = 120

var errTooOld = fmt.Errorf("nobody reaches this age: it is more than %d years", OldestAge)

var errNoAge = errors.New("this is not an exact age such as 62, 62 years, 5 months or 10 days")

// ParseAge reads an age as people write it: 34, 34 years, 67.0, 67yo, 5 months, 3 weeks,
// 10 days, 2y 3m, or in the notation of clinicians 6/12 (months), 3/52 (weeks) and 5/7
// (days). A number alone is years, see [IsBareAge]. What is no exact age, such as 90+ or
// newborn, and what nobody reaches is an error. The error says what is wrong without quoting the text.
func ParseAge(text string) (Age, error) {
	parts, err := ageParts(text)
	if err != nil {
		return Age{}, err
	}
	age, err := ageOf(parts)
	if err == nil {
		err = age.check()
	}
	if err == nil && age.Unit == Years && age.Value > OldestAge {
		err = errTooOld
	}
	if err != nil {
		return Age{}, err
	}
	return age, nil
}

// IsBareAge reports whether a text is an age that states no unit.
func IsBareAge(text string) bool {
	parts, err := ageParts(text)
	return err == nil && len(parts) == 1 && parts[0].unit == ""
}

// part is a number of an age; the unit is empty if none is stated.
type part struct {
	n    int
	unit AgeUnit
	male bool // the unit is m, which alone may stand for male
}

// ageParts reads the numbers of an age.
func ageParts(text string) (parts []part, err error) {
	rest := Fold(text)
	if strings.ContainsAny(rest, "/.-") {
		rest = hyphens.ReplaceAllString(yearsOld.Replace(rest), "$1 $2")
	}
	rest = strings.TrimSuffix(rest[len(ageLabel.FindString(rest)):], ".")
	for _, end := range []string{" of age", " old", "old"} {
		rest = strings.TrimSpace(strings.TrimSuffix(rest, end))
	}
	for rest != "" {
		m := agePart.FindStringSubmatch(rest)
		if m == nil || len(parts) == 3 {
			return nil, errNoAge
		}
		n, _ := strconv.Atoi(m[1]) // at most three digits
		unit, known := ageUnits[m[2]+m[3]]
		if !known && m[2]+m[3] != "" {
			return nil, errNoAge
		}
		parts, rest = append(parts, part{n, unit, m[2] == "m"}), rest[len(m[0]):]
	}
	if len(parts) == 0 {
		return nil, errNoAge
	}
	if len(parts) > 1 && parts[0].unit == "" && parts[1].unit == Months {
		parts[0].unit = Years // 2 3/12
	}
	return parts, nil
}

// ageOf combines the numbers of an age, of which each is in a smaller unit than the one
// before, into completed units.
func ageOf(parts []part) (Age, error) {
	rank := map[AgeUnit]int{Years: 4, Months: 3, weeks: 2, Days: 1, hours: 0}
	if len(parts) == 1 {
		return ageOfOne(parts[0])
	}
	months, days := 0, 0
	for i, p := range parts {
		if p.unit == "" || i > 0 && rank[p.unit] >= rank[parts[i-1].unit] {
			return Age{}, errNoAge
		}
		switch p.unit {
		case Years:
			months += 12 * p.n
		case Months:
			months += p.n
		case weeks:
			days += 7 * p.n
		case Days:
			days += p.n
		}
	}
	if months == 0 {
		return ageOfDays(days), nil
	}
	if days > 27 {
		return Age{}, errNoAge
	}
	return ageOfMonths(months), nil
}

func ageOfOne(p part) (Age, error) {
	switch {
	case p.unit == "" && p.n == 0:
		return Age{}, errors.New("an age of 0 without a unit may be days, weeks or months")
	case p.male:
		return Age{}, errors.New("the m after the age may stand for months or for male")
	case p.unit == Months:
		return ageOfMonths(p.n), nil
	case p.unit == weeks:
		return ageOfDays(p.n * 7), nil
	case p.unit == Days:
		return ageOfDays(p.n), nil
	case p.unit == hours:
		return ageOfDays(p.n / 24), nil
	}
	return Age{p.n, Years}, nil
}

func ageOfMonths(n int) Age {
	if n >= 12 {
		return Age{n / 12, Years}
	}
	return Age{n, Months}
}

// ageOfDays counts 30.4 days to a month. That is exact enough for an age in weeks, and it
// is not used where the date of birth is known.
func ageOfDays(n int) Age {
	if n <= 30 {
		return Age{n, Days}
	}
	return ageOfMonths(n * 10 / 304)
}

// AgeOn returns the age on a day of a person born on the day birth. In a common year, a
// person born on 29 February is a year older on 1 March. The error says which date is at
// fault and never quotes it.
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
	case months >= 12*(OldestAge+1):
		return Age{}, fmt.Errorf("date of birth is more than %d years before the date of the event", OldestAge)
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

// Encode returns the encoded age. Every encoding returns the number of a [RawAge] as it
// is.
func (enc AgeEncoding) Encode(a Age) (int, error) {
	if err := a.check(); err != nil {
		return 0, err
	}
	switch {
	case a.Unit == RawAge:
		return a.Value, nil
	case enc != Age31x372:
		return 0, errAgeEncoding
	case a.Unit == Months:
		return a.Value * daysPerMonth, nil
	case a.Unit == Years:
		return a.Value * daysPerYear, nil
	}
	return max(a.Value, 1), nil
}

var errAgeEncoding = fmt.Errorf("the taxonomy does not name the age encoding that this library knows, %s", Age31x372)

// Decode returns the age that an encoded value stands for. Values off the grid
// are an error: they cannot be told from a mistake.
func (enc AgeEncoding) Decode(v int) (Age, error) {
	switch {
	case enc != Age31x372:
		return Age{}, errAgeEncoding
	case v >= 1 && v <= 30:
		return Age{v, Days}, nil
	case v >= daysPerMonth && v <= 11*daysPerMonth && v%daysPerMonth == 0:
		return Age{v / daysPerMonth, Months}, nil
	case v >= daysPerYear && v <= maxAgeYears*daysPerYear && v%daysPerYear == 0:
		return Age{v / daysPerYear, Years}, nil
	}
	return Age{}, errors.New("encoded age is off the national grid: 1 to 30, a multiple of 31 up to 341, or a multiple of 372 up to 74028")
}

// Bracket returns the code of the age bracket that the age falls into, for an age that is
// only roughly known. The list has a gap from 29 days to one month, which counts as 1-11
// months, and an overlap at 85 years, which counts as 66-85.
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
