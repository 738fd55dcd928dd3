package fhir

import (
	"cmp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"

	r4 "github.com/samply/golang-fhir-models/fhir-models/fhir"
)

// ReferenceProblem says why a reference cannot be resolved.
type ReferenceProblem uint8

// The problems.
const (
	ReferenceMalformed ReferenceProblem = iota + 1 // not one of the forms of R4 references
	ReferenceNotFound                              // well formed, but not in the bundle
	ReferenceAmbiguous                             // more than one resource fits
	ReferenceWrongType                             // found, but of another resource type
)

// ReferenceError says why a reference cannot be resolved. A reference often ends in an
// NHS number, so the error has the resource type and the index of the referring entry,
// never the reference.
type ReferenceError struct {
	Problem ReferenceProblem
	Type    string // resource type named or found, or "" when unknown
	Entry   int    // position of the referring entry, or -1
}

// Error describes the problem.
func (e *ReferenceError) Error() string {
	what := "a reference"
	if e.Type != "" {
		what += " to a " + e.Type
	}
	if e.Entry >= 0 {
		what += " in Bundle.entry[" + strconv.Itoa(e.Entry) + "]"
	}
	switch e.Problem {
	case ReferenceNotFound:
		return what + " does not resolve within the bundle"
	case ReferenceAmbiguous:
		return what + " fits more than one resource of the bundle"
	case ReferenceWrongType:
		return what + " resolves to a resource of another type than expected"
	default:
		return what + " is malformed; expected Type/id, an absolute URL, urn:uuid:, urn:oid: or #id"
	}
}

// Resolve finds the resource that a reference means. from is any element of the
// resource in which the reference stands, such as the Reference itself; the zero Node
// is for a reference that comes from outside the bundle. Resolve follows R4 "Resolving
// references in Bundles":
//   - #id is the resource of that id contained in the entry that from is in, and #
//     alone is the resource of that entry
//   - urn:uuid:, urn:oid: and absolute URLs are looked for by fullUrl
//   - Type/id is looked for below the server base of the entry's fullUrl; if it is not
//     there, it is the only Type/id of the bundle
//   - a /_history/ version chooses between versions and is otherwise ignored
//
// When types are given the resource must be of one of them. The error is a
// *ReferenceError.
func (b *Bundle) Resolve(from Node, reference string, types ...string) (Node, error) {
	position := b.position(from)
	var entry *Entry
	if position >= 0 {
		entry = &b.Entries[position]
	}
	fail := func(problem ReferenceProblem, typeName string) (Node, error) {
		return Node{}, &ReferenceError{Problem: problem, Type: typeName, Entry: position}
	}
	var ref parsedReference
	var found Node
	problem := ReferenceMalformed
	if id, contained := strings.CutPrefix(reference, "#"); contained {
		found, problem = entry.resolveContained(id)
	} else if parsed, ok := parseReference(reference); ok {
		ref = parsed
		found, problem = b.resolveEntry(entry, ref)
	}
	if problem != 0 {
		return fail(problem, ref.typeName)
	}
	typeName := found.ResourceType()
	if ref.typeName != "" && typeName != ref.typeName || len(types) > 0 && !slices.Contains(types, typeName) {
		return fail(ReferenceWrongType, knownTypeName(typeName))
	}
	return found, nil
}

// position is the index of the entry that an element stands in, -1 for none.
func (b *Bundle) position(n Node) int {
	if n.tree == nil || n.tree != b.tree {
		return -1
	}
	if len(b.Entries) == 1 && b.Entries[0].Resource == (Node{tree: b.tree}) {
		return 0 // the one resource is the document
	}
	nodes := b.tree.nodes
	for at := n.at; at != 0; at = nodes[at].parent {
		if list := &nodes[nodes[at].parent]; list.parent == 0 && list.kind == ListNode && b.tree.name(list) == "entry" {
			return int(nodes[at].name)
		}
	}
	return -1
}

// parsedReference is a reference to an entry, taken apart.
type parsedReference struct {
	key      string // Type/id, or absolute URL, without version
	id       string // of a relative reference, else ""
	version  string
	typeName string // known resource type it names, or ""
}

func parseReference(text string) (parsedReference, bool) {
	// A query makes it a conditional reference, which only a server can resolve.
	if text == "" || strings.ContainsAny(text, "?# \t\r\n") {
		return parsedReference{}, false
	}
	var ref parsedReference
	ref.key, ref.version = splitVersion(normaliseURL(text))
	if i := strings.IndexByte(ref.key, ':'); i > 0 {
		scheme, rest := ref.key[:i], ref.key[i+1:]
		switch scheme {
		case "urn":
			kind, value, _ := strings.Cut(rest, ":")
			return ref, (kind == "uuid" || kind == "oid") && value != ""
		case "http", "https":
			_, typeName, _ := splitRESTful(ref.key)
			ref.typeName = typeName
			return ref, strings.HasPrefix(rest, "//") && len(rest) > 2
		}
		return ref, false
	}
	typeName, id, ok := strings.Cut(ref.key, "/")
	ref.typeName, ref.id = knownTypeName(typeName), id
	return ref, ok && ref.typeName != "" && IsID(id)
}

func (b *Bundle) resolveEntry(from *Entry, ref parsedReference) (Node, ReferenceProblem) {
	if ref.id == "" {
		return b.byURL.find(ref.key, "").one(ref.version)
	}
	if from != nil && from.server != nil {
		base := len(from.server.base)
		found := from.server.resources.equal(func(r *located) int { return strings.Compare(r.key[base:], ref.key) })
		if len(found.sorted) > 0 {
			return found.one(ref.version)
		}
	}
	return b.byID.find(ref.id, ref.typeName).one(ref.version)
}

