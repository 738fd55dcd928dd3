package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/gpsafety/lfpse-go/conformance/cases/tree"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

func profileOperators() []operator {
	noGroup := &tree.Object{Members: []tree.Member{{Name: "url", Value: "https://example.org/x"}, {Name: "valueBoolean", Value: true}}}
	return []operator{
		{"no-profile", "The profile is not declared.", rules("PROFILE-DECLARED"), once(always,
			func(r *record) { r.root.Remove("meta") },
			func(r *record) { r.root.Set("meta", tree.MustParse(`{"profile":["https://example.org/x"]}`)) })},
		{"other-version", "The profile is of another version.", rules("PROFILE-VERSION"), once(always, func(r *record) {
			r.root.Set("meta", tree.MustParse(fmt.Sprintf(`{"profile":[%q]}`, strings.TrimSuffix(r.tax.ProfileURL(), "-6")+"-5")))
		})},
		{"group-version", "A group is of another version.", rules("PROFILE-VERSION"), everyGroup(anyGroup, func(_ *record, g *group) {
			g.object.Set("url", strings.TrimSuffix(g.object.Text("url"), "-6")+"-5")
		})},
		{"unknown-group", "The taxonomy has no such group.", rules("PROFILE-GROUP"), both(
			everyGroup(anyGroup, func(_ *record, g *group) { g.object.Set("url", g.object.Text("url")+"x") }),
			once(always, func(r *record) {
				list := r.root.Get("extension").(*tree.Array)
				list.Items = append(list.Items, noGroup)
			}))},
		{"stray-extension", "An extension stands where no group belongs.", rules("PROFILE-GROUP"), everySlot(holdsExtensions, func(_ *record, s slot) {
			s.get().(*tree.Object).Set("extension", &tree.Array{Items: []tree.Value{noGroup}})
		})},
		{"wrong-resource", "A group stands on another resource.", rules("PROFILE-CONTEXT"), everyGroup(anyGroup, moveGroup)},
		{"group-value", "A group has a value in place of fields.", rules("PROFILE-GROUP-FORM"), everyGroup(anyGroup, func(_ *record, g *group) {
			g.object.Remove("extension")
			g.object.Set("valueString", "x")
		})},
		{"no-mandatory-group", "A mandatory group is missing.", rules("PROFILE-GROUP-MIN"), everyGroup(
			func(_ *record, g *group) bool { return g.Min > 0 }, func(_ *record, g *group) { g.remove() })},
		{"repeated-group", "A group occurs more often than is allowed.", rules("PROFILE-GROUP-MAX"), everyGroup(
			func(_ *record, g *group) bool { return g.Max == 1 },
			func(_ *record, g *group) {
				list := g.owner.Get("extension").(*tree.Array)
				list.Items = append(list.Items, g.object.Clone())
			})},
		{"unknown-field", "The group has no such field.", rules("PROFILE-FIELD"), everyField(anyField, func(_ *record, _ *group, f *field) {
			f.object.Set("url", f.object.Text("url")+"s")
		})},
		{"field-of-another-group", "A field stands in another group.", rules("PROFILE-FIELD"), everyField(anyField, foreignField)},
		// The last field of a group is left alone: without it the group is empty,
		// which is another fault.
		{"no-mandatory-field", "A group lacks a mandatory field.", rules("PROFILE-FIELD-MIN", "LFPSE-RISK-IMMINENT", "LFPSE-NO-PATIENT-RISK", "LFPSE-FUTURE-OCCURRENCE"), everyField(
			func(_ *record, g *group, f *field) bool { return f.Min > 0 && len(g.all(f.Name)) < len(g.fields) },
			func(_ *record, g *group, f *field) { g.drop(f.Name) })},
		{"repeated-field", "A field occurs more often than is allowed.", rules("PROFILE-FIELD-MAX"), everyField(
			func(_ *record, _ *group, f *field) bool { return f.Max > 0 },
			func(_ *record, _ *group, f *field) {
				for range f.Max {
					f.list.Items = append(f.list.Items, f.object.Clone())
				}
			})},
		{"value-type", "A field has a value of another type.", rules("PROFILE-TYPE"), everyField(anyField, otherValueType)},
		{"value-coding", "A field has a Coding in place of its value.", rules("PROFILE-TYPE"), everyField(anyField, func(_ *record, _ *group, f *field) {
			f.object.Remove(f.Type.ValueX())
			f.object.Set("valueCoding", tree.MustParse(`{"code":"1"}`))
		})},
		{"nested-field", "A field has extensions in place of its value.", rules("PROFILE-TYPE"), everyField(anyField, func(_ *record, _ *group, f *field) {
			f.object.Remove(f.Type.ValueX())
			f.object.Set("extension", tree.MustParse(`[{"url":"value","valueBoolean":true}]`))
		})},
		{"code-of-no-list", "A code is not in its list.", rules("PROFILE-CODE", "PROFILE-CODE-OPEN"), everyField(listed, func(_ *record, _ *group, f *field) { f.set("zz9") })},
		{"code-of-another-list", "A code is of another list.", rules("PROFILE-CODE", "PROFILE-CODE-OPEN"), everyField(listed, func(r *record, _ *group, f *field) { f.set(strangeCode(r.tax, f)) })},
		{"event-code", "The event type is not in its list.", rules("PROFILE-CODE"), once(always, func(r *record) { r.coding().Set("code", "5") }, func(r *record) { r.coding().Set("code", "incident") })},
		{"event-codings", "The event type has no code, or two.", rules("PROFILE-EVENT"), once(always,
			func(r *record) { r.root.Set("event", tree.MustParse(`{"text":"Incident"}`)) },
			func(r *record) { r.root.Set("event", tree.MustParse(`{"coding":[{"code":"1"},{"code":"4"}]}`)) })},
		{"event-system", "The event type names a code system.", rules("PROFILE-SYSTEM"), once(always, func(r *record) { r.coding().Set("system", "https://example.org/types") })},
		{"modifier", "There is a modifier extension.", rules("PROFILE-MODIFIER"), both(
			once(always, func(r *record) { r.root.Set("modifierExtension", &tree.Array{Items: []tree.Value{noGroup}}) }),
			everySlot(isContainedID, func(_ *record, s slot) {
				s.object.Set("modifierExtension", &tree.Array{Items: []tree.Value{noGroup}})
			}),
			everySlot(func(_ *record, s slot) bool { return s.name() == "instance" }, func(_ *record, s slot) {
				s.object.Set("modifierExtension", &tree.Array{Items: []tree.Value{noGroup}})
			}),
			once(always, func(r *record) {
				r.contained("Location").Set("hoursOfOperation", tree.MustParse(`[{"allDay":true,"modifierExtension":[{"url":"https://example.org/x","valueBoolean":true}]}]`))
			}))},
		{"unused-element", "An element has no use.", rules("PROFILE-ELEMENT"), once(always,
			func(r *record) { r.root.Set("recordedDate", "2026-03-12") },
			func(r *record) { r.root.Set("seriousness", tree.MustParse(`{"text":"serious"}`)) },
			func(r *record) { r.contained("Patient").Set("active", true) })},
		{"other-resource", "A contained resource has no profile.", rules("PROFILE-RESOURCE"), once(always, func(r *record) {
			r.contain(`{"resourceType":"ResearchStudy","id":"study1"}`)
			r.root.Set("study", tree.MustParse(`[{"reference":"#study1"}]`))
		})},
	}
}

