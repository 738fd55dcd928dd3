package fhircontext

import (
	"iter"
	"slices"
	"strings"

	"github.com/gpsafety/lfpse-go/fhir"
)

// Option changes how a record is read.
type Option func(*config)

type config struct {
	level  func(id string) Level
	roles  map[string]string
	issues fhir.Issues
}

// WithDMD gives a look-up of the dm+d level of a concept id; it returns
// LevelUnknown for an id it does not have. Default: every level is unknown. It must
// be safe for concurrent use when Load is called concurrently.
func WithDMD(level func(id string) Level) Option { return func(c *config) { c.level = level } }

// WithRoles adds answers to the built-in table of job roles, and overrides it: from
// an SDS job role (R1290), a job role code (01025), a SNOMED CT id or a job title,
// to a code of the LFPSE staff-type list, 1 to 9. Case and outer blanks do not
// matter. This is how a practice decides the roles that are asked otherwise, such
// as pharmacist. Default: none.
func WithRoles(roles map[string]string) Option {
	own, issues := ownRoles(roles)
	return func(c *config) { c.roles, c.issues = own, issues }
}

// Load reads a Bundle of R4 or STU3, or one such resource, in JSON or XML. The Context is
// nil when an issue is an error: broken JSON or XML, no FHIR at all, no record, a
// confidential one (see [Closed]), beyond the limits of [fhir.ParseBundle], or an impossible
// option. All other findings are warnings (something could not be used) and information
// (something was left out on purpose). Issues hold paths, never values. Load keeps nothing of
// data and is safe for concurrent use.
func Load(data []byte, opts ...Option) (*Context, fhir.Issues) {
	var c config
	for _, opt := range opts {
		opt(&c)
	}
	bundle, found := fhir.ParseBundle(data)
	issues := append(slices.Clone(c.issues), found...)
	if bundle == nil || issues.HasErrors() {
		return nil, issues
	}
	if noRecord(bundle) {
		return nil, append(issues, fhir.Issue{Severity: fhir.Error, Rule: "CONTEXT-NO-RECORD", Path: "$this", Offset: -1,
			Text: "The file holds no record: it is empty, or what a system answers instead of one, such as an OperationOutcome.", Fix: "Export the record of the patient again."})
	}
	if why := Closed(bundle); why != "" {
		return nil, append(issues, fhir.Issue{Severity: fhir.Error, Rule: "CONTEXT-CONFIDENTIAL", Path: "$this", Offset: -1,
			Text: "Nothing of this record is used, since " + why + ".", Fix: "Report the event without the record, and read its texts for names yourself."})
	}
	l := &loader{bundle: bundle, issues: issues, level: c.level, roles: c.roles, codes: map[fhir.Node][]odsCode{}, concepts: map[fhir.Node]namedMedicine{}}
	l.open()
	l.reportGaps()
	return l.context(), l.issues
}

// holdsPatient reports a record with a Patient, be it inside another resource.
func (l *loader) holdsPatient() bool {
	for i := range l.bundle.Entries {
		for n := range l.bundle.Entries[i].Resource.All() {
			if n.ResourceType() == "Patient" {
				return true
			}
		}
	}
	return false
}

// listWarning is in the url of the extension by which a list of GP Connect says what it
// lacks. Source: GP Connect, Access Record: Structured, List resource.
const listWarning = "ListWarningCode"

// reportGaps reports what shows that the record is not whole: another page of it, a list
// that lacks items, or a message of the system that made it. What is missing may hold names.
func (l *loader) reportGaps() {
	const fix = "Export the whole record of the patient, or read the texts of this report for names yourself."
	if l.bundle.Partial {
		l.report(fhir.Warning, "CONTEXT-PARTIAL", "$this", "The file is a part of the record: it says that there is more.", fix)
	}
	for r := range l.all("List") {
		for x := range r.list("extension") {
			if strings.Contains(x.text("url"), listWarning) {
				l.report(fhir.Warning, "CONTEXT-PARTIAL", x.Path(), "A list of the record says that not all items are in it, such as confidential ones or those that are still on their way from another practice.", fix)
			}
		}
	}
	for r := range l.all("OperationOutcome") {
		for issue := range r.list("issue") {
			if severity := issue.text("severity"); severity != "information" {
				l.report(fhir.Warning, "CONTEXT-PARTIAL", r.Path(), "A message of the system that made the record stands in it, so the record may not be whole.", fix)
			}
		}
	}
}

// noRecord reports a document that says nothing about anybody: an empty Bundle, or
// nothing but the error messages of a search or a download.
func noRecord(bundle *fhir.Bundle) bool {
	for i := range bundle.Entries {
		if holdsRecord(bundle.Entries[i].Resource) {
			return false
		}
	}
	return true
}

