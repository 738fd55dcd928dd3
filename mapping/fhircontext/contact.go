package fhircontext

import (
	"regexp"
	"strings"
	"unicode"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/privacy"
)

// contactPoint takes a telephone number, an e-mail address or a page of a person.
func (v *termVisitor) contactPoint(e *description) {
	value := e.value
	if value == "" {
		if at := e.Child("value"); at.Kind() > fhir.NullNode {
			for _, text := range v.texts(nil, at) {
				v.contactPoint(&description{system: e.system, value: text})
			}
		}
		return
	}
	lower := strings.ToLower(value)
	for _, scheme := range [...]string{"mailto:", "tel:", "sms:", "fax:", "https://", "http://"} {
		if strings.HasPrefix(lower, scheme) {
			value = value[len(scheme):]
		}
	}
	switch {
	case strings.Contains(value, "@"):
		v.add(privacy.Email, value, 4)
	case e.system == "url" || strings.HasPrefix(lower, "http"):
		v.add(privacy.Identifier, value, 8)
	default:
		v.phones(value)
	}
}

// minPhone is how many digits make a telephone number.
const minPhone = 6

// phones takes the telephone numbers of a text, such as "01632 960001 / 07700 900001
// (work)", each also without the code of its area, as people of the area write it.
func (v *termVisitor) phones(text string) {
	for number := range strings.FieldsFuncSeq(text, func(r rune) bool { return !unicode.IsDigit(r) && !strings.ContainsRune(" +-.()\u00a0\u2011\u2013", r) }) {
		national := nationalNumber(number)
		if len(national) < minPhone {
			continue
		}
		v.add(privacy.Phone, strings.Trim(number, " -."), minPhone)
		if national[0] != '0' && len(national) == 10 { // a spreadsheet took the 0 away
			national = "0" + national
			v.add(privacy.Phone, national, minPhone)
		}
		v.add(privacy.Phone, localNumber(national), minPhone)
	}
}

// nationalNumber are the digits of a number, with 0 for the code of the United Kingdom.
func nationalNumber(number string) string {
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, number)
	for _, country := range [...]string{"0044", "44"} {
		if rest, ok := strings.CutPrefix(digits, country); ok && len(rest) >= 9 {
			return "0" + strings.TrimPrefix(rest, "0")
		}
	}
	return digits
}

// localNumber is a national number without its area code, "" if it has none or is too
// short to be told from other numbers. Source: Ofcom, the national telephone numbering
// plan: 02x is followed by eight digits, 011x and 01x1 by seven, other 01 codes by six.
func localNumber(national string) string {
	if len(national) != 11 || national[0] != '0' {
		return ""
	}
	switch {
	case national[1] == '2':
		return national[3:]
	case national[1] == '1' && (national[2] == '1' || national[3] == '1'):
		return national[4:]
	case national[1] == '1':
		return national[5:]
	}
	return ""
}

// address takes the lines of an address as one term: a line that is only a town is then
// not a term of its own. The number of a house or a flat is written on one line with the
// street, whatever the record does.
func (v *termVisitor) address(lines []string) {
	lines = addressLines(lines)
	v.add(privacy.Address, strings.Join(lines, "\n"), 4)
	for i, line := range lines {
		v.add(privacy.Postcode, postcodeOf(line), 5)
		if i > 0 && isFlat(lines[i-1]) && !strings.ContainsAny(line, "0123456789") { // of a named house
			_, number, _ := strings.Cut(lines[i-1], " ")
			v.derive(privacy.Address, lines[i-1]+" "+line)
			v.derive(privacy.Address, number+" "+line)
		}
		for _, spelling := range streetSpellings(line, i > 0 && isFlat(lines[i-1])) {
			v.derive(privacy.Address, spelling)
		}
	}
}

var postcode = regexp.MustCompile(`(?i)\b[A-Z]{1,2}[0-9][A-Z0-9]? ?[0-9][A-Z]{2}$`)

// postcodeOf is the postcode at the end of a line, "" if there is none.
func postcodeOf(line string) string {
	if n := len(line); n < 5 || line[n-3] < '0' || line[n-3] > '9' {
		return "" // at a glance
	}
	return postcode.FindString(line)
}

// addressLines takes the lines of an address apart at commas, and joins one that is only
// the number of a house with the line after it.
func addressLines(texts []string) (lines []string) {
	number := ""
	for _, text := range texts {
		for line := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == ',' || r == '\n' || r == '\r' || r == ';' }) {
			line = strings.Join(strings.Fields(line), " ")
			switch {
			case line == "":
			case isHouseNumber(line):
				number = strings.TrimSpace(number + " " + line)
			case number != "":
				lines = append(lines, number+" "+line)
				number = ""
			default:
				lines = append(lines, line)
			}
		}
	}
	if number != "" {
		lines = append(lines, number)
	}
	return lines
}

// isHouseNumber reports 14, 14a, No. 14, 12-14 and 3/14.
func isHouseNumber(line string) bool {
	if !strings.ContainsFunc(line, unicode.IsDigit) {
		return false
	}
	lower := strings.ToLower(line)
	for _, word := range [...]string{"number ", "no. ", "no.", "no "} {
		lower = strings.TrimPrefix(lower, word)
	}
	digits, letters := 0, 0
	for _, r := range lower {
		switch {
		case unicode.IsDigit(r):
			digits++
		case unicode.IsLetter(r):
			letters++
		case !strings.ContainsRune(" -/", r):
			return false
		}
	}
	return digits > 0 && letters <= 1
}

var flats = setOf("flat apartment apt unit room studio bedsit")

// isFlat reports the line of a flat.
func isFlat(line string) bool {
	first, _, _ := strings.Cut(line, " ")
	return flats[strings.ToLower(first)]
}

// streetSpellings are the other ways in which people write the line of a street: without
// the flat before it, with the number behind it, and without the kind of street.
func streetSpellings(line string, afterFlat bool) []string {
	if !strings.ContainsFunc(line, unicode.IsDigit) {
		return nil
	}
	words := strings.Fields(line)
	at := len(words) // of the number of the house: the last one that a name follows
	for i := 0; i+1 < len(words); i++ {
		if isHouseNumber(words[i]) && !isHouseNumber(words[i+1]) {
			at = i
		}
	}
	if at+2 >= len(words) {
		return nil // a number and one word say too little
	}
	number, street := words[at], words[at+1:]
	number = number[strings.LastIndexByte(number, '/')+1:]
	name := strings.Join(street, " ")
	spellings := []string{name + " " + number, name + " no " + number, name + " number " + number}
	if at > 0 || afterFlat || strings.Contains(words[at], "/") {
		spellings = append(spellings, number+" "+name)
	}
	if kind := strings.ToLower(street[len(street)-1]); streetKinds[strings.Trim(kind, ".")] && len(street[0]) >= 6 {
		spellings = append(spellings, number+" "+strings.Join(street[:len(street)-1], " "))
	}
	return spellings
}

var streetKinds = setOf(`street road avenue lane close drive court crescent gardens square terrace place row way walk grove mews hill rise view
	park st rd ave ln cl dr ct cres gdns sq terr pl`)
