package endpoint

import (
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/gpsafety/lfpse-go/fhir"
)

// Endpoint is a service that is ready to use: its secrets have been read and its
// certificates loaded. It is immutable, apart from the access token that it keeps, and
// safe for concurrent use; all clients of one service may share it. Printing or logging
// it shows name, environment, host and version.
type Endpoint struct {
	cfg     Config // complete
	options options

	key       hidden // the subscription key
	proxy     *url.URL
	tls       *tls.Config
	tokens    *tokens // nil without OAuth
	sandboxes *sandboxes
	sending   http.RoundTripper
}

type options struct {
	transport http.RoundTripper
	userAgent string
	now       func() time.Time
	rename    func(address string) string // for tests: the look-up of a name
}

// Option changes one setting of an [Endpoint] that is about the program, not about
// the service. [New] reports every option that cannot be used.
type Option func(*options) error

// WithTransport replaces the network layer, for instrumentation and for networks that a
// [Config] does not cover. It is then responsible for TLS, proxy, address checks and
// header limits, and must not retry or follow redirects. Keys and tokens are still added
// to requests. A failed connection can be recognised only if the transport reports its
// connections to net/http/httptrace, as a wrapped http.Transport does.
func WithTransport(rt http.RoundTripper) Option {
	return func(o *options) error {
		if rt == nil {
			return errors.New("the transport is nil")
		}
		o.transport = rt
		return nil
	}
}

// WithUserAgent names the calling system to the service, as in
// "example-bridge/1.2". The default is "lfpse-go".
func WithUserAgent(product string) Option {
	return func(o *options) error {
		if !userAgentGrammar.MatchString(product) {
			return errors.New("the user agent must have 1 to 128 visible ASCII characters and single spaces")
		}
		o.userAgent = product
		return nil
	}
}

var userAgentGrammar = regexp.MustCompile(`^[!-~]( ?[!-~]){0,127}$`)

// WithClock sets the clock for requesting and expiring access tokens. The default is
// time.Now.
func WithClock(now func() time.Time) Option {
	return func(o *options) error {
		if now == nil {
			return errors.New("the clock is nil")
		}
		o.now = now
		return nil
	}
}

// New reads the secrets and certificates of a configuration and returns its endpoint.
// It makes no connection. The error lists everything that is wrong; the findings
// about the configuration are in it as [Findings].
func New(c Config, opts ...Option) (*Endpoint, error) {
	e := &Endpoint{cfg: c.complete(), sandboxes: &sandboxes{}, options: options{userAgent: "lfpse-go", now: time.Now}}
	var errs []error
	for _, opt := range opts {
		errs = append(errs, opt(&e.options))
	}
	fs := c.check()
	e.loadKey(fs)
	e.loadOAuth(fs)
	e.loadTLS(fs)
	e.loadProxy(fs)
	if e.options.transport != nil && (c.TLS != TLS{} || c.Proxy != Proxy{} || c.PrivateNetwork) {
		errs = append(errs, errors.New("tls, proxy and privateNetwork have no effect on a transport of your own; configure that transport"))
	}
	if err := errors.Join(append([]error{fs.sorted().Err()}, errs...)...); err != nil {
		return nil, fmt.Errorf("endpoint: %w", err)
	}
	e.sending = e.transport(false)
	return e, nil
}

func (e *Endpoint) loadKey(fs *findings) {
	switch s := e.cfg.Key.Secret; {
	case !s.IsZero():
		e.key = load(fs, RuleSecret, "key", s, Secret.token)
		if e.key.reveal() == sandboxKey && e.cfg.Environment != Sandbox {
			fs.add(RuleKey, "key", "This is the key of the sandbox, which is for a sandbox only.", "Use the key that the LFPSE team gave you.")
		}
	case e.cfg.Environment == Sandbox:
		e.key = hide(sandboxKey)
	}
}

// sandboxKey is the documented key of every sandbox.
const sandboxKey = "sandbox"

// load reads a secret if there is one, and reports what is wrong with it.
func load[T any](fs *findings, rule, at string, s Secret, read func(Secret) (T, error)) T {
	var none T
	if s.IsZero() || s.Env != "" && (s.File != "" || !variableName.MatchString(s.Env)) {
		return none // checkSecret has said so
	}
	v, err := read(s)
	if err != nil {
		fs.add(rule, at, sentence(err), "")
		return none
	}
	return v
}

func sentence(err error) string {
	s := err.Error()
	return strings.ToUpper(s[:1]) + s[1:] + "."
}

// minKeyBits is the smallest RSA key that is accepted; the NHS API platform requires
// 4096.
const minKeyBits = 2048

