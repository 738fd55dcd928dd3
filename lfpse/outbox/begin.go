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

// Sees reports whether somebody may see a draft, and act on it as far as their role allows.
// One that is somebody's own is for them, for clinicians and for managers, also while it
// waits for a clinician; others are for everybody.
func (by By) Sees(d Draft) bool {
	return d.Assigned == "" || d.Assigned == by.ID || by.Role == Clinician || by.Role == Manager
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

// BeginDraft keeps what somebody begins to fill in by a form, which stays their own. It
// waits until all that is needed was answered with [Outbox.AnswerDraft], and
// [draft.CompleteTarget] last. Source is the name of the form, which stays the same. The
// error is a [RoleError] if the person may not record.
func (o *Outbox) BeginDraft(ctx context.Context, by By, b *submission.Builder, practice, source string, says *draft.Draft) (out OpenDraft, err error) {
	if !by.Role.May(ActBeginDraft) {
		refused := draftEntry(by, ActRefused, &Draft{Identity: Identity{Practice: practice}}).fact("act", string(ActBeginDraft))
		return out, errors.Join(&RoleError{By: by, Act: ActBeginDraft}, o.update(ctx, func(tx Tx) error { return o.note(tx, refused) }))
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
		d := &Draft{Endpoint: o.endpoint, Identity: r.Identity, State: r.state, Content: r.content, Assigned: by.ID, ForClinician: says.WaitsForClinician(), SeenAt: now, Added: now, Changed: now}
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
