package privacy

import "strings"

// relatives are words for people close to the patient, whose name may follow, as in "her
// daughter Susan". The words of announcers are followed by the name of anybody.
var (
	relatives = strings.Fields(`daughter daughters son sons mother father mum mums mom mam mummy dad daddy husband wife partner brother spouse parent aunt aunty auntie uncle niece nephew
		grandson granddaughter grandmother grandfather gran granny nan nana grandma grandad granddad grandpa cousin stepson stepdaughter stepfather stepmother stepmum stepdad neighbour friend
		fiance fiancee girlfriend boyfriend carer guardian nok kin sibling sister-in-law widow widower ex-wife ex-husband godmother godfather landlady twin twins sister sisters children kids grandchildren parents law baby`)
	announcers = strings.Fields(`called named at as of patient pt reporter by`)
)

// isRelative looks relatives up: there are many of them.
func isRelative(folded string) bool { return relativeSet[folded] }

var relativeSet = setOf(relatives)

// announced reports the name that the capital at i starts, after a relative or after words
// that announce a name.
func (sc *scanner) announced(i int) {
	end, sign := sc.punctuationBefore(i)
	if i-end > 4 {
		return
	}
	last, from := sc.wordEndingAt(end)
	switch folded := last.string(); {
	case folded == "called" || folded == "named":
		sc.calledPerson(i, from, sign)
	case folded == "as":
		known, start := sc.wordEndingAt(beforeSpaces(sc.text, from))
		who, _ := sc.wordEndingAt(beforeSpaces(sc.text, start))
		if end, words := sc.personAt(i); words > 0 && sign == ' ' && known.string() == "known" && !isDigit(at(sc.text, end+1)) && !isCalledThing(who.string()) {
			sc.hit(NamedPerson, i, end)
		}
	case folded == "at":
		sc.livesAt(i, from, sign)
	case folded == "of":
		of, _ := sc.wordEndingAt(beforeSpaces(sc.text, from))
		if sign == ' ' && isRelative(of.string()) {
			sc.person(i, true)
		}
	case folded == "patient" || folded == "pt" || folded == "reporter" || folded == "by":
		switch {
		case sign == ':':
			sc.person(i, true)
		case sign == ',' && folded[0] == 'p':
			sc.patientBeside(i)
		}
	case isRelative(folded) && sign == ' ' && isUpper(at(sc.text, from+1)) && isUpper(at(sc.text, i+1)):
		sc.relativeInCapitals(i, from)
	case isRelative(folded) && (folded == "nok" || !isUpper(at(sc.text, from+1))):
		sc.relative(i, from, sign)
	}
}

// punctuationBefore is the comma, colon, bracket or dash before i, or else a space, and where the
// word before it ends.
func (sc *scanner) punctuationBefore(i int) (end int, sign byte) {
	end = beforeSpaces(sc.text, i)
	switch sign = at(sc.text, end-1); sign {
	case ',', ':', '(', '-':
		return beforeSpaces(sc.text, end-1), sign
	}
	return end, ' '
}

// wordEndingAt is the folded word that ends at i, and where it starts.
func (sc *scanner) wordEndingAt(i int) (w shortWord, start int) {
	for start = i; i-start < len(w.folded) && isASCIILetter(at(sc.text, start-1)); start-- {
	}
	return word{start, i}.short(sc.text), start
}

// personAt reads the name of a person at i, and returns the end and the number of words.
func (sc *scanner) personAt(i int) (end, words int) {
	w := sc.part(i)
	if w.len() > 1 && w.allUpper(sc.text) || sc.isNoPerson(w) {
		return i, 0
	}
	return sc.nameAt(i, 3, ownRelative)
}

// person reports a name at i, which may have to have two words.
func (sc *scanner) person(i int, two bool) {
	if end, words := sc.personAt(i); words > 1 || words == 1 && !two {
		sc.hit(NamedPerson, i, end)
	}
}

// relative reports the name of a relative. Without a comma, a bracket or a dash it follows
// directly; behind one it must be all there is.
func (sc *scanner) relative(i, from int, sign byte) {
	end, words := sc.personAt(i)
	if words == 0 {
		return
	}
	if w := sc.part(i).short(sc.text); isRelative(w.string()) || isOfCarers(w.string()) {
		return
	}
	next := at(sc.text, end)
	closed := next == 0 || next == ',' || next == '.' || next == ';' || next == ')' || next == '\n' || next == '-' && sign == '-' || next == ' ' && at(sc.text, end+1) == '-'
	switch sign {
	case '(':
		closed = next == ')' || next == ',' || next == ' ' && isDigit(at(sc.text, end+1)) // a telephone number
	case ',', '-':
		owner, _ := sc.wordEndingAt(beforeSpaces(sc.text, from))
		w := sc.part(end + 1).short(sc.text)
		both := sign == ',' && next == ',' || sign == '-' && closed || owner.n == 0 && from == 0
		closed = both && closed || isOwner(owner.string()) && (closed || words > 1 || next == '\'' || isOfPeople(w.string()) || w.string() == "who" || w.string() == "and")
	case ':':
		closed = closed || words > 1
	default:
		closed = true
	}
	if closed {
		sc.hit(NamedPerson, i, end)
	}
}

