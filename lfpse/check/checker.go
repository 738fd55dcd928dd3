package check

import (
	"slices"
	"strings"
	"sync"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/privacy"
	"github.com/gpsafety/lfpse-go/lfpse/rule"
	"github.com/gpsafety/lfpse-go/lfpse/validate"
)

// Layers returns the layers of a document that can be switched on and off, in the order
// of their findings. Reading is always strict, whatever the layers.
func Layers() []rule.Layer {
	return []rule.Layer{rule.LayerFHIR, rule.LayerProfile, rule.LayerLFPSE, rule.LayerQuality, rule.LayerPrivacy}
}

// Checker gives verdicts by one taxonomy. It is immutable and safe for concurrent
// use; make one and keep it.
type Checker struct {
	codec     *lfpse.Codec
	stu3      bool // the form of the documents
	validator *validate.Validator
	screener  *privacy.Screener // nil if the layer is off
	policy    privacy.Policy
	absence   map[string]bool // the rules whose findings can be about something missing
	valueless bool            // the rule of that name is applied
	decoders  sync.Pool       // of *fhir.Decoder
}

// Option changes what a [Checker] does.
type Option func(*options)

type options struct {
	layers   []rule.Layer
	validate []validate.Option
	reading  []fhir.DecodeOption
	privacy  privacy.Policy
}

// WithLayers restricts the checks to some layers. The default is all of them.
func WithLayers(layers ...rule.Layer) Option { return func(o *options) { o.layers = layers } }

// WithStrict raises warnings of the rules to errors. By default, rules that are only
// inferred about the service give warnings. The severities of the privacy screen do not
// change; see [WithPolicy].
func WithStrict() Option {
	return func(o *options) { o.validate = append(o.validate, validate.WithStrict()) }
}

// WithoutRules switches rules of package validate off by id. The default is to apply
// all.
func WithoutRules(ids ...string) Option {
	return func(o *options) { o.validate = append(o.validate, validate.WithoutRules(ids...)) }
}

// WithToday makes dates in the future, and those of decades ago, a finding. today returns the
// local day where the events happened; it is called once per document, perhaps by several
// goroutines at once.
// By default nothing is compared with the clock.
func WithToday(today func() lfpse.Date) Option {
	return func(o *options) { o.validate = append(o.validate, validate.WithToday(today)) }
}

// WithMinDescription sets the least number of letters of a description; see
// [validate.WithMinDescription]. The default is 20.
func WithMinDescription(letters int) Option {
	return func(o *options) { o.validate = append(o.validate, validate.WithMinDescription(letters)) }
}

// WithRootDescription makes AdverseEvent.description, which FHIR R4 does not have but
// some clients send, a warning. By default it is an error.
func WithRootDescription() Option {
	return func(o *options) { o.reading = append(o.reading, fhir.WithRootDescription()) }
}

// WithPolicy sets what findings of the privacy screen do, and so their severities. The
// default is the zero policy.
func WithPolicy(p privacy.Policy) Option { return func(o *options) { o.privacy = p } }

// New compiles a checker for the taxonomy of a codec. The error names every layer
// and rule that does not exist.
func New(c *lfpse.Codec, opts ...Option) (*Checker, error) {
	o := options{layers: Layers()}
	for _, opt := range opts {
		opt(&o)
	}
	k := &Checker{codec: c, stu3: strings.HasPrefix(c.Taxonomy().FHIRVersion, "3."), policy: o.privacy, absence: map[string]bool{}}
	var judging []rule.Layer
	for _, l := range o.layers {
		if l == rule.LayerPrivacy {
			k.screener = privacy.New(privacy.WithTaxonomy(c.Taxonomy()), privacy.WithPolicy(o.privacy))
		} else {
			judging = append(judging, l)
		}
	}
	var err error
	if k.validator, err = validate.New(c, append(o.validate, validate.WithLayers(judging...))...); err != nil {
		return nil, err
	}
	for _, r := range k.validator.Rules() {
		k.absence[r.ID] = r.Absence
		k.valueless = k.valueless || r.ID == valueless && r.Off == ""
	}
	k.decoders.New = func() any { return fhir.NewDecoder(o.reading...) }
	return k, nil
}

// Rules returns the whole catalogue, with the severities and switches of this checker:
// the rules about a document, and those about what comes before and after it.
func (k *Checker) Rules() rule.Catalogue {
	fixed := rule.Fixed()
	for i := range fixed {
		if class, ok := privacy.ClassOf(fixed[i].ID); ok {
			fixed[i].Severity = k.policy.Effect(class).Severity()
		}
	}
	return rule.Combine(fixed, k.validator.Rules())
}

// Wanted returns the conditions under which no rule finds fault with an answer because of
// another one; see [validate.Validator.Wanted].
func (k *Checker) Wanted(target string) []lfpse.Condition { return k.validator.Wanted(target) }

// Document gives the verdict on a document as it was received: UTF-8 JSON of at most 5
// MiB. deny lists what must not stand in any text, such as the names of the patient
// concerned; it may be nil. The document is only read, and no value of it is repeated in
// the verdict.
func (k *Checker) Document(data []byte, deny *privacy.DenyList) Verdict {
	d := k.decoders.Get().(*fhir.Decoder)
	defer func() {
		d.Reset()
		k.decoders.Put(d)
	}()
	a, read := k.read(d, data)
	if len(read) == 0 {
		return k.Event(a, deny)
	}
	if i, ok := k.another(data, read); ok {
		return k.other(i, a, read, data, deny)
	}
	if a == nil || read.Ended() || unreadable(read) {
		return k.afterReading(k.screen(a, deny), read, data, deny)
	}
	v := k.Event(a, deny)
	if n := slices.IndexFunc(v.Issues, ofAnotherVersion); n >= 0 {
		return k.other(v.Issues[n], a, read, data, deny)
	}
	return k.afterReading(v, read, data, deny)
}

// ofAnotherVersion reports whether a finding is that the record as a whole is of another
// version of the taxonomy.
func ofAnotherVersion(i fhir.Issue) bool {
	return i.Rule == "PROFILE-VERSION" && strings.HasPrefix(i.Path, root+".meta.profile")
}

// read reads the wire form of the taxonomy.
func (k *Checker) read(d *fhir.Decoder, data []byte) (*fhir.AdverseEvent, fhir.Issues) {
	if k.stu3 {
		return k.codec.Read(data)
	}
	return d.Decode(data)
}

// screen gives the verdict of the screen for personal data alone.
func (k *Checker) screen(a *fhir.AdverseEvent, deny *privacy.DenyList) (v Verdict) {
	if k.screener != nil && a != nil {
		v.Issues = k.screener.ScanEvent(a, deny)
		v.private = len(v.Issues)
	}
	return v
}

// Event gives the verdict on a record that is in memory, such as one that is about to
// be sent. It may be called by several goroutines while nobody changes the record.
func (k *Checker) Event(a *fhir.AdverseEvent, deny *privacy.DenyList) Verdict {
	if k.screener == nil {
		report := k.validator.Check(a)
		return Verdict{Issues: report.Issues, Questions: report.Questions, Provisional: report.Provisional, faults: report.Faults()}
	}
	screening := k.screener.Begin(deny)
	report := k.validator.Check(a, screening)
	v := Verdict{Questions: report.Questions, Provisional: report.Provisional, faults: report.Faults()}
	private := screening.Issues()
	v.Issues, v.private = append(report.Issues, private...), len(private)
	return v
}
