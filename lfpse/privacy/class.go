package privacy

import (
	"fmt"
	"html"
	"strings"
	"unicode/utf8"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/rule"
)

// Class says what kind of personal data a hit is or a deny-list term holds.
type Class uint8

// Classes found by their form alone.
const (
	NHSNumber                  Class = iota + 1 // NHS number of England and Wales
	CHINumber                                   // Community Health Index number of Scotland, which embeds a birth date
	HCNumber                                    // Health and Care number of Northern Ireland
	NINumber                                    // National Insurance number
	ProfessionalNumber                          // GMC, NMC, GPhC, HCPC, SDS or prescriber number beside the name of the register
	Email                                       // e-mail address
	Phone                                       // United Kingdom telephone number
	Postcode                                    // United Kingdom postcode; a warning
	PossibleBirthDate                           // date beside a birthday or after a person's name; a warning
	PossibleProfessionalNumber                  // seven digits beside a word such as doctor, or the bare form of a GP's code; information
	TitledName                                  // words after Mrs, Dr and the like, or two capitalised words after patient; a warning
	LabelledNumber                              // number that the text itself calls an NHS, CHI, H&C or National Insurance number, and that is mistyped
	LocalNumber                                 // hospital, MRN, EMIS or other local number, by its label; a warning
	NamedPerson                                 // name after a label such as "patient name", or after a relative, as in "her daughter Susan"; a warning
	StreetAddress                               // house number and street, flat, PO box, or house name and road; a warning
	ObscuredEmail                               // e-mail address with words for its signs, as in "jane at nhs dot net"; a warning
)

// Classes found by a deny-list. A BirthDate is also found by its form.
const (
	Name         Class = iota + 20 // name of a person on the deny-list
	PossibleName                   // ordinary word that is also such a name
	BirthDate                      // date of birth on the deny-list, in any format, or any date beside DOB, born and the like
	Address                        // address line or postcode on the deny-list
	Identifier                     // any other identifier on the deny-list
)

// Classes of deny-list terms only. Their hits are Name or PossibleName.
const (
	FamilyName Class = iota + 40
	GivenName
)

// Classes of whole elements, reported by ScanEvent only.
const (
	Element   Class = iota + 60 // element that must not be sent, whatever it holds
	Reference                   // reference to a record outside the report
	Binary                      // content that cannot be screened
	Depth                       // element that is nested too deeply to be screened
)

// Reidentification is the class of hints: details that may identify a person together.
const Reidentification Class = 80

// classInfo is what a finding says about a class; the table of effects has what the
// finding does, and the catalogue of rules what to do about it.
type classInfo struct{ name, rule, text string }

var classes = [...]classInfo{
	NHSNumber:                  {"NHS number", "PRIVACY-NHS-NUMBER", "An NHS number"},
	CHINumber:                  {"CHI number", "PRIVACY-CHI-NUMBER", "A CHI number"},
	HCNumber:                   {"H&C number", "PRIVACY-HC-NUMBER", "A Health and Care number"},
	NINumber:                   {"National Insurance number", "PRIVACY-NI-NUMBER", "A National Insurance number"},
	ProfessionalNumber:         {"professional number", "PRIVACY-PROFESSIONAL-NUMBER", "A professional registration number"},
	Email:                      {"e-mail address", "PRIVACY-EMAIL", "An e-mail address"},
	Phone:                      {"telephone number", "PRIVACY-PHONE", "A telephone number"},
	Postcode:                   {"postcode", "PRIVACY-POSTCODE", "What looks like a postcode"},
	PossibleBirthDate:          {"possible date of birth", "PRIVACY-POSSIBLE-BIRTH-DATE", "What looks like a date of birth"},
	PossibleProfessionalNumber: {"possible professional number", "PRIVACY-POSSIBLE-PROFESSIONAL-NUMBER", "What looks like the number of a professional"},
	TitledName:                 {"titled name", "PRIVACY-TITLED-NAME", "What looks like the name of a person"},
	LabelledNumber:             {"labelled number", "PRIVACY-LABELLED-NUMBER", "A mistyped number that the text calls an NHS, CHI, H&C or National Insurance number"},
	LocalNumber:                {"local number", "PRIVACY-LOCAL-NUMBER", "What the text calls the number of a patient at a hospital or in a clinical system"},
	NamedPerson:                {"named person", "PRIVACY-NAMED-PERSON", "What the text says is the name of a person"},
	StreetAddress:              {"street address", "PRIVACY-STREET-ADDRESS", "What looks like the address of a home"},
	ObscuredEmail:              {"obscured e-mail address", "PRIVACY-OBSCURED-EMAIL", "What looks like an e-mail address in words"},
	Name:                       {"name", "PRIVACY-NAME", "The name of a person in the source record"},
	FamilyName:                 {"name", "PRIVACY-NAME", "The name of a person in the source record"},
	GivenName:                  {"name", "PRIVACY-NAME", "The name of a person in the source record"},
	PossibleName:               {"possible name", "PRIVACY-POSSIBLE-NAME", "A word that is also the name of a person in the source record"},
	BirthDate:                  {"date of birth", "PRIVACY-BIRTH-DATE", "A date of birth"},
	Address:                    {"address", "PRIVACY-ADDRESS", "Part of the address of a person in the source record"},
	Identifier:                 {"identifier", "PRIVACY-IDENTIFIER", "An identifier of a person in the source record"},
	Element:                    {"element", "PRIVACY-ELEMENT", "The element"},
	Reference:                  {"external reference", "PRIVACY-REFERENCE", "The reference"},
	Binary:                     {"binary content", "PRIVACY-BINARY", "The content"},
	Depth:                      {"depth", "PRIVACY-DEPTH", "The element"},
	Reidentification:           {"re-identification", "PRIVACY-REIDENTIFICATION", "The details of the report"},
}

