package postgres

import (
	"context"
	"sync"

	"github.com/gpsafety/lfpse-go/lfpse/outbox"
)

// statistics are what the server knows of the reports. Without any it takes one practice for
// a few reports, and reads all of them for each report that comes in. It looks by itself a
// minute after the first have come: until then there may be many thousands.
type statistics struct {
	mu     sync.Mutex
	stored int
	taken  bool
}

// enough is how many reports a process stores before it has the server look.
const enough = 500

// stored notes how many reports have come in. Once that is enough, the server is asked to
// look, if it never has. If it cannot, it will by itself.
func (s *Store) stored(ctx context.Context, n int) {
	k := &s.statistics
	k.mu.Lock()
	k.stored += n
	now := !k.taken && k.stored >= enough
	k.taken = k.taken || now
	k.mu.Unlock()
	if now {
		_, _ = s.pool.Exec(ctx, "SELECT lfpse.take_statistics()")
	}
}

// Insert is described at [outbox.Tx].
func (f *fenced) Insert(reports []*outbox.Report) error {
	f.inserted += len(reports)
	return f.Tx.Insert(reports)
}
