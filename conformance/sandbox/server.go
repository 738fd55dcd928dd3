package sandbox

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"
)

// Server is a sandbox that listens on a TCP address.
type Server struct {
	sandbox *Sandbox
	http    *http.Server
	url     string
	abort   context.CancelFunc // ends the delays of requests in flight
	silent  silent
	done    chan struct{} // closed when Serve has returned
	served  error         // what Serve returned
}

// Start serves a new sandbox on addr, such as "127.0.0.1:0" or "localhost:8080", in a
// goroutine that ends with Close: over plain HTTP, or over TLS with WithCertificate.
// When the context ends before the server listens, Start fails; after that it has no
// effect. An address that is not loopback is refused unless WithPrivateNetwork is among the
// options.
func Start(ctx context.Context, addr string, opts ...Option) (*Server, error) {
	sb, err := New(opts...)
	if err != nil {
		return nil, err
	}
	listener, err := listen(ctx, addr, sb.cfg.remote)
	if err != nil {
		return nil, errors.Join(err, sb.Close())
	}
	scheme := "http://"
	if sb.cfg.certificate != nil {
		scheme, listener = "https://", tls.NewListener(listener, sb.cfg.tls())
	}
	base, abort := context.WithCancel(context.WithoutCancel(ctx))
	s := &Server{abort: abort, sandbox: sb, url: scheme + listener.Addr().String(), done: make(chan struct{})}
	s.http = &http.Server{
		Handler:           sb,
		BaseContext:       func(net.Listener) context.Context { return base },
		ReadHeaderTimeout: 5 * time.Second, // bodies have a limit of their own, because a fault may delay the reading
		IdleTimeout:       time.Minute,
		MaxHeaderBytes:    64 << 10,
		ConnState:         s.silent.follow,
		ErrorLog:          slog.NewLogLogger(sb.cfg.log.Handler(), slog.LevelWarn),
	}
	go func() {
		defer close(s.done)
		s.served = s.http.Serve(listener)
	}()
	return s, nil
}

// tls wants TLS 1.2, and a certificate of the client if that was asked for.
func (c *config) tls() *tls.Config {
	t := &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{*c.certificate}, NextProtos: []string{"http/1.1"}}
	if c.clientRoots != nil {
		t.ClientAuth, t.ClientCAs = tls.RequireAndVerifyClientCert, c.clientRoots
	}
	return t
}

// listen opens the address first and then looks whether it is loopback, because a host name
// may stand for any address.
func listen(ctx context.Context, addr string, remote bool) (net.Listener, error) {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, fmt.Errorf("sandbox: the address must be host:port: %w", err)
	}
	// An empty host means every interface: do not open it even for a moment.
	if ip := net.ParseIP(host); !remote && (host == "" || ip != nil && !ip.IsLoopback()) {
		return nil, ErrNotLoopback
	}
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("sandbox: %w", err)
	}
	if tcp, ok := l.Addr().(*net.TCPAddr); !remote && (!ok || !tcp.IP.IsLoopback()) {
		return nil, errors.Join(ErrNotLoopback, l.Close())
	}
	return l, nil
}

// ErrNotLoopback is the error of [Start] for an address that other machines can reach.
var ErrNotLoopback = errors.New("sandbox: the address is not loopback; use 127.0.0.1, or WithPrivateNetwork to serve other machines")

// URL is the scheme and host of the server, such as "http://127.0.0.1:4711". The
// API stands below it at BasePath or the path of WithPaths.
func (s *Server) URL() string { return s.url }

// Sandbox returns the handler behind the server, for its ledger.
func (s *Server) Sandbox() *Sandbox { return s.sandbox }

// stopGrace is how long a request may go on arriving while the server closes.
const stopGrace = 250 * time.Millisecond

// Close stops listening, waits until requests in flight are answered or the
// context ends, then closes the ledger. A request that has not arrived completely after a
// quarter of a second is given up. The error is that of the context when
// requests had to be cut off, or of the listener when it had failed.
func (s *Server) Close(ctx context.Context) error {
	defer s.abort()
	grace := time.AfterFunc(stopGrace, func() {
		s.sandbox.stop()
		s.silent.close()
	})
	defer grace.Stop()
	err := s.http.Shutdown(ctx)
	if err != nil {
		err = errors.Join(err, s.http.Close())
	}
	<-s.done
	if !errors.Is(s.served, http.ErrServerClosed) {
		err = errors.Join(err, s.served)
	}
	return errors.Join(err, s.sandbox.Close())
}

// silent holds the connections on which no request has arrived yet, so that they can be
// closed. By itself, net/http waits five seconds for them when it shuts down.
type silent struct {
	mu    sync.Mutex
	conns map[net.Conn]bool
}

// follow is told every change of a connection.
func (s *silent) follow(c net.Conn, state http.ConnState) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if state != http.StateNew {
		delete(s.conns, c)
		return
	}
	if s.conns == nil {
		s.conns = map[net.Conn]bool{}
	}
	s.conns[c] = true
}

func (s *silent) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.conns {
		_ = c.Close()
	}
}

// Format prints the name of the type and nothing else.
func (*Server) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "sandbox.Server") }

// LogValue logs the name of the type and nothing else.
func (*Server) LogValue() slog.Value { return slog.StringValue("sandbox.Server") }

// Format prints the name of the type and nothing else.
func (*Sandbox) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "sandbox.Sandbox") }

// LogValue logs the name of the type and nothing else.
func (*Sandbox) LogValue() slog.Value { return slog.StringValue("sandbox.Sandbox") }
