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
	"slices"
	"strings"
	"time"

	"github.com/gpsafety/lfpse-go/lfpse/outbox"
	"github.com/gpsafety/lfpse-go/lfpse/outbox/postgres/postgrestest"
)

// killsInLife is how many processes die over one outbox.
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
	store   string
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
	flags.IntVar(&c.kills, "kills", 500, "how many processes are killed at steps and at random")
	flags.IntVar(&c.paced, "paced", 15, "how many processes are killed at one a second while they send")
	flags.IntVar(&c.losses, "power", 500, "how often the power fails")
	flags.IntVar(&c.faulty, "faults", 50, "how many disks fail for a while")
	flags.IntVar(&c.damaged, "torn", 200, "how often the files are damaged")
	flags.Uint64Var(&c.seed, "seed", 1, "the same seed has the same plan")
	flags.StringVar(&c.store, "store", "sqlite", "kind of store: sqlite or postgres; power, faults and torn are for sqlite")
	flags.StringVar(&c.step, "step", "", "kill only at steps with this in their name")
	if err := flags.Parse(args); err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "crash-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	c.folder = folder
	return errors.Join(c.measure(ctx, stdout), postgrestest.Stop())
}

// measure does everything that it is told, and prints what it has shown.
func (c *config) measure(ctx context.Context, stdout io.Writer) (err error) {
	for _, m := range []struct {
		what string
		n    int
		do   func(context.Context, int) (figures, error)
	}{
		{"kill -9", c.kills, c.kill},
		{"kill -9 at one a second, answers in 5 ms, 16 in flight", c.paced, c.pace},
		{"losses of power", c.losses, c.power},
		{"disks that fail for a while", c.faulty, c.faults},
		{"damaged files", c.damaged, c.torn},
	} {
		if m.n == 0 || err != nil {
			continue
		}
		var f figures
		f, err = m.do(ctx, m.n)
		f.write(stdout, m.what)
		if err == nil && f.Lost+f.Twice+f.Unexplained > 0 {
			err = errors.New("a report was lost, sent twice, or is unknown for no reason")
		}
	}
	return err
}

// figures are what the kills have shown.
type figures struct {
	judged
	Kills   int
	Steps   map[string]int // kills at each
	Lives   int
	Tried   int // processes that were started
	Took    time.Duration
	Missed  []string // steps that no process came to
	Sent    int      // requests, where they are counted
	Refused int      // damages that were noticed
}

// kill lets processes die, at every step in turn and now and then at random.
func (c *config) kill(ctx context.Context, kills int) (f figures, err error) {
	begin := time.Now()
	defer func() { f.Took = time.Since(begin) }()
	stock, err := newStock(400, 3)
	if err != nil {
		return f, err
	}
	file := filepath.Join(c.folder, "stock")
	if err := stock.write(file); err != nil {
		return f, err
	}
	f.Steps = map[string]int{}
	random := rand.New(rand.NewPCG(c.seed, 4))
	order := newOrder(random, c.store, c.step)
	for f.Kills < kills {
		l, err := newLife(c.store, filepath.Join(c.folder, fmt.Sprint(f.Lives)), file, stock, random.Uint64(), 0, true)
		if err != nil {
			return f, err
		}
		f.Lives++
		err = l.live(ctx, &f, order, min(killsInLife, kills-f.Kills))
		l.ledger.close()
		if err != nil {
			return f, err
		}
		_ = os.RemoveAll(l.Folder)
	}
	f.Missed = order.missed(f.Steps)
	return f, nil
}

// live is one outbox from its beginning to its end.
func (l *life) live(ctx context.Context, f *figures, order *order, kills int) error {
	last := opening
	for n, tries := 0, 0; n < kills && tries < 20*kills; tries++ {
		step, nth, after := order.next(last)
		f.Tried++
		killed, err := l.process(ctx, step, nth, after)
		if err != nil {
			return fmt.Errorf("a process that was to die at %q: %w", step, err)
		}
		j, err := l.judge(ctx)
		if err != nil {
			return fmt.Errorf("after a death at %q: %w", step, err)
		}
		if last = ""; killed {
			n++
			f.Kills++
			f.Steps[step]++
			last = step
		} else {
			j.Unknown = 0
		}
		j.explain(step)
		f.add(j)
		if killed && f.Lives%3 == 0 && n%10 == 4 {
			if err := l.swap(); err != nil {
				return err
			}
			last = string(outbox.ActRestored)
		}
	}
	j, err := l.end(ctx)
	j.explain("the end")
	f.add(j)
	return err
}

func (j *judged) explain(step string) {
	for i := range j.Wrong {
		j.Wrong[i] += " (" + step + ")"
	}
}

