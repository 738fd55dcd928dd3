package fault

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"sync"
	"time"
)

// Proxy is a faulty way to a service. It is safe for concurrent use.
type Proxy struct {
	service  string // host:port
	tls      *tls.Config
	plan     Plan
	listener net.Listener
	running  sync.WaitGroup
	closing  chan struct{}
	close    func()

	mu     sync.Mutex
	counts Counts
	conns  map[net.Conn]bool
}

// Start opens a proxy on a free port of this computer, in front of a service at host:port.
// With a TLS configuration it takes connections over TLS only.
func Start(service string, config *tls.Config, plan Plan) (*Proxy, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("fault: %w", err)
	}
	p := &Proxy{service: service, tls: config, plan: plan, listener: listener, closing: make(chan struct{}), conns: map[net.Conn]bool{}}
	p.close = sync.OnceFunc(func() { close(p.closing) })
	p.running.Go(p.accept)
	return p, nil
}

// URL is the scheme and host of the proxy.
func (p *Proxy) URL() string {
	if p.tls != nil {
		return "https://" + p.Addr()
	}
	return "http://" + p.Addr()
}

// Addr is the host and port of the proxy.
func (p *Proxy) Addr() string { return p.listener.Addr().String() }

// Counts returns what the proxy has seen so far.
func (p *Proxy) Counts() Counts {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.counts
}

// Close ends all connections and waits until nothing of the proxy runs any more.
func (p *Proxy) Close() {
	p.close()
	_ = p.listener.Close()
	p.mu.Lock()
	for c := range p.conns {
		_ = c.Close()
	}
	p.mu.Unlock()
	p.running.Wait()
}

func (p *Proxy) accept() {
	for {
		c, err := p.listener.Accept()
		if err != nil {
			return
		}
		n := 0
		p.count(func(k *Counts) { k.Connections++; n = k.Connections })
		p.running.Go(func() {
			if p.keep(c) {
				newExchange(p, c, p.plan(n)).run()
			}
			p.drop(c)
		})
	}
}

func (p *Proxy) count(change func(*Counts)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change(&p.counts)
}

// keep remembers a connection for Close, unless that has been called.
func (p *Proxy) keep(c net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	select {
	case <-p.closing:
		return false
	default:
		p.conns[c] = true
		return true
	}
}

func (p *Proxy) drop(c net.Conn) {
	p.mu.Lock()
	delete(p.conns, c)
	p.mu.Unlock()
	_ = c.Close()
}

// forward passes a request on and returns the head and the body of the answer.
func (p *Proxy) forward(request []byte) (head, body []byte, err error) {
	r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(request)))
	if err != nil {
		return nil, nil, err
	}
	c, err := net.Dial("tcp", p.service)
	if err != nil {
		return nil, nil, err
	}
	if !p.keep(c) {
		_ = c.Close()
		return nil, nil, errors.New("closed")
	}
	defer p.drop(c)
	p.count(func(k *Counts) { k.Forwarded++ })
	if _, err := c.Write(request); err != nil {
		return nil, nil, err
	}
	answer, err := http.ReadResponse(bufio.NewReader(c), r)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = answer.Body.Close() }()
	if head, err = httputil.DumpResponse(answer, false); err != nil {
		return nil, nil, err
	}
	body, err = io.ReadAll(answer.Body)
	return head, body, err
}

// pause waits, or returns false at once if the proxy closes.
func (p *Proxy) pause(d time.Duration) bool {
	select {
	case <-time.After(d):
		return true
	case <-p.closing:
		return false
	}
}
