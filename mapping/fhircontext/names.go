package fhircontext

import (
	"iter"
	"slices"
	"strings"
	"unicode"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/privacy"
)

// humanName takes the parts of a HumanName, in the form of any version of FHIR.
func (v *termVisitor) humanName(n fhir.Node, who role) {
	var rooms [2][4]string
	family, given := rooms[0][:0], rooms[1][:0]
	var strange fhir.Node
	for c := range n.Children() {
		switch part := namePart(c.Name()); part {
		case familyPart:
			family = v.texts(family, c)
		case givenPart:
			given = v.texts(given, c)
		case unknownPart:
			strange = c
		}
	}
	text := textOf(n.Child("text"))
	if len(family)+len(given) == 0 && text == "" {
		if strange.Exists() {
			v.unreadable(n)
		}
		return
	}
	if who == staffRole && isSystemName(slices.Concat(given, family, []string{text})...) {
		return
	}
	v.names++
	for _, name := range given {
		v.add(privacy.GivenName, bareName(name), 2)
	}
	for _, name := range family {
		v.formerNames(name)
		if name = bareName(name); strings.Contains(name, " ") && isPartName(name) {
			continue // Not known
		}
		v.add(privacy.FamilyName, name, 2)
	}
	v.name(text, who)
}

type namePartKind uint8

const (
	otherPart namePartKind = iota
	familyPart
	givenPart
	unknownPart
)

// namePart says which part of a name a property holds: those of FHIR, and the usual names
// in forms that are not FHIR.
func namePart(name string) namePartKind {
	switch name {
	case "family":
		return familyPart
	case "given":
		return givenPart
	case "text", "use", "prefix", "suffix", "period", "id", "extension", "resourceType", "_family", "_given", "_text":
		return otherPart
	}
	lower := strings.ToLower(name)
	has := func(part string) bool { return strings.Contains(lower, part) }
	switch {
	case has("family"), has("last"), has("surname"):
		return familyPart
	case has("given"), has("first"), has("forename"), has("middle"):
		return givenPart
	case strings.HasPrefix(name, "_"), has("title"):
		return otherPart
	}
	return unknownPart
}

// maxNameWords is how many words a text may have to be taken for a name.
const maxNameWords = 6

// name adds a name given as one text, up to where something else begins, as in
// "Surname, P (F) 64y". What follows a comma is a given name for patients and more
// often a job for staff, which must not be forbidden. A longer text is not taken
// apart: only the whole of it is a term. The name of a system is no name of a person.
func (v *termVisitor) name(whole string, who role) {
	whole = strings.TrimSpace(whole)
	if whole == "" {
		return
	}
	if !v.read.add(writtenName{whole, who}) {
		v.names++
		return
	}
	if who == staffRole && isSystemName(whole) || isPartName(whole) {
		return
	}
	v.names++
	v.formerNames(whole)
	bare := withoutDegrees(bareName(whole))
	if who == staffRole {
		bare, _, _ = strings.Cut(bare, ",")
	}
	words := strings.Fields(bare)
	if len(words) > maxNameWords {
		v.add(privacy.Identifier, whole, 4)
		return
	}
	v.add(privacy.Name, bare, 2)
}

// formerNames adds the other names in brackets: "Jane Doe (née Roe)".
func (v *termVisitor) formerNames(text string) {
	_, inside, ok := strings.Cut(text, "(")
	if !ok {
		return
	}
	inside, _, _ = strings.Cut(inside, ")")
	lower := strings.ToLower(inside)
	for _, word := range [...]string{"née ", "nee ", "formerly ", "previously ", "known as ", "aka ", "prefers ", "preferred name ", "was "} {
		if strings.HasPrefix(lower, word) && len(lower) == len(inside) {
			v.add(privacy.Name, inside[len(word):], 2)
		}
	}
}

// withoutDegrees is a name without what stands behind it, as in "Jane Doe MRCGP".
func withoutDegrees(name string) string {
	for {
		name = strings.TrimRight(name, " ,.")
		at := strings.LastIndexByte(name, ' ')
		if at < 0 || !degrees[strings.ToLower(strings.ReplaceAll(name[at+1:], ".", ""))] || !strings.Contains(strings.TrimSpace(name[:at]), " ") {
			return name
		}
		name = name[:at]
	}
}

