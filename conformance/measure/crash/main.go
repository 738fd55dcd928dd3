package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"time"

	"github.com/gpsafety/lfpse-go/lfpse/outbox/postgres/postgrestest"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		if !errors.Is(err, flag.ErrHelp) {
			fmt.Fprintln(os.Stderr, "crash:", err)
		}
		stop()
		os.Exit(1)
	}
}

type config struct {
	kills   int
	paced   int
	losses  int
	faulty  int
	damaged int
	seed    uint64
	stores  []string
	step    string
	folder  string
}

func run(ctx context.Context, args []string, stdout io.Writer) error {
	if text := os.Getenv(planVariable); text != "" {
		var p plan
		if err := json.Unmarshal([]byte(text), &p); err != nil {
			return err
		}
		return runWorker(ctx, p)
	}
	var c config
	flags := flag.NewFlagSet("crash", flag.ContinueOnError)
	flags.IntVar(&c.kills, "kills", 5000, "how many processes are killed at steps and at random, over all stores")
	flags.IntVar(&c.paced, "paced", 15, "how many processes are killed at one a second while they send, over each store")
	flags.IntVar(&c.losses, "power", 500, "how often the power fails")
	flags.IntVar(&c.faulty, "faults", 50, "how many disks fail for a while")
	flags.IntVar(&c.damaged, "torn", 200, "how often the files are damaged")
	flags.Uint64Var(&c.seed, "seed", 1, "the same seed has the same plan")
	stores := flags.String("store", "sqlite,postgres", "kinds of stores; power, faults and torn are for sqlite")
	flags.StringVar(&c.step, "step", "", "kill only at steps with this in their name")
	if err := flags.Parse(args); err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "crash-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	c.folder, c.stores = folder, strings.Split(*stores, ",")
	return errors.Join(c.measure(ctx, stdout), postgrestest.Stop())
}

// errUnmet says that the table shows something that must not be.
var errUnmet = errors.New("not everything is as it should be: see NOT MET above")

// measure does everything that it is told, and prints what it has shown.
func (c *config) measure(ctx context.Context, stdout io.Writer) error {
	type part struct {
		what string
		n    int
		do   func(context.Context, *figures, int) error
	}
	var parts []part
	for i, store := range c.stores {
		n := c.kills*(i+1)/len(c.stores) - c.kills*i/len(c.stores)
		parts = append(parts,
			part{store + ", kill -9", n, func(ctx context.Context, f *figures, n int) error { return c.kill(ctx, f, store, n) }},
			part{store + ", kill -9 at one a second", c.paced, func(ctx context.Context, f *figures, n int) error { return c.pace(ctx, f, store, n) }})
		if store == "sqlite" {
			parts = append(parts, part{"sqlite, loss of power", c.losses, c.power}, part{"sqlite, disk that fails for a while", c.faulty, c.faults}, part{"sqlite, damaged file", c.damaged, c.torn})
		}
	}
	var all []*figures
	var unmet error
	for _, p := range parts {
		if p.n == 0 {
			continue
		}
		begin := time.Now()
		f := &figures{What: p.what}
		err := p.do(ctx, f, p.n)
		f.Took = time.Since(begin)
		if all = append(all, f); err != nil {
			write(stdout, all)
			return fmt.Errorf("%s: %w", p.what, err)
		}
		if len(f.fails()) > 0 {
			unmet = errUnmet
		}
	}
	write(stdout, all)
	if unmet == nil {
		fmt.Fprintln(stdout, "Everything is as it should be.")
	}
	return unmet
}
