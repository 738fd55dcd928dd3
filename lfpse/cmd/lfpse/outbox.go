package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os/user"
	"strings"

	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/outbox"
	"github.com/gpsafety/lfpse-go/lfpse/printable"
)

// outboxCmd has the commands about an outbox, and the flags that all of them take.
type outboxCmd struct {
	Outbox   boxPlace    `help:"The outbox: the file that lfpse submit has made, or a PostgreSQL database." env:"LFPSE_OUTBOX" placeholder:"FILE|DATABASE"`
	Key      string      `help:"Key file of the outbox. Default: FILE.key; a database has no default." env:"LFPSE_OUTBOX_KEY" placeholder:"FILE"`
	Endpoint string      `help:"Name of the endpoint, as its file has it. Needed only if the outbox has reports for several." placeholder:"NAME"`
	By       string      `help:"Your user name, for the audit trail. Default: that of the computer." placeholder:"NAME"`
	Role     outbox.Role `help:"What you act as: recorder, clinician, manager or operator. Whoever can read the key can act as any; the audit trail says as what." enum:"recorder,clinician,manager,operator" default:"manager"`
	JSON     bool        `name:"json" help:"Print JSON, one object a line."`

	Ls       lsCmd       `cmd:"" help:"List what waits for somebody or is to be sent, with the command that goes on from there."`
	Show     showCmd     `cmd:"" help:"Show all there is to say about one report, with its history."`
	Answer   answerCmd   `cmd:"" help:"Say which event a report is about: same-event, other-event or ignore."`
	Settle   settleCmd   `cmd:"" help:"Say of a report whose outcome is not known whether it was recorded."`
	Retry    retryCmd    `cmd:"" help:"Send again what was refused, or an update or a withdrawal whose outcome is not known."`
	Withdraw withdrawCmd `cmd:"" help:"Ask for a national record to be deleted, and confirm it."`
	Keep     keepCmd     `cmd:"" help:"Let a record stand of which somebody has asked that it be deleted."`
	Hold     holdCmd     `cmd:"" help:"Keep a report from being sent."`
	Release  releaseCmd  `cmd:"" help:"Let a report be sent that is held."`
	TakeBack takeBackCmd `cmd:"" help:"Never send a report that has no national record."`
	Send     sendCmd     `cmd:"" help:"Send what waits, without a log."`
	Pause    pauseCmd    `cmd:"" help:"Send nothing of a practice."`
	Resume   resumeCmd   `cmd:"" help:"Let reports be sent again, after what stopped them is put right, or those of a practice that was paused."`
	Export   exportCmd   `cmd:"" help:"Write the receipts, or the audit trail, for other programs."`
	Import   importCmd   `cmd:"" help:"Settle reports whose outcome is not known with an extract of the service."`
	Purge    purgeCmd    `cmd:"" help:"Remove texts that are not needed any more."`
	Stats    statsCmd    `cmd:"" help:"Count the reports by state, and say whether they are being sent."`
	Verify   verifyCmd   `cmd:"" help:"Check that nothing was changed in the audit trail or removed from it."`
	Migrate  migrateCmd  `cmd:"" help:"Make the tables of an outbox in a PostgreSQL database, or bring them to this version."`
	Restored restoredCmd `cmd:"" help:"Say that a copy of the outbox was put back: nothing is sent before it is settled what the copy does not know."`
}

func (*outboxCmd) Help() string {
	return `Examples:
  lfpse outbox ls --outbox outbox.db
  lfpse outbox show 7 --outbox outbox.db
  lfpse outbox settle 7 --found 4f2c-11 --number LFPSE-2026-1 --outbox outbox.db
  lfpse outbox withdraw 7 --reason recorded-twice --outbox outbox.db
  lfpse outbox withdraw 7 --confirm --outbox outbox.db

What is to be sent after a command is sent by the next lfpse submit to the same endpoint, or by lfpse outbox send. LFPSE_OUTBOX and LFPSE_OUTBOX_KEY in the environment stand in for --outbox and --key.

` + databaseHelp + `

Exit codes: 0 done; 1 what was asked for is not possible, or a person has to look; 2 the command or a file cannot be used.`
}

// databaseHelp is for all commands that take an outbox.
const databaseHelp = `A DATABASE is postgres://user@host/name. One with a password is better not on the command line: put it into LFPSE_OUTBOX, into another variable and give env:NAME, or into a file that only you can read and give @FILE. lfpse outbox migrate makes the tables. Every computer that uses the database needs the same key file.`

