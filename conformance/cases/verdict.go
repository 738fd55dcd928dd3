package cases

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
)

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

//go:embed expected-differences.json
var sandboxDifferences []byte

// Differences are the cases in which a service is known to have another verdict
// than the suite. A service answers by accepting or refusing a document, so only
// valid is compared.
type Differences struct {
	// Refused are valid in the suite and refused by the service, by the check
	// that its answer names.
	Refused []Difference `json:"refused"`
	// Accepted are invalid in the suite, by its rule, and accepted by the service.
	// What only the privacy screen finds is no business of a service.
	Accepted []Difference `json:"accepted"`
}

// Difference is one rule or check about which the verdicts differ.
type Difference struct {
	Rule   string   `json:"rule"`
	Reason string   `json:"reason"`
	Cases  []string `json:"cases"` // names, in their order
}

// SandboxDifferences returns the known differences of the sandbox, which are those in
// expected-differences.json.
func SandboxDifferences() (Differences, error) {
	return ReadDifferences(bytes.NewReader(sandboxDifferences))
}

// ReadDifferences reads differences in the form of expected-differences.json. It
// refuses properties that the form does not have, and a difference without a reason.
func ReadDifferences(r io.Reader) (Differences, error) {
	var d Differences
	dec := json.NewDecoder(r)
	dec.DisallowUnknownFields()
	if err := dec.Decode(&d); err != nil {
		return d, err
	}
	for _, list := range [][]Difference{d.Refused, d.Accepted} {
		for _, one := range list {
			if one.Reason == "" {
				return d, fmt.Errorf("no reason is given for %s", one.Rule)
			}
		}
	}
	return d, nil
}
