package client_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

// wireServer is a TCP server whose script says byte by byte what happens, for
// faults that a well-behaved HTTP server cannot make.
type wireServer struct {
	listener net.Listener
	// requests counts those that arrived whole.
	connections, requests atomic.Int32
}

// conn is one connection; it is closed when the script returns.
type conn struct {
	net.Conn
	r    *bufio.Reader
	s    *wireServer
	done <-chan struct{} // closed when the test ends
}

func wire(t testing.TB, script func(*conn)) *wireServer {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	s := &wireServer{listener: listener}
	done := make(chan struct{})
	var running sync.WaitGroup
	running.Go(func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			s.connections.Add(1)
			running.Go(func() {
				defer func() { _ = c.Close() }()
				script(&conn{Conn: c, r: bufio.NewReader(c), s: s, done: done})
			})
		}
	})
	t.Cleanup(func() {
		close(done)
		_ = listener.Close()
		running.Wait()
	})
	return s
}

func (s *wireServer) url() string { return "http://" + s.listener.Addr().String() }

// readRequest reads one whole request and returns its body.
func (c *conn) readRequest() []byte {
	r, err := http.ReadRequest(c.r)
	if err != nil {
		return nil
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil
	}
	c.s.requests.Add(1)
	return body
}

func (c *conn) write(s string) { _, _ = io.WriteString(c.Conn, s) }

// reset makes the end of the connection a TCP reset.
func (c *conn) reset() {
	_ = c.Conn.(*net.TCPConn).SetLinger(0)
	_ = c.Close()
}

// hang waits until the client goes away or the test ends.
func (c *conn) hang() {
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		_, _ = io.Copy(io.Discard, c.r)
	}()
	select {
	case <-gone:
	case <-c.done:
		_ = c.Close()
		<-gone
	}
}
