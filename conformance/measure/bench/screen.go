package main

import (
	"bytes"
	"errors"
	"regexp"
	"strings"

	"github.com/gpsafety/lfpse-go/lfpse/privacy"
	"github.com/gpsafety/lfpse-go/mapping/csvlog"
)

// stories are the free texts of the log that hold nothing personal, one text a row.
func (f *fixture) stories(deny *privacy.DenyList) (texts []string, err error) {
	r, err := csvlog.NewReader(bytes.NewReader(f.log))
	if err != nil {
		return nil, err
	}
	at := [3]int{}
	for i, name := range []string{"What happened", "Why it happened", "What was done straight away"} {
		at[i], _ = r.Column(name)
	}
	for row, err := range r.Rows() {
		if err != nil {
			return nil, err
		}
		text := strings.Join([]string{row.Cell(at[0]), row.Cell(at[1]), row.Cell(at[2])}, "\n\n")
		if f.screener.ScanText(text, deny) == nil {
			texts = append(texts, text)
		}
	}
	return texts, nil
}

// concerned is the deny-list of a report about one invented patient and two members
// of staff.
func concerned() *privacy.DenyList {
	return privacy.NewDenyList([]privacy.Term{
		{Class: privacy.Name, Text: "Ottoline Fairweather-Quill"},
		{Class: privacy.FamilyName, Text: "Fairweather-Quill"},
		{Class: privacy.GivenName, Text: "Ottoline"},
		{Class: privacy.BirthDate, Text: "1951-04-17"},
		{Class: privacy.Address, Text: "14 Larkspur Mews"},
		{Class: privacy.Identifier, Text: "9990000018"},
		{Class: privacy.Identifier, Text: "HOSP-448812"},
		{Class: privacy.Name, Text: "Barnaby Thistlewood"},
		{Class: privacy.Name, Text: "Imogen Castellane"},
	})
}

// patterns find NHS numbers, e-mail addresses, telephone numbers, postcodes and
// National Insurance numbers in their usual forms.
var patterns = []*regexp.Regexp{
	regexp.MustCompile(`\b\d{3}[ -]?\d{3}[ -]?\d{4}\b`),
	regexp.MustCompile(`[\w.+-]+@[\w-]+(\.[\w-]+)+`),
	regexp.MustCompile(`(\+44|\b0)[ \d]{9,13}\b`),
	regexp.MustCompile(`(?i)\b[a-z]{1,2}\d[a-z\d]? ?\d[a-z]{2}\b`),
	regexp.MustCompile(`(?i)\b[a-z]{2} ?\d{2} ?\d{2} ?\d{2} ?[a-d]\b`),
}

// screen is the privacy screen on what it sees most: text in which there is nothing.
// All sides look at the same texts.
func (f *fixture) screen() contest {
	deny := concerned()
	texts, err := f.stories(deny)
	scan := func(name string, hit func(text string) bool) side {
		return side{name: name, items: len(texts), op: func() error {
			for _, text := range texts {
				if hit(text) {
					return errWrong
				}
			}
			return errors.Join(err, wrongUnless(len(texts) > 0))
		}}
	}
	return contest{
		name: "privacy screen, ordinary text",
		sides: []side{
			scan("Screener.ScanText, deny-list of 9", func(text string) bool { return f.screener.ScanText(text, deny) != nil }),
			scan("Screener.Scan, by form alone", func(text string) bool { return f.screener.Scan(text) != nil }),
			scan("five regular expressions", func(text string) bool {
				for _, p := range patterns {
					if p.MatchString(text) {
						return true
					}
				}
				return false
			}),
		},
		targets: []target{atMostTimes(2.5, 1), timesFaster(10, 2)},
	}
}
