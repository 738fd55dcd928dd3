package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/gpsafety/lfpse-go/conformance/cases"
	"github.com/gpsafety/lfpse-go/conformance/measure/judge"
	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/check"
	"github.com/gpsafety/lfpse-go/lfpse/internal/ordered"
	"github.com/gpsafety/lfpse-go/lfpse/printable"
	"github.com/gpsafety/lfpse-go/lfpse/report"
	"github.com/gpsafety/lfpse-go/lfpse/rule"
)

type validateCmd struct {
	taxonomyFlags
	Files   []string `arg:"" help:"Files or folders with AdverseEvents: one document, one a line (NDJSON), or Bundles; - reads standard input."`
	Format  string   `help:"text, json (one object a record), operation-outcome (one a record), sarif or junit." enum:"text,json,operation-outcome,sarif,junit" default:"text"`
	Explain bool     `help:"Say in plain English what each record states and what is wrong with it."`
	Caret   bool     `help:"Show the line of the record and mark the place. This shows what stands there."`
	All     bool     `help:"Show remarks that are no more than information, too."`
	Strict  bool     `help:"Raise findings on inferred rules to errors."`
	Layers  []string `help:"Layers to check: fhir, profile, lfpse, quality, privacy. Default: all." enum:"fhir,profile,lfpse,quality,privacy" default:"fhir,profile,lfpse,quality,privacy"`
	Without []string `help:"Ids of rules not to apply." placeholder:"RULE"`
	Today   string   `help:"The day to take as today, YYYY-MM-DD. Default: the day it is." placeholder:"DATE"`
	workersFlag
	RootDescription bool `help:"Tolerate AdverseEvent.description, which FHIR R4 does not have, with a warning."`
}

func (*validateCmd) Help() string {
	return `Examples:
  lfpse validate event.json --explain
  lfpse validate outgoing/ --format junit > report.xml
  lfpse validate conformance/cases   (compares with what the cases expect)
  lfpse map incidents.csv --map map.yaml --format fhir | lfpse validate -`
}

// Run checks every record and prints all findings.
func (cmd *validateCmd) Run(c *console) error {
	if cmd.Today != "" && !lfpse.Date(cmd.Today).Valid() {
		return errors.New("--today must be a date of the form YYYY-MM-DD")
	}
	if cmd.Explain && cmd.Format != "text" {
		return errors.New("--explain is text; leave --format out")
	}
	if suites, err := cmd.suites(); err != nil || len(suites) > 0 {
		if err != nil {
			return err
		}
		return runSuites(c, suites)
	}
	j, err := cmd.reporter()
	if err != nil {
		return err
	}
	for r, err := range ordered.Map(j.items(c), cmd.workers(), j.judge) {
		if err := cmp.Or(err, r.err); err != nil {
			return err
		}
		if err := j.add(c.out, &r); err != nil {
			return err
		}
	}
	if j.count == 0 {
		return errors.New("there is no AdverseEvent to check")
	}
	if err := j.finish(c.out); err != nil {
		return err
	}
	fmt.Fprintln(c.err, j.summary())
	if j.failed > 0 {
		return attention("errors in %d of %d (exit code 1)", j.failed, j.count)
	}
	return nil
}

// reporter checks records and reports on them: at once, or at the end in the forms
// that are one document.
type reporter struct {
	cmd                   *validateCmd
	codec                 *lfpse.Codec
	checker               *check.Checker
	rules                 rule.Catalogue // of the checker
	records               []report.Record
	count, warned, failed int
	informed, information int // records with information only; all findings that are information
}

// summary counts the records, and what is not shown.
func (j *reporter) summary() string {
	clean := j.count - j.informed - j.warned - j.failed
	text := fmt.Sprintf("%d checked: %d without findings, ", j.count, clean)
	if j.informed > 0 {
		text += fmt.Sprintf("%d with information only, ", j.informed)
	}
	text += fmt.Sprintf("%d with warnings only, %d with errors", j.warned, j.failed)
	if j.information > 0 && j.cmd.Format == "text" && !j.cmd.All && !j.cmd.Explain {
		text += fmt.Sprintf("\nInformation not shown: %d; --all shows it", j.information)
	}
	return text
}

func (cmd *validateCmd) reporter() (*reporter, error) {
	t, err := cmd.load()
	if err != nil {
		return nil, err
	}
	codec, err := lfpse.NewCodec(t)
	if err != nil {
		return nil, err
	}
	checker, err := check.New(codec, cmd.options()...)
	if err != nil {
		return nil, err
	}
	return &reporter{cmd: cmd, codec: codec, checker: checker, rules: checker.Rules()}, nil
}

