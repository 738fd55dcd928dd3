package mapping

import (
	"errors"
	"strings"
	"time"

	"github.com/gpsafety/lfpse-go/lfpse"
)

// calendar is how days, months and times of day are written.
type calendar struct{ days, months, times layouts }

// layouts are tried in order.
type layouts []layout

type layout struct {
	form string // in the notation of package time
	rule string // how the trace names it
}

// monthLayout is how an event gives its month.
const monthLayout = "2006-01"

func newCalendar(s *Source) calendar {
	return calendar{
		days:   newLayouts("date ", s.Dates, time.DateOnly, "02/01/2006"),
		months: newLayouts("month ", s.Months),
		times:  newLayouts("time ", s.Times, "15:04", time.TimeOnly),
	}
}

// newLayouts returns the given forms, or the others where none is given.
func newLayouts(what string, given []string, otherwise ...string) layouts {
	if len(given) == 0 {
		given = otherwise
	}
	var out layouts
	for _, form := range given {
		out = append(out, layout{form, what + form})
	}
	return out
}

// forAnswers returns the calendar of answers: the national forms, then those of the
// log, in which spreadsheets like to write a date anew.
func (c calendar) forAnswers() calendar {
	const rule = "as answered"
	return calendar{
		days:   append(layouts{{time.DateOnly, rule}}, c.days...),
		months: append(layouts{{monthLayout, rule}}, c.months...),
		times:  append(layouts{{time.TimeOnly, rule}}, c.times...),
	}
}

// parse returns the layout that fits, nil if none does.
func (l layouts) parse(text string) (time.Time, *layout) {
	for i := range l {
		if t, ok := l[i].parse(text); ok {
			return t, &l[i]
		}
	}
	return time.Time{}, nil
}

// parse is time.Parse, which makes an error of every text that does not fit. A slash
// is part of no date element, so counting them rules out most without that.
func (l *layout) parse(text string) (time.Time, bool) {
	if strings.Count(l.form, "/") != strings.Count(text, "/") {
		return time.Time{}, false
	}
	t, err := time.Parse(l.form, text)
	return t, err == nil
}

var (
	errFuture      = errors.New("the date is in the future")
	errNoDate      = errors.New("this is not a date in any of the layouts of the map, or a day that does not exist")
	errNoTime      = errors.New("this is not a time in any of the layouts of the map")
	errNoBirthDate = errors.New("this is not a date, with the year in four digits, in any of the layouts of the map")
	errNoDay       = errors.New("the day of the event is not known, so no age can be worked out from the date of birth")
)

// date puts the day of the event into it, or the month where only that is known.
func (w *work) date(c *calendar, t *target, text, from string) error {
	if day, layout := c.days.parse(text); layout != nil {
		d := lfpse.DateOf(day)
		if d > w.day {
			return errFuture
		}
		w.put(t, string(d), from, layout.rule)
		return nil
	}
	day, layout := c.months.parse(text)
	if layout == nil {
		return errNoDate
	}
	month := day.Format(monthLayout)
	if lfpse.Date(month) > w.day {
		return errFuture
	}
	w.d.Event.EstimatedDate.ApproximateDate = month
	w.step(monthTarget, from, layout.rule)
	return nil
}

func (w *work) time(c *calendar, t *target, text, from string) error {
	at, layout := c.times.parse(text)
	if layout == nil {
		return errNoTime
	}
	w.put(t, string(lfpse.NewTime(at)), from, layout.rule)
	return nil
}

// age puts an age given in words into the event.
func (w *work) age(t *target, text, from string) error {
	age, err := lfpse.ParseAge(text)
	if err != nil {
		return err
	}
	w.put(t, age.String(), from, "age in "+string(age.Unit))
	return nil
}

// birthDate consumes a date of birth for the age at the day of the event; the
// date itself goes nowhere. Layouts without the century are passed over: a person
// born in 20 may be 5 or 105.
func (w *work) birthDate(t *target, text, from string) error {
	days := w.m.forms.days
	for i := range days {
		if birth, ok := days[i].parse(text); ok && strings.Contains(days[i].form, "2006") {
			return w.ageFrom(t, lfpse.DateOf(birth), from)
		}
	}
	return errNoBirthDate
}

// ageFrom puts the age on the day of the event of somebody born on a day.
func (w *work) ageFrom(t *target, birth lfpse.Date, from string) error {
	if w.d.Event.Date == "" {
		return errNoDay
	}
	age, err := lfpse.AgeOn(birth, w.d.Event.Date)
	if err != nil {
		return err
	}
	w.put(t, age.String(), from, "age on the day of the event")
	return nil
}
