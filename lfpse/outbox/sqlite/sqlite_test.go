package sqlite_test

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/outbox"
	"github.com/gpsafety/lfpse-go/lfpse/outbox/outboxtest"
	"github.com/gpsafety/lfpse-go/lfpse/outbox/sqlite"
)

type place string

func (p place) Open(tb testing.TB) outbox.Store {
	s, err := sqlite.Open(context.Background(), string(p), sqlite.Sending(nil))
	require.NoError(tb, err)
	tb.Cleanup(func() { _ = s.Close() })
	return s
}

func TestStore(t *testing.T) {
	outboxtest.Run(t, func(tb testing.TB) outboxtest.Place { return place(filepath.Join(tb.TempDir(), "data", "outbox.db")) })
}
