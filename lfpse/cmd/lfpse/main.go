// Command lfpse maps a practice's incident log to LFPSE records, checks them and
// submits them.
//
//	lfpse map incidents.csv --map map.yaml
//	lfpse map incidents.csv --map map.yaml --format fhir | lfpse validate -
//	lfpse submit incidents.csv --map map.yaml --to sandbox
//
// Run lfpse --help for all commands. The exit code is 0 if nothing is left to do, 1 if
// something waits for a person, 2 if the command or a file cannot be used, and 3 if an
// event was not delivered or may not have been.
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/signal"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/gpsafety/lfpse-go/lfpse/nearest"
	"github.com/gpsafety/lfpse-go/lfpse/printable"
	"github.com/gpsafety/lfpse-go/mapping"
)

// The exit codes.
const (
	exitDone      = 0
	exitAttention = 1
	exitUsage     = 2
	exitDelivery  = 3
)

const description = `Turns what a GP system knows about patient safety events into LFPSE records (FHIR AdverseEvent), checks them and submits them.

Examples:
  lfpse map incidents.csv --map map.yaml
  lfpse submit incidents.csv --map map.yaml --to sandbox
  lfpse submit incidents.csv --map map.yaml --to endpoint.yaml --outbox outbox.db
  lfpse outbox ls --outbox outbox.db
  lfpse map incidents.csv --map datix --format draft
  lfpse map incidents.csv --map map.yaml --format fhir | lfpse validate -
  lfpse map incidents.csv --map map.yaml --format questions > answers.csv
  lfpse taxonomy show --unknown

Exit codes: 0 nothing left to do; 1 something waits for a person; 2 the command or a file cannot be used; 3 an event was not delivered or its fate is not known. Warnings and information about rows that are ready or were sent are shown and counted, but do not change the exit code.`

type cli struct {
	Map      mapCmd      `cmd:"" help:"See what becomes of each row of a log, and write events, FHIR or the open questions."`
	Validate validateCmd `cmd:"" help:"Check AdverseEvent resources from this or any other system."`
	Show     sheetCmd    `cmd:"" help:"Show an event as a page for people: for a meeting, an appraisal or an inspection."`
	Submit   submitCmd   `cmd:"" help:"Map a log and send what is ready."`
	Outbox   outboxCmd   `cmd:"" help:"See what waits to be sent and what was sent; settle, withdraw, export."`
	Doctor   doctorCmd   `cmd:"" help:"Look at everything that sending depends on, and say what to do."`
	Conform  conformCmd  `cmd:"" help:"Test a service: post the conformance suite and compare the verdicts."`
	Bridge   bridgeCmd   `cmd:"" help:"Take in reports from folders, by HTTP or on standard input, send them, and tell what became of them."`
	Form     formCmd     `cmd:"" help:"Serve a form on this computer, to record events and send them."`
	Sandbox  sandboxCmd  `cmd:"" help:"Run a local stand-in of the LFPSE service."`
	Maps     mapsCmd     `cmd:"" help:"List, show, write, check and try maps, which say what a log means."`
	Taxonomy taxonomyCmd `cmd:"" help:"Show the questions and answers that LFPSE knows, and which of them are not confirmed."`
	Rules    rulesCmd    `cmd:"" help:"Show the rules that records are checked against."`
	Triggers triggersCmd `cmd:"" help:"Write the codes of a record that make a draft, to edit them."`
	Version  versionCmd  `cmd:"" help:"Print the version of the program and of its taxonomies."`
}

// console is where a command reads and writes.
type console struct {
	in       io.Reader
	out, err io.Writer
}

// exit ends a command with a code; the message is for a person.
type exit struct {
	code int
	err  error
}

func (e *exit) Error() string { return e.err.Error() }
func (e *exit) Unwrap() error { return e.err }

func attention(format string, args ...any) error {
	return &exit{exitAttention, fmt.Errorf(format, args...)}
}

// gcPercent is half as much again as the default: the garbage collector has less work, for
// some megabytes.
const gcPercent = 150

func main() {
	if os.Getenv("GOGC") == "" { // a command has the memory, and a person waits for it
		debug.SetGCPercent(gcPercent)
	}
	os.Exit(run(context.Background(), os.Args[1:], &console{os.Stdin, os.Stdout, os.Stderr}))
}

// interruptible returns a context that ends with the first interrupt, so that the command
// can finish cleanly. A second interrupt ends the program.
func interruptible(ctx context.Context) context.Context {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	return ctx
}

// sink remembers whether output was lost, which most commands do not check.
type sink struct {
	w   io.Writer
	err error
}

func (s *sink) Write(p []byte) (int, error) {
	n, err := s.w.Write(p)
	s.err = cmp.Or(s.err, err)
	return n, err
}

// Fd is that of the file to which is written, so that a terminal is known as one.
func (s *sink) Fd() uintptr { return fdOf(s.w) }

// run parses the arguments, runs a command and returns the exit code.
func run(ctx context.Context, args []string, c *console) int {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	out := &sink{w: c.out}
	code := execute(ctx, args, &console{c.in, out, c.err})
	if out.err != nil && code != exitUsage {
		complain(c, fmt.Errorf("output was lost: %w", out.err))
		code = max(code, exitUsage)
	}
	return code
}

// execute does what run does, without checking for lost output.
func execute(ctx context.Context, args []string, c *console) int {
	var grammar cli
	code := -1
	parser, err := kong.New(&grammar,
		kong.Name("lfpse"), kong.Description(description), kong.Writers(c.out, c.err),
		kong.Exit(func(n int) { code = n }), kong.Vars{"maps": strings.Join(mapping.BuiltinNames(), ", "), "extracts": strings.Join(slices.Sorted(maps.Keys(extracts)), ", "), "marker": testMarker},
		kong.NamedMapper("existingfile", named(false)), kong.NamedMapper("existingdir", named(true)), kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		// Called only for a command that takes a context: an interrupt ends all others at once.
		kong.BindToProvider(func() (context.Context, error) { return interruptible(ctx), nil }), kong.Bind(c))
	if err != nil {
		complain(c, err)
		return exitUsage
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	parsed, err := parser.Parse(args)
	switch {
	case code >= 0: // --help
		return code
	case err != nil:
		fmt.Fprintln(c.err, printable.Text(usage(err)))
		return exitUsage
	}
	err = parsed.Run()
	var e *exit
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &e):
		complain(c, e)
		return e.code
	}
	complain(c, err)
	return exitUsage
}

// complain prints the message of an error, which may quote arguments and file names.
func complain(c *console, err error) {
	fmt.Fprintln(c.err, "lfpse:", printable.Text(inPlainWords(err)))
}

// notOneOf is how the parser says that a flag does not take a value.
var notOneOf = regexp.MustCompile(`must be one of (".*") but got "(.*)"$`)

// meant ends a message about a value that a flag does not take with those that may have
// been meant. The parser itself does so for commands and flags.
func meant(message string) string {
	m := notOneOf.FindStringSubmatch(message)
	if m == nil {
		return ""
	}
	return nearest.Hint(m[2], strings.Split(strings.Trim(m[1], `"`), `","`))
}
