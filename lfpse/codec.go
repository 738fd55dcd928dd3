package lfpse

import (
	"errors"
	"fmt"
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

	stu3         bool // the wire form is FHIR STU3
	profileURL   string
	eventTypes   *taxonomy.CodeSystem
	groups       []compiledGroup // in the order of the taxonomy
	byURL        map[string]int  // group url to index in groups
	resources    []compiledResource
	bindings     []binding   // of the properties of an Event, in the order of the table
	withoutField []*property // properties of an Event that the taxonomy has no field for
}

// Append appends the wire form of an encoded event as canonical JSON: FHIR R4, or
// STU3 for a taxonomy that is written in it. The error is of type [fhir.Issues].
func (c *Codec) Append(dst []byte, a *fhir.AdverseEvent) ([]byte, error) {
	if c.stu3 {
		return stu3.Append(dst, a)
	}
	return fhir.Append(dst, a)
}

// Read reads the wire form of an event as strictly as [fhir.Decode] does. opts apply to
// R4 only.
func (c *Codec) Read(data []byte, opts ...fhir.DecodeOption) (*fhir.AdverseEvent, fhir.Issues) {
	if c.stu3 {
		return stu3.Decode(data)
	}
	return fhir.Decode(data, opts...)
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

// WithFlatMedicines sends all dm+d medicines in one medication-dmd extension whose
// members repeat in order, as one public client does. The default is one extension per
// medicine, since national analysis data has one row per medicine.
func WithFlatMedicines() Option { return func(o *options) { o.flatMedicines = true } }

// WithoutDeviceModel leaves Device.modelNumber out. The default is to send it
// under its R4 name.
func WithoutDeviceModel() Option { return func(o *options) { o.noDeviceModel = true } }

// NewCodec compiles a codec for a taxonomy. It fails when the taxonomy's FHIR version is
// neither R4 nor STU3, or when it has a group on a resource of which an event has no
// list, and without a taxonomy.
func NewCodec(t *taxonomy.Taxonomy, opts ...Option) (*Codec, error) {
	if t == nil {
		return nil, errors.New("a codec needs a taxonomy: see taxonomy.Embedded")
	}
	old := strings.HasPrefix(t.FHIRVersion, "3.")
	if !old && !strings.HasPrefix(t.FHIRVersion, "4.") {
		return nil, fmt.Errorf("taxonomy version %s is FHIR %s; this codec writes STU3 and R4", t.Version, t.FHIRVersion)
	}
	c := &Codec{t: t, stu3: old, profileURL: t.ProfileURL(), eventTypes: t.CodeSystem(t.EventType)}
	for _, o := range opts {
		o(&c.opts)
	}
	// The description of STU3 is an element of the AdverseEvent.
	c.opts.rootDescription = c.opts.rootDescription || old
	return c, c.compile()
}

// Taxonomy returns the taxonomy the codec was compiled from.
func (c *Codec) Taxonomy() *taxonomy.Taxonomy { return c.t }

// compiledResource is the profile of a resource with the groups that the resource carries
// and, if it is a contained one, the reference to it.
type compiledResource struct {
	*taxonomy.Profile
	reference string
	groups    []*compiledGroup
}

// compiledGroup is one taxonomy group with the properties of an Event that hold its
// fields.
type compiledGroup struct {
	*taxonomy.Group
	base   string // id without the version suffix
	url    string
	list   *list // whose elements hold the group, nil if the Event itself does
	fields []compiledField
	byName map[string]int
	// states reports whether the event states any field of the group, extras excepted;
	// nil if the group is sent in any case.
	states func(e *Event, i int) bool
}

// compiledField is one taxonomy field with the property that holds its value.
type compiledField struct {
	*taxonomy.Field
	property *property // nil for a field that an Event keeps in Extra, and for the sequence
	valueX   string    // the element of the extension that holds the value, such as valueCode
	names    *taxonomy.CodeSystem
	sequence bool // PatientSequence, which is the position of the patient
}

// compile compiles the parts of the taxonomy that the codec needs.
func (c *Codec) compile() error {
	byField := make(map[string]*property, len(properties))
	for i := range properties {
		if p := &properties[i]; p.group != "" {
			byField[p.group+"/"+p.field] = p
		}
	}
	c.byURL = map[string]int{}
	carried := map[string][]*compiledGroup{}
	c.groups = make([]compiledGroup, len(c.t.Groups))
	fields := make(map[*property]*compiledField, len(properties))
	for i := range c.groups {
		g := &c.groups[i]
		*g = compileGroup(c.t, &c.t.Groups[i], byField)
		if g.list != nil && (g.Context == "Device") != (g.base == deviceDetails) {
			return fmt.Errorf("the taxonomy has the group %s on the %s, of which an event has no such list", g.ID, g.Context)
		}
		c.byURL[g.url] = i
		carried[g.Context] = append(carried[g.Context], g)
		for j := range g.fields {
			if f := &g.fields[j]; f.property != nil {
				fields[f.property] = f
			}
		}
	}
	for i := range c.t.Profiles {
		p := &c.t.Profiles[i]
		c.resources = append(c.resources, compiledResource{p, "#" + p.ContainedID, carried[p.Resource]})
	}
	for i := range properties {
		p := &properties[i]
		c.bindings = append(c.bindings, c.bind(p, fields[p]))
		if p.group != "" && fields[p] == nil && !(p.target == "description" && c.opts.rootDescription) {
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

// renamed maps fields of older versions to the fields that ask the same today.
var renamed = map[string]string{
	"patient-information/Gender":    "patient-information/GenderIdentity",
	"adverse-event-process/Process": "adverse-event-process/HealthcareProcess",
}

func compileGroup(t *taxonomy.Taxonomy, g *taxonomy.Group, byField map[string]*property) compiledGroup {
	p := compiledGroup{Group: g, base: strings.TrimSuffix(g.ID, t.Suffix()), url: t.URL(g.ID), byName: map[string]int{}}
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
		f := compileField(t, p.base, &g.Fields[i], byField)
		p.byName[f.Name] = i
		p.fields = append(p.fields, f)
	}
	return p
}

func compileField(t *taxonomy.Taxonomy, base string, field *taxonomy.Field, byField map[string]*property) compiledField {
	key := base + "/" + field.Name
	f := compiledField{Field: field, valueX: field.Type.ValueX(), property: byField[key], sequence: key == patientInformation+"/PatientSequence"}
	if f.property == nil {
		f.property = byField[renamed[key]]
	}
	if cs := t.CodeSystem(field.CodeSystem); cs != nil && len(cs.Concepts) > 0 && cs.Concepts[0].Name != "" {
		f.names = cs
	}
	return f
}

// group returns a group by its id without the version suffix, nil if the taxonomy has no
// such group.
func (c *Codec) group(base string) *compiledGroup {
	for i := range c.groups {
		if c.groups[i].base == base {
			return &c.groups[i]
		}
	}
	return nil
}

// name turns a wire code into the name the model uses.
func (f *compiledField) name(code string) string { return nameOf(f.names, code) }

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
