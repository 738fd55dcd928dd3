package sandbox

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// The formats of the R4 primitive types, from hl7.org/fhir/R4/datatypes.html.
var (
	codeForm     = regexp.MustCompile(`^[^\s]+(\s[^\s]+)*$`)
	dateForm     = regexp.MustCompile(`^\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?$`)
	dateTimeForm = regexp.MustCompile(`^\d{4}-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?(Z|[+-]((0\d|1[0-3]):[0-5]\d|14:00))$`)
	timeForm     = regexp.MustCompile(`^([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?$`)
	integerForm  = regexp.MustCompile(`^(0|-?[1-9]\d*)$`)
	monthForm    = regexp.MustCompile(`^\d{4}-(0[1-9]|1[0-2])$`)
	odsForm      = regexp.MustCompile(`^[A-Z0-9]{3,12}$`) // the wider of two published lengths
)

// formats decides whether a JSON value has the form of a taxonomy field type.
var formats = map[string]func(any) bool{
	"boolean": func(v any) bool { _, ok := v.(bool); return ok },
	"integer": func(v any) bool { _, ok := integer(v); return ok },
	"string":  text(isString),
	"code":    text(func(s string) bool { return codeForm.MatchString(s) && isString(s) }),
	"date":    text(isDate),
	"time":    text(timeForm.MatchString),
}

func text(ok func(string) bool) func(any) bool {
	return func(v any) bool {
		s, isText := v.(string)
		return isText && ok(s)
	}
}

// isString refuses control characters other than tab and line ends.
func isString(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' && r != '\t' && r != '\n' && r != '\r' })
}

// isDate accepts a year, a month or a day that exists.
func isDate(s string) bool {
	if !dateForm.MatchString(s) || strings.HasPrefix(s, "0000") {
		return false
	}
	if len(s) < len(time.DateOnly) {
		return true
	}
	_, err := time.Parse(time.DateOnly, s)
	return err == nil
}

func isDateTime(s string) bool {
	return isDate(s) || dateTimeForm.MatchString(s) && isDate(s[:len(time.DateOnly)])
}

// integer reads a FHIR integer: 32 bits, no fraction, no exponent.
func integer(v any) (int, bool) {
	number, ok := v.(json.Number)
	if !ok || !integerForm.MatchString(number.String()) {
		return 0, false
	}
	n, err := strconv.ParseInt(number.String(), 10, 32)
	return int(n), err == nil
}

// onAgeGrid reports whether n is a value of the age encoding: 1 to 30 for days,
// 1 to 11 months times 31, 1 to 199 years times 372.
func onAgeGrid(n int) bool {
	switch {
	case n < 1:
		return false
	case n <= 30:
		return true
	case n <= 11*31:
		return n%31 == 0
	default:
		return n%372 == 0 && n <= 199*372
	}
}

// safeName returns a name from an untrusted document if it looks like an element
// name, so that no value can hide in a path.
func safeName(name string) string {
	if nameForm.MatchString(name) {
		return name
	}
	return "(unprintable name)"
}

var nameForm = regexp.MustCompile(`^_?[A-Za-z][A-Za-z0-9_]{0,62}$`)
