package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"slices"
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
	say    func(word)      // to whom it matters what this process has done
	calm   bool            // nothing is held or withdrawn any more
	reused map[string]bool // references that have been used twice
}

// runWorker is the life of a process that is to be killed.
func runWorker(ctx context.Context, p plan) error {
	k := newKiller(p.Step, p.Nth)
	stock, err := readStock(p.Stock)
	if err != nil {
		return err
	}
	w, err := openWorker(ctx, p, stock, k.at)
	if err != nil {
		return err
	}
	w.say = speak
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
	w := &worker{plan: p, stock: stock, say: func(word) {}, random: rand.New(rand.NewPCG(p.Seed, 1)), reused: map[string]bool{}}
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
	store, err := db.open(ctx, true)
	if err != nil {
		return nil, err
	}
	at(opened)
	ready.Store(true)
	w.store = steppedStore{store, at}
	if w.sender, err = newSender(p.Ledger, stock, at); err != nil {
		return nil, err
	}
	w.box, err = outbox.Open(ctx, w.store, key, "national", outbox.WithObserver(w.observe), outbox.WithLimits(outbox.Limits{
		InFlight: p.InFlight, Unknowns: 1000, Backoff: time.Millisecond, MaxBackoff: time.Millisecond, Quiet: 1,
	}))
	return w, err
}

// newSender is a client for the ledger.
func newSender(url string, stock *stock, at func(string)) (outbox.Sender, error) {
	it, err := stock.item(0, 0)
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
		w.say(word{Say: "accepted", ID: r.ID, Record: r.Record.ID})
	}
}

// round does some of everything.
func (w *worker) round(ctx context.Context) error {
	for _, do := range []func(context.Context) error{w.look, w.enqueue, w.enqueue, w.drain, w.look, w.drain, w.tidy} {
		if err := do(ctx); err != nil {
			return err
		}
	}
	return nil
}

// rush enqueues and sends.
func (w *worker) rush(ctx context.Context) error {
	var items []outbox.Item
	for range min(256, w.stock.events()-1-w.Next) {
		it, err := w.fresh()
		if err != nil {
			return err
		}
		items = append(items, it)
	}
	if err := w.add(ctx, items...); err != nil {
		return err
	}
	return w.drain(ctx)
}

// add enqueues, and says so before and after.
func (w *worker) add(ctx context.Context, items ...outbox.Item) error {
	for i := range items {
		w.say(word{Say: "try", Name: nameOf(items[i].Identity), Content: items[i].Content[:], Event: w.stock.event(items[i].Content)})
	}
	entered, err := w.box.Enqueue(ctx, items...)
	if err != nil {
		return err
	}
	for i := range entered {
		stored := word{Say: "stored", Name: nameOf(items[i].Identity), ID: entered[i].ID}
		if entered[i].Change != outbox.Same {
			stored.Content = items[i].Content[:]
		}
		w.say(stored)
	}
	return nil
}

func nameOf(id outbox.Identity) string {
	return fmt.Sprintf("%s %s %d", id.Reference, id.Day, id.Nth)
}

// enqueue takes in new events, changed ones, known ones, and some that raise a question.
func (w *worker) enqueue(ctx context.Context) error {
	known, err := w.box.List(ctx, outbox.Filter{})
	if err != nil {
		return err
	}
	var items []outbox.Item
	for range 1 + w.random.IntN(4) {
		it, err := w.next(known)
		if err != nil {
			return err
		}
		items = append(items, it)
	}
	return w.add(ctx, items...)
}

func (w *worker) next(known []outbox.Report) (outbox.Item, error) {
	what := w.random.IntN(10)
	if len(known) == 0 || what < 5 {
		return w.fresh()
	}
	r := known[w.random.IntN(len(known))]
	settled := r.State == draft.Withdrawn || r.State == draft.NotForLFPSE || r.State == draft.NeedsAnswers
	event, version := w.stock.event(r.Latest()), w.random.IntN(w.stock.versions)
	switch {
	case what == 8 && w.once(known, r.Reference): // the reference is used again
		it, err := w.fresh()
		it.Identity = r.Identity
		it.Day = otherDay
		return it, err
	case what == 8:
		return w.fresh()
	case what == 9: // the log was renumbered
		it, err := w.stock.item(event, w.stock.index[r.Latest()]%w.stock.versions)
		it.Identity = r.Identity
		it.Reference += "-new"
		return it, err
	case settled:
		version = w.stock.index[r.Latest()] % w.stock.versions
	}
	it, err := w.stock.item(event, version)
	it.Identity = r.Identity
	return it, err
}

// once reports whether a reference has been used for one day only. It is true once.
func (w *worker) once(known []outbox.Report, reference string) bool {
	used := w.reused[reference]
	w.reused[reference] = true
	return !used && !slices.ContainsFunc(known, func(r outbox.Report) bool { return r.Reference == reference && r.Day == otherDay })
}

// fresh is an event that was not there before, as long as the stock lasts.
func (w *worker) fresh() (outbox.Item, error) {
	w.Next = min(w.Next+1, w.stock.events()-1)
	return w.stock.item(w.Next, 0)
}

func (w *worker) drain(ctx context.Context) error {
	d, err := w.box.Drain(ctx, w.sender, 1000)
	if err == nil && d.Line.Stopped != "" && d.Line.Stopped != "restored-from-backup" {
		err = w.box.Resume(ctx, manager)
	}
	return err
}

// tidy purges now and then, and reconciles after a backup was put back.
func (w *worker) tidy(ctx context.Context) error {
	line, err := w.box.Line(ctx)
	if err == nil && line.Stopped != "" {
		err = w.box.Reconciled(ctx, manager)
	}
	if err == nil && w.random.IntN(3) == 0 {
		_, err = w.box.Purge(ctx, manager, outbox.Retention{})
	}
	return err
}

// recorded asks the service what it holds of an event, as a person looks there.
func (w *worker) recorded(ctx context.Context, event int) (found []record, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, fmt.Sprintf("%s/events/%d", w.Ledger, event), nil)
	if err != nil {
		return nil, err
	}
	response, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	return found, errors.Join(json.NewDecoder(response.Body).Decode(&found), response.Body.Close())
}
