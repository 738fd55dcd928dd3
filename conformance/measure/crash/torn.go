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
		refused, err := l.damage(ctx, t, random)
		if err != nil {
			return err
		}
		if refused {
			f.Refused++
		}
	}
	for event, h := range l.ledger.events {
		if len(h.records) > 1 {
			f.twice("event %d", event)
		}
	}
	return nil
}

// damage damages the files as they were at the end, and sees whether that is noticed.
func (l *life) damage(ctx context.Context, t *tape, random *rand.Rand) (refused bool, err error) {
	left := life{plan: l.plan}
	left.Folder = filepath.Join(l.Folder, "left")
	if err := errors.Join(os.RemoveAll(left.Folder), os.MkdirAll(left.Folder, 0o700)); err != nil {
		return false, err
	}
	if left.db, err = newDatabase("sqlite", left.Folder); err != nil {
		return false, err
	}
	data, moments, name := filepath.Join(left.Folder, "data"), t.moments, "outbox.db"
	if random.IntN(2) == 0 {
		moments, name = t.whole(), "outbox.db-wal"
	}
	if err := errors.Join(writeLeft(moments, data, random), copyFiles(l.Folder, left.Folder, []string{"/key"})); err != nil {
		return false, err
	}
	if err := spoil(filepath.Join(data, name), random); err != nil {
		return false, err
	}
	w, err := openWorker(ctx, left.plan, l.stock, func(string) {})
	if err != nil {
		return true, nil
	}
	_, audit := w.box.VerifyAudit(ctx)
	_, list := w.box.List(ctx, outbox.Filter{})
	drain := w.drain(ctx)
	line, _ := w.box.Line(ctx)
	refused = audit != nil || list != nil || drain != nil || line.Stopped != ""
	if err := w.store.Close(); err != nil {
		return true, nil
	}
	return refused, nil
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
