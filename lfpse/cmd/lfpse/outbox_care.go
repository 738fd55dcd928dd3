package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/gpsafety/lfpse-go/lfpse/outbox"
	"github.com/gpsafety/lfpse-go/lfpse/printable"
)

type pauseCmd struct {
	Practice string `help:"ODS code of the practice." required:"" placeholder:"CODE"`
}

// Run pauses a practice.
func (cmd *pauseCmd) Run(ctx context.Context, c *console, o *outboxCmd) error {
	return o.say(ctx, c, "Nothing of the practice "+cmd.Practice+" is sent until: lfpse outbox resume --practice "+quoted(cmd.Practice), func(b *box) error {
		if err := b.knows(ctx, cmd.Practice); err != nil {
			return err
		}
		return b.Pause(ctx, o.by(), cmd.Practice)
	})
}

// knows refuses a practice of which the outbox has nothing: it is likely to be misspelt.
func (b *box) knows(ctx context.Context, practice string) error {
	if practice == "" {
		return nil
	}
	reports, err := b.Count(ctx)
	drafts, failed := b.CountDrafts(ctx)
	pauses, unread := b.Pauses(ctx)
	if err := errors.Join(err, failed, unread); err != nil {
		return err
	}
	known := slices.Collect(maps.Keys(pauses))
	for _, c := range slices.Concat(reports, drafts) {
		known = append(known, c.Practice)
	}
	slices.Sort(known)
	if slices.Contains(known, practice) {
		return nil
	}
	return fmt.Errorf("the outbox has nothing of a practice %s; it has: %s", clean(practice), strings.Join(slices.Compact(known), ", "))
}

type resumeCmd struct {
	Practice string `help:"ODS code of a practice that was paused." placeholder:"CODE"`
}

// Run lets reports be sent again.
func (cmd *resumeCmd) Run(ctx context.Context, c *console, o *outboxCmd) error {
	if cmd.Practice != "" {
		return o.say(ctx, c, "The reports of the practice "+cmd.Practice+" are sent again, by the next lfpse submit.", func(b *box) error {
			pauses, err := b.Pauses(ctx)
			if _, paused := pauses[cmd.Practice]; err == nil && !paused {
				err = fmt.Errorf("the practice %s is not paused: lfpse outbox stats says which are", clean(cmd.Practice))
			}
			if err != nil {
				return err
			}
			return b.Unpause(ctx, o.by(), cmd.Practice)
		})
	}
	return o.say(ctx, c, "Reports are sent again, by the next lfpse submit to this endpoint.", func(b *box) error { return b.Outbox.Resume(ctx, o.by()) })
}

// say does something and says that it is done.
func (o *outboxCmd) say(ctx context.Context, c *console, text string, do func(*box) error) error {
	return o.with(ctx, c, func(b *box) error {
		if err := do(b); err != nil {
			return err
		}
		if o.JSON {
			return writeJSON(c.out, map[string]string{"done": text})
		}
		_, err := fmt.Fprintln(c.out, printable.Text(text))
		return err
	})
}

type purgeCmd struct {
	Final int `help:"For how many days the texts of reports are kept that are recorded, taken back or set aside." default:"0" placeholder:"DAYS"`
	Open  int `help:"For how many days the texts of reports are kept that wait for a person." default:"30" placeholder:"DAYS"`
}

// Run removes texts.
func (cmd *purgeCmd) Run(ctx context.Context, c *console, o *outboxCmd) error {
	if cmd.Final < 0 || cmd.Open < 1 {
		return errors.New("--final must be 0 days or more, and --open 1 day or more")
	}
	const day = 24 * time.Hour
	return o.with(ctx, c, func(b *box) error {
		n, err := b.Outbox.Purge(ctx, o.by(), outbox.Retention{Final: time.Duration(cmd.Final) * day, Open: time.Duration(cmd.Open) * day})
		if err != nil {
			return err
		}
		if o.JSON {
			return writeJSON(c.out, map[string]int{"purged": n})
		}
		_, err = fmt.Fprintf(c.out, "The texts of %s were removed. Their references, receipts and history stay.\n", counted(n, "report", "reports"))
		return err
	})
}

type verifyCmd struct{}

// Run checks the audit trail.
func (*verifyCmd) Run(ctx context.Context, c *console, o *outboxCmd) error {
	return o.with(ctx, c, func(b *box) error {
		n, err := b.VerifyAudit(ctx)
		if err != nil {
			return &exit{exitAttention, err}
		}
		if o.JSON {
			return writeJSON(c.out, map[string]any{"entries": n, "whole": true})
		}
		_, err = fmt.Fprintf(c.out, "The audit trail is whole: %s.\n", counted(int(n), "entry", "entries"))
		return err
	})
}

type restoredCmd struct {
	Settled bool `help:"What the copy did not know is settled: reports may be sent again."`
}

func (*restoredCmd) Help() string {
	return `After a copy of the outbox was put back, it does not know what was sent since the copy was made. So nothing is sent, and whatever waits may have been recorded. lfpse submit notices by itself that a copy was put back, unless OUTBOX.mark was put back with it: then begin with lfpse outbox restored.

1. Run lfpse submit for each log once more. It sends nothing. Of rows that the copy does not know, it is not known either whether they were recorded.
2. Say of each report whether it was: with an extract of the service (lfpse outbox import), or one by one (lfpse outbox ls shows how).
3. lfpse outbox restored --settled: reports are sent again. Leave no log out of step 1: the rows of one that is read later are sent, even if they were sent before. What waited for answers is asked about once more when it is answered.`
}

// Run says that a copy was put back, or that what it did not know is settled.
func (cmd *restoredCmd) Run(ctx context.Context, c *console, o *outboxCmd) error {
	if cmd.Settled {
		return o.say(ctx, c, "Reports are sent again, by the next lfpse submit to this endpoint.", func(b *box) error {
			if err := b.Reconciled(ctx, o.by()); err != nil {
				return &exit{exitAttention, err}
			}
			return nil
		})
	}
	return o.say(ctx, c, "Nothing is sent now, and what waited counts as not known. Say of each report whether it was recorded: lfpse outbox ls shows how. Then: lfpse outbox restored --settled", func(b *box) error {
		return b.Outbox.Restored(ctx, o.by())
	})
}
