package main

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/gpsafety/lfpse-go/lfpse/client"
	"github.com/gpsafety/lfpse-go/lfpse/outbox"
	"github.com/gpsafety/lfpse-go/lfpse/submission"
)

// limitFlags say how much is sent at once.
type limitFlags struct {
	InFlight int     `help:"How many reports may be on their way at once." default:"4" placeholder:"N"`
	Rate     float64 `help:"How many reports may be sent in a second. Default: no limit." placeholder:"N"`
}

// usable says what is wrong with the flags. It is not called Validate, because a command
// has one such method and that is the one of the table.
func (f limitFlags) usable() error {
	if f.InFlight < 1 || f.Rate < 0 {
		return errors.New("--in-flight must be 1 or more, and --rate more than 0")
	}
	return nil
}

func (f limitFlags) limits(c *client.Client) outbox.Option {
	return outbox.WithLimits(outbox.Limits{InFlight: f.InFlight, PerSecond: f.Rate, Quiet: 2 * c.Endpoint().Config().Timeout})
}

// heard passes calls on and remembers what came of each until it is asked. The outbox keeps
// of the words of the service only those with which it refuses a report.
type heard struct {
	outbox.Sender
	mu   sync.Mutex
	said map[string]answer // by the digest of what was sent, or the record that was deleted
}

// answer is what came of a call.
type answer struct {
	receipt client.Receipt
	err     error
}

func newHeard(s outbox.Sender) *heard { return &heard{Sender: s, said: map[string]answer{}} }

// Submit is described at [outbox.Sender], as are the others.
func (h *heard) Submit(ctx context.Context, s submission.Submission) (client.Receipt, error) {
	receipt, err := h.Sender.Submit(ctx, s)
	return h.note(s.Digest(), "", receipt, err)
}

func (h *heard) Update(ctx context.Context, id string, s submission.Submission) (client.Receipt, error) {
	receipt, err := h.Sender.Update(ctx, id, s)
	return h.note(s.Digest(), id, receipt, err)
}

func (h *heard) Delete(ctx context.Context, id string) (client.Receipt, error) {
	receipt, err := h.Sender.Delete(ctx, id)
	return h.note(outbox.Digest{}, id, receipt, err)
}

func (h *heard) note(sent outbox.Digest, id string, receipt client.Receipt, err error) (client.Receipt, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.said[keyOf(sent, id)] = answer{receipt, err}
	return receipt, err
}

func keyOf(sent outbox.Digest, id string) string {
	if sent == (outbox.Digest{}) {
		return id
	}
	return string(sent[:])
}

// take returns what was said to the last attempt of a report, and forgets it.
func (h *heard) take(r *outbox.Report) answer {
	h.mu.Lock()
	defer h.mu.Unlock()
	key := keyOf(r.Sent, r.Record.ID)
	a := h.said[key]
	delete(h.said, key)
	return a
}

// patience is for how long a command waits for a service that asks it to, or cannot be
// reached, before it ends and leaves the rest for another time.
const patience = 15 * time.Second

// many is more than an outbox holds.
const many = 1 << 40

// deliver sends what is due until nothing is left that may be sent soon. The first report
// goes alone, and the others when the service has taken it or refused it for its content:
// what is wrong with access, or with the service, is found out with one. It returns true
// if it is not known what came of that one, so that the others were not tried.
func (b *box) deliver(ctx context.Context, s outbox.Sender, rate float64) (line outbox.Line, doubt bool, err error) {
	n, waited := 1, false
	for {
		d, err := b.Drain(ctx, s, n)
		if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
			err = nil // it was interrupted between two reports
		}
		if err != nil || ctx.Err() != nil {
			return d.Line, false, err
		}
		if d.Accepted+d.Rejected > 0 {
			n, waited = many, false
		}
		due, err := b.anythingDue(context.WithoutCancel(ctx))
		if err != nil || !due || n == 1 && d.Unknown > 0 {
			return d.Line, due && n == 1 && d.Unknown > 0, err
		}
		pause := time.Until(d.Line.Until)
		switch {
		case d.Line.Stopped != "" || pause > patience:
			return d.Line, false, nil
		case pause > 0 || d.Line.Probe:
			if waited { // and it was of no use
				return d.Line, false, nil
			}
			waited = true
		case d.Claimed == 0: // as many are on their way, or as many in a second, as may be
			pause = time.Second / 10
			if rate > 0 {
				pause = min(time.Duration(float64(time.Second)/rate), time.Minute)
			}
		}
		select {
		case <-time.After(max(pause, 0)):
		case <-ctx.Done():
		}
	}
}

// ended says why nothing more is sent after a command has sent what it could; empty if
// there is no reason.
func (b *box) ended(line *outbox.Line, doubt bool) string {
	text := b.lineText(line, time.Now())
	if doubt && text == "" {
		return "It is not known what came of the first report, so the others were not tried. To send them, run the same command again."
	}
	return text
}

// anythingDue reports whether something waits that is not of a practice that is paused.
func (b *box) anythingDue(ctx context.Context) (due bool, err error) {
	pauses, err := b.Pauses(ctx)
	if err != nil {
		return false, err
	}
	err = b.store.View(ctx, func(tx outbox.Tx) error {
		reports, err := tx.Due(b.Endpoint(), 1, slices.Collect(maps.Keys(pauses)))
		due = len(reports) > 0
		return err
	})
	return due, err
}

// asError is the error of a call, nil if it is another.
func asError(err error) *client.Error {
	var e *client.Error
	if errors.As(err, &e) {
		return e
	}
	return nil
}
