package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/interview"
	"github.com/gpsafety/lfpse-go/lfpse/sheet"
)

type sheetCmd struct {
	taxonomyFlags
	guideFlag
	File   string `arg:"" help:"File or folder with AdverseEvents or with events in their JSON form: one document, one a line (NDJSON), or Bundles; - reads standard input."`
	Record int    `help:"Only this one of the records, counted from 1." placeholder:"N"`
	Format string `help:"text; html, a page that a browser shows and prints, also as PDF; or div, the text of a FHIR resource, which leaves out all free text." enum:"text,html,div" default:"text"`
}

func (*sheetCmd) Help() string {
	return `The page is fit for a significant-event meeting, an appraisal folder or an inspection. Beside what the event says it has the criteria of the grades of harm, what to consider, and themes for learning, each with its source; none of that is sent. It holds the description as it was written, so it stays in the practice.

Examples:
  lfpse show event.json
  lfpse show event.json --format html > event.html
  lfpse map incidents.csv --map map.yaml --format event | lfpse show - --record 2`
}

// Run writes each event as a page for people.
func (cmd *sheetCmd) Run(c *console) error {
	t, err := cmd.load()
	if err != nil {
		return err
	}
	codec, err := lfpse.NewCodec(t)
	if err != nil {
		return err
	}
	g, err := cmd.guide(codec)
	if err != nil {
		return err
	}
	n, shown := 0, 0
	var failed error
	err = eachFile(c, cmd.File, func(in item, err error) bool {
		n++
		if failed = err; err != nil || cmd.Record > 0 && n != cmd.Record {
			return err == nil
		}
		if shown++; shown > 1 && cmd.Format != "text" {
			return true
		}
		if shown > 1 {
			fmt.Fprintln(c.out)
		}
		failed = cmd.show(c.out, codec, g, in)
		return failed == nil
	})
	switch {
	case failed != nil:
		return failed
	case err != nil:
		return err
	case n == 0:
		return errors.New("there is no event to show")
	case shown == 0:
		return fmt.Errorf("there are %d records: --record must be one of them", n)
	case shown > 1 && cmd.Format != "text":
		return attention("only the first of %d records is shown: name another with --record (exit code 1)", n)
	}
	return nil
}

func (cmd *sheetCmd) show(w io.Writer, codec *lfpse.Codec, g *interview.Guide, in item) error {
	e, err := eventOf(codec, in)
	if err != nil {
		return fmt.Errorf("%s:%d: %w", in.source, in.line, err)
	}
	s := sheet.New(codec, &e, sheet.WithGuide(g))
	switch cmd.Format {
	case "html":
		return s.HTML(w)
	case "div":
		text, err := s.Div()
		if err == nil {
			_, err = fmt.Fprintln(w, text)
		}
		return err
	}
	return s.Text(w)
}

// eventOf reads an event from an AdverseEvent or from its own JSON form.
func eventOf(codec *lfpse.Codec, in item) (lfpse.Event, error) {
	var kind struct {
		ResourceType string `json:"resourceType"`
	}
	if json.Unmarshal(in.text, &kind) == nil && kind.ResourceType == "" {
		d := draft.FromEvent("", in.line, in.text)
		if d.Reason != "" || d.Found.HasErrors() {
			return d.Event, errors.New("it cannot be read as an event: lfpse map says why")
		}
		return d.Event, nil
	}
	a, issues := codec.Read(in.text, fhir.WithRootDescription())
	if issues.HasErrors() {
		return lfpse.Event{}, errors.New("it cannot be read as an AdverseEvent: lfpse validate says why")
	}
	e, _ := codec.Decode(a)
	return e, nil
}
