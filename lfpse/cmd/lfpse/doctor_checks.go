package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/gpsafety/lfpse-go/lfpse/client"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/endpoint"
	"github.com/gpsafety/lfpse-go/lfpse/internal/disk"
	"github.com/gpsafety/lfpse-go/lfpse/outbox"
	"github.com/gpsafety/lfpse-go/lfpse/outbox/postgres"
	"github.com/gpsafety/lfpse-go/lfpse/privacy"
)

// privacy looks at what the findings of the privacy screen do.
func (u *checkup) privacy(p privacy.Policy) {
	text := weakerText(p)
	if text == "" {
		u.fine("privacy", "no class of findings does less than by default")
		return
	}
	u.look("privacy", "The screen is weaker than the default: "+text+".", "Make sure that somebody has decided that, and that it is still needed.")
}

// service asks the service for its abilities.
func (u *checkup) service(ctx context.Context, ep *endpoint.Endpoint) {
	c, err := client.New(ep)
	if err != nil {
		u.wrong("endpoint", err.Error(), "Complete the endpoint file.")
		return
	}
	start := time.Now()
	able, err := c.Metadata(ctx)
	took := time.Since(start)
	if err != nil {
		text := err.Error()
		if e := asError(err); e != nil {
			text = e.Plain()
		}
		u.wrong("service", "It does not answer as it should. "+text, "No report can be sent before that is put right.")
		return
	}
	u.fine("service", "answers in %s", took.Round(time.Millisecond))
	u.clock(able.Date, start.Add(took/2))
	u.versions(able, ep.Config().Version)
}

// The differences from the clock of the service that somebody should look at, and with
// which access tokens and "today" go wrong.
const (
	clockLook  = 30 * time.Second
	clockWrong = 5 * time.Minute
)

func (u *checkup) clock(theirs, ours time.Time) {
	if theirs.IsZero() {
		u.look("clock", "The service does not say what time it is.", "Compare the clock of this computer with another.")
		return
	}
	ahead := ours.Sub(theirs)
	text := fmt.Sprintf("The clock of this computer and that of the service differ by %s.", ahead.Abs().Round(time.Second))
	switch {
	case ahead.Abs() > clockWrong:
		u.wrong("clock", text, "Have this computer set its clock from the network: access tokens are refused, and \"today\" may be another day.")
	case ahead.Abs() > clockLook:
		u.look("clock", text, "Have this computer set its clock from the network.")
	default:
		u.fine("clock", "as that of the service")
	}
}

// versions looks at the taxonomy versions that the service declares.
func (u *checkup) versions(able client.Capability, ours string) {
	var all []string
	for _, e := range able.AdverseEvents {
		all = append(all, e.Versions...)
	}
	slices.Sort(all)
	all = slices.Compact(all)
	switch {
	case len(all) == 0:
		u.look("versions", "The service does not say which taxonomy versions it takes.", "Ask the LFPSE team whether it takes version "+ours+".")
	case !slices.Contains(all, ours):
		u.wrong("versions", fmt.Sprintf("The service takes version %s of the taxonomy, and not %s.", strings.Join(all, " and "), ours), "Use the version of the service, in the endpoint file and with --taxonomy; lfpse taxonomy diff shows what is different.")
	case all[len(all)-1] != ours:
		u.look("versions", fmt.Sprintf("The service takes version %s, and also version %s.", ours, strings.Join(slices.DeleteFunc(all, func(v string) bool { return v == ours }), " and ")), "Plan for another version: lfpse taxonomy pull reads it, and lfpse taxonomy diff shows what is different.")
	default:
		u.fine("versions", "the service takes version %s; lfpse taxonomy check --from compares the lists", ours)
	}
}

// outbox looks at where the outbox is and at what is in it.
func (cmd *doctorCmd) outbox(ctx context.Context, u *checkup, endpoint string) {
	address, err := cmd.Outbox.database()
	key, there := cmd.Key, false
	switch {
	case err != nil:
		u.wrong("outbox", sentence(err.Error())+".", "Correct what --outbox says.")
	case address != "":
		there = u.database(ctx, address, key)
	default:
		key = cmp.Or(key, string(cmd.Outbox)+".key")
		there = u.file(string(cmd.Outbox), key)
	}
	if there {
		cmd.contents(ctx, u, key, endpoint)
	}
}

// file looks at an outbox in a file, and reports whether it is there.
func (u *checkup) file(place, key string) (there bool) {
	_, err := os.Stat(place)
	if there = !errors.Is(err, fs.ErrNotExist); there {
		u.files(key, place, place+"-wal", place+"-shm", place+".mark", place+".lock")
	} else {
		u.look("outbox", "There is no outbox "+clean(place)+" yet.", "lfpse submit makes it.")
	}
	u.room(filepath.Dir(place))
	return there
}

