package fhir

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	r4 "github.com/samply/golang-fhir-models/fhir-models/fhir"
)

// Target is the resource a reference means.
type Target struct {
	Entry        *Entry // the entry that is or contains the resource
	ResourceType string
	ID           string
	Resource     json.RawMessage
	Contained    bool // true for a #fragment reference
}

// ReferenceProblem says why a reference cannot be resolved.
type ReferenceProblem uint8

// The problems.
const (
	ReferenceMalformed ReferenceProblem = iota + 1 // not one of the forms of R4 references
	ReferenceNotFound                              // well formed, but not in the bundle
	ReferenceAmbiguous                             // more than one resource fits
	ReferenceWrongType                             // found, but of another resource type
)

// ReferenceError says why a reference cannot be resolved. A reference often ends
// in an NHS number, so the error names the resource type and the place of the
// referring entry, never the reference.
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

// Resolve finds the resource that reference, standing in from, means. It follows
// R4 "Resolving references in Bundles": a #fragment within from, urn:uuid: and
// urn:oid: and absolute URLs by fullUrl, Type/id by the server base of from's
// fullUrl and failing that by the only Type/id of the bundle. A /_history/ version
// chooses between versions and is otherwise ignored. from may be nil for a
// reference that comes from outside the bundle.
//
// When types are given the resource must be of one of them. The error is a
// *ReferenceError.
func (b *Bundle) Resolve(from *Entry, reference string, types ...string) (Target, error) {
	fail := func(problem ReferenceProblem, typeName string) (Target, error) {
		err := &ReferenceError{Problem: problem, Type: typeName, Entry: -1}
		if from != nil {
			err.Entry = from.position
		}
		return Target{}, err
	}
	ref, ok := parseReference(reference)
	if !ok {
		return fail(ReferenceMalformed, "")
	}
	var target Target
	problem := ReferenceNotFound
	if ref.fragment {
		target, problem = resolveContained(from, ref.key)
	} else {
		target, problem = b.resolveEntry(from, ref)
	}
	switch {
	case problem != 0:
		return fail(problem, ref.typeName)
	case ref.typeName != "" && target.ResourceType != ref.typeName,
		len(types) > 0 && !slices.Contains(types, target.ResourceType):
		return fail(ReferenceWrongType, knownTypeName(target.ResourceType))
	}
	return target, nil
}

// reference is a reference taken apart.
type reference struct {
	key      string // fragment id, Type/id, or absolute URL, without version
	version  string
	typeName string // known resource type it names, or ""
	relative bool
	fragment bool
}

func parseReference(text string) (reference, bool) {
	if id, ok := strings.CutPrefix(text, "#"); ok {
		return reference{key: id, fragment: true}, id == "" || validID(id)
	}
	// A query makes it a conditional reference, which only a server can resolve.
	if text == "" || strings.ContainsAny(text, "?# \t\r\n") {
		return reference{}, false
	}
	var ref reference
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
	ref.typeName, ref.relative = knownTypeName(typeName), true
	return ref, ok && ref.typeName != "" && validID(id)
}

func (b *Bundle) resolveEntry(from *Entry, ref reference) (Target, ReferenceProblem) {
	in, key := b.byURL, ref.key
	if ref.relative {
		in = b.byID
		if from != nil {
			if base, _, ok := splitRESTful(normaliseURL(from.FullURL)); ok && len(b.byURL.all[base+key]) > 0 {
				in, key = b.byURL, base+key
			}
		}
	}
	candidates := in.all[key]
	if ref.version != "" && len(candidates) > 1 {
		candidates = in.ofVersion[versioned{key, ref.version}]
	}
	switch len(candidates) {
	case 0:
		return Target{}, ReferenceNotFound
	case 1:
		e := &b.Entries[candidates[0]]
		return Target{Entry: e, ResourceType: e.ResourceType, ID: e.ID, Resource: e.Resource}, 0
	default:
		return Target{}, ReferenceAmbiguous
	}
}

// resolveContained looks for the id among the resources contained in from. The
// empty id is from itself, which is how a contained resource refers to its
// container.
func resolveContained(from *Entry, id string) (Target, ReferenceProblem) {
	if from == nil {
		return Target{}, ReferenceNotFound
	}
	if id == "" {
		return Target{Entry: from, ResourceType: from.ResourceType, ID: from.ID, Resource: from.Resource}, 0
	}
	switch found := from.contained[id]; len(found) {
	case 0:
		return Target{}, ReferenceNotFound
	case 1:
		target := found[0]
		target.Entry = from
		return target, 0
	default:
		return Target{}, ReferenceAmbiguous
	}
}

// containedByID reads the resources that a resource contains.
func containedByID(contained json.RawMessage) map[string][]Target {
	items, _ := arrayItems(contained)
	if len(items) == 0 {
		return nil
	}
	byID := make(map[string][]Target, len(items))
	for _, item := range items {
		head := readResourceHead(item)
		byID[head.id] = append(byID[head.id], Target{ResourceType: head.resourceType, ID: head.id, Resource: item, Contained: true})
	}
	return byID
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
	if typeAt < 0 || !validID(url[idAt+1:]) {
		return "", "", false
	}
	typeName = knownTypeName(url[typeAt+1 : idAt])
	return url[:typeAt+1], typeName, typeName != ""
}

// validID reports whether s has the form of an R4 id.
func validID(s string) bool {
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

// knownTypeName returns s when it is an R4 resource type, else "". What stands
// before the slash of a reference is untrusted, and only names from the standard
// may appear in an error.
func knownTypeName(s string) string {
	var t r4.ResourceType
	if plainTypeName(s) && t.UnmarshalJSON([]byte(`"`+s+`"`)) == nil {
		return s
	}
	return ""
}
