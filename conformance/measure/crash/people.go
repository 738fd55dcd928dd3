package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/gpsafety/lfpse-go/lfpse/client"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/outbox"
)

// look does what people do: settle what is unknown, answer questions, hold and release,
// withdraw. A report that has moved on meanwhile is left alone.
func (w *worker) look(ctx context.Context) error {
	reports, err := w.box.List(ctx, outbox.Filter{})
	if err != nil {
		return err
	}
	holders := map[string]int64{} // of records
	for i := range reports {
		if r := &reports[i]; r.Record.ID != "" {
			holders[r.Record.ID] = r.ID
		}
	}
	for i := range reports {
		err := w.decide(ctx, &reports[i], holders)
		var moved *outbox.StateError
		if err != nil && !errors.As(err, &moved) {
			return err
		}
	}
	return nil
}

// decide decides about one report. Holders says which reports have records.
func (w *worker) decide(ctx context.Context, r *outbox.Report, holders map[string]int64) (err error) {
	switch r.State {
	case draft.Unknown:
		return w.settle(ctx, r, holders)
	case draft.NeedsAnswers:
		return w.answer(ctx, r, holders)
	case draft.Held:
		return w.unhold(ctx, r)
	case draft.Pending:
		return w.hinder(ctx, r)
	case draft.Rejected:
		if r.Reason == string(client.NoSuchRecord) { // its record is gone
			_, err = w.box.ProposeWithdrawal(ctx, recorder, r.ID, outbox.RecordedInError)
		} else {
			_, err = w.box.Retry(ctx, manager, r.ID)
		}
	case draft.Accepted:
		withdraw := w.wants(outbox.ActPropose, outbox.ActConfirm, outbox.ActKeep) && w.random.IntN(2) == 0 || w.sometimes()
		if w.calm && w.Kept { // the backup may not know that the record was withdrawn
			rec, err := w.recorded(ctx, r)
			if err != nil {
				return err
			}
			withdraw = rec.Deleted
		}
		if withdraw {
			_, err = w.box.ProposeWithdrawal(ctx, recorder, r.ID, outbox.RecordedTwice)
		}
	}
	return err
}

func (w *worker) sometimes() bool { return !w.calm && w.random.IntN(6) == 0 }

// hinder holds a report that waits, or takes it back, now and then.
func (w *worker) hinder(ctx context.Context, r *outbox.Report) (err error) {
	hold, back := w.wants(outbox.ActHold, outbox.ActRelease), w.wants(outbox.ActTakeBack)
	if !hold && !back && w.sometimes() {
		hold = w.random.IntN(2) == 0
		back = !hold
	}
	switch {
	case back && r.Record.ID == "":
		_, err = w.box.TakeBack(ctx, manager, r.ID)
	case hold:
		_, err = w.box.Hold(ctx, manager, r.ID)
	}
	return err
}

// settle says of an unknown report what the ledger says.
func (w *worker) settle(ctx context.Context, r *outbox.Report, holders map[string]int64) error {
	if r.Op != outbox.OpReport {
		_, err := w.box.Retry(ctx, manager, r.ID)
		return err
	}
	rec, err := w.recorded(ctx, r)
	switch {
	case err != nil:
	case rec.ID == "":
		_, err = w.box.NotFound(ctx, manager, r.ID)
	case holders[rec.ID] != 0:
		err = fmt.Errorf("report %d was sent about an event that report %d has the record of", r.ID, holders[rec.ID])
	default:
		_, err = w.box.Found(ctx, manager, r.ID, outbox.Record{ID: rec.ID})
	}
	return err
}

// answer answers a question: a row with a new number is the same event, and a copy of a row
// is not to be sent. Another event under a known reference is sent or not; one that was never
// recorded and has changed, too; one that was is left alone.
func (w *worker) answer(ctx context.Context, r *outbox.Report, holders map[string]int64) error {
	rec, err := w.recorded(ctx, r)
	if err != nil {
		return err
	}
	forgotten := rec.ID != "" && !rec.Deleted && holders[rec.ID] == 0 // by the backup that was put back
	answer := outbox.AnswerIgnore
	switch {
	case (row{Reference: r.Reference}).isCopy():
	case r.Question == outbox.OtherReference:
		asks, err := w.box.Get(ctx, r.ID) // the other one may have become part of another meanwhile
		if err != nil {
			return err
		}
		other, err := w.box.Get(ctx, asks.Other)
		if err != nil {
			return err
		}
		answer = outbox.AnswerSame
		w.say(word{Say: sayUniting, Row: row{Reference: r.Reference, Day: r.Day}, Name: nameOf(&other), ID: r.ID, Other: other.ID, Content: other.Latest()})
	case forgotten, rec.ID == "" && (w.wants(outbox.ActOther) || !w.wants(outbox.ActIgnore) && w.random.IntN(2) == 0):
		answer = outbox.AnswerOther
	}
	_, err = w.box.Answer(ctx, recorder, r.ID, answer)
	return err
}

// reasonText is why a report is held whose text was purged.
const reasonText = "text-unusable"

// unhold lets a report go on, or decides about the withdrawal of its record. One whose text
// is gone waits for its row.
func (w *worker) unhold(ctx context.Context, r *outbox.Report) error {
	switch {
	case r.Op != outbox.OpWithdraw && r.Reason == reasonText:
		return nil
	case r.Op != outbox.OpWithdraw:
		_, err := w.box.Release(ctx, manager, r.ID)
		return err
	}
	rec, err := w.recorded(ctx, r)
	if err != nil {
		return err
	}
	keep := w.wants(outbox.ActKeep) || !w.wants(outbox.ActConfirm) && w.random.IntN(2) == 0
	if keep && !(w.calm && rec.Deleted) {
		w.say(word{Say: sayKeeping, Name: nameOf(r), Content: r.Record.Content})
		_, err = w.box.KeepRecord(ctx, manager, r.ID)
	} else {
		_, err = w.box.ConfirmWithdrawal(ctx, manager, r.ID)
	}
	return err
}

// recorded asks the service what it holds of an event, as a person looks there.
func (w *worker) recorded(ctx context.Context, r *outbox.Report) (rec record, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, fmt.Sprintf("%s/events/%d", w.Ledger, w.stock.event(r.Content)), nil)
	if err != nil {
		return rec, err
	}
	response, err := http.DefaultClient.Do(req)
	if err != nil {
		return rec, err
	}
	var found []record
	err = errors.Join(json.NewDecoder(response.Body).Decode(&found), response.Body.Close())
	if len(found) > 0 {
		rec = found[0]
	}
	return rec, err
}
