package client

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"regexp"
	"strings"

	"github.com/gpsafety/lfpse-go/fhir"
)

// idGrammar is the FHIR R4 type id.
var idGrammar = regexp.MustCompile(`^[A-Za-z0-9.-]{1,64}$`)

// validID leaves out ids of dots only, which the grammar allows and which climb
// up a path.
func validID(id string) bool {
	return idGrammar.MatchString(id) && strings.Trim(id, ".") != ""
}

// answer is what can be read from the header and body of a response, whatever
// its status. All of it is untrusted; ids and reference have been checked for
// their form.
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
	// readable is set when the body is a JSON object, or came whole and is empty.
	readable bool
	tree     object
}

// readAnswer never fails: what cannot be read is not there. body is nil when it
// did not arrive whole or was too large.
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
		a.remark("The body and the Location header of the answer name different records; the one of the body was kept.")
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

// referenceOf returns the value when o is the ReferenceNumber sub-extension. The
// group it stands in is not known for version 6, so every extension counts.
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

// object is a JSON object in document order, so that a repeated name is seen.
type object []member

type member struct {
	name  string
	value any // object, []any, string, json.Number, bool or nil
}

// maxDepth is the deepest nesting of an answer that is read.
const maxDepth = 64

// parseTree reads one JSON object; it returns nil for anything else.
func parseTree(data []byte) object {
	data = bytes.TrimPrefix(data, []byte("\ufeff")) // some servers of this kind send a byte order mark
	if !json.Valid(data) {
		return nil
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	v, err := parseValue(dec, 0)
	if err != nil {
		return nil
	}
	tree, _ := v.(object)
	return tree
}

func parseValue(dec *json.Decoder, depth int) (any, error) {
	token, err := dec.Token()
	delim, nested := token.(json.Delim)
	if err != nil || !nested {
		return token, err
	}
	if depth >= maxDepth {
		return nil, errors.New("too deep")
	}
	o, list := object{}, []any{}
	for dec.More() {
		var m member
		if delim == '{' {
			name, err := dec.Token()
			if err != nil {
				return nil, err
			}
			m.name, _ = name.(string)
		}
		if m.value, err = parseValue(dec, depth+1); err != nil {
			return nil, err
		}
		o, list = append(o, m), append(list, m.value)
	}
	if _, err := dec.Token(); err != nil {
		return nil, err
	}
	if delim == '[' {
		return list, nil
	}
	return o, nil
}

// value returns the value of a name, nil when it is missing.
func (o object) value(name string) any {
	for _, m := range o {
		if m.name == name {
			return m.value
		}
	}
	return nil
}

// text returns a string or number. stated says that the name is there; the text
// of a name that is repeated with another value is empty: neither is to be
// trusted.
func (o object) text(name string) (text string, stated bool) {
	for _, m := range o {
		if m.name != name {
			continue
		}
		var s string
		switch v := m.value.(type) {
		case string:
			s = v
		case json.Number:
			s = v.String()
		}
		if stated && s != text {
			return "", true
		}
		text, stated = s, true
	}
	return text, stated
}

// texts returns the strings of a list, or the one that stands in its place.
func (o object) texts(name string) []string {
	var out []string
	switch v := o.value(name).(type) {
	case string:
		out = append(out, v)
	case []any:
		for _, item := range v {
			if s, ok := item.(string); ok {
				out = append(out, s)
			}
		}
	}
	return out
}

// objects returns the objects of a list, or the one that stands in its place.
func (o object) objects(name string) []object {
	var out []object
	switch v := o.value(name).(type) {
	case object:
		out = append(out, v)
	case []any:
		for _, item := range v {
			if child, ok := item.(object); ok {
				out = append(out, child)
			}
		}
	}
	return out
}

// walk visits every object below and including v, in document order.
func walk(v any, visit func(object)) {
	switch v := v.(type) {
	case object:
		visit(v)
		for _, m := range v {
			walk(m.value, visit)
		}
	case []any:
		for _, item := range v {
			walk(item, visit)
		}
	}
}

// MarshalJSON writes the object back.
func (o object) MarshalJSON() ([]byte, error) {
	buf := []byte{'{'}
	for i, m := range o {
		if i > 0 {
			buf = append(buf, ',')
		}
		name, err := json.Marshal(m.name)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(m.value)
		if err != nil {
			return nil, err
		}
		buf = append(append(append(buf, name...), ':'), value...)
	}
	return append(buf, '}'), nil
}
