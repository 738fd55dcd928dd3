package fhir

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
)

// OperationOutcome is what a server says about a request. The samply type refuses
// a whole response for one unknown code; this one takes what is there, because
// losing the server's explanation helps nobody.
//
// Every field is untrusted text from another computer, which may quote the
// submitted report back: String gives codes and lengths only and is safe to log;
// Message is for showing to the person who made the report.
type OperationOutcome struct {
	Issue []OutcomeIssue
}

// OutcomeIssue is one issue of an OperationOutcome. All fields may be empty. Text
// is untrusted, unescaped and complete.
type OutcomeIssue struct {
	Severity       string   // fatal, error, warning or information, or whatever was sent
	Code           string   // IssueType code, or whatever was sent
	DetailsCodings []Coding // details.coding, where LFPSE puts its rule codes
	DetailsText    string   // details.text, where LFPSE explains a validation failure
	Diagnostics    string   // diagnostics, where parsers and gateways explain themselves
	Expression     []string // FHIRPath of the elements concerned
	Location       []string // XPath, deprecated in R4 but still sent
}

// Coding is one code of an OutcomeIssue as the server wrote it.
type Coding struct {
	System  string
	Code    string
	Display string
}

// OutcomeError says why a body is not an OperationOutcome. The values are
// comparable, so errors.Is(err, fhir.OutcomeNotJSON) works.
type OutcomeError uint8

// The reasons.
const (
	OutcomeEmpty        OutcomeError = iota + 1 // nothing but white space
	OutcomeNotJSON                              // neither one complete JSON value nor an OperationOutcome in XML: HTML, text, cut short
	OutcomeNotFHIR                              // JSON, but neither an OperationOutcome nor a gateway message
	OutcomeFromGateway                          // {statusCode, message}: read it with GatewayMessage
	OutcomeOtherContent                         // another FHIR resource
)

// Error describes the reason; it holds nothing of the body.
func (e OutcomeError) Error() string {
	const prefix = "no OperationOutcome: "
	switch e {
	case OutcomeEmpty:
		return prefix + "the body is empty"
	case OutcomeNotJSON:
		return prefix + "the body is neither one complete JSON value nor an OperationOutcome in XML"
	case OutcomeFromGateway:
		return prefix + "the body is a message of the API gateway, not of the service"
	case OutcomeOtherContent:
		return prefix + "the body is another FHIR resource"
	default:
		return prefix + "the body is JSON but not FHIR"
	}
}

// DecodeOperationOutcome reads an OperationOutcome in JSON or XML, taking whatever each element
// holds: unknown codes, missing codes, extra properties, single values where a
// list belongs and values of the wrong JSON type are kept as text, never dropped
// and never a reason to fail. The error is an OutcomeError.
func DecodeOperationOutcome(data []byte) (*OperationOutcome, error) {
	data = trimBOM(data)
	if len(bytes.TrimSpace(data)) == 0 {
		return nil, OutcomeEmpty
	}
	if !json.Valid(data) {
		if outcome, ok := decodeOutcomeXML(data); ok {
			return outcome, nil
		}
		return nil, OutcomeNotJSON
	}
	members, ok := objectMembers(data)
	if !ok {
		return nil, OutcomeNotFHIR
	}
	var outcome OperationOutcome
	isOutcome := false
	for _, m := range members {
		switch m.name {
		case "resourceType":
			if name, _ := jsonString(m.value); name != "OperationOutcome" {
				return nil, OutcomeOtherContent
			}
			isOutcome = true
		case "issue":
			isOutcome = true
			for _, item := range oneOrMany(m.value) {
				outcome.Issue = append(outcome.Issue, decodeOutcomeIssue(item))
			}
		}
	}
	if isOutcome {
		return &outcome, nil
	}
	if _, _, ok := GatewayMessage(data); ok {
		return nil, OutcomeFromGateway
	}
	return nil, OutcomeNotFHIR
}

// UnmarshalJSON reads an OperationOutcome as DecodeOperationOutcome does.
func (o *OperationOutcome) UnmarshalJSON(data []byte) error {
	decoded, err := DecodeOperationOutcome(data)
	if err != nil {
		return err
	}
	*o = *decoded
	return nil
}

