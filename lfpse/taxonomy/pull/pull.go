package pull

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/go-resty/resty/v2"

	"github.com/gpsafety/lfpse-go/lfpse/endpoint"
	"github.com/gpsafety/lfpse-go/lfpse/internal/rest"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy/fhirform"
)

// The limits of one call of Fetch.
const (
	maxTotal     = 16 << 20 // bytes, after decompression
	maxResources = 2000
	defaultTotal = 10 * time.Minute
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

// Fetch reads a taxonomy from a service. The endpoint need not state its canonical
// base and version; its timeout limits each answer. Nothing is written.
//
// The error says which resource is at fault and holds no text of the service. It
// wraps [fhir.Issues] where the resources make no taxonomy.
func Fetch(ctx context.Context, ep *endpoint.Endpoint, opts ...Option) (*taxonomy.Taxonomy, error) {
	p, err := newPuller(ep, opts)
	if err != nil {
		return nil, err
	}
	defer p.http.GetClient().CloseIdleConnections()
	ctx, cancel := context.WithTimeout(ctx, p.total)
	defer cancel()
	t, err := p.fetch(ctx)
	if err != nil {
		return nil, fmt.Errorf("taxonomy of %s: %w", ep.Config().Host, err)
	}
	return t, nil
}

// List returns the taxonomy versions that a service publishes, lowest first.
func List(ctx context.Context, ep *endpoint.Endpoint, opts ...Option) ([]string, error) {
	p, err := newPuller(ep, opts)
	if err != nil {
		return nil, err
	}
	defer p.http.GetClient().CloseIdleConnections()
	ctx, cancel := context.WithTimeout(ctx, p.total)
	defer cancel()
	profiles, err := p.profiles(ctx)
	if err != nil {
		return nil, fmt.Errorf("taxonomy of %s: %w", ep.Config().Host, err)
	}
	var versions []string
	for _, r := range profiles {
		versions = append(versions, versionOf(r))
	}
	return versions, nil
}

// puller carries out one call.
type puller struct {
	endpoint *endpoint.Endpoint
	version  string
	known    *taxonomy.Taxonomy
	total    time.Duration

	http *resty.Client
	left int // bytes that may still be read
}

func newPuller(ep *endpoint.Endpoint, opts []Option) (*puller, error) {
	p := &puller{endpoint: ep, total: defaultTotal, left: maxTotal}
	var errs []error
	if ep == nil {
		errs = append(errs, errors.New("the endpoint is nil"))
	}
	for _, o := range opts {
		errs = append(errs, o(p))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, fmt.Errorf("taxonomy service: %w", err)
	}
	p.http = rest.New(ep.Reading(), fhirform.MaxResource)
	return p, nil
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
