package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// person is an invented patient, relative or member of staff.
type person struct {
	title, given, family string
	year, month, day     int // of birth
	nhs, mobile, email   string
	house, town, post    string
	record               string // key in the practice system
}

var (
	givenNames = strings.Fields(`Aisha Alasdair Beatrix Bogdan Bronwen Callum Chidi Clementine Cormac Dafydd Delphine Ebony Efosa Eilidh Euphemia
		Fergus Ffion Gwendolyn Hamish Ignatius Imogen Ishaan Jemima Kasimir Keziah Lachlan Leonora Magnus Mairead Marjorie Nkechi Olwen Oonagh Padraig
		Persephone Quentin Radoslav Rhiannon Rupinder Saoirse Seren Siobhán Tamsin Thaddeus Ursula Venkat Wilhelmina Xanthe Yevgenia Zachary Zofia
		José Zoë Noël Björn Łukasz Anne-Marie Jean-Luc`)
	ordinaryGiven = strings.Fields(`Will May Grace Rose Daisy Mark Bill Jack Hope Joy Ray Pat Iris Ruby Frank Robin`)
	familyNames   = strings.Fields(`Abernathy Adeyemi Blenkinsop Bhattacharya Cholmondeley Crumhorn Dhaliwal Dunwoody Eccleshall Entwistle Fazakerley
		Featherstone Gabblefield Grzybowski Heathcote Higginbotham Ibrahimović Jankowski Kowalczyk Lillywhite Llewellyn Mukherjee Murgatroyd Ngozi Nwosu
		Oyelaran Papadopoulos Pettigrew Quuxworth Ramanathan Ravenscroft Satterthwaite Szczepański Thistlethwaite Uddin Vasquez Venkataraman Winterbottom
		Wrigglesworth Xiang Youssef Zawadzki Smith Jones Patel Singh Khan Williams Taylor Davies Evans Thomas Roberts Johnson Lewis Robinson Wright
		Thompson Hughes Edwards Turner Ng Ali Gough`)
	marksmen = []string{"O'Neill", "O'Driscoll", "D'Souza", "McDonald", "McAllister", "MacKenzie", "MacLeod", "Okonkwo-Smythe", "Fotheringay-Phipps", "Smith-Jones",
		"van der Berg", "de la Cruz", "St. Clair", "Al-Rashid", "N'Dour", "FitzGerald"}
	ordinaryFamily = strings.Fields(`Brown Green White Black Wood Hall Walker Hill King Young Cook Price Bell Ward Long May Day Rose Cross Stone Lane`)
	placeFamily    = strings.Fields(`Preston Bradford Lancaster Parkinson Barrett Addison Derby`)
	towns          = strings.Fields(`Anytown Testham Gabbleford Mockbury Specimen Sampleton`)
	streets        = []string{"High Street", "Gabblefield Road", "Quince Avenue", "Teasel Lane", "Old Mill Close", "Larkspur Drive", "St Aldate Terrace", "The Crescent"}
)

func (d dice) person() person {
	p := person{
		title: pick(d, []string{"Mrs", "Mr", "Ms", "Miss", "Mr", "Mrs", "Dr", "Mx"}), given: pick(d, givenNames), family: pick(d, familyNames),
		year: 1921 + d.IntN(100), month: 1 + d.IntN(12), day: 1 + d.IntN(28),
		nhs: d.nhsNumber(), mobile: d.mobile(),
		house: fmt.Sprintf("%d %s", 1+d.IntN(180), pick(d, streets)), town: pick(d, towns), post: d.postcode(), record: fmt.Sprintf("REC-%s/%s", d.digits(3), d.digits(4)),
	}
	// One in eight bears a name that is also a word, as one in eight people does.
	switch n := d.IntN(100); {
	case n < 12:
		p.family = pick(d, ordinaryFamily)
	case n < 14:
		p.family = pick(d, placeFamily)
	case n < 30:
		p.family = pick(d, marksmen)
	}
	if d.chance(8) {
		p.given = pick(d, ordinaryGiven)
	}
	p.email = mailName(p.given) + "." + mailName(p.family) + "@" + pick(d, []string{"example.org", "example.com", "mail.example.net"})
	return p
}

// mailName keeps what may stand in an address.
func mailName(name string) string {
	return strings.Map(func(r rune) rune {
		if r < 128 && (r >= 'a' && r <= 'z') {
			return r
		}
		return -1
	}, strings.ToLower(name))
}

