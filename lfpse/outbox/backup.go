package outbox

import (
	"bytes"
	"context"
	"fmt"
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
// that waits for a person becomes unknown as soon as it is to be sent. [Open] does this for a
// store that can tell; call it for one that cannot.
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

// Reconciled says that what a restored backup did not know has been settled, and lets
// reports be sent again. It is refused while reports are unknown because of it.
//
// What has come in since the backup was put back may have been sent before, and forgotten:
// it becomes unknown, too. So have each source read once more before.
func (o *Outbox) Reconciled(ctx context.Context, by By) error {
	left := 0
	count := func(tx Tx) (err error) {
		left, err = o.unsettled(tx)
		return err
	}
	if by != system && !by.Role.May(ActResume) {
		return o.Resume(ctx, by) // which notes that it is refused
	}
	if err := o.update(ctx, count); err != nil {
		return err
	}
	refused := func() error {
		return fmt.Errorf("%d reports are still unknown because a backup was put back: say of each whether it was recorded", left)
	}
	if left > 0 {
		return refused()
	}
	return o.resume(ctx, by, func(tx Tx) error {
		if err := count(tx); err != nil || left == 0 {
			return err
		}
		return refused() // more has come in since
	})
}

// unsettled counts the reports that are unknown because a backup was put back. Those that
// have come in since are older than they look: their source may have had them before.
func (o *Outbox) unsettled(tx Tx) (left int, err error) {
	open := []string{string(draft.Pending), string(draft.Held), string(draft.NeedsAnswers), string(draft.Unknown)}
	reports, err := tx.List(Filter{Endpoint: o.endpoint, States: open})
	if err != nil {
		return 0, err
	}
	l, err := o.line(tx)
	if err != nil {
		return 0, err
	}
	var since []*Report
	for _, r := range reports {
		settled := r.Reason == ReasonRestored // if it waits, somebody has said that it was not recorded
		if l.Stopped == ReasonRestored && r.State != draft.Unknown && r.Claim == "" && r.Record.ID == "" && !settled {
			r.Claim, since = beforeBackup+"/0", append(since, r)
		}
		if r.State == draft.Unknown && settled || r.State == draft.Pending && r.old() {
			left++
		}
	}
	if err := tx.Save(since); err != nil {
		return 0, err
	}
	return left, o.bury(tx, beforeBackup)
}
