package postgres_test

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/outbox"
	"github.com/gpsafety/lfpse-go/lfpse/outbox/outboxtest"
	"github.com/gpsafety/lfpse-go/lfpse/outbox/postgres/postgrestest"
)

// Several processes enqueue changes of the same reports, for two practices in either order,
// and send at the same time. None fails, each event has one record, and the database
// seldom has to end a transaction because two wait for each other.
func TestContention(t *testing.T) {
	t.Parallel()
	db, key, service := postgrestest.New(t), outboxtest.Key(t), &outboxtest.Service{}
	const processes, rounds, events = 3, 15, 8
	item := func(practice, event, version int) outbox.Item {
		it := outboxtest.Item(t, fmt.Sprint(event), fmt.Sprintf("The alarm of fridge %d was off in room %d. It was change %d.", event, practice, version), "2026-02-03")
		it.Practice = fmt.Sprintf("A8100%d", practice)
		return it
	}
	var all sync.WaitGroup
	var boxes []*outbox.Outbox
	for p := range processes {
		box, err := outbox.Open(ctx, db.Open(t), key, "test")
		require.NoError(t, err)
		boxes = append(boxes, box)
		all.Go(func() {
			for round := range rounds {
				var items []outbox.Item
				for _, n := range rand.Perm(2 * events) {
					items = append(items, item(n%2, n/2, round*processes+p))
				}
				_, err := box.Enqueue(ctx, items...)
				assert.NoError(t, err)
			}
		})
		all.Go(func() {
			for range rounds {
				_, err := box.Drain(ctx, service, 100)
				assert.NoError(t, err)
				time.Sleep(time.Millisecond)
			}
		})
	}
	all.Wait()
	for range 3 { // changes that waited have their turn
		_, err := boxes[0].Drain(ctx, service, 1000)
		require.NoError(t, err)
	}
	records := map[string]bool{}
	reports, err := boxes[0].List(ctx, outbox.Filter{})
	require.NoError(t, err)
	for _, r := range reports {
		assert.True(t, r.Recorded(), r)
		records[r.Record.ID] = true
	}
	assert.Len(t, records, 2*events)
	_, err = boxes[0].VerifyAudit(ctx)
	require.NoError(t, err)
	var deadlocks int
	require.NoError(t, db.Owned(t).QueryRow(ctx, "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()").Scan(&deadlocks))
	t.Logf("%d deadlocks", deadlocks)
	assert.LessOrEqual(t, deadlocks, rounds)
}
