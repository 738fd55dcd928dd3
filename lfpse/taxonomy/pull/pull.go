package pull

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
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

// Save keeps a taxonomy in a file, in the native form. The file is replaced in one
// step: whoever reads it sees the old one or the new one. What it held before is in
// FILE.previous afterwards. It reports whether anything changed; a file that has
// the same bytes already is left alone. A file that holds something other than a
// taxonomy is not replaced.
func Save(file string, t *taxonomy.Taxonomy) (changed bool, err error) {
	text, err := t.Append(nil)
	if err != nil {
		return false, err
	}
	if _, err := taxonomy.Load(text); err != nil {
		return false, err
	}
	old, err := readOld(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return false, err
	case bytes.Equal(old, text):
		return false, nil
	default:
		if err := replace(file+".previous", old); err != nil {
			return false, err
		}
	}
	return true, replace(file, text)
}

func readOld(file string) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	old, err := io.ReadAll(io.LimitReader(f, taxonomy.MaxSize+1))
	if err != nil {
		return nil, err
	}
	if _, err := taxonomy.Load(old); err != nil {
		return nil, fmt.Errorf("%s holds something that is not a taxonomy; it is left as it is, choose another file", file)
	}
	return old, nil
}

// replace puts a file in the place of another, after its bytes are on the disk.
func replace(file string, text []byte) (err error) {
	folder := filepath.Dir(file)
	temp, err := os.CreateTemp(folder, ".taxonomy-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(temp.Name())
		}
	}()
	_, err = temp.Write(text)
	err = errors.Join(err, temp.Chmod(0o644), temp.Sync(), temp.Close())
	if err != nil {
		return err
	}
	if err := os.Rename(temp.Name(), file); err != nil {
		return err
	}
	return syncFolder(folder)
}

// syncFolder makes the new name survive a power cut where the system can do that.
func syncFolder(folder string) error {
	d, err := os.Open(folder)
	if err != nil {
		return err
	}
	_ = d.Sync() // some file systems refuse it
	return d.Close()
}
