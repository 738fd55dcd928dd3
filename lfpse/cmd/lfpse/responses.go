package main

import (
	"bytes"
	"encoding/json"
	"sync"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/interview"
	"github.com/gpsafety/lfpse-go/lfpse/rule"
	"github.com/gpsafety/lfpse-go/lfpse/submission"
	"github.com/gpsafety/lfpse-go/lfpse/validate"
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
		if c := contentOf(text); d.Reason != "" && (c == recordContent || c == reportContent) {
			d.Reason = c.instead("This", "FILE")
			d.Issues = fhir.Issues{rule.Issue("EVENT-FORM", "", d.Reason)}
		}
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
