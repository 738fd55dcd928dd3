package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/gpsafety/lfpse-go/lfpse/outbox"
	"github.com/gpsafety/lfpse-go/lfpse/outbox/sqlite"
	"github.com/gpsafety/lfpse-go/lfpse/printable"
)

// openStore opens the store of an outbox and its key, for all commands. One that sends
// waits until another that does so has ended, and says so on notes.
func openStore(ctx context.Context, notes io.Writer, p boxPlace, keyFile string, sends bool) (outbox.Store, outbox.Key, error) {
	address, err := p.database()
	switch {
	case err != nil:
		return nil, outbox.Key{}, err
	case address != "":
		return openDatabase(ctx, notes, address, keyFile, sends)
	}
	return openFile(ctx, notes, string(p), keyFile, sends)
}

// openFile opens an outbox in a file, of which one command at a time sends. Only one that
// sends makes what is not there.
func openFile(ctx context.Context, notes io.Writer, place, keyFile string, sends bool) (outbox.Store, outbox.Key, error) {
	if err := sqlite.Check(place); err != nil {
		return nil, outbox.Key{}, err
	}
	info, err := os.Stat(place)
	fresh := err != nil || info.Size() == 0
	if fresh && !sends {
		return nil, outbox.Key{}, errEmpty // and nothing is made
	}
	key, err := outboxKey(notes, cmp.Or(keyFile, place+".key"), func() (bool, error) { return fresh, nil })
	if err != nil {
		return nil, key, err
	}
	var opts []sqlite.Option
	if sends {
		opts = append(opts, sqlite.Sending(func() {
			fmt.Fprintf(notes, "%s is in use by another command: waiting until it has done. Ctrl-C ends this one; nothing has been sent.\n", printable.Line(place))
		}))
	}
	store, err := sqlite.Open(ctx, place, opts...)
	if err != nil {
		return nil, key, err // and no store that is nil in all but its type
	}
	return store, key, nil
}

// outboxKey loads the key of an outbox. It makes one for an outbox that is new only, and
// says so: in place of one that is lost, another would be of no use.
func outboxKey(notes io.Writer, name string, isNew func() (bool, error)) (outbox.Key, error) {
	key, err := outbox.LoadKey(name)
	if !errors.Is(err, fs.ErrNotExist) {
		return key, err
	}
	fresh, err := isNew()
	if err != nil {
		return key, err
	}
	if !fresh {
		return key, fmt.Errorf("the key file %s of this outbox is not there: put it back from where you keep its copy, or name it with --key", clean(name))
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return key, err
	}
	if key, err = outbox.CreateKey(name); err == nil {
		fmt.Fprintf(notes, "The key of the outbox is new: %s. Keep a copy of it apart from copies of the outbox: without it the texts of the reports cannot be read.\n", clean(name))
	}
	return key, err
}

// box is the outbox of a command.
type box struct {
	*outbox.Outbox
	store outbox.Store
	lasts bool         // it is there after the command, so that others can be about it
	close func() error // closes the store
}

// openBox opens an outbox to send from it, or one that is removed when it is closed.
func (cmd *submitCmd) openBox(ctx context.Context, c *console, endpoint string, opts ...outbox.Option) (*box, error) {
	b := &box{lasts: cmd.Outbox != ""}
	at, notes, remove := cmd.Outbox, c.err, func() error { return nil }
	if !b.lasts {
		folder, err := os.MkdirTemp("", "lfpse-")
		if err != nil {
			return nil, err
		}
		at, notes, remove = boxPlace(filepath.Join(folder, "outbox.db")), io.Discard, func() error { return os.RemoveAll(folder) }
	}
	b.close = func() error {
		if b.store != nil {
			return errors.Join(b.store.Close(), remove())
		}
		return remove()
	}
	err := b.open(ctx, notes, at, cmd.Key, endpoint, opts...)
	if err != nil {
		return nil, errors.Join(unusable(ctx, err), b.close())
	}
	return b, nil
}

func (b *box) open(ctx context.Context, notes io.Writer, p boxPlace, keyFile, endpoint string, opts ...outbox.Option) (err error) {
	var key outbox.Key
	if b.store, key, err = openStore(ctx, notes, p, keyFile, true); err != nil {
		return err
	}
	b.Outbox, err = outbox.Open(ctx, b.store, key, endpoint, opts...)
	return err
}

// unusable is the error of an outbox that cannot be opened to send from it.
func unusable(ctx context.Context, err error) error {
	var down *pgconn.ConnectError
	switch {
	case ctx.Err() != nil:
		return &exit{exitDelivery, errors.New("interrupted while the outbox was in use by another command; nothing was sent (exit code 3)")}
	case errors.Is(err, outbox.ErrUnwritable), errors.As(err, &down):
		return &exit{exitDelivery, fmt.Errorf("%w\nNothing was sent (exit code 3)", err)}
	}
	return err
}

// try says what a command is for, and the command without the flags that name the outbox.
// There is none for an outbox that does not last.
func (b *box) try(what, command string, args ...any) []remark {
	if !b.lasts {
		return nil
	}
	return []remark{said(what + ": lfpse outbox " + fmt.Sprintf(command, args...))}
}
