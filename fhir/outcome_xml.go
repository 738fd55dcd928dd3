package fhir

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"unicode/utf8"
)

// maxOutcomeDepth is the deepest nesting of an OperationOutcome in XML that is read. The
// elements that matter stand at depth 5.
const maxOutcomeDepth = 64

// decodeOutcomeXML reads an OperationOutcome in XML. It knows no entities but the five of
// XML itself and refuses a document type, so nothing is fetched and nothing expands. ok is
// false if the data are not one complete OperationOutcome, such as a page.
func decodeOutcomeXML(data []byte) (outcome *OperationOutcome, ok bool) {
	if !bytes.HasPrefix(bytes.TrimSpace(data), []byte("<")) {
		return nil, false
	}
	dec := xml.NewDecoder(bytes.NewReader(data))
	dec.CharsetReader = singleByteCharset
	r := outcomeReader{}
	for {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return &r.outcome, r.isOutcome
		}
		if err != nil || !r.take(token) {
			return nil, false
		}
	}
}

// outcomeReader follows the tokens of an XML document.
type outcomeReader struct {
	outcome   OperationOutcome
	isOutcome bool
	path      []string // names of the open elements, without the root
	depth     int
}

// take reports whether the document may still be an OperationOutcome.
func (r *outcomeReader) take(token xml.Token) bool {
	switch t := token.(type) {
	case xml.Directive:
		return false
	case xml.StartElement:
		r.depth++
		if r.depth == 1 {
			r.isOutcome = !r.isOutcome && t.Name.Local == "OperationOutcome" && (t.Name.Space == "" || t.Name.Space == "http://hl7.org/fhir")
			return r.isOutcome
		}
		r.path = append(r.path, t.Name.Local)
		r.start()
		for _, a := range t.Attr {
			if a.Name.Local == "value" {
				r.text(a.Value)
			}
		}
	case xml.EndElement:
		r.depth--
		if len(r.path) > 0 {
			r.path = r.path[:len(r.path)-1]
		}
	case xml.CharData:
		r.text(strings.TrimSpace(string(t)))
	}
	return r.depth <= maxOutcomeDepth
}

// start adds an issue or a coding where one begins.
func (r *outcomeReader) start() {
	switch strings.Join(r.path, "/") {
	case "issue":
		r.outcome.Issue = append(r.outcome.Issue, OutcomeIssue{})
	case "issue/details/coding":
		issue := r.issue()
		issue.DetailsCodings = append(issue.DetailsCodings, Coding{})
	}
}

func (r *outcomeReader) issue() *OutcomeIssue { return &r.outcome.Issue[len(r.outcome.Issue)-1] }

// text keeps a value of the element that is open.
func (r *outcomeReader) text(s string) {
	if s == "" || len(r.path) == 0 || r.path[0] != "issue" {
		return
	}
	issue := r.issue()
	add := func(to *string) { *to = joinText(*to, s) }
	switch strings.Join(r.path[1:], "/") {
	case "severity":
		add(&issue.Severity)
	case "code":
		add(&issue.Code)
	case "details", "details/text":
		add(&issue.DetailsText)
	case "", "diagnostics":
		add(&issue.Diagnostics)
	case "expression":
		issue.Expression = append(issue.Expression, s)
	case "location":
		issue.Location = append(issue.Location, s)
	case "details/coding/system":
		add(&issue.DetailsCodings[len(issue.DetailsCodings)-1].System)
	case "details/coding/code":
		add(&issue.DetailsCodings[len(issue.DetailsCodings)-1].Code)
	case "details/coding/display":
		add(&issue.DetailsCodings[len(issue.DetailsCodings)-1].Display)
	}
}

// singleByteCharset reads the encodings other than UTF-8 that servers still declare. The
// few characters in which Windows-1252 differs from ISO 8859-1 become control characters,
// which are escaped when they are shown.
func singleByteCharset(charset string, in io.Reader) (io.Reader, error) {
	switch strings.ToLower(charset) {
	case "us-ascii", "iso-8859-1", "latin1", "windows-1252":
	default:
		return nil, errors.New("unknown character set")
	}
	data, err := io.ReadAll(in)
	if err != nil {
		return nil, err
	}
	out := make([]byte, 0, len(data)+len(data)/8)
	for _, c := range data {
		out = utf8.AppendRune(out, rune(c))
	}
	return bytes.NewReader(out), nil
}
