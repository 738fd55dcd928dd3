package fhir

import (
	"cmp"
	"encoding/json"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// HasErrors reports whether any issue is an error, fatal, or of a severity this
// library does not know, which must not pass for harmless.
func (o OperationOutcome) HasErrors() bool {
	for _, issue := range o.Issue {
		if issue.Severity != "warning" && issue.Severity != "information" {
			return true
		}
	}
	return false
}

// String lists severity, codes and text lengths of each issue on one line. It is
// safe to log: the server's text is not in it.
func (o OperationOutcome) String() string {
	parts := make([]string, len(o.Issue))
	for i, issue := range o.Issue {
		parts[i] = issue.String()
	}
	return "OperationOutcome[" + strings.Join(parts, "; ") + "]"
}

// Message is the server's text of all issues, one a line, escaped by EscapeText.
// Servers quote what they were sent: show it to the reporter, never log it.
func (o OperationOutcome) Message() string {
	lines := make([]string, 0, len(o.Issue))
	for _, issue := range o.Issue {
		if line := issue.Message(); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

// String gives severity, codes and text lengths, safe to log.
func (i OutcomeIssue) String() string {
	var b strings.Builder
	b.WriteString(safeCode(i.Severity))
	b.WriteByte(' ')
	b.WriteString(safeCode(i.Code))
	for _, c := range i.DetailsCodings {
		b.WriteByte(' ')
		b.WriteString(safeCode(c.Code))
	}
	if n := utf8.RuneCountInString(i.DetailsText) + utf8.RuneCountInString(i.Diagnostics); n > 0 {
		b.WriteString(" (text of " + strconv.Itoa(n) + " characters)")
	}
	return b.String()
}

// Message is the server's explanation on one line: details.text, diagnostics, or
// failing both the displays of the codes; escaped by EscapeText.
func (i OutcomeIssue) Message() string {
	parts := make([]string, 0, 2)
	if i.DetailsText != "" {
		parts = append(parts, EscapeText(i.DetailsText))
	}
	if i.Diagnostics != "" {
		parts = append(parts, EscapeText(i.Diagnostics))
	}
	if len(parts) == 0 {
		for _, c := range i.DetailsCodings {
			if c.Display != "" {
				parts = append(parts, EscapeText(c.Display))
			}
		}
	}
	return strings.Join(parts, " – ")
}

// Plain is all that the server said, on one line: the severity, its explanation and the
// elements concerned. It may quote the resource: it is for the reporter, never for a log.
func (i OutcomeIssue) Plain() string {
	text := EscapeText(i.Severity) + ": " + cmp.Or(i.Message(), i.String())
	if len(i.Expression) > 0 {
		text += " (" + EscapeText(strings.Join(i.Expression, ", ")) + ")"
	}
	return text
}

// safeCode returns a code that is plainly a code, else says that it is not: what
// arrives in a code element may be anything.
func safeCode(s string) string {
	if s == "" {
		return "(none)"
	}
	if len(s) > 64 {
		return "(unprintable code)"
	}
	digits := 0
	for i := range len(s) {
		c := s[i]
		switch {
		case isDigit(c):
			digits++
		case isUpper(c), 'a' <= c && c <= 'z', c == '-', c == '_', c == '.':
		default:
			return "(unprintable code)"
		}
	}
	// Ten digits may be an NHS number that the server put in the wrong place.
	if digits >= 10 {
		return "(unprintable code)"
	}
	return s
}

// EscapeText makes untrusted text safe for a terminal, a log viewer or one line of
// a file: control characters, line breaks, invalid UTF-8, bidirectional overrides,
// other invisible format characters and the backslash become Go escapes such as
// \n or \u202e. All other text is unchanged and nothing is cut.
func EscapeText(s string) string {
	clean := true
	for _, r := range s {
		if needsEscape(r) {
			clean = false
			break
		}
	}
	if clean {
		return s
	}
	var b strings.Builder
	for i, r := range s {
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(s[i:], "\ufffd"):
			b.WriteString(`\x` + strconv.FormatUint(uint64(s[i])|0x100, 16)[1:])
		case needsEscape(r):
			quoted := strconv.QuoteRuneToASCII(r)
			b.WriteString(quoted[1 : len(quoted)-1])
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

func needsEscape(r rune) bool {
	return r == '\\' || r == utf8.RuneError || r != ' ' && !unicode.IsPrint(r) && !unicode.Is(unicode.Zs, r)
}

// MarshalJSON writes the outcome as a FHIR OperationOutcome, for servers such as a
// sandbox. Empty elements are left out.
func (o OperationOutcome) MarshalJSON() ([]byte, error) {
	type coding struct {
		System  string `json:"system,omitempty"`
		Code    string `json:"code,omitempty"`
		Display string `json:"display,omitempty"`
	}
	type concept struct {
		Coding []coding `json:"coding,omitempty"`
		Text   string   `json:"text,omitempty"`
	}
	type issue struct {
		Severity    string   `json:"severity,omitempty"`
		Code        string   `json:"code,omitempty"`
		Details     *concept `json:"details,omitempty"`
		Diagnostics string   `json:"diagnostics,omitempty"`
		Location    []string `json:"location,omitempty"`
		Expression  []string `json:"expression,omitempty"`
	}
	out := struct {
		ResourceType string  `json:"resourceType"`
		Issue        []issue `json:"issue,omitempty"`
	}{ResourceType: "OperationOutcome"}
	for _, i := range o.Issue {
		w := issue{Severity: i.Severity, Code: i.Code, Diagnostics: i.Diagnostics, Location: i.Location, Expression: i.Expression}
		if len(i.DetailsCodings) > 0 || i.DetailsText != "" {
			w.Details = &concept{Text: i.DetailsText}
			for _, c := range i.DetailsCodings {
				w.Details.Coding = append(w.Details.Coding, coding(c))
			}
		}
		out.Issue = append(out.Issue, w)
	}
	return json.Marshal(out)
}
