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
		if r.room < 0 {
			return nil
		}
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

// listing is a list that is being read.
type listing struct {
	*reader
	vs       *Resource
	cs       taxonomy.CodeSystem
	complete bool            // every code is known
	whole    map[string]bool // the code systems that are in it as a whole, by url
}

// list reads a value set and the code systems in it. The second result is the
// code system that says how well the list is known.
func (r *reader) list(l *foundList) (taxonomy.CodeSystem, object) {
	vs := r.byURL[l.url]
	in := listing{reader: r, vs: vs, complete: true, whole: map[string]bool{}}
	cs := &in.cs
	cs.ID, cs.Name = vs.ID, vs.tree.text("title")
	if cs.Name == "" && !r.ours {
		cs.Name = vs.tree.text("name")
	}
	compose := vs.tree.object("compose")
	if len(compose.objects("exclude")) > 0 {
		r.add("TAXFHIR-LIST", vs.ref().String(), "The list excludes codes, which the native form cannot express.")
	}
	var main object
	for _, part := range compose.objects("include") {
		system := in.include(part)
		if main == nil || system.text("id") == vs.ID {
			main = system
		}
	}
	if len(compose.objects("include")) == 0 {
		r.add("TAXFHIR-LIST", vs.ref().String(), "The list includes no code system.")
	}
	cs.Evidence, cs.Note = r.evidence(main), r.note(main)
	cs.Corroboration = main.extension(extCorroboration).text("valueString")
	cs.Closed = in.complete && !l.weakly && len(cs.Concepts) > 0
	if !r.ours {
		r.names(cs)
	}
	return *cs, main
}

// include adds the codes of one part of a list. It returns the code system, nil
// where it is not one of the taxonomy's own.
func (in *listing) include(part object) object {
	if part["filter"] != nil || part["valueSet"] != nil {
		in.add("TAXFHIR-LIST", in.vs.ref().String(), "The list is made of filters or other lists, which the native form cannot express.")
		return nil
	}
	listed := part.objects("concept")
	for _, c := range listed {
		in.concept(in.vs, c)
	}
	url, _, _ := strings.Cut(part.text("system"), "|")
	if !strings.HasPrefix(url, in.base) {
		in.complete = in.complete && len(listed) > 0 // else the codes are not published here
		return nil
	}
	system := in.resource(url, in.vs)
	switch {
	case system == nil:
		return nil
	case len(listed) > 0:
		return system.tree
	case in.whole[url]:
		in.add("TAXFHIR-LIST", in.vs.ref().String(), "The list includes a code system twice.")
		return nil
	}
	in.whole[url] = true
	if c := system.tree.text("content"); c != "" && c != "complete" {
		in.complete = false
	}
	for _, c := range system.tree.objects("concept") {
		in.concept(system, c)
	}
	return system.tree
}

// concept adds a code and those below it: the native form has no hierarchy.
func (in *listing) concept(res *Resource, c object) {
	k := taxonomy.Concept{Code: c.text("code"), Display: c.text("display")}
	if in.ours {
		for _, p := range c.objects("property") {
			switch p.text("code") {
			case propertyName:
				k.Name = p.text("valueString")
			case propertyKey:
				k.Key = p.text("valueString")
			case propertyProvisional:
				k.Provisional = p["valueBoolean"] == true
			}
		}
	}
	if k.Code == "" {
		in.add("TAXFHIR-LIST", res.ref().String(), "A concept has no code.")
		return
	}
	if !in.hasRoom(&k) {
		return
	}
	in.cs.Concepts = append(in.cs.Concepts, k)
	for _, child := range c.objects("concept") {
		in.concept(res, child)
	}
}

// hasRoom reports whether a concept still fits into the native form. Lists that
// share a code system are larger together than what they were read from.
func (r *reader) hasRoom(c *taxonomy.Concept) bool {
	if r.room < 0 {
		return false
	}
	const punctuation = len(`   {"code": "", "display": ""},`)
	if r.room -= punctuation + len(c.Code) + len(c.Display) + len(c.Name) + len(c.Key); r.room < 0 {
		r.add("TAXFHIR-SIZE", "$", "The lists are larger than a taxonomy may be, which is %d MiB.", taxonomy.MaxSize>>20)
	}
	return r.room >= 0
}

// names gives the concepts the names and keys that the known taxonomy has for them,
// where code and display agree. Of a stand-in only the display is known.
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
				c.Name, c.Key = k.Name, k.Key
			}
		}
	}
}
