package fhircontext

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/privacy"
)

// role is the part a person plays in a record.
type role uint8

const (
	nobody role = iota
	patientRole
	relativeRole
	staffRole
)

// denyTerms gathers the terms of the whole record in document order, each once.
func (l *loader) denyTerms() []privacy.Term {
	const usual = 24 // terms of a record
	v := termVisitor{load: l, terms: make([]privacy.Term, 0, usual), seen: make(set[privacy.Term], usual)}
	for i := range l.bundle.Entries {
		v.visit(l.bundle.Entries[i].Resource, "", nobody)
	}
	detached(v.terms)
	return v.terms
}

// detached copies the texts of terms into one that is no piece of the record.
func detached(terms []privacy.Term) {
	size := 0
	for i := range terms {
		size += len(terms[i].Text)
	}
	var all strings.Builder
	all.Grow(size)
	for i := range terms {
		text := &terms[i].Text
		at := all.Len()
		all.WriteString(*text)
		*text = all.String()[at:]
	}
}

// termVisitor visits every element of a record, those of contained resources too.
type termVisitor struct {
	load  *loader
	terms []privacy.Term
	seen  set[privacy.Term]
	names int // how many names were met so far
	read  set[writtenName]
}

// writtenName is a name as one text, and the part its person plays.
type writtenName struct {
	text string
	who  role
}

// visit visits an element and what is below it. name is that of its property, who says
// whom the resource describes that it belongs to. Depth is bounded by that of the
// document, which fhir.ParseBundle limits.
func (v *termVisitor) visit(n fhir.Node, name string, who role) {
	switch n.Kind() {
	case fhir.ListNode:
		for item := range n.Children() {
			v.visit(item, name, who)
		}
	case fhir.ObjectNode:
		var e description
		e.read(n)
		if e.resourceType != "" {
			who = whoseResource(e.resourceType)
		}
		before := v.names
		v.element(&e, name, who)
		v.visit(e.birthDate, "birthDate", who)
		if e.more {
			for c := range n.Children() {
				if worthVisit(c) {
					v.visit(c, c.Name(), who)
				}
			}
		}
		if e.resourceType != "" {
			v.narrative(e.text, who, v.names > before)
		}
	case fhir.StringNode, fhir.NumberNode:
		v.simple(n, name, who)
	case fhir.BooleanNode:
		if who != nobody && isSimple(name) {
			v.unreadable(n)
		}
	}
}

// simple takes the terms of an element that is one text.
func (v *termVisitor) simple(n fhir.Node, name string, who role) {
	text := n.Text()
	if name == "authorString" {
		v.name(text, staffRole)
		return
	}
	if part := whoseProperty(name); part != nobody && looksPersonal(text) { // where a Reference belongs
		v.name(text, part)
	}
	if who == nobody {
		return
	}
	switch name {
	case "identifier":
		v.add(privacy.Identifier, text, 4)
	case "birthDate":
		v.add(privacy.BirthDate, text, 4)
	case "name":
		v.name(text, who)
	case "telecom":
		v.contactPoint(&description{value: text})
	case "address":
		v.address(strings.Split(text, "\n"))
	}
}

// element takes the terms of one complex element.
func (v *termVisitor) element(e *description, name string, who role) {
	if isNHSNumber(e.system) {
		v.add(privacy.NHSNumber, e.value, 4)
	}
	v.referred(e, name)
	v.answered(e)
	if e.resourceType == "" { // a section of a document
		v.narrative(e.text, nobody, true)
	}
	if isHumanName(e, name, who) {
		v.humanName(e.Node, who)
		return
	}
	if who == nobody {
		return
	}
	switch name {
	case "identifier", "valueIdentifier":
		v.identifier(e)
	case "telecom", "valueContactPoint":
		v.contactPoint(e)
	case "address", "valueAddress":
		var room [4]string
		v.address(v.texts(room[:0], e.Child("line")))
		v.address(append(room[:0], textOf(e.text)))
		v.add(privacy.Postcode, textOf(e.Child("postalCode")), 4)
	case "extension":
		// Such as the mother's maiden name, or the parts of a family name.
		text := textOf(e.Child("valueString"))
		if text == "" {
			return
		}
		if at := strings.ToLower(e.url[strings.LastIndexByte(e.url, '/')+1:]); strings.Contains(at, "name") || strings.Contains(at, "family") {
			v.name(text, who)
		}
	}
}

// isHumanName reports an element that names a person: of a resource that describes one,
// or by its form, such as the contact of an organisation.
func isHumanName(e *description, name string, who role) bool {
	if name == "valueHumanName" {
		return true
	}
	return name == "name" && e.resourceType == "" && (who != nobody || e.Child("family").Exists() || e.Child("given").Exists())
}

