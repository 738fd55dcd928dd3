package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"time"

	"github.com/gpsafety/lfpse-go/lfpse/outbox"
)

// killsInLife is how many processes are killed over one outbox, at most.
const killsInLife = 30

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

// can reports whether a process over this outbox may come to a step: an outbox is new once,
// and a log that may be read again is not renumbered.
func (l *life) can(step string) bool {
	switch {
	case strings.HasPrefix(step, opening) && step != opened:
		return !l.begun
	case strings.HasPrefix(step, string(outbox.ActSame)+"/"):
		return !l.Kept
	}
	return true
}

// leaving are steps at which a process leaves a claim that the next one gives back.
var leaving = []string{string(outbox.ActClaim) + "/committed", string(outbox.ActSend) + "/half", string(outbox.ActSend) + "/written"}

// prepare makes what a step needs that no process does for itself: a claim of a dead one, or
// a backup that was put back.
func (l *life) prepare(ctx context.Context, f *figures, step string) error {
	if step == opening+string(opTruncate) { // what a first write has begun is undone
		_, err := l.kill(ctx, f, opening+string(opSync), 3)
		return err
	}
	act, _, _ := strings.Cut(step, "/")
	switch outbox.Act(act) {
	case outbox.ActUnclaim:
		_, err := l.kill(ctx, f, leaving[l.random.IntN(len(leaving))], 1)
		return err
	case outbox.ActRestored:
		for range 1 + maxTries {
			if _, err := l.kill(ctx, f, "", 0); err != nil { // it does its work and ends
				return err
			}
			if l.Kept {
				return l.putBack()
			}
			if l.whole {
				if err := l.keep(); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// kill runs a process that is killed at a step, if it comes to it, and judges what it leaves.
func (l *life) kill(ctx context.Context, f *figures, step string, nth int) (killed bool, err error) {
	var after time.Duration
	if step == randomly {
		after = time.Duration(1 + l.random.IntN(int(200*time.Millisecond)))
	}
	f.Tried++
	l.begun = true
	if killed, err = l.process(ctx, step, nth, after); err != nil {
		return killed, fmt.Errorf("a process that was to be killed at %q: %w", step, err)
	}
	v, err := l.judge(ctx)
	if err != nil {
		return killed, fmt.Errorf("after a kill at %q: %w", step, err)
	}
	f.add(v.at(step, killed))
	if killed {
		f.N++
	}
	return killed, nil
}

// at says of everything that is wrong after which process it was.
func (v verdict) at(step string, killed bool) verdict {
	if !killed {
		step = "a process that was not killed " + step
	}
	for i := range v.Wrong {
		v.Wrong[i] += " (" + step + ")"
	}
	return v
}

// spare is how many new events a process and those that prepare for it may need.
const spare = 100

// live is one outbox from its beginning to its end.
func (l *life) live(ctx context.Context, f *figures, o *order, kills int) error {
	for most := min(kills, f.N+killsInLife); f.N < most; {
		step := o.step()
		if !l.can(step) || l.Next > l.stock.events()-spare {
			break
		}
		if err := l.prepare(ctx, f, step); err != nil {
			return err
		}
		killed, err := l.kill(ctx, f, step, o.nth(step))
		if err != nil {
			return err
		}
		o.tried(step, killed)
	}
	v, err := l.end(ctx)
	f.add(v.at("the end", true))
	f.recoveries = append(f.recoveries, l.recoveries...)
	return err
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
