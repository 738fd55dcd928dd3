package fhircontext

import (
	"slices"
	"strings"

	"github.com/gpsafety/lfpse-go/fhir"
)

// odsSystems are the identifier systems of ODS codes in every published spelling, without
// scheme, case and final slash, each with its rank: an organisation's own code before
// that of its site.
var odsSystems = map[string]int{
	"fhir.nhs.uk/id/ods-organization-code":     1, // NHS England, UK Core
	"fhir.nhs.uk/id/ods-organisation-code":     1,
	"fhir.nhs.uk/id/ods-code":                  1,
	"fhir.nhs.net/id/ods-organization-code":    1, // before FHIR R4
	"fhir.hl7.org.uk/id/ods-organization-code": 1,
	"1.2.826.0.1285.0.1.10":                    1, // messaging: SDS organisation
	"2.16.840.1.113883.2.1.3.2.4.18.48":        1, // CDA: ODS organisation
	"2.16.840.1.113883.2.1.3.2.4.18.49":        2,
	"1.2.826.0.1285.0.1.11":                    2, // messaging: SDS site
	"fhir.nhs.uk/id/ods-site-code":             2,
	"fhir.nhs.net/id/ods-site-code":            2,
	"fhir.hl7.org.uk/id/ods-site-code":         2,
}

// odsDirectory is the start of the address of an organisation in the ODS directory, as it
// stands in references; the version of FHIR and the ODS code follow.
const odsDirectory = "directory.spineservices.nhs.uk/"

// odsRank returns the rank of an identifier system of ODS codes, 0 for any other system.
func odsRank(system string) int {
	if system == "https://fhir.nhs.uk/Id/ods-organization-code" {
		return 1 // as today's records write it
	}
	if !strings.Contains(system, "ods-") && !strings.Contains(system, "ODS-") && !strings.Contains(system, "1.2.826.") && !strings.Contains(system, "2.16.840.") {
		return 0 // at a glance
	}
	return odsSystems[plainSystem(system)]
}

// plainSystem is a system in the form in which two spellings of it are equal.
func plainSystem(system string) string {
	system = strings.TrimRight(strings.ToLower(strings.TrimSpace(system)), "/")
	for _, scheme := range [...]string{"https://", "http://", "urn:oid:"} {
		if rest, ok := strings.CutPrefix(system, scheme); ok {
			return rest
		}
	}
	return system
}

// maxPartOf is how many levels of Organization.partOf are climbed for a code. A
// department of a branch of a practice of a federation is four.
const maxPartOf = 8

// listed is an organisation whose codes have been listed, by what refers to it.
type listed struct {
	organisation fhir.Node
	by           string
}

// odsCode is an ODS code and the element that holds it.
type odsCode struct {
	code string
	in   fhir.Node
	from string // which reference led to it
}

func (c *odsCode) source() Source {
	return Source{Path: c.in.Path(), Note: "Taken from " + c.from + "."}
}

// organisation looks in turn at where care was given, where the reporter works, who
// manages the patient's record, and where the patient is registered. The first that gives
// a code decides.
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
	if codes := l.registeredWith(); found.Status == Absent && len(codes) > 0 {
		return decideOrganisation(codes)
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

// registeredWith returns the organisations among the patient's general practitioners,
// and those for which the people among them work.
func (l *loader) registeredWith() []odsCode {
	patient, ok := l.patient()
	if !ok {
		return nil
	}
	const note = "Patient.generalPractitioner"
	providers := slices.Collect(patient.list("generalPractitioner"))
	providers = slices.AppendSeq(providers, patient.list("careProvider")) // before FHIR R3
	var codes []odsCode
	for _, gp := range providers {
		switch found, _ := gp.follow(); found.ResourceType() {
		case "PractitionerRole":
			codes = append(codes, l.organisationsOf([]element{found}, "organization", note)...)
		case "Practitioner":
		default:
			codes = append(codes, l.organisationAt(gp, note)...)
		}
	}
	return codes
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
		if ref := r.object(name); ref.present() {
			codes = append(codes, l.organisationAt(ref, note)...)
		}
	}
	return codes
}

// organisationAt returns the ODS codes that a reference gives.
func (l *loader) organisationAt(ref element, note string) []odsCode {
	var codes []odsCode
	take := func(c odsCode, from string) {
		c.from = from
		codes = append(codes, c)
	}
	if c, ok := l.odsCode(ref.object("identifier")); ok {
		take(c, note)
	}
	if c, ok := directoryCode(ref); ok {
		take(c, note)
		return codes
	}
	first, ok := ref.follow("Organization")
	if !ok {
		return codes
	}
	org := l.climb(first)
	if !l.listed.add(listed{org.Node, note}) {
		return codes
	}
	if org != first {
		note += " by way of Organization.partOf: the organisation itself has no ODS code"
	}
	for _, c := range l.organisationCodes(org) {
		take(c, note)
	}
	return codes
}

// climb returns an organisation that has codes: this one, or the nearest one it is part
// of. Without any, it returns the last one.
func (l *loader) climb(org element) element {
	var visited []fhir.Node
	for range maxPartOf {
		if slices.Contains(visited, org.Node) {
			l.report(fhir.Warning, "CONTEXT-CYCLE", org.Path()+".partOf", "An organisation is said to be part of itself, so no ODS code is found.", "Correct it there, or give the code in the log.")
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

// organisationCodes returns the codes of the system of the first rank that an
// organisation has identifiers of. It looks at an organisation once, however many are
// part of it.
func (l *loader) organisationCodes(org element) []odsCode {
	if codes, known := l.codes[org.Node]; known {
		return codes
	}
	var codes []odsCode
	best := 0
	for id := range org.list("identifier") {
		rank := odsRank(id.text("system"))
		if rank == 0 || best != 0 && rank > best {
			continue
		}
		c, ok := l.odsCode(id)
		switch {
		case !ok:
		case rank == best:
			codes = append(codes, c)
		default:
			codes, best = []odsCode{c}, rank
		}
	}
	l.codes[org.Node] = codes
	return codes
}

// odsCode returns the code of an identifier, if it is an ODS code.
func (l *loader) odsCode(id element) (odsCode, bool) {
	system, code := id.text("system"), id.text("value")
	if code == "" || odsRank(system) == 0 {
		return odsCode{}, false
	}
	if !fhir.ValidODSCode(code) {
		l.report(fhir.Warning, "CONTEXT-ODS-CODE", id.Path()+".value", "This is not an ODS code: "+fhir.ODSCodeForm+".", "Correct the code.")
		return odsCode{}, false
	}
	return odsCode{code: code, in: id.child("value").Node}, true
}

// directoryCode returns the code that a reference to the ODS directory ends with.
func directoryCode(ref element) (odsCode, bool) {
	at := ref.child("reference")
	if len(at.Text()) < len(odsDirectory) {
		return odsCode{}, false
	}
	rest, ok := strings.CutPrefix(plainSystem(at.Text()), odsDirectory)
	_, code, found := strings.Cut(rest, "/organization/")
	code = strings.ToUpper(code)
	if !ok || !found || !fhir.ValidODSCode(code) {
		return odsCode{}, false
	}
	return odsCode{code: code, in: at.Node}, true
}
