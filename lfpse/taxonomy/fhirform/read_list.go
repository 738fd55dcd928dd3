package fhirform

import (
	"slices"
	"strings"

	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

// listNamed notes a list that a binding names and returns its id.
func (r *reader) listNamed(from *Resource, url string, required bool) string {
	ref, ok := ParseRef(url)
	if !ok || ref.Type != ValueSet {
		r.add("TAXFHIR-BINDING", from.ref().String(), "A binding does not name a ValueSet.")
		return ""
	}
	i, known := r.lists[url]
	if !known {
		if r.resource(url, from) == nil {
			return ""
		}
		i = len(r.found)
		r.lists[url] = i
		r.found = append(r.found, foundList{url: url})
	}
	r.found[i].weakly = r.found[i].weakly || !required
	return ref.ID
}

// eventType finds the list of event types.
func (r *reader) eventType(t *taxonomy.Taxonomy, root *Resource) {
	for _, e := range elementsOf(root.tree) {
		switch e.text("path") {
		case "AdverseEvent.event", "AdverseEvent.event.coding", "AdverseEvent.event.coding.code",
			"AdverseEvent.type", "AdverseEvent.type.coding", "AdverseEvent.type.coding.code":
			if url, required := bound(e, r.base); len(r.local([]string{url})) > 0 {
				t.EventType = r.listNamed(root, url, required)
			}
		}
	}
}

func (r *reader) codeSystems(t *taxonomy.Taxonomy) []taxonomy.CodeSystem {
	var found []positioned[taxonomy.CodeSystem]
	for _, l := range r.found {
		cs, tree := r.list(&l)
		found = append(found, positioned[taxonomy.CodeSystem]{cs, position(tree, r.knownList(cs.ID))})
	}
	out := inOrder(found)
	if t.EventType == "" && r.known != nil {
		if k := r.known.CodeSystem(r.known.EventType); k != nil {
			cs := *k
			cs.ID, cs.Evidence = unversioned(cs.ID, r.known)+t.Suffix(), taxonomy.Unknown
			t.EventType = cs.ID
			out = append(out, cs)
		}
	}
	return out
}

func (r *reader) knownList(id string) int {
	if r.known == nil {
		return -1
	}
	return slices.IndexFunc(r.known.CodeSystems, func(cs taxonomy.CodeSystem) bool { return r.same(cs.ID, id) })
}

// list reads a value set and the code systems in it. The second result is the
// code system that says how well the list is known.
func (r *reader) list(l *foundList) (taxonomy.CodeSystem, object) {
	vs := r.byURL[l.url]
	cs := taxonomy.CodeSystem{ID: vs.ID, Name: vs.tree.text("title")}
	if cs.Name == "" && !r.ours {
		cs.Name = vs.tree.text("name")
	}
	compose := vs.tree.object("compose")
	if len(compose.objects("exclude")) > 0 {
		r.add("TAXFHIR-LIST", vs.ref().String(), "The list excludes codes, which the native form cannot express.")
	}
	complete := true
	var main object
	for _, in := range compose.objects("include") {
		system := r.include(vs, &cs, in, &complete)
		if main == nil || system.text("id") == vs.ID {
			main = system
		}
	}
	if len(compose.objects("include")) == 0 {
		r.add("TAXFHIR-LIST", vs.ref().String(), "The list includes no code system.")
	}
	cs.Evidence, cs.Note = r.evidence(main), r.note(main)
	cs.Corroboration = main.extension(extCorroboration).text("valueString")
	cs.Closed = complete && !l.weakly && len(cs.Concepts) > 0
	if !r.ours {
		r.names(&cs)
	}
	return cs, main
}

// include adds the codes of one part of a list. It returns the code system, nil
// where it is not one of the taxonomy's own.
func (r *reader) include(vs *Resource, cs *taxonomy.CodeSystem, in object, complete *bool) object {
	if in["filter"] != nil || in["valueSet"] != nil {
		r.add("TAXFHIR-LIST", vs.ref().String(), "The list is made of filters or other lists, which the native form cannot express.")
		return nil
	}
	listed := in.objects("concept")
	for _, c := range listed {
		r.concept(vs, cs, c)
	}
	url, _, _ := strings.Cut(in.text("system"), "|")
	if !strings.HasPrefix(url, r.base) {
		if len(listed) == 0 { // the codes are not published here
			*complete = false
		}
		return nil
	}
	system := r.resource(url, vs)
	if system == nil || len(listed) > 0 {
		if system == nil {
			return nil
		}
		return system.tree
	}
	if c := system.tree.text("content"); c != "" && c != "complete" {
		*complete = false
	}
	for _, c := range system.tree.objects("concept") {
		r.concept(system, cs, c)
	}
	return system.tree
}

// concept adds a code and those below it: the native form has no hierarchy.
func (r *reader) concept(res *Resource, cs *taxonomy.CodeSystem, c object) {
	k := taxonomy.Concept{Code: c.text("code"), Display: c.text("display")}
	if r.ours {
		for _, p := range c.objects("property") {
			switch p.text("code") {
			case propertyName:
				k.Name = p.text("valueString")
			case propertyProvisional:
				k.Provisional = p["valueBoolean"] == true
			}
		}
	}
	if k.Code == "" {
		r.add("TAXFHIR-LIST", res.ref().String(), "A concept has no code.")
		return
	}
	cs.Concepts = append(cs.Concepts, k)
	for _, child := range c.objects("concept") {
		r.concept(res, cs, child)
	}
}

// names gives the concepts the names that the known taxonomy has for them, where
// code and display agree. Of a stand-in only the display is known.
func (r *reader) names(cs *taxonomy.CodeSystem) {
	i := r.knownList(cs.ID)
	if i < 0 {
		return
	}
	known := &r.known.CodeSystems[i]
	for j := range cs.Concepts {
		c := &cs.Concepts[j]
		for _, k := range known.Concepts {
			if (k.Code == c.Code || k.Provisional) && strings.EqualFold(strings.TrimSpace(k.Display), strings.TrimSpace(c.Display)) {
				c.Name = k.Name
			}
		}
	}
}
