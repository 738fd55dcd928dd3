package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"sync"
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

	hearing    sync.Mutex // in the last process, several speak at once
	known      beliefs
	uniting    []word
	recoveries []time.Duration
	begun      bool            // there was a process
	opened     bool            // the last process came so far that it could send
	deaths     int             // since the last judgement
	noted      noted           // by then
	whole      bool            // the store had each row as it stands in the log
	counted    map[string]bool // outcomes that were unknown

	backup struct {
		beliefs
		noted
		at int // number of the call that came next
	}
	from, to int  // what the ledger has done between these calls is not in the store: the backup was put back
	forgets  bool // it has not been settled yet
}

// noted is what the audit trail says that processes have noted of others.
type noted struct {
	died     int // outcomes that are unknown because of a death
	restored int // backups that were put back
}

// beliefs are what processes have said that they stored: what may never be lost.
type beliefs struct {
	rows     map[string]belief
	accepted map[int64]string // records by report
}

// belief is the report of a row, with the contents that it may have.
type belief struct {
	id       int64 // 0: nobody has said that it is stored
	contents []outbox.Digest
}

func newBeliefs() beliefs { return beliefs{map[string]belief{}, map[int64]string{}} }

func (b beliefs) clone() beliefs { return beliefs{maps.Clone(b.rows), maps.Clone(b.accepted)} }

// may adds a content that a row may have.
func (b beliefs) may(name string, content outbox.Digest) {
	known := b.rows[name]
	known.contents = append(slices.Clone(known.contents), content)
	b.rows[name] = known
}

func newLife(kind, folder, stockFile string, stock *stock, seed uint64, answer time.Duration, faulty bool) (*life, error) {
	l := &life{stock: stock, random: rand.New(rand.NewPCG(seed, 3))}
	l.forget()
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	var err error
	if l.ledger, err = newLedger(seed, answer, faulty); err != nil {
		return nil, err
	}
	l.plan = plan{Store: kind, Folder: folder, Stock: stockFile, Ledger: l.ledger.url, Seed: seed, Rounds: 2, InFlight: 4}
	if l.db, err = newDatabase(kind, folder); err != nil {
		l.ledger.close()
		return nil, err
	}
	return l, nil
}

// forget begins with nothing.
func (l *life) forget() {
	l.known, l.counted = newBeliefs(), map[string]bool{}
}

// close removes everything.
func (l *life) close() error {
	l.ledger.close()
	return errors.Join(l.db.drop(), os.RemoveAll(l.Folder))
}

// process runs one process that is killed at a step, or after a time if it is not zero. It
// reports whether it was killed before it had done its work.
func (l *life) process(ctx context.Context, step string, nth int, after time.Duration) (killed bool, err error) {
	p := l.plan
	p.Step, p.Nth, p.Seed = step, nth, l.random.Uint64()
	l.ledger.expect(&p)
	l.opened = false
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
		l.deaths++
		return true, nil
	}
	return false, errors.Join(err, ctx.Err())
}

// hear takes in what a process says.
func (l *life) hear(w word) {
	l.hearing.Lock()
	defer l.hearing.Unlock()
	b, name := &l.known, w.Row.name()
	switch w.Say {
	case sayOpened:
		l.opened, l.recoveries = true, append(l.recoveries, w.Took)
	case sayTry:
		l.Next = max(l.Next, l.stock.told(w.Row.Item).event)
		if l.Busy {
			return
		}
		l.Log = l.Log.tell(w.Row, w.Name)
		b.may(name, l.stock.contents[w.Row.Item])
	case sayStored:
		b.rows[name] = belief{w.ID, []outbox.Digest{w.Content}}
	case sayUniting:
		l.uniting = append(l.uniting, w)
	case sayKeeping:
		b.may(w.Name, w.Content)
	case sayAccepted:
		b.accepted[w.ID] = w.Record
	}
}

// unite takes in what has become of reports that were about to become part of others.
func (l *life) unite(byID map[int64]*outbox.Report) {
	for _, w := range l.uniting {
		if byID[w.ID] != nil {
			continue // it has not come to that
		}
		name := w.Row.name()
		l.known.may(name, w.Content)
		l.known.rows[name] = belief{w.Other, l.known.rows[name].contents}
		delete(l.known.rows, w.Name)
	}
	l.uniting = nil
}

// keep takes a backup.
func (l *life) keep() error {
	l.Kept, l.backup.beliefs, l.backup.noted, l.backup.at = true, l.known.clone(), l.noted, len(l.ledger.calls)
	return l.db.backup()
}

// putBack puts the backup back.
func (l *life) putBack() error {
	l.known, l.noted = l.backup.clone(), l.backup.noted
	l.from, l.to, l.forgets = l.backup.at, len(l.ledger.calls), true
	return l.db.restore()
}

// forgotten reports whether the store does not know what the ledger did at a call.
func (l *life) forgotten(call int) bool { return l.from <= call && call < l.to }

// judge compares what the store holds, as the dead process left it, with what it has said
// and with the ledger.
func (l *life) judge(ctx context.Context) (v verdict, err error) {
	store, err := l.db.look(ctx)
	if err != nil || store == nil {
		return v, err // it died before there was anything
	}
	err = store.View(ctx, func(tx outbox.Tx) error {
		s, err := l.scene(tx)
		if err != nil {
			return err
		}
		s.judge()
		v = s.verdict
		return nil
	})
	return v, errors.Join(err, store.Close())
}

// open are the states of reports with which something is left to do.
var open = []draft.State{draft.NeedsAnswers, draft.Held, draft.Pending, draft.Sending, draft.Rejected, draft.Unknown}

// end lets a last process do all that is left, and judges what has become of each event.
func (l *life) end(ctx context.Context) (v verdict, err error) {
	l.ledger.mu.Lock()
	l.ledger.faulty, l.ledger.likely = false, nil
	l.ledger.mu.Unlock()
	w, err := openWorker(ctx, l.plan, l.stock, func(string) {})
	if err != nil {
		return v, err
	}
	defer func() { err = errors.Join(err, w.store.Close()) }()
	w.calm, w.say = true, l.hear
	for n, calm := 0, 0; n < 20 && calm < 2; n++ { // twice: what was found to be recorded may have to be withdrawn
		if err := w.finish(ctx); err != nil {
			return v, err
		}
		reports, err := w.box.List(ctx, outbox.Filter{})
		if err != nil {
			return v, err
		}
		if calm++; slices.ContainsFunc(reports, func(r outbox.Report) bool { return slices.Contains(open, r.State) }) {
			calm = 0
		}
	}
	err = w.store.View(ctx, func(tx outbox.Tx) error {
		s, err := l.scene(tx)
		if err != nil {
			return err
		}
		s.judge()
		s.judgeEnd()
		v = s.verdict
		return nil
	})
	_, audit := w.box.VerifyAudit(ctx)
	return v, errors.Join(err, audit)
}
