package outbox

import (
	"context"
	"errors"
	"sync"
)

// group commits in one transaction what several goroutines want to write at the same time,
// so that many attempts share one wait for the disk.
type group struct {
	o    *Outbox
	jobs chan job
	done sync.WaitGroup
}

type job struct {
	fn     func(Tx) error
	result chan error
}

// maxGroup is the most that is written in one transaction.
const maxGroup = 256

func newGroup(o *Outbox) *group {
	g := &group{o: o, jobs: make(chan job, maxGroup)}
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
	err := g.write(batch...)
	alone := err != nil && len(batch) > 1 && !errors.Is(err, ErrUncertain)
	for _, j := range batch {
		if alone {
			err = g.write(j)
		}
		j.result <- err
	}
}

// write writes jobs in one transaction.
func (g *group) write(jobs ...job) error {
	return g.o.store.Update(context.Background(), func(tx Tx) error {
		shared := &sharedTx{Tx: tx, settings: map[string][]byte{}}
		for _, j := range jobs {
			if err := j.fn(shared); err != nil {
				return err
			}
		}
		if len(shared.entries) == 0 {
			return nil
		}
		return g.o.note(tx, shared.entries...)
	})
}

// sharedTx is a transaction of several jobs: they read each setting once, and what they
// note in the audit trail is written together, at the end.
type sharedTx struct {
	Tx
	settings map[string][]byte
	entries  []*Entry
}

func (t *sharedTx) Setting(name string) (value []byte, err error) {
	value, known := t.settings[name]
	if !known {
		if value, err = t.Tx.Setting(name); err == nil {
			t.settings[name] = value
		}
	}
	return value, err
}

func (t *sharedTx) SetSetting(name string, value []byte) error {
	t.settings[name] = value
	return t.Tx.SetSetting(name, value)
}
