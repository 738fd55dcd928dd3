package main

import (
	"slices"
	"strings"

	"github.com/gpsafety/lfpse-go/conformance/cases/tree"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

// record is a document and what stands where in it. Two records of equal documents
// have the same things in the same order, so a place found in one is found by its
// number in a copy.
type record struct {
	tax    *taxonomy.Taxonomy
	root   *tree.Object
	groups []group
	text   func(string) string // last change to the text, nil for none
}

// group is one occurrence of a group.
type group struct {
	*taxonomy.Group
	owner  *tree.Object // resource that it stands on
	object *tree.Object
	fields []field
}

// field is one sub-extension.
type field struct {
	*taxonomy.Field
	list   *tree.Array
	object *tree.Object
}

func newRecord(tax *taxonomy.Taxonomy, root *tree.Object) *record {
	r := &record{tax: tax, root: root}
	r.read(root)
	for _, c := range root.List("contained") {
		if o, ok := c.(*tree.Object); ok {
			r.read(o)
		}
	}
	return r
}

// read collects the groups on one resource.
func (r *record) read(owner *tree.Object) {
	for _, x := range owner.List("extension") {
		o := x.(*tree.Object)
		def := r.groupOf(o.Text("url"))
		if def == nil {
			continue
		}
		g := group{Group: def, owner: owner, object: o}
		list, _ := o.Get("extension").(*tree.Array)
		for _, x := range o.List("extension") {
			sub := x.(*tree.Object)
			if i := slices.IndexFunc(def.Fields, func(f taxonomy.Field) bool { return f.Name == sub.Text("url") }); i >= 0 {
				g.fields = append(g.fields, field{&def.Fields[i], list, sub})
			}
		}
		r.groups = append(r.groups, g)
	}
}

func (r *record) groupOf(url string) *taxonomy.Group {
	for i := range r.tax.Groups {
		if r.tax.URL(r.tax.Groups[i].ID) == url {
			return &r.tax.Groups[i]
		}
	}
	return nil
}

// bytes writes the document.
func (r *record) bytes() []byte {
	b := tree.Append(nil, r.root)
	if r.text != nil {
		b = []byte(r.text(string(b)))
	}
	return b
}

// is reports whether a group has a logical id, given without version and without
// adverse-event-.
func (r *record) is(g *group, id string) bool {
	name := strings.TrimSuffix(g.ID, r.tax.Suffix())
	return name == id || name == "adverse-event-"+id
}

// find returns the first occurrence of a group, nil if there is none.
func (r *record) find(id string) *group {
	for i := range r.groups {
		if r.is(&r.groups[i], id) {
			return &r.groups[i]
		}
	}
	return nil
}

// all returns the texts that a field has in a group, nil without a group.
func (g *group) all(name string) []string {
	var out []string
	if g == nil {
		return nil
	}
	for i := range g.fields {
		if f := &g.fields[i]; f.Name == name {
			if s, ok := f.value().(string); ok {
				out = append(out, s)
			} else {
				out = append(out, string(tree.Append(nil, f.value())))
			}
		}
	}
	return out
}

// has reports whether a field has one of some texts, or any text if none is given.
func (g *group) has(name string, texts ...string) bool {
	return slices.ContainsFunc(g.all(name), func(s string) bool { return texts == nil || slices.Contains(texts, s) })
}

func (f *field) value() tree.Value { return f.object.Get(f.Type.ValueX()) }

func (f *field) set(v tree.Value) { f.object.Set(f.Type.ValueX(), v) }

// answer adds a field to a group.
func (g *group) answer(name string, v tree.Value) {
	for i := range g.Fields {
		if f := &g.Fields[i]; f.Name == name {
			list, _ := g.object.Get("extension").(*tree.Array)
			if list == nil {
				list = &tree.Array{}
				g.object.Set("extension", list)
			}
			list.Items = append(list.Items, &tree.Object{Members: []tree.Member{{Name: "url", Value: name}, {Name: f.Type.ValueX(), Value: v}}})
			return
		}
	}
	panic("no field " + name + " in " + g.ID)
}

// drop takes every sub-extension of a name out of a group.
func (g *group) drop(name string) {
	if list, ok := g.object.Get("extension").(*tree.Array); ok {
		list.Items = slices.DeleteFunc(list.Items, func(v tree.Value) bool { return v.(*tree.Object).Text("url") == name })
	}
}

// remove takes the whole group out, and the list with its last.
func (g *group) remove() {
	list := g.owner.Get("extension").(*tree.Array)
	list.Items = slices.DeleteFunc(list.Items, func(v tree.Value) bool { return v == tree.Value(g.object) })
	if len(list.Items) == 0 {
		g.owner.Remove("extension")
	}
}

// open adds a group with one text, code or boolean to a resource.
func (r *record) open(owner *tree.Object, id, name string, v tree.Value) {
	for i := range r.tax.Groups {
		g := group{Group: &r.tax.Groups[i], owner: owner}
		if !r.is(&g, id) {
			continue
		}
		g.object = &tree.Object{Members: []tree.Member{{Name: "url", Value: r.tax.URL(g.ID)}}}
		g.answer(name, v)
		list, _ := owner.Get("extension").(*tree.Array)
		if list == nil {
			list = &tree.Array{}
			owner.Set("extension", list)
		}
		list.Items = append(list.Items, g.object)
		return
	}
	panic("no group " + id)
}

// contained returns the first contained resource of a type, nil if there is none.
func (r *record) contained(resource string) *tree.Object {
	for _, c := range r.root.List("contained") {
		if o := c.(*tree.Object); o.Text("resourceType") == resource {
			return o
		}
	}
	return nil
}

// contain adds a contained resource.
func (r *record) contain(text string) {
	list := r.root.Get("contained").(*tree.Array)
	list.Items = append(list.Items, tree.MustParse(text))
}

// coding is the coding of the event type.
func (r *record) coding() *tree.Object {
	return r.root.Get("event").(*tree.Object).List("coding")[0].(*tree.Object)
}

// kind is the code of the event type.
func (r *record) kind() string { return r.coding().Text("code") }

// The codes of the event types.
const (
	isIncident, isRisk, isOutcome, isGoodCare = "1", "2", "3", "4"
)

// slot is a place in the document that has a value.
type slot struct {
	object *tree.Object
	array  *tree.Array
	i      int
}

func (s slot) get() tree.Value {
	if s.object != nil {
		return s.object.Members[s.i].Value
	}
	return s.array.Items[s.i]
}

func (s slot) set(v tree.Value) {
	if s.object != nil {
		s.object.Members[s.i].Value = v
		return
	}
	s.array.Items[s.i] = v
}

// name is the property name of the slot, empty in an array.
func (s slot) name() string {
	if s.object != nil {
		return s.object.Members[s.i].Name
	}
	return ""
}

// slots lists every place of the document, in order.
func (r *record) slots() []slot {
	var out []slot
	var walk func(v tree.Value)
	walk = func(v tree.Value) {
		switch v := v.(type) {
		case *tree.Object:
			for i := range v.Members {
				out = append(out, slot{object: v, i: i})
				walk(v.Members[i].Value)
			}
		case *tree.Array:
			for i := range v.Items {
				out = append(out, slot{array: v, i: i})
				walk(v.Items[i])
			}
		}
	}
	walk(r.root)
	return out
}
