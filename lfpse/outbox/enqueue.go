package outbox

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/submission"
)

// Item is a report to be sent.
type Item struct {
	Identity
	// Content is the digest of what the report says, see [submission.Builder.Content]; the
	// zero value stands for the digest of the submission.
	Content    Digest
	Submission submission.Submission
}

// ReferenceOf is the reference that a row has in its source, empty if it is known by the
// number of its line only: that may belong to another event tomorrow.
func ReferenceOf(d *draft.Draft) string {
	if d.Reference == fmt.Sprintf("line %d", d.Line) {
		return ""
	}
	return d.Reference
}

// NewItem makes an item of a report that is ready. A row without a reference is known by
// its content.
func NewItem(b *submission.Builder, practice, source string, p *submission.Prepared) Item {
	return Item{
		Identity:   Identity{Practice: practice, Source: source, Reference: ReferenceOf(&p.Draft), Day: p.Event.Date, Type: p.Event.Type},
		Content:    b.Content(p),
		Submission: p.Submission,
	}
}

// Change says what became of an item.
type Change string

// The changes.
const (
	Added    Change = "added"    // a new event
	Same     Change = "same"     // known, and nothing has changed
	Replaced Change = "replaced" // changed before anything was recorded
	Amended  Change = "amended"  // changed after it was recorded: an update waits
	Queued   Change = "queued"   // changed while an attempt is under way: the change waits for its outcome
	Asked    Change = "asked"    // a person has to say which event it is about
	Dropped  Change = "dropped"  // a draft that is not for LFPSE any more
)

// Entered is the report that an item has become part of, and how.
type Entered struct {
	Report
	Change Change
}

// Enqueue stores reports to be sent, all or none, and returns what became of each. When
// it returns without an error, they are stored durably and none is lost. The same report
// again changes nothing. It does not send: see [Outbox.Drain].
//
// Reports with equal identities in one call or one log are told apart by Nth, which
// [Outbox.Import] counts.
func (o *Outbox) Enqueue(ctx context.Context, items ...Item) (entered []Entered, err error) {
	arriving, err := o.arrivals(items)
	if err != nil {
		return nil, err
	}
	err = o.update(ctx, func(tx Tx) error {
		entered, err = o.enqueue(tx, arriving, 0, o.note)
		return err
	})
	return entered, err
}

// EnqueueIn is like Enqueue within a transaction of the caller's, for stores that offer
// one: the reports are stored if and when the caller commits. After an error the caller has
// to roll it back.
func (o *Outbox) EnqueueIn(tx Tx, items ...Item) ([]Entered, error) {
	arriving, err := o.arrivals(items)
	if err != nil {
		return nil, err
	}
	return o.enqueue(tx, arriving, 0, func(tx Tx, entries ...*Entry) error {
		o.stamp(entries)
		return tx.Append(entries) // chained later: the caller may take long to commit
	})
}

// arriving is an item that is coming in.
type arriving struct {
	Identity
	content Digest
	record  string                 // id of the record that the item updates
	draft   *Draft                 // that has become ready, nil if there was none
	text    func() ([]byte, error) // the encrypted text, as soon as it is there
}

// arrivals says what items are about, and begins to encrypt their texts: other processors
// do that while a transaction finds out what is known.
func (o *Outbox) arrivals(items []Item) ([]arriving, error) {
	out := make([]arriving, len(items))
	texts := make([]sealing, len(items))
	for i := range items {
		if err := items[i].check(); err != nil {
			return nil, err
		}
		out[i] = arrival(&items[i])
		texts[i] = sealing{of: items[i].Submission, place: out[i].content}
	}
	done := o.key.begin(texts)
	for i := range out {
		out[i].text = func() ([]byte, error) {
			done.Wait()
			return texts[i].sealed, texts[i].err
		}
	}
	return out, nil
}

func (it *Item) check() error {
	switch {
	case it.Submission.IsZero():
		return errors.New("a report without a text cannot be sent")
	case it.Practice == "" || it.Source == "":
		return errors.New("a report needs the practice and the source that it comes from")
	case strings.HasPrefix(it.Reference, contentPrefix):
		return fmt.Errorf("a reference must not begin with %s", contentPrefix)
	}
	return nil
}

func arrival(it *Item) arriving {
	a := arriving{Identity: it.Identity, content: it.Content, record: it.Submission.ID()}
	if a.content == (Digest{}) {
		a.content = it.Submission.Digest()
	}
	if a.Reference == "" {
		a.Reference = contentPrefix + hex.EncodeToString(a.content[:])
	}
	return a
}

// sealing is a text while it is encrypted. It holds what it needs of its item, which is the
// caller's again as soon as Enqueue returns.
type sealing struct {
	of     submission.Submission
	place  Digest
	sealed []byte
	err    error
}

