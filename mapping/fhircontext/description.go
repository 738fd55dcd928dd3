package fhircontext

import "github.com/gpsafety/lfpse-go/fhir"

// description is what an Identifier, ContactPoint, Reference or Extension says, whichever
// of them an element is.
type description struct {
	fhir.Node
	resourceType, system, value, reference, target, url string
	display, birthDate, identifier, text, answer        fhir.Node
	coded                                               bool
	more                                                bool // there is more to visit below it
}

// read reads the zero description.
func (e *description) read(n fhir.Node) {
	e.Node = n
	for c := range n.Children() {
		e.more = e.more || worthVisit(c)
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
		case "url":
			e.url = textOf(c)
		case "birthDate":
			if c.Kind() == fhir.StringNode {
				e.birthDate = c
			}
		case "display":
			e.display = c
		case "identifier":
			e.identifier = c
		case "code":
			e.coded = true
		case "text":
			e.text = c
		case "answer":
			e.answer = c
		}
	}
}

// worthVisit reports an element that has others below it, or whose text may name a person.
func worthVisit(n fhir.Node) bool {
	if n.Kind() >= fhir.ListNode {
		return true
	}
	return n.Kind() > fhir.NullNode && (isSimple(n.Name()) || whoseProperty(n.Name()) != nobody)
}

// isSimple reports a property whose value may be one text that names a person.
func isSimple(property string) bool {
	switch property {
	case "name", "identifier", "telecom", "address", "authorString":
		return true
	}
	return false
}

// whoseResource is the part of the person whom a type of resource describes, nobody if it
// describes none.
func whoseResource(typeName string) role {
	switch typeName {
	case "Patient":
		return patientRole
	case "RelatedPerson", "Person":
		return relativeRole
	case "Practitioner", "PractitionerRole":
		return staffRole
	}
	return nobody
}

// whoseProperty is the part of the person whom a reference in an element mostly means, be
// it of R4 or of the versions before it: always a patient, or a person where the name looks
// like that of one. It is nobody for other elements.
func whoseProperty(name string) role {
	switch name {
	case "subject", "patient", "beneficiary":
		return patientRole
	case "for", "practitioner", "performer", "sender", "author", "recorder", "requester", "requestor", "actor", "participant", "asserter",
		"individual", "generalPractitioner", "careProvider", "careManager", "agent", "who", "onBehalfOf", "owner", "collector",
		"receiver", "recipient", "source", "informationSource", "informant", "responder", "attester", "authenticator", "party",
		"verifier", "enterer", "enteredBy", "orderer", "prescriber", "dispenser", "interpreter", "resultsInterpreter", "responsible",
		"responsibleParty", "subscriber", "policyHolder", "witness", "consentor", "consentingParty", "grantor", "member", "entity",
		"evaluator", "assessor", "investigator", "operator", "admitter", "attender", "clinician", "contact", "person",
		"primaryPerformer", "authorReference", "mother", "father", "carer", "relatedPerson", "provider", "surgeon", "anaesthetist",
		"signer", "valueReference":
		return staffRole
	}
	return nobody
}
