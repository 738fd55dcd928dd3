package page

import (
	"fmt"
	"strings"
	"time"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/outbox"
)

// capital begins a text with a capital letter.
func capital(text string) string {
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

// Sentence is what is wrong with an answer, as people read it beside the question.
func Sentence(err error) string {
	text := capital(err.Error())
	return strings.TrimSuffix(text, ".") + "."
}

// lineText says in a sentence why nothing is sent.
func lineText(l outbox.Line, now time.Time) string {
	switch {
	case l.Stopped != "":
		text := "Nothing has been sent since " + clock(l.Since) + ". " + l.Why()
		if l.Stopped == outbox.ReasonRestored {
			text += " Have all logs read again, and say of each unknown report whether it was recorded. Then let reports be sent again."
		}
		return text
	case l.Probe:
		return "The service cannot be reached or does not answer. It is asked again at " + clock(l.Until) + "; reports wait until then."
	case now.Before(l.Until):
		return "The service has asked to wait. Reports are sent again from " + clock(l.Until) + " on."
	}
	return ""
}

// london is where the practices are.
var london = lfpse.London()

func clock(t time.Time) string { return t.In(london).Format("2 Jan 2006 15:04") }

// day is a day as people write it.
func day(d lfpse.Date) string {
	year, month, n, err := d.Civil()
	if err != nil {
		return string(d)
	}
	return fmt.Sprintf("%d %s %d", n, month.String()[:3], year)
}

// age says how long something has been so, in its largest unit.
func age(d time.Duration) string {
	for _, u := range []struct {
		size time.Duration
		name string
	}{{24 * time.Hour, "day"}, {time.Hour, "hour"}, {time.Minute, "minute"}} {
		if n := int(d / u.size); n > 0 {
			if n > 1 {
				u.name += "s"
			}
			return fmt.Sprintf("%d %s", n, u.name)
		}
	}
	return "less than a minute"
}
