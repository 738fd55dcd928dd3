package mapping

import (
	"errors"
	"io/fs"
	"path"
	"regexp"
	"strings"
	"time"

	"github.com/gpsafety/lfpse-go/mapping/csvlog"
)

func (c *compiler) source() {
	s := &c.m.Source
	c.file()
	if s.Reference != "" {
		c.ref = c.column(s.Reference)
	}
	c.layouts("dates", s.Dates, time.DateOnly, "2021-11-23", "02/01/2006")
	c.layouts("months", s.Months, time.DateOnly, "2021-11-01", "01/2006")
	c.layouts("times", s.Times, "15:04", "14:45", "15:04")
	for _, name := range s.Deny {
		c.deny = append(c.deny, c.column(name))
	}
	c.context = c.template(s.Context)
	if s.Context != "" {
		name := path.Clean(placeholder.ReplaceAllString(s.Context, "x"))
		if !fs.ValidPath(name) || strings.ContainsAny(name, `\:{}`) {
			c.report("MAP-SOURCE", "source.context must be a file below the folder of the log, with / between folders and columns as {Column}")
		}
	}
}

// file reports settings that the reader of the log would refuse for any file.
func (c *compiler) file() {
	s := &c.m.Source
	switch s.Encoding {
	case "", "auto", "utf-8", "windows-1252", "mac-roman":
	default:
		c.report("MAP-SOURCE", "source.encoding is %q; it can be auto, utf-8, windows-1252 or mac-roman", s.Encoding)
	}
	if len(s.Delimiter) > 1 {
		c.report("MAP-SOURCE", "source.delimiter must be one character, such as \";\", or \"\\t\" for a tab")
		return
	}
	opts := append([]csvlog.Option{csvlog.WithDelimiter(',')}, c.csvOptions()...)
	var refused *csvlog.FileError
	if _, err := csvlog.NewReader(strings.NewReader("a log"), opts...); errors.As(err, &refused) {
		c.report("MAP-SOURCE", "source: %s %s", refused.Text, refused.Fix)
	}
}

// layouts reports layouts that are not for their purpose, such as dates without a day or
// months with one, by reading back a sample. It also reports two layouts that read the
// same text differently, such as day before month and month before day.
func (c *compiler) layouts(name string, layouts []string, form, want, example string) {
	sample := time.Date(2021, 11, 23, 14, 45, 0, 0, time.UTC)
	for i, l := range layouts {
		t, err := time.Parse(l, sample.Format(l))
		if err != nil || t.Format(form) != want || strings.ContainsAny(l, quotationMarks) {
			c.report("MAP-LAYOUT", "source.%s: %q is not a layout for %s; write 2 January 2006, 15:04 the way the log does, such as %s", name, l, name, example)
			continue
		}
		for _, other := range layouts[i+1:] {
			if readsDifferently(l, other, form) || readsDifferently(other, l, form) {
				c.report("MAP-LAYOUT", "source.%s: %q and %q read the same text differently; keep one", name, l, other)
			}
		}
	}
}

// quotationMarks are those that word processors put in the place of the ones of YAML, and so
// into the text.
const quotationMarks = "“”‘’\""

// readsDifferently reports whether one layout reads something else from a text that
// another layout wrote. It tries numbers of one digit and of two, which can be confused
// in different ways.
func readsDifferently(written, read, form string) bool {
	for _, sample := range []time.Time{time.Date(2001, 2, 3, 4, 5, 0, 0, time.UTC), time.Date(2010, 11, 12, 11, 12, 0, 0, time.UTC)} {
		text := sample.Format(written)
		as, _ := time.Parse(written, text) // without what the layout leaves out
		if t, err := time.Parse(read, text); err == nil && t.Format(form) != as.Format(form) {
			return true
		}
	}
	return false
}

var placeholder = regexp.MustCompile(`\{[^{}]*\}`)

// template compiles the name of the context file.
func (c *compiler) template(s string) []segment {
	var out []segment
	for s != "" {
		at := placeholder.FindStringIndex(s)
		if at == nil {
			return append(out, segment{s, -1})
		}
		if at[0] > 0 {
			out = append(out, segment{s[:at[0]], -1})
		}
		out = append(out, segment{"", c.column(s[at[0]+1 : at[1]-1])})
		s = s[at[1]:]
	}
	return out
}
