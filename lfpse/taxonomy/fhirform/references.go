package fhirform

import "strings"

// References returns the resources below a canonical base that a taxonomy needs
// besides this one, in the order found, some more than once. Whoever fetches what
// it names, each once, beginning with the profile of AdverseEvent, has a taxonomy.
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
