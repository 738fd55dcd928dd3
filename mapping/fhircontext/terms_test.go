package fhircontext_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/gpsafety/lfpse-go/lfpse/privacy"
)

func TestDenyTerms(t *testing.T) {
	c, _ := load(t, surgery(t))
	assert.Subset(t, c.DenyTerms(), []privacy.Term{
		{Class: privacy.NHSNumber, Text: "9990000409"},
		{Class: privacy.Identifier, Text: "LOC-77431"},
		{Class: privacy.Name, Text: "Ms Petronella Zephyrine Quuxworth"},
		{Class: privacy.GivenName, Text: "Petronella"},
		{Class: privacy.GivenName, Text: "Zephyrine"},
		{Class: privacy.FamilyName, Text: "Quuxworth"},
		{Class: privacy.GivenName, Text: "Pipkin"},
		{Class: privacy.Phone, Text: "07700 900431"},
		{Class: privacy.Email, Text: "petronella@quuxworth.example"},
		{Class: privacy.BirthDate, Text: "1961-02-28"},
		{Class: privacy.Address, Text: "17 Gabblefield Row\nTestham"},
		{Class: privacy.Address, Text: "17 Gabblefield Row"},
		{Class: privacy.Postcode, Text: "ZZ99 1QX"},
		{Class: privacy.Name, Text: "Barnabus Quuxworth"},
		{Class: privacy.Phone, Text: "01632 960431"},
		{Class: privacy.FamilyName, Text: "Flibberton"},
		{Class: privacy.GivenName, Text: "Osgood"},
		{Class: privacy.BirthDate, Text: "1958-07-09"},
		{Class: privacy.Identifier, Text: "C9999431"},
		{Class: privacy.Name, Text: "Dr Ethelreda Crumhorn"},
		{Class: privacy.Identifier, Text: "QUAL-88213"},
		{Class: privacy.Identifier, Text: "999000431999"},
		{Class: privacy.Name, Text: "Petronella Quuxworth"},
		// As people write them.
		{Class: privacy.Phone, Text: "960431"},
		{Class: privacy.Address, Text: "Gabblefield Row 17"},
	})
}

func TestDenyTermsAreTheSameEveryTime(t *testing.T) {
	first, _ := load(t, surgery(t))
	for range 20 {
		again, _ := load(t, surgery(t))
		assert.Equal(t, first.DenyTerms(), again.DenyTerms())
	}
	first.DenyTerms()[0].Text = "changed"
	assert.NotEqual(t, "changed", first.DenyTerms()[0].Text, "the caller has a copy")
}

func TestDenyTermsFromReferences(t *testing.T) {
	c, _ := load(t, []byte(`{"resourceType":"MedicationRequest",
		"subject":{"reference":"Patient/1","display":"Quuxworth, P (F) 64y","identifier":{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9990000417"}},
		"requester":{"reference":"https://server.example/R4/PractitionerRole/1","display":"Dr E Crumhorn, Pharmacist"},
		"recorder":{"type":"Practitioner","display":"on behalf of the duty team by E Hornblower"},
		"performer":{"reference":"urn:uuid:6b1f7a52-0000-4000-8000-000000000001","display":"Not known to be a person"},
		"dispenseRequest":{"performer":{"reference":"Organization/1","display":"Invented Pharmacy"}},
		"medicationCodeableConcept":{"coding":[{"code":"1","display":"Aspirin"}]}}`))
	assert.ElementsMatch(t, []privacy.Term{
		{Class: privacy.Name, Text: "Quuxworth, P"},
		{Class: privacy.NHSNumber, Text: "9990000417"},
		{Class: privacy.Name, Text: "Dr E Crumhorn"},
		{Class: privacy.Identifier, Text: "on behalf of the duty team by E Hornblower"},
	}, c.DenyTerms())
}

func TestDenyTermsOfAnAddress(t *testing.T) {
	c, _ := load(t, []byte(`{"resourceType":"Patient","address":[{"line":["123 Gabblefield Row","Little Testham","Testham"],"city":"Testham"}]}`))
	assert.Equal(t, privacy.Term{Class: privacy.Address, Text: "123 Gabblefield Row\nLittle Testham\nTestham"}, c.DenyTerms()[0])
	for _, term := range c.DenyTerms() {
		assert.Contains(t, term.Text, "123", "no town is a term of its own")
	}
}

func TestDenyTermsOfBirthDates(t *testing.T) {
	c, _ := load(t, bundle(`{"resourceType":"Person","birthDate":["1961-02-28",7,{"x":"1962-02-28"}],"link":[{"birthDate":"1963-02-28"}]}`,
		`{"resourceType":"Basic","birthDate":"1964-02-28","contained":[{"birthDate":"1965-02-28","resourceType":"RelatedPerson"}]}`))
	assert.Equal(t, []privacy.Term{{Class: privacy.BirthDate, Text: "1961-02-28"}, {Class: privacy.BirthDate, Text: "1963-02-28"}, {Class: privacy.BirthDate, Text: "1965-02-28"}}, c.DenyTerms())
}

// The terms do what they are for.
func TestDenyTermsFindTheirPeople(t *testing.T) {
	c, _ := load(t, surgery(t))
	list := privacy.NewDenyList(c.DenyTerms())
	for _, text := range []string{"Mrs Quuxworth fell", "seen by ethelreda crumhorn", "999 000 0409", "born 28/02/1961", "lives at 17 Gabblefield Row", "ref LOC 77431", "her husband Barnabus"} {
		assert.NotEmpty(t, list.Scan(text), text)
	}
	assert.Empty(t, list.Scan("The general practitioner issued methotrexate 10 mg for the patient at the surgery Y99999."))
}
