package outbox

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/submission"
)

// Kept is the draft that a row has become, and how.
type Kept struct {
	Draft
	Change Change
	// Known are the reports about the same row that are there already: people are told of
	// a national record that stands.
	Known []Report
	// Entered is the report of a row whose draft is ready now, because the answers to an
	// earlier version of the row fit the changed one.
	Entered *Entered
}

// KeepDraft keeps a report that is not ready, until people have answered what is open. It
// must be prepared; what is [draft.Ready] is for [Outbox.Enqueue]. The same row again
// changes nothing, and answers stay. If it has changed, its new values are taken, the
// answers that fit are given again, and the others are asked again, see
// [draft.Form.Reapply]. A report that is not for LFPSE is not kept, and its draft is dropped.
// What waits to be sent of an earlier version of the report is held until it is ready again.
//
// A row is known by its practice, its source and its reference, as long as day and type of
// the event do not contradict each other: a log that starts again at 1 begins new drafts.
func (o *Outbox) KeepDraft(ctx context.Context, b *submission.Builder, practice, source string, d *draft.Draft) (Kept, error) {
	r, err := o.newRow(practice, source, d)
	if err != nil {
		return Kept{}, err
	}
	kept, err := o.keep(ctx, b, []row{r}, 0)
	if err != nil {
		return Kept{}, err
	}
	return kept[0], nil
}

// Keep keeps rows that are not ready, in the order of the log, as [Outbox.KeepDraft] does.
func (imp *Import) Keep(ctx context.Context, b *submission.Builder, drafts ...*draft.Draft) ([]Kept, error) {
	rows := make([]row, len(drafts))
	for i, d := range drafts {
		var err error
		if rows[i], err = imp.o.newRow(imp.practice, imp.source, d); err != nil {
			return nil, err
		}
	}
	for i := range rows {
		rows[i].Nth = imp.nth(&rows[i].Identity)
	}
	return imp.o.keep(ctx, b, rows, imp.number)
}

// GoneDrafts marks the open drafts that earlier imports of this log had and this one has
// not, and returns them: their rows were removed. They stay until somebody deals with them
// or they expire. Call it when the whole log was read.
func (imp *Import) GoneDrafts(ctx context.Context) (gone []Draft, err error) {
	err = imp.o.update(ctx, func(tx Tx) error {
		found, err := tx.Drafts(DraftFilter{Endpoint: imp.o.endpoint, Practice: imp.practice, Source: imp.source, SeenBefore: imp.number})
		if err != nil {
			return err
		}
		var marked []*Draft
		for _, d := range found {
			if !d.Gone {
				d.Gone, marked = true, append(marked, d)
			}
		}
		if gone = values(found); len(marked) == 0 {
			return nil
		}
		if err := tx.SaveDrafts(marked); err != nil {
			return err
		}
		return imp.o.note(tx, draftEntry(system, ActDraftGone, marked...))
	})
	return gone, err
}

// row is a row that is to be kept.
type row struct {
	Identity
	line  int
	state draft.State
	// forClinician is that of the draft.
	forClinician bool
	content      Digest
	text         []byte // its stored form
}

func (o *Outbox) newRow(practice, source string, d *draft.Draft) (r row, err error) {
	switch d.State {
	case draft.NeedsAnswers, draft.Held, draft.Blocked, draft.Invalid, draft.NotForLFPSE:
	default:
		return r, fmt.Errorf("a report that is %q is not kept as a draft: prepare it first, and enqueue it if it is ready", d.State)
	}
	r.Identity = Identity{Practice: practice, Source: source, Reference: ReferenceOf(d)}
	if err := r.Identity.check(d.DenyList()); err != nil {
		return r, err
	}
	if r.text, err = d.MarshalBinary(); err != nil {
		return r, err
	}
	sum := d.SourceDigest()
	r.Day, r.Type = stated(&d.Event)
	if r.line, r.state, r.forClinician = d.Line, d.State, d.WaitsForClinician(); r.Reference == "" {
		id := o.key.hash([]byte("row"), sum[:])
		r.Reference = contentPrefix + hex.EncodeToString(id[:])
	}
	r.content = o.key.hash([]byte("content"), sum[:], []byte(d.State))
	return r, nil
}