// holdsRecord reports a resource that says something about somebody or something, or
// holds one that does.
func holdsRecord(resource fhir.Node) bool {
	for n := range resource.All() {
		switch n.ResourceType() {
		case "", "OperationOutcome", "Bundle", "Parameters", "CapabilityStatement":
		default:
			return true
		}
	}
	return false
}

// loader reads one bundle.
type loader struct {
	bundle *fhir.Bundle
	issues fhir.Issues
	level  func(id string) Level
	roles  map[string]string

	resources []resource
	owners    map[identifier]fhir.Node // the only Patient that has it, none for several; nil until needed
	codes     map[fhir.Node][]odsCode  // of organisations
	listed    set[listed]
	concepts  map[fhir.Node]namedMedicine // of medicines, that have been read
	reported  set[finding]
	deadEnds  set[deadEnd]
	subject   person // the patient the record is about, nobody when unclear
}

// finding is what was reported, and where.
type finding struct{ rule, path string }

// resource is an entry's resource or one contained in it.
type resource struct {
	element
	typeName string
	about    person
}

// open lists the resources.
func (l *loader) open() {
	l.resources = make([]resource, 0, len(l.bundle.Entries))
	for i := range l.bundle.Entries {
		e := &l.bundle.Entries[i]
		if !e.Resource.Exists() {
			continue
		}
		root := element{e.Resource, l}
		if root.confidential() {
			continue
		}
		l.resources = append(l.resources, resource{element: root, typeName: e.ResourceType})
		if (e.ResourceType == "Bundle" || e.ResourceType == "Parameters") && holdsRecord(e.Resource) {
			l.report(fhir.Warning, "CONTEXT-NESTED", e.Resource.Path(), "There is a record inside this resource; only the names in it were taken.", "Send the inner Bundle by itself.")
		}
		for c := range root.list("contained") {
			if c.Kind() == fhir.ObjectNode && !c.confidential() {
				c.text("id") // is reported when it is no string, for references cannot mean the resource then
				l.resources = append(l.resources, resource{element: c, typeName: c.text("resourceType")})
			}
		}
	}
}

// all returns the resources of a type, in document order.
func (l *loader) all(typeName string) iter.Seq[*resource] {
	return func(yield func(*resource) bool) {
		for i := range l.resources {
			if l.resources[i].typeName == typeName && !yield(&l.resources[i]) {
				return
			}
		}
	}
}

func (l *loader) context() *Context {
	c := &Context{private: &private{terms: l.denyTerms(), patient: l.holdsPatient()}}
	l.findSubject()
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
	c.detach()
	if c.empty() {
		l.report(fhir.Warning, "CONTEXT-NOTHING", "$this", "The record holds nothing that a safety report can use.",
			"Send the patient, encounter, practitioner role, medicines or devices of the event.")
	}
	return c
}

// detach copies the texts that are pieces of the record: a Context that is kept must
// not keep all of it. The terms are copies already.
func (c *Context) detach() {
	copied := func(texts ...*string) {
		for _, text := range texts {
			*text = strings.Clone(*text)
		}
	}
	copied(&c.private.birthDate, &c.Gender.Value, &c.Organisation.Value)
	for i := range c.Organisation.Candidates {
		copied(&c.Organisation.Candidates[i])
	}
	for i := range c.Medicines {
		m := &c.Medicines[i]
		copied(&m.Code, &m.Display, &m.Resource, &m.Since, &m.Until)
	}
	for i := range c.Devices {
		d := &c.Devices[i]
		copied(&d.Code, &d.Type, &d.Manufacturer, &d.ModelNumber)
	}
}

func (c *Context) empty() bool {
	for _, f := range []*Fact{&c.BirthPrecision, &c.Gender, &c.GenderIdentity, &c.Ethnicity, &c.Organisation, &c.ReporterRole} {
		if f.Status != Absent {
			return false
		}
	}
	return len(c.Medicines)+len(c.Devices)+len(c.private.terms) == 0
}

// report notes a finding, once however often its element is read.
func (l *loader) report(severity fhir.Severity, rule, path, text, fix string) {
	if l.reported.add(finding{rule, path}) {
		l.issues = append(l.issues, fhir.Issue{Severity: severity, Rule: rule, Path: path, Offset: -1, Text: text, Fix: fix})
	}
}

// set is a set of what was met before. Its zero value is empty.
type set[T comparable] map[T]struct{}

// add reports whether the element is new.
func (s *set[T]) add(x T) bool {
	if _, known := (*s)[x]; known {
		return false
	}
	if *s == nil {
		*s = set[T]{}
	}
	(*s)[x] = struct{}{}
	return true
}
