package taxonomy

import (
	"fmt"
	"regexp"
	"strings"
)

// ChangeKind says how an element differs between two taxonomies.
type ChangeKind string

// The kinds of changes.
const (
	Added             ChangeKind = "added"
	Removed           ChangeKind = "removed"
	Renamed           ChangeKind = "renamed"     // a field whose note says which one it replaces, or the name of a group or list
	Moved             ChangeKind = "moved"       // a group is on another resource
	Retyped           ChangeKind = "retyped"     // another type of value
	Rebound           ChangeKind = "rebound"     // another list
	Tightened         ChangeKind = "tightened"   // cardinality, binding or list allow less
	Loosened          ChangeKind = "loosened"    // they allow more
	Retired           ChangeKind = "retired"     // a code is no longer in its list
	Redisplayed       ChangeKind = "redisplayed" // another display text
	Redefined         ChangeKind = "redefined"   // the code now stands for another concept
	BecameProvisional ChangeKind = "provisional" // was not provisional before
	Confirmed         ChangeKind = "confirmed"   // no longer provisional
	Replaced          ChangeKind = "replaced"    // a property of the taxonomy or of a profile
)

// Change is one difference between two taxonomies.
type Change struct {
	Kind ChangeKind `json:"kind"`
	// Element is taxonomy, profile, group, field, list or code.
	Element string `json:"element"`
	// Key names the element: GROUP, GROUP/FIELD, LIST or LIST#CODE, with ids
	// without version suffix; for a renamed field, the old name.
	Key string `json:"key"`
	// From and To are the old and the new value, empty if the kind says everything.
	From string `json:"from,omitempty"`
	To   string `json:"to,omitempty"`
	// Breaking says that what was valid before may now be wrong, or be read as
	// something else.
	Breaking bool `json:"breaking,omitempty"`
}

// Edition names one of the taxonomies compared.
type Edition struct {
	Version     string `json:"version"`
	FHIRVersion string `json:"fhirVersion"`
	Title       string `json:"title,omitempty"`
	Date        string `json:"date,omitempty"`
}

// Differences has the changes between two taxonomies, in the order of the second; removed
// elements come last.
type Differences struct {
	From    Edition  `json:"from"`
	To      Edition  `json:"to"`
	Changes []Change `json:"changes"`
}

// Breaking counts the changes that may make a valid event wrong.
func (d *Differences) Breaking() int {
	n := 0
	for i := range d.Changes {
		if d.Changes[i].Breaking {
			n++
		}
	}
	return n
}

// Diff compares two taxonomies, of the same version or not, by what they say about
// events: profiles, groups, fields, cardinalities, lists, codes and what is
// provisional. Evidence, contents, notes, definitions and order are not compared. Elements
// are matched by their id without the version suffix.
func Diff(from, to *Taxonomy) Differences {
	d := &differ{a: from, b: to}
	d.out.From, d.out.To = edition(from), edition(to)
	d.out.Changes = []Change{}
	d.whole()
	d.groups()
	d.lists()
	return d.out
}

func edition(t *Taxonomy) Edition { return Edition{t.Version, t.FHIRVersion, t.Title, t.Date} }

type differ struct {
	a, b *Taxonomy
	out  Differences
}

func (d *differ) add(kind ChangeKind, element, key, from, to string, breaking bool) {
	d.out.Changes = append(d.out.Changes, Change{kind, element, key, from, to, breaking})
}

// whole compares the properties of the taxonomies themselves.
func (d *differ) whole() {
	for _, p := range []struct{ name, from, to string }{
		{"version", d.a.Version, d.b.Version},
		{"fhirVersion", d.a.FHIRVersion, d.b.FHIRVersion},
		{"canonicalBase", d.a.CanonicalBase, d.b.CanonicalBase},
		{"ageEncoding", d.a.AgeEncoding, d.b.AgeEncoding},
		{"eventType", d.a.bare(d.a.EventType), d.b.bare(d.b.EventType)},
	} {
		if p.from != p.to {
			d.add(Replaced, "taxonomy", p.name, p.from, p.to, true)
		}
	}
	for _, p := range d.b.Profiles {
		old := d.a.Profile(p.Resource)
		switch {
		case old == nil:
			d.add(Added, "profile", p.Resource, "", d.b.bare(p.ID), false)
		case d.a.bare(old.ID) != d.b.bare(p.ID):
			d.add(Replaced, "profile", p.Resource, d.a.bare(old.ID), d.b.bare(p.ID), true)
		}
	}
	for _, p := range d.a.Profiles {
		if d.b.Profile(p.Resource) == nil {
			d.add(Removed, "profile", p.Resource, d.a.bare(p.ID), "", true)
		}
	}
}

// bare is an id without the version suffix.
func (t *Taxonomy) bare(id string) string { return strings.TrimSuffix(id, t.Suffix()) }

