package privacy

import "slices"

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
	s.scan(prose)
	return outermost(s.hits)
}

func (s *denyScanner) scan(prose bool) {
	text, d := s.text, s.list
	for w, ok := nextWord(text, 0); ok; w, ok = nextWord(text, w.end) {
		if s.lastRoles == 0 && !d.starts.mayStart(text, w) {
			s.last = w
			continue
		}
		s.word(w, prose)
	}
}

// word looks for all that starts with w.
func (s *denyScanner) word(w word, prose bool) {
	if s.last.end > 0 && !apart(s.text, s.last.start, s.last.end) {
		s.last, s.lastRoles = word{}, 0 // part of a longer value
	}
	found := roles(0)
	if apart(s.text, w.start, w.end) {
		s.identifiers(w, prose)
		if prose {
			found = s.prose(w)
		}
	}
	s.last, s.lastRoles = w, found
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
	work int // characters and terms looked at besides going through the text once

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
	second := byte(0) // of a word of two letters or more in ASCII
	if w.plain && w.end-w.start > 1 {
		second = foldedASCII[s.text[w.start+1]]
	}
	for _, term := range s.list.compact[first] {
		s.work++
		if second != 0 && term.text[1] != second {
			continue
		}
		if term.class == BirthDate && !prose {
			continue
		}
		if end := s.matchCompact(w.start, term.text); end > 0 {
			s.hit(term.class, w.start, end)
		}
	}
}

// matchCompact compares term with the letters and digits from i on and returns
// where it ends, at the end of a word, or 0.
func (s *denyScanner) matchCompact(i int, term string) int {
	text := s.text
	for at, gap := 0, 0; at < len(term); {
		r, end := runeAt(text, i)
		if r < 0 || gap > maxSeparator {
			return 0
		}
		i = end
		s.work++
		if !isWord(r) {
			if r == '[' && tokenAt(text, end-1) > 0 {
				return 0
			}
			gap++
			continue
		}
		out, n := fold(r)
		if at+n > len(term) || term[at:at+n] != string(out[:n]) {
			return 0
		}
		at, gap = at+n, 0
	}
	if r, _ := boundaryAt(text, i); isWord(r) {
		return 0
	}
	return i
}

// prose looks for the names, phrases and birth dates that start with w, and says
// what it is in the list of names.
func (s *denyScanner) prose(w word) roles {
	if len(s.list.dates) > 0 && s.list.dateStarts.mayStart(s.text, w) {
		s.birthDate(w)
	}
	found := roles(0)
	if s.list.nameStarts.mayStart(s.text, w) {
		hash := w.hash(s.text)
		s.work += w.end - w.start
		s.phrases(w, hash)
		found = s.list.rolesOf(s.text, w, hash)
	}
	switch {
	case found != 0:
		s.name(w, found)
	case s.lastRoles&roleFamily != 0 && w.letters(s.text, 2) == 1:
		s.initialAfter(w)
	}
	return found
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

func (s *denyScanner) phrases(w word, hash uint32) {
	for _, p := range s.list.phrases[hash] {
		s.work += len(p.words)
		if !w.is(s.text, p.words[0]) {
			continue
		}
		end := w.end
		for _, want := range p.words[1:] {
			next, ok := nextWord(s.text, end)
			if !ok || !near(s.text, end, next.start) || !next.is(s.text, want) || !apart(s.text, next.start, next.end) {
				end = 0
				break
			}
			end = next.end
		}
		if end > 0 {
			start := w.start
			if p.roles != 0 {
				start, _ = s.company(w, p.roles, true) // J van der Berg
			}
			s.hit(p.class, start, end)
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
