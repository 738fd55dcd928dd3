package privacy

import (
	"slices"
	"strings"
)

// What stands behind a value can say what it is, as in "A123456 is her hospital number",
// "00123456 (MRN)" and "12/03/1956, his date of birth, was wrong".

// behind is what follows a value, up to where its label may start.
type behind struct {
	label int  // where the label may start
	is    bool // is or was stands between
	open  bool // a bracket does
}

// behindValue reads what follows a value that ends at end. ok is false if no label can.
func (sc *scanner) behindValue(end int) (b behind, ok bool) {
	text, i, signed := sc.text, end, false
	if at(text, i) == ' ' {
		i++
	}
	switch c := at(text, i); c {
	case ',', '(', '-', '=':
		b.open, signed = c == '(', true
		if i++; at(text, i) == ' ' {
			i++
		}
	default:
		if i == end {
			return b, false
		}
	}
	for range 5 {
		w := sc.part(i)
		folded := w.short(text)
		is := folded.string() == "is" || folded.string() == "was"
		if !is && !isLabelOwner(folded.string()) || !is && !signed && !b.is {
			break
		}
		b.is = b.is || is
		if i = w.end; at(text, i) == '\'' {
			if i++; at(text, i)|0x20 == 's' {
				i++
			}
		}
		if at(text, i) != ' ' {
			return b, false
		}
		i++
	}
	b.label = i
	return b, signed || b.is
}

// isLabelOwner reports words before a label that say whose it is, or how it got there.
func isLabelOwner(folded string) bool {
	switch folded {
	case "her", "his", "their", "my", "the", "a", "an", "patient", "patients", "pt", "pts", "own", "given", "recorded", "entered", "typed", "written", "used", "shown", "as", "this", "that", "lady", "gentleman", "mother", "child", "baby":
		return true
	}
	return false
}

// closes reports whether a label that ends at i is that of the value before it: one that goes
// on may be that of the next value.
func (sc *scanner) closes(b behind, i int, named bool) bool {
	switch c := at(sc.text, i); {
	case b.open:
		return c == ')' || c == ','
	case b.is && named:
		return true
	default:
		return c == 0 || c == ',' || c == '.' || c == ';' || c == ')' || c == '\n'
	}
}

// numberWordAt passes over a word such as number behind the label that ends at i.
func (sc *scanner) numberWordAt(i int) (end int, named bool) {
	if at(sc.text, i) != ' ' {
		return i, false
	}
	w := sc.part(i + 1)
	if folded := w.short(sc.text); !isNumberWord(folded.string()) {
		return i, false
	}
	return w.end, true
}

// nationalBehind reports whether the words behind a value that ends at end call it an NHS,
// CHI, H&C or National Insurance number.
func (sc *scanner) nationalBehind(end int) bool {
	b, ok := sc.behindValue(end)
	if !ok {
		return false
	}
	for _, label := range nationalLabels {
		if hasPrefixFold(sc.text[b.label:], label) {
			end, named := sc.numberWordAt(b.label + len(label))
			if sc.closes(b, end, named) {
				return true
			}
		}
	}
	return false
}

// isSaidNational reports whether the words before, behind or on both sides of
// text[start:end] call it a national number.
func (sc *scanner) isSaidNational(start, end int) bool {
	if sc.calledHealthNumber(start) || sc.nationalBehind(end) {
		return true
	}
	next := at(sc.text, end) // her NHS number, 999 000 0018, was
	return strings.HasSuffix(sc.text[:start], ", ") && (next == ',' || next == ')') && sc.calledHealthNumber(start-len(", "))
}

// localBehind reports the number of a patient with its label behind it, and returns the end,
// or 0.
func (sc *scanner) localBehind(g group) int {
	if c := at(sc.text, g.end); c != ' ' && c != ',' && c != '(' && c != '-' {
		return 0
	}
	b, ok := sc.behindValue(g.end)
	if !ok {
		return 0
	}
	const fewest = 5
	start, end, digits := sc.codeAround(g)
	if digits < fewest || end != g.end || isWord(before(sc.text, start)) {
		return 0
	}
	w := sc.part(b.label)
	last, named := sc.numberWordAt(w.end)
	which := w.short(sc.text)
	switch folded := which.string(); {
	case folded == "mrn" || folded == "crn":
		named = true
	case named && (isClinicalSystem(folded) || folded == "hospital" || folded == "hosp" || folded == "pas" || folded == "casenote"):
	case named && slices.Contains([]string{"number", "no", "id", "identifier"}, folded):
	default:
		// The patient of "the patient number" has been taken for its owner.
		if !sc.isPatientNumber(b.label) {
			return 0
		}
		last, named = w.end, true
	}
	if ends, _ := sc.wordEndingAt(last); !sc.closes(b, last, named) || isReference(which.string()) || isReference(ends.string()) {
		return 0
	}
	sc.hit(LocalNumber, start, end)
	return end
}