// isOfCarers reports what belongs to mothers and carers, capitalised.
func isOfCarers(folded string) bool {
	switch folded {
	case "tongue", "passport", "assessment", "allowance", "register":
		return true
	}
	return false
}

// relativeInCapitals reports the name in "HER DAUGHTER SUSAN RANG", where every word is in
// capitals.
func (sc *scanner) relativeInCapitals(i, from int) {
	w := sc.part(i)
	owner, _ := sc.wordEndingAt(beforeSpaces(sc.text, from))
	name, next := w.short(sc.text), sc.part(w.end+1).short(sc.text)
	folded := name.string()
	verb := isOfPeople(folded) || strings.HasSuffix(folded, "ed") || strings.HasSuffix(folded, "ing") || folded == "gave" || folded == "noticed"
	ends := w.end == len(sc.text) || at(sc.text, w.end) != ' ' || isOfPeople(next.string())
	if w.len() > 2 && isOwner(owner.string()) && ends && !verb && !isNoName(name) && !sc.isNoPerson(w) {
		sc.hit(NamedPerson, i, w.end)
	}
}

// isOwner reports words that say whose relative it is.
func isOwner(folded string) bool {
	switch folded {
	case "his", "her", "their", "my", "the", "s", "patients", "pts", "pt", "patient", "our", "whose", "older", "elder", "younger", "eldest", "youngest", "main", "s'":
		return true
	}
	return false
}

// calledPerson reports the name after called, which also means phoned, and after named.
func (sc *scanner) calledPerson(i, from int, sign byte) {
	if sign != ' ' {
		return
	}
	end, words := sc.personAt(i)
	last := beforeSpaces(sc.text, from)
	if at(sc.text, last-1) == ',' { // her son, called Peter
		last--
	}
	who, _ := sc.wordEndingAt(last)
	switch {
	case words == 0 || isCalledThing(who.string()) || isCalled(who.string()):
		return
	case words == 1 && !isCalledPerson(who.string()):
		return
	}
	sc.hit(NamedPerson, i, end)
}

// isCalled reports words before called that make it a thing again.
func isCalled(folded string) bool { return folded == "so" || folded == "what" || folded == "which" }

// isCalledThing reports things that have names.
func isCalledThing(folded string) bool {
	switch folded {
	case "drug", "drugs", "medicine", "medication", "tablet", "tablets", "inhaler", "app", "system", "software", "product", "cream", "device", "form", "template", "company", "service",
		"team", "clinic", "website", "site", "programme", "project", "condition", "syndrome", "disease", "test", "file", "folder", "document", "leaflet", "vaccine", "brand", "charity",
		"home", "ward", "protocol", "policy", "tool", "module", "course", "road", "street", "house", "practice", "surgery", "pharmacy", "hospital", "cat", "dog", "been", "be", "get":
		return true
	}
	return false
}

// isCalledPerson reports people that have names.
func isCalledPerson(folded string) bool {
	switch folded {
	case "am", "i'm", "lady", "gentleman", "man", "woman", "girl", "boy", "child", "baby", "person", "resident", "colleague", "locum", "someone", "somebody", "caller", "visitor", "infant", "toddler",
		"teenager", "adult", "student", "relative", "patient", "pt", "nurse", "receptionist", "paramedic", "pharmacist", "doctor", "carer", "is", "was":
		return true
	}
	return isRelative(folded)
}

// livesAt reports the name of a house or a street after "lives at".
func (sc *scanner) livesAt(i, from int, sign byte) {
	lives, _ := sc.wordEndingAt(beforeSpaces(sc.text, from))
	switch lives.string() {
	case "lives", "living", "lived", "live", "resident", "resides", "residing":
	default:
		return
	}
	if end := sc.streetAt(i); end > 0 && sign == ' ' {
		sc.hit(StreetAddress, i, end)
	}
}

