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

	"github.com/gpsafety/lfpse-go/lfpse/outbox"
)

// sector is the unit that a disk writes whole or not at all.
const sector = 512

// moment is one thing that happened: an operation on a file, a word of the process, or a
// request to the ledger.
type moment struct {
	op   diskOp
	word *word
	call *call
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

func (t *tape) say(w word) { t.add(moment{word: &w}) }

func (t *tape) call(c call) { t.add(moment{call: &c}) }

func (t *tape) add(m moment) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.moments = append(t.moments, m)
}

// power records a life and then lets the power fail at many of its moments: of what was
// written to a file since it was synced last, any sectors may be on the disk and any not.
func (c *config) power(ctx context.Context, f *figures, losses int) (err error) {
	l, t, err := c.recorded(ctx, "power")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.close()) }()
	random := rand.New(rand.NewPCG(c.seed, 5))
	for ; f.N < losses && ctx.Err() == nil; f.N++ {
		v, err := l.lose(ctx, t, 1+random.IntN(len(t.moments)), random)
		if err != nil {
			return err
		}
		f.add(v)
	}
	return ctx.Err()
}

// recorded is a life that a process has lived in peace, and what happened in it.
func (c *config) recorded(ctx context.Context, name string) (*life, *tape, error) {
	stock, err := newStock(120, 3)
	if err != nil {
		return nil, nil, err
	}
	l, err := newLife("sqlite", filepath.Join(c.folder, name), "", stock, c.seed, 0, true)
	if err != nil {
		return nil, nil, err
	}
	t := &tape{mark: string(l.db.(sqliteFile)) + ".mark"}
	l.ledger.watch = t.call
	err = l.record(ctx, t)
	l.ledger.watch = func(call) {}
	return l, t, err
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
func (l *life) lose(ctx context.Context, t *tape, at int, random *rand.Rand) (v verdict, err error) {
	after := life{plan: l.plan, stock: l.stock, ledger: emptyLedger(), deaths: 1}
	after.forget()
	after.Folder = filepath.Join(l.Folder, "left")
	if err := os.RemoveAll(after.Folder); err != nil {
		return v, err
	}
	if after.db, err = newDatabase("sqlite", after.Folder); err != nil {
		return v, err
	}
	for i := range t.moments[:at] {
		if w := t.moments[i].word; w != nil {
			after.hear(*w)
		}
		if c := t.moments[i].call; c != nil {
			after.ledger.note(*c)
		}
	}
	if err := writeLeft(t.moments[:at], filepath.Join(after.Folder, "data"), random); err != nil {
		return v, err
	}
	if v, err = after.judge(ctx); err != nil {
		return v, fmt.Errorf("after the power failed at moment %d: %w", at, err)
	}
	store, err := after.db.open(ctx)
	if err != nil {
		return v, err
	}
	err = store.View(ctx, func(tx outbox.Tx) error {
		backup, err := tx.Setting(outbox.BackupSetting)
		if backup != nil {
			v.lost("a loss of power is taken for a backup that was put back, at moment %d", at)
		}
		return err
	})
	return v, errors.Join(err, store.Close())
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
