package validate

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/nearest"
	"github.com/gpsafety/lfpse-go/lfpse/rule"
)

// Validator judges records against one taxonomy. It is immutable and safe for
// concurrent use.
type Validator struct {
	codec     *lfpse.Codec
	structure *structure
	rules     []ruleState
	byID      map[string]*ruleState
	checks    []compiled
	triggers  []trigger // of the checks
	asking    *asking
	wanted    map[string][]lfpse.Condition   // see Wanted
	fits      map[string][][]lfpse.Condition // see Fits
	today     func() lfpse.Date
	shortest  int                 // letters of a description
	layers    map[rule.Layer]bool // switched on
	pool      sync.Pool           // of *judgement
}

type options struct {
	layers  []rule.Layer
	without []string
	strict  bool
	today   func() lfpse.Date
	letters int
}

// Option changes what a [Validator] checks.
type Option func(*options)

// WithLayers restricts the checks to some layers. The default is all of them.
func WithLayers(layers ...rule.Layer) Option { return func(o *options) { o.layers = layers } }

// WithoutRules switches rules off by id, for instance when the service turns out to apply
// another rule. The default is to apply every rule of the catalogue.
func WithoutRules(rules ...string) Option {
	return func(o *options) { o.without = append(o.without, rules...) }
}

// WithStrict raises every warning to an error, so that rules that are only inferred, and
// lists that may have changed, count as much as those that are known.
func WithStrict() Option { return func(o *options) { o.strict = true } }

// WithToday makes dates in the future, and those of decades ago, a finding. today returns the
// current day where the events happened and is called once for each record. By default nothing
// is compared with the clock.
func WithToday(today func() lfpse.Date) Option { return func(o *options) { o.today = today } }

// WithMinDescription sets the number of letters below which a description is reported as
// too short to learn from (QUALITY-TEXT-SHORT). The default is 20. With 0 no description
// is too short.
func WithMinDescription(letters int) Option { return func(o *options) { o.letters = letters } }

// New compiles a validator for the taxonomy of a codec. It fails when an option
// names a layer or a rule that does not exist; the error names all of them.
func New(c *lfpse.Codec, opts ...Option) (*Validator, error) {
	if c == nil {
		return nil, errors.New("a validator needs a codec")
	}
	o := options{layers: layers, letters: shortest}
	for _, opt := range opts {
		opt(&o)
	}
	v := &Validator{codec: c, structure: newStructure(c.Taxonomy()), today: o.today, shortest: o.letters, layers: map[rule.Layer]bool{}}
	for _, r := range catalogue() {
		v.rules = append(v.rules, ruleState{definition: r, severity: r.Severity, rank: slices.Index(layers, r.Layer)})
	}
	v.byID = make(map[string]*ruleState, len(v.rules))
	for i := range v.rules {
		v.byID[v.rules[i].ID] = &v.rules[i]
	}
	if err := v.known(&o); err != nil {
		return nil, err
	}
	for i := range v.rules {
		v.enable(&v.rules[i], &o)
	}
	v.asking = newAsking(c, v.structure, v.checks, v.byID[ruleFieldMin].on)
	v.wanted = wantedBy(c, v.checks)
	v.fits = fitsBy(c, v.structure, v.checks)
	v.pool.New = func() any { return newJudgement(v) }
	return v, nil
}

// known checks that the options name layers and rules that exist.
func (v *Validator) known(o *options) error {
	var bad []string
	for _, l := range o.layers {
		if !slices.Contains(layers, l) {
			bad = append(bad, fmt.Sprintf("there is no layer %q", l)+nearest.Hint(string(l), texts(layers)))
		}
		v.layers[l] = true
	}
	for _, id := range o.without {
		if v.byID[id] == nil {
			bad = append(bad, fmt.Sprintf("there is no rule %q", id)+nearest.Hint(id, slices.Sorted(maps.Keys(v.byID))))
		}
	}
	if bad == nil {
		return nil
	}
	return errors.New(strings.Join(bad, "; "))
}

func texts[S ~string](list []S) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = string(s)
	}
	return out
}

// enable decides whether a rule applies and compiles its checks.
func (v *Validator) enable(r *ruleState, o *options) {
	if o.strict && r.severity == fhir.Warning {
		r.severity = fhir.Error
	}
	var checks []compiled
	lacking := false
	for i := range r.checks {
		if c, ok := v.structure.compile(r, &r.checks[i]); ok {
			checks = append(checks, c)
		}
	}
	if r.checks != nil {
		lacking = checks == nil
	} else if needs, ok := needed[r.ID]; ok {
		lacking = !slices.ContainsFunc(needs, func(ref string) bool { return v.structure.field(ref) != nil })
	}
	switch {
	case !v.layers[r.Layer]:
		r.off = "its layer is switched off"
	case slices.Contains(o.without, r.ID):
		r.off = "it is switched off"
	case lacking:
		r.off = "the taxonomy lacks what it is about"
	case len(r.Versions) > 0 && !slices.Contains(r.Versions, v.structure.Version):
		r.off = "its codes belong to other taxonomy versions"
	case r.ID == ruleRootText && strings.HasPrefix(v.structure.FHIRVersion, "3."):
		r.off = "FHIR STU3 has the element"
	case (r.ID == ruleDateFuture || r.ID == ruleDateOld) && v.today == nil:
		r.off = "the validator was not told today's date"
	case (r.ID == ruleAgeGrid || r.ID == ruleOld) && lfpse.AgeEncoding(v.structure.AgeEncoding) != lfpse.Age31x372:
		r.off = "the taxonomy encodes the age in another way"
	default:
		r.on = true
		for i := range checks {
			t := checks[i].trigger()
			t.of(v.structure).add(len(v.triggers))
			v.triggers = append(v.triggers, t)
		}
		v.checks = append(v.checks, checks...)
	}
}

