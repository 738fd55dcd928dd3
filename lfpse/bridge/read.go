package bridge

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/internal/ndjson"
	"github.com/gpsafety/lfpse-go/lfpse/rule"
)

// The ids of the findings about what comes in, beside those of reading and checking.
const (
	RuleDocument   = "INTAKE-DOCUMENT"   // none of the forms that are taken
	RuleRecordID   = "INTAKE-RECORD-ID"  // a report that names a national record
	RuleEntry      = "INTAKE-ENTRY"      // a Bundle with something other than AdverseEvents
	RuleCloudEvent = "INTAKE-CLOUDEVENT" // the envelope of a CloudEvent
	RuleReference  = "INTAKE-REFERENCE"  // the name under which a report comes in
)

// piece is one report of a document, not yet decoded.
type piece struct {
	line      int
	reference string // empty if its sender has named none
	within    string // path of the report in its document, such as Bundle.entry[1].resource
	record    bool   // an AdverseEvent, not an Event
	text      []byte
	fault     *fhir.Issue // why the piece is no report
}

// envelope has what tells the forms of a document apart, whatever the types of its values.
type envelope struct {
	ResourceType    json.RawMessage `json:"resourceType"`
	SpecVersion     json.RawMessage `json:"specversion"`
	ID              json.RawMessage `json:"id"`
	Source          json.RawMessage `json:"source"`
	DataContentType json.RawMessage `json:"datacontenttype"`
	Data            json.RawMessage `json:"data"`
	DataBase64      json.RawMessage `json:"data_base64"`
}

// word is the text of a value, empty if it is missing or of another type.
func word(value json.RawMessage) (text string) {
	if json.Unmarshal(value, &text) != nil {
		return ""
	}
	return text
}

// pieces splits a document into its reports. There is always one at least. The reference
// is that of the document; a CloudEvent has one of its own.
func pieces(line int, reference string, text []byte) []piece {
	p := piece{line: line, reference: reference, text: text}
	var e envelope
	if json.Unmarshal(text, &e) != nil {
		return []piece{p} // reading it as an event says what is wrong with it
	}
	switch kind := word(e.ResourceType); {
	case e.SpecVersion != nil:
		return e.pieces(p)
	case kind == "Bundle":
		return p.entries()
	case kind == "AdverseEvent":
		p.record = true
	case e.ResourceType != nil:
		p.refuse(RuleDocument, "resourceType", "The resource is not an AdverseEvent and not a Bundle of these.")
	}
	return []piece{p}
}

// pieces are the reports that a CloudEvent in its structured form carries.
func (e *envelope) pieces(p piece) []piece {
	id, source, kind := word(e.ID), word(e.Source), word(e.DataContentType)
	p.reference = cloudReference(source, id)
	text := []byte(e.Data)
	if e.DataBase64 != nil {
		var err error
		if text, err = base64.StdEncoding.DecodeString(word(e.DataBase64)); err != nil || len(e.Data) > 0 {
			p.refuse(RuleCloudEvent, "data_base64", "The data are not base64, or there are data beside them.")
			return []piece{p}
		}
	}
	switch {
	case word(e.SpecVersion) != "1.0":
		p.refuse(RuleCloudEvent, "specversion", "This version of CloudEvents is not taken.")
	case id == "" || source == "" || strings.Contains(source, " "):
		p.refuse(RuleCloudEvent, "id", "A CloudEvent has a text as its id, and an address without blanks as its source.")
	case len(text) == 0:
		p.refuse(RuleCloudEvent, "data", "The CloudEvent carries no data.")
	case kind != "" && !isJSON(kind):
		p.refuse(RuleCloudEvent, "datacontenttype", "The data of the CloudEvent are not JSON.")
	default:
		var inner envelope
		if json.Unmarshal(text, &inner) == nil && inner.SpecVersion != nil {
			p.refuse(RuleCloudEvent, "data", "A CloudEvent carries a report, not another CloudEvent.")
			break
		}
		return pieces(p.line, p.reference, text)
	}
	return []piece{p}
}

// cloudReference is the reference of a CloudEvent: its source and its id. A source is a URI
// reference, which has no space in it.
func cloudReference(source, id string) string { return source + " " + id }

