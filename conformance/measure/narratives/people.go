package main

import (
	"fmt"
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
