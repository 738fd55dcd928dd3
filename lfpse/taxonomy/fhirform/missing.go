package fhirform

import (
	"slices"
	"strings"
)

// Missing returns what resources refer to below their canonical base and that is
// not among them, each once, in the order found. Fetching what is missing until
// nothing is missing collects a taxonomy; since nothing is returned that is there
// already, references in a circle come to an end. The base is that of the first
// resource.
func Missing(resources []Resource) []Ref {
	if len(resources) == 0 {
		return nil
	}
	base := canonicalBase(&resources[0])
	seen := map[string]bool{}
	for i := range resources {
		seen[resources[i].URL] = true
	}
	var out []Ref
	note := func(url string) {
		url, _, _ = strings.Cut(url, "|")
		if ref, ok := ParseRef(url); ok && strings.HasPrefix(url, base) && !seen[url] {
			seen[url] = true
			out = append(out, ref)
		}
	}
	for i := range resources {
		for _, url := range references(&resources[i], base) {
			note(url)
		}
	}
	return slices.Clip(out)
}

// references returns the canonical urls in a resource that a taxonomy is made of.
func references(r *Resource, base string) []string {
	var out []string
	switch r.Type {
	case StructureDefinition:
		for _, x := range r.tree.extensions(extUnboundList) {
			out = append(out, x.text("valueString"))
		}
		for _, e := range elementsOf(r.tree) {
			for _, t := range e.objects("type") {
				out = append(append(out, t.texts("profile")...), t.texts("targetProfile")...)
			}
			url, _ := bound(e, base)
			out = append(out, url)
		}
	case ValueSet:
		for _, in := range r.tree.object("compose").objects("include") {
			out = append(out, in.text("system"))
		}
	}
	return out
}
