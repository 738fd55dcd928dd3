package outbox

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/gpsafety/lfpse-go/lfpse/client"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/submission"
)

// Drained says what a call of [Outbox.Drain] did.
type Drained struct {
	Claimed                     int
	Accepted, Rejected, Unknown int
	Returned                    int // nothing of them reached the service
	Line                        Line
}

// Drain sends up to n reports that are due, those first that have waited longest and in
// order for each event, and stores what came. It returns when none is left that may be
// sent now, or when ctx ends: attempts under way then go on to their end, which the time
// limit of a request bounds. It is safe to call it from several goroutines and machines,
// and as often as one likes.
//
// Each report is claimed, marked as being sent and sent, in this order, and both marks are
// stored durably before the first byte leaves. An error says that the store failed; what
// the service said is in the reports.
func (o *Outbox) Drain(ctx context.Context, s Sender, n int) (Drained, error) {
	if s == nil {
		return Drained{}, errors.New("nothing can be sent without a sender, such as a client.Client")
	}
	if o.store.Owner() == "" {
		return Drained{}, errors.New("the store of the outbox was opened to look into it, not to send from it")
	}
	d := &drain{o: o, sender: s, ended: make(chan struct{}, 1)}
	if err := errors.Join(o.repay(ctx), o.Recover(ctx), o.probe(ctx, s)); err != nil {
		return d.Drained, err
	}
	d.group = newGroup(o)
	d.loop(ctx, n)
	d.under.Wait()
	d.group.close()
	line, err := o.Line(context.WithoutCancel(ctx))
	d.Line = line
	return d.Drained, errors.Join(d.err, err)
}

// drain is one call of Drain.
type drain struct {
	o      *Outbox
	sender Sender
	group  *group
	under  sync.WaitGroup
	ended  chan struct{} // one for each attempt that has ended since the last claim

	mu sync.Mutex
	Drained
	err      error
	inFlight int
}

// loop claims as many reports as may be on their way, and more whenever one has ended.
func (d *drain) loop(ctx context.Context, n int) {
	for ctx.Err() == nil && d.failed() == nil && d.Claimed < n {
		idle := d.idle() // before the claim: what ends after it makes room that it has not seen
		work, err := d.claim(min(n-d.Claimed, d.o.limits().InFlight))
		if err != nil {
			d.fail(err)
			d.giveBack(work) // they may have been claimed all the same
			return
		}
		d.Claimed += len(work)
		d.start(ctx, work)
		switch {
		case !d.idle():
			d.await(ctx)
		case idle && len(work) == 0:
			return
		}
	}
}

func (d *drain) idle() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.inFlight == 0
}

// await waits until an attempt has ended.
func (d *drain) await(ctx context.Context) {
	select {
	case <-d.ended:
	case <-ctx.Done():
	}
}

func (d *drain) failed() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.err
}

func (d *drain) fail(err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.err == nil {
		d.err = err
	}
}

// claimed is a report that this process has claimed, with what it sends.
type claimed struct {
	report Report
	body   submission.Submission
	broken error // the text cannot be used
}

// claim takes reports that are due, as many as the limits allow.
func (d *drain) claim(n int) (work []claimed, err error) {
	err = d.group.do(func(tx Tx) error {
		work = nil
		reports, err := d.o.allowed(tx, n)
		if err != nil || len(reports) == 0 {
			return err
		}
		for _, r := range reports {
			r.Claim = fmt.Sprintf("%s/%d", d.o.store.Owner(), attempts.Add(1))
			r.Changed = d.o.now()
			c := claimed{report: *r}
			if c.body, c.broken = d.o.text(tx, r); c.broken != nil {
				c.report = *r
			}
			work = append(work, c)
		}
		if err := tx.Save(reports); err != nil {
			return err
		}
		return d.o.note(tx, entries(system, ActClaim, reports...)...)
	})
	return work, err
}

// text returns what a report sends now.
func (o *Outbox) text(tx Tx, r *Report) (s submission.Submission, err error) {
	if r.Op == OpWithdraw {
		return s, nil
	}
	if s, err = o.payload(tx, r); err != nil {
		return s, err
	}
	if s.IsZero() {
		return s, errors.New("the text of the report has been purged")
	}
	if r.Op == OpAmend {
		return s.For(r.Record.ID)
	}
	return s, nil
}

