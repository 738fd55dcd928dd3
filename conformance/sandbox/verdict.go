package sandbox

import (
	"fmt"
	"net/http"
	"slices"
	"sync"
)

// finding is one failed check at one place.
type finding struct {
	check string
	path  string // FHIRPath
	// detail names elements of R4 or of the taxonomy, never a value.
	detail string
}

func (f finding) text(c Check) string {
	if f.detail == "" {
		return c.Text
	}
	return c.Text + " Concerns " + f.detail + "."
}

// verdict is what the sandbox thinks of one document.
type verdict struct {
	doc      object
	tax      *tax // the taxonomy of the profile, or the first one
	problems []problem
	findings []finding
	leftOut  int // problems or findings that are not listed
}

// refusal is the answer to a document that is not accepted.
func (v verdict) refusal() (answer, bool) {
	switch {
	case len(v.problems) > 0:
		return refuseMany(http.StatusBadRequest, v.problems, v.leftOut), true
	case len(v.findings) > 0:
		return reject(v.findings, v.leftOut), true
	default:
		return answer{}, false
	}
}

// examine reads a document and applies every check to it. It does not look at
// what is stored and needs no lock.
func (s *Sandbox) examine(body []byte) verdict {
	doc, problems, leftOut := parse(body)
	if len(problems) > 0 {
		return verdict{problems: problems, leftOut: leftOut}
	}
	x := examination{cfg: &s.cfg, doc: doc, tax: s.cfg.taxonomies[0], contained: map[string]resource{}, used: map[string]bool{}, byName: map[string][]group{}}
	if doc["resourceType"] != "AdverseEvent" {
		// The other checks are about AdverseEvents.
		return verdict{doc: doc, findings: []finding{{check: "SBX-RESOURCE-TYPE", path: "$this"}}}
	}
	x.structure()
	x.business()
	return verdict{doc: doc, tax: x.tax, findings: x.findings, leftOut: x.leftOut}
}

// examination is the work on one document.
type examination struct {
	cfg      *config
	doc      object
	tax      *tax
	findings []finding
	leftOut  int // findings beyond issueLimit

	contained map[string]resource // by id
	used      map[string]bool     // contained ids that something refers to
	types     map[string][]string // paths of contained resources by type
	groups    []group             // all extension groups, in document order
	byName    map[string][]group  // the same by name
	event     string              // version-neutral event type, empty if unreadable
}

// resource is one contained resource.
type resource struct {
	kind string
	path string
	doc  object
}

// group is one extension group of the taxonomy as it stands in the document.
type group struct {
	def    *groupDef
	path   string
	fields map[string][]value
}

type value struct {
	path string
	raw  any
}

func (x *examination) find(check, path, detail string) {
	switch {
	case x.cfg.skipped[check]:
	case len(x.findings) >= issueLimit:
		x.leftOut++
	default:
		x.findings = append(x.findings, finding{check, path, detail})
	}
}

// pathLimit is the longest path that is shown. For a place that is further inside, the path
// is that of an element around it.
const pathLimit = 500

// findAt is find for a place at any depth. It writes the path out only if the finding is
// listed, because a document may have millions of places with a long path each.
func (x *examination) findAt(check string, at *step) {
	path := ""
	if len(x.findings) < issueLimit {
		for path = at.String(); len(path) > pathLimit; path = at.String() {
			at = at.up
		}
	}
	x.find(check, path, "")
}

// step is the last step of the path of an element: a name, or an index if name is empty.
type step struct {
	up    *step
	name  string
	index int
}

func (s *step) String() string {
	switch {
	case s.up == nil:
		return s.name
	case s.name == "":
		return fmt.Sprintf("%s[%d]", s.up, s.index)
	}
	return s.up.String() + "." + safeName(s.name)
}

// named returns the groups with a name, of all resources.
func (x *examination) named(name string) []group { return x.byName[name] }

// has reports whether any of the fields is there.
func (g group) has(fields ...string) bool {
	for _, f := range fields {
		if len(g.fields[f]) > 0 {
			return true
		}
	}
	return false
}

// is reports whether one occurrence of the field has one of the values.
func (g group) is(field string, wanted ...any) bool {
	for _, v := range g.fields[field] {
		for _, w := range wanted {
			if v.raw == w {
				return true
			}
		}
	}
	return false
}

// at is the path of the first occurrence of a field, or that of the group.
func (g group) at(field string) string {
	if vs := g.fields[field]; len(vs) > 0 {
		return vs[0].path
	}
	return g.path
}

// Check describes one reason for which the sandbox rejects a document. The id is
// what OperationOutcome.issue.details.coding.code and the ledger show.
type Check struct {
	ID       string
	Code     string // FHIR issue type, for OperationOutcome.issue.code
	Evidence string // where the rule comes from and how sure it is
	Text     string // whole English sentences

	run func(*examination) []hit // nil for the checks of structure
}

