package main

import (
	"math/rand/v2"
	"slices"
	"strings"
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
