package outbox

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"

	"github.com/gpsafety/lfpse-go/lfpse/draft"
)

// Import takes in one log of a practice from its first row to its last, so that events
// that are not in it any more are noticed. It is used by one goroutine.
type Import struct {
	o                *Outbox
	practice, source string
	number           int64
	count            map[[16]byte]int // of equal identities; the keys are short, as a log may be long
}

// identityKey is a digest of an identity without its Nth.
func identityKey(id *Identity) [16]byte {
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %q %q", id.Reference, id.Day, id.Type))
	return [16]byte(sum[:])
}

// Import begins to take in a log. Source is its configured name, which stays the same when
// the file has another name tomorrow.
func (o *Outbox) Import(ctx context.Context, practice, source string) (*Import, error) {
	if practice == "" || source == "" {
		return nil, errors.New("an import needs the practice and the source that it comes from")
	}
	imp := &Import{o: o, practice: practice, source: source, count: map[[16]byte]int{}}
	return imp, o.update(ctx, func(tx Tx) error {
		const name = "imports"
		if err := readSetting(tx, name, &imp.number); err != nil {
			return err
		}
		imp.number++
		return writeSetting(tx, name, imp.number)
	})
}

// Add enqueues rows that are ready, in the order of the log, as [Outbox.Enqueue] does.
// Many rows in one call are stored much faster than one by one.
func (imp *Import) Add(ctx context.Context, items ...Item) (entered []Entered, err error) {
	for i := range items {
		items[i].Practice, items[i].Source = imp.practice, imp.source
	}
	arriving, err := imp.o.arrivals(items)
	if err != nil {
		return nil, err
	}
	for i := range arriving {
		arriving[i].Nth = imp.nth(&arriving[i].Identity)
	}
	err = imp.o.update(ctx, func(tx Tx) error {
		entered, err = imp.o.enqueue(tx, arriving, imp.number, imp.o.note)
		return err
	})
	if err != nil { // rows that were not stored may be given again
		for i := range arriving {
			imp.count[identityKey(&arriving[i].Identity)]--
		}
	}
	return entered, err
}

// nth counts the rows of the log that have the same identity.
func (imp *Import) nth(id *Identity) int {
	key := identityKey(id)
	n := imp.count[key]
	imp.count[key] = n + 1
	return n
}

// Mention says that the log still has rows with these references that are not ready to be
// sent, for those who keep no drafts; [Import.Keep] does the same for rows that it keeps.
// It returns the reports of those rows, so that people are told of a national record that
// stands. What waits to be sent of such a row is held until the row is ready again.
func (imp *Import) Mention(ctx context.Context, references ...string) (known []Report, err error) {
	err = imp.o.update(ctx, func(tx Tx) error {
		known = nil
		reports, err := tx.ByReference(imp.o.endpoint, imp.practice, references)
		if err != nil {
			return err
		}
		reports = slices.DeleteFunc(reports, func(r *Report) bool { return r.Source != imp.source })
		for _, r := range reports {
			r.Seen = imp.number
		}
		if err := errors.Join(tx.Save(reports), imp.o.holdBack(tx, reports)); err != nil {
			return err
		}
		for _, r := range reports {
			known = append(known, *r)
		}
		return nil
	})
	return known, err
}

// Gone returns the reports that earlier imports of this log had and this one has not, and
// that were recorded or wait to be sent; what waits is held. Call it when the whole log
// was read; of a log that was read in part it says nothing.
func (imp *Import) Gone(ctx context.Context) (gone []Report, err error) {
	err = imp.o.update(ctx, func(tx Tx) error {
		gone = nil
		all, err := tx.List(Filter{Endpoint: imp.o.endpoint, Practice: imp.practice, Source: imp.source, SeenBefore: imp.number})
		if err != nil {
			return err
		}
		all = slices.DeleteFunc(all, func(r *Report) bool { return r.Seen == 0 })
		if err := imp.o.holdBack(tx, all); err != nil {
			return err
		}
		for _, r := range all {
			if r.Recorded() || r.State == draft.Unknown || r.State == draft.Held && r.Reason == reasonNotReady {
				gone = append(gone, *r)
			}
		}
		return nil
	})
	return gone, err
}

// reasonNotReady is why a report is held whose row is not ready any more.
const reasonNotReady = "row-not-ready"

// holdBack keeps reports from being sent that wait, because their log does not say any more
// that they may.
func (o *Outbox) holdBack(tx Tx, reports []*Report) error {
	for _, r := range reports {
		if r.State != draft.Pending || r.Claim != "" || r.Op == OpWithdraw {
			continue
		}
		r.Reason = reasonNotReady
		if err := o.step(tx, system, ActHold, r); err != nil {
			return err
		}
	}
	return nil
}
