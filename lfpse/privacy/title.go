package privacy

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxNameWords bounds how many words are taken for one name.
const maxNameWords = 4

// titled reports a name that starts with the capital letter at i, or with words such
// as van before it, and follows a title or a role. After a word such as patient it
// needs two words.
func (sc *scanner) titled(i int) {
	start := i
	before, from := sc.wordBefore(start)
	for n := 0; n < 3 && slices.Contains(particles, before.string()); n++ {
		start = from
		before, from = sc.wordBefore(start)
	}
	title := isTitle(before.string())
	single := title || slices.Contains(staffRoles, before.string())
	if !single && !slices.Contains(namingRoles, before.string()) {
		return
	}
	capitals := isUpper(sc.text[i]) && i+1 < len(sc.text) && isUpper(sc.text[i+1])
	most := maxNameWords
	if capitals { // what follows is written so too
		most = 1
	}
	end, words := sc.nameAt(i, most)
	if title && words > 0 || !capitals && (words > 1 || words == 1 && single) {
		sc.hit(TitledName, start, end)
	}
}

// titledInLowerCase reports "mrs smith". Only after Mr and Mrs does a word in lower
// case have to be a name.
func (sc *scanner) titledInLowerCase(i int) {
	j := i + 2
	if j < len(sc.text) && sc.text[j]|0x20 == 's' {
		j++
	}
	if j < len(sc.text) && sc.text[j] == '.' {
		j++
	}
	if j+1 >= len(sc.text) || sc.text[j] != ' ' || !isASCIILetter(sc.text[j+1]) || isUpper(sc.text[j+1]) || isUpper(sc.text[i+1]) {
		return // "morphine MR was" speaks of a modified release
	}
	if before, _ := boundaryBefore(sc.text, i); isWord(before) {
		return
	}
	w := word{start: j + 1, plain: true}
	w.end = sc.partEnd(w.start)
	if w.end-w.start >= minNameLetters && !isParticle(sc.text[w.start:w.end]) && !isNoName(w.short(sc.text)) {
		sc.hit(TitledName, w.start, w.end)
	}
}

// wordBefore is the folded word that ends before i, with one space between and, if
// it is the abbreviation of a title, a full stop. It is empty when there is none.
func (sc *scanner) wordBefore(i int) (w shortWord, start int) {
	r, end := runeBefore(sc.text, i)
	dot := end > 0 && sc.text[end-1] == '.' || r == '.'
	switch {
	case r < 0 || r == '\n' || r == '\r' || r != '.' && !isSpace(r):
		return w, i
	case r != '.' && dot:
		end--
	}
	for start = end; start > 0 && end-start < len(w.folded) && isASCIILetter(sc.text[start-1]); start-- {
	}
	if before, _ := boundaryBefore(sc.text, start); isWord(before) {
		return w, i
	}
	w = word{start: start, end: end, plain: true}.short(sc.text)
	if dot && !isTitle(w.string()) {
		return shortWord{}, i
	}
	return w, start
}

// nameAt reads a name at i: capitalised words and initials, with words such as van
// between. It returns 0 words if it starts with one that is not part of a name, or is
// a letter only, as in "Mr X".
func (sc *scanner) nameAt(i, most int) (end, words int) {
	longest := 0
	for at := i; words < most; {
		partEnd := sc.partEnd(at)
		w := word{start: at, end: partEnd}
		small := isParticle(sc.text[at:min(partEnd, at+8)])
		if partEnd == at || !small && (!startsUpper(sc.text, w) || isNoName(w.short(sc.text))) {
			break
		}
		if !small {
			end, words = partEnd, words+1
			if partEnd-at == 1 {
				most = min(most+1, maxNameWords) // an initial
			}
			longest = max(longest, utf8.RuneCountInString(sc.text[at:min(partEnd, at+16)]))
		}
		at = partEnd
		if at < len(sc.text) && sc.text[at] == '.' && partEnd-w.start == 1 {
			at++
		}
		if at == len(sc.text) || sc.text[at] != ' ' {
			break
		}
		at++
	}
	if longest < 2 {
		return i, 0
	}
	return end, words
}

