package validate

import (
	"fmt"
	"strings"

	"github.com/gpsafety/lfpse-go/lfpse/nearest"
)

// mostNamed is how many names or codes a finding lists.
const mostNamed = 10

// bounded lists names, and how many more there are.
func bounded(names []string) string {
	if more := len(names) - mostNamed; more > 0 {
		return strings.Join(names[:mostNamed], ", ") + fmt.Sprintf(" and %d more", more)
	}
	return strings.Join(names, ", ")
}

// codes lists the codes of the list with what they mean.
func (l *codeList) codes() string {
	names := make([]string, len(l.Concepts))
	for i := range l.Concepts {
		names[i] = l.Concepts[i].Code
		if d := l.Concepts[i].Display; d != "" && d != names[i] {
			names[i] += " (" + d + ")"
		}
	}
	return bounded(names)
}

// hint ends a sentence about a code that is not in the list: with the code whose name or
// text may have been meant. It repeats nothing of the record.
func (l *codeList) hint(code string) string {
	for i := range l.Concepts {
		c := &l.Concepts[i]
		if len(nearest.Words(code, []string{c.Display, c.Name})) > 0 {
			return "; did you mean " + c.Code + " (" + c.Display + ")?"
		}
	}
	return "."
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}