// nameLabel looks for a name after the word "name" at i, whatever its case, as in "patient
// name: Jane Doe", "my name is Jane" and "Surname: Doe".
func (sc *scanner) nameLabel(i int) {
	text := sc.text
	if i < 0 || !strings.EqualFold(text[i:min(len(text), i+4)], "name") {
		return
	}
	of, end := sc.nameOf(i), i+len("name")
	if at(text, end) == '\'' && at(text, end+1)|0x20 == 's' && at(text, end+2) == ' ' && of == ofPerson { // my name's
		sc.labelledName(end+len("'s "), linkIs, true)
		return
	}
	if at(text, end)|0x20 == 's' {
		end++
	}
	if of == ofThing || isLetter(at(text, end)) {
		return
	}
	end, link := sc.nameLink(end)
	if link == linkNone || link == linkSpace && of != ofPerson || link == linkIs && of != ofPerson {
		return
	}
	sc.labelledName(end, link, of == ofPerson)
}

// nameOwner says whose name a label announces.
type nameOwner uint8

const (
	ofThing nameOwner = iota
	ofNobody
	ofPerson
)

// nameOf looks at the word before "name" at i.
func (sc *scanner) nameOf(i int) nameOwner {
	text := sc.text
	if isLetter(at(text, i-1)) {
		w, _ := sc.wordEndingAt(i)
		switch w.string() {
		case "sur", "fore", "first", "last", "full":
			return ofPerson
		}
		return ofThing
	}
	end := beforeSpaces(text, i)
	switch c := at(text, end-1); {
	case end == 0, c == '.', c == '\n', c == '\r', c == ',', c == ';', c == '-', c == '*', c == '(', c == '|', c == '"', c == '!', c == '?', c == ':', c == '/':
		return ofNobody
	case c == '\'':
		end--
	}
	w, from := sc.wordEndingAt(end)
	if w.string() == "s" && at(text, from-1) == '\'' {
		w, _ = sc.wordEndingAt(from - 1)
	}
	if isNamedPerson(w.string()) {
		return ofPerson
	}
	return ofThing
}

// isNamedPerson reports words before "name" that say that it is that of a person.
func isNamedPerson(folded string) bool {
	switch folded {
	case "patient", "patients", "pt", "pts", "my", "her", "his", "their", "whose", "full", "first", "last", "given", "family", "middle", "maiden", "preferred", "christian", "married",
		"staff", "nurse", "doctor", "gp", "clinician", "reporter", "relative", "child", "childs", "baby", "babys", "parent", "client", "resident", "contact", "caller", "prescriber",
		"pharmacist", "colleague", "witness", "receptionist", "person", "persons", "consultant", "locum", "member", "legal", "birth", "real", "complainant", "lady", "man", "woman", "boy", "girl":
		return true
	}
	return isRelative(folded)
}

type nameLinkKind uint8

const (
	linkNone  nameLinkKind = iota
	linkSpace              // nothing
	linkIs                 // is, was
	linkSign               // a colon, a dash or an equals sign
)

// nameLink reads what stands between the word "name" and the name.
func (sc *scanner) nameLink(i int) (next int, kind nameLinkKind) {
	text := sc.text
	for n := range 4 {
		c := at(text, i)
		sign := c == ':' || c == '=' || c == '-' && n > 0 || c == '#'
		if !sign && c != ' ' && c != '\t' && !(c == '.' && at(text, i+1) == ':') {
			break
		}
		if i++; sign {
			kind = linkSign
		} else {
			kind = max(kind, linkSpace)
		}
	}
	if kind == linkSpace {
		w := sc.part(i)
		if link := w.short(text); (link.string() == "is" || link.string() == "was") && at(text, w.end) == ' ' {
			return w.end + 1, linkIs
		}
	}
	return i, kind
}

// labelledName reports the name at i behind a label. After a colon, and after "my name
// is", it may be in any case.
func (sc *scanner) labelledName(i int, link nameLinkKind, person bool) {
	text := sc.text
	w := sc.part(i)
	if w.len() == 0 || isNoValue(w.short(text)) || sc.isNoPerson(w) {
		return
	}
	if !w.capital(text) {
		sc.nameInLowerCase(w, link)
		return
	}
	end, words := sc.nameAt(i, 3, ownTitle)
	if words == 0 || link == linkSpace && w.allUpper(text) && w.len() > 1 && w.len() < 5 {
		return
	}
	if c := at(text, end); c == ',' && at(text, end+1) == ' ' && link != linkSpace {
		given := sc.part(end + 2)
		if name := given.short(text); given.capital(text) && !isNoName(name) && !isNoValue(name) {
			end = given.end // Doe, Jane
		}
	}
	if _, _, _, isDate := dateAt(text, end+1); !person && !isDate && isDigit(at(text, end+1)) && at(text, end) == ' ' {
		return // name: Ramipril 5 mg
	}
	sc.hit(NamedPerson, i, end)
}

