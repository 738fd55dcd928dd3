package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/gpsafety/lfpse-go/lfpse/privacy"
)

// Narrative is one labelled text, and the JSON of one line of the corpus.
type Narrative struct {
	N      int       `json:"n"`
	Source string    `json:"source"` // "generated" or "hand-written"
	Text   string    `json:"text"`
	Deny   []DenyFor `json:"deny,omitempty"`
	Labels []Label   `json:"labels,omitempty"`
}

// DenyFor is one deny-list term of the source record the narrative is about.
type DenyFor struct {
	Class string `json:"class"`
	Text  string `json:"text"`
}

// Label says that bytes Start to End of the UTF-8 text are personal data of a
// class. Classes are the rule ids of package privacy without "PRIVACY-".
type Label struct {
	Class string `json:"class"`
	Start int    `json:"start"`
	End   int    `json:"end"`
}

// parseMarkup takes [[CLASS|value]] apart: the values become labels, the rest is
// text.
func parseMarkup(markup string) (text string, labels []Label, err error) {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(markup, "[[")
		b.WriteString(before)
		if !found {
			return b.String(), labels, nil
		}
		inside, after, closed := strings.Cut(rest, "]]")
		class, value, split := strings.Cut(inside, "|")
		if !closed || !split || classNamed(class) == 0 {
			return "", nil, fmt.Errorf("bad markup after %d bytes", b.Len())
		}
		labels = append(labels, Label{Class: class, Start: b.Len(), End: b.Len() + len(value)})
		b.WriteString(value)
		markup = after
	}
}

// mark is the markup of a labelled value.
func mark(class, value string) string { return "[[" + class + "|" + value + "]]" }

func classKey(c privacy.Class) string { return strings.TrimPrefix(c.Rule(), "PRIVACY-") }

// classNamed finds the class of a label; 0 when there is none.
func classNamed(key string) privacy.Class {
	for c := privacy.Class(1); c < 128; c++ {
		if classKey(c) == key {
			return c
		}
	}
	return 0
}

// denyClasses name the classes of deny-list terms.
var denyClasses = map[string]privacy.Class{
	"name": privacy.Name, "family-name": privacy.FamilyName, "given-name": privacy.GivenName, "birth-date": privacy.BirthDate, "address": privacy.Address,
	"postcode": privacy.Postcode, "phone": privacy.Phone, "email": privacy.Email, "nhs-number": privacy.NHSNumber, "identifier": privacy.Identifier,
}

// denyList compiles the terms of a narrative.
func (n *Narrative) denyList() *privacy.DenyList {
	terms := make([]privacy.Term, len(n.Deny))
	for i, d := range n.Deny {
		terms[i] = privacy.Term{Class: denyClasses[d.Class], Text: d.Text}
	}
	return privacy.NewDenyList(terms)
}

// writeLines writes one JSON object a line.
func writeLines(w io.Writer, corpus []Narrative) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for i := range corpus {
		if err := enc.Encode(&corpus[i]); err != nil {
			return err
		}
	}
	return nil
}
