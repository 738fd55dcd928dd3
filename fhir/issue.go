package fhir

import (
	"fmt"
	"slices"
	"strings"
)

// Severity says how bad an Issue is. The names are those of the FHIR
// IssueSeverity value set; fatal is not used because every finding of a document
// is reported, whatever came before it.
type Severity uint8

// The severities, mildest first, so that they compare with < and >.
const (
	Information Severity = iota
	Warning
	Error
)

// String returns the FHIR code of the severity: information, warning or error.
func (s Severity) String() string {
	switch s {
	case Information:
		return "information"
	case Warning:
		return "warning"
	default:
		return "error"
	}
}

// MarshalText writes the FHIR code of the severity.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads a FHIR issue severity code; fatal counts as error.
func (s *Severity) UnmarshalText(text []byte) error {
	switch string(text) {
	case "information":
		*s = Information
	case "warning":
		*s = Warning
	case "error", "fatal":
		*s = Error
	default:
		return fmt.Errorf("severity must be information, warning, error or fatal")
	}
	return nil
}

// Issue is one finding about one document. It is safe to log: no field ever
// holds a value taken from the document, only where the value stands and what is
// wrong with it.
type Issue struct {
	Severity Severity `json:"severity"`
	// Rule is the stable id of the check, such as JSON-DUPLICATE-KEY.
	Rule string `json:"rule"`
	// Path is the FHIRPath of the element, such as
	// AdverseEvent.extension[2].extension[0].value.
	Path string `json:"path"`
	// Offset is the byte offset in the document where the finding starts, or -1 when the
	// finding is not about a text.
	Offset int `json:"offset"`
	// Text says what is wrong, Fix what to do about it. Both are whole English
	// sentences.
	Text string `json:"text"`
	Fix  string `json:"fix,omitempty"`
}

// String formats the issue on one line: severity, rule, path, text and fix.
func (i Issue) String() string {
	s := fmt.Sprintf("%s %s at %s: %s", i.Severity, i.Rule, i.Path, i.Text)
	if i.Fix != "" {
		s += " " + i.Fix
	}
	return s
}

// Issues are all the findings about one document, in document order.
type Issues []Issue

// HasErrors reports whether any finding is an error.
func (is Issues) HasErrors() bool {
	for i := range is {
		if is[i].Severity == Error {
			return true
		}
	}
	return false
}

// Err returns the issues as an error when any of them is one, else nil.
func (is Issues) Err() error {
	if is.HasErrors() {
		return is
	}
	return nil
}

// Error lists every finding, one a line.
func (is Issues) Error() string {
	lines := make([]string, len(is))
	for i := range is {
		lines[i] = is[i].String()
	}
	return strings.Join(lines, "\n")
}

// Ended reports whether reading ended before the end of the document, so that nothing
// is known about the rest.
func (is Issues) Ended() bool {
	return slices.ContainsFunc(is, func(i Issue) bool {
		return i.Rule == ruleSyntax || i.Rule == ruleDepth || i.Rule == ruleSize || i.Rule == ruleTooMany
	})
}