func (e *Endpoint) loadOAuth(fs *findings) {
	o := e.cfg.OAuth
	if o.isZero() {
		return
	}
	id := load(fs, RuleSecret, "oauth.clientId", o.ClientID, Secret.token)
	key := load(fs, RuleOAuth, "oauth.signingKey", o.SigningKey, func(s Secret) (*rsa.PrivateKey, error) {
		data, err := s.read()
		if err != nil {
			return nil, err
		}
		key, err := jwt.ParseRSAPrivateKeyFromPEM(data)
		if err != nil || key.N.BitLen() < minKeyBits {
			return nil, fmt.Errorf("the %s does not hold an RSA private key of at least %d bits in PEM form", s, minKeyBits)
		}
		return key, nil
	})
	e.tokens = newTokens(e, id, key)
}

func (e *Endpoint) loadTLS(fs *findings) {
	e.tls = &tls.Config{MinVersion: tls.VersionTLS12}
	t := e.cfg.TLS
	if t.Authorities != "" {
		pem, err := os.ReadFile(t.Authorities)
		e.tls.RootCAs = x509.NewCertPool()
		switch {
		case err != nil:
			fs.add(RuleTLS, "tls.authorities", "The certificate authorities cannot be read: "+fileReason(err)+".", "")
		case !e.tls.RootCAs.AppendCertsFromPEM(pem):
			fs.add(RuleTLS, "tls.authorities", "The file of certificate authorities holds no certificate in PEM form.", "")
		}
	}
	if t.Certificate == "" || t.CertificateKey.IsZero() {
		return
	}
	cert, err := os.ReadFile(t.Certificate)
	if err != nil {
		fs.add(RuleTLS, "tls.certificate", "The client certificate cannot be read: "+fileReason(err)+".", "")
	}
	key := load(fs, RuleSecret, "tls.certificateKey", t.CertificateKey, Secret.read)
	if err != nil || key == nil {
		return
	}
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		fs.add(RuleTLS, "tls.certificate", "The client certificate and its key are not a pair in PEM form.", "")
	}
	e.tls.Certificates = []tls.Certificate{pair}
}

// fileReason is why a file cannot be read, without its path.
func fileReason(err error) string {
	if cause := errors.Unwrap(err); cause != nil {
		err = cause
	}
	return err.Error()
}

func (e *Endpoint) loadProxy(fs *findings) {
	if e.cfg.Proxy.URL == "" {
		return
	}
	e.proxy, _ = url.Parse(e.cfg.Proxy.URL) // checkConnection has checked it
	credentials := load(fs, RuleSecret, "proxy.credentials", e.cfg.Proxy.Credentials, Secret.token)
	if user, password, ok := strings.Cut(credentials.reveal(), ":"); ok && e.proxy != nil {
		e.proxy.User = url.UserPassword(user, password)
	} else if credentials.value != nil {
		fs.add(RuleProxy, "proxy.credentials", "The credentials of the proxy are not of the form user:password.", "")
	}
}

// Config returns the configuration, with the defaults filled in.
func (e *Endpoint) Config() Config { return e.cfg }

// Environment returns the environment of the endpoint.
func (e *Endpoint) Environment() Environment { return e.cfg.Environment }

// HideKey replaces the key by [KEY] in a text of the service, which may quote what it was
// sent. The key of the sandbox is no secret and stays.
func (e *Endpoint) HideKey(text string) string {
	if key := e.key.reveal(); key != "" && key != sandboxKey {
		return strings.ReplaceAll(text, key, "[KEY]")
	}
	return text
}

// URL returns the address of a path of the submission API, such as "/metadata".
func (e *Endpoint) URL(path string) string { return e.cfg.below(e.cfg.BasePath, path) }

// TaxonomyURL returns the address of a path of the taxonomy API, such as
// "/CodeSystem/gender-6".
func (e *Endpoint) TaxonomyURL(path string) string { return e.cfg.below(e.cfg.TaxonomyPath, path) }

func (c Config) below(base, path string) string {
	return c.Host + strings.TrimSuffix(base, "/") + path
}

// Format prints name, environment and host, for every verb.
func (e Endpoint) Format(f fmt.State, _ rune) {
	_, _ = io.WriteString(f, "endpoint.Endpoint("+fhir.EscapeText(e.cfg.Name)+", "+string(e.cfg.Environment)+", "+e.cfg.Host+")")
}

// LogValue logs name, environment, host and version.
func (e Endpoint) LogValue() slog.Value {
	return slog.GroupValue(slog.String("endpoint", e.cfg.Name), slog.String("environment", string(e.cfg.Environment)),
		slog.String("host", e.cfg.Host), slog.String("version", e.cfg.Version))
}
