package fhircontext

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/privacy"
)

const nhsNumberSystem = "https://fhir.nhs.uk/Id/nhs-number"

// people are the resources that describe a person.
var people = []string{"Patient", "RelatedPerson", "Practitioner", "PractitionerRole", "Person"}

// denyTerms gathers the terms of the whole record in document order, each once.
func (l *loader) denyTerms() []privacy.Term {
	const usual = 32 // terms of a record
	v := termVisitor{terms: make([]privacy.Term, 0, usual), seen: make(set[privacy.Term], usual)}
	for i := range l.bundle.Entries {
		v.visit(l.bundle.Entries[i].Resource, "", false)
	}
	return v.terms
}

// termVisitor visits every element of a record, those of contained resources too.
type termVisitor struct {
	terms []privacy.Term
	seen  set[privacy.Term]
}

// visit visits an element and what is below it. name is that of its property, person
// says that it belongs to a resource that describes a person. Depth is bounded by that
// of the document, which fhir.ParseBundle limits.
func (v *termVisitor) visit(n fhir.Node, name string, person bool) {
	switch n.Kind() {
	case fhir.ListNode:
		for item := range n.Children() {
			v.visit(item, name, person)
		}
	case fhir.ObjectNode:
		e := readDescription(n)
		if e.resourceType != "" {
			person = slices.Contains(people, e.resourceType)
		}
		v.element(&e, name, person)
		v.visit(e.birthDate, "birthDate", person)
		for c := range n.Children() {
			if c.Kind() >= fhir.ListNode {
				v.visit(c, c.Name(), person)
			}
		}
	case fhir.StringNode:
		if person && name == "birthDate" {
			v.add(privacy.BirthDate, n.Text(), 4)
		}
	}
}

// description is what an Identifier, ContactPoint or Reference says, whichever of them
// an element is.
type description struct {
	fhir.Node
	resourceType, system, value, reference, target string
	display, birthDate                             fhir.Node
	coded                                          bool
}

func readDescription(n fhir.Node) description {
	e := description{Node: n}
	for c := range n.Children() {
		switch c.Name() {
		case "resourceType":
			e.resourceType = textOf(c)
		case "system":
			e.system = textOf(c)
		case "value":
			e.value = textOf(c)
		case "reference":
			e.reference = textOf(c)
		case "type":
			e.target = textOf(c)
		case "birthDate":
			if c.Kind() == fhir.StringNode {
				e.birthDate = c
			}
		case "display":
			e.display = c
		case "code":
			e.coded = true
		}
	}
	return e
}

// element takes the terms of one complex element.
func (v *termVisitor) element(e *description, name string, person bool) {
	if e.system == nhsNumberSystem {
		v.add(privacy.NHSNumber, e.value, 4)
	}
	if e.display.Exists() {
		if named, patient := e.namesPerson(name); named {
			v.name(textOf(e.display), patient)
		}
	}
	if !person {
		return
	}
	switch name {
	case "name", "valueHumanName":
		v.humanName(e.Node)
	case "identifier", "valueIdentifier":
		if e.system != nhsNumberSystem && odsRank(e.system) == 0 {
			v.add(privacy.Identifier, e.value, 4)
		}
	case "telecom", "valueContactPoint":
		v.contactPoint(e)
	case "address", "valueAddress":
		// As one term: a line that is only a town is then not a term of its own.
		v.add(privacy.Address, strings.Join(textsOf(e.Child("line")), "\n"), 4)
		v.add(privacy.Address, textOf(e.Child("text")), 4)
		v.add(privacy.Postcode, textOf(e.Child("postalCode")), 4)
	}
}

// namesPerson reports a Reference whose display is the name of a person, and whether
// that person is a patient or a relative.
func (e *description) namesPerson(name string) (named, patient bool) {
	target := e.target
	if id := strings.LastIndexByte(e.reference, '/'); target == "" && id >= 0 {
		base := e.reference[:id]
		target = base[strings.LastIndexByte(base, '/')+1:]
	}
	// A urn:uuid: does not tell what it means, but these elements only ever hold people.
	if target == "" && !e.coded {
		switch name {
		case "subject", "patient":
			target = "Patient"
		case "practitioner":
			target = "Practitioner"
		}
	}
	return slices.Contains(people, target), target == "Patient" || target == "RelatedPerson"
}

func (v *termVisitor) humanName(n fhir.Node) {
	if given := n.Child("given"); given.Kind() == fhir.ListNode {
		for name := range given.Children() {
			v.add(privacy.GivenName, textOf(name), 2)
		}
	}
	v.add(privacy.FamilyName, textOf(n.Child("family")), 2)
	v.name(textOf(n.Child("text")), true)
}

// maxNameWords is how many words a text may have to be taken for a name.
const maxNameWords = 6

// name adds a name given as one text, up to where something else begins, as in
// "Surname, P (F) 64y". What follows a comma is a given name for patients and more
// often a job for staff, which must not be forbidden. A longer text is not taken
// apart: only the whole of it is a term.
func (v *termVisitor) name(whole string, commaGiven bool) {
	bare := whole
	if end := strings.IndexFunc(whole, endsName); end >= 0 {
		bare = whole[:end]
	}
	if !commaGiven {
		bare, _, _ = strings.Cut(bare, ",")
	}
	words := 0
	for range strings.FieldsSeq(bare) {
		words++
	}
	if words > maxNameWords {
		v.add(privacy.Identifier, whole, 4)
		return
	}
	v.add(privacy.Name, bare, 2)
}

func endsName(r rune) bool {
	switch r {
	case '(', ';', ':', '/', '&', '[':
		return true
	}
	return unicode.IsDigit(r)
}

func (v *termVisitor) contactPoint(e *description) {
	switch {
	case strings.Contains(e.value, "@"):
		v.add(privacy.Email, e.value, 4)
	case e.system != "url":
		v.add(privacy.Phone, e.value, 4)
	}
}

// add notes a term of at least so many characters: shorter ones, such as an initial,
// would forbid half the language.
func (v *termVisitor) add(class privacy.Class, value string, shortest int) {
	term := privacy.Term{Class: class, Text: strings.TrimSpace(value)}
	if utf8.RuneCountInString(term.Text) >= shortest && v.seen.add(term) {
		v.terms = append(v.terms, privacy.Term{Class: class, Text: strings.Clone(term.Text)})
	}
}

// textOf is the value of a string, "" for any other element.
func textOf(n fhir.Node) string {
	if n.Kind() != fhir.StringNode {
		return ""
	}
	return n.Text()
}

// textsOf are the strings of a list.
func textsOf(list fhir.Node) []string {
	var all []string
	if list.Kind() == fhir.ListNode {
		for item := range list.Children() {
			if item.Kind() == fhir.StringNode {
				all = append(all, item.Text())
			}
		}
	}
	return all
}
