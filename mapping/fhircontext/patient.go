package fhircontext

import (
	"cmp"
	"strings"
	"time"

	"github.com/gpsafety/lfpse-go/fhir"
)

const (
	// The R4 core extension and its UK Core counterpart.
	genderIdentityURL       = "http://hl7.org/fhir/StructureDefinition/patient-genderIdentity"
	genderIdentityUKCoreURL = "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-GenderIdentity"
)

func (l *loader) birthDate(patient element) (string, Fact) {
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
			l.report(fhir.Warning, "CONTEXT-BIRTHDATE-PARTIAL", at.Path(), "The date of birth has no "+missingPart(form.precision)+", so the exact age is not known.", "Give the age bracket instead.")
		}
		return date, Fact{Status: Known, Value: form.precision, Source: Source{Path: at.Path()}}
	}
	l.report(fhir.Warning, "CONTEXT-BIRTHDATE", at.Path(), "The date of birth is not a date of the form YYYY-MM-DD, so the age is not known.", "Correct the record or give the age.")
	return "", Fact{}
}

func missingPart(precision string) string {
	if precision == "month" {
		return "day"
	}
	return "month"
}

func (l *loader) gender(patient element) Fact {
	at := patient.child("gender")
	switch gender := patient.text("gender"); gender {
	case "":
		return Fact{}
	case "female", "male", "other", "unknown":
		return Fact{Status: Known, Value: gender, Source: Source{Path: at.Path()}}
	}
	l.report(fhir.Warning, "CONTEXT-GENDER", at.Path(), "The gender is none of male, female, other and unknown.", "Use a code of the FHIR list; 1 and 2 mean different things in different lists.")
	return Fact{Status: Ask, Source: Source{Path: at.Path(), Note: "The gender of the record is not a code of FHIR."}}
}

// genderIdentities are the codes of the HL7 gender-identity list in the words of
// the event model, in which female and male include trans women and trans men.
var genderIdentities = map[string]string{
	"female": "female", "transgender-female": "female",
	"male": "male", "transgender-male": "male",
	"non-binary": "non-binary", "other": "other", "non-disclose": "not-stated",
}

