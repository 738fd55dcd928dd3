package privacy

import (
	"slices"
	"strings"
)

// maxNameWords bounds how many words are taken for one name.
const maxNameWords = 4

// titled reports a name that starts with the capital letter at i, or with words such
// as van before it, and follows a title or a role. After a word such as patient it
// needs two words. It returns whether there is a title or a role.
func (sc *scanner) titled(i int) bool {
	start := i
	before, from := sc.wordBefore(start)
	for n := 0; n < 3 && slices.Contains(particles, before.string()); n++ {
		start = from
		before, from = sc.wordBefore(start)
	}
	title := isTitle(before.string())
	single := title || slices.Contains(staffRoles, before.string())
	if !single && !slices.Contains(namingRoles, before.string()) {
		return false
	}
	capitals := isUpper(at(sc.text, i+1)) && !sc.initialsTogether(i)
	most := maxNameWords
	if capitals { // what follows is written so too
		most = 1
	}
	own := titleKindOf(before.string(), capitals, isUpper(at(sc.text, from+1)), title)
	end, words := sc.nameAt(i, most, own)
	if words > 0 && sc.isEponym(end) {
		return true
	}
	switch {
	case title && words > 0 || !capitals && (words > 1 || words == 1 && single):
		sc.hit(TitledName, start, end)
	case title && words == 0 && isLower(at(sc.text, from+1)):
		if end := sc.initialsAt(i); end > 0 {
			sc.hit(TitledName, start, end)
		}
	case title && words == 0 && capitals:
		if w := sc.part(i); sc.mayBeNameInLowerCase(w) {
			sc.hit(TitledName, start, w.end)
		}
	}
	if title {
		sc.surnameBefore(from, i)
	}
	return true
}

// titleKindOf says which ordinary words may be a name after a title or a role. capitals says
// that what follows is in capitals, loud that the title is.
func titleKindOf(before string, capitals, loud, title bool) titleKind {
	switch {
	case capitals && !loud && (before == "mr" || before == "mrs" || before == "miss"):
		return ownTitle // Mr WARD
	case capitals || !title && !slices.Contains(staffRoles, before) || loud:
		return noTitle
	case !title && (before == "sister" || before == "matron"):
		return noTitle // "Sister Ward closed" is about the ward
	case !title:
		return ownRole
	case before == "dr" || before == "drs" || before == "ms" || before == "prof":
		return workTitle
	}
	return ownTitle
}

// isEponym reports whether the name that ends at i is part of that of a disease or a
// hospital, as in "Lady Windermere syndrome" and "Dr Gray's Hospital".
func (sc *scanner) isEponym(i int) bool {
	owned := hasPrefixFold(sc.text[i:], "'s")
	if owned {
		i += len("'s")
	}
	w := sc.part(i + 1).short(sc.text)
	switch w.string() {
	case "syndrome", "disease":
		return true
	case "hospital", "laboratories":
		return owned && isUpper(at(sc.text, i+1))
	}
	return false
}

// initialsTogether reports initials in one word before a name, as in "Mr JS Patel".
func (sc *scanner) initialsTogether(i int) bool {
	w := sc.part(i)
	return w.len() <= 3 && at(sc.text, w.end) == ' ' && isUpper(at(sc.text, w.end+1)) && isLower(at(sc.text, w.end+2))
}

// What stands before a name decides which ordinary words may be one.
type titleKind uint8

const (
	noTitle     titleKind = iota // none may
	ownTitle                     // Mr, Mrs and Miss: all that is capitalised but a few
	workTitle                    // Dr and Ms, which stand before other words too
	ownRole                      // Nurse and the like: Nurse Ward, but not Nurse Ward 5
	ownRelative                  // words that announce a name
)

// mayBeName reports whether the ordinary word w is a name after a title of the kind, as in
// "Mrs May" and "Mr So".
func (sc *scanner) mayBeName(w word, kind titleKind) bool {
	name := w.short(sc.text)
	switch kind {
	case ownTitle:
		switch name.string() {
		case "and", "whippy", "mr", "mrs", "ms", "miss", "dr", "mop", "men", "a", "the", "patient", "dose", "doses":
			return false
		}
		return true
	case ownRelative:
		return name.string() == "may" || name.string() == "will"
	case workTitle, ownRole:
		switch name.string() {
		case "ward", "may", "will", "nurse", "so", "he", "she", "to", "or", "an", "doctor", "page":
			if next := sc.part(w.end + 1); name.string() == "or" && next.capital(sc.text) {
				return false
			}
		default:
			return false
		}
		if kind == workTitle {
			return name.string() != "to" || at(sc.text, w.end) != ' ' || isLower(at(sc.text, w.end+1))
		}
		next := at(sc.text, w.end+1)
		return at(sc.text, w.end) != '-' && !(at(sc.text, w.end) == ' ' && (isUpper(next) || isDigit(next) || sc.wardWord(w.end+1)))
	}
	return false
}

