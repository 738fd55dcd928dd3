package mapping

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gpsafety/lfpse-go/lfpse/privacy"
)

// columnKind is what the name of a column says of the identifiers in it.
type columnKind uint8

const (
	anyColumn     columnKind = iota
	thingColumn              // numbers of things, such as lots and orders
	nameColumn               // names of the patient or the next of kin
	familyColumn             // family names
	givenColumn              // given names
	addressColumn            // addresses
	placeColumn              // addresses, of a person or of where something happened
	birthColumn              // dates of birth
	numberColumn             // numbers, telephone numbers, postcodes
)

// otherCell is a cell of a column that the map does not use.
type otherCell struct {
	kind columnKind
	text string
}

// kindsByName has the kinds of columns whose whole name, in small letters, says it.
var kindsByName = map[string]columnKind{
	"surname": familyColumn, "last name": familyColumn, "family name": familyColumn, "maiden name": familyColumn, "lastname": familyColumn,
	"forename": givenColumn, "forenames": givenColumn, "first name": givenColumn, "first names": givenColumn, "firstname": givenColumn,
	"given name": givenColumn, "given names": givenColumn, "middle name": givenColumn, "preferred name": givenColumn,
	"full name": nameColumn, "fullname": nameColumn, "born": birthColumn,
	"nhs": numberColumn, "chi": numberColumn, "k number": numberColumn, "unit number": numberColumn, "pas number": numberColumn, "medical record number": numberColumn,
	"case note number": numberColumn, "casenote number": numberColumn,
	"home address": addressColumn, "address": placeColumn, "address line 1": placeColumn, "address 1": placeColumn, "street": placeColumn,
}

// Phrases in the name of a column that say what its cells identify.
var (
	kinPhrases    = []string{" next of kin ", " nok "}
	birthPhrases  = []string{" date of birth ", " dob ", " d o b ", " birth date ", " birthdate "}
	numberPhrases = []string{" mrn ", " nino ", " national insurance ", " nat ins ", " postcode ", " post code "}
)

// Words in the name of a column. One of registers together with a word for a name or a
// number says what its cells identify, unless one of otherWords makes it something else,
// such as a patient safety incident number.
var (
	registers   = []string{"nhs", "nhsno", "nhsnumber", "chi", "hc", "hcn", "h&c", "ni", "hospital", "hosp", "emis", "systmone", "vision", "patient", "pt", "client", "resident"}
	patients    = []string{"patient", "pt", "client", "resident"}
	people      = append([]string{"person", "user", "carer", "relative", "parent"}, patients...) // whose names are told, not whose numbers
	nameWords   = []string{"name", "names", "fullname", "surname", "forename", "forenames", "firstname", "lastname"}
	numberWords = []string{
		"no", "nos", "num", "number", "id", "identifier", "postcode", "phone", "telephone", "tel", "mobile", "email", "mail",
		"nhsno", "nhsnumber",
	}
	otherWords = append([]string{"affected", "involved"}, eventWords...)
	eventWords = []string{"trust", "safety", "incident", "event", "report", "complaint", "group", "type", "category", "england", "lfpse", "datix", "steis"}
	staffWords = []string{"reporting", "reporter", "reported", "completing", "completed", "responsible", "staff", "system", "login", "entered", "handler", "lead"}
	thingWords = []string{
		"lot", "batch", "serial", "order", "invoice", "incident", "datix", "event", "report", "case", "ref", "reference", "product", "item", "code",
		"codes", "snomed", "dmd", "gtin", "barcode", "udi", "device", "prescription", "consultation", "request", "sample", "specimen", "log", "ticket",
	}
)

