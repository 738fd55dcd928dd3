package outbox

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/privacy"
)

// Found settles an unknown report: it was recorded. The record is what a person has seen
// at the service, or what the service was asked for; its number may be missing. For an
// amendment the id may be empty.
func (o *Outbox) Found(ctx context.Context, by By, id int64, record Record) (Report, error) {
	return o.change(ctx, by, ActFound, id, func(tx Tx, r *Report) error {
		if record.ID == "" {
			record.ID = r.Record.ID
		}
		switch {
		case !fhir.IsID(record.ID):
			return errors.New("a record has an id: 1 to 64 letters, digits, hyphens and dots")
		case r.Record.ID != "" && r.Record.ID != record.ID:
			return fmt.Errorf("report %d amends another record", id)
		case by != system && identifies(record.Number):
			return &StateError{id, ActFound, draft.Unknown, "what is given as the national reference holds personal data, such as an NHS number; give the reference as the service shows it, or none"}
		}
		if err := o.free(tx, r, record.ID); err != nil {
			return err
		}
		record.Content, record.At = r.Content, o.now()
		r.Record, r.Reason, r.Status = record, "", 0
		return nil
	})
}

// tenDigits may be an NHS number, and as well be a number of the service that begins or ends a
// reference.
var tenDigits = regexp.MustCompile(`\b[0-9]{10}\b`)

// identifies reports whether what a person gives as a national reference holds personal data.
// Ten digits in one word with nothing that marks them are part of a plain reference, whatever
// their check digit.
func identifies(number string) bool {
	plain := number
	if !strings.ContainsAny(number, " \t\u00a0:=") && !strings.Contains(strings.ToLower(number), "nhs") {
		plain = tenDigits.ReplaceAllString(number, "0")
	}
	return len(privacy.ScanReference(plain, nil)) > 0
}

// free refuses the record of another report: one of the two would never be reported, and its
// changes would overwrite the other.
func (o *Outbox) free(tx Tx, r *Report, record string) error {
	others, err := tx.List(Filter{Endpoint: o.endpoint, RecordID: record})
	for _, other := range others {
		if other.ID != r.ID {
			return &StateError{r.ID, ActFound, draft.Unknown, fmt.Sprintf("the record %s is that of report %d", record, other.ID)}
		}
	}
	return err
}

// NotFound settles an unknown report: the attempt had no effect, or, for a withdrawal,
// there is no record any more. A report that was not recorded waits to be sent again. It
// is refused until the attempt is so long ago that it cannot be on its way any more.
func (o *Outbox) NotFound(ctx context.Context, by By, id int64) (Report, error) {
	if err := o.restartQuiet(ctx); err != nil {
		return Report{}, err
	}
	return o.change(ctx, by, ActNotFound, id, func(_ Tx, r *Report) error {
		if left := r.Changed.Add(o.limits().Quiet).Sub(o.now()); left > 0 {
			return &StateError{id, ActNotFound, draft.Unknown, fmt.Sprintf("the request may still be on its way; look again in %s", left.Round(time.Second))}
		}
		r.Due = o.now()
		return nil
	})
}

// restartQuiet lets the quiet time of each attempt begin now that began later than it is now: the
// clock was put back since, and nobody knows how long ago it was.
func (o *Outbox) restartQuiet(ctx context.Context) error {
	unknown, err := o.List(ctx, Filter{States: []string{string(draft.Unknown)}})
	for _, r := range unknown {
		if err != nil || !r.Changed.After(o.now()) {
			continue
		}
		err = o.update(ctx, func(tx Tx) error {
			now, err := o.get(tx, r.ID)
			if err != nil || now.State != draft.Unknown || !now.Changed.After(o.now()) {
				return err
			}
			now.Changed = o.now()
			return tx.Save([]*Report{now})
		})
	}
	return err
}

// Retry sends a refused report again as it is, or an amendment or a withdrawal whose
// outcome is unknown: repeating these has no further effect. A new report whose outcome is
// unknown is never repeated: see NotFound.
func (o *Outbox) Retry(ctx context.Context, by By, id int64) (Report, error) {
	return o.change(ctx, by, ActRetry, id, func(_ Tx, r *Report) error {
		if r.Op == OpWithdraw && r.Claim != "" { // unknown until now
			r.Record.Content = Digest{} // the record may be gone, whatever comes now
		}
		r.Due = o.now()
		return nil
	})
}

// Hold keeps a report from being sent that waits, and Release lets it go on.
func (o *Outbox) Hold(ctx context.Context, by By, id int64) (Report, error) {
	return o.change(ctx, by, ActHold, id, func(_ Tx, r *Report) error {
		r.Reason = "" // a person holds it, and a person lets it go
		return nil
	})
}

// Release is described with Hold.
func (o *Outbox) Release(ctx context.Context, by By, id int64) (Report, error) {
	return o.change(ctx, by, ActRelease, id, o.dueNow)
}

func (o *Outbox) dueNow(_ Tx, r *Report) error {
	r.Due = o.now()
	return nil
}

