package privacy

import "strings"

// birthLabels say that a date beside them is one of birth; the first two only that it may be.
var birthLabels = []string{"birthday", "bday", "dob", "dobs", "d.o.b", "d/o/b", "d o b", "date of birth", "dates of birth", "date-of-birth", "birth date", "birthdate", "born"}

// birthDate reports a date that starts with group g and stands beside a label. Dates
// alone are legitimate: every report tells when things happened.
func (sc *scanner) birthDate(g group) {
	if g.count > 4 || g.count == 3 || g.start < sc.dateEnd {
		return
	}
	day, start, end, ok := dateAt(sc.text, g.start)
	if !ok {
		return
	}
	sc.dateEnd = end
	label, from := sc.nearestLabel(start, birthLabels...)
	if label >= 0 && isOfCohort(sc.text[from:start]) {
		label = -1
	}
	switch {
	case label > 1 || sc.birthBehind(end) || sc.labelAfter(end, "dob", "d.o.b", "date of birth") || sc.inBirthBracket(start) || sc.listed(BirthDate, start, dateLinks):
		sc.hit(BirthDate, start, end)
	case label == 0 || label == 1 || day.beforeEvents() && strings.HasSuffix(sc.text[:start], " b. ") || sc.besideSex(start, end) || sc.afterName(start, day) || day.beforeEvents() && sc.afterTwoNames(start, end):
		sc.hit(PossibleBirthDate, start, end)
	}
}

// isOfCohort reports whether a label and the words behind it tell of many people, as in
// "born after" and "born between".
func isOfCohort(text string) bool {
	for w, ok := nextWord(text, 0); ok; w, ok = nextWord(text, w.end) {
		switch folded := w.short(text); folded.string() {
		case "after", "before", "between", "since", "until":
			return true
		}
	}
	return false
}

// dateLinks stand between two dates of birth, as in "DOB 1/2/50 and 3/4/51".
const dateLinks = "| and | & | or | not | and not | instead of | vs |"

// compactBirthDate reports the six or eight digits of a date that follow a label
// directly, as in "dob 010250".
func (sc *scanner) compactBirthDate(run *digitRun) {
	const closeBy = 16
	g, two := run.groups[0], func(i int) int { return int(run.digits[i])*10 + int(run.digits[i+1]) }
	if g.count != 6 && g.count != 8 {
		return
	}
	d := date{day: two(0), month: two(2), short: true}
	if g.count == 8 && two(0) >= 19 && two(0) <= 20 && two(4) <= 12 {
		d.month, d.day = two(4), two(6)
	}
	if label, from := sc.nearestLabel(g.start, birthLabels...); label > 1 && g.start-from <= closeBy && d.plausible() && sc.standsAlone(g.start, g.end, 0) {
		sc.hit(BirthDate, g.start, g.end)
	}
}

// inBirthBracket reports whether "(b." stands just before i.
func (sc *scanner) inBirthBracket(i int) bool {
	text := strings.TrimSuffix(sc.text[max(0, i-4):i], " ")
	return strings.HasSuffix(text, "(b") || strings.HasSuffix(text, "(b.")
}

// listed reports whether a hit of a class stands just before i, with one of the
// links between.
func (sc *scanner) listed(class Class, i int, links string) bool {
	if len(sc.hits) == 0 {
		return false
	}
	last := sc.hits[len(sc.hits)-1]
	return last.Class == class && last.End < i && i-last.End <= len(" instead of ") && strings.Contains(links, "|"+sc.text[last.End:i]+"|")
}

// afterName reports whether a name that was found by its title stands just before
// i, as in "Mrs Doe (1/2/50)".
func (sc *scanner) afterName(i int, day date) bool {
	if len(sc.hits) == 0 {
		return false
	}
	last := sc.hits[len(sc.hits)-1]
	return (last.Class == TitledName && day.beforeEvents() || last.Class == NamedPerson) && last.End <= i && i-last.End <= 3 && strings.Trim(sc.text[last.End:i], " ,(-[") == ""
}

