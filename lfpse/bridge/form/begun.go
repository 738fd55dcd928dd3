package form

import (
	"sync"
	"time"

	"github.com/gpsafety/lfpse-go/lfpse/outbox"
)

// begun are the drafts that first pages have begun. A page that is sent twice, by a double
// click or after going back, begins one draft and not two. They are in memory only: a page
// that is sent again after a restart begins another draft, which is in the list of drafts.
type begun struct {
	keeping sync.Mutex // held while a draft is begun, so that the second click waits for the first
	mu      sync.Mutex
	byPage  map[string]first
}

// first is the draft that a first page has begun, as it was then.
type first struct {
	user, stage string
	at          outbox.Edition
	ends        time.Time
}

// remembered is how long it is known what a first page has begun: longer than a session.
const remembered = 12 * time.Hour

func newBegun() *begun { return &begun{byPage: map[string]first{}} }

// of returns the draft that a user has begun with a page; none for a page without id.
func (b *begun) of(page, user string) (first, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	x, ok := b.byPage[page]
	return x, ok && page != "" && x.user == user
}

// put notes that a page has begun a draft.
func (b *begun) put(page string, x first, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for known, x := range b.byPage {
		if !now.Before(x.ends) {
			delete(b.byPage, known)
		}
	}
	x.ends = now.Add(remembered)
	b.byPage[page] = x
}
