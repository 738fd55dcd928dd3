package privacy

import (
	"slices"
	"strings"
)

// streetAddress reports the address of which g is the house number, as in "12 High
// Street" and "4b Rose Cottage, The Lane", the number of a flat or that of a PO box.
func (sc *scanner) streetAddress(g group) {
	text := sc.text
	switch c := at(text, g.end); {
	case c == '/' || c == ':' || c == '%' || c == '-' || c == '.' && isDigit(at(text, g.end+1)), g.count > 4, g.start < sc.dateEnd:
		return // a date, a time, a measurement
	}
	if isWord(before(text, g.start)) {
		return
	}
	if sc.numberedHome(g) {
		return
	}
	i := g.end
	if at(text, i) == ' ' && isLower(at(text, i+1)) && !isLower(at(text, i+3)) && at(text, i+1) != 's' {
		return // 10 mg, not 10 st mary's road
	}
	if c := at(text, i) | 0x20; 'a' <= c && c <= 'f' && !isWord(at(text, i+1)) {
		i++ // 4b
	}
	if at(text, i) == ',' {
		i++
	}
	if at(text, i) != ' ' || !isUpper(at(text, i+1)) && !sc.streetInLowerCase(i+1) {
		return
	}
	start := g.start
	switch at(text, start-1) {
	case '-': // 12-14 Mill Lane
		for start--; start > 0 && isDigit(text[start-1]); start-- {
		}
		if start == g.start-1 || isWord(at(text, start-1)) || at(text, start-1) == '-' {
			return
		}
	case '.': // no.7 Elm Grove
		if no, _ := sc.labelWord(start); no.string() != "no" {
			return
		}
	case '/', ':', '+':
		return // the end of a date, a time or a measurement
	}
	if end := sc.streetAt(i + 1); end > 0 && !sc.afterOtherPlace(start) {
		sc.hit(StreetAddress, start, end)
	}
}

// streets are the words for a street in any case, and streetEndings their endings.
var (
	streets       = strings.Fields("street road avenue lane crescent terrace")
	streetEndings = endingsOf(streets)
)

// streetInLowerCase is a quick look at what follows a number: four words in lower case, the
// second or a later of which may be one for a street. Most are doses and counts.
func (sc *scanner) streetInLowerCase(i int) bool {
	text := sc.text
	for n := range 4 {
		start := i
		for i < len(text) && (isLower(text[i]) || text[i] == '\'') {
			i++
		}
		if i-start < 2 {
			return false
		}
		if i-start > 3 && n > 0 && streetEndings.mayEnd(text, i) {
			return true
		}
		if at(text, i) != ' ' {
			return false
		}
		i++
	}
	return false
}

// streetAt reads the name of a street, or of a house and its street, at i. It returns the
// end, or 0 if there is none.
func (sc *scanner) streetAt(i int) (end int) {
	text := sc.text
	capital := isUpper(text[i])
	for n := range maxNameWords + 2 {
		w := sc.part(i)
		name := w.short(text)
		folded := name.string()
		switch {
		case w.len() == 0 || n > 0 && capital && !w.capital(text) && folded != "of" && folded != "the":
			return 0
		case n > 0 && isStreetWord(folded, capital) && sc.streetEnds(w):
			return sc.houseAndStreet(w, folded)
		case n == 0 && (monthNamed(folded) > 0 || isNoStreet(folded) && !(capital && folded == "the")), !capital && (n > 2 || isNoStreet(folded) || w.len() < 3 && folded != "st"):
			return 0
		}
		i = w.end
		if at(text, i) == '\'' { // St Mary's Road
			i += len("'s")
		}
		if c := at(text, i); c == '.' && w.len() <= 2 || c == ',' && isHouseWord(folded) {
			i++
		}
		if at(text, i) != ' ' {
			return 0
		}
		i++
	}
	return 0
}

