package cases

import "fmt"

// The severities of an issue, as FHIR writes them.
const (
	Error       = "error"
	Warning     = "warning"
	Information = "information"
)

// Verdict is what a system says of a document.
type Verdict struct {
	Issues []Issue `json:"issues"` // all findings, in their order
	Valid  bool    `json:"valid"`  // no issue is an error
}

// Issue is a finding without its words.
type Issue struct {
	Severity string `json:"severity"` // error, warning or information
	Rule     string `json:"rule"`
	Path     string `json:"path"` // FHIRPath of the element
}

// String returns the issue on one line.
func (i Issue) String() string { return fmt.Sprintf("%s %s at %s", i.Severity, i.Rule, i.Path) }

// Differs says how a verdict differs from the one expected: one line if valid is not
// the same, and one for each finding that is missing, unexpected or out of its place.
// It returns nothing if the verdicts are the same.
func (expected Verdict) Differs(found Verdict) []string {
	var out []string
	if found.Valid != expected.Valid {
		out = append(out, fmt.Sprintf("valid: expected %t, found %t", expected.Valid, found.Valid))
	}
	for i := range max(len(found.Issues), len(expected.Issues)) {
		var want, got string
		if i < len(expected.Issues) {
			want = expected.Issues[i].String()
		}
		if i < len(found.Issues) {
			got = found.Issues[i].String()
		}
		if want != got {
			out = append(out, fmt.Sprintf("finding %d: expected %q, found %q", i+1, want, got))
		}
	}
	return out
}
