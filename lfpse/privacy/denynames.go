package privacy

import (
	"bytes"
	"strings"
)

// roles says what a word is in the list of names.
type roles uint8

const (
	roleFamily roles = 1 << iota
	roleGiven
	roleOrdinary
	rolePlaceholder
)

// rolesOf returns the roles of a word that is a name on the list by itself.
func (d *DenyList) rolesOf(text string, w word) (found roles) {
	if !d.words.mayStart(folded[text[w.start]], folded[at(text, w.start+1)]) {
		return 0
	}
	var b beginning
	b.wordsAt(text, w, min(w.len(), d.words.longest))
	for n := b.find(&d.words); n >= 0; n = d.words.entries[n].shorter {
		if t := &d.words.entries[n]; t.kind == termName && t.names(text, w) {
			found |= t.roles
		}
	}
	return found
}

// names reports whether w, which starts like the name t, is it, or is capitalised and
// has an s at its end for which the apostrophe was not typed, as in "Siobhans mother", or
// has digits behind it, as in the user name doe82.
func (t *entry) names(text string, w word) bool {
	if len(t.key) == w.len() || len(t.key) == maxKey {
		return true
	}
	if t.roles&(roleOrdinary|rolePlaceholder) != 0 || len(t.key) <= minNameLetters {
		return false
	}
	return len(t.key) == w.len()-1 && folded[text[w.end-1]] == 's' && w.capital(text) || len(t.key) == w.withoutDigits(text).len()
}

// previous is the word before the one at i, if they are near. It is empty where there
// is none, or a part of a longer value.
func (s *denyScanner) previous(i int) word {
	end := i
	for end > 0 && near(end, i) && !isWord(s.text[end-1]) {
		end--
	}
	start := end
	for start > 0 && isWord(s.text[start-1]) {
		start--
	}
	if !near(end, i) || start == end || !apart(s.text, start, end) {
		return word{i, i}
	}
	return word{start, end}
}

// name decides what a word that is a name means where it stands.
func (s *denyScanner) name(w word, found roles) {
	if found&rolePlaceholder != 0 {
		s.placeholder(w, found)
		return
	}
	capital := w.capital(s.text)
	short := w.len() < minNameLetters
	start, full := s.fullName(w, found, capital || found&roleOrdinary == 0 && !short)
	switch {
	case full:
		s.hit(Name, start, w.end)
	case inUUID(s.text, w.start, w.end) || s.isMonth(w):
	case short:
		if capital && s.properNoun(w) {
			s.hit(Name, w.start, w.end)
		}
	case s.eponym(w):
		s.hit(PossibleName, w.start, w.end)
	case found&roleOrdinary != 0:
		if s.properNoun(w) || s.actsAsPerson(w) {
			s.hit(Name, w.start, w.end)
		} else if capital {
			s.hit(PossibleName, w.start, w.end)
		}
	case s.saint(w):
		s.hit(PossibleName, w.start, w.end)
	default:
		s.hit(Name, w.start, w.end)
	}
	if found&roleFamily != 0 {
		s.initialAfter(w, found)
	}
}

// placeholder reports a word that is nobody's name as a rule, such as Baby or Ward, only
// where it stands as one: after a title, beside the other name, or with initials.
func (s *denyScanner) placeholder(w word, found roles) {
	last := s.previous(w.start)
	title := last.short(s.text)
	lower := title.string() == "mr" || title.string() == "mrs" || title.string() == "dr" && !w.is(s.text, "patient")
	gap, lastRoles := s.text[last.end:w.start], s.list.rolesOf(s.text, last)
	comma := strings.Contains(gap, ",")
	surely := lastRoles&roleGiven != 0 && lastRoles&(roleOrdinary|rolePlaceholder) == 0 && found&roleFamily != 0 && !comma // alasdair ward
	switch {
	case surely && s.follows(last, w):
		s.hit(Name, last.start, w.end)
		return
	case !w.capital(s.text) && !lower:
		return
	case !s.follows(last, w):
	case isTitle(title.string()) && !comma && (lower || last.capital(s.text)):
		s.hit(Name, w.start, w.end)
		return
	case !last.capital(s.text) || strings.ContainsAny(gap, ":;/"):
	case lastRoles&roleGiven != 0 && found&roleFamily != 0 && !comma, lastRoles&roleFamily != 0 && found&roleGiven != 0 && (comma || lastRoles&rolePlaceholder == 0):
		s.hit(Name, last.start, w.end)
		return
	case found&roleFamily != 0 && last.len() == 1 && s.isInitial(last) && !w.allUpper(s.text) && (strings.Contains(gap, ".") || !last.is(s.text, "a") && !last.is(s.text, "i")):
		s.hit(Name, last.start, w.end)
		return
	}
	if next, ok := nextWord(s.text, w.end); ok && found&roleFamily != 0 && s.text[w.end:next.start] == ", " && next.len() == 1 && next.capital(s.text) && s.isInitial(next) {
		s.hit(Name, w.start, next.end)
	}
}

