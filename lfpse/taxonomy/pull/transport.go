package pull

import (
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"syscall"
	"time"

	"github.com/go-resty/resty/v2"
)

// newResty returns the request builder, with everything off that repeats, follows,
// stores, decodes or prints.
func newResty(rt http.RoundTripper) *resty.Client {
	hc := &http.Client{
		Transport:     rt,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return resty.NewWithClient(hc).SetRetryCount(0).SetLogger(silent{}).SetDisableWarn(true)
}

// silent discards what resty would print, which holds urls.
type silent struct{}

func (silent) Errorf(string, ...any) {}
func (silent) Warnf(string, ...any)  {}
func (silent) Debugf(string, ...any) {}

// newTransport keeps the connection between requests, which are many and may all be
// repeated, and uses no proxy. The time for an answer is limited by its context.
func newTransport(loopback bool) *http.Transport {
	dialer := &net.Dialer{Timeout: 10 * time.Second}
	dialer.Control = func(_, address string, _ syscall.RawConn) error { return checkAddress(address, loopback) }
	return &http.Transport{
		DialContext:            dialer.DialContext,
		TLSHandshakeTimeout:    10 * time.Second,
		MaxResponseHeaderBytes: 64 << 10,
		IdleConnTimeout:        5 * time.Second,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
	}
}

var errAddress = errors.New("the name of the host leads to an address where the service cannot be")

// checkAddress looks at the address after the name look-up, where a forged answer
// shows.
func checkAddress(address string, loopback bool) error {
	ap, err := netip.ParseAddrPort(address)
	if err != nil || ap.Addr().Unmap().IsLoopback() != loopback || !loopback && !ap.Addr().Unmap().IsGlobalUnicast() {
		return errAddress
	}
	return nil
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// plain takes the url off an error of net/http.
func plain(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}
