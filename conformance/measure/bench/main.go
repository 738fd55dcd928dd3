// Command bench measures this library beside other ways of doing the same work,
// all in one run, and prints how they compare.
//
//	go run ./conformance/measure/bench                  everything, in about three minutes
//	go run ./conformance/measure/bench -quick           the same, rougher, in a minute
//	go run ./conformance/measure/bench -map 1000000     only lfpse map on a long log with records
//	go run ./conformance/measure/bench -datix 1000000   only lfpse map on a long export of Datix
//	go run ./conformance/measure/bench -stream 1000000  only a long log without records
//	go run ./conformance/measure/bench -waiting 1000000 only an outbox in which a million reports wait
//	go run ./conformance/measure/bench -deliver 100000  only reports to a slow service
//	go run ./conformance/measure/bench -outage 207360   only reports during an outage of three days
//
// README.md says what each alternative does and leaves out.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"time"
)

type config struct {
	quick, json, check  bool
	only                string
	stream, rows, datix int
	waiting, deliver    int
	outage              int
	store               string
	inProcess           bool
	profiles            profiles
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		if !errors.Is(err, flag.ErrHelp) {
			fmt.Fprintln(os.Stderr, "bench:", err)
		}
		stop()
		os.Exit(1)
	}
}

func parse(args []string, stderr io.Writer) (config, error) {
	var c config
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.BoolVar(&c.quick, "quick", false, "measure for a shorter time, with less exact results")
	flags.BoolVar(&c.json, "json", false, "print JSON")
	flags.BoolVar(&c.check, "check", false, "exit with 1 when a target is missed by more than half")
	flags.StringVar(&c.only, "only", "", "hold the contests with this in their name, and nothing else")
	flags.IntVar(&c.rows, "map", 0, "run lfpse map on this many rows of the practice example with its records, and nothing else")
	flags.IntVar(&c.datix, "datix", 0, "run lfpse map on this many rows of an invented export of Datix, and nothing else")
	flags.IntVar(&c.stream, "stream", 0, "map a log of this many rows in a process of its own, and nothing else")
	flags.IntVar(&c.waiting, "waiting", 0, "compare an outbox in which this many reports wait with an empty one, and nothing else")
	flags.IntVar(&c.deliver, "deliver", 0, "send this many reports to a service that answers after 200 ms, and nothing else")
	flags.IntVar(&c.outage, "outage", 0, "have a bridge take in this many reports while the service is away for 72 hours, and nothing else")
	flags.StringVar(&c.store, "store", "sqlite", "with -waiting and -deliver: where the outbox is, sqlite or postgres")
	flags.BoolVar(&c.inProcess, "in-process", false, "with -stream: map it in this process")
	flags.StringVar(&c.profiles.cpu, "cpuprofile", "", "with -in-process: write a CPU profile to this file")
	flags.StringVar(&c.profiles.heap, "memprofile", "", "with -in-process: write a heap profile to this file")
	if err := flags.Parse(args); err != nil {
		return c, err
	}
	switch {
	case flags.NArg() > 0:
		return c, fmt.Errorf("there are no arguments besides flags")
	case min(c.stream, c.rows, c.datix, c.waiting, c.deliver, c.outage) < 0:
		return c, fmt.Errorf("-stream, -map, -datix, -waiting, -deliver and -outage must be a number of rows or reports")
	case min(c.stream, 1)+min(c.rows, 1)+min(c.datix, 1)+min(c.waiting, 1)+min(c.deliver, 1)+min(c.outage, 1) > 1:
		return c, fmt.Errorf("give one of -stream, -map, -datix, -waiting, -deliver and -outage")
	case c.outage > 0 && c.outage < leastOutage:
		return c, fmt.Errorf("-outage needs at least %d reports", leastOutage)
	case c.store != "sqlite" && (c.store != "postgres" || c.waiting+c.deliver == 0):
		return c, fmt.Errorf("-store is sqlite or postgres, and goes with -waiting and -deliver")
	case c.inProcess && c.stream == 0:
		return c, fmt.Errorf("-in-process goes with -stream")
	case !c.inProcess && c.profiles != profiles{}:
		return c, fmt.Errorf("profiles need -in-process")
	}
	return c, nil
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	c, err := parse(args, stderr)
	if err != nil {
		return err
	}
	var r *report
	switch {
	case c.rows > 0:
		r, err = commandOnly(ctx, practiceShape, c.rows)
	case c.datix > 0:
		r, err = commandOnly(ctx, datixShape, c.datix)
	case c.stream > 0:
		r, err = c.streamOnly(ctx)
	case c.waiting > 0:
		r, err = c.waitingOnly(ctx, stderr)
	case c.deliver > 0:
		var sent delivered
		sent, err = c.deliverOnly(ctx)
		r = &report{Deliver: &sent}
	case c.outage > 0:
		var s survived
		s, err = outage(ctx, c.outage)
		r = &report{Outage: &s}
	default:
		r, err = c.everything(ctx, stderr)
	}
	if err != nil {
		return err
	}
	if err := c.write(stdout, r); err != nil {
		return err
	}
	if n := r.missed(); c.check && n > 0 {
		return fmt.Errorf("%d targets are missed by more than half", n)
	}
	return nil
}