// with opens the outbox, which must be there, and does something with it.
func (o *outboxCmd) with(ctx context.Context, c *console, do func(*box) error) error {
	if err := o.Outbox.there(); err != nil {
		return err
	}
	store, key, err := openStore(ctx, c.err, o.Outbox, o.Key, false)
	if err != nil {
		return err
	}
	defer store.Close()
	endpoint, err := o.endpoint(ctx, store)
	if err != nil {
		return err
	}
	b := &box{store: store, lasts: true}
	if b.Outbox, err = outbox.Open(ctx, store, key, endpoint); err != nil {
		return err
	}
	return refused(do(b))
}

// endpoint is the one that is named, or the only one that there is.
func (o *outboxCmd) endpoint(ctx context.Context, store outbox.Store) (string, error) {
	names, err := outbox.Endpoints(ctx, store)
	switch {
	case err != nil:
		return "", err
	case o.Endpoint == "" && len(names) == 1:
		return names[0], nil
	case o.Endpoint == "" && len(names) == 0:
		return "", errEmpty
	case o.Endpoint == "":
		return "", fmt.Errorf("the outbox has reports for several endpoints: say which with --endpoint. There are: %s", printable.Line(strings.Join(names, "; ")))
	}
	for _, name := range names {
		if name == o.Endpoint {
			return name, nil
		}
	}
	return "", fmt.Errorf("%w. There are: %s", errOtherEndpoint, printable.Line(strings.Join(names, "; ")))
}

var (
	errEmpty         = errors.New("the outbox is empty: nothing was ever put into it")
	errOtherEndpoint = errors.New("the outbox has no reports for an endpoint of that name")
)

// refused gives what is not possible, or not allowed, its exit code.
func refused(err error) error {
	var state *outbox.StateError
	var role *outbox.RoleError
	switch {
	case errors.As(err, &state):
		text := fmt.Sprintf("report %d is %s, so this is not possible", state.Report, state.State)
		if state.Why != "" {
			text += ": " + state.Why
		}
		return &exit{exitAttention, errors.New(text + fmt.Sprintf("\nlfpse outbox show %d says what is", state.Report))}
	case errors.As(err, &role):
		return &exit{exitAttention, fmt.Errorf("a %s may not do this; the audit trail says that it was tried", role.By.Role)}
	}
	return err
}

// by is who acts.
func (o *outboxCmd) by() outbox.By {
	name := o.By
	if name == "" {
		if u, err := user.Current(); err == nil {
			name = u.Username
		}
	}
	return outbox.By{ID: cmp.Or(name, "unknown"), Role: o.Role}
}

// done says what has become of a report.
func (o *outboxCmd) done(c *console, b *box, r *outbox.Report) error {
	if o.JSON {
		return writeJSON(c.out, formOf(r))
	}
	next := b.next(r)
	if _, err := fmt.Fprintf(c.out, "Report %d (%s) is now %s. %s\n", r.ID, clean(nameOf(r)), r.State, clean(next[0].plain)); err != nil {
		return err
	}
	for _, m := range next[1:] {
		if _, err := fmt.Fprintln(c.out, "  "+clean(m.plain)); err != nil {
			return err
		}
	}
	return nil
}

// next says how it goes on with a report on which somebody has acted.
func (b *box) next(r *outbox.Report) []remark {
	text := ""
	switch {
	case r.State == draft.Pending && r.Op == outbox.OpWithdraw:
		text = "The next lfpse submit to this endpoint asks the service to delete its record."
	case r.State == draft.Pending:
		text = "The next lfpse submit to this endpoint sends it."
	case r.State == draft.Accepted:
		text = "Its record stands" + inBrackets(r.Record.Number) + "."
	case r.State == draft.Withdrawn, r.State == draft.NotForLFPSE:
		text = "It is not sent."
	default:
		return b.standing(r)
	}
	return []remark{said(text)}
}

// nameOf is the reference and the day of a report.
func nameOf(r *outbox.Report) string {
	known := resultOf(r)
	if known.day == "" {
		return known.Reference
	}
	return known.Reference + " of " + known.day
}

// ids are the numbers of reports.
type ids struct {
	Reports []int64 `arg:"" name:"report" help:"Number of the report, as lfpse outbox ls shows it."`
}