// options are what the flags say about checking.
func (cmd *validateCmd) options() []check.Option {
	layers := make([]rule.Layer, len(cmd.Layers))
	for i, l := range cmd.Layers {
		layers[i] = rule.Layer(l)
	}
	today := lfpse.Today
	if cmd.Today != "" {
		today = func() lfpse.Date { return lfpse.Date(cmd.Today) }
	}
	opts := []check.Option{check.WithLayers(layers...), check.WithoutRules(cmd.Without...), check.WithToday(today)}
	if cmd.Strict {
		opts = append(opts, check.WithStrict())
	}
	if cmd.RootDescription {
		opts = append(opts, check.WithRootDescription())
	}
	return opts
}

// judged is what became of one record.
type judged struct {
	record  report.Record
	written bytes.Buffer // in the form that is asked for, if it is written record by record
	err     error
}

// judge checks one record and writes what is to be said about it. Several may be
// judged at the same time.
func (j *reporter) judge(in item, out *judged) {
	r := report.NewRecord(in.source, in.line, in.text, j.checker.Document(in.text, nil).Issues)
	least := fhir.Warning
	if j.cmd.All {
		least = fhir.Information
	}
	switch w := &out.written; {
	case j.cmd.Explain:
		out.err = report.Explain(w, j.codec, &r, j.readWhole(in.text))
	case j.cmd.Format == "text":
		out.err = report.Text(w, []report.Record{r}, least, j.cmd.Caret)
	case j.cmd.Format == "json":
		out.err = report.JSON(w, []report.Record{r})
	case j.cmd.Format == "operation-outcome":
		out.err = report.OperationOutcome(w, []report.Record{r}, j.rules)
	}
	if j.cmd.Format != "text" { // JSON
		out.written = *bytes.NewBuffer(printable.JSON(out.written.Bytes()))
	}
	r.Text = nil // the places are known; the forms that are one document show no text
	out.record = r
}

// readWhole reads a record to explain it; nil if it cannot be read whole.
func (j *reporter) readWhole(text []byte) *fhir.AdverseEvent {
	a, issues := j.codec.Read(text, fhir.WithRootDescription())
	if issues.HasErrors() {
		return nil
	}
	return a
}

// add counts a record and writes what is said about it.
func (j *reporter) add(w io.Writer, r *judged) error {
	j.count++
	switch worst, ok := r.record.Severity(); {
	case ok && worst == fhir.Error:
		j.failed++
	case ok && worst == fhir.Warning:
		j.warned++
	case ok:
		j.informed++
	}
	for i := range r.record.Issues {
		if r.record.Issues[i].Severity == fhir.Information {
			j.information++
		}
	}
	if j.cmd.Format == "sarif" || j.cmd.Format == "junit" {
		j.records = append(j.records, r.record)
	}
	_, err := w.Write(r.written.Bytes())
	return err
}

// finish writes the forms that are one document about all records.
func (j *reporter) finish(w io.Writer) error {
	switch j.cmd.Format {
	case "sarif":
		var text bytes.Buffer
		if err := report.SARIF(&text, j.records, j.rules); err != nil {
			return err
		}
		_, err := w.Write(printable.JSON(text.Bytes()))
		return err
	case "junit":
		return report.JUnit(printable.Writer(w), j.records)
	}
	return nil
}

// suites returns the folders among the files that hold conformance cases.
func (cmd *validateCmd) suites() ([]string, error) {
	var out []string
	for _, name := range cmd.Files {
		found := false
		if info, err := os.Stat(name); err != nil || !info.IsDir() {
			continue
		}
		err := filepath.WalkDir(name, func(_ string, d fs.DirEntry, err error) error {
			if err == nil && d.Name() == "expected.json" {
				found = true
				return fs.SkipAll
			}
			return err
		})
		if err != nil {
			return nil, err
		}
		if found {
			out = append(out, name)
		}
	}
	if len(out) > 0 && len(out) != len(cmd.Files) {
		return nil, fmt.Errorf("conformance cases are checked by themselves: leave out the other files")
	}
	return out, nil
}

// runSuites judges conformance cases by the options each of them gives, and
// compares the verdict and the findings with those expected.
func runSuites(c *console, suites []string) error {
	total, failed := 0, 0
	var judges judge.Judges
	for _, suite := range suites {
		list, err := cases.Load(os.DirFS(suite))
		if err != nil {
			return err
		}
		for i := range list {
			found, err := judges.Verdict(&list[i])
			if err != nil {
				return err
			}
			total++
			differs := list[i].Differs(found)
			if len(differs) > 0 {
				failed++
			}
			for _, d := range differs {
				fmt.Fprintf(printable.Writer(c.out), "%s: %s\n", list[i].Name, d)
			}
		}
	}
	fmt.Fprintf(c.err, "%d cases: %d as expected, %d not\n", total, total-failed, failed)
	if failed > 0 {
		return attention("%d cases differ (exit code 1)", failed)
	}
	return nil
}
