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
	"slices"
	"strings"
	"sync"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/internal/ordered"
	"github.com/gpsafety/lfpse-go/lfpse/internal/wording"
	"github.com/gpsafety/lfpse-go/lfpse/printable"
	"github.com/gpsafety/lfpse-go/lfpse/submission"
	"github.com/gpsafety/lfpse-go/mapping/csvlog"
)

type mapCmd struct {
	sourceFlags
	tableFlags
	Advice bool   `help:"With --format draft: also write into each draft what to ask and to consider besides, and its themes. The other formats show it anyway."`
	Format string `help:"auto: table on a terminal, else draft. table: one line a row, those that wait for a person first. draft (or ndjson): every row with event, questions, findings and trace, as JSON. fhir: AdverseEvents that are ready, one a line. event: the events in their JSON form, without those that are blocked, invalid, not for LFPSE, or of which a question of the map is open. questions: a CSV file to fill in and give back with --answers. releases: what people may release of what the privacy screen found, a CSV file to fill in and give back with --releases." enum:"auto,table,draft,ndjson,fhir,event,questions,releases" default:"auto"`
}

func (*mapCmd) Help() string {
	return `Examples:
  lfpse map incidents.csv --map map.yaml
  lfpse map incidents.csv --map datix --set reporter.reporterOrganisation=A81001 --format questions > questions.csv
  lfpse map incidents.csv --map map.yaml --answers questions.csv
  lfpse map incidents.csv --map map.yaml --format fhir > events.ndjson
  lfpse map incidents.csv --map map.yaml --format releases > releases.csv

A question that only a clinician can answer is put to one with the answer: ` + draft.AskClinician + `. The row waits until somebody answers it. -v and --format questions say what the questions mean, who can answer them and where the explanations come from. Advice, which says what else to consider, and themes are for people and are never sent.

A row is held if a text holds what may be personal data, and blocked if it holds what is. Edit the text. If a person has read it and it may be sent as it is, because the finding is a false alarm, they say who and why in the columns by and why of the releases, and give the file back with --releases. A release counts for that very text only. Nobody can release what belongs to the people of the row, a number that the text itself calls an NHS, CHI, H&C or National Insurance number, an e-mail address or a telephone number.

--privacy, or privacy in the map, changes what the findings of a class do; the page lfpse/rule/RULES.md lists the classes.

What a format does not hold, such as the rows that it leaves out and warnings about those that it writes, is written to standard error. Of a log of more than 1000 rows, the table puts the first 1000 in order; after them it shows the rows that wait or have warnings as they are read, and counts the others.

Exit codes: 0 every row is ready or not for LFPSE; 1 something waits for a person; 2 the command or a file cannot be used. Warnings do not change it.`
}

// Run writes the mapped log to standard output, and to standard error what was left out
// and why, and what to do next.
func (cmd *mapCmd) Run(c *console) error {
	if cmd.Format != "auto" && cmd.Format != "table" {
		if err := cmd.refuse("--format " + cmd.Format); err != nil {
			return err
		}
	}
	s, err := cmd.open(c)
	if err != nil {
		return err
	}
	defer s.close()
	if cmd.Format == "auto" {
		cmd.Format = "draft"
		if _, ok := terminal(c.out); ok {
			cmd.Format = "table"
		}
	}
	bar := newProgress(c.err, s.size, rows)
	out, side := bar.before(c.out), bar.before(c.err)
	t, err := cmd.write(out, side, s, bar)
	t.source = cmd.sourceName()
	bar.hide()
	if err != nil {
		return err
	}
	printWarnings(c.err, s.warnings())
	if cmd.Format == "table" {
		if err := t.explain(out, s.guide, cmd.tableFlags); err != nil {
			return err
		}
		fmt.Fprintln(out)
	} else {
		out = c.err
	}
	fmt.Fprintln(out, cmd.wrapped(out, t.summary()))
	return verdict(c.err, &t, cmd.tableFlags, append(cmd.steps(&t, cmd.Format == "questions"), cmd.howToSend(&t)...))
}

// mapped is the result for one row.
type mapped struct {
	result result
	out    *bytes.Buffer // in the chosen format, nil if that leaves it out
	err    error
}

// texts are buffers of rows that have been written, and preparing is what rows were prepared
// in: both are used again, because they are large beside everything else that a row takes.
var (
	texts     = sync.Pool{New: func() any { return new(bytes.Buffer) }}
	preparing = sync.Pool{New: func() any { return new(told) }}
)

