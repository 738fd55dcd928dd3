package main

import (
	"context"
	"errors"
	"math/rand/v2"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/gpsafety/lfpse-go/lfpse/client"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/endpoint"
	"github.com/gpsafety/lfpse-go/lfpse/outbox"
)

var (
	manager  = outbox.By{ID: "mgr1", Role: outbox.Manager}
	recorder = outbox.By{ID: "rec1", Role: outbox.Recorder}
)

// worker is a process that works with an outbox until it is killed, or the process that
// judges what others have left.
type worker struct {
	plan
	box    *outbox.Outbox
	store  outbox.Store
	sender outbox.Sender
	stock  *stock
	random *rand.Rand
	say    func(word) // to whom it matters what this process has done
	calm   bool       // nothing is held or withdrawn any more
}

// runWorker is the life of a process that is to be killed.
func runWorker(ctx context.Context, p plan) error {
	k := newKiller(p.Step, p.Nth)
	stock, err := readStock(p.Stock)
	if err != nil {
		return err
	}
	began := time.Now()
	w, err := openWorker(ctx, p, stock, k.at)
	if err != nil {
		return err
	}
	w.say = speak
	w.say(word{Say: sayOpened, Took: time.Since(began)})
	for range p.Rounds {
		work := w.round
		if p.Busy {
			work = w.rush
		}
		if err := work(ctx); err != nil {
			return err
		}
	}
	return w.store.Close()
}

func openWorker(ctx context.Context, p plan, stock *stock, at func(string)) (*worker, error) {
	w := &worker{plan: p, stock: stock, say: func(word) {}, random: rand.New(rand.NewPCG(p.Seed, 1))}
	db, err := newDatabase(p.Store, p.Folder)
	if err != nil {
		return nil, err
	}
	var ready atomic.Bool
	if p.Step != "" {
		db.watch(func(op diskOp) {
			phase := opening
			if ready.Load() {
				phase = working
			}
			at(phase + string(op.Kind))
		})
	}
	key, err := outbox.OpenKey(filepath.Join(p.Folder, "key"))
	if err != nil {
		return nil, err
	}
	store, err := db.open(ctx)
	if err != nil {
		return nil, err
	}
	at(opened)
	ready.Store(true)
	w.store = steppedStore{store, at}
	if err := w.openBox(ctx, key, at); err != nil {
		return nil, errors.Join(err, store.Close())
	}
	return w, nil
}

func (w *worker) openBox(ctx context.Context, key outbox.Key, at func(string)) (err error) {
	if w.sender, err = newSender(w.Ledger, w.stock, at); err != nil {
		return err
	}
	w.box, err = outbox.Open(ctx, w.store, key, "national", outbox.WithObserver(w.observe), outbox.WithLimits(outbox.Limits{
		InFlight: w.InFlight, Unknowns: 1000, Backoff: time.Millisecond, MaxBackoff: time.Millisecond, Quiet: 1,
	}))
	return err
}

// newSender is a client for the ledger.
func newSender(url string, stock *stock, at func(string)) (outbox.Sender, error) {
	it, err := stock.item(row{})
	if err != nil {
		return nil, err
	}
	ep, err := endpoint.New(endpoint.Config{
		Environment: endpoint.Sandbox, Host: url, BasePath: "/", TaxonomyPath: "/taxonomy",
		CanonicalBase: it.Submission.CanonicalBase(), Version: it.Submission.Version(),
	})
	if err != nil {
		return nil, err
	}
	c, err := client.New(ep)
	return steppedSender{c, at}, err
}

func (w *worker) observe(r outbox.Report) {
	if r.State == draft.Accepted {
		w.say(word{Say: sayAccepted, ID: r.ID, Record: r.Record.ID})
	}
}

type task = func(context.Context) error

// round does some of everything. Sometimes nobody has looked yet when the log changes, and it
// changes while reports are sent.
func (w *worker) round(ctx context.Context) error {
	if w.random.IntN(2) == 0 {
		if err := w.look(ctx); err != nil {
			return err
		}
	}
	return do(ctx, w.again, w.enqueue, w.enqueue, w.look, w.both, w.look, w.drain, w.tidy)
}

// both sends and takes in at the same time.
func (w *worker) both(ctx context.Context) error {
	sent := make(chan error, 1)
	go func() { sent <- w.drain(ctx) }()
	return errors.Join(w.enqueue(ctx), <-sent)
}

// finish does what is left to do, and nothing new. The log is read when people have decided,
// since a record that they keep may say less than the log.
func (w *worker) finish(ctx context.Context) error {
	all := func(ctx context.Context) error { return w.tell(ctx, w.Log...) }
	return do(ctx, w.look, w.look, all, w.drain, w.tidy, w.drain)
}

func do(ctx context.Context, tasks ...task) error {
	for _, t := range tasks {
		if err := t(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (w *worker) drain(ctx context.Context) error {
	d, err := w.box.Drain(ctx, w.sender, 1000)
	if err == nil && d.Line.Stopped != "" && d.Line.Stopped != outbox.ReasonRestored {
		err = w.box.Resume(ctx, manager)
	}
	return err
}

// tidy purges now and then, and reconciles after a backup was put back, when the log has been
// read again: people settle what is unknown until nothing more is, or go on another time.
func (w *worker) tidy(ctx context.Context) error {
	line, err := w.box.Line(ctx)
	for n := 0; n < 4 && err == nil && line.Stopped != "" && w.box.Reconciled(ctx, manager) != nil; n++ {
		err = w.look(ctx)
	}
	if err == nil && (w.random.IntN(3) == 0 || w.wants(outbox.ActPurge)) {
		_, err = w.box.Purge(ctx, manager, outbox.Retention{})
	}
	return err
}
