package validate

import (
	"strings"
	"unicode/utf8"

	"github.com/gpsafety/lfpse-go/fhir"
)

// format is the primitive type of a FHIR R4 element, as far as it limits the
// text or the number that an element may hold (R4, "Data Types", Primitive Types).
type format uint8

const (
	noFormat format = iota // a boolean, or an element that has elements of its own
	textFormat
	codeFormat
	idFormat
	uriFormat
	oidFormat
	uuidFormat
	dateFormat
	dateTimeFormat
	instantFormat
	timeFormat
	base64BinaryFormat
	decimalFormat
	xhtmlFormat
	integerFormat
	positiveIntFormat
	unsignedIntFormat
)

// formatsOfTypes are the formats of the primitive types, by their names in R4.
var formatsOfTypes = map[string]format{
	"string": textFormat, "markdown": textFormat, "xhtml": xhtmlFormat,
	"code": codeFormat, "id": idFormat, "uri": uriFormat, "url": uriFormat, "canonical": uriFormat, "oid": oidFormat, "uuid": uuidFormat,
	"date": dateFormat, "dateTime": dateTimeFormat, "instant": instantFormat, "time": timeFormat, "base64Binary": base64BinaryFormat,
	"decimal": decimalFormat, "integer": integerFormat, "positiveInt": positiveIntFormat, "unsignedInt": unsignedIntFormat,
}

// formats are the formats of all elements, by their numbers.
var formats = formatsOfElements()

func formatsOfElements() (all [fhir.NumElements]format) {
	for e := range fhir.Elements() {
		all[e.Number] = formatsOfTypes[e.Type]
	}
	return all
}

// expected says in a sentence what the format requires.
var expected = [...]string{
	textFormat:         "A string is valid UTF-8, is not blank, and has at most 1048576 characters, with no control characters except tabs and line breaks.",
	codeFormat:         "A code has no blanks around it, only single blanks within, is not empty and has at most 1048576 characters.",
	idFormat:           "An id has 1 to 64 letters, digits, hyphens and dots.",
	uriFormat:          "A URI is not empty and has no blanks.",
	oidFormat:          "An OID is written urn:oid: and numbers separated by dots.",
	uuidFormat:         "A UUID is written urn:uuid: and 36 lower-case characters.",
	dateFormat:         "A date is an existing YYYY, YYYY-MM or YYYY-MM-DD.",
	dateTimeFormat:     "A dateTime is a date, or a full date, T, the time to the second and the time zone.",
	instantFormat:      "An instant is a full date, T, the time to the second and the time zone.",
	timeFormat:         "A time is an existing HH:MM:SS, without time zone.",
	base64BinaryFormat: "The text is not base64.",
	decimalFormat:      "The text is not a decimal number.",
	xhtmlFormat:        "A narrative is a string that is not blank.",
	integerFormat:      "An integer lies between -2147483648 and 2147483647.",
	positiveIntFormat:  "A positiveInt lies between 1 and 2147483647.",
	unsignedIntFormat:  "An unsignedInt lies between 0 and 2147483647.",
}

// whole reports whether the format is that of a whole number.
func (f format) whole() bool { return f >= integerFormat }

// validText reports whether s has the format.
func (f format) validText(s string) bool {
	switch f {
	case textFormat, xhtmlFormat:
		return isPlain(s) || validString(s)
	case codeFormat:
		return validCode(s)
	case idFormat:
		return fhir.IsID(s)
	case uriFormat:
		return validURI(s)
	case oidFormat:
		return validOID(s)
	case uuidFormat:
		return validUUID(s)
	case dateFormat:
		return validDate(s)
	case dateTimeFormat:
		return validDate(s) || validInstant(s)
	case instantFormat:
		return validInstant(s)
	case timeFormat:
		return validClock(s)
	case base64BinaryFormat:
		return validBase64(s)
	case decimalFormat:
		return validDecimal(s)
	}
	return true
}

// validInt reports whether n has the format.
func (f format) validInt(n int) bool {
	lowest := -1 << 31
	switch f {
	case positiveIntFormat:
		lowest = 1
	case unsignedIntFormat:
		lowest = 0
	}
	return n >= lowest && n <= 1<<31-1
}

func validString(s string) bool {
	return !allBlank(s) && !hasControls(s) && utf8.ValidString(s) && !tooLong(s)
}

func allBlank(s string) bool {
	for i := range len(s) {
		if c := s[i]; c != ' ' && c != '\t' && c != '\n' && c != '\r' {
			return false
		}
	}
	return true
}

// hasControls reports control characters other than tabs and line breaks.
func hasControls(s string) bool {
	isControl := func(c byte) bool { return c < ' ' && c != '\t' && c != '\n' && c != '\r' }
	i := 0
	for ; i+8 <= len(s); i += 8 {
		w := eight(s[i : i+8])
		if (w-each*' ')&^w&high == 0 {
			continue
		}
		for j := i; j < i+8; j++ { // the test may mark a byte after a control character too
			if isControl(s[j]) {
				return true
			}
		}
	}
	for ; i < len(s); i++ {
		if isControl(s[i]) {
			return true
		}
	}
	return false
}

