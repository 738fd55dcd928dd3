package client

import (
	"cmp"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/privacy"
)

// validID refuses ids that consist of dots: the grammar allows them, but in a path they
// lead upwards.
func validID(id string) bool {
	return fhir.IsID(id) && strings.Trim(id, ".") != ""
}

// answer is what can be read from the header and body of a response of any status. All of
// it is untrusted; only the form of ids and reference has been checked.
type answer struct {
	id        string // of the body, else of Location or Content-Location
	garbled   bool   // the body states an id, or several, and none can be trusted
	versionID string
	etag      string // the version that ETag holds
	reference string
	date      time.Time // of the server's clock, zero if it does not say
	form      form
	// outcome is set when the body is an OperationOutcome.
	outcome *fhir.OperationOutcome
	// remarks are issues that came with a resource, or ours about the answer.
	remarks []fhir.OutcomeIssue
	tree    object
	body    []byte
}

// readAnswer never fails: what cannot be read is left out. body is nil if it did not
// arrive completely or was too large.
func readAnswer(header http.Header, body []byte) answer {
	a := answer{body: body}
	a.outcome, _ = fhir.DecodeOperationOutcome(body)
	a.tree = parseTree(body)
	a.form = a.formOf(body)
	if a.outcome == nil {
		a.readResource()
	}
	a.readHeader(header)
	if _, message, ok := fhir.GatewayMessage(body); ok && a.form == other {
		a.form = gateway
		a.remarks = append(a.remarks, fhir.OutcomeIssue{Severity: "error", Diagnostics: message})
	}
	return a
}

// readHeader takes the id from Location or Content-Location where the body has none, and
// the version from there or from ETag.
func (a *answer) readHeader(header http.Header) {
	for _, name := range []string{"Location", "Content-Location"} {
		id, version := parseLocation(header.Get(name))
		if id != "" && a.id != "" && id != a.id {
			a.remark("The body and the headers of the answer name different records; the one in the body was kept, or else the one in Location.")
		}
		if a.id == "" {
			a.id = id
		}
		if a.versionID == "" && a.id == id {
			a.versionID = version
		}
	}
	a.date, _ = http.ParseTime(header.Get("Date"))
	a.etag = versionOf(header)
	a.versionID = cmp.Or(a.versionID, a.etag)
}

// readResource takes what is needed from the resource in the body.
func (a *answer) readResource() {
	if kind, stated := a.tree.text("resourceType"); stated && kind != "AdverseEvent" {
		return
	}
	id, stated := a.tree.text("id")
	if validID(id) {
		a.id = id
	}
	a.garbled = stated && a.id == ""
	if meta, ok := a.tree.value("meta").(object); ok {
		if version, _ := meta.text("versionId"); fhir.IsID(version) {
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

// issues are those of the OperationOutcome, if the body is one, and the remarks. Their
// texts have been screened, and hide takes the key out: a service may quote what it was
// sent, or what another sent.
func (a *answer) issues(hide func(string) string) []fhir.OutcomeIssue {
	var out []fhir.OutcomeIssue
	if a.outcome != nil {
		out = append(out, a.outcome.Issue...)
	}
	out = append(out, a.remarks...)
	for i := range out {
		out[i] = screened(out[i], hide)
	}
	return out
}

var screener = sync.OnceValue(func() *privacy.Screener { return privacy.New() })

// screened replaces personal data in the texts of an issue by tokens such as [NHS-NUMBER].
func screened(i fhir.OutcomeIssue, hide func(string) string) fhir.OutcomeIssue {
	clean := func(text string) string {
		text = hide(text)
		return privacy.Redact(text, screener().ScanText(text, nil))
	}
	all := func(texts []string) []string {
		texts = slices.Clone(texts)
		for n := range texts {
			texts[n] = clean(texts[n])
		}
		return texts
	}
	i.Severity, i.Code, i.DetailsText, i.Diagnostics = clean(i.Severity), clean(i.Code), clean(i.DetailsText), clean(i.Diagnostics)
	i.Expression, i.Location = all(i.Expression), all(i.Location)
	i.DetailsCodings = slices.Clone(i.DetailsCodings)
	for n, c := range i.DetailsCodings {
		i.DetailsCodings[n] = fhir.Coding{System: clean(c.System), Code: clean(c.Code), Display: clean(c.Display)}
	}
	return i
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
		if i+3 < len(segments) && segments[i+2] == "_history" && fhir.IsID(segments[i+3]) {
			version = segments[i+3]
		}
		return id, version
	}
	return "", ""
}
