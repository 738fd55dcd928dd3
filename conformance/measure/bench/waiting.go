package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/code"
)

// shortEvent is about the shortest event that can be sent.
var shortEvent = lfpse.Event{
	Type: lfpse.TypeIncident, Description: "The fridge alarm was off.", Date: "2026-02-03",
	EstimatedDate: lfpse.EstimatedDate{IncidentOccurredToday: code.YesNoUnknownNo},
	Location:      lfpse.Location{LocationKnown: code.YesNoUnknownYes, Organisation: []string{"A81001"}},
	Reporter:      lfpse.Reporter{ReporterOrganisation: "A81001"},
	RiskDetails:   lfpse.RiskDetails{RiskImminent: code.YesNoUnknownNo},
}

// within calls do with the storage that is wanted.
func (c *config) within(ctx context.Context, do func(storage) error) error {
	if c.store == "sqlite" {
		return do(inFile)
	}
	s, err := startServer(ctx)
	if err != nil {
		return err
	}
	return errors.Join(do(s.inDatabase), s.Stop())
}

// waitingOnly compares an outbox in which many reports wait with one in which none does.
func (c *config) waitingOnly(ctx context.Context, progress io.Writer) (*report, error) {
	f, err := newFixture(seed, 100)
	if err != nil {
		return nil, err
	}
	rounds := 15
	if c.quick {
		rounds = 5
	}
	if err := setBenchtime(100 * time.Millisecond); err != nil {
		return nil, err
	}
	r := newReport(f, rounds)
	return r, c.within(ctx, func(open storage) error { return c.holdWaiting(ctx, open, f, r, progress) })
}

func (c *config) holdWaiting(ctx context.Context, open storage, f *fixture, r *report, progress io.Writer) (err error) {
	var sides [2]*delivery
	for i := range sides {
		if sides[i], err = newDelivery(open, f.practice.builder, &shortEvent, 32, 0); err != nil {
			return err
		}
		defer func() { err = errors.Join(sides[i].close(), err) }()
	}
	begin := time.Now()
	if err := sides[0].fill(ctx, c.waiting); err != nil {
		return err
	}
	fmt.Fprintf(progress, "stored %d reports of %d bytes in %s\n", c.waiting, len(sides[0].item.Submission.Body()), time.Since(begin).Round(time.Second))
	const batch = 100
	for _, work := range []struct {
		name string
		op   func(*delivery) error
	}{
		{"enqueue 100", func(d *delivery) error { return d.enqueue(batch) }},
		{"enqueue 100, claim 100 and send them", func(d *delivery) error { return errors.Join(d.enqueue(batch), d.send(batch)) }},
	} {
		contest := contest{name: fmt.Sprintf("%s, while %d wait", work.name, c.waiting), wall: true, cores: 2, targets: []target{atMostTimes(1.5, 1)}}
		for i, text := range []string{fmt.Sprintf("%d wait", c.waiting), "none waits"} {
			contest.sides = append(contest.sides, side{name: text, items: batch, op: func() error { return work.op(sides[i]) }})
		}
		if err := r.hold(ctx, &contest, progress); err != nil {
			return err
		}
	}
	return nil
}

// fill stores n reports.
func (d *delivery) fill(ctx context.Context, n int) error {
	for done := 0; done < n; done += 1000 {
		if err := errors.Join(ctx.Err(), d.enqueue(min(1000, n-done))); err != nil {
			return err
		}
	}
	return nil
}

// delivered is the report on many reports to a service that takes its time.
type delivered struct {
	Reports int      `json:"reports"`
	Seconds float64  `json:"seconds"`
	Samples []sample `json:"samples"` // after every tenth of the reports
}

const (
	answerTime    = 200 * time.Millisecond
	deliverFlight = 32
	// deliverRate is 100,000 reports in 15 minutes.
	deliverRate = 100_000.0 / 900
)

// deliverOnly sends reports to a service that answers after 200 ms.
func (c *config) deliverOnly(ctx context.Context) (out delivered, err error) {
	err = c.within(ctx, func(open storage) error {
		out, err = deliver(ctx, open, c.store == "postgres", c.deliver)
		return err
	})
	return out, err
}

// deliver sends reports, by River or without.
func deliver(ctx context.Context, open storage, byRiver bool, n int) (out delivered, err error) {
	f, err := newFixture(seed, 100)
	if err != nil {
		return out, err
	}
	d, err := newDelivery(open, f.practice.builder, &f.event, deliverFlight, answerTime)
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(d.close(), err) }()
	if err := d.fill(ctx, n); err != nil {
		return out, err
	}
	var mu sync.Mutex
	sent := 0
	d.each = func() {
		mu.Lock()
		defer mu.Unlock()
		if sent++; sent%max(n/10, 1) == 0 {
			out.Samples = append(out.Samples, takeSample(sent))
		}
	}
	begin, send := time.Now(), d.send
	if byRiver {
		r, err := d.flow()
		if err != nil {
			return out, err
		}
		defer func() { err = errors.Join(r.close(), err) }()
		send = r.send
	}
	err = send(n)
	out.Reports, out.Seconds = n, time.Since(begin).Seconds()
	return out, err
}

// targets judges the rate, and that the memory is flat: at the end it is not much more
// than after the first tenth.
func (d *delivered) targets() []verdict {
	if d == nil {
		return nil
	}
	rate := float64(d.Reports) / d.Seconds
	grown := d.Samples[len(d.Samples)-1].System - d.Samples[0].System
	return []verdict{
		{Target: fmt.Sprintf("at least %.0f reports a second, 100,000 in 15 minutes", deliverRate), Value: rate, Met: rate >= deliverRate, Missed: rate < deliverRate/slack},
		atMost(8, "MiB more from the system than after the first tenth", grown),
	}
}

func (d *delivered) writeText(w io.Writer) error {
	if d == nil {
		return nil
	}
	fmt.Fprintf(w, "\n%d reports to a service that answers after %s, %d in flight: %.1f s\n", d.Reports, answerTime, deliverFlight, d.Seconds)
	for _, v := range d.targets() {
		fmt.Fprintf(w, "  %s\n", v.text())
	}
	return writeSamples(w, d.Samples)
}