// houseAndStreet is the end of the word w for a street, or of the street behind it if w is
// that of a house, as in "Rose Cottage, The Lane".
func (sc *scanner) houseAndStreet(w word, folded string) int {
	if next := w.end + len(", "); isHouseWord(folded) && at(sc.text, w.end) == ',' && at(sc.text, w.end+1) == ' ' && isUpper(at(sc.text, next)) {
		return max(w.end, sc.streetAt(next))
	}
	return w.end
}

// streetEnds reports whether the word w for a street is that, and not the title Dr, the St
// of a saint or a part of the name of a surgery.
func (sc *scanner) streetEnds(w word) bool {
	text := sc.text
	i := w.end
	if w.len() == 2 && at(text, i) == '.' {
		i++
	}
	if at(text, i) != ' ' {
		return true
	}
	next := sc.part(i + 1)
	name := next.short(text)
	if next.capital(text) && (w.is(text, "dr") || w.is(text, "st")) && i == w.end {
		return false
	}
	return !isPublicPlace(name.string())
}

// isStreetWord reports words for a street. Those that are not often ordinary words count
// in lower case too.
func isStreetWord(folded string, capital bool) bool {
	switch folded {
	case "st", "rd", "ave", "av", "ln", "cl", "cres", "terr", "gdns", "sq", "dr", "close", "drive", "way", "court", "gardens", "place", "square", "grove", "mews", "walk", "rise",
		"view", "row", "hill", "park", "green", "parade", "gate", "wharf", "vale", "croft", "fold", "field", "fields", "meadow", "meadows", "bank", "brow", "embankment", "quay",
		"buildings", "cottages", "villas", "mansions", "heights", "chase", "drove", "common", "end", "circus", "boulevard", "broadway", "house", "cottage", "lodge", "farm", "bungalow", "hall":
		return capital
	}
	return slices.Contains(streets, folded)
}

// isHouseWord reports what houses are called, before the comma and the street.
func isHouseWord(folded string) bool {
	switch folded {
	case "cottage", "house", "farm", "lodge", "bungalow", "villa", "barn", "grange", "manor", "rectory", "vicarage", "stables", "cottages", "court", "flats", "mansions", "tower", "heights":
		return true
	}
	return false
}

// isPublicPlace reports words after the name of a street that make it the name of a
// practice, a ward or a home for many.
func isPublicPlace(folded string) bool {
	switch folded {
	case "surgery", "practice", "clinic", "hospital", "pharmacy", "medical", "health", "healthcare", "ward", "care", "centre", "nursing", "residential", "hospice", "school", "dental",
		"walk", "branch", "pcn", "chemist", "community", "site", "unit", "wing", "team", "partnership", "group", "patients", "day", "infirmary", "bed", "beds", "rehab", "staff":
		return true
	}
	return false
}

// isNoStreet reports words after a number with which no street begins.
func isNoStreet(folded string) bool {
	switch folded {
	case "mg", "mcg", "ml", "units", "unit", "tablets", "tablet", "capsules", "days", "day", "weeks", "week", "months", "month", "years", "year", "hours", "hour", "minutes", "mins",
		"min", "hrs", "times", "patients", "patient", "people", "minute", "star", "care", "lead", "point", "stage", "step", "level", "tier", "second", "staff", "doses", "dose", "of", "and", "or", "on", "in", "at", "to", "for", "from", "with", "was", "were", "is", "are",
		"the", "that", "this", "which", "when", "then", "than", "who", "but", "miles", "mile", "metres", "cases", "reports", "calls", "visits", "letters", "boxes", "bottles", "vials",
		"puffs", "drops", "points", "items", "am", "pm", "gps", "nurses", "doctors", "practices", "beds", "more", "other", "different", "similar", "near", "by", "down", "up", "off",
		"across", "along", "into", "out", "over", "mrs", "mr", "dr", "ms", "miss", "members", "ambulances", "cars", "per", "every", "each", "one", "two", "three", "four", "main",
		"cross", "ring", "busy", "lanes", "roads", "streets", "both", "our", "his", "her", "their", "any", "no", "not", "traffic", "until", "after", "before", "because", "as", "so":
		return true
	}
	return false
}

