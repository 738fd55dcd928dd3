package outbox

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/gpsafety/lfpse-go/lfpse/client"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
)

// storeTries and storeWait are how often and after which waits an outcome is written
// again that could not be stored, such as while the disk is full.
const storeTries = 5

const storeWait = 100 * time.Millisecond

// settled stores the outcome of an attempt. It is never dropped: if it cannot be stored now,
// the next Drain stores it. Until then the report is marked as being sent, and becomes
// unknown when this process ends.
func (o *Outbox) settled(g *group, c claimed, e effect, receipt client.Receipt) (out Report, err error) {
	store := func(tx Tx) error {
		r, err := o.conclude(tx, c, e, receipt)
		if err == nil {
			out = *r
		}
		return err
	}
	for try := range storeTries {
		if try > 0 {
			time.Sleep(storeWait << try)
		}
		if err = g.do(store); err == nil {
			return out, nil
		}
	}
	o.owe(store)
	return c.report, err
}

// owe keeps what has to be written and could not be, for the next Drain.
func (o *Outbox) owe(fn func(Tx) error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.owed = append(o.owed, fn)
}

// repay writes what could not be written before.
func (o *Outbox) repay(ctx context.Context) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	for len(o.owed) > 0 {
		if err := o.update(ctx, o.owed[0]); err != nil {
			return err
		}
		o.owed = o.owed[1:]
	}
	return nil
}

// conclude applies the outcome of an attempt to its report and to the line.
func (o *Outbox) conclude(tx Tx, c claimed, e effect, receipt client.Receipt) (*Report, error) {
	r, err := o.get(tx, c.report.ID)
	if err != nil {
		return nil, err
	}
	if r.Claim != c.report.Claim || r.State != draft.Sending && r.State != draft.Unknown {
		return r, o.late(tx, r, c, e, receipt)
	}
	r.Reason, r.Status = e.reason, e.status
	act := ActLose
	switch e.outcome {
	case client.Accepted:
		act = ActAccept
	case client.Rejected:
		act = ActReject
		if r.Op == OpWithdraw && e.reason == string(client.NoSuchRecord) && r.Attempts > 1 {
			act = ActAccept // an earlier attempt, whose answer was lost, has removed it
		}
	case client.NotSent:
		act = ActReturn
	}
	if err := errors.Join(o.finish(tx, r, act, e, receipt), o.keepSaid(tx, r, e.said)); err != nil {
		return nil, err
	}
	return r, o.affectLine(tx, e)
}

// finish ends an attempt: the report goes to the state of its outcome, and a change that
// waited for it gets its turn.
func (o *Outbox) finish(tx Tx, r *Report, act Act, e effect, receipt client.Receipt) error {
	if act == ActLose && r.State == draft.Unknown {
		return o.save(tx, entry(system, ActLate, r).fact("reason", e.reason), r)
	}
	from := r.State
	if err := r.do(act); err != nil {
		return err
	}
	switch act {
	case ActAccept:
		r.Reason = ""
		r.accept(receipt)
	case ActReturn:
		r.Due = o.now()
		if e.refusesReport() {
			r.State = draft.Held // a person looks
		}
	}
	if act != ActLose {
		r.Claim = ""
		if err := o.turn(tx, r); err != nil {
			return err
		}
	}
	return o.save(tx, entry(system, act, r).fact("from", string(from)).fact("to", string(r.State)).fact("reason", e.reason).
		fact("status", status(e.status)).fact("record", r.Record.ID), r)
}

func status(code int) string {
	if code == 0 {
		return ""
	}
	return strconv.Itoa(code)
}

// turn makes a change that has waited for the end of an attempt the current text.
func (o *Outbox) turn(tx Tx, r *Report) error {
	if r.Next == (Digest{}) {
		return nil
	}
	sealed, err := tx.Payload(r.ID, Waiting)
	if err != nil {
		return err
	}
	waiting := Payload{r.ID, Waiting, nil}
	if r.State == draft.Withdrawn {
		r.Next = Digest{}
		return tx.SetPayloads([]Payload{waiting})
	}
	r.Content, r.Next = r.Next, Digest{}
	r.State, r.Due, r.Op = draft.Pending, o.now(), OpReport
	if r.Record.ID != "" {
		r.Op = OpAmend
	}
	return tx.SetPayloads([]Payload{{r.ID, Current, sealed}, waiting})
}

// late takes in an answer that comes after somebody has settled the report. If the service
// recorded it and nothing else is known of a record, it counts: so it is not sent again.
func (o *Outbox) late(tx Tx, r *Report, c claimed, e effect, receipt client.Receipt) error {
	note := entry(system, ActLate, r).fact("reason", e.reason).fact("status", status(e.status)).fact("record", receipt.ID)
	if e.outcome == client.Accepted && c.report.Op == OpReport && r.Record.ID == "" && r.State == draft.Pending && r.Claim == "" {
		content := r.Content
		r.Content = c.report.Content
		r.accept(receipt)
		if content != r.Content { // it has changed since
			r.Content, r.State, r.Op = content, draft.Pending, OpAmend
		}
	}
	return o.save(tx, note, r)
}