// database looks at an outbox in a database, and reports whether it can be opened.
func (u *checkup) database(ctx context.Context, address, key string) (there bool) {
	findings := postgres.Check(ctx, address)
	for _, f := range findings {
		switch {
		case f.Problem == "":
			u.fine("database", "%s: nothing is wrong", f.Subject)
		case f.Advice:
			u.look("database", sentence(f.Problem)+".", sentence(f.Remedy)+".")
		default:
			u.wrong("database", sentence(f.Problem)+".", sentence(f.Remedy)+".")
		}
	}
	if key == "" {
		u.wrong("key", "It is not said where the key of the outbox is.", "Name the key file with --key.")
		return false
	}
	u.files(key)
	return len(findings) > 2 // it looks further than at the tables only if they are right
}

// contents looks at what is in the outbox.
func (cmd *doctorCmd) contents(ctx context.Context, u *checkup, key, endpoint string) {
	o := &outboxCmd{Outbox: cmd.Outbox, Key: cmd.Key, Endpoint: endpoint}
	err := o.with(ctx, &console{strings.NewReader(""), io.Discard, io.Discard}, func(b *box) error {
		u.fine("key", "%s belongs to the outbox", clean(key))
		return u.inside(ctx, b)
	})
	switch {
	case errors.Is(err, errEmpty):
		u.look("outbox", sentence(err.Error())+".", "lfpse submit does.")
	case errors.Is(err, errOtherEndpoint):
		u.look("outbox", sentence(err.Error())+".", "If the endpoint has been given another name, give it the old one: under another name, every event is sent again.")
	case err != nil:
		u.wrong("outbox", inPlainWords(err), "Nothing can be sent from it before that is put right.")
	}
}

// files looks at who can read the key and the other files of an outbox.
func (u *checkup) files(key string, others ...string) {
	if runtime.GOOS == "windows" {
		u.look("files", "Who can read the outbox cannot be told here.", "Keep the folder of the outbox and its key to those who send reports.")
		return
	}
	var open []string
	for _, name := range append(others, key) {
		if info, err := os.Stat(name); err == nil && info.Mode().Perm()&0o077 != 0 {
			open = append(open, clean(name))
		}
	}
	switch {
	case slices.Contains(open, clean(key)):
		u.wrong("files", "Other users of this computer can read the key: "+strings.Join(open, ", ")+".", "Close them with chmod 600.")
	case len(open) > 0:
		u.look("files", "Other users of this computer can read "+strings.Join(open, ", ")+". The texts in it are encrypted; references and days are not.", "Close them with chmod 600.")
	default:
		u.fine("files", "only their owner can read the files of the outbox and its key")
	}
}

// The free space that somebody should look at, and that is too little.
const (
	spaceLook  = 1 << 30
	spaceWrong = 100 << 20
)

func (u *checkup) room(folder string) {
	free, known := disk.Free(folder)
	text := fmt.Sprintf("%d MB are free where the outbox is.", free>>20)
	switch {
	case !known:
		u.look("disk", "How much space is free cannot be told here.", "Make sure that there is 1 GB or more.")
	case free < spaceWrong:
		u.wrong("disk", text, "Make room: when the disk is full, nothing is sent.")
	case free < spaceLook:
		u.look("disk", text, "Make room before the disk is full.")
	default:
		u.fine("disk", "%d GB are free", free>>30)
	}
}

// inside looks at what is in the outbox.
func (u *checkup) inside(ctx context.Context, b *box) error {
	line, pauses, err := b.sendingNow(ctx)
	if err != nil {
		return err
	}
	counts, err := b.Count(ctx)
	if err != nil {
		return err
	}
	switch text := b.lineText(&line, time.Now()); {
	case line.Stopped != "":
		u.wrong("line", text, "")
	case text != "":
		u.look("line", text, "")
	default:
		u.fine("line", "reports are sent")
	}
	for practice, p := range pauses {
		u.look("line", fmt.Sprintf("%s has paused the practice %s since %s.", p.By, practice, when(p.Since)), "When it may go on: lfpse outbox resume --practice "+quoted(practice))
	}
	u.reports(counts)
	n, err := b.VerifyAudit(ctx)
	if err != nil {
		u.wrong("audit", sentence(err.Error())+".", "Find out who could write to the outbox, and put back a copy.")
		return nil
	}
	u.fine("audit", "the trail is whole: %s", counted(int(n), "entry", "entries"))
	return nil
}

// reports looks at the reports that wait for somebody.
func (u *checkup) reports(counts []outbox.Count) {
	n := map[draft.State]int{}
	for _, c := range counts {
		n[draft.State(c.State)] += c.N
	}
	waits := n[draft.NeedsAnswers] + n[draft.Held] + n[draft.Rejected]
	if n[draft.Unknown] > 0 {
		u.look("reports", "It is not known of "+counted(n[draft.Unknown], "report whether it was", "reports whether they were")+" recorded.", "Find out, and say so: lfpse outbox ls --state unknown shows how.")
	}
	if waits > 0 {
		u.look("reports", counted(waits, "report waits", "reports wait")+" for somebody.", "lfpse outbox ls shows them.")
	}
	if n[draft.Pending] > 0 {
		u.look("reports", counted(n[draft.Pending], "report waits", "reports wait")+" to be sent.", "The next lfpse submit to this endpoint sends them, unless the line is stopped.")
	}
	if n[draft.Unknown]+waits+n[draft.Pending] == 0 {
		u.fine("reports", "none waits; %d recorded", n[draft.Accepted])
	}
}
