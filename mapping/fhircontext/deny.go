package fhircontext

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gpsafety/lfpse-go/lfpse/privacy"
)

const nhsNumberSystem = "https://fhir.nhs.uk/Id/nhs-number"

// people are the resources that describe a person.
var people = []string{"Patient", "RelatedPerson", "Practitioner", "PractitionerRole", "Person"}

// denyTerms gathers the terms of the whole record in document order, each once.
func (l *loader) denyTerms() []privacy.Term {
	d := denyTerms{seen: map[privacy.Term]bool{}}
	for _, r := range l.resources {
		if r.contained {
			continue // reached by way of its container
		}
		d.walk(r.value, "", false)
	}
	return d.terms
}

type denyTerms struct {
	terms []privacy.Term
	seen  map[privacy.Term]bool
}

// walk visits an element and what is below it. name is the element's own, person
// says that it belongs to a resource that describes a person. Depth is bounded by
// that of the document, which fhir.ParseBundle limits.
func (d *denyTerms) walk(value any, name string, person bool) {
	switch v := value.(type) {
	case []any:
		for _, item := range v {
			d.walk(item, name, person)
		}
	case map[string]any:
		if typeName, ok := v["resourceType"].(string); ok {
			person = slices.Contains(people, typeName)
		}
		d.element(v, name, person)
		for _, child := range sortedKeys(v) {
			d.walk(v[child], child, person)
		}
	case string:
		if person && name == "birthDate" {
			d.add(privacy.BirthDate, v, 4)
		}
	}
}

// element takes the terms of one complex element.
func (d *denyTerms) element(v map[string]any, name string, person bool) {
	if text(v, "system") == nhsNumberSystem {
		d.add(privacy.NHSNumber, text(v, "value"), 4)
	}
	if named, patient := namesPerson(v, name); named {
		d.name(text(v, "display"), patient)
	}
	if !person {
		return
	}
	switch name {
	case "name", "valueHumanName":
		d.humanName(v)
	case "identifier", "valueIdentifier":
		if system := text(v, "system"); system != nhsNumberSystem && !isODSSystem(system) {
			d.add(privacy.Identifier, text(v, "value"), 4)
		}
	case "telecom", "valueContactPoint":
		d.contactPoint(v)
	case "address", "valueAddress":
		// As one term: a line that is only a town is then not a term of its own.
		d.add(privacy.Address, strings.Join(texts(v, "line"), "\n"), 4)
		d.add(privacy.Address, text(v, "text"), 4)
		d.add(privacy.Postcode, text(v, "postalCode"), 4)
	}
}

// namesPerson reports a Reference whose display is the name of a person, and whether
// that person is a patient or a relative.
func namesPerson(v map[string]any, name string) (named, patient bool) {
	if _, ok := v["display"]; !ok {
		return false, false
	}
	target := text(v, "type")
	if target == "" {
		parts := strings.Split(text(v, "reference"), "/")
		if len(parts) >= 2 {
			target = parts[len(parts)-2]
		}
	}
	// A urn:uuid: does not tell what it means, but these elements only ever hold people.
	if _, isCoding := v["code"]; target == "" && !isCoding {
		switch name {
		case "subject", "patient":
			target = "Patient"
		case "practitioner":
			target = "Practitioner"
		}
	}
	return slices.Contains(people, target), target == "Patient" || target == "RelatedPerson"
}

func (d *denyTerms) humanName(v map[string]any) {
	for _, given := range texts(v, "given") {
		d.add(privacy.GivenName, given, 2)
	}
	d.add(privacy.FamilyName, text(v, "family"), 2)
	d.name(text(v, "text"), true)
}

// maxNameWords is how many words a text may have to be taken for a name.
const maxNameWords = 6

// name adds a name given as one text, up to where something else begins, as in
// "Surname, P (F) 64y". What follows a comma is a given name for patients and more
// often a job for staff, which must not be forbidden. A longer text is not taken
// apart: only the whole of it is a term.
func (d *denyTerms) name(whole string, commaGiven bool) {
	bare := whole
	if end := strings.IndexFunc(whole, endsName); end >= 0 {
		bare = whole[:end]
	}
	if !commaGiven {
		bare, _, _ = strings.Cut(bare, ",")
	}
	if len(strings.Fields(bare)) > maxNameWords {
		d.add(privacy.Identifier, whole, 4)
		return
	}
	d.add(privacy.Name, bare, 2)
}

func endsName(r rune) bool {
	return strings.ContainsRune("(;:/&[", r) || unicode.IsDigit(r)
}

func (d *denyTerms) contactPoint(v map[string]any) {
	value := text(v, "value")
	switch {
	case strings.Contains(value, "@"):
		d.add(privacy.Email, value, 4)
	case text(v, "system") != "url":
		d.add(privacy.Phone, value, 4)
	}
}

// add notes a term of at least so many characters: shorter ones, such as an initial,
// would forbid half the language.
func (d *denyTerms) add(class privacy.Class, value string, shortest int) {
	term := privacy.Term{Class: class, Text: strings.TrimSpace(value)}
	if utf8.RuneCountInString(term.Text) < shortest || d.seen[term] {
		return
	}
	d.seen[term] = true
	d.terms = append(d.terms, term)
}

func text(v map[string]any, name string) string {
	s, _ := v[name].(string)
	return s
}

func texts(v map[string]any, name string) []string {
	items, _ := v[name].([]any)
	var all []string
	for _, item := range items {
		if s, ok := item.(string); ok {
			all = append(all, s)
		}
	}
	return all
}

// sortedKeys makes the order of the terms the same on every run.
func sortedKeys(v map[string]any) []string {
	keys := make([]string, 0, len(v))
	for key := range v {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
