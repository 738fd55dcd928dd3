package validate

import (
	"fmt"
	"io"
	"strings"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

// Layer says against what a rule judges.
type Layer string

// The layers, in the order in which they build on each other.
const (
	LayerFHIR    Layer = "fhir"    // FHIR R4, whatever the taxonomy
	LayerProfile Layer = "profile" // the loaded taxonomy: groups, fields, lists
	LayerLFPSE   Layer = "lfpse"   // the LFPSE rules about answers that depend on each other
	LayerQuality Layer = "quality" // what the record is worth to those who learn from it
)

// layers are all layers, in their order, which is also that of the findings about
// one place.
var layers = []Layer{LayerFHIR, LayerProfile, LayerLFPSE, LayerQuality}

// Confidence says how sure it is that the service itself holds to a rule.
type Confidence string

// The grades of confidence.
const (
	High   Confidence = "H" // read in the named source
	Medium Confidence = "M" // inferred, for instance because one supplier's client does it
	Low    Confidence = "L" // background knowledge, to be confirmed
)

// Standard is the evidence of a rule that a published standard states, such as
// FHIR R4 or the identifier scheme of SNOMED CT. The other kinds of evidence are
// those of package taxonomy.
const Standard taxonomy.Evidence = "standard"

// Rule describes one check. Its id is stable: reports, suppressions and
// questions refer to it.
type Rule struct {
	ID       string        `json:"id"`
	Title    string        `json:"title"` // what must hold
	Layer    Layer         `json:"layer"`
	Severity fhir.Severity `json:"severity"`
	// Versions are the taxonomy versions whose codes the rule is written for; a
	// rule without versions holds for all.
	Versions []string `json:"versions,omitempty"`
	// EventTypes are the event types the rule is about, all if empty.
	EventTypes []lfpse.EventType `json:"eventTypes,omitempty"`
	// Path is the FHIRPath of what the rule looks at, group urls cut down to
	// their logical id without version.
	Path       string            `json:"path"`
	Evidence   taxonomy.Evidence `json:"evidence"`
	Confidence Confidence        `json:"confidence"`
	Source     string            `json:"source"`
	Why        string            `json:"why"` // why it matters
	Fix        string            `json:"fix"` // what to do about a finding
	// Asks says that a finding comes with a question for a person.
	Asks bool `json:"asks,omitempty"`
	// Off says why the rule is not in force in this validator, empty if it is.
	Off string `json:"off,omitempty"`

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

// Markdown writes rules as a page of documentation.
func Markdown(w io.Writer, rules []Rule) error {
	var b strings.Builder
	b.WriteString("# Rules\n\nGenerated from the catalogue of package validate by `lfpse rules --format markdown`; do not edit.\n\n" +
		"Evidence says where a rule was seen, confidence whether the service itself is known to hold to it: H read in the named source, M inferred, L to be confirmed. " +
		"Rules of confidence H are errors by default, inferred ones mostly warnings; `--strict` raises these.\n")
	layer := Layer("")
	for i := range rules {
		r := &rules[i]
		if r.Layer != layer {
			layer = r.Layer
			fmt.Fprintf(&b, "\n## Layer %s\n", layer)
		}
		fmt.Fprintf(&b, "\n### %s\n\n%s\n\n", r.ID, r.Title)
		fmt.Fprintf(&b, "- Severity: %s\n", r.Severity)
		if len(r.EventTypes) > 0 {
			types := make([]string, len(r.EventTypes))
			for j, t := range r.EventTypes {
				types[j] = string(t)
			}
			fmt.Fprintf(&b, "- Event types: %s\n", strings.Join(types, ", "))
		}
		if len(r.Versions) > 0 {
			fmt.Fprintf(&b, "- Taxonomy versions: %s\n", strings.Join(r.Versions, ", "))
		}
		fmt.Fprintf(&b, "- Looks at: `%s`\n- Evidence: %s, confidence %s; %s\n- Why: %s\n- Fix: %s\n", r.Path, r.Evidence, r.Confidence, r.Source, r.Why, r.Fix)
	}
	_, err := io.WriteString(w, b.String())
	return err
}
