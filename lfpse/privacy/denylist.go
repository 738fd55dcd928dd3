package privacy

import (
	"fmt"
	"slices"
	"strings"
)

// Term is one thing that must not appear: a name or identifier of a patient, a
// relative or a member of staff, as the source record has it.
//
// Class says how Text is read:
//   - Name: a whole name, "Jane Ann Doe" or "DOE, Jane (Mrs)"
//   - FamilyName, GivenName: as in FHIR HumanName
//   - BirthDate: preferably YYYY-MM-DD; found in every usual rendering. A year or
//     a month alone is not enough and is ignored
//   - Address: lines separated by commas or line breaks; the first line and lines
//     with a number are used, never a bare town
//   - Postcode, Phone, Email
//   - NHSNumber, and Identifier or any other class: an identifier of four letters
//     or digits or more; grouping and punctuation do not matter
//
// Text without a letter or digit is ignored.
type Term struct {
	Class Class
	Text  string
}

// String gives the class only.
func (t Term) String() string { return "Term(" + t.Class.String() + ")" }

// GoString gives the class only, for %#v.
func (t Term) GoString() string { return t.String() }

// DenyList finds the names and identifiers of given people in texts. It is
// immutable and safe for concurrent use. The zero value and nil find nothing.
//
// Matching ignores case, accents, invisible characters and width, and keeps to
// whole words. Names follow these rules:
//   - a family name, or a given name, blocks wherever it stands
//   - one that is also an ordinary word (May, Will, Brown, Long) blocks beside the
//     other name, an initial or a title, and when it alone is capitalised in the
//     middle of a sentence; it warns (PossibleName) when capitalised elsewhere, and
//     is let pass in lower case
//   - one before disease, syndrome or palsy (Parkinson's disease) warns
//   - one of fewer than three letters blocks beside the other name, an initial or
//     a title only
//   - after St or Saint a name warns, since it is likely a hospital or a street
//
// Do not put the reporter's own contact details on the list when ReporterContact
// is to carry them.
type DenyList struct {
	names    map[uint32][]nameTerm
	phrases  map[uint32][]phrase
	compact  [256][]compactTerm // by first byte
	dates    []date
	initials [256]bool // first bytes of given names
	terms    int

	starts                 startSet // what any term starts with
	nameStarts, dateStarts startSet // names and phrases only, and birth dates only
}

// nameTerm is a single word that is a name.
type nameTerm struct {
	folded        string
	family, given bool
	ordinary      bool
}

// phrase is a row of words.
type phrase struct {
	class Class
	words []string
	roles roles // of a name
}

// compactTerm is an identifier without anything but letters and digits.
type compactTerm struct {
	class Class
	text  string
}

// NewDenyList compiles terms. It keeps no reference to them.
func NewDenyList(terms []Term) *DenyList {
	d := &DenyList{names: map[uint32][]nameTerm{}, phrases: map[uint32][]phrase{}, terms: len(terms)}
	for _, t := range terms {
		switch t.Class {
		case Name, PossibleName:
			d.addFullName(t.Text)
		case FamilyName:
			d.addName(t.Text, true)
		case GivenName:
			d.addGivenNames(t.Text)
		case BirthDate, PossibleBirthDate:
			d.addBirthDate(t.Text)
		case Address:
			d.addAddress(t.Text)
		case Postcode:
			d.addCompact(Address, t.Text, 5)
		case Phone:
			d.addPhone(t.Text)
		case Email:
			d.addPhrase(Email, foldWords(t.Text))
		case NHSNumber, CHINumber, HCNumber, NINumber, ProfessionalNumber:
			d.addCompact(t.Class, t.Text, 4)
		default:
			d.addCompact(Identifier, t.Text, 4)
		}
	}
	return d
}

// String gives the number of terms only.
func (d *DenyList) String() string {
	if d == nil {
		return "DenyList(0 terms)"
	}
	return fmt.Sprintf("DenyList(%d terms)", d.terms)
}

// GoString gives the number of terms only, for %#v.
func (d *DenyList) GoString() string { return d.String() }

