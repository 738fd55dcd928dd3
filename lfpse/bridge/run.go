package bridge

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/gpsafety/lfpse-go/lfpse/bridge/form"
	"github.com/gpsafety/lfpse-go/lfpse/bridge/page"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/outbox"
)

// run is the bridge at work with one configuration: its loops, each in one goroutine.
type run struct {
	bridge *Bridge
	setup  *setup
	box    *outbox.Outbox
	page   *page.Page    // nil without one
	form   *form.Form    // nil without one
	wake   chan struct{} // there is something to send

	cancel context.CancelFunc
	loops  sync.WaitGroup
}

// byConfiguration is who does what the configuration says.
var byConfiguration = outbox.By{ID: "configuration", Role: outbox.Operator}

// start applies a setup to the outbox.
func (b *Bridge) start(ctx context.Context, s *setup) (*run, error) {
	r := &run{bridge: b, setup: s, box: b.box, wake: make(chan struct{}, 1)}
	rates := map[string]float64{}
	for i := range s.cfg.Practices {
		if p := &s.cfg.Practices[i]; p.Rate > 0 {
			rates[p.ODS] = p.Rate
		}
	}
	l := s.cfg.Limits
	b.box.SetLimits(outbox.Limits{
		InFlight: l.InFlight, PerSecond: l.PerSecond, PerPractice: l.PerPractice, Practices: rates,
		Quiet: max(2*time.Minute, 3*s.client.Endpoint().Config().Timeout),
	})
	if b.options.page {
		var err error
		if r.page, err = b.operatorPage(r); err != nil {
			return nil, err
		}
	}
	return r, r.pauses(ctx)
}

// operatorPage is the page of a setup. Who has signed in on the one before stays signed in.
func (b *Bridge) operatorPage(r *run) (*page.Page, error) {
	s, c := r.setup, r.setup.cfg
	config := page.Config{Outbox: b.box, Builder: s.builder, Guide: s.guide, Users: s.users, Proxy: s.proxy, Hosts: c.Page.Hosts, Logger: b.log}
	config.TLS = c.Page.Address == "" && (c.HTTP.TLS.Certificate != "" || c.HTTP.BehindProxy)
	if err := b.addForm(r, &config); err != nil {
		return nil, err
	}
	if before := b.current.Load(); before != nil {
		return before.page.With(config)
	}
	return page.New(config)
}