func validCode(s string) bool {
	before, all := byte(' '), byte(0)
	for i := range len(s) {
		c := s[i]
		if c < ' ' || c == ' ' && before == ' ' {
			return false
		}
		before, all = c, all|c
	}
	return before != ' ' && (all < utf8.RuneSelf || utf8.ValidString(s)) && !tooLong(s)
}

func tooLong(s string) bool { return len(s) > maxString && utf8.RuneCountInString(s) > maxString }

func validURI(s string) bool {
	if s != "" && printable(s, '!') {
		return true
	}
	for i := range len(s) {
		if s[i] <= ' ' {
			return false
		}
	}
	return s != "" && utf8.ValidString(s)
}

func validOID(s string) bool {
	s, ok := strings.CutPrefix(s, "urn:oid:")
	if !ok || s == "" || s[0] > '2' {
		return false
	}
	parts := 0
	for part, rest, more := "", s, true; more; parts++ {
		part, rest, more = strings.Cut(rest, ".")
		if !digits(part) || len(part) > 1 && part[0] == '0' || parts == 0 && len(part) > 1 {
			return false
		}
	}
	return parts > 1
}

func validUUID(s string) bool {
	s, ok := strings.CutPrefix(s, "urn:uuid:")
	if !ok || len(s) != 36 {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if i == 8 || i == 13 || i == 18 || i == 23 {
			if c != '-' {
				return false
			}
		} else if !isDigit(c) && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

// validDate accepts YYYY, YYYY-MM and YYYY-MM-DD.
func validDate(s string) bool {
	if len(s) != 4 && len(s) != 7 && len(s) != 10 || !digits(s[:4]) || s[:4] == "0000" {
		return false
	}
	return (len(s) < 7 || validMonth(s)) && (len(s) < 10 || validDay(s))
}

// validMonth accepts the month of a date that begins YYYY-MM.
func validMonth(s string) bool {
	m, ok := number(s[5:7])
	return ok && s[4] == '-' && m >= 1 && m <= 12
}

// validDay accepts the day of a date YYYY-MM-DD whose year and month are valid.
func validDay(s string) bool {
	d, ok := number(s[8:10])
	return ok && s[7] == '-' && d >= 1 && d <= daysIn(s)
}

// daysIn returns the number of days of the month of a date that begins YYYY-MM.
func daysIn(s string) int {
	century, _ := number(s[:2])
	year, _ := number(s[2:4])
	switch month, _ := number(s[5:7]); month {
	case 2:
		if year%4 == 0 && (year != 0 || century%4 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

// validInstant accepts YYYY-MM-DDThh:mm:ss with a fraction, if any, and a zone.
func validInstant(s string) bool {
	if len(s) < 20 || s[10] != 'T' || !validDate(s[:10]) {
		return false
	}
	end := strings.IndexAny(s[11:], "Z+-")
	return end >= 0 && validClock(s[11:11+end]) && validZone(s[11+end:])
}

func validZone(s string) bool {
	if s == "Z" {
		return true
	}
	if len(s) != 6 || s[3] != ':' {
		return false
	}
	h, ok1 := number(s[1:3])
	m, ok2 := number(s[4:6])
	return ok1 && ok2 && m <= 59 && (h <= 13 || h == 14 && m == 0)
}

// validClock accepts hh:mm:ss with a fraction, if any. The leap second is a
// second, as R4 allows.
func validClock(s string) bool {
	if len(s) < 8 || s[2] != ':' || s[5] != ':' || len(s) > 8 && (s[8] != '.' || !digits(s[9:])) {
		return false
	}
	h, ok1 := number(s[:2])
	m, ok2 := number(s[3:5])
	sec, ok3 := number(s[6:8])
	return ok1 && ok2 && ok3 && h <= 23 && m <= 59 && sec <= 60
}

// validBase64 accepts base64 with white space between its characters.
func validBase64(s string) bool {
	n, padding := 0, 0
	for i := range len(s) {
		switch c := s[i]; {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			continue
		case c == '=':
			padding++
		case padding > 0 || !isDigit(c) && (c|0x20 < 'a' || c|0x20 > 'z') && c != '+' && c != '/':
			return false
		}
		n++
	}
	return n > 0 && n%4 == 0 && padding <= 2
}

// validDecimal accepts the JSON grammar of numbers.
func validDecimal(s string) bool {
	s = strings.TrimPrefix(s, "-")
	s, exponent, scientific := strings.Cut(strings.ToLower(s), "e")
	whole, fraction, fractional := strings.Cut(s, ".")
	if scientific && !digits(strings.TrimLeft(exponent, "+-")) || fractional && !digits(fraction) {
		return false
	}
	return digits(whole) && (len(whole) == 1 || whole[0] != '0')
}

// number reads two digits.
func number(s string) (n int, ok bool) {
	if !digits(s) {
		return 0, false
	}
	return int(s[0]-'0')*10 + int(s[1]-'0'), true
}
