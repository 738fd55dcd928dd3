package fhircontext

import (
	"slices"

	"github.com/gpsafety/lfpse-go/fhir"
)

// The identifier systems of ODS codes, the organisation's own before its site's.
var odsSystems = []string{
	"https://fhir.nhs.uk/Id/ods-organization-code",
	"https://fhir.nhs.uk/Id/ods-site-code",
}

// maxPartOf is how many levels of Organization.partOf are climbed for a code. A
// department of a branch of a practice of a federation is four.
const maxPartOf = 8

// listed is an organisation whose codes have been listed, by what refers to it.
type listed struct {
	organisation fhir.Node
	by           string
}

// odsCode is an ODS code and the identifier it stands in.
type odsCode struct {
	code string
	in   fhir.Node
	note string
}

func (c *odsCode) source() Source { return Source{Path: c.in.Path() + ".value", Note: c.note} }

// organisation looks in turn at where care was given, where the reporter works, and
// who manages the patient's record. The first that gives a code decides.
func (l *loader) organisation(roles []element) Fact {
	var found Fact
	for _, look := range []func() []odsCode{
		l.encounterOrganisations,
		func() []odsCode { return l.organisationsOf(roles, "organization", "PractitionerRole.organization") },
		l.managingOrganisation,
	} {
		codes := look()
		switch {
		case len(codes) == 0:
		case found.Status == Absent:
			found = decideOrganisation(codes)
		default:
			l.reportOtherOrganisation(found, codes)
		}
	}
	return found
}

func (l *loader) encounterOrganisations() []odsCode {
	var encounters []element
	for e := range l.all("Encounter") {
		if l.concerns(e) {
			encounters = append(encounters, e.element)
		}
	}
	return l.organisationsOf(encounters, "serviceProvider", "Encounter.serviceProvider")
}

func (l *loader) managingOrganisation() []odsCode {
	patient, ok := l.patient()
	if !ok {
		return nil
	}
	return l.organisationsOf([]element{patient}, "managingOrganization", "Patient.managingOrganization")
}

// decideOrganisation takes the code when there is only one.
func decideOrganisation(codes []odsCode) Fact {
	first := codes[0].code
	if !slices.ContainsFunc(codes, func(c odsCode) bool { return c.code != first }) {
		return Fact{Status: Known, Value: first, Source: codes[0].source()}
	}
	var distinct []string
	var seen set[string]
	for _, c := range codes {
		if seen.add(c.code) {
			distinct = append(distinct, c.code)
		}
	}
	return Fact{Status: Ask, Candidates: distinct, Source: Source{Path: codes[0].source().Path, Note: "The record names several organisations here; which one is meant?"}}
}

func (l *loader) reportOtherOrganisation(found Fact, codes []odsCode) {
	for _, c := range codes {
		if found.Status == Known && c.code != found.Value {
			l.report(fhir.Information, "CONTEXT-OTHER-ORGANISATION", c.source().Path, "This organisation differs from the one taken, which comes from "+found.Source.Path+".", "Check which organisation the event is to be reported for.")
		}
	}
}

// organisationsOf returns the ODS codes that one reference of each resource gives,
// those of an organisation once.
func (l *loader) organisationsOf(resources []element, name, note string) []odsCode {
	var codes []odsCode
	for _, r := range resources {
		ref := r.object(name)
		if !ref.present() {
			continue
		}
		if c, ok := l.odsCode(ref.object("identifier")); ok {
			c.note = "Taken from " + note + "."
			codes = append(codes, c)
		}
		first, ok := ref.follow("Organization")
		if !ok {
			continue
		}
		org := l.climb(first)
		if !l.listed.add(listed{org.Node, note}) {
			continue
		}
		for _, c := range l.organisationCodes(org) {
			c.note = "Taken from " + note + "."
			if org != first {
				c.note = "Taken from " + note + " by way of Organization.partOf: the organisation itself has no ODS code."
			}
			codes = append(codes, c)
		}
	}
	return codes
}

// climb returns an organisation that has codes: this one, or the nearest one it is part
// of. Without any, it returns the last one.
func (l *loader) climb(org element) element {
	var visited []fhir.Node
	for range maxPartOf {
		if slices.Contains(visited, org.Node) {
			l.report(fhir.Warning, "CONTEXT-CYCLE", org.Path()+".partOf", "The organisation is part of itself.", "Correct partOf.")
			return org
		}
		visited = append(visited, org.Node)
		if len(l.organisationCodes(org)) > 0 {
			return org
		}
		parent, ok := org.object("partOf").follow("Organization")
		if !ok {
			return org
		}
		org = parent
	}
	l.report(fhir.Warning, "CONTEXT-CYCLE", org.Path()+".partOf", "The organisation is nested too deeply.", "Give the organisation its own ODS code.")
	return element{}
}

// organisationCodes returns the codes of the first system that an organisation has
// identifiers of. It looks at an organisation once, however many are part of it.
func (l *loader) organisationCodes(org element) []odsCode {
	if codes, known := l.codes[org.Node]; known {
		return codes
	}
	var codes []odsCode
	for _, system := range odsSystems {
		for n := range org.list("identifier").Children() {
			id := element{n, l}
			if id.text("system") != system {
				continue
			}
			if c, ok := l.odsCode(id); ok {
				codes = append(codes, c)
			}
		}
		if len(codes) > 0 {
			break
		}
	}
	l.codes[org.Node] = codes
	return codes
}

// odsCode returns the code of an identifier, if it is an ODS code.
func (l *loader) odsCode(id element) (odsCode, bool) {
	system, code := id.text("system"), id.text("value")
	if code == "" || !isODSSystem(system) {
		return odsCode{}, false
	}
	if !fhir.ValidODSCode(code) {
		l.report(fhir.Warning, "CONTEXT-ODS-CODE", id.Path()+".value", "This is not an ODS code: 3 to 12 upper-case letters and digits.", "Correct the code.")
		return odsCode{}, false
	}
	return odsCode{code: code, in: id.Node}, true
}

func isODSSystem(system string) bool {
	return slices.Contains(odsSystems, system)
}
