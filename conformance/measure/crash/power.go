package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/gpsafety/lfpse-go/lfpse/outbox"
)

// sector is the unit that a disk writes whole or not at all.
const sector = 512

// moment is one thing that happened: an operation on a file, a word of the process, or what
// the ledger had recorded by then.
type moment struct {
	op   diskOp
	word *word
	mark []byte // what the mark beside the database was
}

// tape is everything that happened in one life without a death, in its order.
type tape struct {
	mu      sync.Mutex
	moments []moment
	mark    string // name of the file
}

func (t *tape) operate(op diskOp) int32 {
	t.mu.Lock()
	defer t.mu.Unlock()
	mark, _ := os.ReadFile(t.mark)
	t.moments = append(t.moments, moment{op: op, mark: mark})
	return 0
}

func (t *tape) say(w word) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.moments = append(t.moments, moment{word: &w})
}

// power records a life and then lets the power fail at many of its moments: of what was
// written to a file since it was synced last, any sectors may be on the disk and any not.
func (c *config) power(ctx context.Context, losses int) (f figures, err error) {
	begin := time.Now()
	defer func() { f.Took = time.Since(begin) }()
	stock, err := newStock(120, 3)
	if err != nil {
		return f, err
	}
	l, err := newLife("sqlite", filepath.Join(c.folder, "power"), "", stock, c.seed, 0, true)
	if err != nil {
		return f, err
	}
	defer l.ledger.close()
	t := &tape{mark: string(l.db.(sqliteFile)) + ".mark"}
	l.ledger.watch = t.say
	if err := l.record(ctx, t); err != nil {
		return f, err
	}
	random := rand.New(rand.NewPCG(c.seed, 5))
	for range losses {
		j, err := l.lose(ctx, t, 1+random.IntN(len(t.moments)), random)
		if err != nil {
			return f, err
		}
		f.Kills++
		f.add(j)
	}
	return f, ctx.Err()
}

// record lets a process work in peace.
func (l *life) record(ctx context.Context, t *tape) error {
	watchDisk(t.operate)
	defer watchDisk(nil)
	w, err := openWorker(ctx, l.plan, l.stock, func(string) {})
	if err != nil {
		return err
	}
	w.say = t.say
	for range 4 {
		if err := w.round(ctx); err != nil {
			return errors.Join(err, w.store.Close())
		}
	}
	return w.store.Close()
}

// lose makes what is left when the power fails at a moment, and judges it.
func (l *life) lose(ctx context.Context, t *tape, at int, random *rand.Rand) (j judged, err error) {
	folder := filepath.Join(l.Folder, "left")
	if err := os.RemoveAll(folder); err != nil {
		return j, err
	}
	left, err := newDatabase("sqlite", folder)
	if err != nil {
		return j, err
	}
	after := life{plan: l.plan, db: left, stock: l.stock, ledger: emptyLedger(), known: newBeliefs()}
	after.Folder = folder
	for i := range t.moments[:at] {
		if w := t.moments[i].word; w != nil {
			after.hear(*w)
			after.ledger.hear(*w)
		}
	}
	if err := writeLeft(t.moments[:at], filepath.Join(folder, "data"), random); err != nil {
		return j, err
	}
	if j, err = after.judge(ctx); err != nil {
		return j, fmt.Errorf("after the power failed at moment %d: %w", at, err)
	}
	store, err := left.open(ctx, true)
	if err != nil {
		return j, err
	}
	err = store.View(ctx, func(tx outbox.Tx) error {
		backup, err := tx.Setting(outbox.BackupSetting)
		if backup != nil {
			j.lost("a loss of power is taken for a backup that was put back, at moment %d", at)
		}
		return err
	})
	return j, errors.Join(err, store.Close())
}

