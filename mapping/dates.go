package mapping

import (
	"errors"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/gpsafety/lfpse-go/lfpse"
)

// defaultDates are the layouts tried where the map gives none.
var (
	defaultDates = []string{time.DateOnly, "02/01/2006"}
	defaultTimes = []string{"15:04", time.TimeOnly}
)

// parseLayouts tries the layouts in order. ok is false if none fits.
func parseLayouts(layouts, otherwise []string, text string) (t time.Time, layout string, ok bool) {
	if len(layouts) == 0 {
		layouts = otherwise
	}
	for _, layout := range layouts {
		if t, err := time.Parse(layout, text); err == nil {
			return t, layout, true
		}
	}
	return time.Time{}, "", false
}

var (
	errFuture      = errors.New("the date is in the future")
	errNoDate      = errors.New("this is not a date in any of the layouts of the map, or a day that does not exist")
	errNoTime      = errors.New("this is not a time in any of the layouts of the map")
	errNoAge       = errors.New("this is not an age such as 34, 5 months or 10 days")
	errAge0        = errors.New("an age of 0 without a unit may be days, weeks or months")
	errNoBirthDate = errors.New("this is not a date, with the year in four digits, in any of the layouts of the map")
	errNoDay       = errors.New("the day of the event is not known, so no age can be worked out from the date of birth")
)

// date puts the day of the event into it, or the month where only that is known.
func (w *work) date(f *field, target string, place *lfpse.Place, text, from string) {
	source := &w.m.m.Source
	if t, layout, ok := parseLayouts(source.Dates, defaultDates, text); ok {
		d := lfpse.DateOf(t)
		if d > w.m.today() {
			w.refuse(f, target, place, from, errFuture)
			return
		}
		w.put(place, string(d), from, "date "+layout)
		return
	}
	t, layout, ok := parseLayouts(source.Months, nil, text)
	switch {
	case !ok:
		w.refuse(f, target, place, from, errNoDate)
	case w.futureMonth(t):
		w.refuse(f, target, place, from, errFuture)
	default:
		w.putMonth(t, from, "month "+layout)
	}
}

const monthLayout = "2006-01"

func (w *work) futureMonth(t time.Time) bool { return lfpse.Date(t.Format(monthLayout)) > w.m.today() }

// putMonth puts the month of an event into it whose day is not known.
func (w *work) putMonth(t time.Time, from, rule string) {
	w.d.Event.EstimatedDate.ApproximateDate = t.Format(monthLayout)
	w.step(monthTarget, from, rule)
}

// month takes the answer to the question for the date where only the month is
// known, YYYY-MM. It is false for anything else.
func (w *work) month(answer string) bool {
	t, err := time.Parse(monthLayout, strings.TrimSpace(answer))
	if err != nil || w.futureMonth(t) {
		return false
	}
	w.putMonth(t, "answer", "as answered")
	w.answered["date"] = true
	return true
}

func (w *work) time(place *lfpse.Place, text, from string) error {
	t, layout, ok := parseLayouts(w.m.m.Source.Times, defaultTimes, text)
	if !ok {
		return errNoTime
	}
	w.put(place, string(lfpse.NewTime(t)), from, "time "+layout)
	return nil
}

// age puts an age given in words into the event.
func (w *work) age(place *lfpse.Place, text, from string) error {
	age, err := parseAge(text)
	if err != nil {
		return err
	}
	return w.putAge(place, age, from, "age in "+string(age.Unit)+", encoded 31/372")
}

var ageText = regexp.MustCompile(`^(\d{1,3})\s*(years?|yrs?|y|months?|mths?|m|weeks?|wks?|w|days?|d)?(?:\s+old)?$`)

// parseAge reads an age in words: 34, 34 years, 5 months, 3 weeks, 10 days.
func parseAge(text string) (lfpse.Age, error) {
	m := ageText.FindStringSubmatch(strings.ToLower(strings.TrimSpace(text)))
	if m == nil {
		return lfpse.Age{}, errNoAge
	}
	n, _ := strconv.Atoi(m[1])
	switch {
	case m[2] == "" && n == 0:
		return lfpse.Age{}, errAge0
	case strings.HasPrefix(m[2], "m"):
		return fromMonths(n), nil
	case strings.HasPrefix(m[2], "w"):
		return fromDays(n * 7), nil
	case strings.HasPrefix(m[2], "d"):
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

// birthDate consumes a date of birth for the age at the day of the event; the
// date itself goes nowhere. Layouts without the century are passed over: a person
// born in 20 may be 5 or 105.
func (w *work) birthDate(place *lfpse.Place, text, from string) error {
	layouts := w.m.m.Source.Dates
	if len(layouts) == 0 {
		layouts = defaultDates
	}
	for _, layout := range layouts {
		if t, err := time.Parse(layout, text); err == nil && strings.Contains(layout, "2006") {
			return w.ageFrom(place, lfpse.DateOf(t), from)
		}
	}
	return errNoBirthDate
}

// ageFrom puts the age on the day of the event of somebody born on a day.
func (w *work) ageFrom(place *lfpse.Place, birth lfpse.Date, from string) error {
	if w.d.Event.Date == "" {
		return errNoDay
	}
	age, err := lfpse.AgeOn(birth, w.d.Event.Date)
	if err != nil {
		return err
	}
	return w.putAge(place, age, from, "age on the day of the event, encoded 31/372")
}

func (w *work) putAge(place *lfpse.Place, age lfpse.Age, from, rule string) error {
	n, err := lfpse.Age31x372.Encode(age)
	if err != nil {
		return err
	}
	w.put(place, strconv.Itoa(n), from, rule)
	return nil
}