// write writes every row in the chosen format, and on side what the format does not hold.
func (cmd *mapCmd) write(out, side io.Writer, s *source, bar *progress) (t totals, err error) {
	w, err := cmd.writer(out, side)
	if err != nil {
		return t, err
	}
	form := formats[cmd.Format]
	s.brief = cmd.Format == "draft" || cmd.Format == "ndjson"
	s.mute = s.brief && !cmd.Advice
	for m, err := range ordered.Map(s.rows, cmd.workers(), func(row func(*draft.Draft), m *mapped) { form.row(s, row, m) }) {
		if err != nil {
			return t, errors.Join(fmt.Errorf("%s: %w", cmd.Source, err), w.end())
		}
		t.add(&m.result)
		if err := cmp.Or(m.err, w.add(&m)); err != nil {
			return t, err
		}
		bar.row(s.read())
	}
	return t, w.end()
}

// rowWriter takes the rows in the order of the log.
type rowWriter interface {
	add(*mapped) error
	end() error
}

func (cmd *mapCmd) writer(out, side io.Writer) (rowWriter, error) {
	if cmd.Format == "table" {
		return tableWriter{newTable(out, cmd.tableFlags, "WHAT TO DO", false)}, nil
	}
	w := &lineWriter{bufio.NewWriter(out), side, formats[cmd.Format]}
	if head := heads[cmd.Format]; head != "" {
		_, err := fmt.Fprintln(w.out, head)
		return w, err
	}
	return w, nil
}

type tableWriter struct{ *table }

func (t tableWriter) add(m *mapped) error { return t.table.add(m.result) }

// lineWriter writes what a format has made of the rows.
type lineWriter struct {
	out  *bufio.Writer
	side io.Writer
	form format
}

func (w *lineWriter) add(m *mapped) error {
	if w.form.silent != nil {
		_, _ = io.WriteString(w.side, m.result.because(w.form.silent(m.result.State)))
	}
	if m.out == nil {
		return nil
	}
	_, err := w.out.Write(m.out.Bytes())
	m.out.Reset()
	texts.Put(m.out)
	return err
}

func (w *lineWriter) end() error { return w.out.Flush() }

// format is a form of --format.
type format struct {
	write  func(*bytes.Buffer, *told) error // nil: nothing is written row by row
	leaves func(*draft.Draft) bool          // the rows that are left out; nil: none
	silent func(draft.State) bool           // the states for which the form does not say why; nil: it says all
}

// row makes, prepares and writes one row. Several may be worked on at the same time.
func (f format) row(s *source, row func(*draft.Draft), m *mapped) {
	p := preparing.Get().(*told)
	defer func() {
		*p = told{}
		preparing.Put(p)
	}()
	row(&p.Draft)
	p.Submission = s.builder.Prepare(&p.Draft)
	m.result = s.result(&p.Draft)
	if f.write != nil && (f.leaves == nil || !f.leaves(&p.Draft)) {
		p.result, p.teller = &m.result, &s.teller
		m.out = texts.Get().(*bytes.Buffer)
		m.err = f.write(m.out, p)
	}
}

func notReady(s draft.State) bool { return s != draft.Ready }

// told is a row with what there is to say about it.
type told struct {
	submission.Prepared
	result *result
	*teller
}

// formats are the forms of --format.
var formats = map[string]format{
	"table":     {},
	"draft":     {write: writeDraft},
	"ndjson":    {write: writeDraft},
	"fhir":      {writeFHIR, func(d *draft.Draft) bool { return notReady(d.State) }, notReady},
	"event":     {writeEvent, notAnEvent, notReady},
	"questions": {write: writeQuestions, silent: func(s draft.State) bool { return s != draft.Ready && s != draft.NeedsAnswers }},
	"releases":  {write: writeReleases, silent: func(s draft.State) bool { return s != draft.Ready && s != draft.Held && s != draft.Blocked }},
}

// heads are the header rows of the forms that are CSV.
var heads = map[string]string{
	"questions": "reference,type,target,question,choices,who,help,answer",
	"releases":  "reference,target,finding,rules,digest,by,why",
}

