package sandbox

import (
	"net/http"
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
}

// refusal is the answer to a document that is not accepted.
func (v verdict) refusal() (answer, bool) {
	switch {
	case len(v.problems) > 0:
		return refuse(http.StatusBadRequest, v.problems...), true
	case len(v.findings) > 0:
		return reject(v.findings), true
	default:
		return answer{}, false
	}
}

// examine reads a document and applies every check to it. It does not look at
// what is stored and needs no lock.
func (s *Sandbox) examine(body []byte) verdict {
	doc, problems := parse(body)
	if len(problems) > 0 {
		return verdict{problems: problems}
	}
	x := examination{cfg: &s.cfg, doc: doc, tax: s.cfg.taxonomies[0], contained: map[string]resource{}, used: map[string]bool{}}
	if doc["resourceType"] != "AdverseEvent" {
		// Nothing else can be said about another type.
		return verdict{doc: doc, findings: []finding{{check: "SBX-RESOURCE-TYPE", path: "$this"}}}
	}
	x.structure()
	x.business()
	return verdict{doc: doc, tax: x.tax, findings: x.findings}
}

// examination is the work on one document.
type examination struct {
	cfg      *config
	doc      object
	tax      *tax
	findings []finding

	contained map[string]resource // by id
	used      map[string]bool     // contained ids that something refers to
	types     map[string][]string // paths of contained resources by type
	groups    []group             // all extension groups, in document order
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
	if !x.cfg.skipped[check] {
		x.findings = append(x.findings, finding{check, path, detail})
	}
}

// named returns the groups of a name, on whatever resource they stand.
func (x *examination) named(name string) []group {
	var found []group
	for _, g := range x.groups {
		if g.def.Name == name {
			found = append(found, g)
		}
	}
	return found
}

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