// resolveContained looks among the resources contained in an entry. The empty id is
// the entry's own resource, which is how a contained resource refers to its container.
func (e *Entry) resolveContained(id string) (Node, ReferenceProblem) {
	if id == "" && e != nil {
		return e.Resource, 0
	}
	if e != nil && e.contained != nil {
		if found := e.contained.find(id, ""); len(found.sorted) > 0 {
			return found.one("")
		}
	}
	if id != "" && !IsID(id) {
		return Node{}, ReferenceMalformed
	}
	return Node{}, ReferenceNotFound
}

// lookup finds resources by key, and by type and version within a key.
type lookup struct {
	resources []located // in document order
	sorted    []int32   // indexes of resources
}

type located struct {
	key, typeName, version string
	resource               Node
}

func (l *lookup) add(r located) { l.resources = append(l.resources, r) }

func (l *lookup) sort() {
	l.sorted = make([]int32, len(l.resources))
	for i := range l.sorted {
		l.sorted[i] = int32(i)
	}
	slices.SortFunc(l.sorted, func(i, j int32) int {
		x, y := &l.resources[i], &l.resources[j]
		if c := x.compare(y.key, y.typeName); c != 0 {
			return c
		}
		return cmp.Or(strings.Compare(x.version, y.version), cmp.Compare(i, j))
	})
}

func (r *located) compare(key, typeName string) int {
	if c := strings.Compare(r.key, key); c != 0 {
		return c
	}
	return strings.Compare(r.typeName, typeName)
}

func (l lookup) find(key, typeName string) lookup {
	return l.equal(func(r *located) int { return r.compare(key, typeName) })
}

// beginWith is the part of a lookup whose keys begin with a base.
func (l lookup) beginWith(base string) lookup {
	return l.equal(func(r *located) int { return strings.Compare(r.key[:min(len(base), len(r.key))], base) })
}

// equal is the part of a lookup that compares as 0.
func (l lookup) equal(compare func(*located) int) lookup {
	at := func(i int) *located { return &l.resources[l.sorted[i]] }
	first := sort.Search(len(l.sorted), func(i int) bool { return compare(at(i)) >= 0 })
	l.sorted = l.sorted[first:]
	l.sorted = l.sorted[:sort.Search(len(l.sorted), func(i int) bool { return compare(at(i)) > 0 })]
	return l
}

// one is the only resource, or the only one of that version.
func (l lookup) one(version string) (Node, ReferenceProblem) {
	if version != "" && len(l.sorted) > 1 {
		l = l.equal(func(r *located) int { return strings.Compare(r.version, version) })
	}
	switch len(l.sorted) {
	case 0:
		return Node{}, ReferenceNotFound
	case 1:
		return l.resources[l.sorted[0]].resource, 0
	}
	return Node{}, ReferenceAmbiguous
}

// lookupOfContained finds the resources of a list of contained ones by id.
func lookupOfContained(list Node) *lookup {
	l := new(lookup)
	for resource := range list.Each() {
		if id := resource.Child("id").string(); id != "" {
			l.add(located{key: id, resource: resource})
		}
	}
	l.sort()
	return l
}

// normaliseURL lower-cases a urn:uuid:, the only part of a fullUrl that is
// compared without regard to case.
func normaliseURL(s string) string {
	const uuid = "urn:uuid:"
	if len(s) > len(uuid) && strings.EqualFold(s[:len(uuid)], uuid) {
		return strings.ToLower(s)
	}
	return s
}

// splitVersion cuts /_history/x off.
func splitVersion(s string) (base, version string) {
	base, version, _ = strings.Cut(s, "/_history/")
	return base, version
}

// splitRESTful splits https://server/base/Type/id into the base with its final
// slash and the type.
func splitRESTful(url string) (base, typeName string, ok bool) {
	if !strings.HasPrefix(url, "http://") && !strings.HasPrefix(url, "https://") {
		return "", "", false
	}
	url, _ = splitVersion(url)
	idAt := strings.LastIndexByte(url, '/')
	typeAt := strings.LastIndexByte(url[:max(idAt, 0)], '/')
	if typeAt < 0 || !IsID(url[idAt+1:]) {
		return "", "", false
	}
	typeName = knownTypeName(url[typeAt+1 : idAt])
	return url[:typeAt+1], typeName, typeName != ""
}

// IsID reports whether s has the form of an R4 id: 1 to 64 letters, digits, hyphens and
// dots.
func IsID(s string) bool {
	if len(s) == 0 || len(s) > 64 {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if !isDigit(c) && !isUpper(c) && (c < 'a' || c > 'z') && c != '-' && c != '.' {
			return false
		}
	}
	return true
}

// knownTypeName returns s when it is an R4 resource type, else "". The text before the
// slash of a reference is untrusted, and only names from the standard may appear in an
// error.
func knownTypeName(s string) string {
	if resourceTypes()[s] {
		return s
	}
	return ""
}

// resourceTypes are the types of R4.
var resourceTypes = sync.OnceValue(func() map[string]bool {
	types := map[string]bool{}
	for t := r4.ResourceTypeAccount; t <= r4.ResourceTypeVisionPrescription; t++ {
		types[t.Code()] = true
	}
	return types
})