// partEnd returns the end of the part of a name that starts at i: letters, with
// hyphens and apostrophes within, but not the 's of a possessive.
func (sc *scanner) partEnd(i int) int {
	end := i
	for end < len(sc.text) {
		r, size := utf8.DecodeRuneInString(sc.text[end:])
		if !isLetter(r) && !unicode.IsMark(r) {
			next, _ := utf8.DecodeRuneInString(sc.text[end+size:])
			apostrophe := r == '\'' || r == '\u2019'
			if !apostrophe && !isDash(r) || !isLetter(next) || apostrophe && next|0x20 == 's' && !sc.letterAt(end+size+1) {
				return end
			}
		}
		sc.work++
		end += size
	}
	return end
}

func (sc *scanner) letterAt(i int) bool {
	r, _ := runeAt(sc.text, i)
	return isLetter(r)
}

// staffRoles are words that a single name follows, as in Nurse Jones; namingRoles
// need a name of two words.
var (
	staffRoles  = strings.Fields(`nurse sister matron midwife doctor`)
	namingRoles = strings.Fields(`patient pt called named carer pharmacist paramedic receptionist husband wife daughter son mother father`)
)

// beforeName holds the last three letters of the words that a name may follow, with
// a space before shorter ones, so that most capitals are passed over at a glance.
var beforeName = func() (set [1 << 15 / 64]uint64) {
	for _, words := range [][]string{titles, staffRoles, namingRoles, particles} {
		for _, w := range words {
			w = " " + w
			key := endKey(w[len(w)-3:])
			set[key/64] |= 1 << (key % 64)
		}
	}
	return set
}()

// endKey is made of five bits of each of three characters.
func endKey(s string) uint16 { return uint16(s[0]&31)<<10 | uint16(s[1]&31)<<5 | uint16(s[2]&31) }

// mayFollowTitle reports whether the capital at i may start a name after a title.
func mayFollowTitle(text string, i int) bool {
	switch i--; {
	case i < 2:
		return false
	case text[i] == '.': // Mr.Smith
	case text[i-1] >= utf8.RuneSelf: // a wide space
		return true
	case text[i] == ' ' || text[i] == '\t':
		i--
	default:
		return false
	}
	if text[i] == '.' {
		i--
	}
	if i < 2 {
		return i == 1 // Mr at the start of the text
	}
	key := endKey(text[i-2 : i+1])
	if text[i-2] < 'A' {
		key &= 1<<10 - 1 // any character may stand before a word
	}
	return beforeName[key/64]&(1<<(key%64)) != 0
}

// isNoName reports words that stand capitalised after a title or a role without
// being a name.
func isNoName(w shortWord) bool {
	switch w.string() {
	case "mr", "mrs", "ms", "miss", "mx", "dr", "prof", "sir", "dame",
		"a", "an", "the", "and", "or", "of", "on", "in", "at", "to", "for", "from", "with", "by", "as", "is", "was", "has", "had", "who", "will", "not", "no", "did", "do",
		"he", "she", "they", "we", "it", "i", "his", "her", "this", "that", "then", "when", "after", "before", "also", "seen", "asked", "said", "rang", "came", "called",
		"patient", "patients", "nurse", "doctor", "gp", "practice", "surgery", "reception", "pharmacy", "hospital", "clinic", "ward", "team", "staff", "centre",
		"access", "advice", "advisor", "adviser", "aware", "care", "carer", "charter", "consultant", "contact", "declined", "direction", "dose", "education", "experience",
		"forum", "group", "health", "identifiable", "information", "knows", "lead", "leaflet", "led", "letter", "liaison", "line", "list", "manager", "medication", "medicine",
		"notes", "online", "outcome", "participation", "portal", "practitioner", "prescriber", "prescribing", "record", "records", "reference", "referral", "reported", "review",
		"safety", "satisfaction", "services", "specialist", "specific", "station", "student", "summary", "support", "survey", "tracker", "training", "transport", "triage",
		"initiated", "associate", "assessed", "attended", "warfarin", "insulin", "unknown", "scan", "scans", "imaging", "angiogram", "angiography", "spectroscopy",
		"although", "but", "instead", "tablet", "tablets", "capsules", "mg", "once", "twice", "daily", "stayed", "because", "which", "while", "if", "been", "can", "could",
		"should", "would", "may", "might", "must", "due", "per", "so", "too", "all", "only", "still", "our", "you", "your", "are", "were", "be", "have", "does", "told", "spoke",
		"venogram", "cholangiogram", "enterography", "arthrogram", "nhs", "uk", "dna", "allergy", "incident", "complaint", "identification", "details", "data", "id":
		return true
	}
	return false
}
