package sandbox

import (
	"bytes"
	"encoding/json"
	"net/http"
)

// problem is a finding about a request as a whole: it is answered with
// diagnostics, the form parsers and infrastructure use.
type problem struct {
	id   string // stable, for the ledger
	code string // FHIR issue type
	text string
}

type operationOutcome struct {
	ResourceType string  `json:"resourceType"`
	Issue        []issue `json:"issue"`
}

type issue struct {
	Severity    string   `json:"severity"`
	Code        string   `json:"code"`
	Details     *details `json:"details,omitempty"`
	Diagnostics string   `json:"diagnostics,omitempty"`
	Expression  []string `json:"expression,omitempty"`
}

type details struct {
	Coding []coding `json:"coding"`
	Text   string   `json:"text"`
}

type coding struct {
	Code string `json:"code"`
}

// issueLimit keeps the answer to a hopeless document readable.
const issueLimit = 1000

// refuse answers with one diagnostics issue per problem.
func refuse(status int, problems ...problem) answer {
	out := operationOutcome{ResourceType: "OperationOutcome"}
	ids := make([]string, 0, len(problems))
	for _, p := range problems {
		out.Issue = append(out.Issue, issue{Severity: "error", Code: p.code, Diagnostics: p.text})
		ids = append(ids, p.id)
	}
	return answer{status: status, header: fhirHeader(), body: encode(out), outcome: Refused, issues: ids}
}

// reject answers with one coded issue per finding.
func reject(findings []finding) answer {
	out := operationOutcome{ResourceType: "OperationOutcome"}
	var ids []string
	for i, f := range findings {
		if i == issueLimit {
			out.Issue = append(out.Issue, issue{Severity: "information", Code: "incomplete",
				Diagnostics: "There are more findings than are shown here."})
			break
		}
		c, _ := checkByID(f.check)
		out.Issue = append(out.Issue, issue{Severity: "error", Code: c.Code, Expression: []string{f.path},
			Details: &details{Coding: []coding{{c.ID}}, Text: f.text(c)}})
		ids = append(ids, c.ID)
	}
	return answer{status: http.StatusUnprocessableEntity, header: fhirHeader(), body: encode(out), outcome: Rejected, issues: ids}
}

func deletedBody() []byte {
	return encode(operationOutcome{"OperationOutcome", []issue{{
		Severity: "information", Code: "informational", Diagnostics: "The record was deleted."}}})
}

func fhirHeader() http.Header {
	return http.Header{"Content-Type": {"application/fhir+json; charset=utf-8"}}
}

// encode writes JSON without HTML escapes. Its arguments are the structs of this
// package and documents that were JSON before, which cannot fail.
func encode(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic("sandbox: " + err.Error())
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}
