package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/gpsafety/lfpse-go/lfpse/bridge"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/outbox"
	"github.com/gpsafety/lfpse-go/lfpse/outbox/outboxtest"
)

// survived is the report on an outage.
type survived struct {
	Reports  int      `json:"reports"` // new ones and changes, while it lasted
	Hours    int      `json:"hours"`
	Seconds  float64  `json:"seconds"`
	Waiting  int      `json:"waiting"`  // at its end
	Refused  int      `json:"refused"`  // calls that were answered with 503 and Retry-After
	Unknown  int      `json:"unknown"`  // reports
	Recorded int      `json:"recorded"` // new events and changes
	Requests int      `json:"requests"` // with a report, counted at the service
	Probes   int      `json:"probes"`   // GET /metadata, counted there
	Jump     int      `json:"jump"`     // places that an event was sent before its turn, at most
	Samples  []sample `json:"samples"`  // by reports taken in, until the service is back
}

const (
	outageHours  = 72
	outageFlight = 4   // requests at once, the default
	outageMark   = 0.9 // of the new events: then the bridge is full
	callerToken  = "bench-token-0123456789-0123456789-abc"
)

// leastOutage has a few reports in each step of a quarter of an hour.
const leastOutage = 4 * outageHours * (callsInStep + 1)

// stepsOf is in how many steps so many reports come: of a minute if there are enough.
func stepsOf(reports int) int { return min(60*outageHours, reports/(callsInStep+1)) }

// trial is a bridge through an outage, by a clock of its own.
type trial struct {
	folder    string
	clock     *outboxtest.Clock
	service   away
	suppliers *suppliers
	bridge    *bridge.Bridge
	stop      func() error
}

// outage has a bridge take in some reports during an outage of 72 hours.
func outage(ctx context.Context, reports int) (out survived, err error) {
	begin := time.Now()
	steps := stepsOf(reports)
	t, err := newTrial(reports, steps)
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, t.close()) }()
	out.Reports, out.Hours = reports, outageHours
	step := outageHours * time.Hour / time.Duration(steps)
	if err := errors.Join(t.pass(ctx, step), t.recover(ctx)); err != nil { // as usual
		return out, err
	}
	requests, recorded := t.service.requests, len(t.service.ledger)
	for i := range steps {
		if err := errors.Join(t.service.become(weatherAt(outageHours*i/steps)), t.pass(ctx, step)); err != nil {
			return out, err
		}
		if i*10/steps != (i+1)*10/steps {
			out.Samples = append(out.Samples, takeSample(t.suppliers.taken()))
		}
	}
	if out.Waiting, err = t.count(draft.Pending); err != nil {
		return out, err
	}
	if err := errors.Join(t.service.become(fine), t.recover(ctx)); err != nil {
		return out, err
	}
	out.Jump, out.Refused = t.service.jump(len(t.suppliers.latest)), t.suppliers.refused
	if out.Unknown, err = t.settle(ctx); err != nil {
		return out, err
	}
	out.Requests, out.Recorded, out.Probes = t.service.requests-requests, len(t.service.ledger)-recorded, t.service.probes
	out.Seconds = time.Since(begin).Seconds()
	_, err = t.bridge.Outbox().VerifyAudit(ctx)
	return out, errors.Join(err, t.service.judge(t.suppliers.latest))
}

// weatherAt is how the service is to be found in an hour of the outage.
func weatherAt(hour int) weather {
	switch {
	case hour < 1:
		return silent
	case hour == 60:
		return hollow
	}
	return gone
}

func newTrial(reports, steps int) (t *trial, err error) {
	t = &trial{clock: outboxtest.NewClock(), stop: func() error { return nil }}
	if t.folder, err = os.MkdirTemp("", "bench-*"); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, t.close())
		}
	}()
	if err := t.service.become(fine); err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(t.folder, "token"), []byte(callerToken), 0o600); err != nil {
		return nil, err
	}
	t.suppliers = &suppliers{bundle: reports/steps - callsInStep + 1}
	config := bridge.Parse(fmt.Appendf(nil, `
endpoint: {environment: sandbox, host: "http://%s"}
outbox: {file: outbox.db, key: key}
practices: [{ods: A81001}]
http: {address: "127.0.0.1:0", callers: [{name: supplier, token: {file: token}}]}
limits: {inFlight: %d, backlog: %d}
`, t.service.address, outageFlight, int(outageMark*float64(t.suppliers.perStep()*steps)))).In(t.folder)
	if t.bridge, err = bridge.New(context.Background(), func() (bridge.Config, error) { return config, nil }, bridge.WithClock(t.clock.Now)); err != nil {
		return nil, err
	}
	running, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- t.bridge.Run(running) }()
	t.stop = func() error { cancel(); return <-done }
	t.suppliers.url = "http://" + t.bridge.Addresses()[0]
	return t, t.suppliers.invent(t.bridge.Builder())
}

