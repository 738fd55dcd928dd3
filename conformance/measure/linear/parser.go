package main

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/gpsafety/lfpse-go/conformance/sandbox"
	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/check"
	"github.com/gpsafety/lfpse-go/lfpse/interview"
	"github.com/gpsafety/lfpse-go/lfpse/privacy"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy/fhirform"
	"github.com/gpsafety/lfpse-go/mapping/fhircontext"
)

// parsers are the ways in for untrusted data, by name. What they need besides the
// input is made beforehand.
var parsers = map[string]func() (func([]byte), error){
	"json": plain(func(input []byte) {
		fhir.CheckJSON(input, fhir.WithLimit(len(input)), fhir.WithNullAndEmpty())
	}),
	"bundle": plain(func(input []byte) { _, _ = fhir.ParseBundle(input) }),
	// record takes from a bundle what a report may use.
	"record": plain(func(input []byte) { _, _ = fhircontext.Load(input) }),
	// validate gives the verdict on a record, whatever is wrong with its text, and takes
	// it apart, as the submission of a record of another system does; validate5 does
	// that in STU3.
	"validate":  func() (func([]byte), error) { return validator("6") },
	"validate5": func() (func([]byte), error) { return validator("5") },

	// sandbox answers a request to record the input.
	"sandbox": func() (func([]byte), error) {
		sb, err := sandbox.New()
		return func(input []byte) {
			r := httptest.NewRequest(http.MethodPost, sandbox.BasePath+"/AdverseEvent", bytes.NewReader(input))
			r.Header.Set(sandbox.KeyHeader, sandbox.DefaultKey)
			r.Header.Set("Content-Type", "application/json")
			sb.ServeHTTP(httptest.NewRecorder(), r)
		}, err
	},

	// taxonomy reads the native form, writes it, and compares it with the embedded
	// one and that with it.
	"taxonomy": func() (func([]byte), error) {
		old, err := taxonomy.Embedded("6")
		return func(input []byte) {
			t, err := taxonomy.Load(input)
			if err != nil {
				return
			}
			_, _ = t.Append(nil)
			for _, d := range []taxonomy.Differences{taxonomy.Diff(old, t), taxonomy.Diff(t, old)} {
				_ = d.WriteText(io.Discard)
			}
		}, err
	},
	// resources reads a taxonomy from FHIR resources, one a line.
	"resources": func() (func([]byte), error) {
		known, err := taxonomy.Embedded("6")
		return func(input []byte) {
			var resources []fhirform.Resource
			for line := range bytes.Lines(input) {
				if r, err := fhirform.Parse(line); err == nil {
					r.References("https://")
					resources = append(resources, r)
				}
			}
			_, _ = fhirform.Read(resources, known)
		}, err
	},

	"privacy": plain(screen),
	// advice reads the input as the description of an event.
	"advice": func() (func([]byte), error) {
		t, err := taxonomy.Embedded("6")
		if err != nil {
			return nil, err
		}
		codec, err := lfpse.NewCodec(t)
		if err != nil {
			return nil, err
		}
		guide, err := interview.New(codec, nil)
		return func(input []byte) { guide.Advise(&lfpse.Event{Description: string(input)}) }, err
	},
	// denylist takes its first line for the terms, separated by semicolons.
	"denylist": plain(func(input []byte) {
		first, text, _ := strings.Cut(string(input), "\n")
		var terms []privacy.Term
		for term := range strings.SplitSeq(first, ";") {
			for _, class := range []privacy.Class{privacy.Name, privacy.Address, privacy.Identifier, privacy.BirthDate} {
				terms = append(terms, privacy.Term{Class: class, Text: term})
			}
		}
		privacy.New().ScanText(text, privacy.NewDenyList(terms))
	}),
}

// plain is a parser that needs nothing.
func plain(parse func([]byte)) func() (func([]byte), error) {
	return func() (func([]byte), error) { return parse, nil }
}

func validator(version string) (func([]byte), error) {
	t, err := taxonomy.Embedded(version)
	if err != nil {
		return nil, err
	}
	codec, err := lfpse.NewCodec(t)
	if err != nil {
		return nil, err
	}
	k, err := check.New(codec)
	return func(input []byte) {
		k.Document(input, nil)
		if a, _ := codec.Read(input); a != nil {
			_, _ = codec.Decode(a)
		}
	}, err
}

// screen looks for personal data in the input as the text of an event, where it takes it
// out, and as JSON.
func screen(input []byte) {
	text := string(input)
	event := &fhir.AdverseEvent{Description: &text}
	deny := privacy.NewDenyList([]privacy.Term{
		{Class: privacy.FamilyName, Text: "Okonkwo-Smythe"},
		{Class: privacy.Name, Text: "BROWN, Will (Mr)"},
		{Class: privacy.Name, Text: "Mrs Anna van der Berg"},
		{Class: privacy.FamilyName, Text: "O'Driscoll"},
		{Class: privacy.BirthDate, Text: "1950-02-01"},
		{Class: privacy.Address, Text: "Rosebank, 12 High Street, Anytown"},
		{Class: privacy.Postcode, Text: "E10 6QN"},
		{Class: privacy.Phone, Text: "+44 7700 900123"},
		{Class: privacy.Email, Text: "siobhan@example.org"},
		{Class: privacy.NHSNumber, Text: "999 000 0018"},
		{Class: privacy.Identifier, Text: "EMIS-12/34567"},
	})
	s := privacy.New()
	s.ScanEvent(event, deny)
	s.RedactEvent(event, deny)
	s.ScanJSON(input, "AdverseEvent", deny)
}
