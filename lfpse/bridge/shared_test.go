package bridge_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/bridge"
	"github.com/gpsafety/lfpse-go/lfpse/outbox"
	"github.com/gpsafety/lfpse-go/lfpse/outbox/sqlite"
)

// shared is a store that several bridges have open at once, as a database is.
type shared struct {
	outbox.Store
	owner string
	all   *owners
	lost  chan struct{}
}

// owners are the bridges that are alive.
type owners struct {
	mu    sync.Mutex
	alive map[string]bool
}

func (s *shared) Owner() string         { return s.owner }
func (s *shared) Lost() <-chan struct{} { return s.lost }

func (s *shared) Alive(_ context.Context, owner string) (bool, error) {
	s.all.mu.Lock()
	defer s.all.mu.Unlock()
	return s.all.alive[owner], nil
}

func (s *shared) Close() error {
	s.all.mu.Lock()
	defer s.all.mu.Unlock()
	delete(s.all.alive, s.owner)
	return nil
}

// Two bridges share folders and a store: each file is taken in once, each event is recorded
// once, each change is told once; and when one has gone, the other goes on.
func TestTwoBridges(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	hook := newReceiver(t, p)
	p.write("database", "postgres://lfpse@database.example/lfpse")
	text := readFile(t, p.dir+"/bridge.yaml")
	p.write("bridge.yaml", strings.Replace(text, "file: state/outbox.db", "postgres: {file: database}", 1))
	_, err := outbox.CreateKey(filepath.Join(p.dir, "outbox.key"))
	require.NoError(t, err)
	store, err := sqlite.Open(context.Background(), filepath.Join(p.dir, "shared.db"), sqlite.Sending(nil))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, store.Close()) })
	all := &owners{alive: map[string]bool{}}
	start := func(owner string) (*running, *shared) {
		s := &shared{store, owner, all, make(chan struct{})}
		p.opts = []bridge.Option{bridge.WithPostgres(func(_ context.Context, url string) (outbox.Store, error) {
			assert.Equal(t, "postgres://lfpse@database.example/lfpse", url)
			all.mu.Lock()
			defer all.mu.Unlock()
			all.alive[owner] = true
			return s, nil
		})}
		return p.start(), s
	}
	one, _ := start("first of 2")
	two, second := start("second of 2")
	const files = 30
	drop := func(from int) {
		for i := range files {
			p.write(fmt.Sprintf("in/events/%d.json", from+i), strings.Replace(event, "vaccine", fmt.Sprintf("number %d", from+i), 1))
		}
	}
	drop(0)
	soon(t, "all are sent", func() bool { return p.recorded() == files })
	require.NoError(t, one.stop())
	drop(files)
	soon(t, "the other goes on", func() bool { return p.recorded() == 2*files })
	soon(t, "all are told", func() bool { return hook.messages() >= 2*files })
	time.Sleep(1200 * time.Millisecond)
	assert.Equal(t, 2*files, p.recorded())
	assert.Equal(t, 2*files, hook.messages())
	assert.Len(t, p.files("in/events/done"), 4*files)
	close(second.lost) // the others take it for dead, so it must not go on
	soon(t, "it ends", func() bool { live, err := second.Alive(context.Background(), second.owner); return err == nil && !live })
	two.fails = true
	assert.ErrorContains(t, two.stop(), "was lost")
}
