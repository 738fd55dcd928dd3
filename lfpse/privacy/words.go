package privacy

import (
	"slices"
	"strings"
)

// The functions below are for texts in the normal form: see normalise.

// folded is the letter in lower case, or the digit; 0 for all else.
var folded = func() (table [256]byte) {
	for c := range table {
		if isLetter(byte(c)) || isDigit(byte(c)) {
			table[c] = lower(byte(c))
		}
	}
	return table
}()

func isWord(c byte) bool { return folded[c] != 0 }

func isLetter(c byte) bool { return isASCIILetter(c) || c >= 0x80 }

func isASCIILetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isUpper(c byte) bool { return 'A' <= c && c <= 'Z' }

func isLower(c byte) bool { return 'a' <= c && c <= 'z' }

func isSpace(c byte) bool { return c == ' ' || c-'\t' <= '\r'-'\t' }

func upper(c byte) byte {
	if 'a' <= c && c <= 'z' {
		return c - 'a' + 'A'
	}
	return c
}

func lower(c byte) byte {
	if isUpper(c) {
		return c - 'A' + 'a'
	}
	return c
}

// at is text[i], or 0 beyond the ends of the text.
func at(text string, i int) byte {
	if uint(i) < uint(len(text)) {
		return text[i]
	}
	return 0
}

// word is a row of letters and digits, text[start:end].
type word struct{ start, end int }

// wordAt is the word that starts at i.
func wordAt(text string, i int) word {
	w := word{i, i}
	for w.end < len(text) && isWord(text[w.end]) {
		w.end++
	}
	return w
}

// nextWord finds the first word at or after i.
func nextWord(text string, i int) (w word, ok bool) {
	for i < len(text) && !isWord(text[i]) {
		i++
	}
	w = wordAt(text, i)
	return w, w.end > i
}

// foldWords splits a text in any form into its folded words.
func foldWords(text string) []string {
	text = normalise(text)
	var words []string
	for w, ok := nextWord(text, 0); ok; w, ok = nextWord(text, w.end) {
		words = append(words, fold(text[w.start:w.end]))
	}
	return words
}

// fold returns a word in lower case, itself if it is so already.
func fold(text string) string {
	i := 0
	for i < len(text) && folded[text[i]] == text[i] {
		i++
	}
	if i == len(text) {
		return text
	}
	b := []byte(text)
	for ; i < len(b); i++ {
		b[i] = folded[b[i]]
	}
	return string(b)
}

func (w word) len() int { return w.end - w.start }

// capital reports whether the word starts with a capital.
func (w word) capital(text string) bool { return isUpper(at(text, w.start)) }

// is reports whether the word, folded, is term.
func (w word) is(text, term string) bool {
	if w.len() != len(term) {
		return false
	}
	for i := range len(term) {
		if folded[text[w.start+i]] != term[i] {
			return false
		}
	}
	return true
}

// shortWord is a folded word that may be one of a list, without an allocation.
type shortWord struct {
	folded [16]byte
	n      int
}

func (s *shortWord) string() string { return string(s.folded[:s.n]) }

// short folds the word; a longer one than the lists hold becomes empty.
func (w word) short(text string) (s shortWord) {
	if w.len() > len(s.folded) {
		return s
	}
	for _, c := range []byte(text[w.start:w.end]) {
		s.folded[s.n] = folded[c]
		s.n++
	}
	return s
}

// setOf is for lists that are too long to be gone through.
func setOf(words []string) map[string]bool {
	set := make(map[string]bool, len(words))
	for _, word := range words {
		set[word] = true
	}
	return set
}

// near reports whether two words are neighbours: at most three characters apart.
func near(from, to int) bool { return to-from <= maxSeparator }

// allUpper reports whether the word is in capitals throughout.
func (w word) allUpper(text string) bool {
	return !strings.ContainsFunc(text[w.start:w.end], func(r rune) bool { return 'a' <= r && r <= 'z' })
}

// titles are words that a name follows.
var titles = strings.Fields(`mr mrs ms miss mx dr drs prof professor sir dame lord lady rev revd reverend mstr`)

func isTitle(folded string) bool { return slices.Contains(titles, folded) }

// isRole reports words that a name may follow, capitalised.
func isRole(folded string) bool {
	switch folded {
	case "patient", "pt", "nurse", "sister", "matron", "doctor", "gp", "carer", "baby", "son", "daughter", "wife", "husband", "mother", "father",
		"mum", "dad", "brother", "partner", "called", "named", "pharmacist", "paramedic", "receptionist", "hca":
		return true
	}
	return false
}

// isDiseaseWord reports words for diseases, signs and tests that bear the name of the
// person who described them.
func isDiseaseWord(folded string) bool {
	switch folded {
	case "disease", "disorder", "syndrome", "syndromes", "palsy", "lymphoma", "oesophagus", "esophagus", "contracture", "sign", "test", "criteria", "score", "scale",
		"cyst", "tumour", "ulcer", "fracture", "phenomenon", "thyroiditis", "arthritis", "plus", "type", "stage", "pessary", "catheter", "balance":
		return true
	}
	return false
}

// isDirection reports words that a place follows, not a person.
func isDirection(folded string) bool {
	switch folded {
	case "at", "in", "near", "on", "the", "a", "an", "this", "every", "last", "next", "since", "until", "during", "early", "late", "mid":
		return true
	}
	return false
}

