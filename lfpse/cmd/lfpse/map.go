package main

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/mapping"
)

type mapCmd struct {
	sourceFlags
	Format string `help:"fhir: AdverseEvents that are ready, one a line. draft: every row with event, questions and trace. event: the events in their JSON form, without those that are blocked for privacy, invalid or not for LFPSE. questions: a CSV file to fill in and give back with --answers." enum:"fhir,draft,event,questions" default:"draft"`
}

func (*mapCmd) Help() string {
	return `Examples:
  lfpse map incidents.csv --map map.yaml --format draft
  lfpse map incidents.csv --map map.yaml --format fhir > events.ndjson
  lfpse map incidents.csv --map datix --set reporter.reporterOrganisation=A81001 --format questions > answers.csv`
}

// Run writes the mapped log to standard output, and what was left out and why to
// standard error.
func (cmd *mapCmd) Run(c *console) error {
	s, err := cmd.open(c)
	if err != nil {
		return err
	}
	defer s.close()
	out := bufio.NewWriter(c.out)
	write := map[string]func(io.Writer, *mapping.Draft) error{"fhir": writeFHIR, "draft": writeDraft, "event": writeEvent, "questions": writeQuestions}[cmd.Format]
	if cmd.Format == "questions" {
		fmt.Fprintln(out, "reference,type,target,question,choices,answer")
	}
	var t totals
	for d, err := range s.drafts {
		if err != nil {
			out.Flush()
			return fmt.Errorf("%s: %w", cmd.Source, err)
		}
		t.add(string(d.State))
		if err := write(out, &d); err != nil {
			return err
		}
		if skipped := cmd.Format == "fhir" && d.State != mapping.Ready || cmd.Format == "event" && (d.State == mapping.PrivacyBlock || d.State == mapping.InvalidRecord); skipped {
			fmt.Fprintf(c.err, "%s: %s: %s\n", clean(d.Reference), d.State, clean(strings.Join(details(&d), "; ")))
		}
	}
	if err := out.Flush(); err != nil {
		return err
	}
	printWarnings(c.err, s.warnings())
	fmt.Fprintln(c.err, t.line())
	if n := t.waiting(); n > 0 {
		return attention("%s", waitingText(n))
	}
	return nil
}

func writeFHIR(w io.Writer, d *mapping.Draft) error {
	if d.State != mapping.Ready {
		return nil
	}
	_, err := w.Write(append(d.Submission.Body(), '\n'))
	return err
}

func writeDraft(w io.Writer, d *mapping.Draft) error { return writeJSON(w, d) }

func writeEvent(w io.Writer, d *mapping.Draft) error {
	switch d.State {
	case mapping.NotForLFPSE, mapping.PrivacyBlock, mapping.InvalidRecord:
		return nil
	}
	return writeJSON(w, d.Event)
}

func writeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// writeQuestions writes one line for each question, to be answered in the last
// column.
func writeQuestions(w io.Writer, d *mapping.Draft) error {
	out := csv.NewWriter(w)
	for _, q := range d.Questions {
		text := q.Text
		if q.Why != "" {
			text += " (" + q.Why + ")"
		}
		if !q.Required {
			text += " (optional)"
		}
		if err := out.Write([]string{d.Reference, string(d.Event.Type), q.Target, text, choices(q), ""}); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

func choices(q lfpse.Question) string {
	const most = 12
	var list []string
	for i, c := range q.Choices {
		if i == most {
			list = append(list, fmt.Sprintf("… (%d in all; see lfpse taxonomy show)", len(q.Choices)))
			break
		}
		if strings.EqualFold(c.Value, strings.ReplaceAll(c.Display, " ", "-")) {
			list = append(list, c.Value)
		} else {
			list = append(list, c.Value+" = "+c.Display)
		}
	}
	return strings.Join(list, "; ")
}

// details says why a row is not ready, one line a reason.
func details(d *mapping.Draft) []string {
	var out []string
	switch d.State {
	case mapping.NotForLFPSE:
		return []string{d.Reason}
	case mapping.PrivacyBlock:
		for _, i := range d.Privacy {
			if i.Severity == fhir.Error {
				out = append(out, issueLine(d, i))
			}
		}
	case mapping.InvalidRecord:
		for _, i := range d.Issues {
			if i.Severity == fhir.Error {
				out = append(out, issueLine(d, i))
			}
		}
	case mapping.NeedsAnswers:
		for _, q := range d.Questions {
			if q.Required {
				out = append(out, questionLine(q))
			}
		}
	}
	return out
}

// questionLine is a question, why it is asked, and where the answer goes.
func questionLine(q lfpse.Question) string {
	const few = 6
	s := q.Text
	if q.Why != "" {
		s += " (" + q.Why + ")"
	}
	s += " [" + q.Target
	if n := len(q.Choices); n > 0 && n <= few {
		values := make([]string, n)
		for i, c := range q.Choices {
			values[i] = c.Value
		}
		s += ": " + strings.Join(values, ", ")
	}
	return s + "]"
}

// issueLine says what is wrong and where: in the log, if the log gave the value.
func issueLine(d *mapping.Draft, i fhir.Issue) string {
	at := i.Path
	if from := d.Origins[i.Path]; from != "" {
		at = from
	}
	s := fmt.Sprintf("%s in %s: %s", i.Rule, at, i.Text)
	if i.Fix != "" {
		s += " " + i.Fix
	}
	return s
}

func printWarnings(w io.Writer, warnings []string) {
	for _, s := range warnings {
		fmt.Fprintln(w, "warning:", s)
	}
}
