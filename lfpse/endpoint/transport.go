package endpoint

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"syscall"
	"time"
)

const maxHeader = 64 << 10 // bytes of the header of an answer

var (
	// ErrAddress is found by errors.Is where the name of the host leads to an
	// address where the service cannot be. Nothing has been sent.
	ErrAddress = errors.New("the name of the host leads to an address where the service cannot be")
	// ErrForeign is found where a request is for another host than the one of the
	// endpoint. It has not been sent.
	ErrForeign = errors.New("the request is for another host than the one of the endpoint")
	// ErrReadOnly is found where a request on [Endpoint.Reading] would change
	// something. It has not been sent.
	ErrReadOnly = errors.New("this transport is for reading only")
)

// Transport is the transport for requests that change something. It adds key, access
// token and user agent, and opens one connection for each request: a connection that
// the server has closed meanwhile is the main source of requests of which nobody
// knows whether they arrived. After status 401 the access token is given up, so that
// the next request asks for a new one; only a request without a body that reads is
// then repeated, once. It reports what happens to net/http/httptrace.
//
// The time limit of a request is its context's business; see [Endpoint.Config].
func (e *Endpoint) Transport() http.RoundTripper { return e.sending }

// Reading returns a transport for many requests that only read. It keeps connections
// between them, so close them with http.Client.CloseIdleConnections, and refuses
// everything but GET and HEAD. Else it does what [Endpoint.Transport] does.
func (e *Endpoint) Reading() http.RoundTripper { return e.transport(true) }

// ReportsConnections says that the transport reports all of its connections to
// net/http/httptrace, as it does unless [WithTransport] has replaced it.
func (e *Endpoint) ReportsConnections() bool { return e.options.transport == nil }

func (e *Endpoint) transport(reading bool) *authorised {
	network := e.options.transport
	if network == nil {
		network = e.network(reading)
	}
	return &authorised{endpoint: e, network: network, reading: reading}
}

// network is the transport without keys. It speaks HTTP/1.1, because HTTP/2 re-sends
// on its own account.
func (e *Endpoint) network(keep bool) *http.Transport {
	t := &http.Transport{
		DialContext:            e.dial,
		TLSHandshakeTimeout:    e.cfg.ConnectTimeout,
		ResponseHeaderTimeout:  e.cfg.Timeout,
		MaxResponseHeaderBytes: maxHeader,
		DisableKeepAlives:      !keep,
		IdleConnTimeout:        5 * time.Second,
		Protocols:              new(http.Protocols),
		TLSClientConfig:        e.tls.Clone(),
	}
	t.Protocols.SetHTTP1(true)
	if e.proxy != nil {
		t.Proxy = http.ProxyURL(e.proxy)
	}
	return t
}

// dial opens a connection to where the service may be. A sandbox that is not on this
// computer has to show first that it is one.
func (e *Endpoint) dial(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := e.connect(ctx, network, address)
	if err != nil || !e.mustShow() {
		return conn, err
	}
	if err := e.sandboxes.recognise(ctx, e, conn.RemoteAddr().String()); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return conn, nil
}

// connect opens a connection and looks at its address after the name look-up, where a
// forged answer shows. A proxy resolves the name itself, so there is no address to
// look at.
func (e *Endpoint) connect(ctx context.Context, network, address string) (net.Conn, error) {
	if e.options.rename != nil {
		address = e.options.rename(address)
	}
	dialer := &net.Dialer{Timeout: e.cfg.ConnectTimeout}
	if e.proxy == nil {
		dialer.Control = func(_, address string, _ syscall.RawConn) error {
			return checkAddress(address, e.cfg.Environment, e.cfg.PrivateNetwork)
		}
	}
	return dialer.DialContext(ctx, network, address)
}

// sharedSpace is the carrier range of RFC 6598, as private as those of RFC 1918.
var sharedSpace = netip.MustParsePrefix("100.64.0.0/10")

