package client

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"time"
)

// Option changes one setting of a [Client]. [New] reports every option that
// cannot be used.
type Option func(*config) error

type config struct {
	timeout        time.Duration
	contentType    string
	userAgent      string
	gatewayRefusal bool
	privateNetwork bool
	logger         *slog.Logger
	now            func() time.Time

	transport   http.RoundTripper
	roots       *x509.CertPool
	certificate *tls.Certificate
	proxy       *url.URL
}

func defaults() config {
	return config{
		timeout:     40 * time.Second,
		contentType: "application/json",
		userAgent:   "lfpse-go",
		logger:      slog.New(slog.DiscardHandler),
		now:         time.Now,
	}
}

// WithTimeout limits one call, from the name look-up to the last byte of the
// answer. The default is 40 s: the service is known to be slow, so submit in the
// background.
func WithTimeout(d time.Duration) Option {
	return func(c *config) error {
		if d <= 0 {
			return errors.New("the timeout must be more than zero")
		}
		c.timeout = d
		return nil
	}
}

// WithContentType sets the media type of what is sent and asked for:
// application/json, which is known to work and is the default, or
// application/fhir+json.
func WithContentType(mediaType string) Option {
	return func(c *config) error {
		if mediaType != "application/json" && mediaType != "application/fhir+json" {
			return errors.New("the content type must be application/json or application/fhir+json")
		}
		c.contentType = mediaType
		return nil
	}
}

// WithGatewayRefusal reads an answer 502, 503 or 504 that is not an
// OperationOutcome as [NotSent]. Use it only where the service owner has
// confirmed that its gateway gives these answers before the report reaches the
// service; otherwise events will be reported twice. The default is [Unknown].
func WithGatewayRefusal() Option {
	return func(c *config) error {
		c.gatewayRefusal = true
		return nil
	}
}

// WithPrivateNetwork allows the host of a test or production endpoint to have a
// private address, as behind a private link. By default it is refused, so that a
// forged name look-up cannot send a report into the own network. Loopback and
// link-local addresses are refused regardless.
func WithPrivateNetwork() Option {
	return func(c *config) error {
		c.privateNetwork = true
		return nil
	}
}

// WithTransport replaces the transport, the escape hatch for instrumentation and
// for networks that the other options do not cover. TLS, proxy, address and
// header limits are then the transport's business, and it must not retry or
// follow redirects. [NotSent] after a failed connection is only found where it
// reports its connections to net/http/httptrace, as a wrapped http.Transport
// does; all other failures are [Unknown].
func WithTransport(rt http.RoundTripper) Option {
	return func(c *config) error {
		if rt == nil {
			return errors.New("the transport is nil")
		}
		c.transport = rt
		return nil
	}
}

// WithRootCAs trusts the certificate authorities in a PEM file, and no others,
// instead of those of the operating system.
func WithRootCAs(file string) Option {
	return func(c *config) error {
		pem, err := os.ReadFile(file)
		if err != nil {
			return fmt.Errorf("the certificate authorities cannot be read: %w", err)
		}
		c.roots = x509.NewCertPool()
		if !c.roots.AppendCertsFromPEM(pem) {
			return errors.New("the file of certificate authorities holds no certificate in PEM form")
		}
		return nil
	}
}

// WithClientCertificate presents a certificate, from PEM files, where the
// service asks for one. The key file must be closed to other users of the
// computer.
func WithClientCertificate(certFile, keyFile string) Option {
	return func(c *config) error {
		cert, err := os.ReadFile(certFile)
		if err != nil {
			return fmt.Errorf("the client certificate cannot be read: %w", err)
		}
		key, err := readPrivate(keyFile, 1<<20)
		if err != nil {
			return err
		}
		pair, err := tls.X509KeyPair(cert, key)
		if err != nil {
			return errors.New("the client certificate and its key are not a pair in PEM form")
		}
		c.certificate = &pair
		return nil
	}
}

// WithProxy sends every request through a proxy, http://host:port or
// https://host:port. By default there is none: proxy settings of the environment
// are ignored, because whoever sets them could read along.
func WithProxy(proxyURL string) Option {
	return func(c *config) error {
		u, err := url.Parse(proxyURL)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
			return errors.New("the proxy must be given as http://host:port or https://host:port")
		}
		c.proxy = u
		return nil
	}
}

// WithLogger logs one line per call: operation, outcome, reason, status, record
// id, start of the digest and time taken; at level Info what was accepted, at Warn
// all else. The default is to log nothing.
func WithLogger(l *slog.Logger) Option {
	return func(c *config) error {
		if l == nil {
			return errors.New("the logger is nil")
		}
		c.logger = l
		return nil
	}
}

// WithUserAgent names the calling system to the service, as in
// "example-bridge/1.2". The default is "lfpse-go".
func WithUserAgent(product string) Option {
	return func(c *config) error {
		if !userAgentGrammar.MatchString(product) {
			return errors.New("the user agent must have 1 to 128 visible ASCII characters and single spaces")
		}
		c.userAgent = product
		return nil
	}
}

var userAgentGrammar = regexp.MustCompile(`^[!-~]( ?[!-~]){0,127}$`)

// WithClock sets the clock for [Receipt.At] and for Retry-After dates. The
// default is time.Now.
func WithClock(now func() time.Time) Option {
	return func(c *config) error {
		if now == nil {
			return errors.New("the clock is nil")
		}
		c.now = now
		return nil
	}
}

// check reports settings that contradict each other or the endpoint.
func (c *config) check(ep Endpoint) error {
	var errs []error
	if c.transport != nil && (c.roots != nil || c.certificate != nil || c.proxy != nil || c.privateNetwork) {
		errs = append(errs, errors.New("certificate authorities, client certificate, proxy and private network have no effect on a transport of your own; configure that transport"))
	}
	if c.proxy != nil && ep.Environment == Sandbox {
		errs = append(errs, errors.New("a sandbox is not reached through a proxy"))
	}
	if c.privateNetwork && ep.Environment == Sandbox {
		errs = append(errs, errors.New("a sandbox is on this computer, not on a private network"))
	}
	return errors.Join(errs...)
}
