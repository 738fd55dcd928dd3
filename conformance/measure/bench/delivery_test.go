package main

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/outbox/postgres/postgrestest"
)

// The long measurements of an outbox run, small, on each store that there is.
func TestDelivery(t *testing.T) {
	benchtime(t, "1x")
	for _, store := range []string{"sqlite", "postgres"} {
		t.Run(store, func(t *testing.T) {
			c := config{store: store, quick: true, waiting: 300, deliver: 64}
			r, err := c.waitingOnly(t.Context(), io.Discard)
			if errors.Is(err, postgrestest.ErrNone) {
				t.Skip(err)
			}
			require.NoError(t, err)
			require.Len(t, r.Contests, 2)
			assert.Equal(t, "enqueue 100, while 300 wait", r.Contests[0].Name)
			d, err := c.deliverOnly(t.Context())
			require.NoError(t, err)
			assert.Equal(t, 64, d.Reports)
			require.Len(t, d.Samples, 10)
			assert.Greater(t, d.Seconds, 2*answerTime.Seconds(), "32 at once, two times")
			var text bytes.Buffer
			require.NoError(t, d.writeText(&text))
			assert.Contains(t, text.String(), "64 reports to a service that answers after 200ms")
		})
	}
}

func TestContestsOnPostgres(t *testing.T) {
	benchtime(t, "1x")
	f := testFixture(t, 120)
	r := newReport(f, 1)
	require.NoError(t, (&config{}).onPostgres(t.Context(), f, r, io.Discard))
	if len(r.Skipped) > 0 {
		t.Skip(r.Skipped[0])
	}
	require.Len(t, r.Contests, 2)
	for _, c := range r.Contests {
		assert.Positive(t, c.Targets[0].Value, c.Name)
	}
}

func TestWrongDeliveryFlags(t *testing.T) {
	assert.Error(t, run(t.Context(), []string{"-store", "paper", "-waiting", "1"}, io.Discard, io.Discard))
	assert.Error(t, run(t.Context(), []string{"-store", "postgres", "-map", "1"}, io.Discard, io.Discard))
	assert.Error(t, run(t.Context(), []string{"-outage", "10"}, io.Discard, io.Discard))
}
