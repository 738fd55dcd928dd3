package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/privacy"
	"github.com/gpsafety/lfpse-go/lfpse/report"
	"github.com/gpsafety/lfpse-go/lfpse/validate"
)

type validateCmd struct {
	taxonomyFlags
	Files           []string `arg:"" help:"Files or folders with AdverseEvents: one document, one a line (NDJSON), or Bundles; - reads standard input."`
	Format          string   `help:"text, json (one object a record), operation-outcome (one a record), sarif or junit." enum:"text,json,operation-outcome,sarif,junit" default:"text"`
	Explain         bool     `help:"Say in plain English what each record states and what is wrong with it."`
	Caret           bool     `help:"Show the line of the record and mark the place. This shows what stands there."`
	All             bool     `help:"Show remarks that are no more than information, too."`
	Strict          bool     `help:"Raise findings on inferred rules to errors."`
	Layers          []string `help:"Layers to check: fhir, profile, lfpse, quality, privacy. Default: all." enum:"fhir,profile,lfpse,quality,privacy" default:"fhir,profile,lfpse,quality,privacy"`
	Without         []string `help:"Ids of rules not to apply." placeholder:"RULE"`
	Today           string   `help:"The day to take as today, YYYY-MM-DD. Default: the day it is." placeholder:"DATE"`
	RootDescription bool     `help:"Tolerate AdverseEvent.description, which FHIR R4 does not have, with a warning."`
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
	j, err := cmd.checker()
	if err != nil {
		return err
	}
	for _, name := range cmd.Files {
		if err := j.source(c, name); err != nil {
			return err
		}
	}
	if j.count == 0 {
		return errors.New("there is no AdverseEvent to check")
	}
	if err := j.finish(c.out); err != nil {
		return err
	}
	fmt.Fprintf(c.err, "%d checked: %d without findings, %d with warnings only, %d with errors\n", j.count, j.count-j.warned-j.failed, j.warned, j.failed)
	if j.failed > 0 {
		return attention("%d of %d have errors (exit code 1)", j.failed, j.count)
	}
	return nil
}

// checker checks records and reports on them: at once, or at the end in the forms
// that are one document.
type checker struct {
	cmd                   *validateCmd
	codec                 *lfpse.Codec
	reader                *lfpse.Reader
	validator             *validate.Validator
	screener              *privacy.Screener // nil if the privacy layer is off
	records               []report.Record
	count, warned, failed int
}

func (cmd *validateCmd) checker() (*checker, error) {
	t, err := cmd.load()
	if err != nil {
		return nil, err
	}
	codec, err := lfpse.NewCodec(t)
	if err != nil {
		return nil, err
	}
	var reading []fhir.DecodeOption
	if cmd.RootDescription {
		reading = append(reading, fhir.TolerateRootDescription())
	}
	j := &checker{cmd: cmd, codec: codec, reader: codec.NewReader(reading...)}
	var layers []validate.Layer
	for _, l := range cmd.Layers {
		if l == "privacy" {
			j.screener = privacy.New()
		} else {
			layers = append(layers, validate.Layer(l))
		}
	}
	opts := []validate.Option{validate.Only(layers...), validate.Without(cmd.Without...)}
	if cmd.Strict {
		opts = append(opts, validate.Strict())
	}
	if cmd.Today == "" {
		opts = append(opts, validate.Today(func() lfpse.Date { return lfpse.DateOf(time.Now()) }))
	} else {
		opts = append(opts, validate.Today(func() lfpse.Date { return lfpse.Date(cmd.Today) }))
	}
	j.validator, err = validate.New(codec, opts...)
	return j, err
}

// source checks a file, the files of a folder, or standard input.
func (j *checker) source(c *console, name string) error {
	if name == "-" {
		return j.documents(c.out, c.in, "standard input")
	}
	return filepath.WalkDir(name, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		ext := strings.ToLower(filepath.Ext(path))
		if path != name && ext != ".json" && ext != ".ndjson" && ext != ".jsonl" {
			return nil
		}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		return j.documents(c.out, f, path)
	})
}

func (j *checker) documents(w io.Writer, in io.Reader, name string) error {
	for doc, err := range documents(in) {
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		for _, text := range resources(doc.text) {
			// The next resource stands after the one before, even where it is the same.
			at := max(bytes.Index(doc.text, text), 0)
			doc.line += bytes.Count(doc.text[:at], []byte{'\n'})
			if err := j.record(w, name, doc.line, text); err != nil {
				return err
			}
			doc.line += bytes.Count(text, []byte{'\n'})
			doc.text = doc.text[min(at+len(text), len(doc.text)):]
		}
	}
	return nil
}

// resources returns the AdverseEvents of a Bundle, else the document itself.
func resources(doc []byte) [][]byte {
	b, issues := fhir.ParseBundle(doc)
	if issues.HasErrors() || b.Type == "" {
		return [][]byte{doc}
	}
	var out [][]byte
	for i := range b.Entries {
		if b.Entries[i].ResourceType == "AdverseEvent" {
			out = append(out, b.Entries[i].Resource.Source())
		}
	}
	return out
}

// record checks one record and reports on it.
func (j *checker) record(w io.Writer, name string, line int, text []byte) error {
	a, issues := j.check(text)
	r := report.NewRecord(name, line, text, issues)
	j.count++
	switch worst, ok := r.Severity(); {
	case ok && worst == fhir.Error:
		j.failed++
	case ok && worst == fhir.Warning:
		j.warned++
	}
	least := fhir.Warning
	if j.cmd.All {
		least = fhir.Information
	}
	switch {
	case j.cmd.Explain:
		return report.Explain(w, j.codec, &r, a)
	case j.cmd.Format == "text":
		return report.Text(w, []report.Record{r}, least, j.cmd.Caret)
	case j.cmd.Format == "json":
		return report.JSON(w, []report.Record{r})
	case j.cmd.Format == "operation-outcome":
		return report.OperationOutcome(w, []report.Record{r})
	}
	r.Text = nil // the places are known; the forms that are one document show no text
	j.records = append(j.records, r)
	return nil
}

// check finds everything there is to find about one record. The event is nil if
// it could not be read.
func (j *checker) check(text []byte) (*fhir.AdverseEvent, fhir.Issues) {
	a, issues := j.reader.Read(text)
	if a == nil || issues.HasErrors() {
		return nil, issues // of a record that cannot be read whole nothing more is certain
	}
	read := issues
	for _, i := range j.findings(a) {
		// The decoder and the validator both remark on what both have seen.
		switch n := slices.IndexFunc(read, func(o fhir.Issue) bool { return o.Rule == i.Rule && o.Path == i.Path }); {
		case n < 0:
			issues = append(issues, i)
		case issues[n].Severity < i.Severity:
			issues[n].Severity = i.Severity
		}
	}
	return a, issues
}

func (j *checker) findings(a *fhir.AdverseEvent) fhir.Issues {
	if j.screener == nil {
		return j.validator.Check(a).Issues
	}
	report, private := j.validator.CheckAndScreen(a, j.screener, nil)
	return append(report.Issues, private...)
}

// finish writes the forms that are one document about all records.
func (j *checker) finish(w io.Writer) error {
	switch j.cmd.Format {
	case "sarif":
		return report.SARIF(w, j.records, j.validator.Rules())
	case "junit":
		return report.JUnit(w, j.records)
	}
	return nil
}
