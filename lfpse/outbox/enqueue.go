package outbox

import (
	"cmp"
	"context"
	"encoding/hex"
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
	sealed, err := o.sealAll(items)
	if err != nil {
		return nil, err
	}
	err = o.update(ctx, func(tx Tx) error {
		entered, err = o.enqueue(tx, sealed, 0, o.note)
		return err
	})
	return entered, err
}

// EnqueueIn is like Enqueue within a transaction of the caller's, for stores that offer
// one: the reports are stored if and when the caller commits.
func (o *Outbox) EnqueueIn(tx Tx, items ...Item) ([]Entered, error) {
	sealed, err := o.sealAll(items)
	if err != nil {
		return nil, err
	}
	return o.enqueue(tx, sealed, 0, func(tx Tx, entries ...*Entry) error {
		o.stamp(entries)
		return tx.Append(entries) // chained later: the caller may take long to commit
	})
}

// arriving is an item with its text encrypted.
type arriving struct {
	Identity
	content Digest
	sealed  []byte
	record  string // id of the record that the item updates
	draft   *Draft // that has become ready, nil if there was none
	old     bool   // it may have been sent before a backup was put back
}

// sealAll encrypts the texts of items, before a transaction begins and on all processors.
func (o *Outbox) sealAll(items []Item) ([]arriving, error) {
	const each = 8 // so few are not worth another goroutine
	out := make([]arriving, len(items))
	errs := make([]error, min(runtime.GOMAXPROCS(0), (len(items)+each-1)/each))
	var all sync.WaitGroup
	for worker := range errs {
		all.Go(func() {
			var text []byte
			for i := worker; i < len(items) && errs[worker] == nil; i += len(errs) {
				out[i], text, errs[worker] = o.sealed(&items[i], text[:0])
			}
		})
	}
	all.Wait()
	return out, cmp.Or(errs...)
}

// sealed encrypts the text of an item. It writes the text into a buffer, which it returns.
func (o *Outbox) sealed(it *Item, buffer []byte) (arriving, []byte, error) {
	text, err := it.Submission.AppendBinary(buffer)
	if err = cmp.Or(err, it.Identity.check(nil)); err != nil {
		return arriving{}, text, err
	}
	a := arriving{Identity: it.Identity, content: it.Content, record: it.Submission.ID()}
	if a.content == (Digest{}) {
		a.content = it.Submission.Digest()
	}
	if a.Reference == "" {
		a.Reference = contentPrefix + hex.EncodeToString(a.content[:])
	}
	a.sealed = o.key.seal(text, a.content[:])
	return a, text, nil
}
