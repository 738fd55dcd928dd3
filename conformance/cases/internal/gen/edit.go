package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gpsafety/lfpse-go/conformance/cases/tree"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

// set answers a field with values in place of those it has. A group that is not
// there is opened, on a resource that is added if it is not there either.
func set(ref string, values ...string) edit {
	return func(d *doc) {
		for d.find(ref) != nil {
			drop(ref)(d)
		}
		add(ref, values...)(d)
	}
}

// add answers a field with more values.
func add(ref string, values ...string) edit {
	return func(d *doc) {
		groupRef, name, ok := strings.Cut(ref, "/")
		if !ok {
			panic("no field in " + ref)
		}
		f := d.find(groupRef)
		if f == nil {
			open(groupRef)(d)
			f = d.find(groupRef)
		}
		id, _ := index(groupRef)
		g, _ := d.group(id)
		field, _ := d.field(g, name)
		for _, v := range values {
			d.insert(f.object(), g, field, valueOf(field.Type, v))
		}
	}
}

// insert puts a sub-extension where its field comes in the taxonomy.
func (d *doc) insert(group *tree.Object, g *taxonomy.Group, f *taxonomy.Field, v tree.Value) {
	_, rank := d.field(g, f.Name)
	x := &tree.Object{Members: []tree.Member{{Name: "url", Value: f.Name}, {Name: f.Type.ValueX(), Value: v}}}
	list, _ := group.Get("extension").(*tree.Array)
	if list == nil {
		list = &tree.Array{}
		group.Set("extension", list)
	}
	at := slices.IndexFunc(list.Items, func(item tree.Value) bool {
		url := item.(*tree.Object).Text("url")
		return slices.IndexFunc(g.Fields, func(f taxonomy.Field) bool { return f.Name == url }) > rank
	})
	if at < 0 {
		at = len(list.Items)
	}
	list.Items = slices.Insert(list.Items, at, tree.Value(x))
}

// open adds an occurrence of a group, on the first resource of its type, where the
// group comes in the taxonomy.
func open(id string) edit {
	return func(d *doc) {
		id, _ := index(id)
		g, rank := d.group(id)
		if len(d.holders(g.Context)) == 0 {
			contain(g.Context)(d)
		}
		owner := d.holders(g.Context)[0].resource
		x := &tree.Object{Members: []tree.Member{{Name: "url", Value: d.tax.URL(g.ID)}}}
		list, _ := owner.Get("extension").(*tree.Array)
		if list == nil {
			list = &tree.Array{}
			if owner == d.root {
				d.setRoot("extension", list)
			} else {
				owner.Set("extension", list)
			}
		}
		at := slices.IndexFunc(list.Items, func(item tree.Value) bool {
			url := item.(*tree.Object).Text("url")
			i := slices.IndexFunc(d.tax.Groups, func(g taxonomy.Group) bool { return d.tax.URL(g.ID) == url })
			return i > rank
		})
		if at < 0 {
			at = len(list.Items)
		}
		list.Items = slices.Insert(list.Items, at, tree.Value(x))
	}
}

// another adds one more occurrence of a group with answers given in pairs.
func another(id string, pairs ...string) edit {
	return func(d *doc) {
		n := 0
		for d.find(fmt.Sprintf("%s[%d]", id, n)) != nil {
			n++
		}
		open(id)(d)
		for i := 0; i < len(pairs); i += 2 {
			add(fmt.Sprintf("%s[%d]/%s", id, n, pairs[i]), pairs[i+1])(d)
		}
	}
}

// contain adds a contained resource and, for what was involved, the reference.
func contain(resource string) edit {
	return func(d *doc) {
		n := len(d.holders(resource)) + 1
		id := strings.ToLower(resource) + fmt.Sprint(n)
		list, _ := d.root.Get("contained").(*tree.Array)
		list.Items = append(list.Items, &tree.Object{Members: []tree.Member{{Name: "resourceType", Value: resource}, {Name: "id", Value: id}}})
		if resource == "Device" || resource == "Medication" {
			refs, _ := d.root.Get("suspectEntity").(*tree.Array)
			if refs == nil {
				refs = &tree.Array{}
				d.setRoot("suspectEntity", refs)
			}
			refs.Items = append(refs.Items, tree.MustParse(fmt.Sprintf(`{"instance":{"reference":"#%s"}}`, id)))
		}
	}
}

