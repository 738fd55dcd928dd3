package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/outbox"
)

// life is one outbox and all the processes that die over it.
type life struct {
	plan
	db     database
	stock  *stock
	ledger *ledger
	random *rand.Rand

	known, backup beliefs
	kept          bool // a backup was made
	restored      bool // a backup was put back, and no process has noted that yet
	restorations  int  // how often one has, and how often when the backup was made
	before        int
}

// beliefs are what processes have said that they stored: what may never be lost.
type beliefs struct {
	stored   map[string]stored // by the name of the event in its log
	accepted map[int64]string  // records by report
	uniting  map[int64]bool    // reports that may have become part of others
}

// stored is a report, with the contents that it may have.
type stored struct {
	id       int64
	contents []outbox.Digest
}

func newBeliefs() beliefs {
	return beliefs{map[string]stored{}, map[int64]string{}, map[int64]bool{}}
}

func (b beliefs) clone() beliefs {
	return beliefs{maps.Clone(b.stored), maps.Clone(b.accepted), maps.Clone(b.uniting)}
}

func newLife(kind, folder, stockFile string, stock *stock, seed uint64, answer time.Duration, faulty bool) (*life, error) {
	l := &life{stock: stock, random: rand.New(rand.NewPCG(seed, 3)), known: newBeliefs()}
	var err error
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	if l.db, err = newDatabase(kind, folder); err != nil {
		return nil, err
	}
	if l.ledger, err = newLedger(seed, answer, faulty); err != nil {
		return nil, err
	}
	l.plan = plan{Store: kind, Folder: folder, Stock: stockFile, Ledger: l.ledger.url, Seed: seed, Rounds: 2, InFlight: 4}
	return l, nil
}

// process runs one process that is killed at a step, or after a time if it is not zero. It
// reports whether it was killed before it had done its work.
func (l *life) process(ctx context.Context, step string, nth int, after time.Duration) (killed bool, err error) {
	p := l.plan
	p.Step, p.Nth, p.Seed = step, nth, l.random.Uint64()
	text, err := json.Marshal(p)
	if err != nil {
		return false, err
	}
	self, err := os.Executable()
	if err != nil {
		return false, err
	}
	cmd := exec.CommandContext(ctx, self)
	cmd.Env, cmd.Stderr = append(os.Environ(), planVariable+"="+string(text)), os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return false, err
	}
	if err := cmd.Start(); err != nil {
		return false, err
	}
	if after > 0 {
		defer time.AfterFunc(after, func() { _ = cmd.Process.Kill() }).Stop()
	}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		var w word
		if json.Unmarshal(lines.Bytes(), &w) == nil { // the last may be torn
			l.hear(w)
		}
	}
	err = cmd.Wait()
	l.ledger.quiet()
	var ended *exec.ExitError
	if errors.As(err, &ended) && ended.ExitCode() == -1 && ctx.Err() == nil {
		return true, nil
	}
	return false, errors.Join(err, ctx.Err())
}

// hear takes in what a process says.
func (l *life) hear(w word) {
	b := &l.known
	switch w.Say {
	case "try":
		l.Next = max(l.Next, w.Event)
		if s, ok := b.stored[w.Name]; ok {
			s.contents = append(slices.Clone(s.contents), outbox.Digest(w.Content))
			b.stored[w.Name] = s
		}
	case "stored":
		s := stored{w.ID, b.stored[w.Name].contents}
		if w.Content != nil {
			s.contents = []outbox.Digest{outbox.Digest(w.Content)}
		}
		b.stored[w.Name] = s
	case "uniting":
		b.uniting[w.ID] = true
	case "accepted":
		b.accepted[w.ID] = w.Record
	}
}

// swap takes a backup, or puts back the one that there is.
func (l *life) swap() error {
	if !l.kept {
		l.kept, l.backup, l.before = true, l.known.clone(), l.restorations
		return l.db.backup()
	}
	l.restored, l.known = true, l.backup
	l.backup = l.known.clone()
	return l.db.restore()
}

// judged is what a judge has found.
type judged struct {
	Unknown     int // reports of which nobody knows whether they were recorded
	Unexplained int // of these, without the mark that they were being sent
	Lost, Twice int
	Wrong       []string // each loss and each double sending, in words
}

func (j *judged) add(o judged) {
	j.Unknown += o.Unknown
	j.Unexplained += o.Unexplained
	j.Lost += o.Lost
	j.Twice += o.Twice
	j.Wrong = append(j.Wrong, o.Wrong...)
}

func (j *judged) lost(format string, args ...any) {
	j.Lost++
	j.Wrong = append(j.Wrong, "lost: "+fmt.Sprintf(format, args...))
}

func (j *judged) twice(format string, args ...any) {
	j.Twice++
	j.Wrong = append(j.Wrong, "sent twice, or would be: "+fmt.Sprintf(format, args...))
}

