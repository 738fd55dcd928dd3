// Package ordered works on the items of a sequence in several goroutines and gives
// the results in the order of the items, with memory that does not grow with the
// sequence.
package ordered

import (
	"iter"
	"sync"
)

// ahead is how many items are read ahead for each worker: enough that none waits
// while the caller is busy with a result.
const ahead = 16

// job is an item that a worker is busy with. It is used for one item after the other.
type job[In, Out any] struct {
	in     In
	out    Out
	done   chan struct{} // gets one token when out is there
	failed any           // what the function panicked with
}

func (j *job[In, Out]) do(f func(In, *Out)) {
	defer func() {
		j.failed = recover()
		j.done <- struct{}{}
	}()
	f(j.in, &j.out)
}

// Map yields what f makes of every item, in the order of the items. f gets a zero
// result to fill in, and must not keep its address. It is called for up to
// workers items at the same time, in goroutines that live no longer than the loop;
// with fewer than two, it is called in the caller's own. Items are always read in the
// caller's goroutine, up to 16 a worker ahead; when the loop is left early, those are
// lost. An error of the sequence comes after the results of the items before it and
// ends the loop. What f panics with comes out in the loop.
func Map[In, Out any](items iter.Seq2[In, error], workers int, f func(In, *Out)) iter.Seq2[Out, error] {
	if workers < 2 {
		return one(items, f)
	}
	return func(yield func(Out, error) bool) {
		p := pipeline[In, Out]{most: ahead * workers, yield: yield}
		jobs := make(chan *job[In, Out], p.most) // has room for all, so handing out never waits
		var group sync.WaitGroup
		for range workers {
			group.Go(func() {
				for j := range jobs {
					j.do(f)
				}
			})
		}
		defer group.Wait()
		defer close(jobs)
		p.run(items, jobs)
	}
}

// one is Map without goroutines.
func one[In, Out any](items iter.Seq2[In, error], f func(In, *Out)) iter.Seq2[Out, error] {
	return func(yield func(Out, error) bool) {
		var none, out Out
		for in, err := range items {
			if out = none; err == nil {
				f(in, &out)
			}
			if !yield(out, err) || err != nil {
				return
			}
		}
	}
}

// pipeline is what the caller's goroutine knows of the items on their way.
type pipeline[In, Out any] struct {
	most    int
	yield   func(Out, error) bool
	waiting []*job[In, Out] // in the order of the items
	free    []*job[In, Out]
}

func (p *pipeline[In, Out]) run(items iter.Seq2[In, error], jobs chan<- *job[In, Out]) {
	var end error
	for in, err := range items {
		if err != nil {
			end = err
			break
		}
		j := p.take()
		j.in = in
		p.waiting = append(p.waiting, j)
		jobs <- j
		if len(p.waiting) >= p.most && !p.next() {
			return
		}
	}
	for len(p.waiting) > 0 {
		if !p.next() {
			return
		}
	}
	if end != nil {
		var none Out
		p.yield(none, end)
	}
}

func (p *pipeline[In, Out]) take() *job[In, Out] {
	n := len(p.free)
	if n == 0 {
		return &job[In, Out]{done: make(chan struct{}, 1)}
	}
	j := p.free[n-1]
	p.free = p.free[:n-1]
	return j
}

// next yields the result of the oldest item.
func (p *pipeline[In, Out]) next() bool {
	j := p.waiting[0]
	p.waiting = append(p.waiting[:0], p.waiting[1:]...)
	<-j.done
	if j.failed != nil {
		panic(j.failed)
	}
	more := p.yield(j.out, nil)
	*j = job[In, Out]{done: j.done}
	p.free = append(p.free, j)
	return more
}