// kindOfColumn judges a column by its name.
func kindOfColumn(name string) columnKind {
	words := wordsOf(name)
	joined := strings.Join(words, " ")
	if kind := kindsByName[joined]; kind != anyColumn {
		return kind
	}
	has := func(list []string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return slices.Contains(list, w) })
	}
	says := func(phrases []string) bool {
		return slices.ContainsFunc(phrases, func(p string) bool { return strings.Contains(" "+joined+" ", p) })
	}
	about := has(registers) && !has(otherWords)
	patient := about && has(patients)
	named := has(nameWords) && has(people) && !has(staffWords) && !has(eventWords)
	switch {
	case says(birthPhrases):
		return birthColumn
	case says(numberPhrases), about && has(numberWords), patient && has([]string{"ref", "reference"}):
		return numberColumn
	case says(kinPhrases), named:
		return nameColumn
	case patient && has([]string{"address"}):
		return addressColumn
	case has(thingWords):
		return thingColumn
	}
	return anyColumn
}

// identities works out what the columns of the map tell of people. The column of the
// reference has numbers of events.
func (m *Mapper) identities() {
	for i, name := range m.columns {
		kind := kindOfColumn(name)
		if i == m.ref && kind == anyColumn {
			kind = thingColumn
		}
		m.kinds = append(m.kinds, kind)
	}
	for i := range m.fields {
		if m.fields[i].To == reporterContact {
			m.contacts = append(m.contacts, m.fields[i].columns...)
		}
	}
}

// reporterContact is the target of the reporter's contact details.
const reporterContact = "reporter.reporterContact"

