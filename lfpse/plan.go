package lfpse

import (
	"fmt"
	"strings"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

// resourcePlan is the profile of a resource with the groups that the resource
// carries and, for a contained one, the reference to it.
type resourcePlan struct {
	*taxonomy.Profile
	reference string
	groups    []*groupPlan
}

// groupPlan is one taxonomy group with the properties of an Event that its fields
// are read from and written to.
type groupPlan struct {
	*taxonomy.Group
	base   string // id without the version suffix
	url    string
	list   *list // whose elements hold the group, nil if the Event itself does
	fields []fieldPlan
	byName map[string]int
	// states reports whether the event states any field of the group, extras apart;
	// nil where that does not decide whether the group is sent.
	states func(e *Event, i int) bool
}

// fieldPlan is one taxonomy field with the property that holds its value.
type fieldPlan struct {
	*taxonomy.Field
	property *property // nil for what an Event keeps in Extra, and for the sequence
	valueX   string    // the element of the extension that holds the value, such as valueCode
	names    *taxonomy.CodeSystem
	sequence bool // PatientSequence, which is the position of the patient
}

// plan compiles what the codec needs of the taxonomy.
func (c *Codec) plan() error {
	byField := make(map[string]*property, len(properties))
	for i := range properties {
		if p := &properties[i]; p.group != "" {
			byField[p.group+"/"+p.field] = p
		}
	}
	c.byURL = map[string]int{}
	carried := map[string][]*groupPlan{}
	c.groups = make([]groupPlan, len(c.t.Groups))
	c.fields = make(map[*property]*fieldPlan, len(properties))
	for i := range c.groups {
		g := &c.groups[i]
		*g = newGroupPlan(c.t, &c.t.Groups[i], byField)
		if g.list != nil && (g.Context == "Device") != (g.base == deviceDetails) {
			return fmt.Errorf("the taxonomy has the group %s on the %s, where an event has no such list", g.ID, g.Context)
		}
		c.byURL[g.url] = i
		carried[g.Context] = append(carried[g.Context], g)
		for j := range g.fields {
			if f := &g.fields[j]; f.property != nil {
				c.fields[f.property] = f
			}
		}
	}
	for i := range c.t.Profiles {
		p := &c.t.Profiles[i]
		c.resources = append(c.resources, resourcePlan{p, "#" + p.ContainedID, carried[p.Resource]})
	}
	for i := range properties {
		p := &properties[i]
		if p.group != "" && c.fields[p] == nil && !(p.target == "description" && c.opts.rootDescription) {
			c.withoutField = append(c.withoutField, p)
		}
	}
	return nil
}

const (
	// deviceDetails is the group of which each contained Device has one.
	deviceDetails = "adverse-event-device-details"
	// patientInformation is the group of which each patient has one, if only to say
	// which patient it is.
	patientInformation = "patient-information"
)

// renamed are the fields of older versions that ask what a field of another name
// asks today.
var renamed = map[string]string{
	"patient-information/Gender":    "patient-information/GenderIdentity",
	"adverse-event-process/Process": "adverse-event-process/HealthcareProcess",
}

func newGroupPlan(t *taxonomy.Taxonomy, g *taxonomy.Group, byField map[string]*property) groupPlan {
	p := groupPlan{Group: g, base: strings.TrimSuffix(g.ID, t.Suffix()), url: t.URL(g.ID), byName: map[string]int{}}
	for i := range lists {
		if lists[i].group == p.base {
			p.list = &lists[i]
		}
	}
	for i := range statesOf {
		if statesOf[i].group == p.base && p.base != patientInformation {
			p.states = statesOf[i].any
		}
	}
	for i := range g.Fields {
		f := newFieldPlan(t, p.base, &g.Fields[i], byField)
		p.byName[f.Name] = i
		p.fields = append(p.fields, f)
	}
	return p
}

func newFieldPlan(t *taxonomy.Taxonomy, base string, field *taxonomy.Field, byField map[string]*property) fieldPlan {
	key := base + "/" + field.Name
	f := fieldPlan{Field: field, valueX: field.Type.ValueX(), property: byField[key], sequence: key == patientInformation+"/PatientSequence"}
	if f.property == nil {
		f.property = byField[renamed[key]]
	}
	if cs := t.CodeSystem(field.CodeSystem); cs != nil && len(cs.Concepts) > 0 && cs.Concepts[0].Name != "" {
		f.names = cs
	}
	return f
}

// group returns the plan of a group by its id without the version suffix, nil if
// the taxonomy has no such group.
func (c *Codec) group(base string) *groupPlan {
	for i := range c.groups {
		if c.groups[i].base == base {
			return &c.groups[i]
		}
	}
	return nil
}

// name turns a wire code into the name the model uses.
func (f *fieldPlan) name(code string) string { return nameOf(f.names, code) }

func nameOf(cs *taxonomy.CodeSystem, code string) string {
	if c := cs.Concept(code); c != nil && c.Name != "" {
		return c.Name
	}
	return RawCode + code
}

// codeOf turns a name of the model into the wire code; ok is false if the list
// does not have the name.
func codeOf(cs *taxonomy.CodeSystem, name string) (string, bool) {
	if code, ok := strings.CutPrefix(name, RawCode); ok && code != "" {
		return code, true
	}
	if c := cs.Named(name); c != nil {
		return c.Code, true
	}
	return "", false
}

func issue(severity fhir.Severity, rule, path, text, fix string) fhir.Issue {
	return fhir.Issue{Severity: severity, Rule: rule, Path: path, Offset: -1, Text: text, Fix: fix}
}
