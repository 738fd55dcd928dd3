package privacy

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"
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
// Text without a letter or digit is ignored. One of more than 128 characters is found
// by its first 128.
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
// whole words, save for the s of "Siobhans mother". Names follow these rules:
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
	count       int
	words       dictionary // names, addresses and e-mail addresses
	identifiers dictionary // letters and digits, whatever stands between
	births      []date     // sorted by their keys
	starts      startSet
	initials    [256]bool // first letters of given names
}

// term says what an entry of a dictionary means.
type term struct {
	class Class
	kind  termKind
	roles roles // of a name
}

type termKind uint8

const (
	termPhrase termKind = iota // a row of words, which may be a name, or an identifier
	termName                   // a single word, to be judged by its neighbours
)

// NewDenyList compiles terms. It keeps no reference to them.
func NewDenyList(terms []Term) *DenyList {
	d := &DenyList{count: len(terms)}
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
	d.words.sort()
	d.identifiers.sort()
	slices.SortFunc(d.births, func(a, b date) int { return cmp.Or(a.key()-b.key(), a.year-b.year) })
	d.births = slices.Compact(d.births)
	return d
}

// String gives the number of terms only.
func (d *DenyList) String() string {
	if d == nil {
		return "DenyList(0 terms)"
	}
	return fmt.Sprintf("DenyList(%d terms)", d.count)
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
	if !isASCII(text) {
		if spelt := umlauts.Replace(text); spelt != text {
			d.addName(spelt, family)
		}
	}
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
	if strings.Contains(normalise(text), "-") {
		parts = words
	}
	for _, part := range parts {
		if len(part) >= minNameLetters {
			d.addNameWord(part, family)
		}
	}
}

// umlauts are also written in two letters.
var umlauts = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "Ä", "Ae", "Ö", "Oe", "Ü", "Ue", "ø", "oe", "Ø", "Oe", "å", "aa", "Å", "Aa")

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
	role := roleOf(family)
	if role == roleGiven {
		d.initials[folded[0]] = true
	}
	if isOrdinaryWord(folded) {
		role |= roleOrdinary
	}
	d.words.add(folded, term{kind: termName, roles: role})
	d.startWith(folded + " ")
}

func roleOf(family bool) roles {
	if family {
		return roleFamily
	}
	return roleGiven
}

func (d *DenyList) addNamePhrase(words []string, family bool) {
	d.words.add(strings.Join(words, " "), term{class: Name, roles: roleOf(family)})
	d.startWith(words[0] + " ")
}

func (d *DenyList) addPhrase(class Class, words []string) {
	if len(words) > 0 {
		d.words.add(strings.Join(words, " "), term{class: class})
		d.startWith(words[0] + " ")
	}
}

// startWith adds what a term may start with in a text: three characters, or two that
// any other may follow. All but letters and digits are alike.
func (d *DenyList) startWith(starts ...string) {
	for _, start := range starts {
		pair := code(start[0])<<5 | code(start[1])
		if len(start) == 2 {
			d.starts.addAll(pair << 5)
		} else {
			d.starts.add(pair<<5 | code(start[2]))
		}
	}
}

// startSet holds three characters in a row, as 5 bits each, so that most of a text is
// passed over at a glance.
type startSet [1 << 15 / 64]uint64

func (s *startSet) add(key uint16) { s[key/64] |= 1 << (key % 64) }

// addAll adds the 32 keys from key on, whose lower 5 bits are 0.
func (s *startSet) addAll(key uint16) { s[key/64] |= (1<<32 - 1) << (key % 64) }

// has looks at the lower 15 bits of key.
func (s *startSet) has(key uint16) bool { return s[key/64%uint16(len(s))]&(1<<(key%64)) != 0 }

// codes of characters are 1 to 26 for letters, whatever their case, 27 to 31 for
// digits and 0 for what stands between words.
var codes = func() (table [256]uint8) {
	for i := range table {
		switch c := byte(i); {
		case isDigit(c):
			table[c] = 27 + (c-'0')/2
		case isASCIILetter(c):
			table[c] = c & 31
		case isLetter(c):
			table[c] = 1 + c%26
		}
	}
	return table
}()

func code(c byte) uint16 { return uint16(codes[c]) }

// addCompact adds an identifier by its letters and digits if there are at least
// smallest of them; shorter ones would be found everywhere.
func (d *DenyList) addCompact(class Class, text string, smallest int) {
	compact := strings.Join(foldWords(text), "")
	if len(compact) < smallest {
		return
	}
	// It may have a gap behind the first character and behind the second.
	d.identifiers.add(compact, term{class: class})
	d.startWith(compact, compact[:1]+" ", compact[:2]+" ")
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
		// A spreadsheet takes the 0 away; people write +44 with and without the (0).
		for _, prefix := range [...]string{"", "44", "440", "0044", "00440"} {
			d.addCompact(Phone, prefix+rest, 6)
		}
	}
}

func (d *DenyList) addBirthDate(text string) {
	text = normalise(text)
	i := strings.IndexFunc(text, func(r rune) bool { return isDigit(byte(r)) })
	if i < 0 {
		return
	}
	day, _, _, ok := dateAt(text, i)
	if !ok {
		return
	}
	d.births = append(d.births, day)
	d.startWith(startsOf(day)...)
	d.addCompact(BirthDate, fmt.Sprintf("%02d%02d%02d", day.day, day.month, day.year%100), 6)
	if !day.short {
		d.addCompact(BirthDate, fmt.Sprintf("%02d%02d%04d", day.day, day.month, day.year), 8)
		d.addCompact(BirthDate, fmt.Sprintf("%04d%02d%02d", day.year, day.month, day.day), 8)
	}
}

// startsOf is what the date may start with: 1/2/50, 01-02-1950, 1st, 1Feb, 1950-02-01.
func startsOf(day date) []string {
	starts := []string{fmt.Sprintf("%02d", day.day)}
	if day.day < 10 {
		for _, c := range []byte(" strndhjfmao") { // of separators, ordinals and months
			starts = append(starts, string([]byte{'0' + byte(day.day), c}))
		}
	}
	if !day.short {
		starts = append(starts, fmt.Sprintf("%04d", day.year)[:3])
	}
	return starts
}

// addAddress adds the first line and every line with a number in it.
func (d *DenyList) addAddress(text string) {
	lines := strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == '\n' || r == '\r' || r == ';' })
	for i, line := range lines {
		words := foldWords(line)
		numbered := strings.ContainsFunc(line, unicode.IsDigit)
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
