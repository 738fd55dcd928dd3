package client_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net/http"
	"runtime"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/client"
	"github.com/gpsafety/lfpse-go/lfpse/endpoint"
)

func TestGzipBomb(t *testing.T) {
	s := serve(t, answering(201, http.Header{"Content-Encoding": {"gzip"}}, string(gzipBomb)))
	c := sandbox(t, s.URL)
	good := report(t)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := c.Submit(t.Context(), good)
	runtime.ReadMemStats(&after)
	requireReason(t, err, client.Unknown, client.Unconfirmed)
	assert.EqualValues(t, 1, s.requests.Load())
	assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(16<<20), "64 MiB must not be inflated")
}

// deadline is a context whose deadline passes when the test says so.
type deadline struct {
	context.Context
	passed chan struct{}
	pass   func()
}

func newDeadline(t *testing.T) deadline {
	passed := make(chan struct{})
	return deadline{t.Context(), passed, sync.OnceFunc(func() { close(passed) })}
}

func (d deadline) Deadline() (time.Time, bool) { return time.Now().Add(time.Hour), true }
func (d deadline) Done() <-chan struct{}       { return d.passed }

func (d deadline) Err() error {
	select {
	case <-d.passed:
		return context.DeadlineExceeded
	default:
		return nil
	}
}

// passAfterStatus lets the deadline pass as soon as the client has the status.
func (d deadline) passAfterStatus(roots *x509.CertPool) endpoint.Option {
	return endpoint.WithTransport(roundTripper(func(r *http.Request) (*http.Response, error) {
		response, err := (&http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{RootCAs: roots}}).RoundTrip(r)
		d.pass()
		return response, err
	}))
}

func TestSlowAnswers(t *testing.T) {
	d := newDeadline(t)
	s := wire(t, func(c *conn) { c.readRequest(); d.pass(); c.hang() })
	_, err := sandbox(t, s.url(), atOnce).Submit(d, report(t))
	requireReason(t, err, client.Unknown, client.Timeout)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	assert.Contains(t, err.Error(), "do not send it again")
	assert.EqualValues(t, 1, s.requests.Load())

	// The endpoint's own limit, wherever the call stands when it passes.
	s = wire(t, func(c *conn) { c.readRequest(); c.hang() })
	_, e := submit(t, sandbox(t, s.url(), within(time.Millisecond)))
	require.ErrorIs(t, e, client.Timeout)
	require.ErrorIs(t, e, context.DeadlineExceeded)
}

var atOnce = client.WithGrace(0)

func TestCancellation(t *testing.T) {
	// After the request has been written.
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	s := wire(t, func(c *conn) { c.readRequest(); cancel(); c.hang() })
	_, err := sandbox(t, s.url(), atOnce).Submit(ctx, report(t))
	requireReason(t, err, client.Unknown, client.Cancelled)
	require.ErrorIs(t, err, context.Canceled)
	assert.EqualValues(t, 1, s.requests.Load())

	// While it is being written: the server reads the header only, and the body
	// does not fit into the buffers on the way.
	ctx, cancel = context.WithCancel(t.Context())
	defer cancel()
	half := wire(t, func(c *conn) {
		_, _ = c.r.ReadString('\n')
		cancel()
		<-c.done
	})
	_, err = sandbox(t, half.url(), atOnce).Submit(ctx, report(t, large))
	requireReason(t, err, client.Unknown, client.Cancelled)
	assert.Zero(t, half.requests.Load())

	// A cause of the caller's own is still a cancellation.
	causeCtx, cancelCause := context.WithCancelCause(t.Context())
	s = wire(t, func(c *conn) { c.readRequest(); cancelCause(io.ErrNoProgress); c.hang() })
	_, err = sandbox(t, s.url(), atOnce).Submit(causeCtx, report(t))
	requireReason(t, err, client.Unknown, client.Cancelled)
}

func TestInterruptedWhileSending(t *testing.T) {
	s := wire(t, func(c *conn) {
		_, _ = c.r.ReadString('\n')
		c.reset()
	})
	_, err := sandbox(t, s.url()).Submit(t.Context(), report(t, large))
	requireReason(t, err, client.Unknown, client.AnswerLost)
	assert.EqualValues(t, 1, s.connections.Load())
	assert.Zero(t, s.requests.Load())
}