// change does an act to a report, and more that belongs to it, which may be nil.
func (o *Outbox) change(ctx context.Context, by By, act Act, id int64, more func(Tx, *Report) error) (out Report, err error) {
	err = o.act(ctx, by, act, id, func(tx Tx, r *Report) error {
		from, withdrawing := r.State, r.Op == OpWithdraw
		if err := r.do(act); err != nil {
			return err
		}
		if more != nil {
			if err := more(tx, r); err != nil {
				return err
			}
		}
		if from == draft.Unknown || !r.old() {
			r.Claim = ""
		}
		switch {
		case act == ActNotFound && withdrawing:
			r.State = draft.Withdrawn
		case act == ActKeep && r.Content != r.Record.Content:
			r.State = draft.Rejected
		}
		if from == draft.Unknown {
			if err := o.turn(tx, r); err != nil {
				return err
			}
		}
		out = *r
		return o.save(tx, entry(by, act, r).fact("from", string(from)).fact("to", string(r.State)).fact("record", r.Record.ID), r)
	})
	return out, err
}

// WithdrawalReason says why a national record is withdrawn. There is no free text.
type WithdrawalReason string

// The reasons to withdraw a record.
const (
	RecordedTwice   WithdrawalReason = "recorded-twice"
	RecordedInError WithdrawalReason = "recorded-in-error"
	NotAnEvent      WithdrawalReason = "not-a-safety-event"
	HoldsPersonal   WithdrawalReason = "holds-personal-data"
	WithdrawnOptOut WithdrawalReason = "opt-out"
)

// WithdrawalReasons lists the reasons.
func WithdrawalReasons() []WithdrawalReason {
	return []WithdrawalReason{RecordedTwice, RecordedInError, NotAnEvent, HoldsPersonal, WithdrawnOptOut}
}

// Text says in a few words what the reason is; it is empty for one that there is not.
func (r WithdrawalReason) Text() string {
	return map[WithdrawalReason]string{
		RecordedTwice:   "the event was recorded twice",
		RecordedInError: "it was recorded in error",
		NotAnEvent:      "it was no patient safety event",
		HoldsPersonal:   "it holds personal data",
		WithdrawnOptOut: "somebody has opted out",
	}[r]
}

// ProposeWithdrawal asks for the national record of a report to be deleted. Nothing is
// sent until a manager confirms it with [Outbox.ConfirmWithdrawal] or lets the record
// stand with [Outbox.KeepRecord].
func (o *Outbox) ProposeWithdrawal(ctx context.Context, by By, id int64, reason WithdrawalReason) (out Report, err error) {
	if !slices.Contains(WithdrawalReasons(), reason) {
		return out, errors.New("a withdrawal needs one of the reasons that there are")
	}
	return o.change(ctx, by, ActPropose, id, func(_ Tx, r *Report) error {
		r.Op, r.Reason = OpWithdraw, string(reason)
		return nil
	})
}

// ConfirmWithdrawal lets the record be deleted.
func (o *Outbox) ConfirmWithdrawal(ctx context.Context, by By, id int64) (Report, error) {
	return o.change(ctx, by, ActConfirm, id, o.dueNow)
}

// KeepRecord lets a record stand whose withdrawal was proposed. If the service has refused
// a change of it, or the record may be gone already, the report counts as refused, so that
// somebody looks at it. Another change that the record does not have is forgotten, and is
// a change again when it comes from the source.
func (o *Outbox) KeepRecord(ctx context.Context, by By, id int64) (Report, error) {
	return o.change(ctx, by, ActKeep, id, func(tx Tx, r *Report) error {
		r.Op, r.Reason = OpAmend, ""
		if r.Content == r.Record.Content || r.Record.Content == (Digest{}) || r.Status >= http.StatusBadRequest {
			return nil
		}
		r.Content = r.Record.Content
		return tx.SetPayloads([]Payload{{r.ID, Current, nil}, {r.ID, Waiting, nil}})
	})
}

// TakeBack keeps a report from ever being sent that has no national record. It is refused
// while that is not certain, because a backup was put back.
func (o *Outbox) TakeBack(ctx context.Context, by By, id int64) (Report, error) {
	if err := o.age(ctx); err != nil {
		return Report{}, err
	}
	return o.change(ctx, by, ActTakeBack, id, func(tx Tx, r *Report) error {
		r.Question, r.Other = "", 0
		return tx.SetPayloads([]Payload{{r.ID, Current, nil}, {r.ID, Waiting, nil}})
	})
}

// Finder looks for the record of a report at the service, where the service says that it
// can. It returns false if there is none, and an error if it cannot tell; that ends
// [Outbox.Reconcile], and the report stays unknown.
type Finder interface {
	Find(ctx context.Context, r Report) (record Record, found bool, err error)
}

// Reconcile settles unknown reports by asking the service, and returns how many it has
// settled. Those that it cannot say anything about stay unknown for a person.
func (o *Outbox) Reconcile(ctx context.Context, f Finder) (settled int, err error) {
	if err := o.restartQuiet(ctx); err != nil {
		return 0, err
	}
	unknown, err := o.List(ctx, Filter{States: []string{string(draft.Unknown)}})
	if err != nil {
		return 0, err
	}
	for i := range unknown {
		r := &unknown[i]
		if r.Op == OpWithdraw || o.now().Before(r.Changed.Add(o.limits().Quiet)) {
			continue
		}
		record, found, failed := f.Find(ctx, *r)
		switch {
		case failed != nil:
			return settled, failed
		case found:
			_, err = o.Found(ctx, system, r.ID, record)
		default:
			_, err = o.NotFound(ctx, system, r.ID)
		}
		var moved *StateError // somebody has settled it meanwhile, or the record is that of another report
		switch {
		case err == nil:
			settled++
		case !errors.As(err, &moved):
			return settled, err
		}
	}
	return settled, nil
}
