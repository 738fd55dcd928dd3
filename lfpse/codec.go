package lfpse

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/fhir/stu3"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

// Codec translates between [Event] and the FHIR AdverseEvent of one taxonomy.
// It is immutable and safe for concurrent use.
type Codec struct {
	t    *taxonomy.Taxonomy
	opts options

	profileURL string
	eventTypes *taxonomy.CodeSystem
	groups     []groupPlan             // in the order of the taxonomy
	byURL      map[string]int          // group url to index in groups
	carried    map[string][]*groupPlan // groups by the resource that carries them
	resources  []resourcePlan
	notCarried map[reflect.Type][]element
	stu3       bool   // the wire form is FHIR STU3
	homeless   []slot // properties of an Event that the taxonomy has no field for
}

// Append appends the wire form of an encoded event as canonical JSON: FHIR R4, or
// STU3 for a taxonomy that is written in it. The error is of type [fhir.Issues].
func (c *Codec) Append(dst []byte, a *fhir.AdverseEvent) ([]byte, error) {
	if c.stu3 {
		return stu3.Append(dst, a)
	}
	return fhir.Append(dst, a)
}

// Read reads the wire form of an event strictly, as [fhir.Decode] does. opts are
// for R4 only.
func (c *Codec) Read(data []byte, opts ...fhir.DecodeOption) (*fhir.AdverseEvent, fhir.Issues) {
	if c.stu3 {
		return stu3.Decode(data)
	}
	return fhir.Decode(data, opts...)
}

// Reader reads one record after the other as [Codec.Read] does, into the same memory,
// for who looks at many and keeps none: see [fhir.Decoder]. It is for one goroutine at
// a time.
type Reader struct {
	c *Codec
	d *fhir.Decoder
}

// NewReader returns a reader with the options of [Codec.Read].
func (c *Codec) NewReader(opts ...fhir.DecodeOption) *Reader {
	return &Reader{c, fhir.NewDecoder(opts...)}
}

// Read reads one record, which is valid until the reader is used again.
func (r *Reader) Read(data []byte) (*fhir.AdverseEvent, fhir.Issues) {
	if r.c.stu3 {
		return r.c.Read(data)
	}
	return r.d.Decode(data)
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
	old := strings.HasPrefix(t.FHIRVersion, "3.")
	if !old && !strings.HasPrefix(t.FHIRVersion, "4.") {
		return nil, fmt.Errorf("taxonomy version %s is FHIR %s; this codec writes STU3 and R4", t.Version, t.FHIRVersion)
	}
	c := &Codec{t: t, stu3: old, profileURL: t.ProfileURL(), eventTypes: t.CodeSystem(t.EventType), byURL: map[string]int{}, notCarried: notCarried()}
	for _, o := range opts {
		o(&c.opts)
	}
	// The description of STU3 is an element of the AdverseEvent.
	c.opts.rootDescription = c.opts.rootDescription || old
	slots := eventSlots()
	for i := range t.Groups {
		g := &t.Groups[i]
		c.byURL[t.URL(g.ID)] = i
		p := newGroupPlan(t, g, slots)
		if p.repeats() && (p.Context == "Device") != (p.base == deviceDetails) {
			return nil, fmt.Errorf("the taxonomy has the group %s on the %s, where an event has no such list", g.ID, g.Context)
		}
		c.groups = append(c.groups, p)
	}
	c.carried = map[string][]*groupPlan{}
	for i := range c.groups {
		g := &c.groups[i]
		c.carried[g.Context] = append(c.carried[g.Context], g)
	}
	for i := range t.Profiles {
		c.resources = append(c.resources, resourcePlan{&t.Profiles[i], "#" + t.Profiles[i].ContainedID})
	}
	c.homeless = c.withoutHome(slots)
	return c, nil
}

// Taxonomy returns the taxonomy the codec was compiled from.
func (c *Codec) Taxonomy() *taxonomy.Taxonomy { return c.t }

// resourcePlan is a profile with the reference to its contained resource.
type resourcePlan struct {
	*taxonomy.Profile
	reference string
}

// groupPlan says where the fields of one taxonomy group live in an Event.
type groupPlan struct {
	*taxonomy.Group
	base   string // id without the version suffix
	url    string
	list   int    // index in Event of the slice whose elements hold the group, -1 if the Event itself does
	target string // name of that slice in the JSON form of an Event
	// modelled groups have properties of an Event for all their fields.
	modelled bool
	unsure   bool // the group, a field or a code of it may be provisional
	number   int  // in groupNumbers, 0 for none
	home     int  // index in Event of the struct that all fields live in, -1 if there is none
	fields   []fieldPlan
	byName   map[string]int
	// byProperty finds a field by the name of its property in Event, which for a
	// few fields of older versions is another.
	byProperty map[string]int
}