// withoutDigits is the word up to at most four digits at its end.
func (w word) withoutDigits(text string) word {
	for n := 0; n < 4 && w.len() > 1 && isDigit(text[w.end-1]); n++ {
		w.end--
	}
	return w
}

// userName reports whether w is a user name made of both names of the list, the first of
// which is t: JaneRosen, janerosen82.
func (s *denyScanner) userName(w word, t *entry) bool {
	rest := word{w.start + len(t.key), w.end}.withoutDigits(s.text)
	if t.kind != termName || len(t.key) < minNameLetters || rest.len() < minNameLetters {
		return false
	}
	found := s.list.rolesOf(s.text, rest)
	if t.roles&found&(roleOrdinary|rolePlaceholder) != 0 && rest.end == w.end {
		return false // rosemary
	}
	return t.roles&roleGiven != 0 && found&roleFamily != 0 || t.roles&roleFamily != 0 && found&roleGiven != 0
}

// camelCase looks at a name that starts with the capital at i within a word, as in
// FriendOfRosen.
func (s *denyScanner) camelCase(i int) {
	if !isUpper(s.text[i]) || !isLower(s.text[i-1]) {
		return
	}
	start, w := i, word{i, i}
	for start > 0 && i-start < maxLocalPart && isWord(s.text[start-1]) {
		start--
	}
	for w.len() < maxLocalPart && isWord(at(s.text, w.end)) {
		w.end++
	}
	if isWord(at(s.text, start-1)) || isWord(at(s.text, w.end)) {
		return // longer than any user name
	}
	name := w.withoutDigits(s.text)
	before := word{start, i}.short(s.text)
	if name.len() <= minNameLetters || isNamePrefix(before.string()) || !apart(s.text, start, w.end) {
		return
	}
	if found := s.list.rolesOf(s.text, name); found&(roleFamily|roleGiven) != 0 && found&(roleOrdinary|rolePlaceholder) == 0 {
		s.hit(Name, start, w.end)
	}
}

// isNamePrefix reports what a family name is written with in one word: McDonald.
func isNamePrefix(folded string) bool {
	switch folded {
	case "mc", "mac", "fitz", "de", "di", "da", "du", "la", "le", "van", "von", "st", "al", "el", "ap", "o":
		return true
	}
	return false
}

// properNoun reports whether w is capitalised in the middle of a sentence and its
// neighbours are not, as in "given to Brown on Friday". The names of months are
// written so too, and parts of longer names, such as Green Lane, have neighbours.
func (s *denyScanner) properNoun(w word) bool {
	last := s.previous(w.start)
	if !w.capital(s.text) || last.len() < 2 && at(s.text, last.start-1) != '/' || last.capital(s.text) || s.text[last.end:w.start] != " " || w.allUpper(s.text) {
		return false
	}
	preposition, name := last.short(s.text), w.short(s.text)
	if isDirection(preposition.string()) || monthNamed(name.string()) > 0 {
		return false
	}
	next, ok := nextWord(s.text, w.end)
	if ok && s.text[w.end:next.start] != " " && next.is(s.text, "s") { // Brown's label
		next, ok = nextWord(s.text, next.end)
	}
	if ok && !apart(s.text, next.start, next.end) {
		return false // what a redaction token stands for was looked at when it was put there
	}
	return !ok || !near(w.end, next.start) || !next.capital(s.text) || hasSentenceEnd(s.text[w.end:next.start])
}

