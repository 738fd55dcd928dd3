package validate

import (
	"cmp"
	"slices"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse"
)

// Report has the findings and questions about one record.
type Report struct {
	// Issues are all the findings, in document order, at most a thousand and one. If none
	// of them is an error, the record may be sent as far as this validator can tell.
	Issues fhir.Issues
	// Questions ask for what only a person can say. A question that arises now comes with
	// a finding of the same rule, which is an error if an answer is required and
	// information if it is optional. Questions that the answers to others may raise
	// follow, so that all can be answered at once; their conditions say when they arise.
	// If several questions ask for one answer, for different reasons, no two of them
	// arise together.
	Questions []lfpse.Question
	// Provisional are the keys of the provisional elements of the taxonomy that the
	// record uses, such as event-type-6#risk, sorted and each once, whether or not the
	// rule about them is in force; see [taxonomy.Confirmation]. A record that uses any
	// must not be sent to a real endpoint.
	Provisional []string

	asked []bool // whether a question goes with the finding, nil if there is none
}

// Faults returns the findings without a question, which no answer can remove. If Issues
// has errors and Faults has none, only answers are missing.
func (r Report) Faults() fhir.Issues {
	if r.asked == nil {
		return slices.Clip(r.Issues) // what comes after them is not the caller's
	}
	var faults fhir.Issues
	for i := range r.Issues {
		if !r.asked[i] {
			faults = append(faults, r.Issues[i])
		}
	}
	return faults
}

// ruleState is a rule as this validator applies it.
type ruleState struct {
	definition
	severity fhir.Severity
	on       bool
	off      string // why it does not apply, empty if it does
	rank     int    // of its layer
}

// maxFindings is the largest number of findings: a record with more is hopeless or
// hostile.
const maxFindings = 1000

// finding is an issue before it is reported.
type finding struct {
	rule *ruleState
	at   fhir.Path
	text string // what is wrong, if more exact than the rule says
	fix  string
	ask  *question // what to ask a person, nil for nothing
	// scope is the occurrence of the group that the question is about, -1 for
	// the record as a whole.
	scope int
}

// findings are those of one record, as they are made.
type findings struct {
	rules map[string]*ruleState
	list  []finding
	other finding // returned by add for a finding that is not kept
}

// forget makes room for the next record.
func (f *findings) forget() {
	clear(f.list)
	f.list, f.other = f.list[:0], finding{}
}

// on reports whether a rule applies.
func (f *findings) on(rule string) bool { return f.rules[rule].on }

// add records a finding of the rule with the given id and returns it, so that it
// can be made more exact.
func (f *findings) add(rule string, at fhir.Path) *finding { return f.addRule(f.rules[rule], at) }

func (f *findings) addRule(r *ruleState, at fhir.Path) *finding {
	f.other = finding{}
	if !r.on || len(f.list) > maxFindings {
		return &f.other
	}
	if len(f.list) == maxFindings {
		f.list = append(f.list, finding{rule: f.rules[ruleTooMany]})
		return &f.other
	}
	f.list = append(f.list, finding{rule: r, at: at})
	return &f.list[len(f.list)-1]
}

// requires reports whether the answer to a field of an occurrence is required already.
func (f *findings) requires(field *field, scope int) bool {
	return slices.ContainsFunc(f.list, func(found finding) bool {
		return found.ask != nil && found.ask.required && found.ask.field == field && (found.scope < 0 || found.scope == scope)
	})
}

// sort puts the findings in document order, and those about the same element in the order
// of the layers.
func (f *findings) sort() {
	slices.SortStableFunc(f.list, func(a, b finding) int {
		return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.rule.rank, b.rule.rank))
	})
}

// fill fills in the issue that is reported, where it stands.
func (f *finding) fill(i *fhir.Issue) {
	i.Severity, i.Rule, i.Path, i.Offset = f.rule.severity, f.rule.ID, f.at.String(), -1
	i.Text, i.Fix = cmp.Or(f.text, f.rule.text), cmp.Or(f.fix, f.rule.Fix)
}