func (d *differ) groups() {
	for i := range d.b.Groups {
		g := &d.b.Groups[i]
		key := d.b.bare(g.ID)
		old := d.a.Group(key)
		if old == nil {
			d.add(Added, "group", key, "", g.Name, g.Min > 0)
			continue
		}
		if old.Name != g.Name {
			d.add(Renamed, "group", key, old.Name, g.Name, false)
		}
		if old.Context != g.Context {
			d.add(Moved, "group", key, old.Context, g.Context, true)
		}
		d.cardinality("group", key, old.Min, old.Max, g.Min, g.Max)
		d.provisional("group", key, old.Provisional, g.Provisional)
		d.fields(key, old, g)
	}
	for i := range d.a.Groups {
		if key := d.a.bare(d.a.Groups[i].ID); d.b.Group(key) == nil {
			d.add(Removed, "group", key, d.a.Groups[i].Name, "", true)
		}
	}
}

func (d *differ) cardinality(element, key string, aMin, aMax, bMin, bMax int) {
	if aMin == bMin && aMax == bMax {
		return
	}
	kind := Loosened
	if bMin > aMin || bMax != 0 && (aMax == 0 || bMax < aMax) {
		kind = Tightened
	}
	d.add(kind, element, key, cardinality(aMin, aMax), cardinality(bMin, bMax), kind == Tightened)
}

func cardinality(lower, upper int) string {
	if upper == 0 {
		return fmt.Sprintf("%d..*", lower)
	}
	return fmt.Sprintf("%d..%d", lower, upper)
}

func (d *differ) provisional(element, key string, from, to bool) {
	switch {
	case !from && to:
		d.add(BecameProvisional, element, key, "", "", true)
	case from && !to:
		d.add(Confirmed, element, key, "", "", false)
	}
}

// replaces finds in the note of a field which field of another version it is.
var replaces = regexp.MustCompile(`(?:renamed from|replaces) v([0-9A-Za-z.]+) (\w+)`)

func (d *differ) fields(group string, a, b *Group) {
	successor := map[string]bool{}
	for i := range b.Fields {
		f := &b.Fields[i]
		old := a.Field(f.Name)
		if m := replaces.FindStringSubmatch(f.Note); old == nil && m != nil && m[1] == d.a.Version && b.Field(m[2]) == nil {
			if old = a.Field(m[2]); old != nil {
				successor[old.Name] = true
				d.add(Renamed, "field", group+"/"+old.Name, old.Name, f.Name, true)
			}
		}
		if old == nil {
			d.add(Added, "field", group+"/"+f.Name, "", cardinality(f.Min, f.Max)+" "+string(f.Type), f.Min > 0)
			continue
		}
		d.field(group+"/"+f.Name, old, f)
	}
	for i := range a.Fields {
		if name := a.Fields[i].Name; b.Field(name) == nil && !successor[name] {
			d.add(Removed, "field", group+"/"+name, "", "", true)
		}
	}
}

func (d *differ) field(key string, a, b *Field) {
	d.cardinality("field", key, a.Min, a.Max, b.Min, b.Max)
	if a.Type != b.Type {
		d.add(Retyped, "field", key, string(a.Type), string(b.Type), true)
	}
	from, to := d.a.bare(a.CodeSystem), d.b.bare(b.CodeSystem)
	switch {
	case from == to:
	case from == "":
		d.add(Tightened, "field", key, "any code", to, true)
	case to == "":
		d.add(Loosened, "field", key, from, "any code", false)
	default:
		d.add(Rebound, "field", key, from, to, true)
	}
	d.provisional("field", key, a.Provisional, b.Provisional)
}

func (d *differ) lists() {
	for i := range d.b.CodeSystems {
		cs := &d.b.CodeSystems[i]
		key := d.b.bare(cs.ID)
		old := d.a.CodeSystem(key)
		if old == nil {
			d.add(Added, "list", key, "", fmt.Sprintf("%d codes", len(cs.Concepts)), false)
			continue
		}
		if old.Name != cs.Name {
			d.add(Renamed, "list", key, old.Name, cs.Name, false)
		}
		switch {
		case !old.Closed && cs.Closed:
			d.add(Tightened, "list", key, "open", "closed", true)
		case old.Closed && !cs.Closed:
			d.add(Loosened, "list", key, "closed", "open", false)
		}
		d.codes(key, old, cs)
	}
	for i := range d.a.CodeSystems {
		if key := d.a.bare(d.a.CodeSystems[i].ID); d.b.CodeSystem(key) == nil {
			d.add(Removed, "list", key, "", "", false) // the fields that had it say what that means
		}
	}
}

func (d *differ) codes(list string, a, b *CodeSystem) {
	for i := range b.Concepts {
		c := &b.Concepts[i]
		key := list + "#" + c.Code
		old := a.Concept(c.Code)
		if old == nil {
			d.add(Added, "code", key, "", c.Display, false)
			continue
		}
		if old.Display != c.Display {
			d.add(Redisplayed, "code", key, old.Display, c.Display, false)
		}
		if old.Name != c.Name {
			d.add(Redefined, "code", key, old.Name, c.Name, true)
		}
		d.provisional("code", key, old.Provisional, c.Provisional)
	}
	for i := range a.Concepts {
		if c := &a.Concepts[i]; b.Concept(c.Code) == nil {
			d.add(Retired, "code", list+"#"+c.Code, c.Display, "", b.Closed)
		}
	}
}
