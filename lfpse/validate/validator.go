package validate

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse"
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
	asking    asking
	today     func() lfpse.Date
	shortest  int            // letters of a description
	layers    map[Layer]bool // switched on
	pool      sync.Pool      // of *judgement
}

// ruleState is a rule as this validator applies it.
type ruleState struct {
	Rule
	severity fhir.Severity
	on       bool
	rank     int // of its layer
}

type options struct {
	layers  []Layer
	without []string
	strict  bool
	today   func() lfpse.Date
	letters int
}

// Option changes what a [Validator] checks.
type Option func(*options)

// Only restricts the checks to some layers. The default is all of them.
func Only(layers ...Layer) Option { return func(o *options) { o.layers = layers } }

// Without switches rules off by id. The default is to apply every rule of the
// catalogue. Use it when the service turns out to see a thing differently.
func Without(rules ...string) Option {
	return func(o *options) { o.without = append(o.without, rules...) }
}

// Strict raises every warning to an error: what is only inferred about the
// service, or is in a list that may have changed, then counts as much as what is
// known. By default it stays a warning.
func Strict() Option { return func(o *options) { o.strict = true } }

// Today lets the validator find dates in the future: today is asked once for each
// record and returns the current day at the place of the events. By default
// nothing is compared with the clock.
func Today(today func() lfpse.Date) Option { return func(o *options) { o.today = today } }

// MinDescription sets how many letters a description has at least, so that others
// can learn from it; fewer are a finding of QUALITY-TEXT-SHORT. The default is 20.
// With 0 no description is too short.
func MinDescription(letters int) Option { return func(o *options) { o.letters = letters } }

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
	v := &Validator{codec: c, structure: newStructure(c.Taxonomy()), today: o.today, shortest: o.letters, layers: map[Layer]bool{}}
	for _, r := range catalogue() {
		v.rules = append(v.rules, ruleState{Rule: r, severity: r.Severity, rank: slices.Index(layers, r.Layer)})
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
	v.asking = v.compileAsking()
	v.pool.New = func() any { return newJudgement(v) }
	return v, nil
}

// known checks that the options name layers and rules that exist.
func (v *Validator) known(o *options) error {
	var bad []string
	for _, l := range o.layers {
		if !slices.Contains(layers, l) {
			bad = append(bad, fmt.Sprintf("there is no layer %q", l))
		}
		v.layers[l] = true
	}
	for _, id := range o.without {
		if v.byID[id] == nil {
			bad = append(bad, fmt.Sprintf("there is no rule %q", id))
		}
	}
	if bad == nil {
		return nil
	}
	return errors.New(strings.Join(bad, "; "))
}

// enable decides whether a rule is in force and compiles its checks.
func (v *Validator) enable(r *ruleState, o *options) {
	if o.strict && r.severity == fhir.Warning {
		r.severity = fhir.Error
	}
	var checks []compiled
	lacking := false
	for i := range r.checks {
		if c, ok := v.compile(r, &r.checks[i]); ok {
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
		r.Off = "its layer is switched off"
	case slices.Contains(o.without, r.ID):
		r.Off = "it is switched off"
	case lacking:
		r.Off = "the taxonomy lacks what it looks at"
	case len(r.Versions) > 0 && !slices.Contains(r.Versions, v.structure.Version):
		r.Off = "its codes are those of other taxonomy versions"
	case r.ID == ruleRootText && strings.HasPrefix(v.structure.FHIRVersion, "3."):
		r.Off = "FHIR STU3 has the element"
	case r.ID == ruleDateFuture && v.today == nil:
		r.Off = "the validator was not told today's date"
	case (r.ID == ruleAgeGrid || r.ID == ruleOld) && lfpse.AgeEncoding(v.structure.AgeEncoding) != lfpse.Age31x372:
		r.Off = "the taxonomy encodes the age in another way"
	default:
		r.on = true
		for i := range checks {
			v.triggers = append(v.triggers, checks[i].trigger())
		}
		v.checks = append(v.checks, checks...)
	}
	r.Rule.Severity = r.severity
}

// Rules returns the catalogue as this validator applies it: with the severity in
// force, and the reason where a rule is not. The order is that of the layers.
func (v *Validator) Rules() []Rule {
	rules := make([]Rule, len(v.rules))
	for i := range v.rules {
		rules[i] = v.rules[i].Rule
		rules[i].Versions = slices.Clone(rules[i].Versions)
		rules[i].EventTypes = slices.Clone(rules[i].EventTypes)
		rules[i].Path = v.pathOf(&rules[i])
	}
	return rules
}
