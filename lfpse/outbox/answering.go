package outbox

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/submission"
)

// Draft returns an open draft with what it says, and notes in the audit trail who has read
// it. The error is a [ClosedError] if the draft is not open any more.
func (o *Outbox) Draft(ctx context.Context, by By, id int64) (out OpenDraft, err error) {
	err = o.onDraft(ctx, by, ActReadDraft, id, func(tx Tx, d *Draft, w *words) error {
		if out, err = opened(d, w); err != nil {
			return err
		}
		return o.note(tx, draftEntry(by, ActReadDraft, d))
	})
	return out, err
}

func opened(d *Draft, w *words) (out OpenDraft, err error) {
	out.Draft, out.Earlier = *d, w.Earlier
	out.Says, err = w.says()
	return out, err
}

// AnswerError says, by their targets, which answers cannot be used and why. Nothing was
// changed.
type AnswerError map[string]error

// Error says how many answers cannot be used, and why. It quotes neither them nor targets.
func (e AnswerError) Error() string {
	texts := make([]string, 0, len(e))
	for _, target := range slices.Sorted(maps.Keys(e)) {
		texts = append(texts, e[target].Error())
	}
	return fmt.Sprintf("%d answers cannot be used: %s", len(e), strings.Join(texts, "; "))
}

// AnswerDraft gives answers to the questions of a draft, all or none, see
// [draft.Form.Answer]; one without a text takes back what is known about the property. The
// builder checks the draft again. When it is ready, it is enqueued in the same transaction,
// and its report is in the result.
//
// The error is an [AnswerError] if answers cannot be used, and [ErrDraftChanged] if the
// draft has changed since this version was read.
func (o *Outbox) AnswerDraft(ctx context.Context, by By, b *submission.Builder, at Edition, answers ...draft.Answer) (OpenDraft, error) {
	return o.edit(ctx, by, b, ActAnswerDraft, at, func(d *draft.Draft, e *Entry) error {
		wrong := AnswerError{}
		var targets []string
		for _, a := range answers {
			err := give(b.Form(), d, a)
			if err != nil && !errors.Is(err, draft.ErrPointless) {
				wrong[a.Target] = err
			}
			targets = append(targets, a.Target)
		}
		if len(wrong) > 0 {
			return wrong
		}
		e.fact("targets", strings.Join(targets, " "))
		return nil
	})
}

func give(f *draft.Form, d *draft.Draft, a draft.Answer) error {
	if a.Text == "" {
		return f.Clear(d, a.Target)
	}
	return f.Answer(d, a.Target, a.Text)
}

// EditText puts a corrected text into a draft in the place of what the source says, such as
// a description without the name of the patient. Otherwise it is like [Outbox.AnswerDraft].
func (o *Outbox) EditText(ctx context.Context, by By, b *submission.Builder, at Edition, target, text string) (OpenDraft, error) {
	return o.edit(ctx, by, b, ActEditDraft, at, func(d *draft.Draft, e *Entry) error {
		e.fact("targets", target)
		return b.Form().Answer(d, target, text)
	})
}

// ReleaseDraft says that the person has read a text of a draft in which the privacy screen
// has found something, and why it may be sent, see [draft.Form.Release]. It counts for that
// very text. Why is kept with the draft, and not in the audit trail.
func (o *Outbox) ReleaseDraft(ctx context.Context, by By, b *submission.Builder, at Edition, target, why string) (OpenDraft, error) {
	return o.edit(ctx, by, b, ActReleaseDraft, at, func(d *draft.Draft, e *Entry) error {
		if err := b.Form().Release(d, target, by.ID, why); err != nil {
			return err
		}
		r := d.Releases[len(d.Releases)-1]
		e.fact("targets", target).fact("rules", strings.Join(r.Rules, " ")).fact("digest", r.Digest)
		return nil
	})
}

// DropDraft removes what a draft says and never sends it. The row is asked about again only
// if it changes. A national record that the draft would have amended stands.
func (o *Outbox) DropDraft(ctx context.Context, by By, at Edition) error {
	return o.onDraft(ctx, by, ActDropDraft, at.Draft, func(tx Tx, d *Draft, w *words) error {
		if d.Version != at.Version {
			return ErrDraftChanged
		}
		d.Report = 0
		if err := o.shut(tx, d, draft.NotForLFPSE); err != nil {
			return err
		}
		return o.note(tx, draftEntry(by, ActDropDraft, d))
	})
}