// addFullName takes "Given Given Family", or "Family, Given Given".
func (d *DenyList) addFullName(text string) {
	family, given, comma := strings.Cut(text, ",")
	if !comma {
		parts := strings.Fields(text)
		parts = slices.DeleteFunc(parts, isTitlePart)
		at := max(0, len(parts)-1)
		for i, part := range parts {
			if i > 0 && isParticle(part) {
				at = i
				break
			}
		}
		family, given = strings.Join(parts[at:], " "), strings.Join(parts[:at], " ")
	}
	d.addName(withoutTitles(family), true)
	d.addGivenNames(withoutTitles(given))
}

func withoutTitles(text string) string {
	return strings.Join(slices.DeleteFunc(strings.Fields(text), isTitlePart), " ")
}

func isTitlePart(part string) bool {
	words := foldWords(part)
	return len(words) == 1 && isTitle(words[0])
}

// particles are words that start a family name of several words.
var particles = strings.Fields(`van von de der den del della di da dos du la le bin ibn bint al el ter ten ap st st.`)

func isParticle(part string) bool {
	return slices.ContainsFunc(particles, func(p string) bool { return strings.EqualFold(p, part) })
}

func (d *DenyList) addGivenNames(text string) {
	for _, part := range strings.Fields(text) {
		d.addName(part, false)
	}
}

// addName adds one family or given name. A name of several parts is found whole,
// written together, and by its last part; a double-barrelled one by either part.
func (d *DenyList) addName(text string, family bool) {
	words := foldWords(text)
	if len(words) == 0 {
		return
	}
	if len(words) == 1 {
		d.addNameWord(words[0], family)
		d.addSplit(words[0], family)
		return
	}
	d.addNamePhrase(words, family)
	d.addNameWord(strings.Join(words, ""), family)
	parts := words[len(words)-1:]
	if strings.ContainsFunc(text, isDash) {
		parts = words
	}
	for _, part := range parts {
		if len(part) >= minNameLetters {
			d.addNameWord(part, family)
		}
	}
}

// addSplit adds the spelling of McDonald and MacKenzie in two words.
func (d *DenyList) addSplit(folded string, family bool) {
	for _, prefix := range [...]string{"mc", "mac"} {
		if rest, ok := strings.CutPrefix(folded, prefix); ok && len(rest) > minNameLetters {
			d.addNamePhrase([]string{prefix, rest}, family)
		}
	}
}

// minNameLetters is the length from which a name may stand for itself.
const minNameLetters = 3

func (d *DenyList) addNameWord(folded string, family bool) {
	h := hashOf(folded)
	d.starts.add(folded)
	d.nameStarts.add(folded)
	if !family {
		d.initials[folded[0]] = true
	}
	for i := range d.names[h] {
		if n := &d.names[h][i]; n.folded == folded {
			n.family, n.given = n.family || family, n.given || !family
			return
		}
	}
	d.names[h] = append(d.names[h], nameTerm{folded: folded, family: family, given: !family, ordinary: isOrdinaryWord(folded)})
}

func (d *DenyList) addNamePhrase(words []string, family bool) {
	role := roleGiven
	if family {
		role = roleFamily
	}
	d.add(phrase{Name, words, role})
}

func (d *DenyList) addPhrase(class Class, words []string) {
	if len(words) > 0 {
		d.add(phrase{class: class, words: words})
	}
}

func (d *DenyList) add(p phrase) {
	h := hashOf(p.words[0])
	d.starts.add(p.words[0])
	d.nameStarts.add(p.words[0])
	d.phrases[h] = append(d.phrases[h], p)
}

// startSet holds the first two bytes of folded words, as 5 bits each, so that most
// words of a text are passed over at a glance.
type startSet [1 << 10 / 64]uint64

func startKey(one, two byte) uint16 { return uint16(one&31)<<5 | uint16(two&31) }

// add adds a word, and its first letter alone, since an identifier may be written
// with a gap behind it.
func (s *startSet) add(folded string) {
	key := startKey(folded[0], 0)
	s[key/64] |= 1 << (key % 64)
	if len(folded) > 1 {
		key = startKey(folded[0], folded[1])
		s[key/64] |= 1 << (key % 64)
	}
}

