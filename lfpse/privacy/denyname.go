package privacy

func (d *DenyList) rolesOf(text string, w word, hash uint32) (found roles) {
	for _, n := range d.names[hash] {
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
	start, company := s.company(w, found, capital || found&roleOrdinary == 0 && w.letters(s.text, minNameLetters) == minNameLetters)
	switch {
	case company:
		s.hit(Name, start, w.end)
	case inUUID(s.text, w.start, w.end):
	case w.letters(s.text, minNameLetters) < minNameLetters:
		if capital && s.properNoun(w) {
			s.hit(Name, w.start, w.end)
		}
	case s.eponym(w):
		s.hit(PossibleName, w.start, w.end)
	case found&roleOrdinary != 0:
		if capital && !s.isMonth(w) {
			s.ordinary(w)
		}
	case s.saint(w):
		s.hit(PossibleName, w.start, w.end)
	default:
		s.hit(Name, w.start, w.end)
	}
}

// ordinary reports a capitalised word that is also a name: with certainty where
// nothing but a name is written so.
func (s *denyScanner) ordinary(w word) {
	if s.properNoun(w) || s.actsAsPerson(w) {
		s.hit(Name, w.start, w.end)
	} else {
		s.hit(PossibleName, w.start, w.end)
	}
}

// properNoun reports whether w is capitalised in the middle of a sentence and its
// neighbours are not, as in "given to Brown on Friday". The names of months are
// written so too, and parts of longer names, such as Green Lane, have neighbours.
func (s *denyScanner) properNoun(w word) bool {
	if s.last.letters(s.text, 2) < 2 || startsUpper(s.text, s.last) || s.text[s.last.end:w.start] != " " || allUpper(s.text, w) {
		return false
	}
	last, this := s.last.short(s.text), w.short(s.text)
	if isDirection(last.string()) || monthNamed(this.string()) > 0 {
		return false
	}
	next, ok := nextWord(s.text, w.end)
	if ok && s.text[w.end:next.start] != " " && next.is(s.text, "s") { // Brown's label
		next, ok = nextWord(s.text, next.end)
	}
	if ok && !apart(s.text, next.start, next.end) {
		return false // what a redaction token stands for was looked at when it was put there
	}
	return !ok || !near(s.text, w.end, next.start) || !startsUpper(s.text, next) || hasSentenceEnd(s.text[w.end:next.start])
}

// actsAsPerson reports whether what follows w is said of people: "Rose was seen",
// "King (NHS", "Rose's tablets".
func (s *denyScanner) actsAsPerson(w word) bool {
	name := w.short(s.text)
	if allUpper(s.text, w) || monthNamed(name.string()) > 0 {
		return false
	}
	next, ok := nextWord(s.text, w.end)
	if !ok || !near(s.text, w.end, next.start) || hasSentenceEnd(s.text[w.end:next.start]) {
		return false
	}
	if next.is(s.text, "s") {
		owned, ok := nextWord(s.text, next.end)
		return ok && s.text[next.end:owned.start] == " " && !startsUpper(s.text, owned)
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
	if last := s.last; last.end > 0 && isASCIIDigit(s.text[last.start]) && near(s.text, last.end, w.start) {
		return true
	}
	next, ok := nextWord(s.text, w.end)
	return ok && isASCIIDigit(s.text[next.start]) && near(s.text, w.end, next.start)
}

// eponym reports whether w names a disease after its discoverer.
func (s *denyScanner) eponym(w word) bool {
	next, ok := nextWord(s.text, w.end)
	if ok && next.is(s.text, "s") {
		next, ok = nextWord(s.text, next.end)
	}
	if !ok || next.start-w.end > len("\u2019s ") {
		return false
	}
	disease := next.short(s.text)
	return isDiseaseWord(disease.string()) || !apart(s.text, next.start, next.end)
}

// saint reports whether w follows St or Saint: likely a hospital or a street. It
// does not where St is the end of a name or an address itself.
func (s *denyScanner) saint(w word) bool {
	if !s.follows(w) || !s.last.is(s.text, "st") && !s.last.is(s.text, "saint") {
		return false
	}
	if before, _ := runeBefore(s.text, s.last.start); before == '.' || before == '@' || isDash(before) {
		return false // the end of an e-mail address
	}
	return len(s.hits) == 0 || s.hits[len(s.hits)-1].End < s.last.end
}

// company reports whether the word before makes a name of w, and where the whole
// name starts. sure says that w is written as a name, or is one however written.
func (s *denyScanner) company(w word, found roles, sure bool) (start int, ok bool) {
	if !s.follows(w) {
		return w.start, false
	}
	comma := s.gapHas(w, ',')
	lastCapital := startsUpper(s.text, s.last)
	switch {
	case s.lastRoles&roleGiven != 0 && found&roleFamily != 0 && !comma:
		return s.last.start, true
	case s.lastRoles&roleFamily != 0 && found&roleGiven != 0 && (comma || lastCapital && sure):
		return s.last.start, true
	case found&roleFamily != 0 && s.last.letters(s.text, 2) == 1 && sure && (lastCapital || !startsUpper(s.text, w)) && s.isInitial(s.last):
		return s.last.start, true
	}
	title := s.last.short(s.text)
	// "patient will be seen" and "PATIENT WILL BE SEEN" speak of nobody called Will.
	named := isTitle(title.string()) || startsUpper(s.text, w) && isRole(title.string()) && !allUpper(s.text, w)
	return w.start, named
}

// follows reports whether w stands in one phrase with the word before: near it,
// and not in the next sentence.
func (s *denyScanner) follows(w word) bool {
	if s.last.end == 0 || !near(s.text, s.last.end, w.start) {
		return false
	}
	if !s.gapHas(w, '.') || s.last.letters(s.text, 2) == 1 || s.last.is(s.text, "st") {
		return true
	}
	title := s.last.short(s.text)
	return isTitle(title.string())
}

func (s *denyScanner) gapHas(w word, c byte) bool {
	for i := s.last.end; i < w.start; i++ {
		if s.text[i] == c {
			return true
		}
	}
	return false
}

// initialAfter handles "Brown, J" and "Brown J". Without the comma, I and A are
// likely words.
func (s *denyScanner) initialAfter(w word) {
	upper := startsUpper(s.text, w) || !startsUpper(s.text, s.last) && s.lastRoles&roleOrdinary == 0
	if !near(s.text, s.last.end, w.start) || !upper || !s.isInitial(w) {
		return
	}
	bare := s.text[s.last.end:w.start] == " " && s.text[w.start] != 'I' && s.text[w.start] != 'A'
	if bare && startsUpper(s.text, s.last) || s.gapHas(w, ',') {
		s.hit(Name, s.last.start, w.end)
	}
}

func (s *denyScanner) isInitial(w word) bool {
	r, _ := runeAt(s.text, w.start)
	out, n := fold(r)
	return n > 0 && s.list.initials[out[0]]
}
