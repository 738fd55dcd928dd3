package check

import (
	"strings"
	"sync"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/privacy"
	"github.com/gpsafety/lfpse-go/lfpse/validate"
)

// Layer names what a document is checked against: those of package validate, and
// the privacy screen.
type Layer = validate.Layer

// LayerPrivacy is the screen for personal data.
const LayerPrivacy Layer = "privacy"

// Layers returns all layers, in the order of their findings.
func Layers() []Layer {
	return []Layer{validate.LayerFHIR, validate.LayerProfile, validate.LayerLFPSE, validate.LayerQuality, LayerPrivacy}
}

// Checker gives verdicts by one taxonomy. It is immutable and safe for concurrent
// use; make one and keep it.
type Checker struct {
	codec     *lfpse.Codec
	reading   []fhir.DecodeOption
	validator *validate.Validator
	screener  *privacy.Screener // nil if the layer is off
	decoders  sync.Pool         // of *fhir.Decoder
}

// Option changes what a [Checker] does.
type Option func(*options)

type options struct {
	layers          []Layer
	validate        []validate.Option
	rootDescription bool
}

// WithLayers restricts the checks to some layers. The default is all of them. A
// document is read strictly in any case.
func WithLayers(layers ...Layer) Option { return func(o *options) { o.layers = layers } }

// WithStrict raises the warnings of the rules to errors. By default what is only
// inferred about the service stays a warning. The privacy screen keeps its
// severities.
func WithStrict() Option {
	return func(o *options) { o.validate = append(o.validate, validate.Strict()) }
}

// WithoutRules switches rules off by id. The default is to apply all.
func WithoutRules(ids ...string) Option {
	return func(o *options) { o.validate = append(o.validate, validate.Without(ids...)) }
}

// WithToday lets dates in the future be found: today is asked once a document and
// returns the day at the place of the events. It may be called by several goroutines
// at once. By default nothing is compared with the clock.
func WithToday(today func() lfpse.Date) Option {
	return func(o *options) { o.validate = append(o.validate, validate.Today(today)) }
}

// WithMinDescription sets how many letters a description has at least; see
// [validate.MinDescription]. The default is 20.
func WithMinDescription(letters int) Option {
	return func(o *options) { o.validate = append(o.validate, validate.MinDescription(letters)) }
}

// WithRootDescription tolerates AdverseEvent.description, which FHIR R4 does not
// have and some clients send, with a warning. By default it is an error.
func WithRootDescription() Option { return func(o *options) { o.rootDescription = true } }

// New compiles a checker for the taxonomy of a codec. The error names every layer
// and rule that does not exist.
func New(c *lfpse.Codec, opts ...Option) (*Checker, error) {
	o := options{layers: Layers()}
	for _, opt := range opts {
		opt(&o)
	}
	k := &Checker{codec: c}
	var rules []Layer
	for _, l := range o.layers {
		if l == LayerPrivacy {
			k.screener = privacy.New()
		} else {
			rules = append(rules, l)
		}
	}
	var err error
	if k.validator, err = validate.New(c, append(o.validate, validate.Only(rules...))...); err != nil {
		return nil, err
	}
	if o.rootDescription {
		k.reading = append(k.reading, fhir.TolerateRootDescription())
	}
	k.decoders.New = func() any { return fhir.NewDecoder(k.reading...) }
	return k, nil
}

// Document gives the verdict on a document as it came: UTF-8 JSON of at most 5 MiB.
// deny lists what must not stand in any text; it may be nil. The document is only
// read, and no value of it is repeated in the verdict.
func (k *Checker) Document(data []byte, deny *privacy.DenyList) Verdict {
	d := k.decoders.Get().(*fhir.Decoder)
	defer func() {
		d.Reset()
		k.decoders.Put(d)
	}()
	a, read := k.read(d, data)
	if a == nil || read.Ended() {
		return Verdict{Issues: read, faults: read}
	}
	v := k.Event(a, deny)
	if len(read) > 0 {
		v = k.afterReading(v, read, data, deny)
	}
	return v
}

func (k *Checker) read(d *fhir.Decoder, data []byte) (*fhir.AdverseEvent, fhir.Issues) {
	if strings.HasPrefix(k.codec.Taxonomy().FHIRVersion, "3.") {
		return k.codec.Read(data)
	}
	return d.Decode(data)
}

// Event gives the verdict on a record that is in memory, as one that is about to be
// sent. It may be called by several goroutines while nobody changes the record.
func (k *Checker) Event(a *fhir.AdverseEvent, deny *privacy.DenyList) Verdict {
	var report validate.Report
	var private fhir.Issues
	if k.screener == nil {
		report = k.validator.Check(a)
	} else {
		report, private = k.validator.CheckAndScreen(a, k.screener, deny)
	}
	v := Verdict{Issues: report.Issues, Questions: report.Questions, faults: report.Faults(), private: len(private)}
	v.Issues = append(v.Issues, private...)
	return v
}

// Rules returns the rules of package validate as this checker applies them.
func (k *Checker) Rules() []validate.Rule { return k.validator.Rules() }
