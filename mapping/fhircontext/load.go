package fhircontext

import (
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/gpsafety/lfpse-go/fhir"
)

// Load reads an R4 Bundle, or one R4 resource, in JSON. The Context is nil when an
// issue is an error: broken JSON, XML, STU3, no FHIR at all, beyond the limits of
// [fhir.ParseBundle], or an impossible option. All other findings are warnings
// (something could not be used) and information (something was left out on
// purpose). Issues hold paths, never values. Load keeps nothing of data and is safe
// for concurrent use.
func Load(data []byte, opts ...Option) (*Context, fhir.Issues) {
	var c config
	for _, opt := range opts {
		opt(&c)
	}
	roles, issues := ownRoles(c.roles)
	bundle, found := fhir.ParseBundle(data)
	issues = append(issues, found...)
	if bundle == nil || issues.HasErrors() {
		return nil, issues
	}
	l := &loader{bundle: bundle, issues: issues, level: c.level, roles: roles, reported: map[string]bool{}}
	l.open(data)
	return l.context(), l.issues
}

// loader reads one bundle.
type loader struct {
	bundle *fhir.Bundle
	issues fhir.Issues
	level  func(id string) Level
	roles  map[string]string

	resources []resource
	roots     map[*fhir.Entry]int   // into resources
	inside    map[containedID][]int // into resources
	owners    map[identifier]string // path of the only Patient that has it, "" for several; nil until needed
	reported  map[string]bool       // findings and references
	subject   string                // key of the patient the record is about, "" when unclear
}

// containedID is how a contained resource is referred to, from within one entry.
type containedID struct {
	entry int
	id    string
}

// identifier is the system and value of an Identifier.
type identifier struct{ system, value string }

// resource is an entry's resource or one contained in it.
type resource struct {
	node
	typeName  string
	contained bool
}

// open lists the resources. A resource that stands alone gets paths of its own
// instead of those of a bundle it is not in.
func (l *loader) open(data []byte) {
	var head struct{ ResourceType string }
	_ = json.Unmarshal(data, &head) // is valid: it has been parsed
	l.roots, l.inside = make(map[*fhir.Entry]int, len(l.bundle.Entries)), map[containedID][]int{}
	for i := range l.bundle.Entries {
		e := &l.bundle.Entries[i]
		var value any
		if e.Resource == nil || json.Unmarshal(e.Resource, &value) != nil {
			continue
		}
		path := e.Path()
		if head.ResourceType != "Bundle" {
			path = e.ResourceType
		}
		root := resource{node: node{load: l, entry: i, path: path, value: value}, typeName: e.ResourceType}
		l.roots[e] = len(l.resources)
		l.resources = append(l.resources, root)
		for _, c := range root.objects("contained") {
			key := containedID{i, c.text("id")}
			l.inside[key] = append(l.inside[key], len(l.resources))
			l.resources = append(l.resources, resource{node: c, typeName: c.text("resourceType"), contained: true})
		}
	}
}

// all returns the resources of a type, in document order.
func (l *loader) all(types ...string) []resource {
	var all []resource
	for _, r := range l.resources {
		if slices.Contains(types, r.typeName) {
			all = append(all, r)
		}
	}
	return all
}

func (l *loader) context() *Context {
	c := &Context{private: &private{terms: l.denyTerms()}}
	l.subject = l.findSubject()
	if patient, ok := l.patient(); ok {
		c.private.birthDate, c.BirthPrecision = l.birthDate(patient)
		c.Gender = l.gender(patient)
		c.GenderIdentity = l.genderIdentity(patient)
		c.Ethnicity = l.ethnicity(patient)
	}
	roles := l.reporterRoles()
	c.ReporterRole = l.reporterRole(roles)
	c.Organisation = l.organisation(roles)
	c.Medicines = l.medicines()
	c.Devices = l.devices()
	if c.empty() {
		l.report(fhir.Warning, "CONTEXT-NOTHING", "$this", "The record holds nothing that a safety report can use.",
			"Send the patient, encounter, practitioner role, medicines or devices of the event.")
	}
	return c
}

func (c *Context) empty() bool {
	for _, f := range []Fact{c.BirthPrecision, c.Gender, c.GenderIdentity, c.Ethnicity, c.Organisation, c.ReporterRole} {
		if f.Status != Absent {
			return false
		}
	}
	return len(c.Medicines)+len(c.Devices)+len(c.private.terms) == 0
}

// report notes a finding, once however often its element is read.
func (l *loader) report(severity fhir.Severity, rule, path, text, fix string) {
	key := rule + " " + path
	if l.reported[key] {
		return
	}
	l.reported[key] = true
	l.issues = append(l.issues, fhir.Issue{Severity: severity, Rule: rule, Path: path, Offset: -1, Text: text, Fix: fix})
}

// follow finds what a Reference element means. A reference that leads nowhere is
// reported once, however many elements hold it.
func (l *loader) follow(ref node, types ...string) (resource, bool) {
	text := ref.text("reference")
	if text == "" {
		return resource{}, false
	}
	found, problem := l.resolve(ref.entry, text, types)
	if problem != 0 {
		l.reportReference(ref, text, problem)
		return resource{}, false
	}
	return l.resources[found], true
}

// resolve returns the index of the resource that a reference in an entry means.
// What is contained in the entry is looked up here: the bundle would read the whole
// entry anew for each reference.
func (l *loader) resolve(entry int, reference string, types []string) (int, fhir.ReferenceProblem) {
	id, fragment := strings.CutPrefix(reference, "#")
	if !fragment || id == "" {
		target, err := l.bundle.Resolve(&l.bundle.Entries[entry], reference, types...)
		var failed *fhir.ReferenceError
		if errors.As(err, &failed) {
			return 0, failed.Problem
		}
		return l.roots[target.Entry], 0
	}
	found := l.inside[containedID{entry, id}]
	switch {
	case len(found) == 0:
		return 0, fhir.ReferenceNotFound
	case len(found) > 1:
		return 0, fhir.ReferenceAmbiguous
	case len(types) > 0 && !slices.Contains(types, l.resources[found[0]].typeName):
		return 0, fhir.ReferenceWrongType
	}
	return found[0], 0
}

func (l *loader) reportReference(ref node, text string, problem fhir.ReferenceProblem) {
	key := "reference " + text
	if text[0] == '#' {
		key = "reference " + strconv.Itoa(ref.entry) + text
	}
	if l.reported[key] {
		return
	}
	l.reported[key] = true
	severity, says, fix := fhir.Warning, "The reference cannot be followed.", "Correct the reference."
	switch problem {
	case fhir.ReferenceNotFound:
		// Searches return one type of resource: that others are absent is normal.
		severity, says, fix = fhir.Information, "What the reference means is not in the record.", "Include it in the bundle when its facts are wanted."
	case fhir.ReferenceAmbiguous:
		says, fix = "The reference fits more than one resource.", "Give each resource its own fullUrl and id."
	case fhir.ReferenceWrongType:
		says = "The reference means a resource of another type than belongs here."
	}
	l.report(severity, "CONTEXT-REFERENCE", ref.path+".reference", says, fix)
}
