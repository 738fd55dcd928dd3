package outbox

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gpsafety/lfpse-go/lfpse/client"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/submission"
)

// Sender sends one report in exactly one attempt, as a [client.Client] does. Its errors are
// those of a client: [client.OutcomeOf] and [client.NextOf] say what follows from one. It must
// be safe for concurrent use.
type Sender interface {
	Submit(ctx context.Context, s submission.Submission) (client.Receipt, error)
	Update(ctx context.Context, id string, s submission.Submission) (client.Receipt, error)
	Delete(ctx context.Context, id string) (client.Receipt, error)
	Probe(ctx context.Context) error // asks whether the service answers, without a report
}

// Outbox holds the reports for one endpoint, for any number of practices. It is safe for
// concurrent use, and any number of them may share a [Store].
//
// What is done by a person, [By], is refused with a [RoleError] if their role does not allow
// it, and with a [StateError] if the state of the report does not; nothing is changed then.
// Other errors are those of the store, and say nothing of what a report says.
type Outbox struct {
	store    Store
	key      Key
	endpoint string
	bounds   atomic.Pointer[Limits]
	clock    func() time.Time
	observe  func(Report)

	mu   sync.Mutex
	owed []func(Tx) error // what has to be written and could not be
}

// attempts numbers the claims of this process.
var attempts atomic.Int64

// Option changes one setting of an Outbox.
type Option func(*Outbox)

// WithLimits sets how much is sent at once.
func WithLimits(l Limits) Option { return func(o *Outbox) { o.SetLimits(l) } }

// SetLimits changes how much is sent at once. What has been claimed already is sent all
// the same.
func (o *Outbox) SetLimits(l Limits) {
	l.fill()
	o.bounds.Store(&l)
}

func (o *Outbox) limits() *Limits { return o.bounds.Load() }

// WithClock sets the clock. The default is time.Now.
func WithClock(now func() time.Time) Option { return func(o *Outbox) { o.clock = now } }

// WithObserver sets a function that is called with each report whose attempt has ended,
// after the outcome is stored. Several goroutines may call it at once.
func WithObserver(f func(Report)) Option { return func(o *Outbox) { o.observe = f } }

// Open opens the outbox of an endpoint, which is known by its configured name, whatever
// its address is. Reports that were on their way when a process died become unknown, and
// those that it had only claimed wait again. If the store was put back from a backup,
// everything that waits becomes unknown and nothing is sent, see [Outbox.Reconciled].
func Open(ctx context.Context, store Store, key Key, endpoint string, opts ...Option) (*Outbox, error) {
	if endpoint == "" {
		return nil, errors.New("an outbox needs the name of its endpoint")
	}
	if store == nil {
		return nil, errors.New("an outbox needs a store, such as that of package sqlite")
	}
	if key.aead == nil {
		return nil, errors.New("an outbox needs a key: see OpenKey")
	}
	o := &Outbox{store: store, key: key, endpoint: endpoint, clock: time.Now, observe: func(Report) {}}
	o.SetLimits(Limits{})
	for _, set := range opts {
		set(o)
	}
	if err := store.Update(ctx, func(tx Tx) error { return errors.Join(o.checkKey(tx), o.enrol(tx)) }); err != nil {
		return nil, err
	}
	if err := o.noticeBackup(ctx); err != nil {
		return nil, err
	}
	return o, o.Recover(ctx)
}

// Endpoint returns the name of the endpoint.
func (o *Outbox) Endpoint() string { return o.endpoint }

// now has the precision that every store keeps.
func (o *Outbox) now() time.Time { return o.clock().UTC().Truncate(time.Microsecond) }

// checkKey refuses a key that is not the one with which the store was begun.
func (o *Outbox) checkKey(tx Tx) error {
	const name = "key"
	known, err := tx.Setting(name)
	if err != nil {
		return err
	}
	if known == nil {
		return tx.SetSetting(name, o.key.id[:])
	}
	if !bytes.Equal(known, o.key.id[:]) {
		return errors.New("the outbox was encrypted with another key: use the key file that belongs to it")
	}
	return nil
}

const endpointsSetting = "endpoints"

// enrol notes that the store has an outbox for this endpoint.
func (o *Outbox) enrol(tx Tx) error {
	var known []string
	if err := readSetting(tx, endpointsSetting, &known); err != nil || slices.Contains(known, o.endpoint) {
		return err
	}
	return writeSetting(tx, endpointsSetting, append(known, o.endpoint))
}

// Endpoints lists the endpoints that a store has outboxes for, in the order in which they
// were first opened.
func Endpoints(ctx context.Context, store Store) (names []string, err error) {
	err = store.View(ctx, func(tx Tx) error {
		names = nil
		return readSetting(tx, endpointsSetting, &names)
	})
	return names, err
}

// Recover settles what processes have left that died: what they had only claimed waits
// again, and what they were sending becomes unknown. So does what has come in since a backup
// was put back, see [Outbox.Restored]. [Open] and [Outbox.Drain] call it.
func (o *Outbox) Recover(ctx context.Context) error {
	if err := o.age(ctx); err != nil {
		return err
	}
	var owners []string
	err := o.store.View(ctx, func(tx Tx) (err error) {
		owners, err = tx.Owners(o.endpoint)
		return err
	})
	if err != nil {
		return err
	}
	for _, owner := range owners {
		if owner == o.store.Owner() {
			continue
		}
		if alive, err := o.store.Alive(ctx, owner); err != nil || alive {
			if err != nil {
				return err
			}
			continue
		}
		if err := o.update(ctx, func(tx Tx) error { return o.bury(tx, owner) }); err != nil {
			return err
		}
	}
	return nil
}

