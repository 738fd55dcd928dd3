package outbox

import (
	"bytes"
	"context"
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
// that waits for a person becomes unknown as soon as it is to be sent, and so do events that
// the backup does not know and an [Import] brings before [Outbox.Reconciled]: read all logs
// again before you call that. [Open] does this for a store that can tell; call it for one
// that cannot.
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