func (l *loader) genderIdentity(patient element) Fact {
	concept := patient.extension(genderIdentityURL, genderIdentityUKCoreURL).object("valueCodeableConcept")
	if !concept.present() {
		return Fact{}
	}
	for coding := range concept.list("coding") {
		if value, ok := genderIdentities[coding.text("code")]; ok && coding.text("system") == "http://hl7.org/fhir/gender-identity" {
			return Fact{Status: Known, Value: value, Source: Source{Path: coding.Path()}}
		}
	}
	return Fact{Status: Ask, Source: Source{Path: concept.Path(), Note: "The gender identity of the record is in no list this package knows."}}
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

// ethnicExtensions and ethnicSystems are known by the last part of their url: what stands
// before it differs between versions and publishers. The systems are those of England; those
// of Scotland, Wales and Northern Ireland use the same letters for other groups.
var (
	ethnicExtensions = map[string]bool{
		"Extension-UKCore-EthnicCategory": true, "Extension-CareConnect-EthnicCategory-1": true, "Extension-CareConnect-GPC-EthnicCategory-1": true,
	}
	ethnicSystems = map[string]bool{
		"UKCore-EthnicCategory": true, "UKCore-EthnicCategoryEngland": true, "CareConnect-EthnicCategory-1": true,
	}
)

func lastPart(url string) string { return url[strings.LastIndexByte(url, '/')+1:] }

// ethnicity is the ethnic category that the record states; of several it is asked.
func (l *loader) ethnicity(patient element) (found Fact) {
	for x := range patient.list("extension") {
		if !ethnicExtensions[lastPart(x.text("url"))] {
			continue
		}
		concept := x.object("valueCodeableConcept")
		if !concept.present() {
			continue
		}
		fact := l.ethnicityOf(concept)
		if found.Status != Absent && fact.Value != found.Value {
			return Fact{Status: Ask, Source: Source{Path: concept.Path(), Note: "The record states several ethnic categories."}}
		}
		found = fact
	}
	return found
}

func (l *loader) ethnicityOf(concept element) Fact {
	for coding := range concept.list("coding") {
		if value, ok := ethnicCategories[coding.text("code")]; ok && ethnicSystems[lastPart(coding.text("system"))] {
			return Fact{Status: Known, Value: value, Source: Source{Path: coding.Path(), Note: "Ethnic category of England, mapped to the LFPSE list."}}
		}
	}
	l.report(fhir.Warning, "CONTEXT-ETHNICITY", concept.Path(), "The ethnic category is not one of the NHS list A to Z or 99 of England.", "Choose the LFPSE ethnicity by hand.")
	return Fact{Status: Ask, Source: Source{Path: concept.Path(), Note: "The ethnic category of the record has no counterpart in the LFPSE list."}}
}

// person is the patient that a resource is about: a Patient in the record, else what
// the resource calls the patient. It is compared, never shown. The zero person is
// nobody.
type person struct {
	patient    fhir.Node
	reference  string
	identifier identifier
}

// identifier is the system and value of an Identifier, the value without blanks: an NHS
// number is written with them in one place and without them in another.
type identifier struct{ system, value string }

func identifierOf(id element) identifier {
	return identifier{id.text("system"), strings.ReplaceAll(id.text("value"), " ", "")}
}

// findSubject finds the one patient the record is about, nobody when there is none or
// when several could be meant. A patient is the subject because the AdverseEvent, or
// failing that every other resource, refers to that one; or because the record has no
// other. A patient that is referred to and not in the record counts.
func (l *loader) findSubject() {
	var ofEvent, ofAny, patients candidates
	for i := range l.resources {
		r := &l.resources[i]
		r.about = l.personOf(r)
		switch {
		case r.typeName == "Patient":
			patients.add(person{patient: r.Node})
		case r.about == person{}:
		case r.typeName == "AdverseEvent":
			ofEvent.add(r.about)
		default:
			ofAny.add(r.about)
		}
	}
	for _, c := range []candidates{ofEvent, ofAny, patients} {
		switch {
		case c.several:
			l.report(fhir.Warning, "CONTEXT-SEVERAL-PATIENTS", "$this", "The record is about more than one patient and does not show which one the event is about, so nothing about a patient was taken.",
				"Send the record of the patient concerned alone.")
			return
		case c.first != person{}:
			l.subject = c.first
			l.reportUnusedPatients()
			return
		}
	}
}

// candidates are people of whom one may be the subject: two are as good as a thousand.
type candidates struct {
	first   person
	several bool
}

func (c *candidates) add(p person) {
	if c.first == (person{}) {
		c.first = p
	}
	c.several = c.several || c.first != p
}

// reportUnusedPatients reports the patients whom the record is not about. If it has no other,
// its facts are lost, which nobody may have meant.
func (l *loader) reportUnusedPatients() {
	severity := fhir.Information
	if !l.subject.patient.Exists() {
		severity = fhir.Warning
	}
	for p := range l.all("Patient") {
		if p.Node != l.subject.patient {
			l.report(severity, "CONTEXT-OTHER-PATIENT", p.Path(), "The patient is not the one that the record is about, so nothing was taken.",
				"Leave other patients out, or correct the references when this is the patient concerned.")
		}
	}
}

// patient returns the subject's Patient when the record has it.
func (l *loader) patient() (element, bool) {
	return element{l.subject.patient, l}, l.subject.patient.Exists()
}

// personOf finds out whom a resource is about. A place, a group or a device that a
// resource is about is no patient.
func (l *loader) personOf(r *resource) person {
	switch r.typeName {
	case "Patient", "RelatedPerson", "List": // what a List lists says itself whom it is about
		return person{}
	}
	for _, name := range [...]string{"subject", "patient"} {
		if r.Child(name).Kind() == fhir.ListNode {
			continue // Contract.subject: not what a patient record is about
		}
		ref := r.object(name)
		if !ref.present() {
			continue
		}
		found, ok := ref.follow()
		typeName := found.ResourceType()
		if !ok {
			typeName = referencedType(ref.text("reference"), ref.text("type"))
		}
		if typeName != "" && typeName != "Patient" {
			continue
		}
		if ok {
			return person{patient: found.Node}
		}
		id := ref.object("identifier")
		if p := l.ownerOf(id); p.Exists() {
			return person{patient: p}
		}
		if text := ref.text("reference"); text != "" {
			if p := cmp.Or(l.numbered(text), l.elsewhere(text)); p.Exists() {
				return person{patient: p}
			}
			return person{reference: text}
		}
		if key := identifierOf(id); key.value != "" && odsRank(key.system) == 0 {
			return person{identifier: key}
		}
	}
	return person{}
}

// numbered returns the Patient whose NHS number a reference has as its id, as those to
// the Personal Demographics Service do.
func (l *loader) numbered(reference string) fhir.Node {
	reference, _, _ = strings.Cut(reference, "/_history/")
	return l.ownedBy(identifier{"https://fhir.nhs.uk/Id/nhs-number", reference[strings.LastIndexByte(reference, '/')+1:]})
}

// elsewhere returns the only Patient with the id of a reference to a server, if the record
// does not say that it comes from another one: many exports leave fullUrl out, or make it a
// UUID, and keep the references as the server wrote them.
func (l *loader) elsewhere(reference string) (found fhir.Node) {
	if !strings.Contains(reference, "://") {
		return fhir.Node{}
	}
	reference, _, _ = strings.Cut(reference, "/_history/")
	for i := range l.bundle.Entries {
		e := &l.bundle.Entries[i]
		if e.ResourceType != "Patient" || e.ID == "" || !strings.HasSuffix(reference, "/Patient/"+e.ID) {
			continue
		}
		if found.Exists() || strings.HasPrefix(e.FullURL, "http") {
			return fhir.Node{}
		}
		found = e.Resource
	}
	return found
}

// referencedType is the type of resource that a reference says it is to, "" if it does
// not say. A conditional reference says it before its question mark.
func referencedType(reference, stated string) string {
	if stated == "" {
		before, _, conditional := strings.Cut(reference, "?")
		if !conditional {
			before, _, _ = strings.Cut(before, "/_history/")
			before = before[:max(0, strings.LastIndexByte(before, '/'))]
		}
		stated = before
	}
	stated = stated[strings.LastIndexByte(stated, '/')+1:]
	if stated == "" || stated[0] < 'A' || stated[0] > 'Z' {
		return ""
	}
	return stated
}

// ownerOf returns the only Patient that has an identifier, none if there is no such.
func (l *loader) ownerOf(id element) fhir.Node {
	return l.ownedBy(identifierOf(id))
}

func (l *loader) ownedBy(key identifier) fhir.Node {
	if l.owners == nil {
		l.owners = map[identifier]fhir.Node{}
		for p := range l.all("Patient") {
			for own := range p.list("identifier") {
				key := identifierOf(own)
				if first, known := l.owners[key]; known && first != p.Node {
					l.owners[key] = fhir.Node{}
				} else {
					l.owners[key] = p.Node
				}
			}
		}
	}
	if key.system == "" || key.value == "" {
		return fhir.Node{}
	}
	return l.owners[key]
}

// concerns reports whether a resource may be used: it is about the subject, or about
// nobody in particular. Others are reported.
func (l *loader) concerns(r *resource) bool {
	if r.about == (person{}) || r.about == l.subject {
		return true
	}
	if l.subject != (person{}) {
		l.report(fhir.Information, "CONTEXT-OTHER-PATIENT", r.Path(), "The resource is about another patient, so nothing was taken from it.", "Leave the records of other patients out.")
	}
	return false
}
