package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"regexp"
	"strings"

	"github.com/gpsafety/lfpse-go/lfpse/endpoint"
	"github.com/gpsafety/lfpse-go/lfpse/outbox"
	"github.com/gpsafety/lfpse-go/lfpse/outbox/postgres"
)

// boxPlace is where an outbox is, as somebody has named it: a file, the address of a
// PostgreSQL database, or @FILE or env:NAME, which hold such an address. There may be a
// password in an address, so none is ever shown.
type boxPlace string

// likeAddress is what no name of a file looks like: it is taken for an address, perhaps one
// with a slip, and is neither shown nor made a file of.
var likeAddress = regexp.MustCompile(`(?i)^postgres(ql)?:|://|\bpassword *=`)

// held says where the address is held, if it is not in the name itself.
func (p boxPlace) held() (s endpoint.Secret) {
	if name, ok := strings.CutPrefix(string(p), "@"); ok {
		s = endpoint.FromFile(name)
	} else if name, ok := strings.CutPrefix(string(p), "env:"); ok {
		s = endpoint.FromEnv(name)
	}
	return s
}

// database is the address of the database in which the outbox is. It is empty if the outbox
// is in a file.
func (p boxPlace) database() (string, error) {
	held := p.held()
	if p == "" {
		return "", errors.New("name the outbox with --outbox, or in the environment as LFPSE_OUTBOX")
	}
	if held.IsZero() && !likeAddress.MatchString(string(p)) {
		return "", nil
	}
	address := string(p)
	if !held.IsZero() {
		data, err := held.Read()
		if err != nil {
			return "", fmt.Errorf("the address of the outbox: %w", err)
		}
		address = strings.TrimSpace(string(data))
	}
	if !strings.HasPrefix(address, "postgres://") && !strings.HasPrefix(address, "postgresql://") {
		return "", postgres.ErrAddress
	}
	return address, nil
}

// there returns an error if there is no outbox yet.
func (p boxPlace) there() error {
	address, err := p.database()
	if err != nil || address != "" {
		return err // a database says so itself
	}
	if _, err := os.Stat(string(p)); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no outbox %s: lfpse submit makes it, with --outbox", clean(string(p)))
	}
	return nil
}

// word is the place for a command to copy.
func (p boxPlace) word() string {
	switch {
	case !p.held().IsZero():
		return quoted(string(p))
	case !likeAddress.MatchString(string(p)):
		return quoted(string(p))
	case string(p) == os.Getenv("LFPSE_OUTBOX"):
		return "env:LFPSE_OUTBOX"
	}
	return "ADDRESS"
}

// openDatabase opens an outbox in a database, which any number of commands may use at the
// same time, and its key. One that sends makes a key for an outbox that nobody has used yet.
func openDatabase(ctx context.Context, notes io.Writer, address, keyFile string, sends bool) (outbox.Store, outbox.Key, error) {
	if keyFile == "" {
		return nil, outbox.Key{}, errors.New("an outbox in a database needs --key FILE (or LFPSE_OUTBOX_KEY), the same key file on every computer that uses it")
	}
	store, err := postgres.Open(ctx, address)
	if err != nil {
		return nil, outbox.Key{}, migrated(err)
	}
	key, err := outboxKey(notes, keyFile, func() (bool, error) {
		names, err := outbox.Endpoints(ctx, store)
		if err == nil && len(names) == 0 && !sends {
			err = errEmpty
		}
		return len(names) == 0, err
	})
	if err != nil {
		return nil, key, errors.Join(err, store.Close())
	}
	return store, key, nil
}

// migrated says of a database without the tables of this version how it gets them.
func migrated(err error) error {
	if errors.Is(err, postgres.ErrNoSchema) || errors.Is(err, postgres.ErrOlder) {
		return fmt.Errorf("%w: lfpse outbox migrate", err)
	}
	return err
}