// TestAnswerBeforeTheEndOfTheRequest refuses early, as gateways do with large
// requests. Whether the answer can still be read is up to the network, but it is
// never taken for anything but a refusal or an unknown.
func TestAnswerBeforeTheEndOfTheRequest(t *testing.T) {
	s := wire(t, func(c *conn) {
		_, _ = c.r.ReadString('\n')
		c.write("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
	})
	_, err := sandbox(t, s.url()).Submit(t.Context(), report(t, large))
	assert.Contains(t, []client.Outcome{client.Rejected, client.Unknown}, client.OutcomeOf(err))
	assert.EqualValues(t, 1, s.connections.Load())
}

// TestDeadKeepAlive lets the server promise to keep the connection and close it.
func TestDeadKeepAlive(t *testing.T) {
	const answer = created + "Connection: keep-alive\r\nContent-Length: 11\r\n\r\n{\"id\":\"a1\"}"
	script := func(c *conn) {
		c.readRequest()
		c.write(answer)
		c.readRequest() // a second request on this connection would be lost
	}
	s := wire(t, script)
	c := sandbox(t, s.url())
	for n := range 5 {
		_, e := submit(t, c)
		require.Nil(t, e)
		assert.EqualValues(t, n+1, s.requests.Load())
		assert.EqualValues(t, n+1, s.connections.Load(), "one connection per call")
	}

	// A transport of the caller's own may keep connections: the second request of
	// a connection is lost then, and is not repeated.
	kept := &http.Transport{}
	defer kept.CloseIdleConnections()
	s = wire(t, script)
	c = sandbox(t, s.url(), endpoint.WithTransport(kept))
	_, e := submit(t, c)
	require.Nil(t, e)
	_, e = submit(t, c)
	requireReason(t, e, client.Unknown, client.AnswerLost)
	assert.EqualValues(t, 2, s.requests.Load(), "one request per call")
}

func TestTransportOfTheCallersOwn(t *testing.T) {
	failing := roundTripper(func(*http.Request) (*http.Response, error) { return nil, syscall.ECONNREFUSED })
	_, e := submit(t, sandbox(t, "http://127.0.0.1:1", endpoint.WithTransport(failing)))
	requireReason(t, e, client.Unknown, client.AnswerLost) // no evidence that nothing was sent
	require.ErrorIs(t, e, syscall.ECONNREFUSED)

	wrapped := roundTripper(func(r *http.Request) (*http.Response, error) { return (&http.Transport{}).RoundTrip(r) })
	_, e = submit(t, sandbox(t, "http://127.0.0.1:1", endpoint.WithTransport(wrapped)))
	requireReason(t, e, client.NotSent, client.NotConnected)

	replaying := 0
	counting := roundTripper(func(r *http.Request) (*http.Response, error) {
		replaying++
		assert.Nil(t, r.GetBody, "nobody below can send the body again")
		return &http.Response{StatusCode: 0, Header: http.Header{}, Body: http.NoBody, Request: r}, nil
	})
	_, e = submit(t, sandbox(t, "http://127.0.0.1:1", endpoint.WithTransport(counting)))
	requireReason(t, e, client.Unknown, client.AnswerLost)
	assert.Equal(t, 1, replaying)
}

// TestADeletionHasNoBody: an empty body would be sent in chunks when the computer is busy.
func TestADeletionHasNoBody(t *testing.T) {
	network := roundTripper(func(r *http.Request) (*http.Response, error) {
		assert.Equal(t, http.NoBody, r.Body)
		assert.Zero(t, r.ContentLength)
		return (&http.Transport{DisableKeepAlives: true}).RoundTrip(r)
	})
	s := serve(t, answering(204, nil, ""))
	_, err := sandbox(t, s.URL, endpoint.WithTransport(network)).Delete(t.Context(), "a1")
	require.NoError(t, err)
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestRedirectsAreNeverFollowed(t *testing.T) {
	other := serve(t, answering(200, nil, `{"id":"evil"}`))
	for _, status := range []int{300, 301, 302, 303, 304, 305, 307, 308} {
		for _, location := range []string{other.URL + "/adverse-event/fhir/AdverseEvent", "/elsewhere", "://bad", ""} {
			header := http.Header{}
			if location != "" {
				header.Set("Location", location)
			}
			s := serve(t, answering(status, header, ""))
			for op, do := range every(t.Context(), sandbox(t, s.URL), report(t)) {
				s.requests.Store(0)
				err := do()
				requireReason(t, err, client.Unknown, client.Redirected)
				assert.Equal(t, status, asError(t, err).Status)
				assert.EqualValues(t, 1, s.requests.Load(), op)
			}
			_, err := sandbox(t, s.URL).Metadata(t.Context())
			requireReason(t, err, client.Unknown, client.Redirected)
		}
	}
	assert.Zero(t, other.requests.Load(), "neither key nor body may reach another host")
}

func TestCookiesAreNotKept(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		assert.Empty(t, r.Cookies())
		answering(201, http.Header{"Set-Cookie": {"session=x; Path=/"}}, `{"id":"a1"}`)(w, r)
	})
	c := sandbox(t, s.URL)
	for range 3 {
		_, e := submit(t, c)
		require.Nil(t, e)
	}
}

func TestConcurrentUse(t *testing.T) {
	s := serve(t, answering(201, nil, accepted))
	c := sandbox(t, s.URL)
	good := report(t)
	const calls = 40
	errs := make(chan error, calls)
	for range calls {
		go func() { _, err := c.Submit(t.Context(), good); errs <- err }()
	}
	for range calls {
		assert.NoError(t, <-errs)
	}
	assert.EqualValues(t, calls, s.requests.Load())
}
