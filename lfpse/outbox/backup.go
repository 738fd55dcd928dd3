package outbox

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/gpsafety/lfpse-go/lfpse/draft"
)

// BackupSetting is the setting with which a store says that it was put back from a backup:
// it sets another value each time, in the transaction in which it notices. So each outbox
// in the store learns of it, even if processes die before.
const BackupSetting = "backup"

// beforeBackup is the owner of reports that are older than a backup that was put back.
// They may have been sent by a process of which the backup knows nothing.
const beforeBackup = "backup"

// ReasonRestored is why reports are unknown, and the line is stopped, after a backup was put back.
const ReasonRestored = "restored-from-backup"

// noticeBackup sees whether the store was put back from a backup since this outbox was
// opened last.
func (o *Outbox) noticeBackup(ctx context.Context) error {
	var now, seen []byte
	seenSetting := BackupSetting + "/" + o.endpoint
	err := o.store.View(ctx, func(tx Tx) (err error) {
		if now, err = tx.Setting(BackupSetting); err == nil {
			seen, err = tx.Setting(seenSetting)
		}
		return err
	})
	if err != nil || bytes.Equal(now, seen) {
		return err
	}
	return o.manage(ctx, system, ActRestored, "", func(tx Tx) error {
		if err := tx.SetSetting(seenSetting, now); err != nil {
			return err
		}
		return o.restored(tx)
	})
}

// Restored makes everything unknown that waits to be sent or was being sent, and stops the
// line: the store was put back from a backup, and what was sent since is not in it. A report
// that waits for a person becomes unknown as soon as it is to be sent, and so does an event
// that comes in before [Outbox.Reconciled] and that the backup does not know: read all logs
// again before you call that. [Open] does this for a store that can tell; call it for one
// that cannot.
//
// What was recorded when the backup was made counts as recorded as it was then: whether it was
// amended or withdrawn since shows only when its source says something else, or the service is
// asked.
func (o *Outbox) Restored(ctx context.Context, by By) error {
	return o.manage(ctx, by, ActRestored, "", o.restored)
}

func (o *Outbox) restored(tx Tx) error {
	reports, err := tx.List(Filter{Endpoint: o.endpoint})
	if err != nil {
		return err
	}
	var changed []*Report
	for _, r := range reports {
		if r.State == draft.Accepted || r.State == draft.Unknown {
			continue
		}
		if r.Claim == "" {
			r.Claim = beforeBackup + "/0"
		}
		if r.State == draft.Pending || r.State == draft.Sending {
			if err := r.do(ActLose); err != nil {
				return err
			}
			r.Reason, r.Changed = ReasonRestored, o.now()
		}
		changed = append(changed, r)
	}
	if err := tx.Save(changed); err != nil {
		return err
	}
	return o.changeLine(tx, func(l *Line) { l.Stopped = ReasonRestored })
}

// old reports whether a report is older than a backup that was put back, and nobody has
// said yet what has become of it.
func (r *Report) old() bool { return strings.HasPrefix(r.Claim, beforeBackup+"/") }

// age makes old what has come in since a backup was put back that is not reconciled yet: its
// source may have had it before, and it may have been sent then. What of it waits to be sent
// becomes unknown.
func (o *Outbox) age(ctx context.Context) error {
	var since []*Report
	err := o.store.View(ctx, func(tx Tx) (err error) {
		since, err = o.sinceBackup(tx)
		return err
	})
	if err != nil || len(since) == 0 {
		return err
	}
	return o.update(ctx, o.ageIn)
}

func (o *Outbox) ageIn(tx Tx) error {
	since, err := o.sinceBackup(tx)
	if err != nil {
		return err
	}
	for _, r := range since {
		r.Claim = beforeBackup + "/0"
	}
	if err := tx.Save(since); err != nil {
		return err
	}
	return o.bury(tx, beforeBackup)
}

// sinceBackup returns what is to be made old. It is told by what it is and not marked when it
// comes in, which would make those who enqueue wait for each other and for those who send.
func (o *Outbox) sinceBackup(tx Tx) (since []*Report, err error) {
	l, err := o.line(tx)
	if err != nil || l.Stopped != ReasonRestored {
		return nil, err
	}
	open := []string{string(draft.Pending), string(draft.Held), string(draft.NeedsAnswers)}
	reports, err := tx.List(Filter{Endpoint: o.endpoint, States: open})
	for _, r := range reports {
		settled := r.Reason == ReasonRestored // somebody has said that it was not recorded
		if r.Claim == "" && r.Record.ID == "" && !settled {
			since = append(since, r)
		}
	}
	return since, err
}

// Reconciled says that what a restored backup did not know has been settled, and lets
// reports be sent again. It is refused while reports are unknown because of it, as are those
// that have come in since: their source may have had them before.
//
// Have each source read once more before: an event that comes in later is sent, even if it
// was sent before. A draft that is answered later becomes a report that is unknown.
func (o *Outbox) Reconciled(ctx context.Context, by By) error {
	if err := o.age(ctx); err != nil {
		return err
	}
	return o.resume(ctx, by, func(tx Tx) error {
		if err := o.ageIn(tx); err != nil { // more may have come in
			return err
		}
		unknown, err := tx.List(Filter{Endpoint: o.endpoint, States: []string{string(draft.Unknown)}})
		if err != nil {
			return err
		}
		left := 0
		for _, r := range unknown {
			if r.Reason == ReasonRestored {
				left++
			}
		}
		if left > 0 {
			return fmt.Errorf("%d reports are still unknown because a backup was put back: say of each whether it was recorded", left)
		}
		return o.ageDrafts(tx)
	})
}

// ageDrafts makes old the drafts that are there: people may have answered them before, and
// then they were sent.
func (o *Outbox) ageDrafts(tx Tx) error {
	drafts, err := tx.Drafts(DraftFilter{Endpoint: o.endpoint, Closed: true})
	if err != nil {
		return err
	}
	drafts = slices.DeleteFunc(drafts, func(d *Draft) bool { return d.Old || d.State == draft.Ready })
	for _, d := range drafts {
		d.Old = true
	}
	return tx.SaveDrafts(drafts)
}