// edit changes what a draft says, and checks it again.
func (o *Outbox) edit(ctx context.Context, by By, b *submission.Builder, act Act, at Edition, change func(*draft.Draft, *Entry) error) (out OpenDraft, err error) {
	err = o.onDraft(ctx, by, act, at.Draft, func(tx Tx, d *Draft, w *words) error {
		if d.Version != at.Version {
			return ErrDraftChanged
		}
		p := submission.Prepared{}
		if p.Draft, err = w.says(); err != nil {
			return err
		}
		e := draftEntry(by, act, d)
		if err := change(&p.Draft, e); err != nil {
			return err
		}
		p.Submission = b.Prepare(&p.Draft)
		if err := o.note(tx, e); err != nil {
			return err
		}
		entered, err := o.keepOrEnqueue(tx, b, d, w, &p)
		if err != nil {
			return err
		}
		out, err = opened(d, w)
		out.Entered = entered
		return err
	})
	return out, err
}

// keepOrEnqueue stores what a draft says now, or enqueues it if it is ready.
func (o *Outbox) keepOrEnqueue(tx Tx, b *submission.Builder, d *Draft, w *words, p *submission.Prepared) (*Entered, error) {
	var err error
	if w.Current, err = p.MarshalBinary(); err != nil {
		return nil, err
	}
	w.Earlier = p.Overtaken(w.Earlier)
	d.Day, d.Type = stated(&p.Event)
	d.ForClinician = p.WaitsForClinician()
	if p.State != draft.Ready {
		d.State = p.State
		return nil, o.write(tx, d, w)
	}
	item := NewItem(b, d.Practice, d.Source, p)
	item.Nth = d.Nth
	arriving, err := o.arrivals([]Item{item})
	if err != nil {
		return nil, err
	}
	arriving[0].draft = d
	entered, err := o.enqueue(tx, arriving, d.Seen, o.note)
	if err != nil {
		return nil, err
	}
	return &entered[0], nil
}

// onDraft does something with an open draft that somebody wants done. An attempt by
// somebody who may not do it is noted.
func (o *Outbox) onDraft(ctx context.Context, by By, act Act, id int64, fn func(Tx, *Draft, *words) error) error {
	practice, sees := "", false // the practice is locked first, as every transaction does
	err := o.store.View(ctx, func(tx Tx) error {
		d, err := o.getDraft(tx, id)
		if err == nil {
			practice, sees = d.Practice, by.Sees(*d)
		}
		return err
	})
	if err != nil {
		return err
	}
	if !by.Role.May(act) || !sees {
		refused := &RoleError{By: by, Act: act, Other: by.Role.May(act)}
		return errors.Join(refused, o.update(ctx, func(tx Tx) error {
			return o.note(tx, draftEntry(by, ActRefused, &Draft{ID: id, Identity: Identity{Practice: practice}}).fact("act", string(act)))
		}))
	}
	return o.update(ctx, func(tx Tx) error {
		if err := tx.Lock(o.endpoint, practice); err != nil {
			return err
		}
		d, err := o.getDraft(tx, id)
		if err != nil {
			return err
		}
		w, err := o.words(tx, d)
		if err != nil {
			return err
		}
		return fn(tx, d, w)
	})
}

// doneDraft is a draft that has become a report.
type doneDraft struct {
	draft  *Draft
	report *Report
}

// draftOf returns the draft of the row that an item comes from: the row is ready now, by
// people's answers or because it has changed in its log.
func (e *entering) draftOf(it *arriving) *Draft {
	if it.draft != nil {
		return it.draft
	}
	d := sameRow(e.drafts, it.Identity, Digest{}, e.seen)
	taken := func(done doneDraft) bool { return done.draft == d }
	if d == nil || d.State == draft.Ready || slices.ContainsFunc(e.done, taken) {
		return nil
	}
	return d
}

// closeDrafts closes the drafts that have become reports, each naming its own.
func (e *entering) closeDrafts() (entries []*Entry, err error) {
	for _, done := range e.done {
		d := done.draft
		d.Report, d.Day, d.Type = done.report.ID, done.report.Day, done.report.Type
		if err := e.o.shut(e.tx, d, draft.Ready); err != nil {
			return nil, err
		}
		entries = append(entries, draftEntry(system, ActDraftReady, d).about(done.report))
	}
	return entries, nil
}
