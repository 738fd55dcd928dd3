package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/gpsafety/lfpse-go/conformance/cases"
	"github.com/gpsafety/lfpse-go/conformance/conform"
	"github.com/gpsafety/lfpse-go/conformance/sandbox"
	"github.com/gpsafety/lfpse-go/lfpse/endpoint"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

type conformCmd struct {
	taxonomyFlags
	endpointFlags
	Service         string   `arg:"" help:"The service to test: sandbox (a sandbox inside this command), the url of a sandbox, or an endpoint file." placeholder:"sandbox|URL|FILE"`
	HTML            string   `help:"Write the report as one web page." name:"html" placeholder:"FILE"`
	JUnit           string   `help:"Write the report for a build server." name:"junit" placeholder:"FILE"`
	Case            []string `help:"Only the cases that a pattern names, such as json or lfpse/LFPSE-HARM-*. Default: all." placeholder:"PATTERN"`
	Limit           int      `help:"Post at most so many cases. Default: no limit." placeholder:"N"`
	Rate            float64  `help:"Post at most so many a second. Default: 2, and no limit for a sandbox." placeholder:"N"`
	Marker          string   `help:"Text in front of every description, so that the records can be told apart. Default: none for a sandbox, else \"${marker}\"." placeholder:"TEXT"`
	CleanUp         bool     `help:"Delete every record that the service has accepted."`
	Differences     string   `help:"File of known differences, each with its reason, in the form of conformance/cases/expected-differences.json. Default: those of the sandbox for a sandbox, else none." placeholder:"FILE"`
	RootDescription bool     `help:"The service takes AdverseEvent.description, which FHIR R4 does not have."`
}

const (
	testMarker = "CONFORMANCE TEST, NO REAL EVENT."
	testRate   = 2 // requests a second to a service that is no sandbox
)

func (*conformCmd) Help() string {
	return `Posts the documents of the conformance suite to a service, and compares what it accepts and refuses with what the suite expects. Sound documents become records there: agree with the owner of the service first. A service in production is refused.

Examples:
  lfpse conform sandbox --html report.html
  lfpse conform http://127.0.0.1:8787 --case json --case fhir --clean-up
  lfpse conform endpoint.yaml --rate 1 --limit 100 --clean-up --junit report.xml --html report.html`
}

// Run posts the cases and reports the differences.
func (cmd *conformCmd) Run(ctx context.Context, c *console) error {
	t, err := cmd.load()
	if err != nil {
		return err
	}
	ep, end, err := cmd.service(ctx, t)
	if err != nil {
		return err
	}
	defer end()
	o, err := cmd.options(ep)
	if err != nil {
		return err
	}
	all, err := cases.All()
	if err != nil {
		return err
	}
	bar := newProgress(c.err, 0, func(n int) string { return fmt.Sprintf("%d cases", n) })
	o.Done = func(conform.Result) { bar.row(0) }
	report, err := conform.Run(ctx, ep, all, o)
	bar.hide()
	if err != nil {
		return err
	}
	if len(report.Results) == 0 {
		return errors.New("no case has a name of --case; conformance/cases/README.md lists the themes")
	}
	printConform(c.out, report)
	return errors.Join(cmd.write(report), conformVerdict(report))
}

// service returns the endpoint to test, and what ends the sandbox if there is one.
func (cmd *conformCmd) service(ctx context.Context, t *taxonomy.Taxonomy) (*endpoint.Endpoint, func(), error) {
	target, end := cmd.Service, func() {}
	if target == "sandbox" {
		data, err := t.Append(nil)
		if err != nil {
			return nil, nil, err
		}
		server, err := sandbox.Start(ctx, "127.0.0.1:0", sandbox.WithTaxonomy(data))
		if err != nil {
			return nil, nil, err
		}
		end = func() { _ = server.Close(context.Background()) }
		target = server.URL()
	}
	config, err := cmd.config(target, func(host string) endpoint.Config { return endpoint.ForSandbox(host, t) })
	if err != nil {
		end()
		return nil, nil, err
	}
	ep, err := endpoint.New(config)
	if err != nil {
		end()
		return nil, nil, fmt.Errorf("%s: %w\n%s", cmd.Service, err, flagsHint)
	}
	return ep, end, nil
}

