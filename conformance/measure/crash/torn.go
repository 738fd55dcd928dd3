package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"github.com/gpsafety/lfpse-go/lfpse/outbox"
)

// torn damages the files of an outbox and opens it again: it says what is wrong, or works;
// it sends nothing twice.
func (c *config) torn(ctx context.Context, damages int) (f figures, err error) {
	begin := time.Now()
	defer func() { f.Took = time.Since(begin) }()
	stock, err := newStock(120, 3)
	if err != nil {
		return f, err
	}
	l, err := newLife("sqlite", filepath.Join(c.folder, "torn"), "", stock, c.seed, 0, true)
	if err != nil {
		return f, err
	}
	defer l.ledger.close()
	t := &tape{mark: string(l.db.(sqliteFile)) + ".mark"}
	if err := l.record(ctx, t); err != nil {
		return f, err
	}
	random := rand.New(rand.NewPCG(c.seed, 8))
	for range damages {
		refused, j, err := l.damage(ctx, t, random)
		if err != nil {
			return f, err
		}
		f.Kills++
		if refused {
			f.Refused++
		}
		f.add(j)
	}
	return f, nil
}

// damage damages the files as they were at the end, and sees what becomes of it. What is
// refused is not judged.
func (l *life) damage(ctx context.Context, t *tape, random *rand.Rand) (refused bool, j judged, err error) {
	left := life{plan: l.plan, stock: l.stock, ledger: l.ledger, known: newBeliefs()}
	left.Folder = filepath.Join(l.Folder, "left")
	if err := errors.Join(os.RemoveAll(left.Folder), os.MkdirAll(left.Folder, 0o700)); err != nil {
		return false, j, err
	}
	if left.db, err = newDatabase("sqlite", left.Folder); err != nil {
		return false, j, err
	}
	data, moments, name := filepath.Join(left.Folder, "data"), t.moments, "outbox.db"
	if random.IntN(2) == 0 {
		moments, name = t.whole(), "outbox.db-wal"
	}
	if err := errors.Join(writeLeft(moments, data, random), copyFiles(l.Folder, left.Folder, []string{"/key"})); err != nil {
		return false, j, err
	}
	if err := spoil(filepath.Join(data, name), random); err != nil {
		return false, j, err
	}
	w, err := openWorker(ctx, left.plan, l.stock, func(string) {})
	if err != nil {
		return true, j, nil
	}
	_, audit := w.box.VerifyAudit(ctx)
	_, list := w.box.List(ctx, outbox.Filter{})
	drain := w.drain(ctx)
	line, _ := w.box.Line(ctx)
	refused = audit != nil || list != nil || drain != nil || line.Stopped != ""
	if err := w.store.Close(); err != nil {
		return true, j, nil
	}
	l.judgeLedger(&j)
	return refused, j, nil
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