// wardWord reports whether the word at i follows "nurse ward" when that is a place.
func (sc *scanner) wardWord(i int) bool {
	w := sc.part(i).short(sc.text)
	switch w.string() {
	case "round", "rounds", "sister", "manager", "staff", "clerk", "based", "team", "list", "stock":
		return true
	}
	return false
}

// initialsAt reads two initials or more at i, as in "Mrs A.B." and "Mr J S". It returns 0
// if there are fewer.
func (sc *scanner) initialsAt(i int) (end int) {
	text, n := sc.text, 0
	for isUpper(at(text, i)) && !isWord(at(text, i+1)) && at(text, i+1) != '\'' && at(text, i+1) != '-' {
		end = i + 1
		n++
		i++
		if at(text, i) == '.' {
			i++
		}
		if at(text, i) == ' ' {
			i++
		}
	}
	if n < 2 {
		return 0
	}
	return end
}

// surnameBefore reports the family name before a title, as in "SMITH, Mrs J". What
// follows the title starts at next.
func (sc *scanner) surnameBefore(title, next int) {
	text := sc.text
	end := title - 2
	if at(text, title-1) != ' ' || !isLower(at(text, title+1)) {
		return
	}
	if at(text, end) != ',' { // SMITH Mrs J
		if end++; !isUpper(at(text, end-1)) {
			return
		}
	}
	start := end
	for start > 0 && (isLetter(text[start-1]) || (text[start-1] == '-' || text[start-1] == '\'') && start > 1 && isLetter(text[start-2])) {
		start--
	}
	w := word{start, end}
	if w.len() < minNameLetters || !w.capital(text) || isNoName(w.short(text)) || isWord(before(text, start)) {
		return
	}
	capitals := w.allUpper(text)
	if initial := next < len(text) && isUpper(text[next]) && !isLetter(at(text, next+1)); !capitals {
		after := next + 1
		if at(text, after) == '.' {
			after++
		}
		if !initial || at(text, after) == ' ' && isUpper(at(text, after+1)) || notBeforeTitle(w.short(text)) {
			return // "Later, Mr J Smith rang"
		}
	}
	sc.hit(TitledName, start, end)
}

// nameBeforeTitle reports the name before the title that starts at i, as in "Jane Smith
// (Mrs)" and "Badger, Mr".
func (sc *scanner) nameBeforeTitle(i int) {
	text := sc.text
	w := sc.part(i)
	title := w.short(text)
	if !isTitle(title.string()) || title.string() == "miss" && !isLower(at(text, i+1)) {
		return
	}
	end := beforeSpaces(text, i-1)
	switch sign := at(text, i-1); {
	case sign == '(' && (at(text, w.end) == ')' || at(text, w.end) == '.'):
	case sign == ' ' && at(text, i-2) == ',' && !isWord(at(text, w.end+1)) && !isWord(at(text, w.end)):
		end = i - 2
	default:
		return
	}
	start, words := end, 0
	for words < 3 {
		last := start
		if words > 0 && at(text, last-1) == ' ' {
			last--
		}
		from := last
		for from > 0 && (isLetter(text[from-1]) || text[from-1] == '-' || text[from-1] == '\'') {
			from--
		}
		part := word{from, last}
		if part.len() == 0 || words > 0 && last == start || !part.capital(text) || isNoName(part.short(text)) || notBeforeTitle(part.short(text)) {
			break
		}
		start, words = from, words+1
	}
	if words > 0 {
		sc.hit(TitledName, start, end)
	}
}

// notBeforeTitle reports words that begin a sentence in which a titled name comes next.
func notBeforeTitle(w shortWord) bool {
	switch w.string() {
	case "and", "but":
		return true
	case "later", "today", "yesterday", "however", "subsequently", "meanwhile", "unfortunately", "then", "finally", "initially", "afterwards", "again", "instead", "eventually", "here", "there", "apparently", "dear":
		return true
	}
	return isWeekday(w.string()) || monthNamed(w.string()) > 0
}

// titledInLowerCase reports "mrs smith". Only after Mr and Mrs does a word in lower
// case have to be a name.
func (sc *scanner) titledInLowerCase(i int) {
	j := i + len("mr")
	if at(sc.text, i+1) != 'r' {
		return
	}
	if at(sc.text, j)|0x20 == 's' {
		j++
	}
	if at(sc.text, j) == '.' {
		j++
	}
	first := at(sc.text, j+1)
	if at(sc.text, j) != ' ' || !isASCIILetter(first) || isUpper(first) || isUpper(sc.text[i+1]) || isWord(before(sc.text, i)) {
		return // "morphine MR was" speaks of a modified release
	}
	w := sc.part(j + 1)
	if w.len() >= minNameLetters && !isParticle(sc.text[w.start:w.end]) && (!isNoName(w.short(sc.text)) || sc.mayBeNameInLowerCase(w)) {
		sc.hit(TitledName, w.start, w.end)
	}
}