func checkAddress(address string, env Environment, privateNetwork bool) error {
	ap, err := netip.ParseAddrPort(address)
	if err != nil {
		return ErrAddress
	}
	ip := ap.Addr().Unmap()
	private := ip.IsPrivate() || sharedSpace.Contains(ip)
	switch {
	case env == Sandbox && (ip.IsLoopback() || private && privateNetwork):
		return nil
	case env == Sandbox, !ip.IsGlobalUnicast(), private && !privateNetwork:
		return ErrAddress
	}
	return nil
}

// authorised adds to each request what shows who is calling.
type authorised struct {
	endpoint *Endpoint
	network  http.RoundTripper
	reading  bool
}

// RoundTrip implements http.RoundTripper.
func (a *authorised) RoundTrip(r *http.Request) (*http.Response, error) {
	e := a.endpoint
	reads := (r.Method == http.MethodGet || r.Method == http.MethodHead) && (r.Body == nil || r.Body == http.NoBody)
	switch {
	case !e.owns(r.URL):
		return refuse(r, ErrForeign)
	case a.reading && !reads:
		return refuse(r, ErrReadOnly)
	case e.tokens == nil:
		return a.network.RoundTrip(e.authorise(r, ""))
	}
	token, err := e.tokens.get(r.Context())
	if err != nil {
		return refuse(r, err)
	}
	response, err := a.network.RoundTrip(e.authorise(r, token))
	if err != nil || response.StatusCode != http.StatusUnauthorized {
		return response, err
	}
	e.tokens.giveUp(token)
	if !reads { // it has been sent, and may have had its effect whatever the answer says
		return response, nil
	}
	if token, err = e.tokens.get(r.Context()); err != nil {
		return response, nil // the answer that there is
	}
	_ = response.Body.Close()
	return a.network.RoundTrip(e.authorise(r, token))
}

// Format prints the endpoint, for every verb, and nothing of the requests under way.
func (a *authorised) Format(f fmt.State, verb rune) { a.endpoint.Format(f, verb) }

// CloseIdleConnections closes the connections that are kept.
func (a *authorised) CloseIdleConnections() {
	if c, ok := a.network.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

func refuse(r *http.Request, err error) (*http.Response, error) {
	if r.Body != nil {
		_ = r.Body.Close()
	}
	return nil, err
}

func (e *Endpoint) owns(u *url.URL) bool {
	host, err := url.Parse(e.cfg.Host)
	return err == nil && u != nil && u.Scheme == host.Scheme && u.Host == host.Host
}

// authorise returns the request with what shows who is calling.
func (e *Endpoint) authorise(r *http.Request, token string) *http.Request {
	out := r.Clone(r.Context())
	out.Header.Set("User-Agent", e.options.userAgent)
	if key := e.key.reveal(); key != "" {
		out.Header.Set(e.cfg.Key.Header, key)
	}
	if token != "" {
		out.Header.Set("Authorization", "Bearer "+token)
	}
	return out
}

// Cause returns the error in the chain of a transport error that may be shown, nil if
// there is none. Other errors are dropped: net/http quotes answers that it cannot parse,
// and resty quotes the url.
func Cause(err error) error {
	for _, sentinel := range []error{context.Canceled, context.DeadlineExceeded, io.ErrUnexpectedEOF, ErrAddress, ErrNotSandbox, ErrForeign, ErrReadOnly} {
		if errors.Is(err, sentinel) {
			return sentinel
		}
	}
	var (
		token        *TokenError
		dns          *net.DNSError
		errno        syscall.Errno
		authority    x509.UnknownAuthorityError
		hostname     x509.HostnameError
		invalid      x509.CertificateInvalidError
		verification *tls.CertificateVerificationError
	)
	switch {
	case errors.As(err, &token):
		return token
	case errors.As(err, &dns):
		return dns
	case errors.As(err, &authority):
		return authority
	case errors.As(err, &hostname):
		return hostname
	case errors.As(err, &invalid):
		return invalid
	case errors.As(err, &verification):
		return verification
	case errors.As(err, &errno):
		return errno
	}
	return nil
}