// Rules returns the rules of this package as this validator applies them, with their
// severity or the reason why they are off, in the order of the layers.
func (v *Validator) Rules() []rule.Rule {
	rules := make([]rule.Rule, len(v.rules))
	for i := range v.rules {
		d := &v.rules[i]
		rules[i] = rule.Rule{
			ID: d.ID, Title: d.Title, Layer: d.Layer, Severity: d.severity, Versions: slices.Clone(d.Versions),
			Path: v.structure.pathOf(&d.definition), Evidence: d.Evidence, Confidence: d.Confidence, Source: d.Source,
			Why: d.Why, Fix: d.Fix, Absence: d.Absence, Asks: d.Asks, Off: d.off,
		}
		for _, t := range d.EventTypes {
			rules[i].EventTypes = append(rules[i].EventTypes, string(t))
		}
	}
	return rules
}

// Check judges one record in one walk. The result depends on nothing but the record and
// the options. Up to two other visitors, such as the privacy screen, can share the walk,
// so that the record is read only once; they visit what they would visit alone, and
// nothing if the event is nil. Check only reads the record, so it may be called
// concurrently as long as nobody changes it. No value of the record is repeated in the
// report.
func (v *Validator) Check(a *fhir.AdverseEvent, along ...fhir.Visitor) Report {
	j := v.pool.Get().(*judgement)
	j.judge(a, along)
	report := j.report()
	j.release()
	return report
}

// judgement is the state of the layers while they judge one record. Judgements are
// reused, so that a record without findings costs no allocation.
type judgement struct {
	v        *Validator
	walker   fhir.Walker
	visitors []fhir.Visitor
	record   record
	found    findings

	asker    asker
	elements elementLayers
	fhir     fhirLayer
	profile  profileLayer
	lfpse    lfpseLayer
	quality  qualityLayer
}

func newJudgement(v *Validator) *judgement {
	j := &judgement{v: v, record: newRecord(v.structure), found: findings{rules: v.byID}}
	j.asker = asker{asking: v.asking, r: &j.record}
	j.fhir = fhirLayer{found: &j.found, ids: map[string]int{}}
	j.profile = newProfileLayer(v.structure, &j.found, &j.record)
	j.lfpse = lfpseLayer{r: &j.record, found: &j.found, namedFields: &v.structure.named}
	j.quality = qualityLayer{r: &j.record, found: &j.found, namedFields: &v.structure.named, shortest: v.shortest}
	return j
}

// judge walks the layers and other visitors through a record.
func (j *judgement) judge(a *fhir.AdverseEvent, along []fhir.Visitor) {
	if a == nil {
		j.found.add(ruleRequired, fhir.Path{}).text = "There is no event."
		return
	}
	// In a record of another version, every code and group would be judged by the wrong
	// taxonomy.
	layers := j.v.layers
	judged := (layers[rule.LayerProfile] || layers[rule.LayerLFPSE] || layers[rule.LayerQuality]) && j.profile.begin(a)
	j.elements = elementLayers{}
	if judged {
		j.elements.profile = &j.profile
	}
	if layers[rule.LayerFHIR] {
		j.fhir.begin(a)
		j.elements.fhir = &j.fhir
	}
	j.visitors = append(append(j.visitors[:0], &j.elements), along...) // the first tells the others which words are those of the taxonomy
	j.walker.Walk(a, j.visitors...)
	j.fhir.end()
	if judged {
		j.profile.end()
		j.rules()
	}
}

// rules applies what the rules say about the record as a whole, once its groups have
// been read.
func (j *judgement) rules() {
	if j.v.today != nil {
		today := j.v.today()
		j.lfpse.today, j.quality.longAgo = string(today), yearsBefore(today, oldYears)
	}
	j.lfpse.organisations()
	k, may := checks{&j.record, &j.found}, j.record.checks()
	for i := range may.all() {
		if j.v.triggers[i].met(&j.record) {
			k.run(&j.v.checks[i])
		}
	}
	j.lfpse.run()
	if j.v.layers[rule.LayerQuality] {
		j.quality.run()
	}
	j.profile.missingFields()
}

// report turns the findings of the record into its report.
func (j *judgement) report() Report {
	if len(j.found.list) == 0 {
		return Report{Provisional: j.profile.keys()}
	}
	j.found.sort()
	const room = 1 // for what a visitor that went along has found
	n := len(j.found.list)
	r := Report{Provisional: j.profile.keys(), Issues: make(fhir.Issues, n, n+room)}
	asker := &j.asker
	for i := range j.found.list {
		f := &j.found.list[i]
		f.fill(&r.Issues[i])
		if f.ask == nil || !asker.arises(f) {
			continue
		}
		if r.asked == nil {
			r.asked = make([]bool, n)
		}
		r.asked[i] = true
	}
	r.Questions = asker.questions()
	return r
}

// release clears the record and returns the judgement to the pool.
func (j *judgement) release() {
	const most = 4096 // room that is kept for the next record
	if cap(j.record.answers) > most || cap(j.found.list) > most || len(j.fhir.ids) > most {
		return
	}
	clear(j.visitors)
	j.record.forget()
	j.found.forget()
	j.asker.forget()
	j.fhir.forget()
	j.profile.forget()
	j.v.pool.Put(j)
}