// nameInLowerCase reports up to two words in lower case after a label with a colon, and one
// after "is".
func (sc *scanner) nameInLowerCase(w word, link nameLinkKind) {
	text := sc.text
	if link == linkSpace || w.len() < minNameLetters || isNoName(w.short(text)) {
		return
	}
	start, end := w.start, w.end
	if link == linkIs {
		if my, _ := sc.wordEndingAt(start - len(" name is ")); my.string() != "my" {
			return
		}
	} else if at(text, end) == ' ' || at(text, end) == ',' && at(text, end+1) == ' ' {
		second := sc.part(end + 1)
		if at(text, end) == ',' {
			second = sc.part(end + 2)
		}
		if name := second.short(text); second.len() >= minNameLetters && !isNoName(name) && !isNoValue(name) {
			end = second.end
		}
	}
	sc.hit(NamedPerson, start, end)
}

// isNoValue reports words after a label such as "patient name:" that are no name.
func isNoValue(w shortWord) bool {
	switch w.string() {
	case "unknown", "withheld", "redacted", "removed", "not", "none", "na", "see", "same", "similar", "different", "confirmed", "checked", "wrong", "correct", "incorrect", "missing",
		"anonymised", "anonymous", "blank", "tbc", "above", "below", "misspelt", "mismatch", "given", "known", "given-name", "only", "dob", "and", "entered", "typed", "printed", "spelt",
		"spelled", "changed", "omitted", "similarity", "alert", "added", "deleted", "hidden", "there", "still", "illegible", "unclear", "being", "too", "very", "now", "also", "nil", "never":
		return true
	}
	return false
}

// isNoPerson reports capitalised words that stand after a relative, or after called,
// without being a name: days, medicines, systems.
func (sc *scanner) isNoPerson(w word) bool {
	name := w.short(sc.text)
	folded := name.string()
	if monthNamed(folded) > 0 && (isDigit(at(sc.text, w.end+1)) || len(folded) > len("april")) {
		return true
	}
	switch folded {
	case "mon", "tue", "tues", "wed", "thu", "thurs", "fri", "sat", "sun", "christmas", "easter", "english",
		"polish", "urdu", "punjabi", "bengali", "arabic", "welsh", "somali", "docman", "emis", "systmone", "accurx", "vision", "datix", "covid", "calpol", "nurofen", "eps", "dr", "mr", "mrs",
		"telephone", "phone", "email", "facebook", "google", "ambulance", "police", "social", "district", "community", "macmillan", "marie", "citizens", "healthwatch", "pals", "tesco",
		"boots", "lloyds", "emergency", "out", "ooh", "crisis", "request", "agency", "baby", "unit", "support", "group", "clinic", "check", "massage", "formula", "immunisation", "immunisations", "gaviscon", "infacol",
		"level", "tier", "stage", "step", "bed", "room", "allergy", "address", "address:", "house", "flat", "today", "yesterday", "tomorrow", "later", "there", "please", "yes", "ok", "none", "nil", "both", "two", "three", "one":
		return true
	}
	if folded == "may" || folded == "will" {
		next := sc.part(w.end + 1).short(sc.text)
		return isBareVerb(next.string())
	}
	return isWeekday(folded) || isMedicine(folded)
}

// isBareVerb reports words that follow may and will where those are no names.
func isBareVerb(folded string) bool {
	switch folded {
	case "need", "be", "have", "require", "not", "see", "come", "want", "also", "still", "call", "ring", "collect", "attend", "bring", "contact", "take", "get", "help", "speak":
		return true
	}
	return false
}

// isMedicine reports words that end as the names of medicines do.
func isMedicine(folded string) bool {
	if len(folded) < 6 {
		return false
	}
	for _, stem := range [...]string{"pril", "sartan", "statin", "olol", "azole", "mycin", "cillin", "dipine", "parin", "gliptin", "gliflozin", "floxacin", "oxetine", "azepam", "mab", "xaban",
		"triptan", "terol", "asone", "olone", "cycline", "tidine", "prazole", "formin", "thiazide", "semide", "pramine", "barbital", "codeine", "morphine", "warfarin", "aspirin", "amol", "profen",
		"trexate", "thyroxine", "salazine", "zepine", "idone", "apine", "pentin", "gabalin", "gliclazide", "ciclovir", "furantoin"} {
		if strings.HasSuffix(folded, stem) {
			return true
		}
	}
	return false
}
