package mapping

import (
	"strings"
	"unicode"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/privacy"
)

// denyList is what must not stand in the texts of a row: the people of its
// record, and those whom the map's deny columns name. It is nil where there are
// none.
func (w *work) denyList() *privacy.DenyList {
	var terms []privacy.Term
	if w.r.context != nil {
		terms = w.r.context.DenyTerms()
	}
	for _, c := range w.m.deny {
		if text := w.r.cells[c]; text != "" {
			terms = append(terms, w.term(text))
		}
	}
	if len(terms) == 0 {
		return nil
	}
	return privacy.NewDenyList(terms)
}

// term tells by its form what a cell of a deny column is.
func (w *work) term(text string) privacy.Term {
	if t, layout := w.m.forms.days.parse(text); layout != nil {
		return privacy.Term{Class: privacy.BirthDate, Text: string(lfpse.DateOf(t))}
	}
	letters, digits := 0, 0
	for _, r := range text {
		switch {
		case unicode.IsLetter(r):
			letters++
		case unicode.IsDigit(r):
			digits++
		}
	}
	switch {
	case strings.Contains(text, "@"):
		return privacy.Term{Class: privacy.Email, Text: text}
	case digits > letters:
		return privacy.Term{Class: privacy.Identifier, Text: text}
	case digits > 0:
		return privacy.Term{Class: privacy.Address, Text: text}
	}
	return privacy.Term{Class: privacy.Name, Text: text}
}