// notAnEvent reports whether the JSON form of an event would lose what is known of a
// draft: it has no place for what the map leaves to a person, nor for what depends on it.
func notAnEvent(d *draft.Draft) bool {
	switch d.State {
	case draft.Blocked, draft.Invalid, draft.NotForLFPSE:
		return true
	}
	open := func(q lfpse.Question) bool { return q.Rule == "MAP-ASK" }
	return len(d.Conditional) > 0 || slices.ContainsFunc(d.Questions, open)
}

func writeFHIR(out *bytes.Buffer, p *told) error {
	_, _ = out.Write(p.Submission.Body()) // a buffer takes everything
	return out.WriteByte('\n')
}

// writeDraft writes a draft as it marshals itself, with the advice about it: to hand it to
// an encoder would be to go over its text once more.
func writeDraft(out *bytes.Buffer, p *told) error {
	text, err := p.Draft.AppendJSON(out.AvailableBuffer())
	if err == nil && p.result.Advice != nil {
		var advice []byte
		advice, err = json.Marshal(p.result.Advice)
		text = fmt.Appendf(text[:len(text)-1], `,"advice":%s}`, advice)
	}
	if err == nil {
		_, err = out.Write(append(printable.JSON(text), '\n'))
	}
	return err
}

func writeEvent(out *bytes.Buffer, p *told) error { return writeJSON(out, p.Event) }

func writeJSON(w io.Writer, v any) error {
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return err
	}
	_, err := w.Write(printable.JSON(text.Bytes()))
	return err
}

// writeQuestions writes one line for each question, to be answered in the last
// column.
func writeQuestions(to *bytes.Buffer, p *told) error {
	out := csv.NewWriter(to)
	for i, q := range p.Questions {
		if repeated(p.Questions, i) {
			continue
		}
		text := questionText(&q)
		if when := casesOf(p.builder.Codec(), p.Questions[i:], &q); when != "" {
			text += " (" + when + ")"
		}
		if !q.Required {
			text += " (optional)"
		}
		who, help := spoken(p.guide, &q)
		if p.Referred(q.Target) {
			who = "put to a clinician"
		}
		if err := writeGuarded(out, p.Reference, string(p.Event.Type), q.Target, text, choices(q), who, help, ""); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// repeated reports whether a question stands further up for another case.
func repeated(list []lfpse.Question, i int) bool {
	return slices.ContainsFunc(list[:i], func(o lfpse.Question) bool { return sameQuestion(&o, &list[i]) })
}

// sameQuestion reports whether two questions differ in nothing but when they arise.
func sameQuestion(a, b *lfpse.Question) bool {
	return a.Target == b.Target && a.Text == b.Text && a.Why == b.Why && a.Required == b.Required
}

// casesOf says when a question arises that stands in a list once for each case.
func casesOf(c *lfpse.Codec, list []lfpse.Question, q *lfpse.Question) string {
	var all [][]lfpse.Condition
	for i := range list {
		if sameQuestion(&list[i], q) {
			all = append(all, list[i].When)
		}
	}
	return wording.When(c, all...)
}

// writeGuarded writes a line of CSV of which no cell is a formula to a spreadsheet.
func writeGuarded(out *csv.Writer, cells ...string) error {
	for i := range cells {
		cells[i] = csvlog.Guard(cells[i])
	}
	return out.Write(cells)
}

// writeReleases writes one line for each property that a person may release, to be
// signed in the last two columns.
func writeReleases(to *bytes.Buffer, p *told) error {
	out := csv.NewWriter(to)
	for _, r := range p.Releasable {
		var found []string
		for _, i := range p.Privacy {
			if p.Targets[i.Path] == r.Target && i.Severity != fhir.Information {
				found = append(found, i.Text)
			}
		}
		if err := writeGuarded(out, p.Reference, r.Target, strings.Join(found, " "), strings.Join(r.Rules, "; "), r.Digest, "", ""); err != nil {
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
			list = append(list, fmt.Sprintf("… (%d in all; see: lfpse taxonomy show %s)", len(q.Choices), quoted(q.Target)))
			break
		}
		if c.Value == c.Display || strings.EqualFold(c.Value, strings.ReplaceAll(c.Display, " ", "-")) {
			list = append(list, c.Value)
		} else {
			list = append(list, c.Value+draft.ChoiceIs+c.Display)
		}
	}
	return strings.Join(list, "; ")
}

func printWarnings(w io.Writer, warnings []csvlog.Finding) {
	for _, s := range warnings {
		fmt.Fprintln(w, "warning:", printable.Line(s.String()))
	}
}