// isPatientNumber reports whether "patient number" stands at the word at i, or "patient ID".
func (sc *scanner) isPatientNumber(i int) bool {
	w := sc.part(i).short(sc.text)
	owner, _ := sc.wordEndingAt(beforeSpaces(sc.text, i))
	switch w.string() {
	case "number", "no", "id", "identifier":
		return owner.string() == "patient" || owner.string() == "pt"
	}
	return false
}

// birthBehind reports whether the words behind a date call it one of birth.
func (sc *scanner) birthBehind(end int) bool {
	b, ok := sc.behindValue(end)
	return ok && slices.ContainsFunc(birthLabels, func(label string) bool {
		certain := label != "birthday" && label != "bday"
		return label != "born" && hasPrefixFold(sc.text[b.label:], label) && sc.closes(b, b.label+len(label), certain)
	})
}

// nameBehind reports the name w if the words behind it, in a bracket or after a comma, say
// whose relative it is, as in "Susan (daughter) rang" and "spoke to Susan, her daughter".
func (sc *scanner) nameBehind(w word, bracket bool) {
	text := sc.text
	if w.len() < minNameLetters || isWord(at(text, w.start-1)) {
		return
	}
	from := w.end + len(", ")
	owner := sc.part(from)
	folded := owner.short(text)
	relative, owned := owner, isOwner(folded.string())
	if owned {
		relative = sc.part(owner.end + 1)
	}
	who := relative.short(text)
	if !isRelative(who.string()) || who.string() == "baby" || who.string() == "law" {
		return
	}
	if sc.isNoRelative(w) {
		return
	}
	next := at(text, relative.end)
	switch {
	case bracket && next != ')' && next != ',', !bracket && (!owned || next == ' '):
	case sc.isSpokenTo(w.start), bracket && (owned || sc.isDoing(relative.end+1)):
		sc.hit(NamedPerson, w.start, w.end)
	}
}

// isDoing reports whether the word behind the bracket before i is what only people do: the
// family history in "Asthma (mother) was not coded" names nobody.
func (sc *scanner) isDoing(i int) bool {
	w := sc.part(i + 1).short(sc.text)
	switch w.string() {
	case "was", "had", "has", "is", "did", "died", "born", "dob", "nhs", "aged", "dna", "reported", "came", "felt":
		return false
	}
	return at(sc.text, i) == ' ' && isOfPeople(w.string())
}

// isNoRelative reports capitalised words that stand before "(daughter)" and are no names.
func (sc *scanner) isNoRelative(w word) bool {
	name := w.short(sc.text)
	folded := name.string()
	return isNoName(name) || isPlaceholder(folded) || isRelative(folded) || isDocument(name) || isFormalRole(folded) || sc.isNoPerson(w) || monthNamed(folded) > 0
}

// isFormalRole reports what a relative may be to the practice.
func isFormalRole(folded string) bool {
	switch folded {
	case "attorney", "advocate", "interpreter", "translator", "chaperone", "informant", "proxy", "relative", "visitor", "escort", "deputy", "representative", "complainant", "witness",
		"caller", "applicant", "executor", "donor", "driver", "requester", "appointee", "nominee", "companion", "family", "parents":
		return true
	}
	return false
}

// isSpokenTo reports whether the word before i is one that a person follows.
func (sc *scanner) isSpokenTo(i int) bool {
	w, _ := sc.wordEndingAt(beforeSpaces(sc.text, i))
	switch w.string() {
	case "to", "with", "from", "by", "told", "rang", "phoned", "called", "saw", "asked", "informed", "advised", "met":
		return true
	}
	return false
}

// patientBeside reports two words between commas after patient, as in "the patient, Jane
// Doe, came". In brackets they would be a disease as often.
func (sc *scanner) patientBeside(i int) {
	end, words := sc.personAt(i)
	if words < 2 || at(sc.text, end) != ',' {
		return
	}
	known := 0
	for w, ok := nextWord(sc.text, i); ok && w.end <= end; w, ok = nextWord(sc.text, w.end) {
		folded := w.short(sc.text)
		if isPlaceholder(folded.string()) || isDocument(folded) || isDiseaseWord(folded.string()) || isDescription(folded.string()) || sc.isNoPerson(w) {
			return
		}
		if isOrdinaryWord(folded.string()) {
			known++
		}
	}
	if known < words {
		sc.hit(NamedPerson, i, end)
	}
}

// isDescription reports capitalised words that describe a patient.
func isDescription(folded string) bool {
	switch folded {
	case "british", "irish", "african", "caribbean", "asian", "indian", "pakistani", "bangladeshi", "chinese", "european", "english", "scottish", "welsh", "american", "speaker", "speaking",
		"nursing", "residential", "palliative", "learning", "disability", "disabilities", "difficulties", "autistic", "frail", "elderly", "housebound", "diabetic", "asthmatic", "epileptic",
		"pregnant", "resident", "registered", "registration", "visitor", "safeguarding", "dependent", "wheelchair", "end", "life", "protection", "vulnerable", "looked", "interest", "type":
		return true
	}
	return false
}