// The systems of NHS numbers, see [plainSystem].
func isNHSNumber(system string) bool {
	if system == "https://fhir.nhs.uk/Id/nhs-number" {
		return true
	}
	if len(system) < len("nhs-number") || !strings.Contains(system, "umber") && !strings.Contains(system, "2.16.840.") {
		return false // at a glance
	}
	switch plainSystem(system) {
	case "fhir.nhs.uk/id/nhs-number", "fhir.nhs.net/id/nhs-number", "2.16.840.1.113883.2.1.4.1":
		return true
	}
	return false
}

// identifier takes the value of a person's Identifier. The code of an organisation is not
// one of a person.
func (v *termVisitor) identifier(e *description) {
	switch value := e.Child("value"); {
	case isNHSNumber(e.system) && e.value != "", odsRank(e.system) > 0:
	case e.value != "":
		v.add(privacy.Identifier, e.value, 4)
	default:
		for _, text := range v.texts(nil, value) {
			v.add(privacy.Identifier, text, 4)
		}
	}
}

// referred takes the name and the identifiers of a person whom a Reference means.
func (v *termVisitor) referred(e *description, name string) {
	if e.coded || e.resourceType != "" || !e.display.Exists() && !e.identifier.Exists() {
		return
	}
	who, sure := v.target(e, name)
	if who == nobody {
		return
	}
	if sure && e.identifier.Exists() {
		var id description
		id.read(e.identifier)
		v.identifier(&id)
	}
	var room [1]string
	for _, display := range v.texts(room[:0], e.display) {
		if sure || looksPersonal(display) {
			v.name(display, who)
		}
	}
}

// target is the part that the person plays whom a Reference means, nobody if it does not
// mean a person. It is sure if the reference says so itself.
func (v *termVisitor) target(e *description, name string) (who role, sure bool) {
	typeName := referencedType(e.reference, e.target)
	if typeName == "" && e.reference != "" {
		if found, err := v.load.bundle.Resolve(e.Node, e.reference); err == nil {
			typeName = found.ResourceType()
		}
	}
	if typeName != "" {
		who = whoseResource(typeName)
		return who, who != nobody
	}
	if system := textOf(e.identifier.Child("system")); system != "" {
		if who = ownerOfSystem(system); who != nobody || odsRank(system) > 0 {
			return who, true
		}
	}
	// A urn:uuid: does not tell what it means, but these elements mostly hold people.
	who = whoseProperty(name)
	return who, who == patientRole && !namesPlace(textOf(e.display))
}

// ownerOfSystem says whose identifiers a system has.
func ownerOfSystem(system string) role {
	system = plainSystem(system)
	switch {
	case isNHSNumber(system):
		return patientRole
	case strings.HasSuffix(system, "/sds-user-id"), strings.HasSuffix(system, "/sds-role-profile-id"), strings.HasSuffix(system, "-number") &&
		slices.ContainsFunc([]string{"/gmc-", "/gmp-", "/nmc-", "/gphc-", "/hcpc-", "/gdc-", "/din-"}, func(body string) bool { return strings.Contains(system, body) }):
		return staffRole
	}
	return nobody
}

// add notes a term of at least so many characters: shorter ones, such as an initial,
// would forbid half the language.
func (v *termVisitor) add(class privacy.Class, value string, shortest int) {
	if term := (privacy.Term{Class: class, Text: strings.TrimSpace(value)}); utf8.RuneCountInString(term.Text) >= shortest && v.seen.add(term) {
		v.terms = append(v.terms, term)
	}
}

// derive notes a term that was made from those of the record.
func (v *termVisitor) derive(class privacy.Class, text string) {
	if term := (privacy.Term{Class: class, Text: text}); v.seen.add(term) {
		v.terms = append(v.terms, term)
	}
}

// unreadable reports an element that should name a person and has a form that is not
// known.
func (v *termVisitor) unreadable(n fhir.Node) {
	v.load.report(fhir.Warning, "CONTEXT-NAMES", n.Path(), "A name, number or address of a person has a form that cannot be read here, so it is not looked for in the texts.",
		"Correct the record, or read the texts of this report for the name yourself.")
}

// texts appends the texts of an element that may be one text or a list of them, in any
// version of FHIR. What is neither is reported.
func (v *termVisitor) texts(all []string, n fhir.Node) []string {
	switch n.Kind() {
	case fhir.NoNode, fhir.NullNode:
		return all
	case fhir.ListNode:
		for item := range n.Children() {
			all = v.texts(all, item)
		}
		return all
	case fhir.ObjectNode: // as converters from XML write it
		for _, name := range [...]string{"value", "@value", "#text", "$"} {
			if text := textOf(n.Child(name)); text != "" {
				return append(all, text)
			}
		}
	}
	if text := textOf(n); text != "" || n.Kind() == fhir.StringNode {
		return append(all, text)
	}
	v.unreadable(n)
	return all
}

// textOf is the value of a string or a number, "" for any other element.
func textOf(n fhir.Node) string {
	if n.Kind() != fhir.StringNode && n.Kind() != fhir.NumberNode {
		return ""
	}
	return n.Text()
}
