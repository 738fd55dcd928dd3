package lfpse

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

// Codec translates between [Event] and the FHIR AdverseEvent of one taxonomy.
// It is immutable and safe for concurrent use.
type Codec struct {
	t    *taxonomy.Taxonomy
	opts options

	profileURL string
	eventTypes *taxonomy.CodeSystem
	groups     []groupPlan    // in the order of the taxonomy
	byURL      map[string]int // group url to index in groups
	resources  []*taxonomy.Profile
}

type options struct {
	rootDescription bool
	flatMedicines   bool
	noDeviceModel   bool
}

// Option changes how a [Codec] encodes what the public material leaves open.
type Option func(*options)

// WithRootDescription also sends the description as AdverseEvent.description, as
// one public client does. FHIR R4 has no such element, so validators refuse it.
// The default is to send it in the adverse-event-core group alone.
func WithRootDescription() Option { return func(o *options) { o.rootDescription = true } }

// WithFlatMedicines sends all dm+d medicines in one medication-dmd extension
// whose members repeat in order, as one public client does. The default is one
// extension a medicine, as national analysis data has one row a medicine.
func WithFlatMedicines() Option { return func(o *options) { o.flatMedicines = true } }

// WithoutDeviceModel leaves Device.modelNumber out. The default is to send it
// under its R4 name.
func WithoutDeviceModel() Option { return func(o *options) { o.noDeviceModel = true } }

// NewCodec compiles a codec for a taxonomy. It fails when the taxonomy's FHIR
// version is one whose wire form the codec does not write.
func NewCodec(t *taxonomy.Taxonomy, opts ...Option) (*Codec, error) {
	if !strings.HasPrefix(t.FHIRVersion, "4.") {
		return nil, fmt.Errorf("taxonomy version %s is FHIR %s; this codec writes R4", t.Version, t.FHIRVersion)
	}
	c := &Codec{t: t, profileURL: t.ProfileURL(), eventTypes: t.CodeSystem(t.EventType), byURL: map[string]int{}}
	for _, o := range opts {
		o(&c.opts)
	}
	slots := eventSlots()
	for i := range t.Groups {
		g := &t.Groups[i]
		c.byURL[t.URL(g.ID)] = i
		c.groups = append(c.groups, newGroupPlan(t, g, slots))
	}
	for i := range t.Profiles {
		c.resources = append(c.resources, &t.Profiles[i])
	}
	return c, nil
}

// Taxonomy returns the taxonomy the codec was compiled from.
func (c *Codec) Taxonomy() *taxonomy.Taxonomy { return c.t }

// groupPlan says where the fields of one taxonomy group live in an Event.
type groupPlan struct {
	*taxonomy.Group
	base   string // id without the version suffix
	url    string
	list   int    // index in Event of the slice whose elements hold the group, -1 if the Event itself does
	target string // name of that slice in the JSON form of an Event
	fields []fieldPlan
	byName map[string]int
}

type fieldPlan struct {
	*taxonomy.Field
	path     []int  // where the value lives, below the Event or the element; nil for an Extra
	target   string // the path in the JSON form of an Event
	names    *taxonomy.CodeSystem
	sequence bool // PatientSequence, which is the position of the patient
}

// repeats reports whether there is one extension of the group for each element
// of a list: for each patient or medicine.
func (g *groupPlan) repeats() bool { return g.list >= 0 }

func newGroupPlan(t *taxonomy.Taxonomy, g *taxonomy.Group, slots map[string]slot) groupPlan {
	p := groupPlan{Group: g, base: strings.TrimSuffix(g.ID, t.Suffix()), url: t.URL(g.ID), list: -1, byName: map[string]int{}}
	if s, ok := slots[p.base]; ok {
		p.list, p.target = s.list, s.target
	}
	for i := range g.Fields {
		f := fieldPlan{Field: &g.Fields[i], sequence: p.base == "patient-information" && g.Fields[i].Name == "PatientSequence"}
		if s, ok := slots[p.base+"/"+f.Name]; ok {
			f.path, f.target = s.path, s.target
		}
		if cs := t.CodeSystem(f.CodeSystem); cs != nil && len(cs.Concepts) > 0 && cs.Concepts[0].Name != "" {
			f.names = cs
		}
		p.byName[f.Name] = i
		p.fields = append(p.fields, f)
	}
	return p
}

// slot is the place of a group or a field in the Event type.
type slot struct {
	list   int
	path   []int
	target string // the path in the JSON form
}

// eventSlots reads the lfpse tags of Event: the key is GROUP, or GROUP/FIELD.
func eventSlots() map[string]slot {
	slots := map[string]slot{}
	event := reflect.TypeFor[Event]()
	for i := range event.NumField() {
		f := event.Field(i)
		tag := f.Tag.Get("lfpse")
		switch {
		case tag == "":
		case strings.Contains(tag, "/"):
			slots[tag] = slot{-1, []int{i}, jsonTag(f)}
		case f.Type.Kind() == reflect.Slice:
			slots[tag] = slot{list: i, target: jsonTag(f)}
			addFields(slots, tag, f.Type.Elem(), slot{list: i})
		default:
			slots[tag] = slot{list: -1}
			addFields(slots, tag, f.Type, slot{-1, []int{i}, jsonTag(f) + "."})
		}
	}
	return slots
}

func addFields(slots map[string]slot, tag string, group reflect.Type, at slot) {
	for j := range group.NumField() {
		path := append(append([]int(nil), at.path...), j)
		slots[tag+"/"+group.Field(j).Name] = slot{at.list, path, at.target + jsonTag(group.Field(j))}
	}
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