// actsAsPerson reports whether what follows w is said of people: "Rose was seen",
// "King (NHS", "Rose's tablets".
func (s *denyScanner) actsAsPerson(w word) bool {
	name := w.short(s.text)
	if !w.capital(s.text) || w.allUpper(s.text) || monthNamed(name.string()) > 0 {
		return false
	}
	next, ok := nextWord(s.text, w.end)
	if !ok || !near(w.end, next.start) || hasSentenceEnd(s.text[w.end:next.start]) {
		return false
	}
	if next.is(s.text, "s") {
		owned, ok := nextWord(s.text, next.end)
		return ok && s.text[next.end:owned.start] == " " && !owned.capital(s.text)
	}
	verb := next.short(s.text)
	return isOfPeople(verb.string()) && apart(s.text, next.start, next.end)
}

// isMonth reports whether w is the name of a month in a date, as in 3 May 2026.
func (s *denyScanner) isMonth(w word) bool {
	name := w.short(s.text)
	if monthNamed(name.string()) == 0 {
		return false
	}
	next, ok := nextWord(s.text, w.end)
	return isDigit(at(s.text, s.previous(w.start).start)) || ok && isDigit(s.text[next.start]) && near(w.end, next.start)
}

// eponym reports whether w is part of the name of a disease, as in Parkinson's disease.
func (s *denyScanner) eponym(w word) bool {
	next, ok := nextWord(s.text, w.end)
	if ok && next.is(s.text, "s") {
		next, ok = nextWord(s.text, next.end)
	}
	if !ok || next.start-w.end > len("'s ") {
		return false
	}
	disease := next.short(s.text)
	return isDiseaseWord(disease.string()) || !apart(s.text, next.start, next.end)
}

// saint reports whether w follows St or Saint: likely a hospital or a street. It
// does not where St is the end of a name or an address itself.
func (s *denyScanner) saint(w word) bool {
	last := s.previous(w.start)
	if !s.follows(last, w) || !last.is(s.text, "st") && !last.is(s.text, "saint") {
		return false
	}
	if c := at(s.text, last.start-1); c == '.' || c == '@' || c == '-' {
		return false // the end of an e-mail address
	}
	return len(s.hits) == 0 || s.hits[len(s.hits)-1].End < last.end
}

// fullName reports whether the word before makes a name of w, and where the whole
// name starts. sure says that w is written as a name, or is one however written.
func (s *denyScanner) fullName(w word, found roles, sure bool) (start int, ok bool) {
	last := s.previous(w.start)
	if !s.follows(last, w) {
		return w.start, false
	}
	comma := strings.Contains(s.text[last.end:w.start], ",")
	capital, lastCapital, lastRoles := w.capital(s.text), last.capital(s.text), s.list.rolesOf(s.text, last)
	switch {
	case lastRoles&roleGiven != 0 && found&roleFamily != 0 && !comma:
		return last.start, true
	case lastRoles&roleFamily != 0 && found&roleGiven != 0 && (comma || lastCapital && sure):
		return last.start, true
	case found&roleFamily != 0 && last.len() == 1 && sure && (lastCapital || !capital) && s.isInitial(last):
		return last.start, true
	}
	title := last.short(s.text)
	// "patient will be seen" and "PATIENT WILL BE SEEN" speak of nobody called Will.
	return w.start, isTitle(title.string()) || capital && isRole(title.string()) && !w.allUpper(s.text)
}

// follows reports whether w stands in one phrase with last, the word before, and not
// in the next sentence.
func (s *denyScanner) follows(last, w word) bool {
	if last.len() == 0 {
		return false
	}
	if !strings.Contains(s.text[last.end:w.start], ".") || last.len() == 1 || last.is(s.text, "st") {
		return true
	}
	title := last.short(s.text)
	return isTitle(title.string())
}

// initialAfter handles "Brown, J" and "Brown J". Without the comma, I and A are
// likely words.
func (s *denyScanner) initialAfter(w word, found roles) {
	next, ok := nextWord(s.text, w.end)
	if !ok || next.len() != 1 || !near(w.end, next.start) || !s.isInitial(next) || !apart(s.text, next.start, next.end) ||
		!next.capital(s.text) && (w.capital(s.text) || found&roleOrdinary != 0) {
		return
	}
	gap, initial := s.text[w.end:next.start], s.text[next.start]
	if gap == " " && initial != 'I' && initial != 'A' && w.capital(s.text) || strings.Contains(gap, ",") {
		s.hit(Name, w.start, next.end)
	}
}

func (s *denyScanner) isInitial(w word) bool {
	return bytes.IndexByte(s.list.initials, folded[s.text[w.start]]) >= 0
}
