package client

import (
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"
)

const (
	maxResponse    = 1 << 20  // bytes, after decompression
	maxHeader      = 64 << 10 // bytes
	connectTimeout = 10 * time.Second
)

// newTransport makes one connection per call: a connection that the server has
// closed meanwhile is the main source of requests of which nobody knows whether
// they arrived. It speaks HTTP/1.1, because HTTP/2 re-sends on its own account.
func newTransport(c *config, ep Endpoint) *http.Transport {
	dialer := &net.Dialer{Timeout: connectTimeout}
	t := &http.Transport{
		DialContext:            dialer.DialContext,
		TLSHandshakeTimeout:    connectTimeout,
		ResponseHeaderTimeout:  c.timeout,
		MaxResponseHeaderBytes: maxHeader,
		DisableKeepAlives:      true,
		Protocols:              new(http.Protocols),
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: c.roots},
	}
	t.Protocols.SetHTTP1(true)
	if c.certificate != nil {
		t.TLSClientConfig.Certificates = []tls.Certificate{*c.certificate}
	}
	if c.proxy != nil {
		// The proxy resolves the name, so there is no address to check here.
		t.Proxy = http.ProxyURL(c.proxy)
		return t
	}
	dialer.Control = func(_, address string, _ syscall.RawConn) error {
		return checkAddress(address, ep.Environment, c.privateNetwork)
	}
	return t
}

var errAddress = errors.New("the name of the host leads to an address where the service cannot be")

// sharedSpace is the carrier range of RFC 6598, as private as those of RFC 1918.
var sharedSpace = netip.MustParsePrefix("100.64.0.0/10")

// checkAddress looks at the address after the name look-up, where a forged
// answer shows.
func checkAddress(address string, env Environment, privateNetwork bool) error {
	ap, err := netip.ParseAddrPort(address)
	if err != nil {
		return errAddress
	}
	ip := ap.Addr().Unmap()
	private := ip.IsPrivate() || sharedSpace.Contains(ip)
	switch {
	case env == Sandbox && ip.IsLoopback():
		return nil
	case env == Sandbox, !ip.IsGlobalUnicast(), private && !privateNetwork:
		return errAddress
	}
	return nil
}
