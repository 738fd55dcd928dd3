package client_test

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/gpsafety/lfpse-go/conformance/measure/fault"
	"github.com/gpsafety/lfpse-go/lfpse/client"
	"github.com/gpsafety/lfpse-go/lfpse/endpoint"
	"github.com/gpsafety/lfpse-go/lfpse/submission"
)

// faultGrid is what all cells share.
type faultGrid struct {
	t            *testing.T
	sent         submission.Submission
	key          setting
	authority    *authority
	roots        *x509.CertPool
	certificates map[string]*tls.Config // by faultCell.row.certificate
	stand        *standIn
}

func newFaultGrid(t *testing.T) *faultGrid {
	ca := newAuthority(t)
	g := &faultGrid{t: t, sent: report(t), key: withKey(t), authority: ca, roots: x509.NewCertPool(), stand: newStandIn(t)}
	g.roots.AddCert(ca.cert)
	config := func(c tls.Certificate) *tls.Config { return &tls.Config{Certificates: []tls.Certificate{c}} }
	good := ca.server(nil)
	with := func(change func(*tls.Config)) *tls.Config {
		c := config(good)
		change(c)
		return c
	}
	wanted := func(version uint16) *tls.Config {
		return with(func(c *tls.Config) {
			c.ClientAuth, c.ClientCAs, c.MaxVersion = tls.RequireAndVerifyClientCert, g.roots, version
		})
	}
	g.certificates = map[string]*tls.Config{
		"":                                   config(good),
		"another host":                       config(ca.server(func(c *x509.Certificate) { c.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 2)} })),
		"expired":                            config(ca.server(func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Minute) })),
		"not yet valid":                      config(ca.server(func(c *x509.Certificate) { c.NotAfter = time.Now().Add(24 * time.Hour) })),
		"unknown authority":                  config(newAuthority(t).server(nil)),
		"TLS 1.1":                            with(func(c *tls.Config) { c.MinVersion, c.MaxVersion = tls.VersionTLS10, tls.VersionTLS11 }),
		"HTTP/2 only":                        with(onlyHTTP2),
		"client certificate wanted, TLS 1.2": wanted(tls.VersionTLS12),
		"client certificate wanted, TLS 1.3": wanted(tls.VersionTLS13),
	}
	return g
}

// onlyHTTP2 refuses everybody else, which crypto/tls by itself does not.
func onlyHTTP2(c *tls.Config) {
	c.NextProtos = []string{"h2"}
	c.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		if !slices.Contains(hello.SupportedProtos, "h2") {
			return nil, errors.New("HTTP/2 only")
		}
		return nil, nil
	}
}

// recordService counts what it carries out, and whether it is what was sent.
type recordService struct {
	listener net.Listener
	server   *http.Server
	ended    chan struct{}
	calls    atomic.Int32
	whole    atomic.Int32 // calls with the method and body that were sent
}

func serveRecords(op client.Op, digest [sha256.Size]byte) (*recordService, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &recordService{listener: listener, ended: make(chan struct{})}
	s.server = &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.calls.Add(1)
		body, _ := io.ReadAll(r.Body)
		if r.Method == verbs[op] && (op == client.OpDelete && len(body) == 0 || sha256.Sum256(body) == digest) {
			s.whole.Add(1)
		}
		answering(success(op), nil, bodyRecord.text)(w, r)
	})}
	go func() { defer close(s.ended); _ = s.server.Serve(listener) }()
	return s, nil
}

func (s *recordService) close() { _ = s.server.Close(); <-s.ended }

// run makes the call of a cell and compares what came out with what is expected.
func (g *faultGrid) run(n int, c faultCell) bool {
	name := fmt.Sprintf("%s, %s, %s, %s", c.row.phase, c.row.name, c.way, verbs[c.op])
	if c.way == inSandbox {
		return g.runInSandbox(name, c)
	}
	service, err := serveRecords(c.op, g.sent.Digest())
	if !assert.NoError(g.t, err, name) {
		return false
	}
	defer service.close()
	x := newRunning(g.t)
	proxy, err := fault.Start(service.listener.Addr().String(), g.tls(c), fault.Always(x.fault(c)))
	if !assert.NoError(g.t, err, name) {
		return false
	}
	taken, err := net.Dial("tcp", service.listener.Addr().String())
	if !assert.NoError(g.t, err, name) {
		return false
	}
	defer func() { _ = taken.Close() }()
	x.nobody = taken.LocalAddr().String()
	cl, err := g.client(n, c, x, proxy)
	if assert.NoError(g.t, err, name) {
		err = every(httptrace.WithClientTrace(x.deadline, x.hooks()), cl, g.sent)[c.op]()
	}
	close(x.over)
	proxy.Close()
	return g.compare(name, c, err) && g.compareCounts(name, c, proxy.Counts(), service)
}