// stated returns day and type of an event, if it states them: not any text that stands in
// their place.
func stated(e *lfpse.Event) (day lfpse.Date, kind lfpse.EventType) {
	if _, _, _, err := e.Date.Civil(); err == nil {
		day = e.Date
	}
	switch e.Type {
	case lfpse.TypeIncident, lfpse.TypeOutcome, lfpse.TypeRisk, lfpse.TypeGoodCare:
		kind = e.Type
	}
	return day, kind
}

// sameRow returns the draft of the row that an identity names, nil if there is none: one with
// this content, else one with this identity, else one of which day and type may be those.
// seen is the number of an import: a draft that it has seen belongs to another row.
func sameRow(drafts []*Draft, id Identity, content Digest, seen int64) (found *Draft) {
	best := 0
	for _, d := range drafts {
		agree := (d.Day == "" || id.Day == "" || d.Day == id.Day) && (d.Type == "" || id.Type == "" || d.Type == id.Type)
		if d.Practice != id.Practice || d.Source != id.Source || d.Reference != id.Reference || d.Nth != id.Nth || !agree || seen > 0 && d.Seen == seen {
			continue
		}
		rank := 1
		switch {
		case d.Content == content:
			rank = 3
		case d.Identity == id:
			rank = 2
		}
		if rank > best {
			found, best = d, rank
		}
	}
	return found
}

// keeping is one transaction that takes in rows that are not ready.
type keeping struct {
	o       *Outbox
	tx      Tx
	b       *submission.Builder
	seen    int64
	drafts  []*Draft
	reports []*Report
	acts    map[Act][]*Draft
}

func (o *Outbox) keep(ctx context.Context, b *submission.Builder, rows []row, seen int64) (kept []Kept, err error) {
	if len(rows) == 0 {
		return nil, nil
	}
	err = o.update(ctx, func(tx Tx) error {
		k := &keeping{o: o, tx: tx, b: b, seen: seen, acts: map[Act][]*Draft{}}
		if err := k.load(rows); err != nil {
			return err
		}
		kept = make([]Kept, len(rows))
		for i := range rows {
			if kept[i], err = k.take(&rows[i]); err != nil {
				return err
			}
		}
		return k.note()
	})
	return kept, err
}

func (k *keeping) load(rows []row) (err error) {
	practice := rows[0].Practice
	if err := k.tx.Lock(k.o.endpoint, practice); err != nil {
		return err
	}
	var references []string
	for i := range rows {
		references = append(references, rows[i].Reference)
	}
	if k.drafts, err = k.tx.DraftsByReference(k.o.endpoint, practice, references); err != nil {
		return err
	}
	k.reports, err = k.tx.ByReference(k.o.endpoint, practice, references)
	return err
}

func (k *keeping) note() error {
	for _, act := range []Act{ActKeepDraft, ActDraftChanged, ActDropDraft} {
		if drafts := k.acts[act]; len(drafts) > 0 {
			if err := k.o.note(k.tx, draftEntry(system, act, drafts...)); err != nil {
				return err
			}
		}
	}
	return nil
}

// take decides what a row is: one that is known, or a new one.
func (k *keeping) take(r *row) (out Kept, err error) {
	d := sameRow(k.drafts, r.Identity, r.content, k.seen)
	known, err := k.known(r, d)
	switch {
	case err != nil:
	case r.state == draft.NotForLFPSE:
		if out.Change = Same; d != nil && d.Open() {
			out.Change = Dropped
			k.acts[ActDropDraft] = append(k.acts[ActDropDraft], d)
			err = k.o.shut(k.tx, d, draft.NotForLFPSE)
		}
	case d == nil:
		out.Change = Added
		d, err = k.add(r, known)
	case d.Content == r.content:
		out.Change = Same
		k.see(d, r)
		err = k.tx.SaveDrafts([]*Draft{d})
	default:
		out.Change = Replaced
		out.Entered, err = k.change(d, r, known)
	}
	if err == nil && (r.state == draft.NotForLFPSE || d.Open()) {
		err = k.holdBack(r, known)
	}
	if d != nil {
		out.Draft = *d
	}
	for _, report := range known {
		out.Known = append(out.Known, *report)
	}
	return out, err
}