func (t *trial) close() error {
	return errors.Join(t.stop(), t.service.become(gone), os.RemoveAll(t.folder))
}

// pass lets a step of time pass, in which calls come.
func (t *trial) pass(ctx context.Context, step time.Duration) error {
	t.suppliers.due += callsInStep
	for range callsInStep {
		t.clock.Add(step / callsInStep)
		for {
			time.Sleep(time.Millisecond) // else the clock runs away from the bridge
			taken, err := t.suppliers.offer(t.clock.Now())
			if err := errors.Join(err, ctx.Err()); err != nil {
				return err
			}
			if !taken || t.suppliers.calls >= t.suppliers.due {
				break
			}
		}
	}
	return nil
}

// recover lets time pass until all calls are taken and nothing waits any more. To count what
// waits takes long, so it is done when the service has had nothing for a while.
func (t *trial) recover(ctx context.Context) error {
	requests, since := -1, time.Now()
	for ; ctx.Err() == nil; t.clock.Add(time.Second) {
		if _, err := t.suppliers.offer(t.clock.Now()); err != nil {
			return err
		}
		time.Sleep(time.Millisecond)
		if now := t.service.reached(); now != requests {
			requests, since = now, time.Now()
		}
		if t.suppliers.calls < t.suppliers.due || time.Since(since) < time.Second/2 {
			continue
		}
		if n, err := t.count(draft.Pending, draft.Sending); err != nil || n == 0 {
			return err
		}
		since = time.Now()
	}
	return ctx.Err()
}

// count counts the reports in some states.
func (t *trial) count(states ...draft.State) (n int, err error) {
	counts, err := t.bridge.Outbox().Count(context.Background())
	for _, c := range counts {
		for _, s := range states {
			if c.State == string(s) {
				n += c.N
			}
		}
	}
	return n, err
}

// settle says of each unknown report whether it was recorded, as a person does who has
// looked. It returns how many there were.
func (t *trial) settle(ctx context.Context) (int, error) {
	box, manager := t.bridge.Outbox(), outbox.By{ID: "mgr1", Role: outbox.Manager}
	unknown, err := box.List(ctx, outbox.Filter{States: []string{string(draft.Unknown)}})
	if err != nil {
		return 0, err
	}
	t.clock.Add(time.Hour)
	held := t.service.holds()
	for _, r := range unknown {
		event := int32(t.suppliers.eventOf(r.Reference))
		switch {
		case r.Op == outbox.OpAmend: // to repeat it does no harm
			_, err = box.Retry(ctx, manager, r.ID)
		case held[event]:
			_, err = box.Found(ctx, manager, r.ID, outbox.Record{ID: recordOf(event)})
		default:
			_, err = box.NotFound(ctx, manager, r.ID)
		}
		if err != nil {
			return 0, err
		}
	}
	return len(unknown), t.recover(ctx)
}

func (s *survived) targets() []verdict {
	if s == nil {
		return nil
	}
	// By the third the store is larger than the memory in which SQLite keeps pages of it.
	first, last := s.Samples[2], s.Samples[len(s.Samples)-1]
	for _, before := range s.Samples[:2] { // the system may have taken pages back meanwhile
		first.Resident = max(first.Resident, before.Resident)
	}
	return []verdict{
		atMost(10, "reports unknown", float64(s.Unknown)),
		atMost(1.1, "requests for each that is recorded", float64(s.Requests)/float64(s.Recorded)),
		atMost(outageFlight-1, "places before its turn", float64(s.Jump)),
		atMost(8, "MiB more on the heap than after three tenths of the outage", last.Heap-first.Heap),
		atMost(16, "MiB more resident than after three tenths of the outage", last.Resident-first.Resident),
	}
}

func (s *survived) writeText(w io.Writer) error {
	if s == nil {
		return nil
	}
	fmt.Fprintf(w, "\nno service for %d hours, in which %d reports and changes come: %.1f s\n", s.Hours, s.Reports, s.Seconds)
	fmt.Fprintf(w, "  %d wait at its end, %d calls were answered with 503 and Retry-After\n", s.Waiting, s.Refused)
	fmt.Fprintf(w, "  %d requests with a report and %d others reached the service; lost 0, sent twice 0, out of order for an event 0\n", s.Requests, s.Probes)
	for _, v := range s.targets() {
		fmt.Fprintf(w, "  %s\n", v.text())
	}
	return writeSamples(w, s.Samples)
}
