package outbox_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/outbox"
	"github.com/gpsafety/lfpse-go/lfpse/outbox/outboxtest"
	"github.com/gpsafety/lfpse-go/lfpse/outbox/sqlite"
)

// Without a store or a sender nothing begins: a report that waits is not marked as being sent.
func TestWithoutAStoreOrASender(t *testing.T) {
	_, err := outbox.Open(t.Context(), nil, outboxtest.Key(t), "LFPSE test")
	assert.ErrorContains(t, err, "needs a store")
	store, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "outbox.db"), sqlite.Sending(nil))
	require.NoError(t, err)
	t.Cleanup(func() { _ = store.Close() })
	box, err := outbox.Open(t.Context(), store, outboxtest.Key(t), "LFPSE test")
	require.NoError(t, err)
	builder, prepared := incident()
	_, err = box.Enqueue(t.Context(), outbox.NewItem(builder, "A81001", "incidents", prepared))
	require.NoError(t, err)
	_, err = box.Drain(t.Context(), nil, 10)
	assert.ErrorContains(t, err, "without a sender")
	report, err := box.Get(t.Context(), 1)
	require.NoError(t, err)
	assert.Equal(t, draft.Pending, report.State)
}