// known returns the reports of a row, and notes that the log still has it.
func (k *keeping) known(r *row, d *Draft) (known []*Report, err error) {
	for _, report := range k.reports {
		if report.Source == r.Source && report.Reference == r.Reference {
			known = append(known, report)
		}
	}
	if d != nil && d.Report > 0 && len(known) == 0 {
		if known, err = k.tx.Get(d.Report); err != nil {
			return nil, err
		}
	}
	var seen []*Report
	for _, report := range known {
		if k.seen > report.Seen {
			report.Seen, seen = k.seen, append(seen, report)
		}
	}
	return known, k.tx.Save(seen)
}

// holdBack keeps what waits of an earlier version of the row from being sent. Other rows of
// the same call may have changed it since it was read.
func (k *keeping) holdBack(r *row, known []*Report) error {
	var earlier []*Report
	for _, report := range known {
		if !r.mayBe(report) {
			continue
		}
		now, err := k.tx.Get(report.ID)
		if err != nil {
			return err
		}
		*report = *now[0]
		earlier = append(earlier, report)
	}
	return k.o.holdBack(k.tx, earlier)
}

// mayBe reports whether a report may be an earlier version of the row, as far as the row
// states day and type.
func (r *row) mayBe(report *Report) bool {
	return (r.Day == "" || r.Day == report.Day) && (r.Type == "" || r.Type == report.Type)
}

func (k *keeping) see(d *Draft, r *row) {
	d.Line, d.Gone, d.SeenAt = r.line, false, k.o.now()
	d.Seen = max(d.Seen, k.seen)
}

func (k *keeping) add(r *row, known []*Report) (*Draft, error) {
	d := &Draft{Endpoint: k.o.endpoint, Added: k.o.now(), Changed: k.o.now()}
	k.become(d, r, known)
	if err := k.tx.InsertDrafts([]*Draft{d}); err != nil {
		return nil, err
	}
	k.drafts = append(k.drafts, d)
	k.acts[ActKeepDraft] = append(k.acts[ActKeepDraft], d)
	return d, k.o.write(k.tx, d, &words{Source: r.text})
}

// become makes the draft that of a row. It names the report that it would amend.
func (k *keeping) become(d *Draft, r *row, known []*Report) {
	d.Identity, d.State, d.Content, d.ForClinician = r.Identity, r.state, r.content, r.forClinician
	k.see(d, r)
	for _, report := range known {
		if d.Report == 0 && r.mayBe(report) && report.State != draft.NotForLFPSE {
			d.Report = report.ID
		}
	}
}

// change takes in a row that has changed since its draft was kept.
func (k *keeping) change(d *Draft, r *row, known []*Report) (entered *Entered, err error) {
	var before *words
	if d.Open() {
		if before, err = k.o.words(k.tx, d); err != nil {
			return nil, err
		}
	}
	k.acts[ActDraftChanged] = append(k.acts[ActDraftChanged], d)
	k.become(d, r, known)
	w := &words{Source: r.text}
	if before == nil || before.Current == nil {
		return nil, k.o.write(k.tx, d, w)
	}
	p := submission.Prepared{}
	var source, answered draft.Draft
	if err := errors.Join(p.UnmarshalBinary(r.text), source.UnmarshalBinary(before.Source), answered.UnmarshalBinary(before.Current)); err != nil {
		return nil, err
	}
	w.Earlier = k.b.Form().Reapply(&p.Draft, &source, &answered, before.Earlier)
	p.Submission = k.b.Prepare(&p.Draft)
	return k.o.keepOrEnqueue(k.tx, k.b, d, w, &p)
}
