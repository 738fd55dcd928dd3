package client_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/client"
	"github.com/gpsafety/lfpse-go/lfpse/endpoint"
)

const created = "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\n"

// TestFaults breaks every operation in every way after the request has arrived,
// and counts what the server got.
func TestFaults(t *testing.T) {
	tests := []struct {
		name   string
		script func(*conn)
		reason client.Reason
	}{
		{"close after the request", func(c *conn) { c.readRequest() }, client.AnswerLost},
		{"reset after the request", func(c *conn) { c.readRequest(); c.reset() }, client.AnswerLost},
		{"close in the status line", func(c *conn) { c.readRequest(); c.write("HTTP/1.1 20") }, client.AnswerLost},
		{"close in the header", func(c *conn) { c.readRequest(); c.write("HTTP/1.1 201 Created\r\nContent-Ty") }, client.AnswerLost},
		{"not HTTP", func(c *conn) { c.readRequest(); c.write("SSH-2.0-x\r\n\r\n") }, client.AnswerLost},
		{"header bomb", func(c *conn) {
			c.readRequest()
			c.write("HTTP/1.1 201 Created\r\n" + strings.Repeat("X-Bomb: "+strings.Repeat("x", 1000)+"\r\n", 200) + "\r\n")
			c.hang()
		}, client.AnswerLost},
		{"informational answers only", func(c *conn) {
			c.readRequest()
			c.write(strings.Repeat("HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n", 5))
		}, client.AnswerLost},
		{"two lengths", func(c *conn) {
			c.readRequest()
			c.write(created + "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd")
		}, client.AnswerLost},
		{"close in the body", func(c *conn) { c.readRequest(); c.write(created + "Content-Length: 100\r\n\r\n{\"id\":\"a1\"}") }, client.Unconfirmed},
		{"reset in the body", func(c *conn) {
			c.readRequest()
			c.write(created + "Content-Length: 100\r\n\r\n{\"id\":\"a1\"}")
			c.reset()
		}, ""}, // AnswerLost or Unconfirmed: a reset may overtake the header
		{"chunked body cut short", func(c *conn) {
			c.readRequest()
			c.write(created + "Transfer-Encoding: chunked\r\n\r\nb\r\n{\"id\":\"a1\"}\r\n")
		}, client.Unconfirmed},
		{"body over the limit", func(c *conn) {
			c.readRequest()
			c.write(created + "Content-Length: 2000000\r\n\r\n{\"id\":\"a1\",\"x\":\"")
			c.write(strings.Repeat("x", 1_999_983) + "\"}")
		}, client.Unconfirmed},
		{"body without end", func(c *conn) {
			c.readRequest()
			c.write(created + "\r\n")
			for _, err := io.WriteString(c, "{\"id\":\"a1\","); err == nil; {
				_, err = io.WriteString(c, strings.Repeat(" ", 1<<16))
			}
		}, client.Unconfirmed},
		{"not gzip", func(c *conn) {
			c.readRequest()
			c.write(created + "Content-Encoding: gzip\r\nContent-Length: 11\r\n\r\n{\"id\":\"a1\"}")
		}, client.Unconfirmed},
		{"not gzip, in small writes", func(c *conn) {
			c.readRequest()
			c.write(created + "Content-Encoding: br\r\nContent-Length: 4\r\n\r\n\x01\x02\x03\x04")
		}, client.Unconfirmed},
		{"switching protocols", func(c *conn) {
			c.readRequest()
			c.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n")
		}, client.UnexpectedStatus},
		{"status 999", func(c *conn) {
			c.readRequest()
			c.write("HTTP/1.1 999 What\r\nContent-Length: 11\r\n\r\n{\"id\":\"a1\"}")
		}, client.UnexpectedStatus},
		{"page", func(c *conn) {
			c.readRequest()
			c.write("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>")
		}, client.Unconfirmed},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := wire(t, test.script)
			for op, do := range every(t.Context(), sandbox(t, s.url(), within(5*time.Second)), report(t)) {
				s.requests.Store(0)
				s.connections.Store(0)
				err := do()
				require.Equal(t, client.Unknown, client.OutcomeOf(err), "%s: %v", op, err)
				if test.reason != "" {
					requireReason(t, err, client.Unknown, test.reason)
				}
				assert.EqualValues(t, 1, s.requests.Load(), "requests of one %s", op)
				assert.EqualValues(t, 1, s.connections.Load(), "connections of one %s", op)
			}
		})
	}
}

func TestGzipBomb(t *testing.T) {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, _ = z.Write([]byte(`{"id":"a1","x":"`))
	block := bytes.Repeat([]byte{'x'}, 1<<20)
	for range 64 {
		_, _ = z.Write(block)
	}
	_, _ = z.Write([]byte(`"}`))
	require.NoError(t, z.Close())

	s := serve(t, answering(201, http.Header{"Content-Encoding": {"gzip"}}, packed.String()))
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
func (d deadline) passAfterStatus() endpoint.Option {
	return endpoint.WithTransport(roundTripper(func(r *http.Request) (*http.Response, error) {
		response, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(r)
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

	for name, rest := range map[string]func(*conn){
		"half a body": func(c *conn) { c.write("{"); c.hang() },
		// Every single read is within any limit: only the limit for the whole call ends it.
		"one byte after the other": func(c *conn) {
			for _, err := io.WriteString(c, "{"); err == nil; {
				_, err = io.WriteString(c, " ")
			}
		},
	} {
		d := newDeadline(t)
		s := wire(t, func(c *conn) {
			c.readRequest()
			c.write(created + "Content-Length: 100000000\r\n\r\n")
			rest(c)
		})
		_, err := sandbox(t, s.url(), atOnce, d.passAfterStatus()).Submit(d, report(t))
		requireReason(t, err, client.Unknown, client.Unconfirmed) // the status came
		assert.Equal(t, 201, asError(t, err).Status, name)
		assert.EqualValues(t, 1, s.requests.Load(), name)
	}

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

func TestNobodyListens(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	host := "http://" + listener.Addr().String()
	require.NoError(t, listener.Close())
	for op, do := range every(t.Context(), sandbox(t, host), report(t)) {
		err := do()
		requireReason(t, err, client.NotSent, client.NotConnected)
		require.ErrorIs(t, err, syscall.ECONNREFUSED, op)
	}
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