// besideSex reports whether the date stands in brackets with a sex, as in "pt (f, 12/3/56)".
func (sc *scanner) besideSex(start, end int) bool {
	text := sc.text
	if !strings.ContainsAny(text[max(0, start-len("(female, ")):start], "([") {
		return false
	}
	i := start
	for i > 0 && (text[i-1] == ' ' || text[i-1] == ',' || text[i-1] == ';' || text[i-1] == '/') && start-i < maxSeparator {
		i--
	}
	if w, from := sc.wordEndingAt(i); isSex(w.string()) && i < start && (at(text, from-1) == '(' || at(text, from-1) == '[') {
		return true
	}
	if at(text, i-1) != '(' && at(text, i-1) != '[' {
		return false
	}
	j := end
	for j < len(text) && (text[j] == ' ' || text[j] == ',' || text[j] == ';' || text[j] == '/') && j-end < maxSeparator {
		j++
	}
	w := sc.part(j)
	name := w.short(text)
	return j > end && isSex(name.string()) && (at(text, w.end) == ')' || at(text, w.end) == ']' || at(text, w.end) == ',')
}

func isSex(folded string) bool {
	switch folded {
	case "f", "m", "male", "female", "man", "woman", "boy", "girl", "lady", "gentleman":
		return true
	}
	return false
}

// beforeEvents reports whether the day lies before 2023, when practices began to record
// in LFPSE: later dates beside a name may be those of the event.
func (d date) beforeEvents() bool {
	if d.short {
		return d.year >= 30 || d.year < 23
	}
	return d.year < 2023
}

// afterTwoNames reports whether the date stands in brackets or behind a comma, after two or
// three capitalised words that may be a name, as in "Jane Doe (12/03/1956)".
func (sc *scanner) afterTwoNames(start, end int) bool {
	text := sc.text
	i := start
	switch at(text, i-1) {
	case '(', '[':
		if c := at(text, end); c != ')' && c != ']' && c != ',' {
			return false
		}
		i--
	case ' ':
		if i--; at(text, i-1) == ',' || at(text, i-1) == '-' {
			i--
		}
	default:
		return false
	}
	words := 0
	for words < 3 {
		w, ok := sc.nameWordBefore(i, words)
		if !ok {
			break
		}
		if words < 2 && (isNoName(w.short(text)) || isDocument(w.short(text)) || monthNamed(fold(text[w.start:w.end])) > 0) {
			return false
		}
		i, words = w.start, words+1
	}
	return words >= 2
}

// nameWordBefore is the capitalised word that ends before i, if it may be part of a name. A
// comma may stand before the last one, and a full stop behind an initial.
func (sc *scanner) nameWordBefore(i, words int) (w word, ok bool) {
	text := sc.text
	last := i
	if at(text, last-1) == ' ' {
		last--
	}
	if c := at(text, last-1); words > 0 && last < i && (c == '.' && isUpper(at(text, last-2)) && !isLetter(at(text, last-3)) || words == 1 && c == ',') {
		last--
	}
	from := last
	for from > 0 && (isLetter(text[from-1]) || (text[from-1] == '-' || text[from-1] == '\'') && from > 1 && isLetter(text[from-2])) {
		from--
	}
	w = word{from, last}
	return w, from < last && !(from > 0 && isWord(text[from-1])) && (words == 0 || last < i) && w.capital(text)
}

// isDocument reports capitalised words that the date of an event follows in brackets.
func isDocument(w shortWord) bool {
	if isWeekday(w.string()) {
		return true
	}
	switch w.string() {
	case "test", "tests", "result", "results", "report", "reports", "xray", "ray", "ct", "mri", "ultrasound", "ecg", "echo", "vaccine", "vaccination", "vaccinations", "booster", "dose",
		"jab", "check", "screening", "smear", "mammogram", "discharge", "admission", "appointment", "consultation", "visit", "form", "forms", "certificate", "note", "plan", "policy",
		"guideline", "guidance", "protocol", "alert", "update", "version", "meeting", "minutes", "bulletin", "newsletter", "audit", "job", "task", "prescription", "script", "order",
		"delivery", "surgery", "street", "road", "house", "court", "lane", "department", "service", "dinner", "day", "bank", "holiday", "christmas", "easter", "eve", "year", "act", "regulations", "index", "score", "scale", "book", "page", "email", "e-mail", "message", "text",
		"call", "card", "yellow", "root", "cause", "analysis", "event", "significant", "blood", "chest", "count", "function", "profile", "panel", "screen", "culture", "swab", "biopsy",
		"histology", "system", "software", "release", "drug", "supply", "shortage", "notice", "campaign", "week", "month", "programme", "project", "module", "course", "workshop",
		"trust", "board", "committee", "agreement", "contract", "template", "search", "batch", "lot", "expiry", "recall", "field", "reminder", "invite", "invitation", "booking":
		return true
	}
	return false
}

