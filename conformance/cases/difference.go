package cases

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
)

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
