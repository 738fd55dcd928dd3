package fhirform

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/gpsafety/lfpse-go/fhir"
)

// The types of conformance resources that a taxonomy is made of.
const (
	StructureDefinition = "StructureDefinition"
	ValueSet            = "ValueSet"
	CodeSystem          = "CodeSystem"
)

// MaxResource is the largest resource that [Parse] reads, in bytes.
const MaxResource = 5 << 20

// Resource is one conformance resource. It is immutable and safe for concurrent
// use.
type Resource struct {
	Type string // StructureDefinition, ValueSet or CodeSystem
	ID   string // logical id
	URL  string // canonical url
	JSON []byte // compact, as Write makes it, or as it was given to Parse

	tree object // what was parsed
}

// Ref names a conformance resource.
type Ref struct {
	Type string // StructureDefinition, ValueSet or CodeSystem
	ID   string // logical id
	URL  string // canonical url
}

// String returns TYPE/ID.
func (r Ref) String() string { return r.Type + "/" + r.ID }

// Base is what stands before the type and id in the canonical url: for the profile
// of AdverseEvent, the canonical base of its taxonomy.
func (r Ref) Base() string { return strings.TrimSuffix(r.URL, r.String()) }

// ParseRef reads the canonical url of a conformance resource, such as
// https://…/taxonomy/fhir/StructureDefinition/adverse-event-agent-6. A version
// after | is left out. It reports false for anything else.
func ParseRef(canonical string) (Ref, bool) {
	url, _, _ := strings.Cut(canonical, "|")
	parts := strings.Split(url, "/")
	if len(parts) < 3 {
		return Ref{}, false
	}
	r := Ref{Type: parts[len(parts)-2], ID: parts[len(parts)-1], URL: url}
	// An id of dots only would climb up a path.
	return r, validID(r.ID) && strings.Trim(r.ID, ".") != "" && (r.Type == StructureDefinition || r.Type == ValueSet || r.Type == CodeSystem)
}

// Parse reads one conformance resource, which is treated as untrusted: it must be
// strict JSON of at most [MaxResource] bytes, one of the three types, with an id
// and a canonical url that agree. Everything else in it is looked at by [Read].
// The error is of type [fhir.Issues].
func Parse(data []byte) (Resource, error) {
	if issues := fhir.CheckJSON(data, fhir.WithLimit(MaxResource), fhir.WithNullAndEmpty()); issues.HasErrors() {
		return Resource{}, issues
	}
	tree := parseTree(data)
	r := Resource{Type: tree.text("resourceType"), ID: tree.text("id"), URL: tree.text("url"), JSON: data, tree: tree}
	fail := func(path, format string, args ...any) (Resource, error) {
		return Resource{}, fhir.Issues{finding("TAXFHIR-RESOURCE", path, format, args...)}
	}
	switch r.Type {
	case StructureDefinition, ValueSet, CodeSystem:
	case "":
		return fail("$", "The document is not a FHIR resource: it has no resourceType.")
	default:
		return fail("$.resourceType", "The resource must be a StructureDefinition, a ValueSet or a CodeSystem.")
	}
	if !validID(r.ID) {
		return fail("$.id", "The id is missing or is not a FHIR id.")
	}
	if ref, ok := ParseRef(r.URL); !ok || ref.Type != r.Type || ref.ID != r.ID {
		return fail(r.ref().String()+".url", "The canonical url is missing, or does not end in the type and id of the resource.")
	}
	return r, nil
}

func (r *Resource) ref() Ref { return Ref{r.Type, r.ID, r.URL} }

// newResource encodes a resource that this package made.
func newResource(m *metadata, v any) (Resource, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return Resource{}, err
	}
	text := bytes.TrimSuffix(buf.Bytes(), []byte("\n"))
	return Resource{Type: m.ResourceType, ID: m.ID, URL: m.URL, JSON: text, tree: parseTree(text)}, nil
}

func finding(rule, path, format string, args ...any) fhir.Issue {
	return fhir.Issue{Severity: fhir.Error, Rule: rule, Path: path, Offset: -1, Text: fmt.Sprintf(format, args...)}
}

func validID(s string) bool {
	if s == "" || len(s) > 64 {
		return false
	}
	for _, c := range s {
		if !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '.') {
			return false
		}
	}
	return true
}

// References returns the resources below a canonical base that this one refers to, in the
// order found and perhaps with repetitions. To collect a whole taxonomy, begin with the
// profile of AdverseEvent and follow the references, fetching each resource once.
func (r *Resource) References(base string) []Ref {
	var out []Ref
	note := func(urls ...string) {
		for _, url := range urls {
			if ref, ok := ParseRef(url); ok && strings.HasPrefix(url, base) {
				out = append(out, ref)
			}
		}
	}
	for _, x := range r.tree.extensions(extUnboundList) {
		note(x.text("valueString"))
	}
	for _, e := range elementsOf(r.tree) {
		for _, t := range e.objects("type") {
			note(t.texts("profile")...)
			note(t.texts("targetProfile")...)
		}
		url, _ := bound(e, base)
		note(url)
	}
	for _, in := range r.tree.object("compose").objects("include") {
		note(in.text("system"))
	}
	return out
}

// object is a JSON object of which only some properties matter. What is missing
// and what is of another type reads as empty.
type object map[string]any

// parseTree reads a document that has been checked to be strict JSON; anything
// but an object is empty.
func parseTree(data []byte) object {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	var v any
	if dec.Decode(&v) != nil {
		return nil
	}
	o, _ := v.(map[string]any)
	return o
}

func (o object) text(name string) string {
	s, _ := o[name].(string)
	return s
}

// number reads a whole number, also one in a string, as max is.
func (o object) number(name string) (int, bool) {
	s := o.text(name)
	if n, ok := o[name].(json.Number); ok {
		s = n.String()
	}
	n, err := strconv.ParseInt(s, 10, 32)
	return int(n), err == nil
}

func (o object) object(name string) object {
	child, _ := o[name].(map[string]any)
	return child
}

// objects returns the objects of a list.
func (o object) objects(name string) []object {
	items, _ := o[name].([]any)
	out := make([]object, 0, len(items))
	for _, item := range items {
		child, _ := item.(map[string]any)
		out = append(out, child)
	}
	return out
}

// texts returns the strings of a list, or the one that stands in its place.
func (o object) texts(name string) []string {
	if s := o.text(name); s != "" {
		return []string{s}
	}
	items, _ := o[name].([]any)
	var out []string
	for _, item := range items {
		if s, ok := item.(string); ok {
			out = append(out, s)
		}
	}
	return out
}

// extensions returns the extensions of one of our urls.
func (o object) extensions(name string) []object {
	var out []object
	for _, x := range o.objects("extension") {
		if x.text("url") == ExtensionBase+name {
			out = append(out, x)
		}
	}
	return out
}

// extension returns the first extension of one of our urls, empty if there is
// none.
func (o object) extension(name string) object {
	if xs := o.extensions(name); len(xs) > 0 {
		return xs[0]
	}
	return nil
}

// sub returns the value of a sub-extension.
func (o object) sub(url, property string) string {
	for _, x := range o.objects("extension") {
		if x.text("url") == url {
			return x.text(property)
		}
	}
	return ""
}