type fieldPlan struct {
	*taxonomy.Field
	path     []int  // where the value lives, below the Event or the element; nil for an Extra
	rest     []int  // the path below the group's home
	target   string // the path in the JSON form of an Event
	property string // of the extension that holds the value, such as valueCode
	names    *taxonomy.CodeSystem
	unsure   *taxonomy.CodeSystem // the list, where a code of it may be provisional
	sequence bool                 // PatientSequence, which is the position of the patient
}

// repeats reports whether there is one extension of the group for each element
// of a list: for each patient or medicine.
func (g *groupPlan) repeats() bool { return g.list >= 0 }

// renamed are the fields of older versions that ask what a field of another name
// asks today.
var renamed = map[string]string{
	"patient-information/Gender":    "GenderIdentity",
	"adverse-event-process/Process": "HealthcareProcess",
}

// property returns the name of the property of a group that holds a field.
func property(base, field string) string {
	if name := renamed[base+"/"+field]; name != "" {
		return name
	}
	return field
}

// withoutHome lists the properties of an Event that the taxonomy has no field
// for, in the order of their targets.
func (c *Codec) withoutHome(slots map[string]slot) []slot {
	for i := range c.groups {
		g := &c.groups[i]
		for name := range g.byProperty {
			delete(slots, g.base+"/"+name)
		}
	}
	if c.opts.rootDescription {
		delete(slots, "adverse-event-core/Description")
	}
	var out []slot
	for key, s := range slots {
		if strings.Contains(key, "/") && s.path != nil && !inResource[key] {
			out = append(out, s)
		}
	}
	slices.SortFunc(out, func(a, b slot) int { return strings.Compare(a.target, b.target) })
	return out
}

// deviceDetails is the group of which each contained Device has one.
const deviceDetails = "adverse-event-device-details"

// inResource are properties that are elements of a FHIR resource, whatever the
// taxonomy.
var inResource = map[string]bool{deviceDetails + "/Manufacturer": true, deviceDetails + "/ModelNumber": true}

func newGroupPlan(t *taxonomy.Taxonomy, g *taxonomy.Group, slots map[string]slot) groupPlan {
	p := groupPlan{Group: g, base: strings.TrimSuffix(g.ID, t.Suffix()), url: t.URL(g.ID), list: -1, byName: map[string]int{}, byProperty: map[string]int{}}
	p.number = groupNumbers[p.base]
	if s, ok := slots[p.base]; ok {
		p.list, p.target = s.list, s.target
	}
	for i := range g.Fields {
		f := fieldPlan{Field: &g.Fields[i], property: g.Fields[i].Type.ValueX(), sequence: p.base == "patient-information" && g.Fields[i].Name == "PatientSequence"}
		if s, ok := slots[p.base+"/"+property(p.base, f.Name)]; ok {
			f.path, f.target = s.path, s.target
		}
		if cs := t.CodeSystem(f.CodeSystem); cs != nil {
			if len(cs.Concepts) > 0 && cs.Concepts[0].Name != "" {
				f.names = cs
			}
			if unsure(cs) {
				f.unsure = cs
			}
		}
		p.byName[f.Name], p.byProperty[property(p.base, f.Name)] = i, i
		p.fields = append(p.fields, f)
	}
	p.unsure = g.Provisional || slices.ContainsFunc(p.fields, func(f fieldPlan) bool { return f.Provisional || f.unsure != nil })
	p.modelled = !slices.ContainsFunc(p.fields, func(f fieldPlan) bool { return f.path == nil })
	p.settle()
	return p
}

// settle finds the home of the group.
func (g *groupPlan) settle() {
	g.home = g.commonHome()
	for i := range g.fields {
		f := &g.fields[i]
		f.rest = f.path
		if f.path != nil && g.home >= 0 {
			f.rest = f.path[1:]
		}
	}
}

func (g *groupPlan) commonHome() int {
	home := -1
	for i := range g.fields {
		path := g.fields[i].path
		switch {
		case path == nil:
		case len(path) < 2 || home >= 0 && home != path[0]:
			return -1
		default:
			home = path[0]
		}
	}
	return home
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
