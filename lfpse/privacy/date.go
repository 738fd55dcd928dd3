package privacy

import "unicode/utf8"

// birthDate reports a date that starts with group g and stands beside a cue. Dates
// alone are legitimate: every report tells when things happened.
func (sc *scanner) birthDate(g group) {
	if g.count > 4 || g.count == 3 || g.start < sc.dateEnd {
		return
	}
	_, start, end, ok := dateAt(sc.text, g.start)
	if !ok {
		return
	}
	sc.dateEnd = end
	cue := sc.lastCue(start, "birthday", "dob", "d.o.b", "d o b", "date of birth", "date-of-birth", "birth date", "birthdate", "born")
	switch {
	case cue > 0 || sc.cueAfter(end, "dob", "d.o.b", "date of birth"):
		sc.hit(BirthDate, start, end)
	case cue == 0 || sc.afterName(start):
		sc.hit(PossibleBirthDate, start, end)
	}
}

// afterName reports whether a name that was found by its title stands just before
// i, as in "Mrs Doe (1/2/50)".
func (sc *scanner) afterName(i int) bool {
	if len(sc.hits) == 0 {
		return false
	}
	last := sc.hits[len(sc.hits)-1]
	if last.Class != TitledName || last.End > i || i-last.End > 3 {
		return false
	}
	for _, c := range []byte(sc.text[last.End:i]) {
		if c != ' ' && c != ',' && c != '(' {
			return false
		}
	}
	return true
}

// date is a day of the calendar. short says that only the last two digits of the
// year are known.
type date struct {
	year, month, day int
	short            bool
}

// same reports whether the dates can be the same day.
func (d date) same(other date) bool {
	if d.day != other.day || d.month != other.month {
		return false
	}
	if d.short || other.short {
		return d.year%100 == other.year%100
	}
	return d.year == other.year
}

// dateAt reads the date whose first number starts at i: 1950-02-01, 1/2/1950,
// 01.02.50, 1 Feb 1950, 1st of February 1950, and with the month before i,
// February 1, 1950. start lies before i in that last form.
func dateAt(text string, i int) (d date, start, end int, ok bool) {
	first, digits, at := readInt(text, i)
	switch {
	case digits == 4:
		d.year = first
		if d.month, at = nextNumber(text, at); at < 0 {
			return d, i, i, false
		}
		if d.day, at = nextNumber(text, at); at < 0 {
			return d, i, i, false
		}
		return d, i, at, d.plausible()
	case digits != 1 && digits != 2 || !mayGoOn(text, at):
		return d, i, i, false
	}
	d.day = first
	at = skipOrdinal(text, at)
	start = i
	if month, after := monthAt(text, skipFiller(text, at)); month > 0 {
		d.month, at = month, after
	} else if month, before := monthBefore(text, i); month > 0 {
		d.month, start = month, before
	} else if d.month, at = nextNumber(text, at); at < 0 {
		return d, i, i, false
	}
	year, digits, at := readInt(text, skipFiller(text, at))
	if digits != 2 && digits != 4 {
		return d, i, i, false
	}
	d.year, d.short = year, digits == 2
	return d, start, at, d.plausible()
}

// mayGoOn is a quick look at what follows the day, since most numbers are doses
// and counts: "10 mg", "48 hours", "5ug".
func mayGoOn(text string, i int) bool {
	if i < len(text) && text[i] == ' ' {
		i++
	}
	if i >= len(text) {
		return false
	}
	switch c := lower(text[i]); c {
	case 'j', 'f', 'm', 'a', 's', 'o', 'n', 'd', 'r', 't': // a month, st, nd, rd, th, of
		return i+1 < len(text) && (isASCIILetter(text[i+1]) && lower(text[i+1]) != 'g' || text[i+1] >= utf8.RuneSelf)
	default:
		return !isASCIILetter(c)
	}
}

func (d date) plausible() bool {
	return 1 <= d.month && d.month <= 12 && 1 <= d.day && d.day <= 31 && (d.short || 1870 <= d.year && d.year <= 2199)
}

// readInt reads a number of up to four digits; digits is 5 when it is longer.
func readInt(text string, i int) (value, digits, end int) {
	for digits <= 4 && i < len(text) && isASCIIDigit(text[i]) {
		value, digits, i = value*10+int(text[i]-'0'), digits+1, i+1
	}
	if i < len(text) && text[i] < utf8.RuneSelf {
		return value, digits, i
	}
	for digits <= 4 {
		r, next := runeAt(text, i)
		v := digitValue(r)
		if v < 0 {
			break
		}
		value, digits, i = value*10+v, digits+1, next
	}
	return value, digits, i
}

// nextNumber reads a separator and a number of one or two digits; end is -1 when
// they are not there.
func nextNumber(text string, i int) (value, end int) {
	kinds, next := readSeparator(text, i)
	value, digits, end := readInt(text, next)
	if kinds == 0 || kinds&sepParen != 0 || digits < 1 || digits > 2 {
		return 0, -1
	}
	return value, end
}

// skipOrdinal passes over st, nd, rd and th.
func skipOrdinal(text string, i int) int {
	if i >= len(text) || !isASCIILetter(text[i]) {
		return i
	}
	for _, suffix := range [...]string{"st", "nd", "rd", "th"} {
		if hasPrefixFold(text[i:], suffix) {
			return i + len(suffix)
		}
	}
	return i
}

// skipFiller passes over the separators and the "of" between the parts of a date.
func skipFiller(text string, i int) int {
	for range maxSeparator {
		r, next := runeAt(text, i)
		if !isSpace(r) && !isDash(r) && r != '/' && r != '.' && r != ',' {
			break
		}
		i = next
	}
	if i < len(text) && hasPrefixFold(text[i:], "of") {
		i, _ = skipSpaceAfter(text, i+2)
	}
	return i
}

// monthAt reads the English name of a month, three letters or more, at i.
func monthAt(text string, i int) (month, end int) {
	for end = i; end < len(text) && end-i < 10 && isASCIILetter(text[end]); end++ {
	}
	return monthNamed(text[i:end]), end
}

// monthBefore reads the name of a month that ends before i.
func monthBefore(text string, i int) (month, start int) {
	end, spaced := skipSpaceBefore(text, i)
	if !spaced {
		return 0, i
	}
	for start = end; start > 0 && end-start < 10 && isASCIILetter(text[start-1]); start-- {
	}
	return monthNamed(text[start:end]), start
}

// monthNamed is the number of the month with that name, or its first three
// letters, or Sept; 0 for other words.
func monthNamed(s string) int {
	if len(s) < 3 || len(s) > len("september") {
		return 0
	}
	var key [9]byte
	for i := range len(s) {
		key[i] = lower(s[i])
	}
	switch string(key[:len(s)]) {
	case "jan", "january":
		return 1
	case "feb", "february":
		return 2
	case "mar", "march":
		return 3
	case "apr", "april":
		return 4
	case "may":
		return 5
	case "jun", "june":
		return 6
	case "jul", "july":
		return 7
	case "aug", "august":
		return 8
	case "sep", "sept", "september":
		return 9
	case "oct", "october":
		return 10
	case "nov", "november":
		return 11
	case "dec", "december":
		return 12
	}
	return 0
}
