package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"time"

	"github.com/gpsafety/lfpse-go/lfpse/outbox/postgres/postgrestest"
)

// killsInLife is how many processes are killed over one outbox, at most.
const killsInLife = 30

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

// kill kills processes at every step in turn, and at any time.
func (c *config) kill(ctx context.Context, f *figures, store string, kills int) error {
	stock, err := newStock(300, 3)
	if err != nil {
		return err
	}
	file := filepath.Join(c.folder, "stock")
	if err := stock.write(file); err != nil {
		return err
	}
	random := rand.New(rand.NewPCG(c.seed, 4))
	o := newOrder(random, store, c.step)
	for f.N < kills && f.Lives <= kills {
		l, err := newLife(store, filepath.Join(c.folder, fmt.Sprint(store, f.Lives)), file, stock, random.Uint64(), 0, true)
		if err != nil {
			return err
		}
		f.Lives++
		if err := errors.Join(l.live(ctx, f, o, kills), l.close()); err != nil {
			return err
		}
	}
	missed := o.missed()
	f.Least, f.Median = o.spread()
	f.Steps = fmt.Sprintf("%d of %d", len(o.all)-len(missed), len(o.all))
	if kills >= 2*len(o.all) { // so many that each step has its turn
		f.Missed = missed
	}
	return nil
}

// pace kills processes that do nothing but send, at one a second.
func (c *config) pace(ctx context.Context, f *figures, store string, kills int) (err error) {
	stock, err := newStock(2000*kills, 1)
	if err != nil {
		return err
	}
	file := filepath.Join(c.folder, "busy")
	if err := stock.write(file); err != nil {
		return err
	}
	l, err := newLife(store, filepath.Join(c.folder, store+"-paced"), file, stock, c.seed, 5*time.Millisecond, false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.close()) }()
	l.Busy, l.InFlight, l.Rounds = true, 16, 1000
	random := rand.New(rand.NewPCG(c.seed, 7))
	for ; f.N < kills; f.N++ {
		killed, err := l.process(ctx, "", 0, time.Second/2+time.Duration(random.IntN(int(time.Second))))
		if err != nil {
			return err
		}
		if !killed {
			return errors.New("there were too few events")
		}
	}
	f.verdict, err = l.judge(ctx)
	f.Sent, f.recoveries = len(l.ledger.calls), l.recoveries
	return err
}