// mayBeNameInLowerCase reports "mr ward" and "mrs may", but not "mrs may need".
func (sc *scanner) mayBeNameInLowerCase(w word) bool {
	name := w.short(sc.text)
	switch name.string() {
	case "ward", "nurse":
		return true
	case "may", "will":
		next := sc.part(w.end + 1).short(sc.text)
		return isOfPeople(next.string())
	}
	return false
}

// wordBefore is the folded word that ends before i, with one or two spaces between or,
// if it is the abbreviation of a title, a full stop and one. It is empty when there is
// none.
func (sc *scanner) wordBefore(i int) (w shortWord, start int) {
	end := beforeSpaces(sc.text, i)
	dot := at(sc.text, end-1) == '.'
	switch {
	case dot && i-end <= 1: // two spaces behind it start a sentence
		end--
	case dot || end == i:
		return w, i
	}
	for start = end; end-start < len(w.folded) && isASCIILetter(at(sc.text, start-1)); start-- {
	}
	if isWord(before(sc.text, start)) {
		return w, i
	}
	w = word{start, end}.short(sc.text)
	if dot && !isTitle(w.string()) {
		return shortWord{}, i
	}
	return w, start
}

// beforeSpaces moves from i before at most two spaces on the same line.
func beforeSpaces(text string, i int) int {
	for range 2 {
		if c := at(text, i-1); c == ' ' || c == '\t' {
			i--
		}
	}
	return i
}

// nameAt reads a name at i: capitalised words and initials, with words such as van
// between. It returns 0 words if it starts with one that is not part of a name, or is
// a letter only, as in "Mr X".
func (sc *scanner) nameAt(i, most int, kind titleKind) (end, words int) {
	longest := 0
	for words < most {
		w := sc.part(i)
		small := isParticle(sc.text[w.start:w.end])
		if w.len() == 0 || !small && (!w.capital(sc.text) || isNoName(w.short(sc.text)) && !(words == 0 && sc.mayBeName(w, kind)) && !sc.isInitial(w, kind)) {
			break
		}
		i = w.end
		if !small {
			end, words = w.end, words+1
			longest = max(longest, w.len())
		}
		if w.len() == 1 {
			most = min(most+1, maxNameWords) // an initial
			if at(sc.text, i) == '.' {
				if i++; isUpper(at(sc.text, i)) { // M.S. Badger
					continue
				}
			}
		}
		if at(sc.text, i) != ' ' {
			break
		}
		i++
	}
	if longest < 2 {
		return i, 0
	}
	return end, words
}

// isInitial reports whether the A or I that w is stands before a name, as in "Mrs A Doe".
func (sc *scanner) isInitial(w word, kind titleKind) bool {
	i := w.end
	if w.len() != 1 || kind == noTitle {
		return false
	}
	if at(sc.text, i) == '.' {
		i++
	}
	return at(sc.text, i) == ' ' && isUpper(at(sc.text, i+1))
}

// part is the part of a name that starts at i, which may lie beyond the text.
func (sc *scanner) part(i int) word {
	i = min(i, len(sc.text))
	return word{i, partEnd(sc.text, i)}
}

// partEnd returns the end of the part of a name that starts at i: letters, with
// hyphens and apostrophes within, but not the 's of a possessive.
func partEnd(text string, i int) int {
	for ; ; i++ {
		if c := at(text, i); !isLetter(c) {
			next := at(text, i+1)
			owned := c == '\'' && next|0x20 == 's' && !isLetter(at(text, i+2))
			if c != '\'' && c != '-' || !isLetter(next) || owned {
				return i
			}
		}
	}
}

// staffRoles are words that a single name follows, as in Nurse Jones; namingRoles
// need a name of two words.
var (
	staffRoles  = strings.Fields(`nurse sister matron midwife doctor hca`)
	namingRoles = strings.Fields(`patient pt pharmacist paramedic receptionist master`)
)

// beforeName has the endings of the words that a name may follow, so that most capitals are
// passed over at a glance.
var beforeName = endingsOf(titles, staffRoles, namingRoles, particles, relatives, announcers)

// mayFollowTitle reports whether the capital at i may start a name after a title.
func mayFollowTitle(text string, i int) bool {
	end := beforeSpaces(text, i)
	switch at(text, end-1) {
	case '.': // Mr.Smith
		end--
	case ',', ':', '(', '-': // his wife, Joan
		end = beforeSpaces(text, end-1)
	default:
		if end == i {
			return false
		}
	}
	return beforeName.mayEnd(text, end)
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
		"mop", "men", "first", "bay", "bed", "room", "pepper", "whippy", "word", "office", "excel", "outlook", "teams", "informed", "venogram", "cholangiogram", "enterography", "arthrogram", "nhs", "uk", "dna", "allergy", "incident", "complaint", "identification", "details", "data", "id":
		return true
	}
	return false
}
