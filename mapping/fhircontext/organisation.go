package fhircontext

import (
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

// odsCode is an ODS code and its place.
type odsCode struct{ code, path, note string }

// organisation looks in turn at where care was given, where the reporter works, and
// who manages the patient's record. The first that gives a code decides.
func (l *loader) organisation(roles []resource) Fact {
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
	var encounters []resource
	for _, e := range l.all("Encounter") {
		if l.concerns(e) {
			encounters = append(encounters, e)
		}
	}
	return l.organisationsOf(encounters, "serviceProvider", "Encounter.serviceProvider")
}

func (l *loader) managingOrganisation() []odsCode {
	patient, ok := l.patient()
	if !ok {
		return nil
	}
	return l.organisationsOf([]resource{patient}, "managingOrganization", "Patient.managingOrganization")
}

// decideOrganisation takes the code when there is only one.
func decideOrganisation(codes []odsCode) Fact {
	var distinct []string
	for _, c := range codes {
		distinct = appendNew(distinct, c.code)
	}
	if len(distinct) == 1 {
		return Fact{Status: Known, Value: codes[0].code, Source: Source{Path: codes[0].path, Note: codes[0].note}}
	}
	return Fact{Status: Ask, Candidates: distinct, Source: Source{Path: codes[0].path, Note: "The record names several organisations here; which one is meant?"}}
}

func (l *loader) reportOtherOrganisation(found Fact, codes []odsCode) {
	for _, c := range codes {
		if found.Status == Known && c.code != found.Value {
			l.report(fhir.Information, "CONTEXT-OTHER-ORGANISATION", c.path, "This organisation differs from the one taken, which comes from "+found.Source.Path+".", "Check which organisation the event is to be reported for.")
		}
	}
}

// organisationsOf returns the ODS codes that one reference of each resource gives.
func (l *loader) organisationsOf(resources []resource, element, note string) []odsCode {
	var codes []odsCode
	for _, r := range resources {
		ref := r.object(element)
		if !ref.present() {
			continue
		}
		codes = append(codes, l.odsCodes(ref.object("identifier"), "Taken from "+note+".")...)
		if org, ok := l.follow(ref, "Organization"); ok {
			codes = append(codes, l.climb(org, note)...)
		}
	}
	return codes
}

// climb returns the codes of an organisation, or those of the nearest one it is part
// of that has any.
func (l *loader) climb(org resource, note string) []odsCode {
	visited := map[string]bool{}
	text := "Taken from " + note + "."
	for range maxPartOf {
		if visited[org.path] {
			l.report(fhir.Warning, "CONTEXT-CYCLE", org.path+".partOf", "The organisation is part of itself.", "Correct partOf.")
			return nil
		}
		visited[org.path] = true
		if codes := l.organisationCodes(org, text); len(codes) > 0 {
			return codes
		}
		parent, ok := l.follow(org.object("partOf"), "Organization")
		if !ok {
			return nil
		}
		org, text = parent, "Taken from "+note+" by way of Organization.partOf: the organisation itself has no ODS code."
	}
	l.report(fhir.Warning, "CONTEXT-CYCLE", org.path+".partOf", "The organisation is nested too deeply.", "Give the organisation its own ODS code.")
	return nil
}

// organisationCodes returns the codes of the first system that an organisation has
// identifiers of.
func (l *loader) organisationCodes(org resource, note string) []odsCode {
	for _, system := range odsSystems {
		var codes []odsCode
		for _, id := range org.objects("identifier") {
			if id.text("system") == system {
				codes = append(codes, l.odsCodes(id, note)...)
			}
		}
		if len(codes) > 0 {
			return codes
		}
	}
	return nil
}

// odsCodes returns the code of an identifier, if it is an ODS code.
func (l *loader) odsCodes(id node, note string) []odsCode {
	system, code := id.text("system"), id.text("value")
	if code == "" || !isODSSystem(system) {
		return nil
	}
	if !fhir.ValidODSCode(code) {
		l.report(fhir.Warning, "CONTEXT-ODS-CODE", id.path+".value", "This is not an ODS code: 3 to 12 upper-case letters and digits.", "Correct the code.")
		return nil
	}
	return []odsCode{{code: code, path: id.path + ".value", note: note}}
}

func isODSSystem(system string) bool {
	for _, s := range odsSystems {
		if s == system {
			return true
		}
	}
	return false
}