// options are what the flags say, with the defaults for the kind of service.
func (cmd *conformCmd) options(ep *endpoint.Endpoint) (conform.Options, error) {
	o := conform.Options{Cases: cmd.Case, Limit: cmd.Limit, Marker: cmd.Marker, CleanUp: cmd.CleanUp, RootDescription: cmd.RootDescription}
	rate := cmd.Rate
	known := func() (cases.Differences, error) { return cases.Differences{}, nil }
	if ep.Environment() == endpoint.Sandbox {
		known = cases.SandboxDifferences
	} else {
		if o.Marker == "" {
			o.Marker = testMarker
		}
		if rate == 0 {
			rate = testRate
		}
	}
	if cmd.Differences != "" {
		known = func() (cases.Differences, error) { return readDifferences(cmd.Differences) }
	}
	if rate > 0 {
		o.Interval = time.Duration(float64(time.Second) / rate)
	}
	var err error
	o.Differences, err = known()
	return o, errors.Join(err, cmd.faults())
}

// faults are what is wrong with the flags.
func (cmd *conformCmd) faults() error {
	var faults []error
	for _, pattern := range cmd.Case {
		if _, err := path.Match(pattern, ""); err != nil {
			faults = append(faults, fmt.Errorf("--case: %q is no pattern: a bracket is not closed", pattern))
		}
	}
	if cmd.Limit < 0 || cmd.Rate < 0 {
		faults = append(faults, errors.New("--limit and --rate must not be negative"))
	}
	const longest = 100 // characters
	if utf8.RuneCountInString(cmd.Marker) > longest || containsFunc(cmd.Marker, func(r rune) bool { return !unicode.IsPrint(r) }) {
		faults = append(faults, fmt.Errorf("--marker must be at most %d characters, and no control characters", longest))
	}
	return errors.Join(faults...)
}

func containsFunc(s string, f func(rune) bool) bool {
	for _, r := range s {
		if f(r) {
			return true
		}
	}
	return false
}

func readDifferences(file string) (cases.Differences, error) {
	f, err := os.Open(file)
	if err != nil {
		return cases.Differences{}, err
	}
	defer f.Close()
	d, err := cases.ReadDifferences(f)
	if err != nil {
		return d, fmt.Errorf("%s: %w", file, err)
	}
	return d, nil
}

// printConform writes what a person looks at: differences, and what has no verdict.
func printConform(w io.Writer, r *conform.Report) {
	for _, one := range r.With(conform.Different) {
		fmt.Fprintf(w, "%s: expected: %s; found: %s\n", one.Case, one.Expected(), one.Found())
		for _, line := range one.Said {
			fmt.Fprintf(w, "    %s\n", line)
		}
	}
	for _, one := range r.With(conform.NoVerdict) {
		fmt.Fprintf(w, "%s: %s: %s\n", one.Case, one.Found(), one.Reason)
	}
	if r.Stopped != "" {
		fmt.Fprintln(w, r.Stopped)
	}
	for _, name := range r.Unseen() {
		fmt.Fprintf(w, "%s: the known difference did not occur\n", name)
	}
	fmt.Fprintln(w, r.Line())
	if left := len(r.Left()); left > 0 && r.Service.Environment != endpoint.Sandbox {
		fmt.Fprintf(w, "%d records are left at the service; the report of --html lists them\n", left)
	}
}

// write writes the files that are asked for.
func (cmd *conformCmd) write(r *conform.Report) error {
	var errs []error
	for _, out := range []struct {
		file  string
		write func(io.Writer) error
	}{{cmd.HTML, r.HTML}, {cmd.JUnit, r.JUnit}} {
		if out.file == "" {
			continue
		}
		f, err := os.Create(out.file)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		errs = append(errs, out.write(f), f.Close())
	}
	return errors.Join(errs...)
}

// conformVerdict is the exit code of the command, with a message.
func conformVerdict(r *conform.Report) error {
	if n := r.Count(conform.NoVerdict); n > 0 {
		text := "1 case has no verdict"
		if n > 1 {
			text = fmt.Sprintf("%d cases have no verdict", n)
		}
		return &exit{exitDelivery, errors.New(text + " (exit code 3)")}
	}
	if n := r.Count(conform.Different); n > 0 {
		text := "1 verdict is different"
		if n > 1 {
			text = fmt.Sprintf("%d verdicts are different", n)
		}
		return attention("%s (exit code 1)", text)
	}
	if !r.Passed() {
		return attention("no case was judged (exit code 1)")
	}
	return nil
}
