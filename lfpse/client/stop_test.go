package client_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/client"
	"github.com/gpsafety/lfpse-go/lfpse/endpoint"
)

// TestAnAttemptUnderWayGoesOn stops a program while the service is at work: its answer
// still counts, so that nothing becomes unknown.
func TestAnAttemptUnderWayGoesOn(t *testing.T) {
	for name, end := range map[string]func() (context.Context, func()){
		"cancelled": func() (context.Context, func()) { return context.WithCancel(t.Context()) },
		"deadline":  func() (context.Context, func()) { d := newDeadline(t); return d, d.pass },
	} {
		ctx, stop := end()
		s := serve(t, func(w http.ResponseWriter, r *http.Request) {
			stop()
			answering(201, nil, accepted)(w, r)
		})
		r, err := sandbox(t, s.URL, client.WithGrace(time.Hour)).Submit(ctx, report(t))
		require.NoError(t, err, name)
		assert.Equal(t, "a1", r.ID, name)
		require.Error(t, ctx.Err(), name)
		assert.EqualValues(t, 1, s.requests.Load(), name)
	}
}

// TestTheGraceEnds holds that a service cannot keep a program from stopping.
func TestTheGraceEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	s := wire(t, func(c *conn) { c.readRequest(); cancel(); c.hang() })
	_, err := sandbox(t, s.url(), client.WithGrace(time.Millisecond)).Submit(ctx, report(t))
	requireReason(t, err, client.Unknown, client.Cancelled)
	require.ErrorIs(t, err, context.Canceled)
}

// TestWithdrawnBeforeTheFirstByte stops a program while the client connects.
func TestWithdrawnBeforeTheFirstByte(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	over := make(chan struct{})
	defer close(over)
	names.register("withdrawn", lookup{asked: stop, silent: over})
	c := newClient(t, endpoint.ForSandbox("https://withdrawn.example", embedded(t)), withKey(t), client.WithGrace(time.Hour),
		setting(func(c *endpoint.Config) { c.Environment = endpoint.Test }))
	_, err := c.Submit(ctx, report(t))
	requireReason(t, err, client.NotSent, client.Cancelled)

	ctx, stop = context.WithCancel(t.Context())
	s := wire(t, func(c *conn) { _, _ = c.r.ReadByte(); stop(); c.hang() })
	_, err = sandbox(t, strings.Replace(s.url(), "http:", "https:", 1), client.WithGrace(time.Hour)).Submit(ctx, report(t))
	requireReason(t, err, client.NotSent, client.Cancelled)
	assert.EqualValues(t, 1, s.connections.Load())

	_, err = tryClient(c.Endpoint().Config(), client.WithGrace(-1))
	require.ErrorContains(t, err, "grace")
}

func TestNext(t *testing.T) {
	assert.Equal(t, client.GoOn, client.NextOf(nil))
	assert.Equal(t, client.Stop, client.NextOf(errors.New("of another package")))
	for n, want := range []string{"stop", "probe", "wait", "go-on"} {
		text, err := client.Next(n).MarshalText()
		require.NoError(t, err)
		assert.Equal(t, want, string(text))
	}
}
