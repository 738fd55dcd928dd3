package main

import (
	"context"
	"errors"

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
	tellers := map[int]int{}
	for i := range reports {
		tellers[w.stock.event(reports[i].Content)]++
	}
	for i := range reports {
		err := w.decide(ctx, &reports[i], tellers)
		var moved *outbox.StateError
		if err != nil && !errors.As(err, &moved) {
			return err
		}
	}
	return nil
}

// decide decides about one report. Tellers says how many reports tell of each event.
func (w *worker) decide(ctx context.Context, r *outbox.Report, tellers map[int]int) (err error) {
	sometimes := !w.calm && w.random.IntN(6) == 0
	switch r.State {
	case draft.Unknown:
		return w.settle(ctx, r)
	case draft.NeedsAnswers:
		return w.answer(ctx, r, tellers[w.stock.event(r.Content)] == 1)
	case draft.Rejected:
		_, err = w.box.Retry(ctx, manager, r.ID)
	case draft.Held:
		return w.unhold(ctx, r)
	case draft.Pending:
		switch {
		case sometimes && r.Record.ID == "" && w.random.IntN(2) == 0:
			_, err = w.box.TakeBack(ctx, manager, r.ID)
		case sometimes:
			_, err = w.box.Hold(ctx, manager, r.ID)
		}
	case draft.Accepted:
		if sometimes {
			_, err = w.box.ProposeWithdrawal(ctx, recorder, r.ID, outbox.RecordedTwice)
		}
	}
	return err
}

// settle says of an unknown report what the ledger says.
func (w *worker) settle(ctx context.Context, r *outbox.Report) error {
	if r.Op != outbox.OpReport {
		_, err := w.box.Retry(ctx, manager, r.ID)
		return err
	}
	found, err := w.recorded(ctx, w.stock.event(r.Content))
	if err != nil {
		return err
	}
	if len(found) > 0 {
		_, err = w.box.Found(ctx, manager, r.ID, outbox.Record{ID: found[0].ID})
	} else {
		_, err = w.box.NotFound(ctx, manager, r.ID)
	}
	return err
}

// answer answers a question: an event that is told elsewhere is not another one.
func (w *worker) answer(ctx context.Context, r *outbox.Report, alone bool) error {
	answer := outbox.AnswerIgnore
	if r.Question == outbox.ReusedReference && alone && w.random.IntN(2) == 0 {
		answer = outbox.AnswerOther
	}
	if r.Question == outbox.OtherReference && w.random.IntN(2) == 0 {
		answer = outbox.AnswerSame
		w.say(word{Say: "uniting", ID: r.ID})
		w.say(word{Say: "uniting", ID: r.Other})
	}
	_, err := w.box.Answer(ctx, recorder, r.ID, answer)
	return err
}

func (w *worker) unhold(ctx context.Context, r *outbox.Report) (err error) {
	switch {
	case r.Op != outbox.OpWithdraw:
		_, err = w.box.Release(ctx, manager, r.ID)
	case w.random.IntN(2) == 0:
		_, err = w.box.ConfirmWithdrawal(ctx, manager, r.ID)
	default:
		_, err = w.box.KeepRecord(ctx, manager, r.ID)
	}
	return err
}
