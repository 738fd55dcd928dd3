package submission

import (
	"bytes"
	"errors"
	"hash/crc32"
	"iter"
	"slices"
	"sync"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/check"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/internal/ordered"
	"github.com/gpsafety/lfpse-go/lfpse/privacy"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

// Builder makes submissions for one taxonomy. It is immutable and safe for
// concurrent use.
type Builder struct {
	codec   *lfpse.Codec
	form    *draft.Form
	checker *check.Checker
	wanted  func(target string) []lfpse.Condition // of the checker
	memory  *sync.Pool                            // of *memory
}

// memory is reused by one Prepare after another, and cleared in between.
type memory struct {
	encoder *lfpse.Encoder
	verdict check.Verdict
	buffer  []byte
}

// clear leaves nothing of the last event behind.
func (m *memory) clear() {
	m.encoder.Reset()
	m.verdict = check.Verdict{}
	clear(m.buffer)
	m.buffer = m.buffer[:0]
}

// Option changes what a [Builder] does.
type Option func(*options)

type options struct {
	codec  []lfpse.Option
	today  func() lfpse.Date
	policy privacy.Policy
}

// WithEncoding passes options to the codec. The defaults are those of [lfpse.NewCodec].
func WithEncoding(opts ...lfpse.Option) Option {
	return func(o *options) { o.codec = append(o.codec, opts...) }
}

// WithToday sets the function that returns the current day where the events happened; a
// date after it is refused. The function may be called by several goroutines at once. The
// default is [lfpse.Today].
func WithToday(today func() lfpse.Date) Option { return func(o *options) { o.today = today } }

// WithPolicy sets which findings of the privacy screen block a report, hold it, or only
// inform. A map may have one, see Map.Policy of package mapping. The default is the zero
// policy.
func WithPolicy(p privacy.Policy) Option { return func(o *options) { o.policy = p } }

// NewBuilder compiles a builder for a taxonomy.
func NewBuilder(t *taxonomy.Taxonomy, opts ...Option) (*Builder, error) {
	o := options{today: lfpse.Today}
	for _, opt := range opts {
		opt(&o)
	}
	codec, err := lfpse.NewCodec(t, o.codec...)
	if err != nil {
		return nil, err
	}
	checker, err := check.New(codec, check.WithToday(o.today), check.WithPolicy(o.policy))
	if err != nil {
		return nil, err
	}
	pool := &sync.Pool{New: func() any { return &memory{encoder: codec.NewEncoder()} }}
	form := draft.NewForm(codec, draft.WithToday(o.today), draft.WithPolicy(o.policy))
	return &Builder{codec, form, checker, checker.Wanted, pool}, nil
}

// Codec returns the codec of the builder.
func (b *Builder) Codec() *lfpse.Codec { return b.codec }

// Form returns the builder's form, which fills in drafts.
func (b *Builder) Form() *draft.Form { return b.form }

// Prepare encodes the event of a draft, validates it, screens it for personal data and
// for the draft's Terms, applies the draft's Releases, and puts questions, findings and
// state into the draft. If the state is then [draft.Ready], it returns the submission to send, else the zero
// Submission. It may be called again after answers and corrections. A draft that is not
// [draft.Draft.Open] does not change, and the zero Submission is returned.
//
// A submission does not change when its draft changes or another draft is prepared.
func (b *Builder) Prepare(d *draft.Draft) (s Submission) {
	m := b.memory.Get().(*memory)
	defer func() {
		m.clear()
		b.memory.Put(m)
	}()
	var resource *fhir.AdverseEvent
	var own fhir.Issues
	if d.Open() {
		own = b.ownValues(d)
	}
	b.form.Decide(d, func(e *lfpse.Event) draft.Checks {
		var issues fhir.Issues
		resource, issues = m.encoder.Encode(e)
		m.verdict = b.checker.Event(resource, d.DenyList())
		c := b.checks(e, resource, issues, &m.verdict)
		c.Issues = append(c.Issues, own...)
		return c
	})
	if resource == nil || d.State != draft.Ready {
		return Submission{}
	}
	s, err := b.submission(m, resource)
	if err != nil {
		d.State, d.Issues = draft.Invalid, append(d.Issues, asIssues(err)...)
	}
	return s
}

// checks returns what was found out about an event: when it was encoded, and by the
// verdict on what came of it.
func (b *Builder) checks(e *lfpse.Event, a *fhir.AdverseEvent, encoding fhir.Issues, v *check.Verdict) draft.Checks {
	c := draft.Checks{Wanted: b.wanted, Questions: v.Questions, Privacy: v.Privacy()}
	own := b.ownQuestions(e)
	c.Issues = strictly(v.Faults(), own)
	if len(own) > 0 {
		c.Questions = append(slices.Clip(c.Questions), own...)
	}
	if encoding != nil {
		c.Issues = append(encoding, c.Issues...)
	}
	c.Targets = targets(b.codec, a, c.Privacy, c.Issues)
	return c
}

// Prepared is a draft that has been prepared, with the submission to send if it is ready.
type Prepared struct {
	draft.Draft
	Submission Submission
}

// PrepareAll makes and prepares the drafts of a source, such as a log of package mapping,
// in the order of the source. Making and preparing run in up to workers goroutines, which
// end with the loop. Up to 16 rows per worker are read ahead; they are lost if the loop
// is left early. An error of the source comes last.
func (b *Builder) PrepareAll(rows draft.Source, workers int) iter.Seq2[Prepared, error] {
	return ordered.Map(rows, workers, func(row func(*draft.Draft), p *Prepared) {
		row(&p.Draft)
		p.Submission = b.Prepare(&p.Draft)
	})
}

// testOrganisation is the rule that finds organisations that exist for tests only.
const testOrganisation = "LFPSE-ODS-TEST"

// submission makes the bytes of an event against which nothing stands, and says of them
// what the verdict says.
func (b *Builder) submission(m *memory, a *fhir.AdverseEvent) (Submission, error) {
	var err error
	if m.buffer, err = b.codec.Append(m.buffer, a); err != nil {
		return Submission{}, err
	}
	t := b.codec.Taxonomy()
	s := stored{
		Body:             bytes.Clone(m.buffer),
		Version:          t.Version,
		CanonicalBase:    t.CanonicalBase,
		Provisional:      m.verdict.Provisional,
		TestOrganisation: m.verdict.Has(testOrganisation),
	}
	if a.Id != nil {
		s.ID = *a.Id
	}
	return Submission{s, crc32.Checksum(s.Body, checksum)}, nil
}

// maxTargets bounds the work for an event with very many findings.
const maxTargets = 1000

// targets returns, by the path of each warning and error, the target of the property that
// it is about. Information is left out: it asks for no correction, and nearly every event
// has some.
func targets(c *lfpse.Codec, a *fhir.AdverseEvent, findings ...fhir.Issues) (out map[string]string) {
	for _, issues := range findings {
		for i := range issues {
			if issues[i].Severity == fhir.Information || len(out) == maxTargets {
				continue
			}
			if target := c.TargetAt(a, issues[i].Path); target != "" {
				if out == nil {
					out = map[string]string{}
				}
				out[issues[i].Path] = target
			}
		}
	}
	return out
}

func asIssues(err error) fhir.Issues {
	var issues fhir.Issues
	if errors.As(err, &issues) {
		return issues
	}
	return fhir.Issues{{Severity: fhir.Error, Rule: "ENC-FHIR", Path: "AdverseEvent", Offset: -1, Text: err.Error()}}
}
