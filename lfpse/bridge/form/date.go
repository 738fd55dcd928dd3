package form

import (
	"time"

	"github.com/gpsafety/lfpse-go/lfpse"
)

const (
	dateTarget  = "date"
	monthTarget = "estimatedDate.approximateDate"
)

// isDate reports whether people write a target as a day or as a month.
func isDate(target string) bool { return target == dateTarget || target == monthTarget }

// dateAs writes a day or a month of an event in a layout. What is neither it returns as it is.
func dateAs(text, day, month string) string {
	if t, err := time.Parse("2006-01-02", text); err == nil {
		return t.Format(day)
	}
	if t, err := time.Parse("2006-01", text); err == nil {
		return t.Format(month)
	}
	return text
}

// dayText is a day, or a month, as people read it.
func dayText(text string) string { return dateAs(text, "2 January 2006", "January 2006") }

// dayIn reads a day, or a month, as people write it. What it cannot read it returns as it is.
func dayIn(text string, now time.Time) string {
	switch lfpse.Fold(text) {
	case "today":
		return string(lfpse.DayInEngland(now))
	case "yesterday":
		return string(lfpse.DayInEngland(now.AddDate(0, 0, -1)))
	}
	for _, layout := range []string{"2/1/2006", "2.1.2006", "2-1-2006", "2 January 2006", "2 Jan 2006", "2/1/06", "2.1.06", "2 January 06", "2 Jan 06"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.Format("2006-01-02")
		}
	}
	for _, layout := range []string{"1/2006", "January 2006", "Jan 2006"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.Format("2006-01")
		}
	}
	return text
}