func commandOnly(ctx context.Context, of func() (shape, error), rows int) (*report, error) {
	cmd, err := mapCommand(ctx, of, rows)
	return &report{Command: &cmd}, err
}

func (c *config) streamOnly(ctx context.Context) (*report, error) {
	var s streamed
	var err error
	if c.inProcess {
		s, err = streamHere(c.stream, c.profiles)
	} else {
		s, err = stream(ctx, c.stream)
	}
	return &report{Stream: &s}, err
}

// everything runs the contests and a log of moderate length.
func (c *config) everything(ctx context.Context, progress io.Writer) (*report, error) {
	const logRows = 1000
	rounds, benchtime, longRows := 15, 100*time.Millisecond, 100_000
	if c.quick {
		rounds, benchtime, longRows = 5, 40*time.Millisecond, 20_000
	}
	if err := setBenchtime(benchtime); err != nil {
		return nil, err
	}
	f, err := newFixture(seed, logRows)
	if err != nil {
		return nil, err
	}
	r := newReport(f, rounds)
	if err := c.holdAll(ctx, f, r, progress); err != nil {
		return nil, err
	}
	if c.only != "" {
		return r, nil
	}
	if err := f.independent(ctx, r, progress); err != nil {
		return nil, err
	}
	fmt.Fprintln(progress, "measuring: long logs")
	s, err := stream(ctx, longRows)
	if err != nil {
		return nil, err
	}
	// Started by this process, the command would be charged with its memory.
	var cmd commanded
	err = apart(ctx, &cmd, "-map", strconv.Itoa(longRows), "-json")
	r.Stream, r.Command = &s, &cmd
	return r, err
}

// holdAll holds all contests, or those that are wanted.
func (c *config) holdAll(ctx context.Context, f *fixture, r *report, progress io.Writer) error {
	d, err := newDelivery(inFile, f.practice.builder, &f.event, 128, 0)
	if err != nil {
		return err
	}
	defer d.close()
	p, err := newPlainTable(d)
	if err != nil {
		return err
	}
	if err := c.holdThese(ctx, r, progress, append(f.contests(), d.contests(p)...)...); err != nil {
		return err
	}
	return c.onPostgres(ctx, f, r, progress)
}

// holdThese holds those of some contests that are wanted.
func (c *config) holdThese(ctx context.Context, r *report, progress io.Writer, contests ...contest) error {
	for _, contest := range contests {
		if !strings.Contains(contest.name, c.only) {
			continue
		}
		if err := r.hold(ctx, &contest, progress); err != nil {
			return err
		}
	}
	return nil
}

// hold runs a contest and adds its result.
func (r *report) hold(ctx context.Context, c *contest, progress io.Writer) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	fmt.Fprintln(progress, "measuring:", c.name)
	result, err := c.run(r.Rounds)
	r.Contests = append(r.Contests, result)
	return err
}

func (c *config) write(w io.Writer, r *report) error {
	switch {
	case c.json && c.stream > 0:
		return writeJSON(w, r.Stream)
	case c.json && c.rows+c.datix > 0:
		return writeJSON(w, r.Command)
	case c.json && c.deliver > 0:
		return writeJSON(w, r.Deliver)
	case c.json && c.outage > 0:
		return writeJSON(w, r.Outage)
	case c.json:
		return writeJSON(w, r)
	case c.stream+c.rows+c.datix+c.deliver+c.outage > 0:
		return errors.Join(r.Stream.writeText(w), r.Command.writeText(w), r.Deliver.writeText(w), r.Outage.writeText(w))
	}
	return r.writeText(w)
}