// terms is what a source record tells about the person.
func (p person) terms() []DenyFor {
	return []DenyFor{
		{"name", p.title + " " + p.given + " " + p.family},
		{"given-name", p.given}, {"family-name", p.family},
		{"birth-date", fmt.Sprintf("%04d-%02d-%02d", p.year, p.month, p.day)},
		{"nhs-number", p.nhs}, {"phone", p.mobile}, {"email", p.email},
		{"address", p.house + ", " + p.town}, {"postcode", p.post}, {"identifier", p.record},
	}
}

// staffTerms is what it tells about a member of staff.
func (p person) staffTerms() []DenyFor {
	return []DenyFor{{"name", "Dr " + p.given + " " + p.family}}
}

// dice draws what a narrative is made of. Every draw is a function of the seed.
type dice struct{ *rand.Rand }

func pick[T any](d dice, from []T) T { return from[d.IntN(len(from))] }

// chance is true in percent of the draws.
func (d dice) chance(percent int) bool { return d.IntN(100) < percent }

// digits draws n digits, the first of them not 0.
func (d dice) digits(n int) string {
	b := []byte{byte('1' + d.IntN(9))}
	for len(b) < n {
		b = append(b, byte('0'+d.IntN(10)))
	}
	return string(b)
}

// checked appends the check digit of NHS, CHI and H&C numbers to nine digits;
// false when there is none.
func checked(nine string) (string, bool) {
	sum := 0
	for i := range 9 {
		sum += int(nine[i]-'0') * (10 - i)
	}
	check := 11 - sum%11
	if check == 11 {
		check = 0
	}
	if check == 10 {
		return "", false
	}
	return nine + string(rune('0'+check)), true
}

func (d dice) withCheck(nine func() string) string {
	for {
		if number, ok := checked(nine()); ok {
			return number
		}
	}
}

// nhsNumber draws from the range 999, which is never issued.
func (d dice) nhsNumber() string {
	return d.withCheck(func() string { return fmt.Sprintf("999%06d", d.IntN(1_000_000)) })
}

// chiNumber draws a number that starts with a day, as Scottish ones do.
func (d dice) chiNumber() string {
	return d.withCheck(func() string {
		return fmt.Sprintf("%02d%02d%02d%03d", 1+d.IntN(28), 1+d.IntN(12), d.IntN(100), d.IntN(1000))
	})
}

// hcNumber draws from the range of Northern Ireland.
func (d dice) hcNumber() string {
	return d.withCheck(func() string { return fmt.Sprintf("%09d", 320_000_001+d.IntN(79_999_999)) })
}

// niNumber draws a number with the prefix ZY or ZX, which is valid by the rules of
// HMRC but has not been seen in use; the documentation prefix QQ is not valid.
func (d dice) niNumber() string {
	return pick(d, []string{"ZY", "ZX", "ZW"}) + d.digits(6) + pick(d, []string{"A", "B", "C", "D"})
}

// phone draws from the ranges kept for drama.
func (d dice) mobile() string { return fmt.Sprintf("07700900%03d", d.IntN(1000)) }

func (d dice) landline() string { return fmt.Sprintf("01632960%03d", d.IntN(1000)) }

func (d dice) nmcPIN() string {
	return fmt.Sprintf("%02d%s%04d%s", d.IntN(100), pick(d, []string{"A", "B", "C", "D", "E", "F", "G", "H", "I"}), d.IntN(10000), pick(d, []string{"E", "S", "W", "N"}))
}

// personCode draws the code of a general practitioner: G, one of 01234589, six
// digits.
func (d dice) personCode() string {
	return "G" + string("01234589"[d.IntN(8)]) + fmt.Sprintf("%06d", d.IntN(1_000_000))
}

// postcode draws one of a real form in a real area; ZZ99, the pseudo-postcode,
// is not one.
func (d dice) postcode() string {
	outward := pick(d, []string{"E10", "LS1", "LS29", "M1", "EC1A", "W1A", "SW1P", "CB4", "BD17", "PE30", "G12", "EH3", "CF10", "BT7", "NE1", "N1", "S10", "B15"})
	const inward = "ABDEFGHJLNPQRSTUWXYZ"
	return outward + " " + string(rune('0'+d.IntN(10))) + string(inward[d.IntN(len(inward))]) + string(inward[d.IntN(len(inward))])
}