// writeLeft writes the files as the disk holds them.
func writeLeft(moments []moment, folder string, random *rand.Rand) error {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	var mark []byte
	names := map[string]bool{}
	for _, m := range moments {
		if m.mark != nil {
			mark = m.mark
		}
		if m.op.File != "" {
			names[m.op.File] = true
		}
	}
	for name := range names {
		data, there := contents(moments, name, random)
		if !there {
			continue
		}
		if err := os.WriteFile(filepath.Join(folder, filepath.Base(name)), data, 0o600); err != nil {
			return err
		}
	}
	if mark == nil {
		return nil
	}
	return os.WriteFile(filepath.Join(folder, "outbox.db.mark"), mark, 0o600)
}

// contents is what the disk holds of a file: everything until it was synced last, and
// after that of each operation some. A file that was removed may be there as long as no file
// beside it has been synced.
func contents(moments []moment, name string, random *rand.Rand) (data []byte, there bool) {
	synced, folder := 0, 0
	for i, m := range moments {
		if m.op.Kind == opSync {
			folder = i
		}
		if m.op.File == name && m.op.Kind == opSync {
			synced = i
		}
	}
	luck := random.IntN(4) // none, some or all of it
	for i, m := range moments {
		if m.op.File != name {
			continue
		}
		sure := i < synced || luck == 3
		there = true
		switch {
		case m.op.Kind == opDelete && (i < folder || random.IntN(2) == 0):
			data, there = nil, false
		case m.op.Kind == opTruncate && (sure || luck > 0 && random.IntN(2) == 0):
			data = resized(data, m.op.At)
		case m.op.Kind == opWrite:
			for part := range slices.Chunk(m.op.Data, sector) {
				if at := m.op.At; sure || luck > 0 && random.IntN(2) == 0 {
					data = resized(data, max(int64(len(data)), at+int64(len(part))))
					copy(data[at:], part)
				}
				m.op.At += int64(len(part))
			}
		}
	}
	return data, there
}

func resized(data []byte, size int64) []byte {
	if int64(len(data)) >= size {
		return data[:size]
	}
	return append(data, bytes.Repeat([]byte{0}, int(size)-len(data))...)
}

// faults lets a disk be full or broken for a while, again and again in new lives: what a
// process has said stays true, and when the disk works again, so does the process.
func (c *config) faults(ctx context.Context, lives int) (f figures, err error) {
	begin := time.Now()
	defer func() { f.Took = time.Since(begin) }()
	stock, err := newStock(60, 3)
	if err != nil {
		return f, err
	}
	random := rand.New(rand.NewPCG(c.seed, 6))
	for n := range lives {
		l, err := newLife("sqlite", filepath.Join(c.folder, fmt.Sprint("faulty", n)), "", stock, random.Uint64(), 0, true)
		if err != nil {
			return f, err
		}
		j, err := l.faulty(ctx, random)
		l.ledger.close()
		if err != nil {
			return f, err
		}
		f.Kills++
		f.add(j)
	}
	return f, nil
}

func (l *life) faulty(ctx context.Context, random *rand.Rand) (j judged, err error) {
	from, n := 20+random.IntN(400), 1+random.IntN(12)
	code := diskErrors[random.IntN(len(diskErrors))]
	var mu sync.Mutex
	watchDisk(func(diskOp) int32 {
		mu.Lock()
		defer mu.Unlock()
		if from--; from < 0 && from >= -n {
			return code
		}
		return 0
	})
	defer watchDisk(nil)
	w, err := openWorker(ctx, l.plan, l.stock, func(string) {})
	if err != nil {
		return j, nil // refused, and nothing was said
	}
	w.say = l.hear
	for range 3 {
		_ = w.round(ctx) // fails somewhere
	}
	watchDisk(nil)
	err = w.drain(ctx) // the same process goes on
	if err := errors.Join(err, w.store.Close()); err != nil {
		return j, err
	}
	if j, err = l.judge(ctx); err != nil {
		return j, err
	}
	end, err := l.end(ctx)
	j.add(end)
	return j, err
}

// diskErrors are SQLite's codes for a disk that is full, one that cannot be written and one
// that does not say whether it has written.
var diskErrors = []int32{13, 10 | 3<<8, 10 | 4<<8, 8}
