package main

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/internal/ordered"
	"github.com/gpsafety/lfpse-go/lfpse/submission"
	"github.com/gpsafety/lfpse-go/mapping/csvlog"
)

type mapCmd struct {
	sourceFlags
	Format string `help:"fhir: AdverseEvents that are ready, one a line. draft: every row with event, questions and trace. event: the events in their JSON form, without those that are blocked, invalid or not for LFPSE. questions: a CSV file to fill in and give back with --answers." enum:"fhir,draft,event,questions" default:"draft"`
}

func (*mapCmd) Help() string {
	return `Examples:
  lfpse map incidents.csv --map map.yaml --format draft
  lfpse map incidents.csv --map map.yaml --format fhir > events.ndjson
  lfpse map incidents.csv --map datix --set reporter.reporterOrganisation=A81001 --format questions > answers.csv`
}

// Run writes the mapped log to standard output, and to standard error what was left out
// and why.
func (cmd *mapCmd) Run(c *console) error {
	s, err := cmd.open(c)
	if err != nil {
		return err
	}
	defer s.close()
	out := bufio.NewWriter(c.out)
	t, err := cmd.write(out, c.err, s)
	if err := errors.Join(err, out.Flush()); err != nil {
		return err
	}
	printWarnings(c.err, s.warnings())
	fmt.Fprintln(c.err, t.line())
	if n := t.waiting(); n > 0 {
		return attention("%s", waitingText(n))
	}
	return nil
}

// mapped is the result for one row.
type mapped struct {
	state draft.State
	out   bytes.Buffer // in the chosen format
	side  string       // the message about a row that the format leaves out
	err   error
}

// write writes every row in the chosen format. Rows that the format leaves out are named
// on side.
func (cmd *mapCmd) write(out, side io.Writer, s *source) (t totals, err error) {
	if cmd.Format == "questions" {
		fmt.Fprintln(out, "reference,type,target,question,choices,answer")
	}
	form := formats[cmd.Format]
	for m, err := range ordered.Map(s.rows, cmd.workers(), func(row func(*draft.Draft), m *mapped) { form.row(s.builder, row, m) }) {
		if err != nil {
			return t, fmt.Errorf("%s: %w", cmd.Source, err)
		}
		t.add(m.state)
		_, _ = io.WriteString(side, m.side)
		if _, err := out.Write(m.out.Bytes()); cmp.Or(m.err, err) != nil {
			return t, cmp.Or(m.err, err)
		}
	}
	return t, nil
}

// format is a form of --format.
type format struct {
	write     func(io.Writer, *submission.Prepared) error
	leavesOut func(draft.State) bool // nil: none
}

// row makes, prepares and writes one row. Several may be worked on at the same time.
func (f format) row(b *submission.Builder, row func(*draft.Draft), m *mapped) {
	var p submission.Prepared
	row(&p.Draft)
	p.Submission = b.Prepare(&p.Draft)
	if m.state = p.State; f.leavesOut != nil && f.leavesOut(p.State) {
		m.side = fmt.Sprintf("%s: %s: %s\n", clean(p.Reference), p.State, clean(strings.Join(details(&p.Draft), "; ")))
		return
	}
	m.err = f.write(&m.out, &p)
}

// formats are the forms of --format.
var formats = map[string]format{
	"fhir":      {writeFHIR, func(s draft.State) bool { return s != draft.Ready }},
	"draft":     {writeDraft, nil},
	"event":     {writeEvent, func(s draft.State) bool { return s == draft.Blocked || s == draft.Invalid || s == draft.NotForLFPSE }},
	"questions": {writeQuestions, nil},
}

func writeFHIR(w io.Writer, p *submission.Prepared) error {
	if _, err := w.Write(p.Submission.Body()); err != nil {
		return err
	}
	_, err := w.Write([]byte{'\n'})
	return err
}

// writeDraft writes a draft as it marshals itself: to hand it to an encoder would be to
// go over its text once more.
func writeDraft(w io.Writer, p *submission.Prepared) error {
	text, err := p.Draft.MarshalJSON()
	if err == nil {
		_, err = w.Write(append(text, '\n'))
	}
	return err
}

func writeEvent(w io.Writer, p *submission.Prepared) error { return writeJSON(w, p.Event) }

func writeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// writeQuestions writes one line for each question, to be answered in the last
// column.
func writeQuestions(w io.Writer, p *submission.Prepared) error {
	out := csv.NewWriter(w)
	for _, q := range p.Questions {
		text := q.Text
		if q.Why != "" {
			text += " (" + q.Why + ")"
		}
		if len(q.When) > 0 {
			text += " (" + conditions(q.When) + ")"
		}
		if !q.Required {
			text += " (optional)"
		}
		if err := out.Write([]string{p.Reference, string(p.Event.Type), q.Target, text, choices(q), ""}); err != nil {
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
		if i == most && q.Target != draft.MedicinesTarget {
			list = append(list, fmt.Sprintf("… (%d in all; see lfpse taxonomy show)", len(q.Choices)))
			break
		}
		if c.Value == c.Display || strings.EqualFold(c.Value, strings.ReplaceAll(c.Display, " ", "-")) {
			list = append(list, c.Value)
		} else {
			list = append(list, c.Value+" = "+c.Display)
		}
	}
	return strings.Join(list, "; ")
}

func printWarnings(w io.Writer, warnings []csvlog.Finding) {
	for _, s := range warnings {
		fmt.Fprintln(w, "warning:", s)
	}
}
