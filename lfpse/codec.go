package lfpse

import (
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
	groups       []groupPlan    // in the order of the taxonomy
	byURL        map[string]int // group url to index in groups
	resources    []resourcePlan
	fields       map[*property]*fieldPlan
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

// Read reads the wire form of an event strictly, as [fhir.Decode] does. opts are
// for R4 only.
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
	c := &Codec{t: t, stu3: old, profileURL: t.ProfileURL(), eventTypes: t.CodeSystem(t.EventType)}
	for _, o := range opts {
		o(&c.opts)
	}
	// The description of STU3 is an element of the AdverseEvent.
	c.opts.rootDescription = c.opts.rootDescription || old
	return c, c.plan()
}

// Taxonomy returns the taxonomy the codec was compiled from.
func (c *Codec) Taxonomy() *taxonomy.Taxonomy { return c.t }
