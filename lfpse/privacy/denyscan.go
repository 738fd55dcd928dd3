package privacy

import "slices"

// Scan finds the terms of the list in one text, in text order. It returns nil when
// there are none, and then allocates only for a text that is not ASCII.
func (d *DenyList) Scan(text string) []Hit {
	normal := normalise(text)
	return locate(text, normal, d.scan(normal, true))
}

// scan looks, in a text in the normal form, for identifiers only, and not for names,
// addresses and birth dates, where it is not prose: codes, references and dates have no
// names in them, and the date of the event may rightly be a birth date.
func (d *DenyList) scan(text string, prose bool) []Hit {
	if d == nil || d.count == 0 {
		return nil
	}
	s := denyScanner{list: d, text: text, prose: prose}
	s.scan()
	return outermost(s.hits)
}

// denyScanner is the state of one scan.
type denyScanner struct {
	list  *DenyList
	text  string
	prose bool
	hits  []Hit
	work  int // characters and terms looked at besides going through the text once
}

func (s *denyScanner) scan() {
	text, starts := s.text, &s.list.starts
	window := uint16(0) // the last three characters
	for i := range len(text) {
		window = window<<5 | code(text[i])
		if starts.has(window) {
			s.word(i - 2)
		}
	}
	for i := range 2 {
		if window <<= 5; starts.has(window) {
			s.word(len(text) + i - 2)
		}
	}
}

// word looks for all that starts with the word at i, if one does.
func (s *denyScanner) word(i int) {
	if i < 0 || isWord(at(s.text, i-1)) {
		return
	}
	w := wordAt(s.text, i)
	if !apart(s.text, w.start, w.end) {
		return
	}
	found := roles(0)
	for _, t := range s.list.termsAt(s.text, i) {
		s.work++
		switch {
		case t.kind == termIdentifier:
			s.identifier(i, t)
		case !s.prose:
		case t.kind == termDate:
			s.birthDate(i, t)
		case t.kind == termPhrase:
			s.phrase(w, t)
		case t.names(s.text, w):
			found |= t.roles
		}
	}
	if found != 0 {
		s.name(w, found)
	}
}

// termsAt returns the terms that start with the two characters at i.
func (d *DenyList) termsAt(text string, i int) []*term {
	return d.terms[code(at(text, i))<<5|code(at(text, i+1))]
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

func (s *denyScanner) hit(class Class, start, end int) {
	s.hits = append(s.hits, Hit{class, start, end})
}

// identifier compares a term with the letters and digits from i on, whatever their
// grouping. It must end where a word does.
func (s *denyScanner) identifier(i int, t *term) {
	if t.class == BirthDate && !s.prose {
		return
	}
	text, want := s.text, t.words[0]
	end := i
	for n, gap := 0, 0; n < len(want); end++ {
		s.work++
		switch c := folded[at(text, end)]; {
		case c == 0 && (end >= len(text) || gap == maxSeparator || tokenAt(text, end) > 0):
			return
		case c == 0:
			gap++
		case c != want[n]:
			return
		default:
			n, gap = n+1, 0
		}
	}
	if !isWord(after(text, end)) {
		s.hit(t.class, i, end)
	}
}

func (s *denyScanner) birthDate(i int, t *term) {
	if day, start, end, ok := dateAt(s.text, i); ok && day.same(t.day) {
		s.hit(BirthDate, start, end)
	}
}

func (s *denyScanner) phrase(w word, t *term) {
	s.work += len(t.words)
	if !w.is(s.text, t.words[0]) {
		return
	}
	end := w.end
	for _, want := range t.words[1:] {
		next, ok := nextWord(s.text, end)
		if !ok || !near(end, next.start) || !next.is(s.text, want) || !apart(s.text, next.start, next.end) {
			return
		}
		end = next.end
	}
	start := w.start
	if t.roles != 0 {
		start, _ = s.company(w, t.roles, true) // J van der Berg
	}
	s.hit(t.class, start, end)
}
