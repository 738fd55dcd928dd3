package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/rogpeppe/go-internal/lockedfile"

	"github.com/gpsafety/lfpse-go/lfpse/printable"
)

// quietWait is how long a command waits for a locked file before it says so.
const quietWait = 300 * time.Millisecond

// openLocked opens a file, which is created if need be, to read and to append, and locks
// it. While another command has locked it this one waits, says so on w, and ends with an
// error when ctx does.
func openLocked(ctx context.Context, name string, w io.Writer) (*lockedfile.File, error) {
	type opened struct {
		file *lockedfile.File
		err  error
	}
	got := make(chan opened, 1)
	go func() { // the system call that waits cannot be interrupted
		file, err := lockedfile.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
		got <- opened{file, err}
	}()
	patience := time.NewTimer(quietWait)
	defer patience.Stop()
	for {
		select {
		case o := <-got:
			return o.file, o.err
		case <-patience.C:
			fmt.Fprintf(w, "%s is in use by another command: waiting until it has done. Ctrl-C ends this one; nothing has been sent.\n", printable.Line(name))
		case <-ctx.Done():
			go func() {
				if o := <-got; o.err == nil {
					_ = o.file.Close()
				}
			}()
			return nil, &exit{exitDelivery, fmt.Errorf("interrupted while %s was in use by another command; nothing was sent (exit code 3)", name)}
		}
	}
}
