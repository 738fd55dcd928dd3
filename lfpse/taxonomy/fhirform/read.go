package fhirform

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

// Read makes a taxonomy from conformance resources, in any order: one profile of
// AdverseEvent and everything that it refers to below its own canonical base. Resources
// that nothing refers to are ignored. The result has passed the checks of
// [taxonomy.Load].
//
// If the resources do not have the extensions of this package:
//
//   - the evidence is [taxonomy.Seen], and nothing is provisional;
//   - a list is closed unless its code system says that it is not complete or a
//     binding to it is weaker than required;
//   - the order is that of known, the rest after it in the order found;
//   - the names of concepts are those that known has for the same code with the
//     same display in the list of the same name; contained ids and the age
//     encoding are those of known;
//   - an event type list that no binding names is taken from known, with evidence
//     [taxonomy.Unknown].
//
// known is a taxonomy to compare with, such as the embedded one of the same
// version; it may be nil.
//
// The error is of type [fhir.Issues]; it lists everything that is missing or that the
// native form cannot express. Nothing is guessed.
func Read(resources []Resource, known *taxonomy.Taxonomy) (*taxonomy.Taxonomy, error) {
	r := &reader{byURL: map[string]*Resource{}, known: known, lists: map[string]int{}, room: taxonomy.MaxSize}
	root := r.sort(resources)
	if root == nil {
		return nil, r.issues
	}
	t := r.taxonomy(root)
	if r.issues.HasErrors() {
		return nil, r.issues
	}
	text, err := t.Append(nil)
	if err != nil {
		return nil, err
	}
	return taxonomy.Load(text)
}

type reader struct {
	byURL  map[string]*Resource
	known  *taxonomy.Taxonomy
	base   string // canonical base
	ours   bool   // the resources have our extensions
	issues fhir.Issues

	lists map[string]int // position in found, by url of the value set
	found []foundList
	room  int // bytes that concepts may still take
}

// foundList is a list that some binding names.
type foundList struct {
	url    string
	weakly bool // some binding is not required
}

func (r *reader) add(rule, path, format string, args ...any) {
	r.issues = append(r.issues, finding(rule, path, format, args...))
}

// sort indexes the resources and finds the profile of AdverseEvent.
func (r *reader) sort(resources []Resource) *Resource {
	var root *Resource
	for i := range resources {
		res := resources[i]
		if res.tree == nil {
			parsed, err := Parse(res.JSON)
			if err != nil {
				r.add("TAXFHIR-RESOURCE", fmt.Sprintf("resources[%d]", i), "The resource is not one that Parse reads.")
				continue
			}
			res = parsed
		}
		if r.byURL[res.URL] != nil {
			r.add("TAXFHIR-DUPLICATE", res.ref().String(), "There are two resources with this canonical url.")
			continue
		}
		r.byURL[res.URL] = &res
		if isRoot(&res) {
			if root != nil {
				r.add("TAXFHIR-ROOT", res.ref().String(), "There is a second profile of AdverseEvent; give the resources of one taxonomy version.")
				continue
			}
			root = &res
		}
	}
	if root == nil && len(r.issues) == 0 {
		r.add("TAXFHIR-ROOT", "$", "There is no profile of AdverseEvent among the resources.")
	}
	if len(r.issues) > 0 {
		return nil
	}
	return root
}

// isRoot reports whether a resource is a profile of AdverseEvent, not the
// definition of AdverseEvent itself.
func isRoot(r *Resource) bool {
	return r.Type == StructureDefinition && r.tree.text("type") == "AdverseEvent" && !strings.HasPrefix(r.URL, hl7)
}

// positioned is an element and its position in the order of the taxonomy.
type positioned[T any] struct {
	item T
	at   int
}

func inOrder[T any](items []positioned[T]) []T {
	slices.SortStableFunc(items, func(a, b positioned[T]) int { return cmp.Compare(a.at, b.at) })
	var out []T
	for _, p := range items {
		out = append(out, p.item)
	}
	return out
}

// last is the position of an element for which neither resource nor known taxonomy has
// one.
const last = 1 << 30

// position takes the position from the resource, or else from the known taxonomy.
func position(tree object, known int) int {
	if n, ok := tree.extension(extPosition).number("valueInteger"); ok {
		return n
	}
	if known >= 0 {
		return known
	}
	return last
}

func (r *reader) taxonomy(root *Resource) *taxonomy.Taxonomy {
	r.base = root.ref().Base()
	version := root.tree.extension(extVersion).text("valueString")
	r.ours = version != ""
	if !r.ours {
		version = versionOf(root.ID)
	}
	t := &taxonomy.Taxonomy{
		Format: 1, Version: version, FHIRVersion: root.tree.text("fhirVersion"), CanonicalBase: r.base,
		Title: root.tree.text("title"), Date: root.tree.text("date"), Note: r.note(root.tree),
		AgeEncoding: root.tree.extension(extAgeEncoding).text("valueCode"),
	}
	for _, x := range root.tree.extensions(extSource) {
		if s := x.text("valueString"); s != "" {
			t.Sources = append(t.Sources, s)
		}
	}
	t.EvidenceKey = evidenceKey(root.tree)
	if !r.ours {
		r.plain(t)
	}
	profiles, slots := r.profiles(root)
	t.Profiles, t.Groups = profiles, r.groups(slots)
	r.eventType(t, root)
	for _, x := range root.tree.extensions(extUnboundList) {
		r.listNamed(root, x.text("valueString"), true)
	}
	t.CodeSystems = r.codeSystems(t)
	return t
}

// plain fills in what a service without our extensions does not say.
func (r *reader) plain(t *taxonomy.Taxonomy) {
	t.EvidenceKey = map[taxonomy.Evidence]string{
		taxonomy.Seen:    "read from the taxonomy service",
		taxonomy.Unknown: "not published by the taxonomy service; taken over from the taxonomy it was compared with",
	}
	if day, _, cut := strings.Cut(t.Date, "T"); cut {
		t.Date = day
	}
	if t.Title == "" {
		t.Title = "LFPSE taxonomy version " + t.Version
	}
	if r.known != nil {
		t.AgeEncoding = r.known.AgeEncoding
	}
}

func evidenceKey(tree object) map[taxonomy.Evidence]string {
	key := map[taxonomy.Evidence]string{}
	for _, x := range tree.extensions(extEvidenceKey) {
		key[taxonomy.Evidence(x.sub("code", "valueCode"))] = x.sub("meaning", "valueString")
	}
	return key
}

func (r *reader) note(tree object) string { return tree.extension(extNote).text("valueString") }

func (r *reader) evidence(tree object) taxonomy.Evidence {
	if e := tree.extension(extEvidence).text("valueCode"); e != "" || r.ours {
		return taxonomy.Evidence(e)
	}
	return taxonomy.Seen
}

func cardinalityEvidence(tree object) taxonomy.Evidence {
	return taxonomy.Evidence(tree.extension(extCardinalityEvidence).text("valueCode"))
}

func provisional(tree object) bool { return tree.extension(extProvisional)["valueBoolean"] == true }

// versionOf is the version at the end of an id.
func versionOf(id string) string { return id[strings.LastIndexByte(id, '-')+1:] }

// unversioned is an id without the version of its taxonomy, so that ids of two
// versions compare.
func unversioned(id string, t *taxonomy.Taxonomy) string { return strings.TrimSuffix(id, t.Suffix()) }
