package client

import (
	"encoding/json"
	"errors"
	"net/http"
	"regexp"
	"strings"

	"github.com/gpsafety/lfpse-go/fhir"
)

// idGrammar is the FHIR R4 type id.
var idGrammar = regexp.MustCompile(`^[A-Za-z0-9.-]{1,64}$`)

// validID refuses ids that consist of dots: the grammar allows them, but in a path they
// lead upwards.
func validID(id string) bool {
	return idGrammar.MatchString(id) && strings.Trim(id, ".") != ""
}

// answer is what can be read from the header and body of a response of any status. All of
// it is untrusted; only the form of ids and reference has been checked.
type answer struct {
	id        string // of the body, else of Location
	versionID string
	reference string
	// outcome is set when the body is an OperationOutcome.
	outcome *fhir.OperationOutcome
	// remarks are issues that came with a resource, or ours about the answer.
	remarks []fhir.OutcomeIssue
	// gateway is set when the body is {statusCode, message}.
	gateway bool
	// readable is set when the body is a JSON object, or is complete and empty.
	readable bool
	tree     object
}

// readAnswer never fails: what cannot be read is left out. body is nil if it did not
// arrive completely or was too large.
func readAnswer(header http.Header, body []byte) answer {
	var a answer
	var err error
	a.outcome, err = fhir.DecodeOperationOutcome(body)
	a.gateway = errors.Is(err, fhir.OutcomeFromGateway)
	a.tree = parseTree(body)
	a.readable = a.tree != nil || body != nil && errors.Is(err, fhir.OutcomeEmpty)
	if a.outcome == nil {
		a.readResource()
	}
	id, version := parseLocation(header.Get("Location"))
	if id != "" && a.id != "" && id != a.id {
		a.remark("The body and the Location header of the answer name different records; the one in the body was kept.")
	}
	if a.id == "" {
		a.id, a.versionID = id, version
	}
	return a
}

// readResource takes what is needed from the resource in the body.
func (a *answer) readResource() {
	if kind, stated := a.tree.text("resourceType"); stated && kind != "AdverseEvent" {
		return
	}
	if id, _ := a.tree.text("id"); validID(id) {
		a.id = id
	}
	if meta, ok := a.tree.value("meta").(object); ok {
		if version, _ := meta.text("versionId"); idGrammar.MatchString(version) {
			a.versionID = version
		}
	}
	var references []string
	walk(a.tree, func(o object) {
		if r := referenceOf(o); r != "" {
			references = append(references, r)
		}
		if kind, _ := o.text("resourceType"); kind == "OperationOutcome" {
			a.containedOutcome(o)
		}
	})
	a.setReference(references)
}

// referenceOf returns the value when o is the ReferenceNumber sub-extension. The group
// that it belongs to is not known for version 6, so every extension counts.
func referenceOf(o object) string {
	url, _ := o.text("url")
	if url[strings.LastIndexByte(url, '/')+1:] != "ReferenceNumber" {
		return ""
	}
	for _, m := range o {
		if s, ok := m.value.(string); ok && strings.HasPrefix(m.name, "value") {
			return s
		}
	}
	return ""
}

// maxReference is far above the length of any reference number seen.
const maxReference = 128

func (a *answer) setReference(references []string) {
	var unusable, differ bool
	for _, r := range references {
		switch {
		case len(r) > maxReference || fhir.EscapeText(r) != r:
			unusable = true
		case a.reference == "":
			a.reference = r
		case a.reference != r:
			differ = true
		}
	}
	if unusable {
		a.remark("The answer holds a reference number that is too long or not printable; it was left out.")
	}
	if differ {
		a.remark("The answer holds several reference numbers that differ; the first was kept.")
	}
}

func (a *answer) containedOutcome(o object) {
	data, err := json.Marshal(o)
	if err != nil {
		return
	}
	if outcome, err := fhir.DecodeOperationOutcome(data); err == nil {
		a.remarks = append(a.remarks, outcome.Issue...)
	}
}

func (a *answer) remark(text string) {
	a.remarks = append(a.remarks, fhir.OutcomeIssue{Severity: "warning", Code: "informational", Diagnostics: text})
}

// issues are those of the OperationOutcome, if the body is one, and the remarks.
func (a *answer) issues() []fhir.OutcomeIssue {
	if a.outcome == nil {
		return a.remarks
	}
	return append(a.outcome.Issue[:len(a.outcome.Issue):len(a.outcome.Issue)], a.remarks...)
}

// parseLocation reads [base]/AdverseEvent/[id]/_history/[version]. The base does
// not matter: behind a gateway it is often an inner one.
func parseLocation(location string) (id, version string) {
	if i := strings.IndexAny(location, "?#"); i >= 0 {
		location = location[:i]
	}
	segments := strings.Split(location, "/")
	for i := len(segments) - 2; i >= 0; i-- {
		if segments[i] != "AdverseEvent" || !validID(segments[i+1]) {
			continue
		}
		id = segments[i+1]
		if i+3 < len(segments) && segments[i+2] == "_history" && idGrammar.MatchString(segments[i+3]) {
			version = segments[i+3]
		}
		return id, version
	}
	return "", ""
}
