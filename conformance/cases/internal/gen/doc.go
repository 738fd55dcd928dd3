package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/gpsafety/lfpse-go/conformance/cases/tree"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

// doc is a record in the making. Groups are named by their logical id without
// version and without adverse-event-, fields as GROUP/FIELD. GROUP[1] is the
// second occurrence of a group in the record, FIELD[1] the second of a field.
type doc struct {
	root *tree.Object
	tax  *taxonomy.Taxonomy
}

// edit is one change to a record.
type edit func(*doc)

// rootOrder are the properties of an AdverseEvent in FHIR order.
var rootOrder = []string{"resourceType", "id", "meta", "implicitRules", "language", "text", "contained", "extension", "modifierExtension",
	"identifier", "actuality", "category", "event", "subject", "encounter", "date", "detected", "recordedDate", "resultingCondition",
	"location", "seriousness", "severity", "outcome", "recorder", "contributor", "suspectEntity", "subjectMedicalHistory",
	"referenceDocument", "study", "description"}

// setRoot sets a property of the record in its FHIR place.
func (d *doc) setRoot(name string, v tree.Value) {
	if d.root.Index(name) >= 0 {
		d.root.Set(name, v)
		return
	}
	rank := slices.Index(rootOrder, name)
	at := slices.IndexFunc(d.root.Members, func(m tree.Member) bool { return slices.Index(rootOrder, m.Name) > rank })
	if at < 0 || rank < 0 {
		at = len(d.root.Members)
	}
	d.root.Members = slices.Insert(d.root.Members, at, tree.Member{Name: name, Value: v})
}

// group returns what the taxonomy says about a group, and its rank.
func (d *doc) group(id string) (*taxonomy.Group, int) {
	for i := range d.tax.Groups {
		g := &d.tax.Groups[i]
		if name := strings.TrimSuffix(g.ID, d.tax.Suffix()); name == id || name == "adverse-event-"+id {
			return g, i
		}
	}
	panic("no group " + id)
}

func (d *doc) field(g *taxonomy.Group, name string) (*taxonomy.Field, int) {
	for i := range g.Fields {
		if g.Fields[i].Name == name {
			return &g.Fields[i], i
		}
	}
	panic("no field " + name + " in " + g.ID)
}

// holder is a resource that extensions stand on.
type holder struct {
	path     string
	resource *tree.Object
}

// holders returns the resources of a type, in document order.
func (d *doc) holders(resource string) []holder {
	if resource == "AdverseEvent" {
		return []holder{{"AdverseEvent", d.root}}
	}
	var out []holder
	for i, v := range d.root.List("contained") {
		if o, ok := v.(*tree.Object); ok && o.Text("resourceType") == resource {
			out = append(out, holder{fmt.Sprintf("AdverseEvent.contained[%d]", i), o})
		}
	}
	return out
}

// found is an extension and where it stands.
type found struct {
	path string
	list *tree.Array
	at   int
}

func (f *found) object() *tree.Object { return f.list.Items[f.at].(*tree.Object) }

// extensions returns the extensions of an object that have a url.
func extensions(path string, o *tree.Object, url string) []found {
	list, _ := o.Get("extension").(*tree.Array)
	if list == nil {
		return nil
	}
	var out []found
	for i, v := range list.Items {
		if x, ok := v.(*tree.Object); ok && x.Text("url") == url {
			out = append(out, found{fmt.Sprintf("%s.extension[%d]", path, i), list, i})
		}
	}
	return out
}

// find returns the group or the sub-extension that a reference names.
func (d *doc) find(ref string) *found {
	groupRef, fieldRef, isField := strings.Cut(ref, "/")
	id, nth := index(groupRef)
	g, _ := d.group(id)
	var all []found
	for _, h := range d.holders(g.Context) {
		all = append(all, extensions(h.path, h.resource, d.tax.URL(g.ID))...)
	}
	if nth >= len(all) {
		return nil
	}
	if !isField {
		return &all[nth]
	}
	name, nth2 := index(fieldRef)
	d.field(g, name)
	fields := extensions(all[nth].path, all[nth].object(), name)
	if nth2 >= len(fields) {
		return nil
	}
	return &fields[nth2]
}

// index splits NAME[1].
func index(ref string) (name string, i int) {
	name, rest, ok := strings.Cut(ref, "[")
	if ok {
		n, err := strconv.Atoi(strings.TrimSuffix(rest, "]"))
		if err != nil {
			panic("bad index in " + ref)
		}
		i = n
	}
	return name, i
}

// place returns the FHIRPath of GROUP, GROUP/FIELD, a contained resource by its
// type, or the record itself, with what follows: core/Description.value,
// Patient.meta, .date. A path that begins with AdverseEvent stands for itself.
func (d *doc) place(s string) string {
	ref, tail, dotted := strings.Cut(s, ".")
	if dotted {
		tail = "." + tail
	}
	if ref == "" || ref == "AdverseEvent" {
		return "AdverseEvent" + tail
	}
	if isResource(ref) {
		name, nth := index(ref)
		return d.holders(name)[nth].path + tail
	}
	f := d.find(ref)
	if f == nil {
		panic("there is no " + ref)
	}
	return f.path + tail
}

// isResource tells Patient[1] from patient-information[1]/PhysicalHarm.
func isResource(ref string) bool { return ref != "" && ref[0] >= 'A' && ref[0] <= 'Z' }

// at follows property names and indexes of the JSON text, contained[0].meta, to
// the object that has the last of them.
func (d *doc) at(path string) (*tree.Object, string) {
	o := d.root
	for {
		head, rest, more := strings.Cut(path, ".")
		if !more {
			return o, head
		}
		name, nth := index(head)
		v := o.Get(name)
		if strings.Contains(head, "[") {
			v = o.List(name)[nth]
		}
		o, path = v.(*tree.Object), rest
	}
}

// valueOf writes a value as its field takes it.
func valueOf(t taxonomy.Type, s string) tree.Value {
	switch t {
	case taxonomy.Boolean:
		return s == "true"
	case taxonomy.Integer:
		return json.Number(s)
	}
	return s
}