// hit is a place where a business check fails.
type hit struct {
	path   string
	detail string // element names only
}

// Checks lists every check of the content of a document, in the order they are
// applied. The checks of key, address, media type, size and JSON are not among
// them, because they cannot be switched off.
func Checks() []Check { return slices.Concat(structureChecks, businessChecks()) }

func checkByID(id string) (Check, bool) {
	c, ok := checksByID()[id]
	return c, ok
}

var checksByID = sync.OnceValue(func() map[string]Check {
	all := map[string]Check{}
	for _, c := range Checks() {
		all[c.ID] = c
	}
	return all
})

// Short forms of the evidence. "Known" means that it was read in the source that is named,
// "inferred" that it is concluded from the source and not confirmed.
const (
	r4       = "known: HL7 FHIR R4"
	profile5 = "known for v5 (public taxonomy export), inferred for v6"
	supplier = "inferred: a public v6 supplier client does it"
	derived  = "inferred from the v5 taxonomy export"
	analysis = "known: NHS England's public analysis code"
)

// structureChecks are applied by structure.go.
var structureChecks = []Check{
	{"SBX-RESOURCE-TYPE", "structure", r4, "The resource must be an AdverseEvent.", nil},
	{"SBX-PROFILE", "structure", supplier, "meta.profile must be exactly the AdverseEvent profile of a taxonomy version this server lists in its CapabilityStatement.", nil},
	{"SBX-ELEMENT", "structure", r4, "The resource has no such element.", nil},
	{"SBX-FORM", "structure", r4, "The element has the wrong JSON form.", nil},
	{"SBX-STU3", "structure", supplier, "The element belongs to the STU3 structure; use event and actuality.", nil},
	{"SBX-MODIFIER", "extension", r4, "The element may change the meaning of the resource in ways this server does not know.", nil},
	{"SBX-EMPTY", "invalid", r4, "The value is null, empty or blank. Leave the element out.", nil},
	{"SBX-ACTUALITY", "value", supplier, "actuality must be actual, for near misses too.", nil},
	{"SBX-EVENT", "code-invalid", supplier, "event must have one coding with a code of the event type list.", nil},
	{"SBX-SUSPECT", "required", r4, "A suspectEntity needs an instance.", nil},
	{"SBX-CONTAINED-TYPE", "structure", profile5, "The contained resource is of a type that has no profile.", nil},
	{"SBX-CONTAINED-ID", "structure", r4, "A contained resource needs an id of its own.", nil},
	{"SBX-CONTAINED-NESTED", "structure", r4, "A contained resource must not contain resources (dom-2).", nil},
	{"SBX-CONTAINED-PATIENT", "structure", "known for v5 (repeats of the patient group), inferred for v6", "There must be one contained Patient. For several patients, it has several patient groups.", nil},
	{"SBX-CONTAINED-UNUSED", "structure", r4, "Nothing refers to the contained resource (dom-3).", nil},
	{"SBX-REFERENCE", "not-found", r4, "The reference does not lead to a contained resource.", nil},
	{"SBX-SUBJECT", "required", supplier, "subject must refer to the contained Patient, with or without patient data.", nil},
	{"SBX-LOCATION", "required", supplier, "location must refer to a contained Location.", nil},
	{"SBX-RECORDER", "required", supplier, "recorder must refer to a contained Practitioner.", nil},
	{"SBX-GROUP", "structure", profile5, "The extension url is not that of a group of this taxonomy version.", nil},
	{"SBX-GROUP-CONTEXT", "structure", profile5, "The extension group belongs to another resource.", nil},
	{"SBX-GROUP-MIN", "required", profile5, "An extension group is missing.", nil},
	{"SBX-GROUP-MAX", "structure", profile5, "An extension group occurs too often.", nil},
	{"SBX-EXTENSION", "structure", r4, "A group is an extension with a url and at least one sub-extension, nothing else.", nil},
	{"SBX-FIELD", "structure", profile5, "The sub-extension url is not a field of its group.", nil},
	{"SBX-FIELD-TYPE", "structure", profile5, "A field is a sub-extension with a url and one value of the right type, nothing else.", nil},
	{"SBX-FIELD-MIN", "required", profile5, "A field that the group needs is missing.", nil},
	{"SBX-FIELD-MAX", "structure", profile5, "A field occurs too often.", nil},
	{"SBX-FORMAT", "value", r4, "The value does not have the format of its type.", nil},
	{"SBX-ODS", "value", "known: NHS Data Dictionary", "An ODS code has 3 to 12 capital letters and digits.", nil},
	{"SBX-CODE", "code-invalid", profile5, "The code is not in the list of the field, and the list is closed.", nil},
}
