package outbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/gpsafety/lfpse-go/lfpse/draft"
)

// Draft is a row of a log that is not ready to be sent: it waits for people's answers or
// decisions. What it says is stored beside it, encrypted, and read with [Outbox.Draft].
//
// A draft that becomes ready is enqueued and then closed: it names its report, so that the
// same row in the next import is known. One that was dropped stays closed until the row
// changes. Neither holds a text any more.
type Draft struct {
	ID       int64
	Endpoint string // name of the endpoint, as the configuration has it
	// Identity is that of the row. Day and type are empty while nobody has said them. A row
	// without a reference is known by a keyed hash of what it says.
	Identity
	Line  int         // of the row in the log, when it was read last
	State draft.State // Ready if it has become a report, NotForLFPSE if it was dropped
	// Gone says that the last import of the log did not have the row any more.
	Gone bool
	// Old says that it is older than a backup that was put back: it may have been sent before.
	Old     bool
	Content Digest // keyed hash of what the row says
	// Version counts the changes. Who changes a draft says which version they have read.
	Version int64
	// Report is the report that the draft has become or, while it is open, the one that it
	// would amend. It is 0 if there is none.
	Report   int64
	Assigned string // user name of who fills it in, whose own it is; empty for anybody who may
	// ForClinician says that a question was put to a clinician and is open.
	ForClinician bool

	Seen           int64     // number of the last import that had the row
	SeenAt         time.Time // when the source had it last
	Added, Changed time.Time
}

// Open reports whether the draft waits for somebody.
func (d Draft) Open() bool { return d.State != draft.Ready && d.State != draft.NotForLFPSE }

// Edition is the version of the draft as it was read.
func (d Draft) Edition() Edition { return Edition{d.ID, d.Version} }

// Edition is one version of a draft, as somebody has read it.
type Edition struct{ Draft, Version int64 }

// LogValue logs which draft it is and its state, and nothing that its source has said.
func (d Draft) LogValue() slog.Value {
	return slog.GroupValue(slog.Int64("draft", d.ID), slog.String("practice", d.Practice), slog.String("state", string(d.State)), slog.Int64("report", d.Report))
}

// String says in a few words which draft it is.
func (d Draft) String() string { return fmt.Sprintf("draft %d of %s (%s)", d.ID, d.Practice, d.State) }

// OpenDraft is a draft with what it says. It is as confidential as the log.
type OpenDraft struct {
	Draft
	// Says is the event, the questions, the findings and what people have said so far.
	Says draft.Draft
	// Earlier are answers that do not fit any more since the source has changed; each is
	// asked again.
	Earlier []draft.Answer
	// Entered is the report that the draft has become, nil while it is open.
	Entered *Entered
}

// Format prints which draft it is and its state, for every verb.
func (d OpenDraft) Format(f fmt.State, _ rune) {
	fmt.Fprintf(f, "outbox.OpenDraft(draft %d, %s)", d.ID, d.State)
}

// LogValue logs which draft it is and its state.
func (d OpenDraft) LogValue() slog.Value {
	return slog.GroupValue(slog.Int64("draft", d.ID), slog.String("state", string(d.State)))
}

// ErrDraftChanged says that somebody else, or an import, was faster: nothing was changed.
var ErrDraftChanged = errors.New("the report has changed since you have read it: look at it again")

// ClosedError says that a draft is not open any more.
type ClosedError struct{ Draft, Report int64 }

// Error says what has become of the draft.
func (e *ClosedError) Error() string {
	if e.Report == 0 {
		return fmt.Sprintf("draft %d is closed: it was dropped", e.Draft)
	}
	return fmt.Sprintf("draft %d is closed: it is report %d now", e.Draft, e.Report)
}

// words is what is stored of a draft, encrypted. Drafts are in their binary form.
type words struct {
	Source  []byte         `json:"source"`            // as the source gave it
	Current []byte         `json:"current,omitempty"` // with what people have made of it
	Earlier []draft.Answer `json:"earlier,omitempty"`
}

// says returns what the draft says now.
func (w *words) says() (d draft.Draft, err error) {
	text := w.Current
	if text == nil {
		text = w.Source
	}
	return d, d.UnmarshalBinary(text)
}

// place is where the text of this version belongs.
func (d *Draft) place() []byte { return fmt.Appendf(nil, "draft %d version %d", d.ID, d.Version) }

// words reads what a draft says.
func (o *Outbox) words(tx Tx, d *Draft) (*words, error) {
	if !d.Open() {
		return nil, &ClosedError{d.ID, d.Report}
	}
	sealed, err := tx.DraftText(d.ID)
	if err != nil {
		return nil, err
	}
	text, err := o.key.open(sealed, d.place())
	if err != nil {
		return nil, err
	}
	w := &words{}
	if json.Unmarshal(text, w) != nil {
		err = errors.New("a draft in the outbox is damaged: it is not what was stored")
	}
	return w, err
}

// write stores a new version of an open draft that is in the store.
func (o *Outbox) write(tx Tx, d *Draft, w *words) error {
	d.Version++
	d.Changed = o.now()
	text, err := json.Marshal(w)
	if err != nil {
		return err
	}
	if err := tx.SetDraftText(d.ID, o.key.seal(text, d.place())); err != nil {
		return err
	}
	return tx.SaveDrafts([]*Draft{d})
}

// shut closes a draft: its text is removed.
func (o *Outbox) shut(tx Tx, d *Draft, state draft.State) error {
	d.State, d.Gone, d.ForClinician, d.Changed = state, false, false, o.now()
	d.Version++
	if err := tx.SetDraftText(d.ID, nil); err != nil {
		return err
	}
	return tx.SaveDrafts([]*Draft{d})
}

// getDraft returns one draft of this endpoint.
func (o *Outbox) getDraft(tx Tx, id int64) (*Draft, error) {
	found, err := tx.Drafts(DraftFilter{Endpoint: o.endpoint, ID: id, Closed: true})
	if err == nil && (id <= 0 || len(found) == 0) {
		err = fmt.Errorf("there is no draft %d for the endpoint %q", id, o.endpoint)
	}
	if err != nil {
		return nil, err
	}
	return found[0], nil
}

// Drafts returns drafts in the order of their ids, without what they say. The endpoint of
// the filter is that of the outbox.
func (o *Outbox) Drafts(ctx context.Context, f DraftFilter) (drafts []Draft, err error) {
	f.Endpoint = o.endpoint
	err = o.store.View(ctx, func(tx Tx) error {
		found, err := tx.Drafts(f)
		drafts = values(found)
		return err
	})
	return drafts, err
}

func values(found []*Draft) (out []Draft) {
	for _, d := range found {
		out = append(out, *d)
	}
	return out
}

// CountDrafts says how many open drafts of each practice are in each state. Oldest is when
// the first of them came in.
func (o *Outbox) CountDrafts(ctx context.Context) (counts []Count, err error) {
	err = o.store.View(ctx, func(tx Tx) error {
		counts, err = tx.CountDrafts(o.endpoint)
		return err
	})
	return counts, err
}

// draftEntry is an entry of the audit trail about drafts of one practice.
func draftEntry(by By, act Act, drafts ...*Draft) *Entry {
	e := &Entry{By: by.ID, Role: by.Role, Act: act}
	var ids []byte
	for i, d := range drafts {
		if i > 0 {
			ids = append(ids, ',')
		}
		ids = fmt.Appendf(ids, "%d", d.ID)
		e.Practice = d.Practice
	}
	return e.fact("drafts", string(ids))
}
