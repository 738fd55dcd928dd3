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
	if d == nil || d.count == 0 || !prose && !d.inCodes() {
		return nil
	}
	s := denyScanner{list: d, text: text, prose: prose}
	s.scan()
	return outermost(s.hits)
}

// inCodes reports whether any term can stand in a text that is no prose.
func (d *DenyList) inCodes() bool { return d != nil && len(d.identifiers.entries) > 0 }

// denyScanner is the state of one scan.
type denyScanner struct {
	list  *DenyList
	text  string
	prose bool
	hits  []Hit
}

func (s *denyScanner) scan() {
	if s.list.starts != nil {
		s.terms()
	}
	if s.prose && len(s.list.births) > 0 {
		s.birthDates()
	}
}

// terms looks for what is in the dictionaries.
func (s *denyScanner) terms() {
	text, starts := s.text, s.list.starts
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
	if i < 0 {
		return
	}
	if isWord(at(s.text, i-1)) {
		if s.prose {
			s.camelCase(i)
		}
		return
	}
	w := wordAt(s.text, i)
	if !apart(s.text, w.start, w.end) {
		return
	}
	s.identifier(i)
	if !s.prose {
		return
	}
	if found := s.phrase(w); found != 0 {
		s.name(w, found)
	}
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

// beginning is how a text goes on from a place, in the form of the keys of a
// dictionary.
type beginning struct {
	key  [maxKey]byte
	ends [maxKey]uint16 // of each byte in the text, from that place on: gaps are short
	n    int
}

func (b *beginning) add(c byte, end int) {
	b.key[b.n], b.ends[b.n] = c, uint16(end)
	b.n++
}

// lettersAt takes the letters and digits from i on, whatever their grouping.
func (b *beginning) lettersAt(text string, i, most int) {
	for end, gap := i, 0; b.n < most && end < len(text); end++ {
		if c := folded[text[end]]; c != 0 {
			gap = 0
			b.add(c, end+1-i)
		} else if gap++; gap > maxSeparator || tokenAt(text, end) > 0 {
			return
		}
	}
}

// wordsAt takes the word w and those that follow it closely.
func (b *beginning) wordsAt(text string, w word, most int) {
	for start := w.start; ; {
		for i := w.start; i < w.end && b.n < most; i++ {
			b.add(folded[text[i]], i+1-start)
		}
		if b.n == most {
			return
		}
		next, ok := nextWord(text, w.end)
		if !ok || !near(w.end, next.start) || !apart(text, next.start, next.end) {
			return
		}
		b.add(' ', next.start-start)
		w = next
	}
}

// find returns the longest term that the text begins with.
func (b *beginning) find(d *dictionary) int { return d.find(b.key[:b.n]) }

// end is where the term ends in the text that goes on from i, as the last word of the
// term does, and whether a word ends there. A term that was cut off may end anywhere.
func (b *beginning) end(text string, i int, key string) (end int, ok bool) {
	end = i + int(b.ends[len(key)-1])
	if len(key) == maxKey {
		end = wordAt(text, end).end
	}
	return end, !isWord(at(text, end))
}

// identifier looks for the longest identifier from i on. It must end where a word does.
func (s *denyScanner) identifier(i int) {
	d := &s.list.identifiers
	if second := folded[at(s.text, i+1)]; second != 0 && !d.mayStart(folded[s.text[i]], second) {
		return
	}
	var b beginning
	b.lettersAt(s.text, i, d.longest)
	for n := b.find(d); n >= 0; n = d.entries[n].shorter {
		t := &d.entries[n]
		end, ok := b.end(s.text, i, t.key)
		if ok && tokenAt(s.text, end) == 0 {
			s.hit(t.class, i, end)
			return
		}
	}
}

// phrase looks for the longest row of words that starts with w, and returns what w is
// when it is a name by itself.
func (s *denyScanner) phrase(w word) (found roles) {
	d := &s.list.words
	if !d.mayStart(folded[s.text[w.start]], folded[at(s.text, w.start+1)]) {
		return 0
	}
	var b beginning
	b.wordsAt(s.text, w, d.longest)
	var done [roleFamily | roleGiven + 1]bool // of those of the same roles the longest says all
	for n := b.find(d); n >= 0; n = d.entries[n].shorter {
		t := &d.entries[n]
		if t.kind == termName {
			if t.names(s.text, w) {
				found |= t.roles
			} else if s.userName(w, t) {
				s.hit(Name, w.start, w.end)
			}
			continue
		}
		end, ok := b.end(s.text, w.start, t.key)
		if t.kind == termUserName && len(t.key) == w.withoutDigits(s.text).len() {
			end, ok = w.end, true
		}
		if !ok || done[t.roles] {
			continue
		}
		done[t.roles] = true
		start := w.start
		if t.roles != 0 {
			start, _ = s.fullName(w, t.roles, true) // J van der Berg
		}
		s.hit(t.class, start, end)
	}
	return found
}
