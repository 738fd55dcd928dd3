package main

import (
	"bytes"
	"strings"

	"github.com/gpsafety/lfpse-go/lfpse/privacy"
	"github.com/gpsafety/lfpse-go/mapping/csvlog"
)

// stories are the free texts of the log that hold nothing personal, one text a row.
func (f *fixture) stories(deny *privacy.DenyList) (texts []string, size int, err error) {
	r, err := csvlog.NewReader(bytes.NewReader(f.log))
	if err != nil {
		return nil, 0, err
	}
	names := r.Columns()
	for row, err := range r.Rows() {
		if err != nil {
			return nil, 0, err
		}
		cells := cellsOf(names, row)
		text := strings.Join([]string{cells["What happened"], cells["Why it happened"], cells["What was done straight away"]}, "\n\n")
		if f.screener.ScanText(text, deny) == nil {
			texts, size = append(texts, text), size+len(text)
		}
	}
	return texts, size, nil
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

// ordinary is the privacy screen on what it sees most: text in which there is nothing.
func (f *fixture) ordinary() contest {
	deny := concerned()
	texts, size, err := f.stories(deny)
	scan := func(hits func(text string) []privacy.Hit) func() error {
		return func() error {
			for _, text := range texts {
				if hits(text) != nil {
					return errWrong
				}
			}
			return err
		}
	}
	return contest{
		name: "privacy screen, ordinary text",
		sides: []side{
			{name: "Screener.Scan", bytes: size, op: scan(f.screener.Scan)},
			{name: "Screener.ScanText, deny-list of 9", bytes: size, op: scan(func(text string) []privacy.Hit { return f.screener.ScanText(text, deny) })},
		},
		targets: []target{atLeastMB(200, 0), atLeastMB(200, 1)},
	}
}