// GatewayMessage reads the {"statusCode": 401, "message": "…"} body of an API
// gateway that answered in place of the service. ok is false when data has
// neither property in that form; status is 0 when only the message is there. The
// message is untrusted text: escape it with EscapeText before showing it.
func GatewayMessage(data []byte) (status int, message string, ok bool) {
	data = trimBOM(data)
	if !json.Valid(data) {
		return 0, "", false
	}
	members, _ := objectMembers(data)
	for _, m := range members {
		switch m.name {
		case "statusCode":
			n, err := strconv.Atoi(flatText(m.value))
			if err == nil && 100 <= n && n <= 599 {
				status, ok = n, true
			}
		case "message":
			if text, isString := jsonString(m.value); isString {
				message, ok = joinText(message, text), true
			}
		}
	}
	return status, message, ok
}

func decodeOutcomeIssue(data json.RawMessage) OutcomeIssue {
	var issue OutcomeIssue
	members, ok := objectMembers(data)
	if !ok {
		issue.Diagnostics = flatText(data)
		return issue
	}
	for _, m := range members {
		switch m.name {
		case "severity":
			issue.Severity = joinText(issue.Severity, flatText(m.value))
		case "code":
			issue.Code = joinText(issue.Code, flatText(m.value))
		case "details":
			issue.decodeDetails(m.value)
		case "diagnostics":
			issue.Diagnostics = joinText(issue.Diagnostics, flatText(m.value))
		case "expression":
			issue.Expression = append(issue.Expression, flatTexts(m.value)...)
		case "location":
			issue.Location = append(issue.Location, flatTexts(m.value)...)
		}
	}
	return issue
}

func (i *OutcomeIssue) decodeDetails(data json.RawMessage) {
	members, ok := objectMembers(data)
	if !ok {
		i.DetailsText = joinText(i.DetailsText, flatText(data))
		return
	}
	for _, m := range members {
		switch m.name {
		case "coding":
			for _, item := range oneOrMany(m.value) {
				i.DetailsCodings = append(i.DetailsCodings, decodeOutcomeCoding(item))
			}
		case "text":
			i.DetailsText = joinText(i.DetailsText, flatText(m.value))
		}
	}
}

func decodeOutcomeCoding(data json.RawMessage) Coding {
	var coding Coding
	members, ok := objectMembers(data)
	if !ok {
		coding.Code = flatText(data)
		return coding
	}
	for _, m := range members {
		switch m.name {
		case "system":
			coding.System = joinText(coding.System, flatText(m.value))
		case "code":
			coding.Code = joinText(coding.Code, flatText(m.value))
		case "display":
			coding.Display = joinText(coding.Display, flatText(m.value))
		}
	}
	return coding
}

// oneOrMany returns the items of an array, or the value itself as the only item.
// null is nothing.
func oneOrMany(data json.RawMessage) []json.RawMessage {
	if items, ok := arrayItems(data); ok {
		return items
	}
	if jsonKind(data) == 'n' {
		return nil
	}
	return []json.RawMessage{data}
}

// flatTexts turns any JSON value into texts: a string is itself, an array its
// items, anything else its JSON.
func flatTexts(data json.RawMessage) []string {
	if s, ok := jsonString(data); ok {
		return []string{s}
	}
	if jsonKind(data) == 'n' {
		return nil
	}
	items, ok := arrayItems(data)
	if !ok {
		return []string{compactJSON(data)}
	}
	var texts []string
	for _, item := range items {
		if s, ok := jsonString(item); ok {
			texts = append(texts, s)
		} else if jsonKind(item) != 'n' {
			texts = append(texts, compactJSON(item))
		}
	}
	return texts
}

func flatText(data json.RawMessage) string { return strings.Join(flatTexts(data), "\n") }

func compactJSON(data json.RawMessage) string {
	var buf bytes.Buffer
	if json.Compact(&buf, data) != nil {
		return string(data)
	}
	return buf.String()
}

// joinText adds to a text that a repeated property has already set.
func joinText(have, more string) string {
	if have == "" || more == "" {
		return have + more
	}
	return have + "\n" + more
}
