package draft

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/gpsafety/lfpse-go/lfpse"
)

// Layouts say how days, months and times of day are written, in the notation of package
// time: 02/01/2006 is day, month, year. Each list is tried in order. Months are the
// layouts of dates of which only the month is known. The default for days is 2006-01-02
// and 02/01/2006, for times 15:04 and 15:04:05; there is none for months.
type Layouts struct {
	Days, Months, Times []string
}

// defaultLayouts stand in for each list that is empty.
var defaultLayouts = Layouts{
	Days:  []string{time.DateOnly, "02/01/2006"},
	Times: []string{"15:04", time.TimeOnly},
}

// monthLayout is the form in which an event states its month.
const monthLayout = "2006-01"

// calendar reads days, months and times of day. It does not change.
type calendar struct{ days, months, times []layout }

type layout struct {
	form string // in the notation of package time
	rule string // how the trace names it
}

func newCalendar(l Layouts) *calendar {
	return &calendar{
		days:   newLayouts("date ", l.Days, defaultLayouts.Days),
		months: newLayouts("month ", l.Months, nil),
		times:  newLayouts("time ", l.Times, defaultLayouts.Times),
	}
}

func newLayouts(what string, given, otherwise []string) []layout {
	if len(given) == 0 {
		given = otherwise
	}
	var out []layout
	for _, form := range given {
		out = append(out, layout{form, what + form})
	}
	return out
}

// forAnswers returns the calendar of answers: the national forms, then those of the
// source, because a spreadsheet in which answers are edited may rewrite dates.
func (c *calendar) forAnswers() *calendar {
	return &calendar{
		days:   slices.Concat([]layout{{time.DateOnly, asAnswered}}, c.days),
		months: slices.Concat([]layout{{monthLayout, asAnswered}}, c.months),
		times:  slices.Concat([]layout{{time.TimeOnly, asAnswered}}, c.times),
	}
}

// day reads a day. rule names the layout that fits.
func (c *calendar) day(text string) (d lfpse.Date, rule string, ok bool) {
	t, l := parse(c.days, text)
	if l == nil {
		return "", "", false
	}
	return lfpse.DateOf(t), l.rule, true
}

// month reads a month, in the form YYYY-MM. rule names the layout that fits.
func (c *calendar) month(text string) (m, rule string, ok bool) {
	t, l := parse(c.months, text)
	if l == nil {
		return "", "", false
	}
	return t.Format(monthLayout), l.rule, true
}

// plainTimes are forms that mean the same time of day whoever writes them, whatever the
// layouts of the source. Midnight and 12 am are not among them: people disagree about the
// day that they belong to.
var plainTimes = newLayouts("time ", nil, []string{
	"15:04", time.TimeOnly, "15.04", "15.04.05", "1504", "3:04pm", "3:04:05pm", "3.04pm", "3pm",
})

// plainTime writes a time of day in one of the forms of plainTimes: without blanks and
// full stops in a.m. and p.m., nor the word hours.
func plainTime(text string) string {
	text = strings.NewReplacer("a.m.", "am", "p.m.", "pm", "a.m", "am", "p.m", "pm").Replace(lfpse.Fold(text))
	text = strings.ReplaceAll(text, " ", "")
	for _, end := range []string{"hours", "hrs", "h"} {
		text = strings.TrimSuffix(text, end)
	}
	switch {
	case text == "noon" || text == "midday" || text == "12noon":
		return "12:00"
	case text == "12am" || strings.HasPrefix(text, "24"):
		return ""
	case len(text) > 1 && (text[1] == ':' || text[1] == '.'):
		return "0" + text
	}
	return text
}

// time reads a time of day. rule names the layout that fits.
func (c *calendar) time(text string) (at lfpse.Time, rule string, ok bool) {
	t, l := parse(c.times, text)
	if l == nil {
		t, l = parse(plainTimes, plainTime(text))
	}
	if l == nil {
		return "", "", false
	}
	return lfpse.NewTime(t), l.rule, true
}

// birthDate reads a day in the layouts with a four-digit year: a person born in 20 may be
// 5 or 105.
func (c *calendar) birthDate(text string) (birth lfpse.Date, ok bool) {
	for i := range c.days {
		if !c.days[i].fullYear() {
			continue
		}
		if t, ok := c.days[i].parse(text); ok {
			return lfpse.DateOf(t), true
		}
	}
	return "", false
}

// parse returns the layout that fits, nil if none does.
func parse(layouts []layout, text string) (time.Time, *layout) {
	for i := range layouts {
		if t, ok := layouts[i].parse(text); ok {
			return t, &layouts[i]
		}
	}
	return time.Time{}, nil
}

// parse calls time.Parse, which is slow for a text that does not fit because it makes an
// error. Counting slashes, which are part of no date element, rules out most such texts
// first.
func (l *layout) parse(text string) (time.Time, bool) {
	if strings.Count(l.form, "/") != strings.Count(text, "/") {
		return time.Time{}, false
	}
	t, err := time.Parse(l.form, text)
	return t, err == nil
}

// noDate says what is wrong with a text that is neither a day nor a month, and how a day is
// written. It never quotes the text.
func (c *calendar) noDate(text string) error {
	hint := ""
	if m := threeNumbers.FindStringSubmatch(text); m != nil {
		if _, _, ok := c.day(m[2] + m[1] + m[3]); ok {
			hint = "; if the month stands before the day here, other dates may have been misread"
		}
	}
	return fmt.Errorf("this is not a date such as %s, or a day that does not exist%s", examples(c.days), hint)
}

// threeNumbers is a date in figures whose month, in the place of the day, may stand first.
var threeNumbers = regexp.MustCompile(`^(\d{1,2}[./-])(\d{1,2}[./-])(\d{2,4})$`)

func (c *calendar) noTime() error {
	return fmt.Errorf("this is not a time such as %s", examples(c.times))
}

func (c *calendar) noBirthDate() error {
	return fmt.Errorf("this is not a date, with the year in four digits, such as %s", examples(slices.DeleteFunc(slices.Clone(c.days), func(l layout) bool { return !l.fullYear() })))
}

// examples writes a day and a time in the first few of some layouts.
func examples(layouts []layout) string {
	const most = 3
	var texts []string
	for _, l := range layouts {
		text := time.Date(2026, time.March, 25, 14, 30, 0, 0, time.UTC).Format(l.form)
		if len(texts) < most && !slices.Contains(texts, text) {
			texts = append(texts, text)
		}
	}
	return strings.Join(texts, " or ")
}

// fullYear reports a layout that has the year in four digits.
func (l *layout) fullYear() bool { return strings.Contains(l.form, "2006") }