// holdsExtensions holds for the elements between resources and groups: those of a
// complex type. An extension in a resource is a group, in a group a field.
func holdsExtensions(_ *record, s slot) bool {
	o, ok := s.get().(*tree.Object)
	return ok && o.Index("resourceType") < 0 && o.Index("url") < 0
}

// moveGroup moves a group to a resource that it does not belong on.
func moveGroup(r *record, g *group) {
	to := r.root
	if g.owner == r.root {
		to = r.contained("Patient")
	}
	g.remove()
	list, _ := to.Get("extension").(*tree.Array)
	if list == nil {
		list = &tree.Array{}
		to.Set("extension", list)
	}
	list.Items = append(list.Items, g.object)
}

// foreignField renames a field to one of another group that its own does not have.
func foreignField(r *record, g *group, f *field) {
	for i := range r.tax.Groups {
		for _, other := range r.tax.Groups[i].Fields {
			own := false
			for _, have := range g.Fields {
				own = own || have.Name == other.Name
			}
			if !own {
				f.object.Set("url", other.Name)
				return
			}
		}
	}
}

// otherValueType carries the value under the property of another type, in the
// form of that type.
func otherValueType(_ *record, _ *group, f *field) {
	v := f.value()
	f.object.Remove(f.Type.ValueX())
	switch f.Type {
	case taxonomy.Code, taxonomy.Date, taxonomy.Time:
		f.object.Set("valueString", v)
	case taxonomy.String:
		f.object.Set("valueMarkdown", v)
	case taxonomy.Integer:
		f.object.Set("valueString", string(v.(json.Number)))
	default:
		f.object.Set("valueCode", "y")
	}
}

// listed holds for fields whose list the taxonomy carries. Of organisations it
// carries none.
func listed(r *record, _ *group, f *field) bool {
	cs := r.tax.CodeSystem(f.CodeSystem)
	return cs != nil && len(cs.Concepts) > 0
}

// strangeCode returns a code of some list that is not in the list of a field.
func strangeCode(tax *taxonomy.Taxonomy, f *field) string {
	own := tax.CodeSystem(f.CodeSystem)
	for _, cs := range tax.CodeSystems {
		for _, c := range cs.Concepts {
			if own.Concept(c.Code) == nil {
				return c.Code
			}
		}
	}
	panic("every code is in " + f.CodeSystem)
}
