package outbox

import (
	"context"
	"time"

	"github.com/gpsafety/lfpse-go/lfpse/draft"
)

// Retention says how long the texts of reports are kept. Identities, digests, receipts and
// the audit trail stay. Zero fields have the defaults.
type Retention struct {
	// Final is how long the text of a report is kept after it was accepted, withdrawn or
	// set aside. The default is to remove it at the next purge.
	Final time.Duration
	// Open is how long the text of a report is kept that waits for a person, and a draft
	// that nobody has changed and that no import has had. The default is 30 days. Reports
	// that wait to be sent or are unknown keep theirs.
	Open time.Duration
}

const (
	defaultOpen = 30 * 24 * time.Hour
	purgeBatch  = 500
)

// Purge removes the texts and the drafts that are not to be kept any longer, and returns of
// how many reports and drafts.
func (o *Outbox) Purge(ctx context.Context, by By, keep Retention) (purged int, err error) {
	if keep.Open <= 0 {
		keep.Open = defaultOpen
	}
	now := o.now()
	final, err := o.purge(ctx, by, []string{string(draft.Accepted), string(draft.Withdrawn), string(draft.NotForLFPSE)}, now.Add(-keep.Final))
	if err != nil {
		return final, err
	}
	open, err := o.purge(ctx, by, []string{string(draft.NeedsAnswers), string(draft.Held), string(draft.Rejected)}, now.Add(-keep.Open))
	if err != nil {
		return final + open, err
	}
	drafts, err := o.purgeDrafts(ctx, by, now.Add(-keep.Open))
	if s, ok := o.store.(scrubber); ok && err == nil && final+open+drafts > 0 {
		err = s.Scrub(ctx)
	}
	return final + open + drafts, err
}

// scrubber is a [Store] that can remove what deleted texts have left in its files.
type scrubber interface {
	Scrub(ctx context.Context) error
}

func (o *Outbox) purgeDrafts(ctx context.Context, by By, before time.Time) (purged int, err error) {
	expired := DraftFilter{Endpoint: o.endpoint, IdleSince: before, Limit: purgeBatch}
	for {
		var found []*Draft
		if err := o.store.View(ctx, func(tx Tx) (err error) {
			found, err = tx.Drafts(expired)
			return err
		}); err != nil || len(found) == 0 {
			return purged, err
		}
		err := o.manage(ctx, by, ActPurge, "", func(tx Tx) error {
			if found, err = tx.Drafts(expired); err != nil {
				return err
			}
			ids := make([]int64, len(found))
			for i, d := range found {
				ids[i] = d.ID
			}
			return tx.DeleteDrafts(ids...)
		})
		if err != nil {
			return purged, err
		}
		purged += len(found)
	}
}

func (o *Outbox) purge(ctx context.Context, by By, states []string, before time.Time) (purged int, err error) {
	for {
		n := 0
		var due []int64
		if err := o.store.View(ctx, func(tx Tx) (err error) {
			due, err = tx.Purgeable(o.endpoint, states, before, 1)
			return err
		}); err != nil || len(due) == 0 {
			return purged, err
		}
		err := o.manage(ctx, by, ActPurge, "", func(tx Tx) error {
			ids, err := tx.Purgeable(o.endpoint, states, before, purgeBatch)
			if err != nil {
				return err
			}
			payloads := make([]Payload, 0, 2*len(ids))
			for _, id := range ids {
				payloads = append(payloads, Payload{id, Current, nil}, Payload{id, Waiting, nil})
			}
			n = len(ids)
			return tx.SetPayloads(payloads)
		})
		if purged += n; err != nil || n < purgeBatch {
			return purged, err
		}
	}
}
