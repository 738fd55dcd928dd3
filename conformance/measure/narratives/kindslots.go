package main

import (
	"fmt"
	"strings"
)

// handlePerson is a person whose names can be a user name.
func (d dice) handlePerson() person {
	return person{title: "Mrs", given: pick(d, plainGiven), family: pick(d, plainFamily)}
}

// wordPerson is a person one of whose names is a word that is nobody's name as a rule.
func (d dice) wordPerson() person {
	p := person{title: pick(d, []string{"Mr", "Mrs", "Miss", "Dr"}), given: pick(d, plainGiven), family: pick(d, plainFamily)}
	if d.chance(50) {
		p.given = pick(d, []string{"Baby", "Test", "Unknown", "Male", "Female", "Infant", "Twin", "Girl", "Boy"})
	} else {
		p.family = pick(d, []string{"Ward", "Nurse", "NHS", "Patient", "Test", "Unknown"})
	}
	return p
}

func (p person) nameTerms() []DenyFor {
	return []DenyFor{{"name", p.given + " " + p.family}, {"given-name", p.given}, {"family-name", p.family}}
}

var (
	plainGiven  = strings.Fields(`Aisha Beatrix Callum Clementine Delphine Fergus Hamish Imogen Jemima Lachlan Magnus Marjorie Quentin Susan Kate Joan Sophy Naga Priya Tom Anna John Emeka Olga`)
	plainFamily = strings.Fields(`Abernathy Adeyemi Blenkinsop Crumhorn Dhaliwal Dunwoody Eccleshall Entwistle Featherstone Higginbotham Jankowski Llewellyn Murgatroyd Nwosu Pettigrew Quuxworth Rosen Santino Smith Jones Patel Khan`)
	wordFamily  = strings.Fields(`Ward May Nurse So To He Will An Care Page Or She Doctor`)
)

// ofKind fills the slots of the kinds.
func (s *scene) ofKind(field string) string {
	given, family := pick(s.dice, plainGiven), pick(s.dice, plainFamily)
	switch field {
	case "mis":
		return mark("LABELLED-NUMBER", s.mistyped())
	case "nhs":
		return mark("LABELLED-NUMBER", s.grouped(s.nhsNumber()))
	case "ni":
		return mark("LABELLED-NUMBER", pick(s.dice, []string{"QQ", "ZY", "AB", "DF"})+pick(s.dice, []string{"", " "})+s.digits(6)+pick(s.dice, []string{"A", "C", "", " D"}))
	case "title":
		return s.titledPerson(given, family)
	case "titled":
		return pick(s.dice, []string{"Mrs", "Mr", "Miss"}) + " " + mark("TITLED-NAME", pick(s.dice, []string{family, given + " " + family, given[:1] + " " + family}))
	case "surtitle":
		return s.surnameFirst(family)
	case "plain":
		return given + " " + pick(s.dice, []string{"", "", "Ann ", "James "}) + family
	case "given":
		return mark("NAMED-PERSON", given)
	case "family":
		return mark("NAMED-PERSON", family)
	case "full":
		return mark("NAMED-PERSON", pick(s.dice, []string{given, given, given[:1]})+" "+family)
	case "person":
		return mark("NAMED-PERSON", pick(s.dice, []string{given, given + " " + family, family + ", " + given}))
	case "local":
		return mark("LOCAL-NUMBER", s.localNumber())
	case "address":
		return mark("STREET-ADDRESS", s.homeAddress())
	case "dob":
		return mark("POSSIBLE-BIRTH-DATE", s.dateWritten(1925+s.IntN(95), 1+s.IntN(12), 1+s.IntN(28)))
	case "mail":
		return mark("OBSCURED-EMAIL", s.obscuredMail(strings.ToLower(given), strings.ToLower(family)))
	}
	panic("no slot k." + field)
}

// mistyped is an NHS number with a wrong digit, or one too few or too many.
func (s *scene) mistyped() string {
	for {
		ten := "9" + s.digits(9)
		if good, ok := checked(ten[:9]); ok && good == ten {
			continue
		}
		switch s.IntN(5) {
		case 0:
			return ten[:9]
		case 1:
			return ten + "3"
		case 2:
			return ten[:3] + "-" + ten[3:6] + "-" + ten[6:]
		case 3:
			return ten
		}
		return ten[:3] + " " + ten[3:6] + " " + ten[6:]
	}
}