// isOfPeople reports words that follow the name of a person, capitalised.
func isOfPeople(folded string) bool {
	switch folded {
	case "was", "had", "has", "is", "came", "rang", "said", "says", "signed", "attended", "fell", "did", "told", "phoned", "collected", "asked", "went", "took", "reported",
		"felt", "died", "complained", "informed", "agreed", "thinks", "thought", "wants", "wanted", "dob", "born", "nhs", "aged", "dna":
		return true
	}
	return false
}

// hasSentenceEnd reports whether a sentence ends in the gap between two words.
func hasSentenceEnd(gap string) bool { return strings.ContainsAny(gap, ".!?;:\n") }

// isPlaceholder reports words that stand in the name of a record without being a name as a
// rule: of newborns, of tests, of people nobody could ask, of places and of roles.
func isPlaceholder(folded string) bool {
	switch folded {
	case "baby", "babe", "infant", "newborn", "neonate", "child", "boy", "girl", "twin", "twins", "triplet", "male", "female", "man", "woman", "lady", "gentleman", "adult",
		"test", "tester", "testing", "dummy", "training", "demo", "example", "sample", "template", "unknown", "unidentified", "anonymous", "not", "known", "none", "nil", "unnamed", "temp", "temporary",
		"nhs", "nurse", "doctor", "gp", "ward", "patient", "sister", "matron", "staff", "locum", "practice", "surgery", "clinic", "hospital", "reception", "receptionist", "pharmacy", "pharmacist",
		"admin", "administrator", "system", "user", "service", "team", "manager", "mother", "father", "mum", "dad", "son", "daughter", "carer", "person", "name", "surname", "care", "home",
		"health", "practitioner", "paramedic", "midwife", "duty", "one", "two", "three", "of", "the", "and":
		return true
	}
	return false
}

// isOrdinaryWord reports English words that are also family or given names, so
// that one alone does not show that a person is meant.
func isOrdinaryWord(folded string) bool {
	_, found := slices.BinarySearch(ordinaryWords, folded)
	return found
}

// ordinaryWords is sorted. It holds words that a report may use in their ordinary
// sense, and errs on the short side: a name that is not here, such as Smith, blocks.
var ordinaryWords = strings.Fields(`
amber angel april archer art ash august autumn back bacon baker ball band bank banks barber bath beach bean bell bench berry best bill bird
bishop black blood bloom blue boil bolt bond bone bones book bow bowl bowler box boys bread bridge bright broom brown bull burn burns bush
butcher butter call camp cane cannon care carter case cash castle cave chance chase chin christian church clay clear clerk cliff close cloud
coal coat cold cook cooper cord cork corn corner cotton court cream crisp crook cross crow crown cruise cure curry daily daisy dale dance
dark dawn day dean dear diamond doctor dove down draw drew driver drum duck duke eagle earl early east english eye fair fairy faith falcon
fall far farmer faster fay feather fern fever field fields fine finger fish fisher fitness flint flood flower flowers foot ford foreman
forest fountain fox frank freeman french frost fry full game garden gardener gardens garland gate gates gay gem gentle german gill ginger
glass gold golden good goose grace grain grant grave graves gray green grey grove guard gunner guy hail hale hall ham hammer hand hands
handy harbour hard hardy harm harmony haven hawk hay hazel head heal heart heath heather help hero hill hills hip hobby holder holiday holly
home honey hood hook hope horn house hunt hunter husband ice iris iron ivory ivy jack jade jasmine jet jewel job jolly joy judge july june
just justice keen keep key keys kind king kitchen knight lamb land lane large lark last law lawn leaf leg lemon liberty light lilac lily
line link lion little lock lodge long lord love lovely low lucky lung mace major manner maple march mark marks mars marsh mason mass master
masters mate may meadow mean mercy merit merry mild mile miles mill mills mint miss mist mole moon morning moss mount mountain mouse neat
new newborn next nice night noble noon north note nurse nut oak ocean olive opal orchard order otter owl pace pack page pain painter pale
palm park parks partridge past pat patch patience patient pawn peace peach peak pear pearl peck peel pen penny pepper person petal pick
pickles pike pill pine pipe place plain plant pole pond pool poor pope poppy porter pound power precious press price priest prime prince
prior proper prudence purple queen quick rain ram ranger rash raven ray read reader real reason red reed rest rice rich ring river rivers
rob robin rock rod root rope rose rosemary royal ruby rush rust sad safe sage sailor salmon salt sand sands sandy savage scarlet seal search
seed self senior september serene service setter severe shade shaft sharp sheen shell shepherd shield ship shore short shoulder sick silk
silver simple singer skin skipper sky slack slate sleep small smart snow son song south spark speed spring spur stack stamp stand star steel
steer stern still stock stone stones stores storm story stout strain strange straw street strong style sue summer summers sunny sure swallow
swan sweet swift tab tan target teal temple thin third thorn tide tiger till time tiny toe tom town trail treasure tree trigger trinity true
trump trust tuck twin twist unity valentine vein venture very vicar victor vine violet vital waiter walk walker wall want ward warden warm
wash water waters wave way weak week welcome well wells west wheel wheeler white wild will willow wills win wind winder winner winter
winters wise wish wolf wood woods wool worth yard year yellow young younger
`)
