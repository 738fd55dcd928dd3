// Package outboxtest has the tests that every store of package outbox must pass, and what
// they need: reports of invented events and a service that keeps a ledger.
package outboxtest

import (
	"context"
	"crypto/sha256"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/client"
	"github.com/gpsafety/lfpse-go/lfpse/code"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/outbox"
	"github.com/gpsafety/lfpse-go/lfpse/submission"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

// Place is where a store keeps its data. Each call of Open stands for another process; the
// store is closed when the test ends, if not before.
type Place interface {
	Open(tb testing.TB) outbox.Store
}

// Builder returns a builder for the embedded taxonomy.
var Builder = sync.OnceValue(func() *submission.Builder {
	t, err := taxonomy.Embedded("6")
	if err != nil {
		panic(err)
	}
	b, err := submission.NewBuilder(t)
	if err != nil {
		panic(err)
	}
	return b
})

// Prepared returns a report that is ready, about an invented event.
func Prepared(tb testing.TB, reference, text string, day lfpse.Date) *submission.Prepared {
	p := &submission.Prepared{Draft: draft.Draft{Reference: reference, Line: 2}}
	nobody := 0
	p.Affected = &nobody
	p.Event = lfpse.Event{
		Type: lfpse.TypeIncident, Description: text, Date: day,
		EstimatedDate: lfpse.EstimatedDate{IncidentOccurredToday: code.YesNoUnknownNo},
		Location:      lfpse.Location{LocationKnown: code.YesNoUnknownYes, Organisation: []string{"A81001"}},
		Reporter:      lfpse.Reporter{ReporterOrganisation: "A81001"},
		RiskDetails:   lfpse.RiskDetails{RiskImminent: code.YesNoUnknownNo},
	}
	p.Submission = Builder().Prepare(&p.Draft)
	require.Equal(tb, draft.Ready, p.State, "%v %v", p.Questions, p.Issues)
	return p
}

// Item returns a report of practice A81001 from its incident log.
func Item(tb testing.TB, reference, text string, day lfpse.Date) outbox.Item {
	p := Prepared(tb, reference, text, day)
	item := outbox.NewItem(Builder(), "A81001", "incidents", p)
	item.Reference = reference
	return item
}

// Key returns a key that is made for the test.
func Key(tb testing.TB) outbox.Key {
	key, err := outbox.CreateKey(filepath.Join(tb.TempDir(), "key"))
	require.NoError(tb, err)
	return key
}

// Clock is a clock that a test sets.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// NewClock starts at a fixed time.
func NewClock() *Clock { return &Clock{now: time.Date(2026, 3, 5, 9, 0, 0, 0, time.UTC)} }

// Now returns the time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Add lets time pass.
func (c *Clock) Add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// Service is a service that keeps a ledger of what reached it. Its zero value takes
// everything.
type Service struct {
	// Answer returns the error of the nth call, from 1; nil takes every call. What the
	// ledger holds is decided by Records.
	Answer func(n int, op client.Op) error
	// Records reports whether a call with that error was recorded all the same.
	Records func(err error) bool
	// Slow is called within each call.
	Slow func()
	// Down is the error of Probe.
	Down error

	mu     sync.Mutex
	calls  int
	probes int
	ledger []Call
}

// Call is one call that reached the service.
type Call struct {
	Op     client.Op
	ID     string
	Digest [sha256.Size]byte
}

// Ledger returns what was recorded.
func (s *Service) Ledger() []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Call(nil), s.ledger...)
}

// Calls returns how many calls and how many probes there were.
func (s *Service) Calls() (calls, probes int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls, s.probes
}

func (s *Service) call(ctx context.Context, op client.Op, id string, digest [sha256.Size]byte) (client.Receipt, error) {
	if ctx.Err() != nil {
		return client.Receipt{}, &client.Error{Op: op, Outcome: client.NotSent, Reason: client.Cancelled}
	}
	if s.Slow != nil {
		s.Slow()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls++
	var err error
	if s.Answer != nil {
		err = s.Answer(s.calls, op)
	}
	if err == nil || s.Records != nil && s.Records(err) {
		if id == "" {
			id = fmt.Sprintf("record-%d", len(s.ledger)+1)
		}
		s.ledger = append(s.ledger, Call{op, id, digest})
	}
	if err != nil {
		return client.Receipt{}, err
	}
	return client.Receipt{ID: id, VersionID: "1", ReferenceNumber: "LFPSE-" + id, At: time.Now(), Digest: digest, Status: 201}, nil
}

// Submit is described at [outbox.Sender], as are the other calls.
func (s *Service) Submit(ctx context.Context, b submission.Submission) (client.Receipt, error) {
	return s.call(ctx, client.OpSubmit, "", b.Digest())
}

// Update is a PUT.
func (s *Service) Update(ctx context.Context, id string, b submission.Submission) (client.Receipt, error) {
	return s.call(ctx, client.OpUpdate, id, b.Digest())
}

// Delete is a DELETE.
func (s *Service) Delete(ctx context.Context, id string) (client.Receipt, error) {
	return s.call(ctx, client.OpDelete, id, [sha256.Size]byte{})
}

// Probe asks whether the service answers.
func (s *Service) Probe(context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.probes++
	return s.Down
}
