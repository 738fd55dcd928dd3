package lfpse

import (
	"fmt"
	"strconv"
	"strings"

	r4 "github.com/samply/golang-fhir-models/fhir-models/fhir"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

// span is a group of the current resource that has members; they end at members[end].
type span struct {
	g   *compiledGroup
	end int
}

// member is one sub-extension of a group: a value of a field, as text unless it is a
// boolean or an integer.
type member struct {
	f *compiledField
	s string
	n int
}

// groups returns the groups that a resource carries; index is the number of the resource
// among those of its profile.
func (w *Encoder) groups(p *compiledResource, index int) []r4.Extension {
	w.members, w.spans = w.members[:0], w.spans[:0]
	for _, g := range p.groups {
		if g.list != nil && p.Resource != "Device" {
			w.list(g)
		} else {
			w.group(g, index)
		}
	}
	return w.write()
}

// list collects a group that occurs once for each patient or medicine.
func (w *Encoder) list(g *compiledGroup) {
	if g.base == "medication-dmd" && w.c.opts.flatMedicines {
		w.flat(g)
		return
	}
	for i := range g.list.len(w.e) {
		if !w.group(g, i) {
			w.issues = append(w.issues, issue(fhir.Error, "ENC-EMPTY", fmt.Sprintf("%s[%d]", g.list.name, i),
				"This entry states nothing, so it cannot be sent.", "Fill it in or take it out."))
		}
	}
}

// flat collects all medicines into one extension. A reader tells them apart by
// the order of their members, so a medicine must not look like the continuation of
// the one before it.
func (w *Encoder) flat(g *compiledGroup) {
	last := len(g.fields)
	for i := range g.list.len(w.e) {
		start := len(w.members)
		w.collect(g, i)
		if len(w.members) == start || g.byName[w.members[start].f.Name] > last {
			w.issues = append(w.issues, issue(fhir.Error, "ENC-FLAT", fmt.Sprintf("medicines[%d]", i),
				"In one flat extension this medicine could not be told from the one before it.",
				"Give its VTM code, or send one extension a medicine."))
		}
		if len(w.members) > start {
			last = g.byName[w.members[len(w.members)-1].f.Name]
		}
	}
	w.close(g)
}

// group collects one occurrence of a group; false if it states nothing.
func (w *Encoder) group(g *compiledGroup, index int) bool {
	w.collect(g, index)
	return w.close(g)
}

// close makes a group of the members since the last one; false if there are none.
func (w *Encoder) close(g *compiledGroup) bool {
	start := 0
	if n := len(w.spans); n > 0 {
		start = w.spans[n-1].end
	}
	if len(w.members) == start {
		return false
	}
	w.spans = append(w.spans, span{g, len(w.members)})
	return true
}

// collect collects what the event states for the fields of a group.
func (w *Encoder) collect(g *compiledGroup, index int) {
	if g.states != nil && len(w.e.Extra) == 0 && !g.states(w.e, index) {
		return
	}
	for i := range g.fields {
		f := &g.fields[i]
		switch {
		case f.sequence:
			w.members = append(w.members, member{f: f, n: index + 1})
		case f.property == nil:
			w.extras(g, f, index)
		default:
			w.field(f, index)
		}
	}
}

// field collects the values that the event states for one field.
func (w *Encoder) field(f *compiledField, index int) {
	values := f.property.values(w.e, index)
	if a, ok := values.(*age); ok {
		w.age(f, Age(*a), index)
		return
	}
	for i := range values.len() {
		s := values.at(i)
		if f.names != nil {
			code, ok := codeOf(f.names, s)
			if !ok {
				w.unknownName(f.property.targetOf(index), f.names)
				continue
			}
			s = code
		}
		if m, ok := newMember(f, s); ok && f.property.kind.fits(f.Type) {
			w.members = append(w.members, m)
		} else {
			w.wrongType(f.property.targetOf(index), f)
		}
	}
}

// age collects the number by which the taxonomy encodes an age.
func (w *Encoder) age(f *compiledField, a Age, index int) {
	if a == (Age{}) {
		return
	}
	n, err := AgeEncoding(w.c.t.AgeEncoding).Encode(a)
	switch {
	case f.Type != taxonomy.Integer:
		w.wrongType(f.property.targetOf(index), f)
	case err != nil:
		w.issues = append(w.issues, issue(fhir.Error, "ENC-AGE", f.property.targetOf(index), "The age cannot be sent: "+err.Error()+".", "Correct the age, or give an age bracket instead."))
	default:
		w.members = append(w.members, member{f: f, n: n})
	}
}

// extras collects the values of a field that the Event type has no property for.
func (w *Encoder) extras(g *compiledGroup, f *compiledField, index int) {
	for _, i := range w.extraAt[extraKey{g.base, index, f.Name}] {
		if m, ok := newMember(f, w.e.Extra[i].Value); ok {
			w.members = append(w.members, m)
		} else {
			w.wrongType(fmt.Sprintf("extra[%d].value", i), f)
		}
	}
}

// newMember converts text to a value of the field's type.
func newMember(f *compiledField, s string) (member, bool) {
	switch f.Type {
	case taxonomy.Boolean:
		return member{f: f, n: btoi(s == "true")}, s == "true" || s == "false"
	case taxonomy.Integer:
		n, err := strconv.ParseInt(s, 10, 32)
		return member{f: f, n: int(n)}, err == nil
	}
	return member{f: f, s: s}, s != ""
}

// write turns what was collected into extensions.
func (w *Encoder) write() []r4.Extension {
	if len(w.spans) == 0 {
		return nil
	}
	groups, members := w.extensions.take(len(w.spans), 0), w.extensions.take(len(w.members), 0)
	start := 0
	for i, s := range w.spans {
		for j := start; j < s.end; j++ {
			members[j].Url = w.members[j].f.Name
			w.set(&members[j], &w.members[j])
		}
		groups[i].Url, groups[i].Extension = s.g.url, members[start:s.end:s.end]
		start = s.end
	}
	return groups
}

// set stores a value in the element of an Extension that is for its type.
func (w *Encoder) set(x *r4.Extension, m *member) {
	switch m.f.Type {
	case taxonomy.Code:
		x.ValueCode = w.str(m.s)
	case taxonomy.String:
		x.ValueString = w.str(m.s)
	case taxonomy.Date:
		x.ValueDate = w.str(m.s)
	case taxonomy.Time:
		x.ValueTime = w.str(m.s)
	case taxonomy.Boolean:
		x.ValueBoolean = &w.bools.take(1, 8)[0]
		*x.ValueBoolean = m.n != 0
	case taxonomy.Integer:
		x.ValueInteger = &w.ints.take(1, 8)[0]
		*x.ValueInteger = m.n
	}
}

// checkFields reports what the event states although the taxonomy has no field for it.
func (w *Encoder) checkFields() {
	for _, p := range w.c.withoutField {
		for i := range p.list.count(w.e) {
			if p.values(w.e, i).len() > 0 {
				w.issues = append(w.issues, issue(fhir.Warning, "ENC-NO-FIELD", p.targetOf(i), "Taxonomy version "+w.c.t.Version+" has no field for this, so it is not sent.", ""))
			}
		}
	}
}

// checkExtras reports extras for fields that the taxonomy does not have, or for which the
// Event has a property.
func (w *Encoder) checkExtras() {
	for i := range w.e.Extra {
		x := &w.e.Extra[i]
		g := w.c.group(x.Group)
		if g == nil || x.Index < 0 || x.Index >= g.list.count(w.e) {
			w.issues = append(w.issues, issue(fhir.Error, "ENC-EXTRA", fmt.Sprintf("extra[%d]", i), "The loaded taxonomy has no such group, or the event has no patient or device of this index.", ""))
			continue
		}
		j, ok := g.byName[x.Field]
		if !ok || g.fields[j].property != nil || g.fields[j].sequence {
			w.issues = append(w.issues, issue(fhir.Error, "ENC-EXTRA", fmt.Sprintf("extra[%d].field", i), "The taxonomy has no such field in the group, or the event has a property for it.", ""))
		}
	}
}

func (w *Encoder) wrongType(path string, f *compiledField) {
	w.issues = append(w.issues, issue(fhir.Error, "ENC-TYPE", path, "The value cannot be sent: its type in the taxonomy is "+string(f.Type)+".", ""))
}

func (w *Encoder) unknownName(path string, cs *taxonomy.CodeSystem) {
	names := make([]string, 0, len(cs.Concepts))
	for _, c := range cs.Concepts {
		names = append(names, c.Name)
	}
	w.issues = append(w.issues, issue(fhir.Error, "ENC-NAME", path, "The value is not one of the names of the list "+cs.ID+".",
		"Use one of: "+strings.Join(names, ", ")+"."))
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}