// wordsOf splits the name of a column, also one like NHSNumber or date_of_birth, into
// words in small letters.
func wordsOf(name string) []string {
	var b strings.Builder
	runes := []rune(strings.ReplaceAll(strings.ReplaceAll(name, "'s", ""), "’s", ""))
	for i, r := range runes {
		before, next := rune(' '), rune(' ')
		if i > 0 {
			before = runes[i-1]
		}
		if i+1 < len(runes) {
			next = runes[i+1]
		}
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '&':
			r = ' '
		case unicode.IsUpper(r) && (unicode.IsLower(before) || unicode.IsUpper(before) && unicode.IsLower(next)):
			b.WriteByte(' ')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return strings.Fields(b.String())
}

// other keeps a cell of a column that the map does not use, if it may identify somebody.
func (r *rowMapper) other(kind columnKind, text string) {
	if text = strings.TrimSpace(text); text == "" {
		return
	}
	if kind > thingColumn || mayIdentify(text) {
		r.others = append(r.others, otherCell{kind, text})
	}
}

// mayIdentify is a quick look at whether there can be an e-mail address, a telephone
// number or a national number in a text.
func mayIdentify(text string) bool {
	const phone, insurance = 9, 6 // digits of a short telephone number, and of an insurance number
	digits, letters := 0, 0
	for _, c := range text {
		switch {
		case c == '@':
			return true
		case '0' <= c && c <= '9', c >= utf8.RuneSelf && unicode.IsDigit(c):
			digits++
		}
	}
	if digits < insurance || digits >= phone {
		return digits >= phone
	}
	for _, c := range text {
		if unicode.IsLetter(c) {
			letters++
		}
	}
	return letters > 1
}

// identityTerms are what the cells of the row, used by the map or not, say of people: what
// must not be released where it stands in a text, even if it looks like something else.
func (r *rowMapper) identityTerms(terms []privacy.Term) []privacy.Term {
	for i, text := range r.cells {
		kind := r.m.kinds[i]
		if text != "" && (kind > thingColumn || mayIdentify(text)) {
			terms = r.identify(terms, kind, text, slices.Contains(r.m.contacts, i))
		}
	}
	for _, c := range r.others {
		terms = r.labelled(r.identify(terms, c.kind, c.text, false), c)
	}
	return terms
}

// labelled adds what a cell that the map does not use calls a date of birth or a local
// number. The texts that the map uses may be released as to these.
func (r *rowMapper) labelled(terms []privacy.Term, c otherCell) []privacy.Term {
	if c.kind != anyColumn {
		return terms
	}
	for _, h := range r.m.screener.Scan(c.text) {
		switch value := c.text[h.Start:h.End]; h.Class {
		case privacy.BirthDate:
			if day, read := r.m.form.Day(value); !read || day != r.d.Event.Date {
				terms = append(terms, privacy.Term{Class: privacy.BirthDate, Text: value})
			}
		case privacy.LocalNumber, privacy.LabelledNumber:
			terms = append(terms, privacy.Term{Class: privacy.Identifier, Text: value})
		}
	}
	return terms
}

// noIdentity are words that stand where nothing is said about a person.
var noIdentity = map[string]bool{
	"unknown": true, "notknown": true, "na": true, "none": true, "nil": true, "no": true, "yes": true, "anon": true, "anonymous": true, "withheld": true,
	"redacted": true, "notstated": true, "notrecorded": true, "notapplicable": true, "tbc": true, "patient": true, "various": true, "multiple": true, "seerecord": true,
}

// identify adds what one cell says of a person: by the name of its column, or by the form
// of what is in it.
func (r *rowMapper) identify(terms []privacy.Term, kind columnKind, text string, contact bool) []privacy.Term {
	if t, ok := r.named(kind, text); ok {
		return append(terms, t)
	}
	for _, h := range r.m.screener.Scan(text) {
		value := text[h.Start:h.End]
		switch h.Class {
		case privacy.NHSNumber, privacy.CHINumber, privacy.HCNumber, privacy.NINumber:
			if kind != thingColumn && isWhole(text, h) || isNamed(text, h) {
				terms = append(terms, privacy.Term{Class: h.Class, Text: value})
			}
		case privacy.Email, privacy.Phone:
			if !contact && isWhole(text, h) && !r.isContact(value) {
				terms = append(terms, privacy.Term{Class: h.Class, Text: value})
			}
		}
	}
	return terms
}

// named is the term of a cell whose column names or numbers people.
func (r *rowMapper) named(kind columnKind, text string) (t privacy.Term, ok bool) {
	if kind <= thingColumn {
		return t, false
	}
	digits := strings.ContainsFunc(text, unicode.IsDigit)
	numbered := digits || strings.Contains(text, "@")
	switch {
	case !digits && noIdentity[strings.ToLower(lettersAndDigits(text))]:
		return t, false
	case kind == birthColumn:
		day, read := r.m.form.Day(text)
		if read {
			text = string(day)
		}
		// Of a baby born on the day of the event, the date is that of the event.
		return privacy.Term{Class: privacy.BirthDate, Text: text}, numbered && (!read || day != r.d.Event.Date)
	case kind == addressColumn:
		return privacy.Term{Class: privacy.Address, Text: text}, true
	case kind == placeColumn:
		return privacy.Term{Class: privacy.Address, Text: text}, numbered
	case kind == numberColumn || numbered:
		return r.term(text), numbered
	case kind == familyColumn:
		return privacy.Term{Class: privacy.FamilyName, Text: text}, true
	case kind == givenColumn:
		return privacy.Term{Class: privacy.GivenName, Text: text}, true
	}
	return privacy.Term{Class: privacy.Name, Text: text}, true
}

// isWhole reports whether a cell is an identifier, perhaps with its label, and not a text
// that holds one.
func isWhole(text string, h privacy.Hit) bool {
	const label = 4 // words
	rest := text[:h.Start] + " " + text[h.End:]
	return !strings.ContainsFunc(rest, unicode.IsDigit) && len(strings.Fields(rest)) <= label
}

// isNamed reports whether the words of the cell call a number a person's.
func isNamed(text string, h privacy.Hit) bool {
	return slices.Contains(privacy.Unreleasable(text, nil), h)
}

// isContact reports whether an address or number is one of the reporter's own contact
// details, which may be sent.
func (r *rowMapper) isContact(value string) bool {
	value = strings.ToLower(lettersAndDigits(value))
	return slices.ContainsFunc(r.m.contacts, func(i int) bool {
		return strings.Contains(strings.ToLower(lettersAndDigits(r.cells[i])), value)
	})
}
