package pull

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/go-resty/resty/v2"

	"github.com/gpsafety/lfpse-go/lfpse/client"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy/fhirform"
)

// The limits of one call of Fetch.
const (
	maxTotal       = 16 << 20 // bytes, after decompression
	maxResources   = 2000
	defaultTimeout = 40 * time.Second
	defaultTotal   = 10 * time.Minute
)

// Option changes one setting of [Fetch] and [List].
type Option func(*puller) error

// WithVersion asks for a taxonomy version, such as "6". The default is the highest
// that the service publishes.
func WithVersion(version string) Option {
	return func(p *puller) error { p.version = version; return nil }
}

// WithKnown gives the taxonomy that fills in what a service does not publish; see
// [fhirform.Read]. The default is [fhirform.Known].
func WithKnown(t *taxonomy.Taxonomy) Option {
	return func(p *puller) error { p.known = t; return nil }
}

// WithTimeout limits each answer. The default is 40 s.
func WithTimeout(d time.Duration) Option {
	return func(p *puller) error {
		if d <= 0 {
			return errors.New("the timeout must be more than zero")
		}
		p.timeout = d
		return nil
	}
}

// WithTotalTimeout limits the whole call. The default is 10 minutes.
func WithTotalTimeout(d time.Duration) Option {
	return func(p *puller) error {
		if d <= 0 {
			return errors.New("the total timeout must be more than zero")
		}
		p.total = d
		return nil
	}
}

// WithTransport replaces the transport, for networks that need a proxy or their own
// certificate authorities. TLS and address checks are then its business.
func WithTransport(rt http.RoundTripper) Option {
	return func(p *puller) error {
		if rt == nil {
			return errors.New("the transport is nil")
		}
		p.transport = rt
		return nil
	}
}

// Fetch reads a taxonomy from a service. host is scheme and host, such as
// https://lfpse.example, without a path; http is for loopback addresses only. The
// key may be zero for a service that wants none. Nothing is written.
//
// The error says which resource is at fault and holds no text of the service. It
// wraps [fhir.Issues] where the resources make no taxonomy.
func Fetch(ctx context.Context, host string, key client.Key, opts ...Option) (*taxonomy.Taxonomy, error) {
	p, err := newPuller(host, key, opts)
	if err != nil {
		return nil, err
	}
	defer p.http.GetClient().CloseIdleConnections()
	ctx, cancel := context.WithTimeout(ctx, p.total)
	defer cancel()
	t, err := p.fetch(ctx)
	if err != nil {
		return nil, fmt.Errorf("taxonomy of %s: %w", p.host, err)
	}
	return t, nil
}

// List returns the taxonomy versions that a service publishes, lowest first.
func List(ctx context.Context, host string, key client.Key, opts ...Option) ([]string, error) {
	p, err := newPuller(host, key, opts)
	if err != nil {
		return nil, err
	}
	defer p.http.GetClient().CloseIdleConnections()
	ctx, cancel := context.WithTimeout(ctx, p.total)
	defer cancel()
	profiles, err := p.profiles(ctx)
	if err != nil {
		return nil, fmt.Errorf("taxonomy of %s: %w", p.host, err)
	}
	var versions []string
	for _, r := range profiles {
		versions = append(versions, versionOf(r))
	}
	return versions, nil
}

// puller carries out one call.
type puller struct {
	host      string
	key       client.Key
	version   string
	known     *taxonomy.Taxonomy
	timeout   time.Duration
	total     time.Duration
	transport http.RoundTripper

	http *resty.Client
	left int // bytes that may still be read
}

func newPuller(host string, key client.Key, opts []Option) (*puller, error) {
	p := &puller{key: key, timeout: defaultTimeout, total: defaultTotal, left: maxTotal}
	var errs []error
	for _, o := range opts {
		errs = append(errs, o(p))
	}
	loopback, err := p.setHost(host)
	if err := errors.Join(append(errs, err)...); err != nil {
		return nil, fmt.Errorf("taxonomy service: %w", err)
	}
	if p.transport == nil {
		p.transport = newTransport(loopback)
	}
	p.http = newResty(p.transport)
	return p, nil
}

func (p *puller) setHost(host string) (loopback bool, err error) {
	u, err := url.Parse(host)
	switch {
	case err != nil, u.Opaque != "", u.Hostname() == "", u.Scheme != "https" && u.Scheme != "http":
		return false, errors.New("the host must be an https url, such as https://lfpse.example")
	case u.User != nil:
		return false, errors.New("the host must not hold a user or password")
	case strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "":
		return false, errors.New("the host must not have a path, query or fragment: they are added to it")
	}
	loopback = isLoopback(u.Hostname())
	if u.Scheme != "https" && !loopback {
		return false, errors.New("the host must use https; only this computer may be asked over http")
	}
	p.host = u.Scheme + "://" + u.Host
	return loopback, nil
}

// fetch collects the profile and what it leads to, each once, so that references in
// a circle come to an end.
func (p *puller) fetch(ctx context.Context) (*taxonomy.Taxonomy, error) {
	root, err := p.root(ctx)
	if err != nil {
		return nil, err
	}
	var have []fhirform.Resource
	seen := map[string]bool{root.URL: true}
	for queue := []fhirform.Ref{root}; len(queue) > 0; queue = queue[1:] {
		if len(have) == maxResources {
			return nil, fmt.Errorf("the service refers to more than %d resources", maxResources)
		}
		res, err := p.resource(ctx, queue[0])
		if err != nil {
			return nil, err
		}
		have = append(have, res)
		for _, ref := range res.References(root.Base()) {
			if !seen[ref.URL] {
				seen[ref.URL] = true
				queue = append(queue, ref)
			}
		}
	}
	known := p.known
	if known == nil {
		if known, err = fhirform.Known(versionOf(root)); err != nil {
			return nil, err
		}
	}
	t, err := fhirform.Read(have, known)
	if err != nil {
		return nil, fmt.Errorf("the resources make no taxonomy:\n%w", err)
	}
	if t.Version != versionOf(root) {
		return nil, errors.New("the taxonomy says that it is of another version than its profile")
	}
	return t, nil
}