// drop takes a field or a group out, and with its last extension the list.
func drop(refs ...string) edit {
	return func(d *doc) {
		for _, ref := range refs {
			f := d.find(ref)
			if f == nil {
				panic("nothing to drop: " + ref)
			}
			f.list.Items = slices.Delete(f.list.Items, f.at, f.at+1)
			if len(f.list.Items) == 0 {
				d.removeList(f.list)
			}
		}
	}
}

// removeList takes the property out that holds an empty list, and a group that it
// leaves empty.
func (d *doc) removeList(list *tree.Array) {
	for _, resource := range []string{"AdverseEvent", "Patient", "Location", "Practitioner", "Device", "Medication"} {
		for _, h := range d.holders(resource) {
			if h.resource.Get("extension") == tree.Value(list) {
				h.resource.Remove("extension")
				return
			}
			groups, _ := h.resource.Get("extension").(*tree.Array)
			if groups == nil {
				continue
			}
			for i, g := range groups.Items {
				if g.(*tree.Object).Get("extension") == tree.Value(list) {
					groups.Items = slices.Delete(groups.Items, i, i+1)
					if len(groups.Items) == 0 {
						d.removeList(groups)
					}
					return
				}
			}
		}
	}
}

// raw replaces the members of a field or a group beside its url by others, given
// as the inside of a JSON object.
func raw(ref, members string) edit {
	return func(d *doc) {
		f := d.find(ref)
		x := tree.MustParse("{" + members + "}").(*tree.Object)
		if x.Index("url") < 0 {
			x.Members = slices.Insert(x.Members, 0, tree.Member{Name: "url", Value: f.object().Get("url")})
		}
		f.list.Items[f.at] = x
	}
}

// extend adds an extension, given as JSON, to a group or to a resource.
func extend(ref, text string) edit {
	return func(d *doc) {
		owner := d.root
		switch {
		case isResource(ref):
			name, nth := index(ref)
			owner = d.holders(name)[nth].resource
		case ref != "":
			owner = d.find(ref).object()
		}
		list, _ := owner.Get("extension").(*tree.Array)
		if list == nil {
			list = &tree.Array{}
			if owner == d.root {
				d.setRoot("extension", list)
			} else {
				owner.Set("extension", list)
			}
		}
		list.Items = append(list.Items, tree.MustParse(text))
	}
}

// put sets a property, named by its path in the JSON text, to a JSON value.
func put(path, text string) edit {
	return func(d *doc) {
		v := tree.MustParse(text)
		if owner, name := d.at(path); owner == d.root {
			d.setRoot(name, v)
		} else {
			owner.Set(name, v)
		}
	}
}

// cut removes properties.
func cut(paths ...string) edit {
	return func(d *doc) {
		for _, path := range paths {
			owner, name := d.at(path)
			if owner.Index(name) < 0 {
				panic("nothing to cut: " + path)
			}
			owner.Remove(name)
		}
	}
}

// rename gives a property another name.
func rename(path, name string) edit {
	return func(d *doc) {
		owner, old := d.at(path)
		owner.Members[owner.Index(old)].Name = name
	}
}

// twice writes a property a second time, with a value, right after the first.
func twice(path, text string) edit {
	return func(d *doc) {
		owner, name := d.at(path)
		owner.Members = slices.Insert(owner.Members, owner.Index(name)+1, tree.Member{Name: name, Value: tree.MustParse(text)})
	}
}

// containing adds a contained resource, given as JSON.
func containing(text string) edit {
	return func(d *doc) {
		list := d.root.Get("contained").(*tree.Array)
		list.Items = append(list.Items, tree.MustParse(text))
	}
}

// uncontain removes a contained resource by its position.
func uncontain(i int) edit {
	return func(d *doc) {
		list := d.root.Get("contained").(*tree.Array)
		list.Items = slices.Delete(list.Items, i, i+1)
	}
}

// all makes one change of several.
func all(edits ...edit) edit {
	return func(d *doc) {
		for _, e := range edits {
			e(d)
		}
	}
}