func (c Class) info() classInfo {
	if int(c) < len(classes) && classes[c].rule != "" {
		return classes[c]
	}
	return classInfo{"unknown class", "PRIVACY-UNKNOWN", "Personal data"}
}

// token is what Redact writes in place of a value of the class. Possible values get
// the token of real ones: what was there is not known after all.
func (c Class) token() string {
	switch c {
	case PossibleName, TitledName, NamedPerson, FamilyName, GivenName:
		return Name.token()
	case LabelledNumber:
		return NHSNumber.token()
	case LocalNumber:
		return Identifier.token()
	case StreetAddress:
		return Address.token()
	case ObscuredEmail:
		return Email.token()
	case PossibleBirthDate, BirthDate:
		return "[DATE-OF-BIRTH]"
	case PossibleProfessionalNumber:
		return ProfessionalNumber.token()
	}
	return "[" + strings.TrimPrefix(c.info().rule, "PRIVACY-") + "]"
}

// String names the class in English, such as "NHS number".
func (c Class) String() string { return c.info().name }

// Rule is the stable rule id of the class, such as PRIVACY-NHS-NUMBER.
func (c Class) Rule() string { return c.info().rule }

// findings are what a screening has found so far.
type findings struct {
	screener *Screener
	deny     *DenyList
	issues   fhir.Issues
	scanner  scanner // for one text after the other
}

// add adds a finding about the element at a path.
func (f *findings) add(class Class, path, text string) {
	issue := rule.Issue(class.Rule(), path, text)
	issue.Severity = f.screener.Effect(class).Severity()
	f.issues = append(f.issues, issue)
}

// text screens one string. The path is asked for only where there is something to
// report.
func (f *findings) text(text string, kind textKind, path func() string) {
	if text == "" {
		return
	}
	if f.deny.inCodes() || !kind.isCode() || !isPlainCode(text) {
		f.look(text, kind, path)
	}
	if kind == reference && !strings.HasPrefix(text, "#") {
		// It ends in the key of a record, often the NHS number itself.
		f.add(Reference, path(), "The reference leaves the report and so tells the key of a local record.")
	}
}

// look screens a text that may have something in it.
func (f *findings) look(text string, kind textKind, path func() string) {
	switch {
	case kind == medicineCode && isConceptID(text):
		return
	case kind == binary:
		f.add(Binary, path(), "The element holds binary content, which cannot be screened.")
		return
	}
	hits := f.scanner.find(text, kind, f.deny)
	if len(hits) > 0 {
		f.addHits(text, hits, kind, path())
	}
	if kind == markup {
		f.markup(text, hits, path)
	}
}

func (f *findings) addHits(text string, hits []Hit, kind textKind, path string) {
	count, effect := counter{text: text}, f.screener.effectIn(text, f.deny)
	for _, hit := range hits {
		from, to := count.characters(hit)
		f.add(hit.Class, path, fmt.Sprintf("%s stands at characters %d to %d.", hit.Class.info().text, from, to))
		f.issues[len(f.issues)-1].Severity = effect(hit).Severity()
		if kind == contact && (hit.Class == Email || hit.Class == Phone) {
			f.issues[len(f.issues)-1].Fix = "It belongs to a person in the source record; give the reporter's own or leave the element out."
		}
	}
}

// counter turns byte offsets of a text, asked for in order, into numbers of
// characters, counted from 1.
type counter struct {
	text      string
	at, count int
}

// characters returns the first and the last character of a hit.
func (c *counter) characters(h Hit) (from, to int) {
	if h.Start < c.at {
		c.at, c.count = 0, 0
	}
	c.count += utf8.RuneCountInString(c.text[c.at:h.Start])
	c.at = h.Start
	return c.count + 1, c.count + utf8.RuneCountInString(c.text[h.Start:h.End])
}

// markup screens XHTML once more without tags and with entities resolved, as a
// reader sees it. Only classes that the raw text has not shown are new.
func (f *findings) markup(text string, hits []Hit, path func() string) {
	var seen [256]bool
	for _, hit := range hits {
		seen[hit.Class] = true
	}
	text = withoutTags(text)
	effect := f.screener.effectIn(text, f.deny)
	for _, hit := range f.screener.ScanText(text, f.deny) {
		if effect := effect(hit); !seen[hit.Class] {
			seen[hit.Class] = true
			f.add(hit.Class, path(), hit.Class.info().text+" stands in the text between the tags.")
			f.issues[len(f.issues)-1].Severity = effect.Severity()
		}
	}
}

func withoutTags(text string) string {
	var b strings.Builder
	inTag := false
	for i := range len(text) {
		switch c := text[i]; {
		case c == '<':
			inTag = true
		case c == '>' && inTag:
			inTag = false
		case !inTag:
			b.WriteByte(c)
		}
	}
	return html.UnescapeString(b.String())
}

// isConceptID reports whether the whole text is a SNOMED CT concept id.
func isConceptID(text string) bool {
	id, err := fhir.ParseSCTID(text)
	return err == nil && id.Kind() == fhir.SCTConcept
}
