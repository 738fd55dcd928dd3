package outbox

import (
	"context"
	"errors"
	"sync"
)

// group commits in one transaction what several goroutines want to write at the same time,
// so that many attempts share one wait for the disk.
type group struct {
	update func(context.Context, func(Tx) error) error
	jobs   chan job
	done   sync.WaitGroup
}

type job struct {
	fn     func(Tx) error
	result chan error
}

// maxGroup is the most that is written in one transaction.
const maxGroup = 256

func newGroup(o *Outbox) *group {
	g := &group{update: o.update, jobs: make(chan job, maxGroup)}
	g.done.Go(g.run)
	return g
}

// do runs fn in a transaction and returns when it is stored. fn may run more than once.
func (g *group) do(fn func(Tx) error) error {
	j := job{fn, make(chan error, 1)}
	g.jobs <- j
	return <-j.result
}

// close ends the group when everything is written.
func (g *group) close() {
	close(g.jobs)
	g.done.Wait()
}

func (g *group) run() {
	for first := range g.jobs {
		batch := []job{first}
		for more := true; more && len(batch) < maxGroup; {
			select {
			case j, ok := <-g.jobs:
				if more = ok; ok {
					batch = append(batch, j)
				}
			default:
				more = false
			}
		}
		g.commit(batch)
	}
}

// commit writes a batch. If it fails, each job is tried by itself, so that one that cannot
// be written does not take the others with it. The caller's context does not count here:
// an outcome has to be stored even if the caller does not wait any more.
func (g *group) commit(batch []job) {
	err := g.update(context.Background(), func(tx Tx) error {
		for _, j := range batch {
			if err := j.fn(tx); err != nil {
				return err
			}
		}
		return nil
	})
	alone := err != nil && len(batch) > 1 && !errors.Is(err, ErrUncertain)
	for _, j := range batch {
		if alone {
			err = g.update(context.Background(), j.fn)
		}
		j.result <- err
	}
}