// judge compares what the store holds, as the dead process left it, with what it has said
// and with the ledger.
func (l *life) judge(ctx context.Context) (j judged, err error) {
	if _, err := os.Stat(filepath.Join(l.Folder, "data")); l.Store == "sqlite" && err != nil {
		return j, nil // it died before there was anything
	}
	store, err := l.db.open(ctx, false)
	if err != nil {
		return j, err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	err = store.View(ctx, func(tx outbox.Tx) error {
		reports, err := tx.List(outbox.Filter{})
		if err != nil {
			return err
		}
		if err := l.countRestorations(tx); err != nil {
			return err
		}
		l.judgeBeliefs(&j, reports)
		for _, r := range reports {
			if err := l.judgeReport(&j, tx, r); err != nil {
				return err
			}
		}
		return nil
	})
	l.judgeLedger(&j)
	return j, err
}

// countRestorations sees whether a process has noted that a backup was put back.
func (l *life) countRestorations(tx outbox.Tx) error {
	entries, err := tx.Audit(outbox.AuditFilter{})
	l.restorations = 0
	for i := range entries {
		if entries[i].Act == outbox.ActRestored {
			l.restorations++
		}
	}
	l.restored = l.restored && l.restorations == l.before
	return err
}

// judgeBeliefs finds what was said to be stored and is not there.
func (l *life) judgeBeliefs(j *judged, reports []*outbox.Report) {
	byID := map[int64]*outbox.Report{}
	for _, r := range reports {
		byID[r.ID] = r
	}
	for name, s := range l.known.stored {
		r := byID[s.id]
		switch {
		case l.known.uniting[s.id]:
		case r == nil && s.id != 0:
			j.lost("%s, report %d, is not in the store", name, s.id)
		case r != nil && r.State != draft.Withdrawn && len(s.contents) > 0 && !slices.Contains(s.contents, r.Latest()):
			j.lost("the last change of %s, report %d (%s)", name, s.id, r.State)
		}
	}
	for id, record := range l.known.accepted {
		if r := byID[id]; r == nil && !l.known.uniting[id] || r != nil && r.Record.ID != record {
			j.lost("the receipt of report %d", id)
		}
	}
}

// judgeReport compares one report with the ledger.
func (l *life) judgeReport(j *judged, tx outbox.Tx, r *outbox.Report) error {
	recorded := l.ledger.find(l.stock.event(r.Content))
	switch r.State {
	case draft.Sending, draft.Unknown:
		j.Unknown++
		sent, err := marked(tx, r)
		if err != nil {
			return err
		}
		if !sent && r.Reason != "restored-from-backup" {
			j.Unexplained++
		}
		if sent && !l.kept && r.Op == outbox.OpReport && len(recorded) > 0 && recorded[0].Last != r.Sent {
			j.lost("report %d was sent with other bytes than noted", r.ID)
		}
	case draft.Pending, draft.Held, draft.Rejected:
		if r.Record.ID == "" && len(recorded) > 0 && !l.restored && !strings.HasPrefix(r.Claim, "backup/") {
			j.twice("report %d is %s and was recorded", r.ID, r.State)
		}
	case draft.Accepted:
		if !slices.ContainsFunc(recorded, func(rec record) bool { return rec.ID == r.Record.ID }) {
			j.lost("report %d is accepted, and its record is not in the ledger", r.ID)
		}
	}
	return nil
}

// marked reports whether a report was marked as being sent.
func marked(tx outbox.Tx, r *outbox.Report) (bool, error) {
	entries, err := tx.Audit(outbox.AuditFilter{Report: r.ID})
	return r.Attempts > 0 && slices.ContainsFunc(entries, func(e outbox.Entry) bool { return e.Act == outbox.ActSend }), err
}

func (l *life) judgeLedger(j *judged) {
	l.ledger.mu.Lock()
	defer l.ledger.mu.Unlock()
	for event, records := range l.ledger.events {
		if len(records) > 1 {
			j.twice("event %d", event)
		}
	}
}

// end lets a last process do all that is left, and judges what has become of each event.
func (l *life) end(ctx context.Context) (j judged, err error) {
	l.ledger.mu.Lock()
	l.ledger.faulty = false
	l.ledger.mu.Unlock()
	w, err := openWorker(ctx, l.plan, l.stock, func(string) {})
	if err != nil {
		return j, err
	}
	defer func() { err = errors.Join(err, w.store.Close()) }()
	w.calm = true
	for range 6 {
		for _, do := range []func(context.Context) error{w.look, w.tidy, w.drain} {
			if err := do(ctx); err != nil {
				return j, err
			}
		}
	}
	reports, err := w.box.List(ctx, outbox.Filter{})
	for i := range reports {
		l.judgeEnd(&j, &reports[i])
	}
	l.judgeLedger(&j)
	_, audit := w.box.VerifyAudit(ctx)
	return j, errors.Join(err, audit)
}

// judgeEnd judges a report that has come to its end.
func (l *life) judgeEnd(j *judged, r *outbox.Report) {
	l.ledger.mu.Lock()
	defer l.ledger.mu.Unlock()
	rec := l.ledger.records[r.Record.ID]
	switch {
	case l.kept && (rec == nil || rec.Deleted || r.State == draft.Accepted): // changed since the backup was made
	case r.State == draft.NotForLFPSE, r.State == draft.Withdrawn && r.Record.ID == "":
	case r.State == draft.Withdrawn && (rec == nil || !rec.Deleted):
		j.lost("report %d is withdrawn, and its record stands", r.ID)
	case r.State == draft.Withdrawn:
	case r.State == draft.Rejected && rec != nil && rec.Deleted: // kept by somebody after an attempt to withdraw it
	case r.State == draft.Held && r.Reason == "text-unusable" && rec != nil: // the same, and its text was purged meanwhile
	case r.State != draft.Accepted:
		j.lost("report %d is %s at the end", r.ID, r.State)
	case rec == nil || rec.Deleted || rec.Last != r.Sent:
		j.lost("report %d is accepted, and the ledger holds something else", r.ID)
	}
}
