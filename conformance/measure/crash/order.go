package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/gpsafety/lfpse-go/lfpse/outbox"
)

// The steps have their turns in an order that gives each as many, within one.
type order struct {
	random *rand.Rand
	all    []string
	left   []string // of this turn
	tries  int      // to kill a process at the first of these
	kills  map[string]int
}

// randomly is the name of a kill at any time.
const randomly = "at random"

// maxTries is how many processes may end by themselves before the next step has its turn.
const maxTries = 8

func newOrder(random *rand.Rand, store, only string) *order {
	o := &order{random: random, kills: map[string]int{}}
	for _, step := range append(steps(store), randomly) {
		if strings.Contains(step, only) {
			o.all = append(o.all, step)
		}
	}
	return o
}

// step is the one that has its turn.
func (o *order) step() string {
	if o.tries == maxTries {
		o.left, o.tries = o.left[1:], 0
	}
	if len(o.left) == 0 {
		o.left = slices.Clone(o.all)
		o.random.Shuffle(len(o.left), func(i, j int) { o.left[i], o.left[j] = o.left[j], o.left[i] })
	}
	return o.left[0]
}

// often are steps to which each process comes many times.
var often = []string{stepBegin, opening + string(opWrite), working + string(opWrite), working + string(opSync)}

// nth is for the how manieth time the process comes to the step when it is killed. One that
// was not killed is followed by one that is killed earlier.
func (o *order) nth(step string) int {
	nth := o.random.ExpFloat64()
	if slices.Contains(often, step) {
		nth *= 12
	}
	return 1 + int(nth)>>o.tries
}

// tried notes whether a process was killed at the step that has its turn.
func (o *order) tried(step string, killed bool) {
	if o.tries++; killed {
		o.kills[step]++
		o.left, o.tries = o.left[1:], 0
	}
}

// missed are the steps at which no process was killed.
func (o *order) missed() (missed []string) {
	for _, step := range o.all {
		if o.kills[step] == 0 {
			missed = append(missed, step)
		}
	}
	slices.Sort(missed)
	return missed
}

// spread is the least and the median number of kills at a step.
func (o *order) spread() (least, median int) {
	var n []int
	for _, step := range o.all {
		n = append(n, o.kills[step])
	}
	slices.Sort(n)
	if len(n) == 0 {
		return 0, 0
	}
	return n[0], n[len(n)/2]
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