// start marks claimed reports as being sent, all in one transaction, and sends those of
// which the mark is stored. If that is not certain, nothing is sent.
func (d *drain) start(ctx context.Context, work []claimed) {
	if len(work) == 0 {
		return
	}
	var sending []claimed
	err := d.group.do(func(tx Tx) (err error) {
		sending, err = d.mark(tx, work)
		return err
	})
	if err != nil {
		d.fail(err)
		d.giveBack(work)
		return
	}
	for _, c := range sending {
		d.mu.Lock()
		d.inFlight++
		d.mu.Unlock()
		d.under.Go(func() {
			defer d.end()
			d.send(ctx, c)
		})
	}
}

// end makes room for another attempt.
func (d *drain) end() {
	d.mu.Lock()
	d.inFlight--
	d.mu.Unlock()
	select {
	case d.ended <- struct{}{}:
	default: // the loop has been told already
	}
}

func (d *drain) mark(tx Tx, work []claimed) (sending []claimed, err error) {
	reports, err := reportsOf(tx, work)
	if err != nil {
		return nil, err
	}
	var marked []*Report
	for _, c := range work {
		r := reports[c.report.ID]
		switch {
		case r == nil || r.Claim != c.report.Claim || r.State != draft.Pending:
			continue // somebody has decided otherwise
		case c.broken != nil:
			r.Claim, r.Reason = "", reasonText
			if err := d.o.step(tx, system, ActHold, r); err != nil {
				return nil, err
			}
			continue
		}
		if err := r.do(ActSend); err != nil {
			return nil, err
		}
		r.Sent, r.Changed = c.body.Digest(), d.o.now()
		r.Attempts++
		c.report = *r
		marked, sending = append(marked, r), append(sending, c)
	}
	if len(marked) == 0 {
		return nil, nil
	}
	if err := tx.Save(marked); err != nil {
		return nil, err
	}
	return sending, d.o.note(tx, entries(system, ActSend, marked...)...)
}

// reportsOf reads what was claimed, all at once.
func reportsOf(tx Tx, work []claimed) (map[int64]*Report, error) {
	ids := make([]int64, len(work))
	for i := range work {
		ids[i] = work[i].report.ID
	}
	reports, err := tx.Get(ids...)
	byID := make(map[int64]*Report, len(reports))
	for _, r := range reports {
		byID[r.ID] = r
	}
	return byID, err
}

// reasonText is why a report is held whose stored text cannot be sent.
const reasonText = "text-unusable"

// giveBack gives back what was claimed and is not sent, now or when the store can be written
// again.
func (d *drain) giveBack(work []claimed) {
	back := func(tx Tx) error {
		for _, c := range work {
			if err := d.o.giveBack(tx, c); err != nil {
				return err
			}
		}
		return nil
	}
	if len(work) > 0 && d.group.do(back) != nil {
		d.o.owe(back)
	}
}

// giveBack ends an attempt of which no byte was sent.
func (o *Outbox) giveBack(tx Tx, c claimed) error {
	r, err := o.get(tx, c.report.ID)
	if err != nil || r.Claim != c.report.Claim || r.State != draft.Pending && r.State != draft.Sending {
		return err
	}
	act := ActUnclaim
	if r.State == draft.Sending {
		act = ActReturn
		r.Attempts--
	}
	r.Claim = ""
	return o.step(tx, system, act, r)
}

// send makes the one attempt and stores its outcome.
func (d *drain) send(ctx context.Context, c claimed) {
	receipt, err := d.call(ctx, c)
	e := effectOf(err)
	report, err := d.o.settled(d.group, c, e, receipt)
	if err != nil {
		d.fail(fmt.Errorf("the outcome of report %d could not be stored, and it counts as unknown: %w", c.report.ID, err))
		return
	}
	d.mu.Lock()
	switch e.outcome {
	case client.Accepted:
		d.Accepted++
	case client.Rejected:
		d.Rejected++
	case client.NotSent:
		d.Returned++
	default:
		d.Unknown++
	}
	d.mu.Unlock()
	d.o.observe(report)
}

func (d *drain) call(ctx context.Context, c claimed) (client.Receipt, error) {
	if ctx.Err() == nil {
		ctx = context.WithoutCancel(ctx) // an attempt that has begun goes on to its end
	}
	switch c.report.Op {
	case OpAmend:
		return d.sender.Update(ctx, c.report.Record.ID, c.body)
	case OpWithdraw:
		return d.sender.Delete(ctx, c.report.Record.ID)
	default:
		return d.sender.Submit(ctx, c.body)
	}
}