// begin encrypts texts on all processors. They are encrypted when the group has ended.
func (k Key) begin(texts []sealing) *sync.WaitGroup {
	const each = 8 // so few are not worth another goroutine
	workers := min(runtime.GOMAXPROCS(0), (len(texts)+each-1)/each)
	var all sync.WaitGroup
	for worker := range workers {
		all.Go(func() {
			var plain []byte
			for i := worker; i < len(texts); i += workers {
				t := &texts[i]
				if plain, t.err = t.of.AppendBinary(plain[:0]); t.err == nil {
					t.sealed = k.seal(plain, t.place[:])
				}
			}
		})
	}
	return &all
}

// entering is one transaction that takes in items.
type entering struct {
	o        *Outbox
	tx       Tx
	seen     int64 // number of the import, 0 if there is none
	byName   map[string][]*Report
	byText   map[Digest][]*Report
	inserted []*Report
	saved    []*Report
	touched  map[*Report]bool // part of one of the two
	texts    []pendingText
	acts     map[Act][]*Report
	drafts   []*Draft
	done     []doneDraft
	fresh    map[*Report]*Report // questions about reports that have no id yet
}

type pendingText struct {
	report *Report
	slot   Slot
	of     *arriving // nil removes the text
}

func (o *Outbox) enqueue(tx Tx, items []arriving, seen int64, note func(Tx, ...*Entry) error) ([]Entered, error) {
	out := make([]Entered, len(items))
	for _, practice := range practices(items) {
		e := &entering{o: o, tx: tx, seen: seen, touched: map[*Report]bool{}, acts: map[Act][]*Report{}, fresh: map[*Report]*Report{}}
		if err := e.load(practice, items); err != nil {
			return nil, err
		}
		reports := make([]*Report, len(items))
		for i := range items {
			if items[i].Practice == practice {
				d := e.draftOf(&items[i])
				if reports[i], out[i].Change = e.take(&items[i], d); d != nil {
					e.done = append(e.done, doneDraft{d, reports[i]})
				}
			}
		}
		if err := e.store(note); err != nil {
			return nil, err
		}
		for i, r := range reports {
			if r != nil {
				out[i].Report = *r
			}
		}
	}
	return out, nil
}

// practices lists the practices of items in an order that all transactions have in common,
// so that no two of them wait for each other.
func practices(items []arriving) (all []string) {
	for i := range items {
		if !slices.Contains(all, items[i].Practice) {
			all = append(all, items[i].Practice)
		}
	}
	slices.Sort(all)
	return all
}

// load finds everything that is known about the items of a practice.
func (e *entering) load(practice string, items []arriving) error {
	if err := e.tx.Lock(e.o.endpoint, practice); err != nil {
		return err
	}
	var references []string
	var events []Likeness
	for i := range items {
		if it := &items[i]; it.Practice == practice {
			references = append(references, it.Reference)
			events = append(events, Likeness{it.Reference, it.Day, it.content})
		}
	}
	known, err := e.tx.Known(e.o.endpoint, practice, events)
	if err != nil {
		return err
	}
	if e.drafts, err = e.tx.DraftsByReference(e.o.endpoint, practice, references); err != nil {
		return err
	}
	e.byName, e.byText = map[string][]*Report{}, map[Digest][]*Report{}
	for _, r := range known {
		e.index(r)
	}
	return nil
}

func (e *entering) index(r *Report) {
	e.byName[r.Reference] = append(e.byName[r.Reference], r)
	e.byText[r.Latest()] = append(e.byText[r.Latest()], r)
}

// take decides what an item is: an event that is known, a new one, or a question. d is the
// draft that it comes from, nil if there is none.
func (e *entering) take(it *arriving, d *Draft) (*Report, Change) {
	for _, r := range e.byName[it.Reference] {
		if r.Identity == it.Identity {
			return r, e.again(r, it)
		}
	}
	if it.Named() {
		if r := like(e.byName[it.Reference], func(r *Report) bool { return r.Source == it.Source }); r != nil {
			return e.ask(it, ReusedReference, r), Asked
		}
	}
	if r := like(e.byText[it.content], func(*Report) bool { return true }); r != nil {
		return e.ask(it, it.likeness(r), r), Asked
	}
	if d != nil && !d.Open() { // it was dropped
		return e.ask(it, ChangedSince, &Report{}), Asked
	}
	r := e.add(it)
	r.State, r.Op = draft.Pending, OpReport
	if it.record != "" {
		r.Op, r.Record.ID = OpAmend, it.record
	}
	e.acts[ActEnqueue] = append(e.acts[ActEnqueue], r)
	return r, Added
}