// mayStart reports whether a term may start with the word.
func (s *startSet) mayStart(text string, w word) bool {
	if !w.plain {
		return true
	}
	two := byte(0)
	if w.end-w.start > 1 {
		two = foldedASCII[text[w.start+1]]
	}
	key := startKey(foldedASCII[text[w.start]], two)
	return s[key/64]&(1<<(key%64)) != 0
}

// addCompact adds an identifier by its letters and digits if there are at least
// smallest of them; shorter ones would be found everywhere.
func (d *DenyList) addCompact(class Class, text string, smallest int) {
	compact := strings.Join(foldWords(text), "")
	if len(compact) < smallest {
		return
	}
	d.starts.add(compact)
	d.compact[compact[0]] = append(d.compact[compact[0]], compactTerm{class, compact})
}

// addPhone adds the national and the international spelling.
func (d *DenyList) addPhone(text string) {
	compact := strings.Join(foldWords(text), "")
	national := compact
	for _, prefix := range [...]string{"0044", "44"} {
		if rest, ok := strings.CutPrefix(compact, prefix); ok && len(rest) >= 9 {
			national = "0" + strings.TrimPrefix(rest, "0")
			break
		}
	}
	d.addCompact(Phone, national, 6)
	if rest, ok := strings.CutPrefix(national, "0"); ok {
		for _, prefix := range [...]string{"44", "440", "0044", "00440"} { // with and without the (0)
			d.addCompact(Phone, prefix+rest, 6)
		}
	}
}

func (d *DenyList) addBirthDate(text string) {
	at := strings.IndexFunc(text, func(r rune) bool { return digitValue(r) >= 0 })
	if at < 0 {
		return
	}
	day, _, _, ok := dateAt(text, at)
	if !ok {
		return
	}
	d.dates = append(d.dates, day)
	d.addDateStarts(day)
	d.addCompact(BirthDate, fmt.Sprintf("%02d%02d%02d", day.day, day.month, day.year%100), 6)
	if !day.short {
		d.addCompact(BirthDate, fmt.Sprintf("%02d%02d%04d", day.day, day.month, day.year), 8)
		d.addCompact(BirthDate, fmt.Sprintf("%04d%02d%02d", day.year, day.month, day.day), 8)
	}
}

// addDateStarts marks what the date may start with: 1/2/50, 01-02-1950, 1st, 1Feb,
// 1950-02-01.
func (d *DenyList) addDateStarts(day date) {
	d.dateStarts.add(fmt.Sprintf("%02d", day.day))
	if day.day < 10 {
		for _, c := range "strndhjfmao" { // of ordinals and months
			d.dateStarts.add(fmt.Sprintf("%d%c", day.day, c))
		}
	}
	if !day.short {
		d.dateStarts.add(fmt.Sprintf("%04d", day.year))
	}
	for i, bits := range d.dateStarts {
		d.starts[i] |= bits
	}
}

// addAddress adds the first line and every line with a number in it.
func (d *DenyList) addAddress(text string) {
	lines := strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == '\n' || r == '\r' || r == ';' })
	for i, line := range lines {
		words := foldWords(line)
		numbered := strings.ContainsFunc(line, func(r rune) bool { return digitValue(r) >= 0 })
		switch {
		case len(words) == 0 || i > 0 && !numbered:
			continue
		case len(words) == 1 && (numbered || len(words[0]) < 4 || isOrdinaryWord(words[0])):
			continue // "12" or "Cottage" alone says nothing
		}
		d.addPhrase(Address, words)
		if short := abbreviateStreet(words); short != nil {
			d.addPhrase(Address, short)
		}
	}
}

// abbreviateStreet returns the words with the kind of street in its other
// spelling, or nil.
func abbreviateStreet(words []string) []string {
	for i, word := range words {
		for _, pair := range [...][2]string{{"street", "st"}, {"road", "rd"}, {"avenue", "ave"}, {"lane", "ln"}, {"close", "cl"}, {"drive", "dr"},
			{"court", "ct"}, {"crescent", "cres"}, {"gardens", "gdns"}, {"square", "sq"}, {"terrace", "terr"}, {"place", "pl"}} {
			other := ""
			switch word {
			case pair[0]:
				other = pair[1]
			case pair[1]:
				other = pair[0]
			default:
				continue
			}
			words = slices.Clone(words)
			words[i] = other
			return words
		}
	}
	return nil
}
