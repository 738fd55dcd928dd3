package outboxtest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/outbox"
)

// What came in and what was recorded is counted by hour, from a time on and for the
// endpoint.
func testFlow(t *testing.T, b *bench) {
	other, err := outbox.Open(ctx, b.store, b.key, "other", outbox.WithClock(b.clock.Now))
	require.NoError(t, err)
	begin := b.clock.Now()
	b.add(Item(t, "1", fridge, "2026-02-03"))
	b.pass(time.Hour)
	_, err = other.Enqueue(ctx, Item(t, "1", fridge, "2026-02-03"))
	require.NoError(t, err)
	b.pass(time.Hour)
	b.add(Item(t, "2", fridge+" Again.", "2026-02-03"), Item(t, "3", fridge+" Once more.", "2026-02-03"))
	for since, added := range map[time.Time]map[time.Time]int{
		begin:                {begin: 1, begin.Add(2 * time.Hour): 2},
		begin.Add(time.Hour): {begin.Add(2 * time.Hour): 2},
		b.clock.Now():        {begin.Add(2 * time.Hour): 2},
	} {
		flow, err := b.box.Flow(ctx, since)
		require.NoError(t, err)
		assert.Len(t, flow, len(added))
		for hour, n := range added {
			assert.Equal(t, outbox.Flow{Added: n}, flow[hour])
		}
	}
	b.drain()
	flow, err := b.box.Flow(ctx, begin)
	require.NoError(t, err)
	recorded := 0
	for _, f := range flow {
		recorded += f.Recorded
	}
	assert.Equal(t, 3, recorded)
}
