package fhirform

import (
	"slices"
	"strings"

	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

// slot is a place of a resource where a group may stand.
type slot struct {
	context string
	group   *Resource
	min     int
	max     int
}

// local returns the canonical urls that lie below the base, without their business
// version.
func (r *reader) local(urls []string) []string {
	var out []string
	for _, u := range urls {
		if strings.HasPrefix(u, r.base) {
			u, _, _ = strings.Cut(u, "|")
			out = append(out, u)
		}
	}
	return out
}

// elementsOf returns the elements of a definition: all of them, or those that
// differ where that is all there is.
func elementsOf(tree object) []object {
	if es := tree.object("snapshot").objects("element"); len(es) > 0 {
		return es
	}
	return tree.object("differential").objects("element")
}

// profiles reads the profile of AdverseEvent and those it refers to.
func (r *reader) profiles(root *Resource) ([]taxonomy.Profile, []slot) {
	queue, seen := []*Resource{root}, map[string]bool{root.URL: true}
	var found []positioned[taxonomy.Profile]
	var slots []slot
	for len(queue) > 0 {
		res := queue[0]
		queue = queue[1:]
		p := r.profileOf(res)
		found = append(found, positioned[taxonomy.Profile]{p, position(res.tree, r.knownProfile(p.Resource))})
		for _, e := range elementsOf(res.tree) {
			if slotOf := r.slot(res, p.Resource, e); slotOf != nil {
				slots = append(slots, *slotOf)
				continue
			}
			for _, url := range r.profileLinks(e) {
				if next := r.resource(url, res); next != nil && !seen[url] {
					queue = append(queue, next)
				}
				seen[url] = true
			}
		}
	}
	return inOrder(found), slots
}

// profileLinks returns the profiles of resources that an element refers to.
func (r *reader) profileLinks(e object) []string {
	var out []string
	for _, t := range e.objects("type") {
		out = append(out, r.local(t.texts("targetProfile"))...)
		if strings.HasSuffix(e.text("path"), ".contained") {
			out = append(out, r.local(t.texts("profile"))...)
		}
	}
	return out
}

func (r *reader) profileOf(res *Resource) taxonomy.Profile {
	p := taxonomy.Profile{
		Resource: res.tree.text("type"), ID: res.ID, Evidence: r.evidence(res.tree),
		ContainedID: res.tree.extension(extContainedID).text("valueString"),
	}
	if r.ours || p.Resource == "AdverseEvent" {
		return p
	}
	p.ContainedID = strings.ToLower(p.Resource) + "{n}"
	if r.known != nil {
		if k := r.known.Profile(p.Resource); k != nil {
			p.ContainedID = k.ContainedID
		}
	}
	return p
}

func (r *reader) knownProfile(resource string) int {
	if r.known == nil {
		return -1
	}
	return slices.IndexFunc(r.known.Profiles, func(p taxonomy.Profile) bool { return p.Resource == resource })
}

// slot reads a slice of extension; it returns nil for any other element, and for
// a slice that is prohibited or not ours.
func (r *reader) slot(res *Resource, context string, e object) *slot {
	if e.text("path") != context+".extension" || e.text("max") == "0" {
		return nil
	}
	var urls []string
	for _, t := range e.objects("type") {
		urls = append(urls, r.local(t.texts("profile"))...)
	}
	if len(urls) == 0 {
		return nil
	}
	if len(urls) > 1 {
		r.add("TAXFHIR-GROUP", res.ref().String(), "A slice of extension has more than one profile.")
		return nil
	}
	group := r.resource(urls[0], res)
	if group == nil {
		return nil
	}
	s := slot{context: context, group: group}
	s.min, s.max = r.cardinality(res, e)
	return &s
}

// cardinality reads min and max; max 0 stands for unbounded.
func (r *reader) cardinality(res *Resource, e object) (lower, upper int) {
	if _, stated := e["min"]; stated {
		n, ok := e.number("min")
		if !ok {
			r.add("TAXFHIR-CARDINALITY", res.ref().String(), "The min of a slice is not a whole number.")
		}
		lower = n
	}
	if limit := e.text("max"); limit != "" && limit != "*" {
		n, ok := e.number("max")
		if !ok || n <= 0 {
			r.add("TAXFHIR-CARDINALITY", res.ref().String(), "The max of a slice is not a number or *.")
		}
		upper = n
	}
	return lower, upper
}

// resource looks up what another one refers to.
func (r *reader) resource(url string, from *Resource) *Resource {
	res := r.byURL[url]
	if res != nil && res.ref().Base() != r.base {
		r.add("TAXFHIR-URL", res.ref().String(), "The canonical url is not that of the profile of AdverseEvent up to the type and id.")
		return nil
	}
	if res != nil {
		return res
	}
	name := "a resource whose url is not that of a conformance resource"
	if ref, ok := ParseRef(url); ok {
		name = ref.String()
	}
	r.add("TAXFHIR-MISSING", from.ref().String(), "It refers to %s, which is not among the resources.", name)
	return nil
}

func (r *reader) groups(slots []slot) []taxonomy.Group {
	var found []positioned[taxonomy.Group]
	seen := map[*Resource]bool{}
	for i := range slots {
		s := &slots[i]
		if seen[s.group] {
			r.add("TAXFHIR-GROUP", s.group.ref().String(), "More than one slice of extension has this profile.")
			continue
		}
		seen[s.group] = true
		g := r.group(s)
		found = append(found, positioned[taxonomy.Group]{g, position(s.group.tree, r.knownGroup(g.ID))})
	}
	return inOrder(found)
}

func (r *reader) knownGroup(id string) int {
	if r.known == nil {
		return -1
	}
	return slices.IndexFunc(r.known.Groups, func(g taxonomy.Group) bool { return r.same(g.ID, id) })
}

// same compares an id of the known taxonomy with one that was read.
func (r *reader) same(known, id string) bool {
	base := unversioned(known, r.known)
	return known == id || strings.HasPrefix(id, base+"-") && !strings.Contains(id[len(base)+1:], "-")
}

func (r *reader) group(s *slot) taxonomy.Group {
	tree := s.group.tree
	if tree.text("type") != "Extension" {
		r.add("TAXFHIR-GROUP", s.group.ref().String(), "A slice of extension has the profile of something that is not an Extension.")
	}
	g := taxonomy.Group{
		ID: s.group.ID, Name: tree.text("name"), Context: s.context, Min: s.min, Max: s.max,
		Description: tree.text("description"), Evidence: r.evidence(tree), CardinalityEvidence: cardinalityEvidence(tree),
		Note: r.note(tree), Provisional: provisional(tree),
	}
	g.Fields = r.fields(s.group)
	if k := r.knownGroup(g.ID); k >= 0 && !r.ours {
		names := r.known.Groups[k].Fields
		var found []positioned[taxonomy.Field]
		for _, f := range g.Fields {
			i := slices.IndexFunc(names, func(k taxonomy.Field) bool { return k.Name == f.Name })
			if i >= 0 && names[i].Type == f.Type {
				f.Content = names[i].Content // the service does not say
			}
			found = append(found, positioned[taxonomy.Field]{f, position(nil, i)})
		}
		g.Fields = inOrder(found)
	}
	return g
}

// fields reads the slices of Extension.extension. What follows such a slice with
// a longer path belongs to it.
func (r *reader) fields(res *Resource) []taxonomy.Field {
	var out []taxonomy.Field
	open := false // the last of out is being read
	for _, e := range elementsOf(res.tree) {
		path := e.text("path")
		rest, inside := strings.CutPrefix(path, "Extension.extension.")
		switch {
		case path == "Extension.extension":
			name := sliceName(e)
			if open = name != "" && e.text("max") != "0"; open {
				out = append(out, r.field(res, e, name))
			}
		case !inside:
			open = false
		case open:
			r.fieldPart(res, &out[len(out)-1], rest, e)
		}
	}
	for i := range out {
		if out[i].Type == "" {
			r.add("TAXFHIR-TYPE", res.ref().String(), "The type of the value of field %d is missing.", i+1)
		}
	}
	return out
}

// sliceName is stated, or the end of the id as in Extension.extension:Name.
func sliceName(e object) string {
	if name := e.text("sliceName"); name != "" {
		return name
	}
	_, name, _ := strings.Cut(e.text("id"), ":")
	return name
}

func (r *reader) field(res *Resource, e object, name string) taxonomy.Field {
	f := taxonomy.Field{
		Name: name, Definition: e.text("definition"), Evidence: r.evidence(e), CardinalityEvidence: cardinalityEvidence(e),
		Note: r.note(e), Provisional: provisional(e),
	}
	if r.ours {
		f.Content = taxonomy.Content(e.extension(extContent).text("valueCode"))
	}
	if f.Definition == undefined {
		f.Definition = ""
	}
	f.Min, f.Max = r.cardinality(res, e)
	return f
}

// fieldPart reads what a slice says about its url and value.
func (r *reader) fieldPart(res *Resource, f *taxonomy.Field, rest string, e object) {
	switch {
	case rest == "url":
		if url := e.text("fixedUri"); url != "" {
			f.Name = url
		}
	case strings.HasPrefix(rest, "value") && !strings.Contains(rest, ".") && e.text("max") != "0":
		types := e.objects("type")
		if len(types) != 1 || f.Type != "" {
			r.add("TAXFHIR-TYPE", res.ref().String(), "A field allows more than one type of value, or none; the native form has one.")
			return
		}
		f.Type = taxonomy.Type(types[0].text("code"))
		if url, strict := bound(e, r.base); url != "" && f.Type == taxonomy.Code {
			f.CodeSystem = r.listNamed(res, url, strict)
		}
	}
}

// bound returns the list an element is bound to, without its business version. STU3
// allows a reference that is relative to the base.
func bound(e object, base string) (url string, required bool) {
	b := e.object("binding")
	for _, url = range []string{b.text("valueSet"), b.text("valueSetReference"), b.object("valueSetReference").text("reference"), b.text("valueSetUri")} {
		if url != "" {
			break
		}
	}
	if url, _, _ = strings.Cut(url, "|"); strings.HasPrefix(url, ValueSet+"/") {
		url = base + url
	}
	strength := b.text("strength")
	return url, strength == "required" || strength == ""
}