// each acts on each report and says what has become of it.
func (i ids) each(ctx context.Context, c *console, o *outboxCmd, act func(*box, int64) (outbox.Report, error)) error {
	return o.with(ctx, c, func(b *box) error {
		for _, id := range i.Reports {
			r, err := act(b, id)
			if err == nil {
				err = o.done(c, b, &r)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

type answerCmd struct {
	Report int64      `arg:"" help:"Number of the report."`
	Answer outbox.Act `arg:"" help:"same-event: it is the event that is known; other-event: it is another one; ignore: it is not to be sent." enum:"same-event,other-event,ignore"`
}

// Run answers the question which event a report is about.
func (cmd *answerCmd) Run(ctx context.Context, c *console, o *outboxCmd) error {
	return ids{[]int64{cmd.Report}}.each(ctx, c, o, func(b *box, id int64) (outbox.Report, error) {
		return b.Outbox.Answer(ctx, o.by(), id, cmd.Answer)
	})
}

type settleCmd struct {
	Report   int64  `arg:"" help:"Number of the report."`
	Found    string `help:"It was recorded: the id that the service has given its record." placeholder:"ID" xor:"outcome" required:""`
	Number   string `help:"The national reference number of the record, if you know it." placeholder:"NUMBER"`
	NotFound bool   `help:"You have made sure that it was not recorded. It is sent again." xor:"outcome" required:""`
}

// Run settles a report whose outcome is not known.
func (cmd *settleCmd) Run(ctx context.Context, c *console, o *outboxCmd) error {
	if cmd.NotFound && cmd.Number != "" {
		return errors.New("--number is that of a record: leave it out with --not-found")
	}
	return ids{[]int64{cmd.Report}}.each(ctx, c, o, func(b *box, id int64) (outbox.Report, error) {
		if cmd.NotFound {
			return b.NotFound(ctx, o.by(), id)
		}
		return b.Outbox.Found(ctx, o.by(), id, outbox.Record{ID: cmd.Found, Number: cmd.Number})
	})
}

type retryCmd struct{ ids }

// Run sends reports again.
func (cmd *retryCmd) Run(ctx context.Context, c *console, o *outboxCmd) error {
	return cmd.each(ctx, c, o, func(b *box, id int64) (outbox.Report, error) { return b.Outbox.Retry(ctx, o.by(), id) })
}

type withdrawCmd struct {
	Report  int64                   `arg:"" help:"Number of the report."`
	Reason  outbox.WithdrawalReason `help:"Why: recorded-twice, recorded-in-error, not-a-safety-event, holds-personal-data or opt-out." enum:",recorded-twice,recorded-in-error,not-a-safety-event,holds-personal-data,opt-out" default:"" placeholder:"REASON"`
	Confirm bool                    `help:"Confirm what was asked for before. Only a manager can."`
}

// Run asks for a record to be deleted, or confirms that.
func (cmd *withdrawCmd) Run(ctx context.Context, c *console, o *outboxCmd) error {
	if (cmd.Reason == "") != cmd.Confirm {
		return errors.New("a record is withdrawn in two steps. First say why, with --reason: " + reasonsToWithdraw() + ". Then confirm it, with --confirm")
	}
	return ids{[]int64{cmd.Report}}.each(ctx, c, o, func(b *box, id int64) (outbox.Report, error) {
		if cmd.Confirm {
			return b.ConfirmWithdrawal(ctx, o.by(), id)
		}
		return b.ProposeWithdrawal(ctx, o.by(), id, cmd.Reason)
	})
}

func reasonsToWithdraw() string {
	var words []string
	for _, r := range outbox.WithdrawalReasons() {
		words = append(words, string(r))
	}
	return strings.Join(words, ", ")
}

type keepCmd struct{ ids }

// Run lets records stand.
func (cmd *keepCmd) Run(ctx context.Context, c *console, o *outboxCmd) error {
	return cmd.each(ctx, c, o, func(b *box, id int64) (outbox.Report, error) { return b.KeepRecord(ctx, o.by(), id) })
}

type holdCmd struct{ ids }

// Run holds reports.
func (cmd *holdCmd) Run(ctx context.Context, c *console, o *outboxCmd) error {
	return cmd.each(ctx, c, o, func(b *box, id int64) (outbox.Report, error) { return b.Outbox.Hold(ctx, o.by(), id) })
}

type releaseCmd struct{ ids }

// Run releases reports.
func (cmd *releaseCmd) Run(ctx context.Context, c *console, o *outboxCmd) error {
	return cmd.each(ctx, c, o, func(b *box, id int64) (outbox.Report, error) { return b.Outbox.Release(ctx, o.by(), id) })
}

type takeBackCmd struct{ ids }

// Run takes reports back.
func (cmd *takeBackCmd) Run(ctx context.Context, c *console, o *outboxCmd) error {
	return cmd.each(ctx, c, o, func(b *box, id int64) (outbox.Report, error) { return b.Outbox.TakeBack(ctx, o.by(), id) })
}
