package validate

import (
	"slices"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/rule"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

// layers are the layers of this package, in their order, which is also that of the
// findings about one place.
var layers = []rule.Layer{rule.LayerFHIR, rule.LayerProfile, rule.LayerLFPSE, rule.LayerQuality}

// definition is a rule of the catalogue with what it takes to apply it.
type definition struct {
	ID       string
	Title    string // what must hold
	Layer    rule.Layer
	Severity fhir.Severity
	// Versions are the taxonomy versions whose codes the rule is written for, all if
	// empty.
	Versions []string
	// EventTypes are the event types the rule is about, all if empty.
	EventTypes []lfpse.EventType
	// Path is what the rule looks at, empty for what its checks name first.
	Path       string
	Evidence   taxonomy.Evidence
	Confidence rule.Confidence
	Source     string
	Why        string // why it matters
	Fix        string // what to do about a finding
	// Absence says that a finding can be about something that is not there, Asks that
	// it can come with a question. What checks say is added.
	Absence, Asks bool

	text   string  // what is wrong, as a sentence; a check may say it more exactly
	checks []check // for a rule that is nothing but conditions on fields
}

// check is one condition: where all of when hold, one of need must be there and
// nothing of bar may be. Things are named GROUP/FIELD or GROUP by logical ids
// without version, or as an element of the root: date, description, event.
type check struct {
	each string // group whose occurrences are judged one by one, empty for the record as a whole
	when []cond
	need []string
	bar  []string
	text string
	fix  string
	ask  *ask
}

// misses reports whether a finding of the check is about something that is not there.
func (c *check) misses() bool {
	return len(c.need) > 0 || slices.ContainsFunc(c.when, func(c cond) bool { return c.not })
}

// cond is a condition on what is answered. Without values it is about being
// there. Values are names where the list has names, else codes, or true.
type cond struct {
	ref    string
	values []string
	not    bool
}

func has(ref string) cond                     { return cond{ref: ref} }
func lacks(ref string) cond                   { return cond{ref: ref, not: true} }
func is(ref string, values ...string) cond    { return cond{ref: ref, values: values} }
func isNot(ref string, values ...string) cond { return cond{ref: ref, values: values, not: true} }

// ask is the question that goes with a finding of a check.
type ask struct {
	required bool
	ref      string // what the answer is for
	text     string
}

// required and optional make the question that a rule asks about a field.
func required(ref, text string) *ask { return &ask{required: true, ref: ref, text: text} }
func optional(ref, text string) *ask { return &ask{ref: ref, text: text} }