func (g *faultGrid) compare(name string, c faultCell, err error) bool {
	outcome, reason := c.expected(g.t)
	ok := assert.Equal(g.t, outcome, client.OutcomeOf(err), "%s: %v", name, err)
	if e := (*client.Error)(nil); errors.As(err, &e) {
		ok = assert.Equal(g.t, reason, e.Reason, "%s: %v", name, err) && ok
	}
	return assert.Equal(g.t, nextAfter[reason], client.NextOf(err), name) && ok
}

// compareCounts holds that a call makes one connection and sends one request, and that the
// service carries it out at most once.
func (g *faultGrid) compareCounts(name string, c faultCell, got fault.Counts, s *recordService) bool {
	f := c.row.fault
	at := fault.After
	if f != nil && f(c.op).Do != fault.PassOn && f(c.op).Do != fault.Trickle {
		at = f(c.op).At
	}
	number := func(b bool) int {
		if b {
			return 1
		}
		return 0
	}
	connected := c.way != lookUp && !c.row.closed
	asked := connected && c.row.certificate == ""
	want := fault.Counts{
		Connections: number(connected), Begun: number(asked && at >= fault.RequestHead),
		Whole: number(asked && at >= fault.Waiting), Forwarded: number(c.row.served),
	}
	return assert.Equal(g.t, want, got, name) &&
		assert.EqualValues(g.t, number(c.row.served), s.calls.Load(), "calls of the service: %s", name) &&
		assert.EqualValues(g.t, number(c.row.served), s.whole.Load(), "calls as they were sent: %s", name)
}

// tls is the configuration of the service on the way of the cell, nil for plain HTTP.
func (g *faultGrid) tls(c faultCell) *tls.Config {
	if c.way == secure {
		return g.certificates[c.row.certificate]
	}
	return nil
}

// client is the client of a cell: a new one, because settings depend on the way.
func (g *faultGrid) client(n int, c faultCell, x *running, proxy *fault.Proxy) (*client.Client, error) {
	host, with := proxy.URL(), []any{within(time.Minute), atOnce}
	switch {
	case c.way == lookUp:
		label := fmt.Sprintf("cell-%d", n)
		names.register(label, c.row.names(x.deadline.pass, x.over))
		host = "https://" + label + ".example"
	case c.way == tunnel:
		with = append(with, through(proxy.URL()))
		host = "https://lfpse.example"
	case c.row.closed:
		host = strings.Replace(host, proxy.Addr(), x.nobody, 1)
	}
	switch {
	case c.way == tunnel || c.way == lookUp:
		with = append(with, g.key, setting(func(c *endpoint.Config) { c.Environment = endpoint.Test }))
	case c.row.wrapped:
		with = append(with, x.deadline.passAfterStatus(g.roots))
	case c.way == secure:
		with = append(with, trusting(g.authority.file))
	}
	return tryClient(endpoint.ForSandbox(host, embedded(g.t)), with...)
}

// running is one cell under way.
type running struct {
	deadline     deadline
	over         chan struct{} // closed when the call has returned
	connected    chan struct{}
	answered     chan struct{}
	nobody       string // an address on which nobody listens, and nobody can: the near end of a connection
	gotConn      func()
	gotFirstByte func()
}

func newRunning(t *testing.T) *running {
	x := &running{deadline: newDeadline(t), over: make(chan struct{}), connected: make(chan struct{}), answered: make(chan struct{})}
	x.gotConn = sync.OnceFunc(func() { close(x.connected) })
	x.gotFirstByte = sync.OnceFunc(func() { close(x.answered) })
	return x
}

func (x *running) hooks() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		GotConn:              func(httptrace.GotConnInfo) { x.gotConn() },
		GotFirstResponseByte: x.gotFirstByte,
	}
}

// fault is that of the cell. It waits for what the client must have before, and then the
// time of the call is over if the cell says so: by an event, so that no clock decides.
func (x *running) fault(c faultCell) fault.Fault {
	if c.row.fault == nil {
		return fault.Fault{}
	}
	f := c.row.fault(c.op)
	f.Reached = func() {
		before := map[event]chan struct{}{aConnection: x.connected, aByte: x.answered}[c.row.after]
		if before != nil {
			select {
			case <-before:
			case <-x.over:
			}
		}
		if c.row.known.limit && !c.row.wrapped {
			x.deadline.pass()
		}
	}
	return f
}