// like returns the report to ask about: the last that fits, but rather one that was not set
// aside. If only such a one fits, it is asked about too: what somebody has kept from being
// sent is not sent because it has another reference now.
func like(reports []*Report, fits func(*Report) bool) (found *Report) {
	for _, r := range reports {
		if fits(r) && (found == nil || found.State == draft.NotForLFPSE || r.State != draft.NotForLFPSE) {
			found = r
		}
	}
	return found
}

// likeness says which question an item with the content of another report raises.
func (it *arriving) likeness(r *Report) Question {
	if it.Named() || r.Named() {
		return OtherReference
	}
	return EqualEvents
}

func (e *entering) add(it *arriving) *Report {
	now := e.o.now()
	r := &Report{Endpoint: e.o.endpoint, Identity: it.Identity, Content: it.content, Added: now, Changed: now, Due: now, Seen: e.seen}
	e.inserted, e.touched[r] = append(e.inserted, r), true
	e.texts = append(e.texts, pendingText{r, Current, it})
	e.index(r)
	return r
}

func (e *entering) ask(it *arriving, q Question, other *Report) *Report {
	r := e.add(it)
	r.State, r.Op, r.Question, r.Other = draft.NeedsAnswers, OpReport, q, other.ID
	if other.ID == 0 {
		e.fresh[r] = other
	}
	e.acts[ActAsk] = append(e.acts[ActAsk], r)
	return r
}

// again takes in an event that is known.
func (e *entering) again(r *Report, it *arriving) Change {
	e.see(r)
	// What the outbox itself holds, and no person, may be sent now that its row is ready.
	held := r.State == draft.Held && r.Op != OpWithdraw && r.Reason != ""
	if r.Latest() == it.content && !held {
		return Same
	}
	change, act, waits := Replaced, ActRevise, r.State == draft.Pending
	switch {
	case r.State == draft.Withdrawn, r.State == draft.NotForLFPSE:
		r.State, r.Op, r.Question, r.Other = draft.NeedsAnswers, OpReport, ChangedSince, 0
		change, act = Asked, ActAsk
	case r.Op == OpWithdraw:
		return Same // its record is about to go
	case r.underWay():
		e.wait(r, it)
		return Queued
	case r.State == draft.Accepted:
		r.State, r.Op = draft.Pending, OpAmend
		change, act = Amended, ActAmend
	case r.State == draft.Rejected || held:
		r.State, r.Reason = draft.Pending, ""
	}
	if r.Content = it.content; !waits { // else it keeps its place
		r.Due = e.o.now()
	}
	e.texts = append(e.texts, pendingText{r, Current, it})
	e.change(r, act)
	return change
}

// wait keeps a change until the attempt under way is settled. A change back to what is
// being sent leaves nothing to wait for.
func (e *entering) wait(r *Report, it *arriving) {
	r.Next = it.content
	text := pendingText{r, Waiting, it}
	if it.content == r.Content {
		r.Next, text.of = Digest{}, nil
	}
	e.texts = append(e.texts, text)
	e.change(r, ActRevise)
}

// see notes that the source still has an event.
func (e *entering) see(r *Report) {
	if e.seen > r.Seen {
		r.Seen = e.seen
		e.touch(r)
	}
}

func (e *entering) change(r *Report, act Act) {
	r.Changed = e.o.now()
	e.byText[r.Latest()] = append(e.byText[r.Latest()], r)
	if !slices.Contains(e.acts[act], r) { // it may change twice in one call
		e.acts[act] = append(e.acts[act], r)
	}
	e.touch(r)
}

func (e *entering) touch(r *Report) {
	if !e.touched[r] {
		e.saved, e.touched[r] = append(e.saved, r), true
	}
}

// store writes what the items have changed.
func (e *entering) store(note func(Tx, ...*Entry) error) error {
	if err := e.tx.Insert(e.inserted); err != nil {
		return err
	}
	for r, other := range e.fresh {
		r.Other = other.ID
		e.saved = append(e.saved, r)
	}
	if err := e.tx.Save(e.saved); err != nil {
		return err
	}
	payloads := make([]Payload, len(e.texts))
	for i, t := range e.texts {
		payloads[i] = Payload{Report: t.report.ID, Slot: t.slot}
		if t.of == nil {
			continue
		}
		var err error
		if payloads[i].Sealed, err = t.of.text(); err != nil {
			return err
		}
	}
	if err := e.tx.SetPayloads(payloads); err != nil {
		return err
	}
	var entries []*Entry
	for i := range acts {
		if reports := e.acts[acts[i].act]; len(reports) > 0 {
			entries = append(entries, entry(system, acts[i].act, reports...))
		}
	}
	closed, err := e.closeDrafts()
	if err != nil {
		return err
	}
	if entries = append(entries, closed...); len(entries) == 0 {
		return nil
	}
	return note(e.tx, entries...)
}
