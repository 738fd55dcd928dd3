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

// counted is how many reports are in each state, as of a moment ago.
type counted struct {
	at     time.Time
	counts []outbox.Count
}

const (
	countEvery    = 2 * time.Second
	pressureRetry = 30 * time.Second
)

// countNow counts the reports, at most once in a while.
func (b *Bridge) countNow(ctx context.Context) ([]outbox.Count, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if time.Since(b.counts.at) < countEvery {
		return b.counts.counts, nil
	}
	counts, err := b.Outbox().Count(ctx)
	if err == nil {
		b.counts = counted{time.Now(), counts}
	}
	return counts, err
}

// pressure says why nothing should be taken in now; nil if nothing speaks against it.
func (b *Bridge) pressure(ctx context.Context) error {
	c := b.current.Load().setup.cfg
	counts, err := b.countNow(ctx)
	if err != nil {
		return errors.New("the outbox cannot be read")
	}
	waiting := 0
	for _, one := range counts {
		if one.State == string(draft.Pending) {
			waiting += one.N
		}
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
	if line, err := b.Outbox().Line(r.Context()); err == nil && !line.Open(time.Now()) {
		out["line"] = "waits"
		if line.Stopped != "" {
			out["line"] = "stopped: " + line.Stopped
		}
	}
	answer(w, status, "application/json", out)
}
