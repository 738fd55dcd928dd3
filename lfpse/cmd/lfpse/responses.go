package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/internal/ndjson"
	"github.com/gpsafety/lfpse-go/lfpse/interview"
	"github.com/gpsafety/lfpse-go/lfpse/privacy"
	"github.com/gpsafety/lfpse-go/lfpse/rule"
	"github.com/gpsafety/lfpse-go/lfpse/submission"
	"github.com/gpsafety/lfpse-go/lfpse/validate"
	"github.com/gpsafety/lfpse-go/mapping/envelope"
	"github.com/gpsafety/lfpse-go/mapping/questionnaire"
)

// recordForm is the form of the record in the taxonomy of a builder.
func recordForm(b *submission.Builder) (*questionnaire.Form, error) {
	guide, err := interview.New(b.Form().Codec(), nil)
	if err != nil {
		return nil, err
	}
	return questionnaire.New(b.Form(), guide)
}

// questionnaireOf is the form as a Questionnaire.
func questionnaireOf(b *submission.Builder) ([]byte, error) {
	form, err := recordForm(b)
	if err != nil {
		return nil, err
	}
	v, err := validate.New(b.Form().Codec())
	if err != nil {
		return nil, err
	}
	var empty draft.Draft
	b.Prepare(&empty)
	return form.Append(nil, questionnaire.Rules{Questions: empty.Questions, Fits: v.Fits})
}

// documentReader makes a draft of an event in its JSON form, or of a response to the form.
// Of any other resource the draft says what is to be done with it.
func documentReader(b *submission.Builder) func(reference string, line int, text []byte) draft.Draft {
	form := sync.OnceValues(func() (*questionnaire.Form, error) { return recordForm(b) })
	return func(reference string, line int, text []byte) draft.Draft {
		if isResponse(text) {
			if f, err := form(); err == nil {
				return f.Draft(reference, line, text)
			}
		}
		d := draft.FromEvent(reference, line, text)
		if d.Reason == "" {
			return d
		}
		switch c := contentOf(text); {
		case c == recordContent || c == reportContent:
			d.Reason = c.instead("This", "FILE")
		case resourceTypes.Match(text) && bytes.Contains(text, []byte(`"QuestionnaireResponse"`)):
			d.Reason = "This holds a response to the form among other resources. Take the QuestionnaireResponse out, and give it by itself."
		default:
			return d
		}
		d.Issues = fhir.Issues{rule.Issue("EVENT-FORM", "", d.Reason)}
		return d
	}
}

// isResponse reports whether a document is a QuestionnaireResponse.
func isResponse(text []byte) bool {
	const name = "QuestionnaireResponse"
	if !bytes.Contains(text, []byte(`"`+name+`"`)) {
		return false
	}
	var head struct {
		ResourceType string `json:"resourceType"`
	}
	return json.Unmarshal(text, &head) == nil && head.ResourceType == name
}

// eventRows reads events in their JSON form, or responses to the form, one a line or one
// document. It asks for the releases of one after the other.
func eventRows(in io.Reader, read func(reference string, line int, text []byte) draft.Draft, releases func(reference string) []draft.Release) draft.Source {
	return func(yield func(func(*draft.Draft), error) bool) {
		for doc, err := range ndjson.Documents(in) {
			if err != nil {
				yield(nil, err)
				return
			}
			for _, m := range envelope.Open(doc.Text, doc.Line) {
				if !yield(eventRow(m, read, releases), nil) {
					return
				}
			}
		}
	}
}

// namedBy is what an event is called: by its envelope, or by its line if that has no name, or
// none that may be stored, of which there is a warning then.
func namedBy(m envelope.Message) (reference string, unfit *fhir.Issue) {
	text := ""
	switch {
	case strings.HasPrefix(m.Reference, "sha256:"):
		text = "The source of the notice begins with sha256:, as names do that an outbox gives"
	case len(privacy.ScanReference(m.Reference, nil)) > 0:
		text = "The id or the source of the notice holds personal data"
	case m.Reference != "":
		return m.Reference, nil
	}
	if text != "" {
		i := rule.Issue("MAP-REFERENCE-PRIVACY", "id", text+", so the line stands in its place.")
		unfit = &i
	}
	return fmt.Sprintf("line %d", m.Line), unfit
}

// eventRow makes the draft of one event, which is called by its envelope or else its line.
func eventRow(m envelope.Message, read func(reference string, line int, text []byte) draft.Draft, releases func(reference string) []draft.Release) func(*draft.Draft) {
	reference, unfit := namedBy(m)
	released := slices.Clone(releases(reference))
	return func(d *draft.Draft) {
		if m.Issue != nil {
			*d = draft.Draft{Reference: reference, Line: m.Line, State: draft.Invalid, Reason: m.Issue.Text, Issues: fhir.Issues{*m.Issue}}
			return
		}
		if *d = read(reference, m.Line, m.Data); d.Open() {
			d.Releases = released
		}
		if unfit != nil {
			d.Found = append(d.Found, *unfit)
		}
	}
}