// titledPerson is a name that is a word, one that is not, or initials, after a title.
func (s *scene) titledPerson(given, family string) string {
	a, b := string(rune('A'+s.IntN(26))), string(rune('A'+s.IntN(26)))
	title := pick(s.dice, []string{"Mr", "Mrs", "Mrs.", "Mr.", "Miss"})
	switch s.IntN(5) {
	case 0, 1:
		return title + " " + mark("TITLED-NAME", pick(s.dice, wordFamily))
	case 2:
		return title + " " + mark("TITLED-NAME", "Will "+family)
	case 3:
		return title + " " + mark("TITLED-NAME", pick(s.dice, []string{a + "." + b + ".", a + " " + b, a + ". " + b + "."}))
	}
	return title + " " + mark("TITLED-NAME", pick(s.dice, []string{a + "." + b + ". " + family, given + " " + family, family}))
}

// surnameFirst is a family name before its title.
func (s *scene) surnameFirst(family string) string {
	a := string(rune('A' + s.IntN(26)))
	return mark("TITLED-NAME", pick(s.dice, []string{strings.ToUpper(family), family})) + ", " + pick(s.dice, []string{"Mrs", "Mr", "Miss"}) + " " + a
}

func (s *scene) localNumber() string {
	return pick(s.dice, []string{"A", "K", "", "", "RXA-", "M", "P-", ""}) + s.digits(pick(s.dice, []int{5, 6, 7, 8}))
}

// homeAddress is a house and its street in the spellings of labels and letters.
func (s *scene) homeAddress() string {
	name := pick(s.dice, []string{"High", "Mill", "Orchard", "Gabblefield", "Old Bakery", "St Mary's", "Teasel", "Quince", "Larkspur", "Victoria", "Station", "Long"})
	street := name + " " + pick(s.dice, []string{"Street", "Road", "Lane", "Avenue", "Close", "Drive", "Crescent", "Terrace", "Way", "Gardens", "Rd", "St.", "Ave", "Court", "Grove", "Place"})
	number := fmt.Sprint(1 + s.IntN(240))
	switch s.IntN(12) {
	case 0:
		return "Flat " + fmt.Sprint(1+s.IntN(20)) + ", " + name + " " + pick(s.dice, []string{"Court", "House"})
	case 1:
		return pick(s.dice, []string{"Rose", "Ivy", "Hill", "Mill"}) + " " + pick(s.dice, []string{"Cottage", "House", "Farm", "Lodge"}) + ", " + name + " " + pick(s.dice, []string{"Lane", "Road"})
	case 2:
		return pick(s.dice, []string{"PO Box ", "P.O. Box "}) + number
	case 3:
		return number + pick(s.dice, []string{"a", "b", "c"}) + " " + street
	case 4:
		return number + ", " + street
	case 5:
		return number + " " + strings.ToLower(name+" "+pick(s.dice, []string{"Street", "Road", "Lane", "Avenue"}))
	}
	return number + " " + street
}

// obscuredMail is an address in the spellings that pass a filter.
func (s *scene) obscuredMail(given, family string) string {
	host := pick(s.dice, []string{"nhs.net", "example.com", "gmail.com", "example.co.uk", "example.org"})
	local := pick(s.dice, []string{given + "." + family, given[:1] + family + "82", given + "_" + family, given + "." + family})
	words := strings.NewReplacer(".", " dot ")
	switch s.IntN(7) {
	case 0, 1:
		return words.Replace(local) + " at " + words.Replace(host)
	case 2:
		return local + " at " + host
	case 3:
		return local + pick(s.dice, []string{" (at) ", "(at)", " [at] ", "[at]"}) + host
	case 4:
		return local + " [at] " + strings.ReplaceAll(host, ".", " [dot] ")
	case 5:
		return local + " @ " + host
	}
	return given + pick(s.dice, []string{" (at) ", "(at)"}) + host
}

// handle is a user name made of the names of the patient.
func (s *scene) handle() string {
	given, family := s.patient.given, s.patient.family
	lower := strings.ToLower
	return mark("NAME", pick(s.dice, []string{lower(given) + "_" + lower(family) + "82", given + family, lower(given) + "." + lower(family), lower(given + family), given + family + "1",
		lower(family) + "_" + lower(given), lower(given[:1]) + "_" + lower(family), given + "_" + family, lower(given) + lower(family) + "56", lower(given[:1] + family)}))
}

// wordNamed is the person whose name is a word, where it stands as a name.
func (s *scene) wordNamed() string {
	p := s.staff
	forms := []string{p.given + " " + p.family, p.title + " " + p.family, p.family + ", " + p.given, p.title + " " + p.given + " " + p.family}
	if p.family != "NHS" {
		forms = append(forms, p.given[:1]+". "+p.family)
	}
	form := pick(s.dice, forms)
	if rest, ok := strings.CutPrefix(form, p.title+" "); ok {
		return p.title + " " + mark("NAME", rest)
	}
	return mark("NAME", form)
}
