package outboxtest

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/outbox"
)

func testImport(t *testing.T, b *bench) {
	read := func(texts ...string) *outbox.Import {
		imp, err := b.box.Import(ctx, "A81001", "incidents")
		require.NoError(t, err)
		for i, text := range texts {
			if text != "" {
				_, err = imp.Add(ctx, Item(t, fmt.Sprint(i+1), text, "2026-02-03"))
				require.NoError(t, err)
			}
		}
		return imp
	}
	read(fridge, dose)
	b.drain()
	imp := read(fridge)
	gone, err := imp.Gone(ctx)
	require.NoError(t, err)
	require.Len(t, gone, 1)
	assert.Equal(t, "2", gone[0].Reference)
	known, err := imp.Mention(ctx, "2")
	require.NoError(t, err)
	require.Len(t, known, 1)
	assert.NotEmpty(t, known[0].Record.Number, "people are told of the record that stands")
	gone, err = imp.Gone(ctx)
	require.NoError(t, err)
	assert.Empty(t, gone)

	imp, err = b.box.Import(ctx, "A81001", "incidents")
	require.NoError(t, err)
	entered, err := imp.Add(ctx, Item(t, "7", fridge+" A.", "2026-02-03"), Item(t, "7", fridge+" B.", "2026-02-03"))
	require.NoError(t, err)
	assert.Equal(t, []outbox.Change{outbox.Added, outbox.Asked}, changes(entered), "one log, one reference, two texts: never an overwrite")
	assert.Equal(t, entered[0].ID, entered[1].Other)
	assert.Equal(t, entered[0].ID, b.get(entered[1].ID).Other, "which is stored, too")
}

// What waits of a row that is not ready any more is not sent behind the back of whoever
// keeps the log.
func testImportHolds(t *testing.T, b *bench) {
	first := Item(t, "1", fridge, "2026-02-03")
	begin := func() *outbox.Import {
		imp, err := b.box.Import(ctx, "A81001", "incidents")
		require.NoError(t, err)
		return imp
	}
	entered, err := begin().Add(ctx, first, Item(t, "2", dose, "2026-02-03"), Item(t, "3", fridge+" Again.", "2026-02-03"))
	require.NoError(t, err)
	_, err = b.box.Hold(ctx, manager, entered[2].ID)
	require.NoError(t, err)
	imp := begin()
	known, err := imp.Mention(ctx, "1", "3")
	require.NoError(t, err)
	require.Len(t, known, 2)
	gone, err := imp.Gone(ctx)
	require.NoError(t, err)
	require.Len(t, gone, 1)
	assert.Equal(t, draft.Held, gone[0].State)
	assert.Zero(t, b.drain().Claimed)
	again, err := begin().Add(ctx, first, Item(t, "3", fridge+" Again.", "2026-02-03"))
	require.NoError(t, err)
	assert.Equal(t, []outbox.Change{outbox.Replaced, outbox.Same}, changes(again), "what a person holds stays held")
	assert.Equal(t, 1, b.drain().Accepted)

	_, err = begin().Add(ctx, Item(t, "1", fridge+" Changed.", "2026-02-03"))
	require.NoError(t, err)
	_, err = begin().Mention(ctx, "1")
	require.NoError(t, err)
	_, err = b.box.ProposeWithdrawal(ctx, manager, entered[0].ID, outbox.RecordedInError)
	require.NoError(t, err)
	_, err = b.box.KeepRecord(ctx, manager, entered[0].ID)
	require.NoError(t, err)
	assert.Equal(t, outbox.Amended, b.add(Item(t, "1", fridge+" Changed.", "2026-02-03"))[0].Change, "the record does not have it yet")
	names, err := outbox.Endpoints(ctx, b.store)
	require.NoError(t, err)
	assert.Equal(t, []string{"test"}, names)
}
