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
	var sides [2]*delivery
	for i := range sides {
		if sides[i], err = newDelivery(f.practice.builder, &shortEvent, 32, 0); err != nil {
			return nil, err
		}
		defer sides[i].close()
	}
	fmt.Fprintf(progress, "storing %d reports of %d bytes\n", c.waiting, len(sides[0].item.Submission.Body()))
	if err := sides[0].fill(ctx, c.waiting); err != nil {
		return nil, err
	}
	r := newReport(f, rounds)
	const batch = 100
	for name, op := range map[string]func(*delivery) error{
		"enqueue 100": func(d *delivery) error { return d.enqueue(batch) },
		"enqueue 100, claim 100 and send them": func(d *delivery) error {
			return errors.Join(d.enqueue(batch), d.send(batch))
		},
	} {
		contest := contest{name: fmt.Sprintf("%s, while %d wait", name, c.waiting), wall: true, cores: 2, targets: []target{atMostTimes(1.5, 1)}}
		for i, text := range []string{fmt.Sprintf("%d wait", c.waiting), "none waits"} {
			contest.sides = append(contest.sides, side{name: text, items: batch, op: func() error { return op(sides[i]) }})
		}
		if err := r.hold(ctx, &contest, progress); err != nil {
			return nil, err
		}
	}
	return r, nil
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

// deliver sends reports to a service that answers after 200 ms.
func deliver(ctx context.Context, n int) (out delivered, err error) {
	f, err := newFixture(seed, 100)
	if err != nil {
		return out, err
	}
	d, err := newDelivery(f.practice.builder, &f.event, deliverFlight, answerTime)
	if err != nil {
		return out, err
	}
	defer d.close()
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
	begin := time.Now()
	err = d.send(n)
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
