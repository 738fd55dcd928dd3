package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/privacy"
	"github.com/gpsafety/lfpse-go/lfpse/validate"
)

type validateCmd struct {
	taxonomyFlags
	Files           []string `arg:"" help:"Files with one AdverseEvent, or one a line (NDJSON); - reads standard input."`
	Strict          bool     `help:"Raise findings on inferred rules to errors."`
	RootDescription bool     `help:"Tolerate AdverseEvent.description, which FHIR R4 does not have, with a warning."`
	JSON            bool     `help:"Print one JSON object a resource." name:"json"`
}

func (*validateCmd) Help() string {
	return `Examples:
  lfpse validate event.json
  lfpse map incidents.csv --map map.yaml --format fhir | lfpse validate -`
}

// checked is what was found out about one resource.
type checked struct {
	File   string      `json:"file"`
	Line   int         `json:"line"`
	Issues fhir.Issues `json:"issues"`
}

// Run checks every resource and prints all findings.
func (cmd *validateCmd) Run(c *console) error {
	t, err := cmd.load()
	if err != nil {
		return err
	}
	codec, err := lfpse.NewCodec(t)
	if err != nil {
		return err
	}
	var opts []validate.Option
	if cmd.Strict {
		opts = append(opts, validate.Strict())
	}
	v, err := validate.New(codec, opts...)
	if err != nil {
		return err
	}
	j := &judge{cmd: cmd, validator: v, screener: privacy.New()}
	for _, name := range cmd.Files {
		if err := j.file(c, name); err != nil {
			return err
		}
	}
	if j.resources == 0 {
		return errors.New("there is no resource to check")
	}
	if !cmd.JSON {
		fmt.Fprintf(c.err, "%d checked: %d without findings, %d with warnings only, %d with errors\n", j.resources, j.resources-j.warned-j.failed, j.warned, j.failed)
	}
	if j.failed > 0 {
		return attention("%d of %d have errors (exit code 1)", j.failed, j.resources)
	}
	return nil
}

type judge struct {
	cmd                       *validateCmd
	validator                 *validate.Validator
	screener                  *privacy.Screener
	resources, warned, failed int
}

func (j *judge) file(c *console, name string) error {
	in := c.in
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		defer f.Close()
		in = f
	} else {
		name = "standard input"
	}
	for doc, err := range documents(in) {
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		r := checked{File: name, Line: doc.line, Issues: j.check(doc.text)}
		if err := j.print(c.out, &r); err != nil {
			return err
		}
	}
	return nil
}

// check finds everything there is to find about one resource.
func (j *judge) check(text []byte) fhir.Issues {
	var opts []fhir.DecodeOption
	if j.cmd.RootDescription {
		opts = append(opts, fhir.TolerateRootDescription())
	}
	a, issues := fhir.Decode(text, opts...)
	if a == nil || issues.HasErrors() {
		return issues // a document that could not be read whole says nothing more for certain
	}
	for _, i := range append(j.validator.Check(a).Issues, j.screener.ScanEvent(a, nil)...) {
		// The decoder and the validator both remark on what both have seen.
		if !slices.ContainsFunc(issues, func(o fhir.Issue) bool { return o.Rule == i.Rule && o.Path == i.Path }) {
			issues = append(issues, i)
		}
	}
	return issues
}

func (j *judge) print(w io.Writer, r *checked) error {
	j.resources++
	errors, warnings := 0, 0
	for _, i := range r.Issues {
		switch i.Severity {
		case fhir.Error:
			errors++
		case fhir.Warning:
			warnings++
		}
	}
	switch {
	case errors > 0:
		j.failed++
	case warnings > 0:
		j.warned++
	}
	if j.cmd.JSON {
		if r.Issues == nil {
			r.Issues = fhir.Issues{}
		}
		return writeJSON(w, r)
	}
	for _, i := range r.Issues {
		if i.Severity == fhir.Information {
			continue
		}
		if _, err := fmt.Fprintf(w, "%s:%d: %s\n", r.File, r.Line, i); err != nil {
			return err
		}
	}
	return nil
}
