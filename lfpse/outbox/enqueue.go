package outbox

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"runtime"
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
	if it.Submission.IsZero() {
		return errors.New("a report without a text cannot be sent")
	}
	return it.Identity.check(nil)
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

// begin encrypts texts, many of them on all processors. They are encrypted when the group has
// ended.
func (k Key) begin(texts []sealing) *sync.WaitGroup {
	const each = 8 // so few take less time than another goroutine takes to start
	workers := min(runtime.GOMAXPROCS(0), (len(texts)+each-1)/each)
	var all sync.WaitGroup
	if workers == 1 {
		k.sealEach(texts, 0, 1)
		return &all
	}
	for worker := range workers {
		all.Go(func() { k.sealEach(texts, worker, workers) })
	}
	return &all
}

// sealEach encrypts each nth text.
func (k Key) sealEach(texts []sealing, first, nth int) {
	var plain, packed []byte
	for i := first; i < len(texts); i += nth {
		t := &texts[i]
		if plain, t.err = t.of.AppendBinary(plain[:0]); t.err == nil {
			packed = pack(packed, plain)
			t.sealed = k.sealPacked(packed, t.place[:])
		}
	}
}
