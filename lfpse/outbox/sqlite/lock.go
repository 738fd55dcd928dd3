package sqlite

import (
	"context"
	"os"
	"time"

	"github.com/rogpeppe/go-internal/lockedfile"
)

// quietWait is how long a process waits for the lock before it says so.
const quietWait = 300 * time.Millisecond

// lock is held by the process that sends.
type lock struct{ file *lockedfile.File }

// acquire waits until the lock is free or ctx ends.
func acquire(ctx context.Context, name string, waiting func()) (*lock, error) {
	type opened struct {
		file *lockedfile.File
		err  error
	}
	got := make(chan opened, 1)
	go func() { // the system call that waits cannot be interrupted
		file, err := lockedfile.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
		got <- opened{file, err}
	}()
	patience := time.NewTimer(quietWait)
	defer patience.Stop()
	for {
		select {
		case o := <-got:
			if o.err != nil {
				return nil, o.err
			}
			return &lock{o.file}, nil
		case <-patience.C:
			if waiting != nil {
				waiting()
			}
		case <-ctx.Done():
			go func() {
				if o := <-got; o.err == nil {
					_ = o.file.Close()
				}
			}()
			return nil, ctx.Err()
		}
	}
}

func (l *lock) release() error { return l.file.Close() }