// date is a day of the calendar. short says that only the last two digits of the
// year are known.
type date struct {
	year, month, day int
	short            bool
}

// key is the same for dates that can be the same day.
func (d date) key() int { return (d.month*100+d.day)*100 + d.year%100 }

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
	first, digits, end := readInt(text, i)
	switch {
	case digits == 4:
		d.year = first
		if d.month, end = nextNumber(text, end); end < 0 {
			return d, i, i, false
		}
		if d.day, end = nextNumber(text, end); end < 0 {
			return d, i, i, false
		}
		return d, i, end, d.plausible()
	case digits != 1 && digits != 2 || !mayGoOn(text, end):
		return d, i, i, false
	}
	d.day = first
	end = skipOrdinal(text, end)
	start = i
	if month, next := monthAt(text, skipFiller(text, end)); month > 0 {
		d.month, end = month, next
	} else if month, from := monthBefore(text, i); month > 0 {
		d.month, start = month, from
	} else if d.month, end = nextNumber(text, end); end < 0 {
		return d, i, i, false
	}
	year, digits, end := readInt(text, skipFiller(text, end))
	if digits != 2 && digits != 4 {
		return d, i, i, false
	}
	d.year, d.short = year, digits == 2
	return d, start, end, d.plausible()
}

// mayGoOn is a quick look at what follows the day, since most numbers are doses
// and counts: "10 mg", "48 hours", "5ug".
func mayGoOn(text string, i int) bool {
	if at(text, i) == ' ' {
		i++
	}
	switch c := lower(at(text, i)); c {
	case 0:
		return false
	case 'j', 'f', 'm', 'a', 's', 'o', 'n', 'd', 'r', 't': // a month, st, nd, rd, th, of
		return isASCIILetter(at(text, i+1)) && lower(text[i+1]) != 'g'
	default:
		return !isLetter(c)
	}
}

func (d date) plausible() bool {
	return 1 <= d.month && d.month <= 12 && 1 <= d.day && d.day <= 31 && (d.short || 1870 <= d.year && d.year <= 2199)
}

// readInt reads a number of up to four digits; digits is 5 when it is longer.
func readInt(text string, i int) (value, digits, end int) {
	for digits <= 4 && isDigit(at(text, i)) {
		value, digits, i = value*10+int(text[i]-'0'), digits+1, i+1
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
	if !isASCIILetter(at(text, i)) {
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
		if c := at(text, i); !isSpace(c) && c != '-' && c != '/' && c != '.' && c != ',' && c != '\'' {
			break
		}
		i++
	}
	if i < len(text) && hasPrefixFold(text[i:], "of") {
		if i += len("of"); isSpace(at(text, i)) {
			i++
		}
	}
	return i
}

// monthAt reads the English name of a month, three letters or more, at i.
func monthAt(text string, i int) (month, end int) {
	for end = i; end-i < 10 && isASCIILetter(at(text, end)); end++ {
	}
	return monthNamed(text[i:end]), end
}

// monthBefore reads the name of a month that ends before i.
func monthBefore(text string, i int) (month, start int) {
	end := i - 1
	if !isSpace(at(text, end)) {
		return 0, i
	}
	for start = end; end-start < 10 && isASCIILetter(at(text, start-1)); start-- {
	}
	return monthNamed(text[start:end]), start
}

func isWeekday(folded string) bool {
	switch folded {
	case "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday":
		return true
	}
	return false
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