// afterOtherPlace reports whether the number at i is that of a ward, a page and the like.
func (sc *scanner) afterOtherPlace(i int) bool {
	l := sc.labelOf(i)
	w, _ := l.which()
	switch w.string() {
	case "ward", "bay", "bed", "room", "clinic", "unit", "step", "stage", "grade", "page", "version", "week", "type", "bleep", "ext", "extension", "theatre", "zone", "floor", "level",
		"desk", "slot", "tray", "shelf", "group", "team", "table", "figure", "item", "day", "score", "phase", "module", "dose":
		return true
	}
	return false
}

// numberedHome reports flats and PO boxes, whose number follows the word.
func (sc *scanner) numberedHome(g group) bool {
	end := beforeSpaces(sc.text, g.start)
	switch one, two := at(sc.text, end-2)|0x20, at(sc.text, end-1)|0x20; {
	case one == 'a' && two == 't' && at(sc.text, end-3)|0x20 == 'l', one == 'p' && two == 't', one == 'n' && two == 't', one == 'o' && two == 'x', one == 't' && two == 'e':
	default:
		return false
	}
	w, start := sc.labelWord(g.start)
	switch w.string() {
	case "flat", "apartment", "apt", "maisonette":
	case "box":
		po, from := sc.labelWord(start)
		if po.string() == "o" { // P.O. Box
			po, from = sc.labelWord(from)
		}
		if s := po.string(); s != "po" && s != "p" {
			return false
		}
		sc.hit(StreetAddress, from, g.end)
		return true
	default:
		return false
	}
	end = g.end
	if c := at(sc.text, end) | 0x20; 'a' <= c && c <= 'f' && !isWord(at(sc.text, end+1)) {
		end++
	}
	if next := at(sc.text, end); next != 0 && next != ',' && next != ')' && next != ';' && !(next == ' ' && isUpper(at(sc.text, end+1))) && !(next == '.' && isUpper(sc.text[start])) {
		return false // "lay flat 3 times"
	}
	if !isUpper(sc.text[start]) && at(sc.text, end) != ',' && at(sc.text, end) != ' ' && !sc.afterHomeWord(start) {
		return false
	}
	sc.hit(StreetAddress, start, end+sc.restOfFlat(end))
	return true
}

// afterHomeWord reports whether what precedes i says that somebody lives there.
func (sc *scanner) afterHomeWord(i int) bool {
	w, _ := sc.labelWord(i)
	switch w.string() {
	case "at", "to", "from", "address", "of", "in":
		return true
	}
	return false
}

// restOfFlat is the length of ", Elm Court" after the number of a flat.
func (sc *scanner) restOfFlat(i int) int {
	j := i
	if at(sc.text, j) == ',' {
		j++
	}
	if at(sc.text, j) != ' ' || !isASCIILetter(at(sc.text, j+1)) || !isUpper(sc.text[j+1]) {
		return 0
	}
	return max(0, sc.streetAt(j+1)-i)
}

// namedHouse reports a house that has a name and no number, with its road, as in "Rose
// Cottage, Mill Lane". The word w, before the comma, is Cottage.
func (sc *scanner) namedHouse(w word) {
	text := sc.text
	street := w.end + len(", ")
	if name := w.short(text); !isUpper(at(text, street)) || !isHouseWord(name.string()) {
		return
	}
	start := w.start
	for n := 0; n < 2 && at(text, start-1) == ' ' && isLetter(at(text, start-2)); n++ {
		from := start - 1
		for from > 0 && (isLetter(text[from-1]) || text[from-1] == '\'') {
			from--
		}
		if !isUpper(text[from]) {
			break
		}
		start = from
	}
	if start == w.start || len(sc.hits) > 0 && sc.hits[len(sc.hits)-1].End > start {
		return
	}
	if end := sc.streetAt(street); end > 0 {
		sc.hit(StreetAddress, start, end)
	}
}
