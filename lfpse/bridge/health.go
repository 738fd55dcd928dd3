package bridge

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"time"

	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/internal/disk"
	"github.com/gpsafety/lfpse-go/lfpse/outbox"
)

// counted is how many reports are in each state, as of a while ago.
type counted struct {
	counts []outbox.Count
	added  int       // reports that came in since
	next   time.Time // when they are counted again
	busy   bool      // somebody counts
}

// The more reports there are, the longer it takes to count them: that may take one part in
// countShare of the time.
const (
	countEvery    = 2 * time.Second
	countShare    = 20
	pressureRetry = 30 * time.Second
)

// countNow counts the reports, unless that was done a while ago or somebody does it.
func (b *Bridge) countNow(ctx context.Context) ([]outbox.Count, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.counts.busy || time.Now().Before(b.counts.next) {
		return b.counts.counts, nil
	}
	began, before := time.Now(), b.counts.added
	b.counts.busy = true
	b.mu.Unlock()
	counts, err := b.Outbox().Count(ctx)
	b.mu.Lock()
	b.counts.busy = false
	if err == nil {
		b.counts.counts, b.counts.added = counts, b.counts.added-before
		b.counts.next = time.Now().Add(max(countEvery, countShare*time.Since(began)))
	}
	return counts, err
}

// took notes what became of a report that came in.
func (b *Bridge) took(practice, way string, r *Result) {
	b.metrics.took(practice, way, r)
	if r.Change == outbox.Added {
		b.mu.Lock()
		b.counts.added++
		b.mu.Unlock()
	}
}

// waiting is how many reports wait to be sent, or a few more.
func (b *Bridge) waiting(ctx context.Context) (n int, err error) {
	counts, err := b.countNow(ctx)
	for _, one := range counts {
		if one.State == string(draft.Pending) {
			n += one.N
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return n + b.counts.added, err
}

// pressure says why nothing should be taken in now; nil if nothing speaks against it.
func (b *Bridge) pressure(ctx context.Context) error {
	c := b.current.Load().setup.cfg
	waiting, err := b.waiting(ctx)
	if err != nil {
		return errors.New("the outbox cannot be read")
	}
	if waiting >= c.Limits.Backlog {
		return fmt.Errorf("%d reports wait to be sent", waiting)
	}
	if free, known := disk.Free(filepath.Dir(c.Outbox.File)); known && c.Outbox.File != "" && free < uint64(c.Limits.FreeDisk)<<20 {
		return errors.New("the disk of the outbox is nearly full")
	}
	return nil
}

// health says that the process is alive.
func (b *Bridge) health(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, "application/json", map[string]string{"status": "ok"})
}

// ready says whether reports are taken in, and whether they are sent. It is ready also
// while the service cannot be reached: reports then wait.
func (b *Bridge) ready(w http.ResponseWriter, r *http.Request) {
	out := map[string]string{"intake": "open", "line": "open"}
	status := http.StatusOK
	if err := b.pressure(r.Context()); err != nil {
		status, out["intake"] = http.StatusServiceUnavailable, err.Error()
		w.Header().Set("Retry-After", fmt.Sprint(int(pressureRetry.Seconds())))
	}
	if line, err := b.Outbox().Line(r.Context()); err == nil && !line.Open(b.options.clock()) {
		out["line"] = "waits"
		if line.Stopped != "" {
			out["line"] = "stopped: " + line.Stopped
		}
	}
	answer(w, status, "application/json", out)
}
