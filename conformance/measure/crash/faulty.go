package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"sync"
)

// faults lets a disk be full or broken for a while, again and again in new lives: what a
// process has said stays true, and when the disk works again, so does the process.
func (c *config) faults(ctx context.Context, f *figures, lives int) error {
	stock, err := newStock(60, 3)
	if err != nil {
		return err
	}
	random := rand.New(rand.NewPCG(c.seed, 6))
	for ; f.N < lives; f.N++ {
		l, err := newLife("sqlite", filepath.Join(c.folder, fmt.Sprint("faulty", f.N)), "", stock, random.Uint64(), 0, true)
		if err != nil {
			return err
		}
		v, err := l.faulty(ctx, random)
		if err := errors.Join(err, l.close()); err != nil {
			return err
		}
		f.add(v.at(fmt.Sprint("disk ", f.N), true))
	}
	return nil
}

func (l *life) faulty(ctx context.Context, random *rand.Rand) (v verdict, err error) {
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
		return v, nil // refused, and nothing was said
	}
	w.say = l.hear
	for range 3 {
		_ = w.round(ctx) // fails somewhere
	}
	watchDisk(nil)
	err = w.drain(ctx) // the same process goes on
	if err := errors.Join(err, w.store.Close()); err != nil {
		return v, err
	}
	if v, err = l.judge(ctx); err != nil {
		return v, err
	}
	end, err := l.end(ctx)
	v.add(end)
	return v, err
}

// diskErrors are SQLite's codes for a disk that is full, one that cannot be written and one
// that does not say whether it has written.
var diskErrors = []int32{13, 10 | 3<<8, 10 | 4<<8, 8}
