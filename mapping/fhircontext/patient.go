package fhircontext

import (
	"time"

	"github.com/gpsafety/lfpse-go/fhir"
)

const (
	ethnicCategoryURL = "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-EthnicCategory"
	// The R4 core extension and its UK Core counterpart.
	genderIdentityURL       = "http://hl7.org/fhir/StructureDefinition/patient-genderIdentity"
	genderIdentityUKCoreURL = "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-GenderIdentity"
)

func (l *loader) birthDate(patient resource) (string, Fact) {
	at := patient.child("birthDate")
	date := patient.text("birthDate")
	if date == "" {
		return "", Fact{}
	}
	for _, form := range []struct{ layout, precision string }{{time.DateOnly, "day"}, {"2006-01", "month"}, {"2006", "year"}} {
		if len(date) != len(form.layout) {
			continue
		}
		if _, err := time.Parse(form.layout, date); err != nil {
			break
		}
		if form.precision != "day" {
			l.report(fhir.Warning, "CONTEXT-BIRTHDATE-PARTIAL", at.path, "The date of birth has no "+missingPart(form.precision)+", so the exact age is not known.", "Give the age bracket instead.")
		}
		return date, Fact{Status: Known, Value: form.precision, Source: Source{Path: at.path}}
	}
	l.report(fhir.Warning, "CONTEXT-BIRTHDATE", at.path, "The date of birth is not a date of the form YYYY-MM-DD, so the age is not known.", "Correct the record or give the age.")
	return "", Fact{}
}

func missingPart(precision string) string {
	if precision == "month" {
		return "day"
	}
	return "month"
}

func (l *loader) gender(patient resource) Fact {
	at := patient.child("gender")
	switch gender := patient.text("gender"); gender {
	case "":
		return Fact{}
	case "female", "male", "other", "unknown":
		return Fact{Status: Known, Value: gender, Source: Source{Path: at.path}}
	}
	l.report(fhir.Warning, "CONTEXT-GENDER", at.path, "The gender is none of male, female, other and unknown.", "Use a code of the FHIR list; 1 and 2 mean different things in different lists.")
	return Fact{Status: Ask, Source: Source{Path: at.path, Note: "The gender of the record is not a code of FHIR."}}
}

// genderIdentities are the codes of the HL7 gender-identity list in the words of
// the event model, in which female and male include trans women and trans men.
var genderIdentities = map[string]string{
	"female": "female", "transgender-female": "female",
	"male": "male", "transgender-male": "male",
	"non-binary": "non-binary", "other": "other", "non-disclose": "not-stated",
}

func (l *loader) genderIdentity(patient resource) Fact {
	concept := patient.extension(genderIdentityURL, genderIdentityUKCoreURL).choice("value", "CodeableConcept").asObject()
	if !concept.present() {
		return Fact{}
	}
	for _, coding := range concept.objects("coding") {
		if value, ok := genderIdentities[coding.text("code")]; ok && coding.text("system") == "http://hl7.org/fhir/gender-identity" {
			return Fact{Status: Known, Value: value, Source: Source{Path: coding.path}}
		}
	}
	return Fact{Status: Ask, Source: Source{Path: concept.path, Note: "The gender identity of the record is in no list this package knows."}}
}

// ethnicCategories maps the NHS ethnic category 2001 to the LFPSE ethnicity list.
// The order of the two differs: R (Chinese) is 34 and L is 35, N is 41 and M is 42.
var ethnicCategories = map[string]string{
	"A": "11", "B": "12", "C": "13",
	"D": "21", "E": "22", "F": "23", "G": "24",
	"H": "31", "J": "32", "K": "33", "R": "34", "L": "35",
	"N": "41", "M": "42", "P": "43",
	"S": "51", "Z": "52", "99": "52",
}

// The categories of England; those of Scotland, Wales and Northern Ireland use the
// same letters for other groups.
var ethnicSystems = map[string]bool{
	"https://fhir.hl7.org.uk/CodeSystem/UKCore-EthnicCategory":        true,
	"https://fhir.hl7.org.uk/CodeSystem/UKCore-EthnicCategoryEngland": true,
}

func (l *loader) ethnicity(patient resource) Fact {
	concept := patient.extension(ethnicCategoryURL).choice("value", "CodeableConcept").asObject()
	if !concept.present() {
		return Fact{}
	}
	for _, coding := range concept.objects("coding") {
		if value, ok := ethnicCategories[coding.text("code")]; ok && ethnicSystems[coding.text("system")] {
			return Fact{Status: Known, Value: value, Source: Source{Path: coding.path, Note: "Ethnic category of England, mapped to the LFPSE list."}}
		}
	}
	l.report(fhir.Warning, "CONTEXT-ETHNICITY", concept.path, "The ethnic category is not one of the NHS list A to Z or 99 of England.", "Choose the LFPSE ethnicity by hand.")
	return Fact{Status: Ask, Source: Source{Path: concept.path, Note: "The ethnic category of the record has no counterpart in the LFPSE list."}}
}