// entries are the reports of a Bundle. An entry of any other kind is refused by name, since
// an Event has no place for it.
func (p piece) entries() []piece {
	b, issues := fhir.ParseBundle(p.text)
	if issues.HasErrors() {
		p.fault = &issues[0]
		return []piece{p}
	}
	if len(b.Entries) == 0 {
		p.refuse(RuleDocument, "entry", "The Bundle has no entries.")
		return []piece{p}
	}
	out := make([]piece, len(b.Entries))
	entries := slices.Collect(b.Root().Child("entry").Each())
	for i := range b.Entries {
		e, q := &b.Entries[i], p
		q.within = fmt.Sprintf("Bundle.entry[%d].resource", i)
		if p.reference != "" {
			q.reference = fmt.Sprintf("%s/%d", p.reference, i+1)
		}
		switch method := entries[i].Child("request").Child("method").Text(); {
		case e.ResourceType != "AdverseEvent":
			q.refuse(RuleEntry, "", "The entry is not an AdverseEvent, and a report has no place for it.")
		case method != "" && method != "POST":
			q.refuse(RuleEntry, "", "The entry asks for a record to be changed or deleted; it is not a new report.")
		default:
			q.record, q.text = true, e.Resource.Source()
		}
		out[i] = q
	}
	return out
}

// named is the name under which the document of a piece came in, of which an entry of a Bundle
// has its own.
func (p *piece) named() string {
	if p.within == "" {
		return p.reference
	}
	return p.reference[:max(0, strings.LastIndex(p.reference, "/"))]
}

func (p *piece) refuse(id, path, text string) {
	if p.within != "" {
		path = strings.TrimSuffix(p.within+"."+path, ".")
	}
	issue := rule.Issue(id, path, text)
	p.fault = &issue
}

// fill decodes the piece into a draft.
func (p *piece) fill(c *lfpse.Codec, d *draft.Draft) {
	if p.reference != "" {
		p.checkName()
	}
	name := p.reference
	if name == "" {
		name = fmt.Sprintf("line %d", p.line)
	}
	switch {
	case p.fault != nil:
		*d = draft.Draft{State: draft.Invalid, Reason: "This is not a report in one of the documented forms.", Issues: fhir.Issues{*p.fault}}
	case p.record:
		*d = fromRecord(c, p.text)
	default:
		*d = draft.FromEvent(name, p.line, p.text)
	}
	d.Reference, d.Line = name, p.line
	if d.Event.ID != "" {
		issue := rule.Issue(RuleRecordID, "id", "The report has the id of a record.")
		*d = draft.Draft{Reference: name, Line: p.line, State: draft.Invalid, Reason: "A report that comes in has no record yet.", Issues: fhir.Issues{issue}}
	}
	for i := range d.Issues {
		if p.within != "" && p.fault == nil {
			d.Issues[i].Path = p.within + strings.TrimPrefix(d.Issues[i].Path, "AdverseEvent")
		}
	}
}

// fromRecord makes a draft from a FHIR AdverseEvent. What an Event has no place for is an
// error that names it.
func fromRecord(c *lfpse.Codec, text []byte) draft.Draft {
	a, issues := c.Read(text)
	var e lfpse.Event
	if !issues.HasErrors() {
		var more fhir.Issues
		e, more = c.Decode(a)
		issues = append(issues, more...)
	}
	if issues.HasErrors() {
		return draft.Draft{State: draft.Invalid, Reason: "The record cannot be read, or holds something that an event has no place for.", Issues: issues}
	}
	return draft.Draft{Event: e, Found: issues}
}

// documentRows are the reports of a stream of documents.
func documentRows(c *lfpse.Codec, in io.Reader) draft.Source {
	return func(yield func(func(*draft.Draft), error) bool) {
		for doc, err := range ndjson.Documents(in) {
			if err != nil {
				yield(nil, err)
				return
			}
			for _, p := range pieces(doc.Line, "", doc.Text) {
				if !yield(func(d *draft.Draft) { p.fill(c, d) }, nil) {
					return
				}
			}
		}
	}
}

// isJSON reports whether a media type is JSON, whatever its parameters.
func isJSON(mediaType string) bool {
	kind, _, _ := strings.Cut(strings.ToLower(mediaType), ";")
	kind = strings.TrimSpace(kind)
	return kind == "application/json" || strings.HasSuffix(kind, "+json")
}
