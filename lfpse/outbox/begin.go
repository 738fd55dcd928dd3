package outbox

import (
	"context"
	"crypto/rand"
	"errors"
	"regexp"
	"strings"

	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/submission"
)

// Sees reports whether somebody may see a draft: a recorder sees those that nobody is
// assigned to and their own, everybody else all.
func (by By) Sees(d Draft) bool {
	return by.Role != Recorder || d.Assigned == "" || d.Assigned == by.ID
}

// formPrefix begins the references that the drafts of a form get, which mean nothing to people.
func formPrefix(source string) string { return source + "-" }

// ByForm reports whether somebody has filled in the event by a form, so that its reference
// means nothing to people.
func (i Identity) ByForm() bool {
	random, ok := strings.CutPrefix(i.Reference, formPrefix(i.Source))
	return ok && madeUp.MatchString(random)
}

// madeUp is a random text in small letters.
var madeUp = regexp.MustCompile(`^[a-z2-7]{26}$`)

// BeginDraft keeps what somebody begins to fill in by a form, and is then assigned to. It
// waits until all that is needed was answered with [Outbox.AnswerDraft], and
// [draft.CompleteTarget] last. Source is the name of the form, which stays the same. The
// error is a [RoleError] if the person may not record.
func (o *Outbox) BeginDraft(ctx context.Context, by By, b *submission.Builder, practice, source string, says *draft.Draft) (out OpenDraft, err error) {
	if !by.Role.May(ActBeginDraft) {
		refused := draftEntry(by, ActRefused, &Draft{Identity: Identity{Practice: practice}}).fact("act", string(ActBeginDraft))
		return out, errors.Join(&RoleError{by, ActBeginDraft}, o.update(ctx, func(tx Tx) error { return o.note(tx, refused) }))
	}
	says.Reference = formPrefix(source) + strings.ToLower(rand.Text())
	says.Ask(draft.CompleteQuestion())
	b.Prepare(says)
	r, err := o.newRow(practice, source, says)
	if err != nil {
		return out, err
	}
	err = o.update(ctx, func(tx Tx) error {
		if err := tx.Lock(o.endpoint, practice); err != nil {
			return err
		}
		now := o.now()
		d := &Draft{Endpoint: o.endpoint, Identity: r.Identity, State: r.state, Content: r.content, Assigned: by.ID, SeenAt: now, Added: now, Changed: now}
		if err := tx.InsertDrafts([]*Draft{d}); err != nil {
			return err
		}
		w := &words{Source: r.text}
		if err := o.write(tx, d, w); err != nil {
			return err
		}
		if err := o.note(tx, draftEntry(by, ActBeginDraft, d)); err != nil {
			return err
		}
		out, err = opened(d, w)
		return err
	})
	return out, err
}

// AssignDraft hands a draft over to somebody, or to anybody who may answer if to is empty.
func (o *Outbox) AssignDraft(ctx context.Context, by By, at Edition, to string) error {
	return o.onDraft(ctx, by, ActAssignDraft, at.Draft, func(tx Tx, d *Draft, w *words) error {
		if d.Version != at.Version {
			return ErrDraftChanged
		}
		d.Assigned = to
		if err := o.write(tx, d, w); err != nil {
			return err
		}
		return o.note(tx, draftEntry(by, ActAssignDraft, d))
	})
}
