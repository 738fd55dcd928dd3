package privacy

import (
	"slices"
	"unicode/utf8"
)

// Scan finds the terms of the list in one text, in text order. It returns nil, and
// allocates nothing, when there are none.
func (d *DenyList) Scan(text string) []Hit { return d.scan(text, true) }

// scan looks for identifiers only, and not for names, addresses and birth dates,
// in text that is not prose: codes, references and dates have no names in them, and
// the date of the event may rightly be a birth date.
func (d *DenyList) scan(text string, prose bool) []Hit {
	if d == nil || d.terms == 0 {
		return nil
	}
	s := denyScanner{list: d, text: text}
	for w, ok := nextWord(text, 0); ok; w, ok = nextWord(text, w.end) {
		s.identifiers(w, prose)
		if prose {
			s.prose(w)
		}
	}
	return outermost(s.hits)
}

// outermost sorts hits and drops those that lie within another, as the parts of a
// double-barrelled name do, or the name in an e-mail address.
func outermost(hits []Hit) []Hit {
	slices.SortStableFunc(hits, func(a, b Hit) int {
		if a.Start != b.Start {
			return a.Start - b.Start
		}
		return b.End - a.End
	})
	end := 0
	return slices.DeleteFunc(hits, func(h Hit) bool {
		inside := h.End <= end
		end = max(end, h.End)
		return inside
	})
}

type denyScanner struct {
	list *DenyList
	text string
	hits []Hit

	// The word before, for names that need company.
	last      word
	lastRoles roles
}

// roles says what a word is in the list of names.
type roles uint8

const (
	roleFamily roles = 1 << iota
	roleGiven
	roleOrdinary
)

func (s *denyScanner) hit(class Class, start, end int) {
	s.hits = append(s.hits, Hit{class, start, end})
}

// identifiers looks for the identifiers that start with w, whatever their
// grouping.
func (s *denyScanner) identifiers(w word, prose bool) {
	first := foldedASCII[s.text[w.start]]
	if first == wide {
		r, _ := runeAt(s.text, w.start)
		out, _ := fold(r)
		first = out[0]
	}
	for _, term := range s.list.compact[first] {
		if term.class == BirthDate && !prose {
			continue
		}
		if end := matchCompact(s.text, w.start, term.text); end > 0 {
			s.hit(term.class, w.start, end)
		}
	}
}

// matchCompact compares term with the letters and digits from i on and returns
// where it ends, at the end of a word, or 0.
func matchCompact(text string, i int, term string) int {
	for at, gap := 0, 0; at < len(term); {
		r, end := runeAt(text, i)
		if r < 0 || gap > maxSeparator {
			return 0
		}
		i = end
		if !isWord(r) {
			gap++
			continue
		}
		out, n := fold(r)
		if at+n > len(term) || term[at:at+n] != string(out[:n]) {
			return 0
		}
		at, gap = at+n, 0
	}
	if r, _ := runeAt(text, i); isWord(r) {
		return 0
	}
	return i
}

// prose looks for the names, phrases and birth dates that start with w.
func (s *denyScanner) prose(w word) {
	if c := s.text[w.start]; len(s.list.dates) > 0 && (isASCIIDigit(c) || c >= utf8.RuneSelf) {
		s.birthDate(w)
	}
	found := roles(0)
	if s.list.mayMatch[w.hash>>6&63]&(1<<(w.hash&63)) != 0 {
		s.phrases(w)
		found = s.list.rolesOf(s.text, w)
	}
	switch {
	case found != 0:
		s.name(w, found)
	case s.lastRoles&roleFamily != 0 && w.folded == 1:
		s.initialAfter(w)
	}
	s.last, s.lastRoles = w, found
}

func (s *denyScanner) birthDate(w word) {
	if r, _ := runeAt(s.text, w.start); digitValue(r) < 0 {
		return
	}
	day, start, end, ok := dateAt(s.text, w.start)
	if !ok {
		return
	}
	for _, denied := range s.list.dates {
		if day.same(denied) {
			s.hit(BirthDate, start, end)
			return
		}
	}
}

