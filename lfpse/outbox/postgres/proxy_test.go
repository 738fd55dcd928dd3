package postgres_test

import (
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"net/url"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

// proxy stands between a program and the server.
type proxy struct {
	t        *testing.T
	database *url.URL
	dir      string
	pid      bool // gives the program another process id, as a pooler does
	// lose is what becomes of the next COMMIT.
	lose atomic.Int32
}

const (
	loseNothing  = iota
	loseRequest  // it does not reach the server
	loseResponse // the program is not told
)

func newProxy(t *testing.T, database string) *proxy {
	address, err := url.Parse(database)
	require.NoError(t, err)
	p := &proxy{t: t, database: address, dir: t.TempDir()}
	listener, err := net.Listen("unix", filepath.Join(p.dir, ".s.PGSQL.5432"))
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			go p.serve(client)
		}
	}()
	return p
}

// address is that of the database, through the proxy.
func (p *proxy) address() string {
	through := *p.database
	query := through.Query()
	query.Set("host", p.dir)
	through.RawQuery = query.Encode()
	through.Host = ""
	return through.String()
}

func (p *proxy) serve(client net.Conn) {
	defer client.Close()
	config := configOf(p.t, p.database.String())
	network, address := "unix", filepath.Join(config.Host, ".s.PGSQL.5432")
	if config.Host[0] != '/' {
		network, address = "tcp", net.JoinHostPort(config.Host, "5432")
	}
	server, err := net.Dial(network, address)
	if err != nil {
		return
	}
	defer server.Close()
	var silent atomic.Bool // the next answer is not passed on
	go func() {
		defer client.Close()
		defer server.Close()
		p.copy(client, server, func(chunk []byte) bool {
			if p.pid {
				disguise(chunk)
			}
			return !silent.Load()
		})
	}()
	p.copy(server, client, func(chunk []byte) bool {
		if !bytes.Contains(chunk, []byte("commit\x00")) {
			return true
		}
		switch p.lose.Swap(loseNothing) {
		case loseRequest:
			return false
		case loseResponse:
			silent.Store(true)
		}
		return true
	})
}

// copy passes chunks on for as long as it may.
func (p *proxy) copy(to io.Writer, from io.Reader, pass func([]byte) bool) {
	chunk := make([]byte, 64<<10)
	for {
		n, err := from.Read(chunk)
		if err != nil || !pass(chunk[:n]) {
			return
		}
		if _, err := to.Write(chunk[:n]); err != nil {
			return
		}
	}
}

// disguise changes the process id in the message that tells it.
func disguise(chunk []byte) {
	if at := bytes.Index(chunk, []byte{'K', 0, 0, 0, 12}); at >= 0 && at+9 <= len(chunk) {
		binary.BigEndian.PutUint32(chunk[at+5:], 77)
	}
}
