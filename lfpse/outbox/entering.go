package outbox

import (
	"slices"

	"github.com/gpsafety/lfpse-go/lfpse/draft"
)

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
					e.inherit(reports[i], d)
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

// inherit makes a new report as old as the draft that it comes from.
func (e *entering) inherit(r *Report, d *Draft) {
	if d.Old && r.ID == 0 {
		r.Claim = beforeBackup + "/0"
		e.saved = append(e.saved, r)
	}
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