var degrees = setOf(`mbe obe cbe phd md mb bs bsc msc rn rgn rmn frcgp mrcgp frcp mrcp frcs mrcs ba ma bm bch chb mbbs mbchb mpharm mrpharms dch drcog
	jr jnr snr esq ii iii`)

// bareName is a text up to where something other than a name begins: a sign, or a number.
func bareName(text string) string {
	letter := false // before
	for i, r := range text {
		if strings.ContainsRune("(;:/&[<", r) || unicode.IsDigit(r) && !letter {
			return text[:i]
		}
		letter = unicode.IsLetter(r) || letter && unicode.IsDigit(r)
	}
	return text
}

func isNameTitle(word string) bool {
	switch strings.ToLower(strings.Trim(word, ".,")) {
	case "mr", "mrs", "ms", "miss", "mx", "dr", "prof", "professor", "sir", "rev", "master", "sister", "nurse", "doctor":
		return true
	}
	return false
}

// System words alone make the name of a system, such as Autofile; with general ones, such
// as Electronic message or EMIS Web, they do so too.
var (
	systemWords = setOf(`emis emisweb systmone systemone tpp docman autofile autofiled accurx accumail econsult ardens gp2gp eps ers mesh
		system admin administrator unknown anonymous default interface integration migration migrated imported automated automatic
		automation scheduler robot bot nhsapp edifact electronic spine`)
	generalWords = setOf(`user users web message messages messaging account process processor task tasks inbox workflow filing file
		records record data link links lab labs pathology result results document documents app nhs online services service team duty
		doctor gp nurse locum clinician practitioner staff reception receptionist pharmacist pharmacy practice surgery clinic hospital
		medical health centre center department ward unit group the of and not known recorded other organisation organization third
		party clinical general on call out hours person generic shared role login remote registration scanner scanning transfer one
		auto vision external import batch server robotic path ice manager dr mr mrs ms`)
	// placeWords are those of organisations, places and devices.
	placeWords = setOf(`surgery practice hospital trust pharmacy clinic centre center laboratory laboratories lab labs pathology nhs ltd
		limited plc department dept team service services unit foundation infirmary group partnership medical medicine health
		healthcare ward room bay device software organisation organization council authority board chemist chemists home house
		radiology haematology biochemistry microbiology imaging company pump monitor location appointment`)
)

func setOf(words string) map[string]bool {
	set := map[string]bool{}
	for word := range strings.FieldsSeq(words) {
		set[word] = true
	}
	return set
}

// nameWords yields the words of a name in lower case, without punctuation.
func nameWords(name string) iter.Seq[string] {
	return strings.FieldsFuncSeq(strings.ToLower(name), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '\'' })
}

// isSystemName reports the name of a member of staff that is that of a system or a role,
// such as EMIS Web, System User or Duty Doctor.
func isSystemName(parts ...string) bool {
	words, system := 0, false
	for _, part := range parts {
		for word := range nameWords(part) {
			if !systemWords[word] && !generalWords[word] {
				return false
			}
			words, system = words+1, systemWords[word]
		}
	}
	return words > 1 || system
}

// partWords stand for a person without naming one.
var partWords = setOf(`patient subject client person resident self mother father parent carer guardian relative practitioner prescriber clinician
	doctor nurse gp unknown anonymous anonymised not known recorded the this unnamed no name withheld redacted confidential restricted none n a na nil
	null test dummy example`)

// isPartName reports a text that says which part a person plays and does not name them,
// such as Patient or Not known.
func isPartName(text string) bool {
	for word := range nameWords(text) {
		if !partWords[word] {
			return false
		}
	}
	return true
}

// looksPersonal reports a text that looks like the name of a person: two to six
// capitalised words, or one after a title or before a comma, and none of a place.
func looksPersonal(text string) bool {
	bare := bareName(text)
	words := strings.Fields(bare)
	names := 0
	for _, word := range words {
		plain := strings.ToLower(strings.Trim(word, ".,'\""))
		first := []rune(word)[0]
		switch {
		case placeWords[plain]:
			return false
		case isNameTitle(word):
			names++
		case unicode.IsUpper(first):
			names++
		case len(plain) > 3:
			return false // no particle such as van
		}
	}
	return names >= 2 && len(words) <= maxNameWords && !isSystemName(bare)
}

// namesPlace reports a text that has a word of an organisation, a place or a device.
func namesPlace(text string) bool {
	for word := range nameWords(text) {
		if placeWords[word] {
			return true
		}
	}
	return false
}