// pauses pauses the practices that the configuration pauses, and lets those go on that only
// the configuration had paused.
func (r *run) pauses(ctx context.Context) error {
	paused, err := r.box.Pauses(ctx)
	if err != nil {
		return err
	}
	for i := range r.setup.cfg.Practices {
		p := &r.setup.cfg.Practices[i]
		now, is := paused[p.ODS]
		switch {
		case p.Paused && !is:
			err = r.box.Pause(ctx, byConfiguration, p.ODS)
		case !p.Paused && is && now.By == byConfiguration.ID:
			err = r.box.Unpause(ctx, byConfiguration, p.ODS)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// begin starts the loops.
func (r *run) begin(ctx context.Context) {
	ctx, r.cancel = context.WithCancel(context.WithoutCancel(ctx)) // they are ended in order
	loop := func(f func(context.Context)) { r.loops.Go(func() { f(ctx) }) }
	loop(r.drain)
	loop(r.purge)
	loop(r.remind)
	if r.bridge.options.finder != nil {
		loop(r.reconcile)
	}
	for _, src := range r.setup.sources {
		loop(newFolder(r, src).watch)
	}
	for _, hook := range r.setup.webhooks {
		loop(func(ctx context.Context) { hook.deliver(ctx, r) })
	}
}

// end ends the loops and waits for attempts under way. It returns false if that takes
// longer than the bound.
func (r *run) end(bound time.Duration) bool {
	r.cancel()
	done := make(chan struct{})
	go func() { r.loops.Wait(); close(done) }()
	select {
	case <-done:
		return true
	case <-time.After(bound):
		return false
	}
}

// wakeDrain says that there is something to send.
func (r *run) wakeDrain() {
	select {
	case r.wake <- struct{}{}:
	default: // it is awake already
	}
}

const (
	drainBatch = 5000
	drainEvery = time.Second // how often the outbox is looked at without being woken
)

// drain sends what waits.
func (r *run) drain(ctx context.Context) {
	sender := tracedSender{r.setup.client, r.bridge.options.tracer}
	stopped, broken := "", &trouble{log: r.bridge.log}
	for ctx.Err() == nil {
		d, err := r.box.Drain(ctx, sender, drainBatch)
		if ctx.Err() == nil && broken.say("reports could not be sent, because the outbox failed", err) {
			r.bridge.metrics.failed("drain")
		}
		if d.Line.Stopped != stopped {
			stopped = d.Line.Stopped
			r.bridge.log.Warn("sending", "stopped", stopped)
		}
		if d.Claimed == drainBatch {
			continue
		}
		timer := time.NewTimer(drainEvery)
		select {
		case <-ctx.Done():
		case <-r.wake:
		case <-timer.C:
		}
		timer.Stop()
	}
}

// trouble logs an error of a loop when it comes and not each time that it comes again.
type trouble struct {
	log  *slog.Logger
	last string
}

// say logs an error unless it is the same as the last, and reports whether there is one.
func (t *trouble) say(what string, err error) bool {
	text := ""
	if err != nil {
		text = plain(err)
	}
	if text != "" && text != t.last {
		t.log.Error(what+"; it is tried again", "error", text)
	}
	t.last = text
	return err != nil
}

const (
	reconcileEvery = time.Minute
	purgeEvery     = 10 * time.Minute
	remindEvery    = 24 * time.Hour
)

// reconcile settles what is unknown by asking the service.
func (r *run) reconcile(ctx context.Context) {
	for ctx.Err() == nil {
		settled, err := r.box.Reconcile(ctx, r.bridge.options.finder)
		switch {
		case err != nil && ctx.Err() == nil:
			r.bridge.metrics.failed("reconcile")
			r.bridge.log.Error("unknown reports could not be settled", "error", plain(err))
		case settled > 0:
			r.bridge.log.Info("unknown reports were settled by asking the service", "reports", settled)
		}
		sleep(ctx, reconcileEvery)
	}
}

// purge removes what is not to be kept any longer.
func (r *run) purge(ctx context.Context) {
	keep := r.setup.cfg.Keep
	for ctx.Err() == nil {
		purged, err := r.box.Purge(ctx, byConfiguration, outbox.Retention{Final: keep.Final, Open: keep.Open})
		if err != nil && ctx.Err() == nil {
			r.bridge.metrics.failed("purge")
			r.bridge.log.Error("texts could not be removed", "error", plain(err))
		}
		files := 0
		for _, src := range r.setup.sources {
			files += newFolder(r, src).expire(time.Now().Add(-keep.Files))
		}
		if purged+files > 0 {
			r.bridge.log.Info("texts were removed that are not to be kept any longer", "reports", purged, "files", files)
		}
		sleep(ctx, purgeEvery)
	}
}

// remind says once a day what waits for people.
func (r *run) remind(ctx context.Context) {
	for ctx.Err() == nil {
		counts, err := r.box.Count(ctx)
		drafts, failed := r.box.CountDrafts(ctx)
		if (err != nil || failed != nil) && ctx.Err() == nil {
			r.bridge.metrics.failed("remind")
		}
		for _, c := range slices.Concat(counts, drafts) {
			if draft.State(c.State).Waits() {
				r.bridge.log.Warn("reports wait for a person", "practice", c.Practice, "state", c.State, "reports", c.N, "since", c.Oldest)
			}
		}
		sleep(ctx, remindEvery)
	}
}