// pace kills processes that do nothing but send, at one a second.
func (c *config) pace(ctx context.Context, kills int) (f figures, err error) {
	begin := time.Now()
	defer func() { f.Took = time.Since(begin) }()
	stock, err := newStock(2000*kills, 1)
	if err != nil {
		return f, err
	}
	file := filepath.Join(c.folder, "busy")
	if err := stock.write(file); err != nil {
		return f, err
	}
	l, err := newLife(c.store, filepath.Join(c.folder, "paced"), file, stock, c.seed, 5*time.Millisecond, false)
	if err != nil {
		return f, err
	}
	defer l.ledger.close()
	l.Busy, l.InFlight, l.Rounds = true, 16, 1000
	random := rand.New(rand.NewPCG(c.seed, 7))
	for f.Kills < kills {
		killed, err := l.process(ctx, "", 0, time.Second/2+time.Duration(random.IntN(int(time.Second))))
		if err != nil {
			return f, err
		}
		if !killed {
			return f, errors.New("there were too few events")
		}
		f.Kills++
	}
	f.judged, err = l.judge(ctx)
	f.Sent = l.ledger.calls
	return f, err
}

// order is the steps in an order that gives each its turn.
type order struct {
	random *rand.Rand
	all    []string
	at     int
}

// randomly is the name of a kill at any time.
const randomly = "at random"

func newOrder(random *rand.Rand, store, only string) *order {
	o := &order{random: random}
	for _, step := range append(steps(store), randomly) {
		if strings.Contains(step, only) {
			o.all = append(o.all, step)
		}
	}
	return o
}

// follow says which steps only the next process comes to after some others: that of a new
// outbox, that after a backup was put back, and that which finds a claim of a dead one.
var follow = map[string][]string{
	opening: {opening + "write", opening + "sync", opening + "truncate"}, string(outbox.ActRestored): {string(outbox.ActRestored) + "/"},
	"claim/": {"unclaim/"}, "send/half": {"unclaim/"}, "send/written": {"unclaim/"}, "send/committed": {"lose/"}, "post/": {"lose/"}, "put/": {"lose/"},
}

// next is the step for the next process: every second time one that it alone comes to.
func (o *order) next(last string) (step string, nth int, after time.Duration) {
	if o.at == 0 {
		o.random.Shuffle(len(o.all), func(i, j int) { o.all[i], o.all[j] = o.all[j], o.all[i] })
	}
	step, nth = o.all[o.at], 1+int(o.random.ExpFloat64())
	for before, wanted := range follow {
		if last != "" && strings.HasPrefix(last, before) && o.random.IntN(2) == 0 {
			if found := o.with(wanted[o.random.IntN(len(wanted))]); found != "" {
				if last == opening {
					nth = 1 + o.random.IntN(10)
				}
				return found, nth, 0
			}
		}
	}
	o.at = (o.at + 1) % len(o.all)
	if step == randomly {
		after = time.Duration(o.random.IntN(int(200 * time.Millisecond)))
	}
	return step, nth, after
}

// with picks a step that begins with something.
func (o *order) with(start string) string {
	var fit []string
	for _, step := range o.all {
		if strings.HasPrefix(step, start) {
			fit = append(fit, step)
		}
	}
	if len(fit) == 0 {
		return ""
	}
	return fit[o.random.IntN(len(fit))]
}

func (o *order) missed(at map[string]int) (missed []string) {
	for _, step := range o.all {
		if at[step] == 0 {
			missed = append(missed, step)
		}
	}
	slices.Sort(missed)
	return missed
}

func (f *figures) write(w io.Writer, what string) {
	fmt.Fprintf(w, "%d %s in %s", f.Kills, what, f.Took.Round(time.Second))
	if f.Steps != nil {
		fmt.Fprintf(w, " among %d processes, over %d outboxes, at %d of %d steps", f.Tried, f.Lives, len(f.Steps), len(f.Steps)+len(f.Missed))
	}
	fmt.Fprintf(w, "\n  lost %d, sent twice %d, unknown %d, of these unexplained %d\n", f.Lost, f.Twice, f.Unknown, f.Unexplained)
	if f.Sent > 0 {
		fmt.Fprintf(w, "  %d reports sent, %.2f %% of them unknown\n", f.Sent, 100*float64(f.Unknown)/float64(f.Sent))
	}
	if f.Refused > 0 {
		fmt.Fprintf(w, "  %d refused, or taken for a backup; the others hit nothing that is in use, or a text, which is checked when it is read\n", f.Refused)
	}
	for i, wrong := range f.Wrong {
		if i == 20 {
			fmt.Fprintf(w, "  and %d more\n", len(f.Wrong)-i)
			break
		}
		fmt.Fprintln(w, " ", wrong)
	}
	if len(f.Missed) > 0 {
		fmt.Fprintln(w, "  no process came to:", strings.Join(f.Missed, ", "))
	}
}
