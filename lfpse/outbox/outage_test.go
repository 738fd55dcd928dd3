package outbox_test

import (
	"fmt"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/client"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/outbox"
	"github.com/gpsafety/lfpse-go/lfpse/outbox/outboxtest"
	"github.com/gpsafety/lfpse-go/lfpse/outbox/sqlite"
)

// The service is away for three days, at first without a word, then without a connection,
// while reports come in: a few become unknown, the others wait, and when it is back they
// are sent once each, the oldest first. The memory does not grow with what waits.
func TestOutage(t *testing.T) {
	clock, service := outboxtest.NewClock(), &outboxtest.Service{}
	store, err := sqlite.Open(ctx, filepath.Join(t.TempDir(), "outbox.db"), sqlite.Sending(nil))
	require.NoError(t, err)
	defer store.Close()
	box, err := outbox.Open(ctx, store, outboxtest.Key(t), "national", outbox.WithClock(clock.Now), outbox.WithLimits(outbox.Limits{InFlight: 1}))
	require.NoError(t, err)

	service.Down = &client.Error{Op: client.OpMetadata, Outcome: client.NotSent, Reason: client.NotConnected}
	service.Answer = func(n int, _ client.Op) error {
		if n <= 5 {
			return &client.Error{Op: client.OpSubmit, Outcome: client.Unknown, Reason: client.Timeout}
		}
		return &client.Error{Op: client.OpSubmit, Outcome: client.NotSent, Reason: client.NotConnected}
	}
	before := heap()
	waiting := outage(t, box, service, clock)
	assert.Less(t, heap(), before+4<<20)

	unknown, err := box.List(ctx, outbox.Filter{States: []string{string(draft.Unknown)}})
	require.NoError(t, err)
	assert.LessOrEqual(t, len(unknown), 10)
	assert.Empty(t, service.Ledger())
	service.Down, service.Answer = nil, nil
	for range 3 {
		_, err = box.Drain(ctx, service, 1000)
		require.NoError(t, err)
		clock.Add(time.Hour)
	}
	ledger := service.Ledger()
	require.Len(t, ledger, len(waiting)-len(unknown), "each once")
	for i, call := range ledger {
		assert.Equal(t, waiting[len(unknown)+i], call.Digest, "the oldest first")
	}
	calls, _ := service.Calls()
	assert.LessOrEqual(t, float64(calls), 1.1*float64(len(waiting)), "requests with a report")
}

// outage lets reports come in for three days, and returns their contents in order.
func outage(t *testing.T, box *outbox.Outbox, service *outboxtest.Service, clock *outboxtest.Clock) (waiting []outbox.Digest) {
	const each, step = 4, 30 * time.Minute
	for hour := time.Duration(0); hour < 72*time.Hour; hour += step {
		items := make([]outbox.Item, each)
		for i := range items {
			n := len(waiting)
			items[i] = outboxtest.Item(t, fmt.Sprint(n), fmt.Sprintf("The fridge alarm was switched off, number %d.", n), "2026-02-03")
			waiting = append(waiting, items[i].Content)
		}
		_, err := box.Enqueue(ctx, items...)
		require.NoError(t, err)
		_, err = box.Drain(ctx, service, 1000)
		require.NoError(t, err)
		clock.Add(step)
	}
	return waiting
}

func heap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
