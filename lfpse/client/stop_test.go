package client_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptrace"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/client"
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
	s := wire(t, func(c *conn) { c.readRequest() })
	for name, hooks := range map[string]func(stop func()) *httptrace.ClientTrace{
		"before the connection": func(stop func()) *httptrace.ClientTrace {
			return &httptrace.ClientTrace{ConnectStart: func(string, string) { stop() }}
		},
		"in the handshake": func(stop func()) *httptrace.ClientTrace {
			return &httptrace.ClientTrace{TLSHandshakeStart: stop}
		},
	} {
		ctx, stop := context.WithCancel(t.Context())
		ctx = httptrace.WithClientTrace(ctx, hooks(stop))
		host := s.url()
		if name == "in the handshake" {
			host = "https" + host[len("http"):]
		}
		_, err := sandbox(t, host, client.WithGrace(time.Hour)).Submit(ctx, report(t))
		requireReason(t, err, client.NotSent, client.Cancelled)
	}
	assert.Zero(t, s.requests.Load())
	_, err := tryClient(sandbox(t, s.url()).Endpoint().Config(), client.WithGrace(-1))
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