// reasonDied is why the outcome of a report is unknown whose process died.
const reasonDied = "process-ended"

func (o *Outbox) bury(tx Tx, owner string) error {
	reports, err := tx.Claimed(o.endpoint, owner)
	if err != nil || len(reports) == 0 {
		return err
	}
	for _, r := range reports {
		act := ActUnclaim
		switch {
		case owner == beforeBackup:
			act, r.Reason, r.Status = ActLose, ReasonRestored, 0
		case r.State == draft.Sending:
			act, r.Reason, r.Status = ActLose, reasonDied, 0
		default:
			r.Claim = ""
		}
		if err := o.step(tx, system, act, r); err != nil {
			return err
		}
	}
	return nil
}

// step does an act to a report, saves it and notes it in the audit trail.
func (o *Outbox) step(tx Tx, by By, act Act, r *Report) error {
	from := r.State
	if err := r.do(act); err != nil {
		return err
	}
	r.Question, r.Other = "", 0
	if act == ActUnclaim || act == ActReturn { // nothing was sent: a change that came meanwhile gets its turn
		if err := o.turn(tx, r); err != nil {
			return err
		}
	}
	return o.save(tx, entry(by, act, r).fact("from", string(from)).fact("to", string(r.State)).fact("reason", r.Reason).fact("record", r.Record.ID), r)
}

func (o *Outbox) save(tx Tx, e *Entry, r *Report) error {
	r.Changed = o.now()
	if err := tx.Save([]*Report{r}); err != nil {
		return err
	}
	return o.note(tx, e)
}

// get returns one report of this endpoint.
func (o *Outbox) get(tx Tx, id int64) (*Report, error) {
	reports, err := tx.Get(id)
	if err == nil && (len(reports) == 0 || reports[0].Endpoint != o.endpoint) {
		err = fmt.Errorf("there is no report %d for the endpoint %q", id, o.endpoint)
	}
	if err != nil {
		return nil, err
	}
	return reports[0], nil
}

// Get returns one report.
func (o *Outbox) Get(ctx context.Context, id int64) (r Report, err error) {
	err = o.store.View(ctx, func(tx Tx) error {
		got, err := o.get(tx, id)
		if err == nil {
			r = *got
		}
		return err
	})
	return r, err
}

// List returns reports in the order of their ids. The endpoint of the filter is that of
// the outbox.
func (o *Outbox) List(ctx context.Context, f Filter) (reports []Report, err error) {
	f.Endpoint = o.endpoint
	err = o.store.View(ctx, func(tx Tx) error {
		got, err := tx.List(f)
		reports = reports[:0]
		for _, r := range got {
			reports = append(reports, *r)
		}
		return err
	})
	return reports, err
}

// Count says how many reports of each practice are in each state.
func (o *Outbox) Count(ctx context.Context) (counts []Count, err error) {
	err = o.store.View(ctx, func(tx Tx) error {
		counts, err = tx.Count(o.endpoint)
		return err
	})
	return counts, err
}

// Flow counts by hour, which begins in UTC, what came in and what was recorded since a
// time.
func (o *Outbox) Flow(ctx context.Context, since time.Time) (flow map[time.Time]Flow, err error) {
	err = o.store.View(ctx, func(tx Tx) error {
		flow, err = tx.Flow(o.endpoint, since)
		return err
	})
	return flow, err
}

// Note puts something into the audit trail that is no act on a report, such as that
// somebody has signed in.
func (o *Outbox) Note(ctx context.Context, by By, act Act) error {
	return o.update(ctx, func(tx Tx) error { return o.note(tx, entry(by, act)) })
}

// Text returns the FHIR JSON of a report as it waits or was sent, and notes in the audit
// trail who has read it. It is nil if it has been purged.
func (o *Outbox) Text(ctx context.Context, by By, id int64) (text json.RawMessage, err error) {
	err = o.act(ctx, by, ActRead, id, func(tx Tx, r *Report) error {
		s, err := o.payload(tx, r)
		if err != nil || s.IsZero() {
			return err
		}
		text = s.Body()
		return o.note(tx, entry(by, ActRead, r))
	})
	return text, err
}

// payload reads what the current attempt of a report sends. It is the zero Submission if
// the text has been purged.
func (o *Outbox) payload(tx Tx, r *Report) (s submission.Submission, err error) {
	sealed, err := tx.Payload(r.ID, Current)
	if err != nil || sealed == nil {
		return s, err
	}
	text, err := o.key.open(sealed, r.Content[:])
	if err != nil {
		return s, err
	}
	return s, s.UnmarshalBinary(text)
}

// act does something to a report that somebody wants done. An attempt by somebody who may
// not do it is noted.
func (o *Outbox) act(ctx context.Context, by By, act Act, id int64, fn func(Tx, *Report) error) error {
	if by != system && !by.Role.May(act) {
		refused := &RoleError{By: by, Act: act}
		return errors.Join(refused, o.update(ctx, func(tx Tx) error {
			return o.note(tx, (&Entry{By: by.ID, Role: by.Role, Act: ActRefused, Reports: []int64{id}}).fact("act", string(act)))
		}))
	}
	return o.update(ctx, func(tx Tx) error {
		r, err := o.get(tx, id)
		if err != nil {
			return err
		}
		return fn(tx, r)
	})
}
