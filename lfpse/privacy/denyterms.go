package privacy

import (
	"bytes"
	"slices"
	"strings"
	"unicode"
)

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
	if role == roleGiven && bytes.IndexByte(d.initials, folded[0]) < 0 {
		d.initials = append(d.initials, folded[0])
	}
	switch {
	case isPlaceholder(folded):
		role |= rolePlaceholder
	case isOrdinaryWord(folded):
		role |= roleOrdinary
	case family && len(folded) >= 4:
		d.families = append(d.families, folded)
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

// addCompact adds an identifier by its letters and digits if there are at least
// smallest of them; shorter ones would be found everywhere.
func (d *DenyList) addCompact(class Class, text string, smallest int) {
	d.addIdentifier(class, strings.Join(foldWords(text), ""), smallest)
}

// addIdentifier adds what is nothing but letters and digits already.
func (d *DenyList) addIdentifier(class Class, compact string, smallest int) {
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
	d.addIdentifier(Phone, national, 6)
	if rest, ok := strings.CutPrefix(national, "0"); ok {
		// A spreadsheet takes the 0 away; people write +44 with and without the (0).
		for _, prefix := range [...]string{"", "44", "440", "0044", "00440"} {
			d.addIdentifier(Phone, prefix+rest, 6)
		}
	}
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
