package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"

	"github.com/gpsafety/lfpse-go/lfpse/outbox"
)

// torn damages the files of an outbox and opens it again: it says what is wrong, or works;
// it sends nothing twice.
func (c *config) torn(ctx context.Context, f *figures, damages int) (err error) {
	l, t, err := c.recorded(ctx, "torn")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.close()) }()
	random := rand.New(rand.NewPCG(c.seed, 8))
	for ; f.N < damages; f.N++ {
		left, err := l.damaged(t, random)
		if err != nil {
			return err
		}
		if left.refuses(ctx) {
			f.Refused++
		}
		for event, h := range left.ledger.events {
			if len(h.records) > 1 {
				f.twice("event %d (damage %d)", event, f.N)
			}
		}
		left.ledger.close()
	}
	return nil
}

// damaged is the life as it was at the end, with a ledger of its own that has everything
// that was recorded, and with damaged files.
func (l *life) damaged(t *tape, random *rand.Rand) (*life, error) {
	ledger, err := newLedger(random.Uint64(), 0, false)
	if err != nil {
		return nil, err
	}
	for i := range t.moments {
		if c := t.moments[i].call; c != nil {
			ledger.note(*c)
		}
	}
	left := &life{plan: l.plan, stock: l.stock, ledger: ledger}
	left.Folder, left.Ledger = filepath.Join(l.Folder, "left"), ledger.url
	if err := errors.Join(os.RemoveAll(left.Folder), os.MkdirAll(left.Folder, 0o700)); err != nil {
		return nil, err
	}
	data, moments, name := filepath.Join(left.Folder, "data"), t.moments, "outbox.db"
	if random.IntN(2) == 0 {
		moments, name = t.whole(), "outbox.db-wal"
	}
	return left, errors.Join(writeLeft(moments, data, random), copyFiles(l.Folder, left.Folder, []string{"/key"}), spoil(filepath.Join(data, name), random))
}

// refuses reports whether the damage is noticed: the outbox does not open, says that the
// trail or a text is damaged, or takes the files for a backup. If it opens, it sends what it can.
func (l *life) refuses(ctx context.Context) bool {
	w, err := openWorker(ctx, l.plan, l.stock, func(string) {})
	if err != nil {
		return true
	}
	_, audit := w.box.VerifyAudit(ctx)
	_, list := w.box.List(ctx, outbox.Filter{})
	drain := w.drain(ctx)
	line, _ := w.box.Line(ctx)
	return errors.Join(audit, list, drain, w.store.Close()) != nil || line.Stopped != ""
}

// whole are the moments before the log of SQLite was removed.
func (t *tape) whole() []moment {
	for i := range t.moments {
		if t.moments[i].op.Kind == opDelete && i > len(t.moments)/2 {
			return t.moments[:i]
		}
	}
	return t.moments
}

// spoil cuts a file off or changes some of its bytes.
func spoil(name string, random *rand.Rand) error {
	data, err := os.ReadFile(name)
	if err != nil || len(data) == 0 {
		return fmt.Errorf("there is nothing to damage: %w", err)
	}
	if random.IntN(3) == 0 {
		data = data[:random.IntN(len(data))]
	} else {
		for range 1 + random.IntN(8) {
			data[random.IntN(len(data))] ^= byte(1 + random.IntN(255))
		}
	}
	return os.WriteFile(name, data, 0o600)
}