func (s *denyScanner) phrases(w word) {
	for _, p := range s.list.phrases[w.hash] {
		if !w.is(s.text, p.words[0]) {
			continue
		}
		end := w.end
		for _, want := range p.words[1:] {
			next, ok := nextWord(s.text, end)
			if !ok || !near(s.text, end, next.start) || !next.is(s.text, want) {
				end = 0
				break
			}
			end = next.end
		}
		if end > 0 {
			s.hit(p.class, w.start, end)
		}
	}
}

// near reports whether two words are neighbours: at most three characters apart.
// More bytes than that may lie between them, since a dash takes three.
func near(text string, from, to int) bool {
	for range maxSeparator {
		if from >= to {
			return true
		}
		_, from = runeAt(text, from)
	}
	return from >= to
}

func (d *DenyList) rolesOf(text string, w word) (found roles) {
	for _, n := range d.names[w.hash] {
		if !w.is(text, n.folded) {
			continue
		}
		if n.family {
			found |= roleFamily
		}
		if n.given {
			found |= roleGiven
		}
		if n.ordinary {
			found |= roleOrdinary
		}
	}
	return found
}

// name decides what a word that is a name means where it stands.
func (s *denyScanner) name(w word, found roles) {
	capital := startsUpper(s.text, w)
	start, company := s.company(w, found, capital)
	switch {
	case company:
		s.hit(Name, start, w.end)
	case w.folded < minNameLetters:
	case found&roleOrdinary != 0:
		if capital {
			s.hit(PossibleName, w.start, w.end)
		}
	case s.follows(w) && (s.last.is(s.text, "st") || s.last.is(s.text, "saint")):
		s.hit(PossibleName, w.start, w.end)
	default:
		s.hit(Name, w.start, w.end)
	}
}

// company reports whether the word before makes a name of w, and where the whole
// name starts.
func (s *denyScanner) company(w word, found roles, capital bool) (start int, ok bool) {
	if !s.follows(w) {
		return w.start, false
	}
	comma := s.gapHas(w, ',')
	lastCapital := startsUpper(s.text, s.last)
	switch {
	case s.lastRoles&roleGiven != 0 && found&roleFamily != 0 && !comma:
		return s.last.start, true
	case s.lastRoles&roleFamily != 0 && found&roleGiven != 0 && (comma || lastCapital && capital):
		return s.last.start, true
	case found&roleFamily != 0 && s.last.folded == 1 && lastCapital && capital && s.isInitial(s.last):
		return s.last.start, true
	}
	title := s.last.fold(s.text)
	// "patient will be seen" and "PATIENT WILL BE SEEN" speak of nobody called Will.
	named := isTitle(title) || capital && isRole(title) && !allUpper(s.text, w)
	return w.start, named
}

// follows reports whether w stands in one phrase with the word before: near it,
// and not in the next sentence.
func (s *denyScanner) follows(w word) bool {
	if s.last.end == 0 || !near(s.text, s.last.end, w.start) {
		return false
	}
	return !s.gapHas(w, '.') || s.last.folded == 1 || isTitle(s.last.fold(s.text)) || s.last.is(s.text, "st")
}

func (s *denyScanner) gapHas(w word, c byte) bool {
	for i := s.last.end; i < w.start; i++ {
		if s.text[i] == c {
			return true
		}
	}
	return false
}

// initialAfter handles "Brown, J".
func (s *denyScanner) initialAfter(w word) {
	if s.gapHas(w, ',') && near(s.text, s.last.end, w.start) && startsUpper(s.text, w) && s.isInitial(w) {
		s.hit(Name, s.last.start, w.end)
	}
}

func (s *denyScanner) isInitial(w word) bool {
	r, _ := runeAt(s.text, w.start)
	out, n := fold(r)
	return n > 0 && s.list.initials[out[0]]
}
