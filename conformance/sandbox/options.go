package sandbox

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

// DefaultKey is the subscription key that a sandbox accepts unless WithKeys sets others.
// It is public and of no use elsewhere.
const DefaultKey = "sandbox"

// Defaults of the limits.
const (
	DefaultBodyLimit  = 5 << 20 // bytes
	DefaultKeptBodies = 1000    // records

	DefaultTransferLimit = 30 * time.Second
)

// Option changes one setting of New or Start.
type Option func(*config) error

type config struct {
	keys            [][sha256.Size]byte
	taxonomies      []*tax
	readOnly        []string // profiles that are published and take no records
	published       [][]byte // in the native form, all that the taxonomy API serves
	skipped         map[string]bool
	rootDescription bool
	ledgerPath      string
	ledgerWriter    io.Writer
	clock           func() time.Time
	log             *slog.Logger
	bodyLimit       int64
	keptBodies      int
	transferLimit   time.Duration
	plan            Plan
	abilities       Abilities
	remote          bool
	basePath        string // without a slash at the end, empty for the root
	taxonomyPath    string
	keyHeader       string
	tokens          *issuer // nil: no access token is required
	certificate     *tls.Certificate
	clientRoots     *x509.CertPool
}

func newConfig(opts []Option) (config, error) {
	c := config{
		skipped: map[string]bool{}, clock: time.Now, log: slog.New(slog.DiscardHandler),
		bodyLimit: DefaultBodyLimit, keptBodies: DefaultKeptBodies, transferLimit: DefaultTransferLimit,
		basePath: BasePath, taxonomyPath: TaxonomyPath, keyHeader: KeyHeader,
	}
	var errs []error
	for _, opt := range opts {
		errs = append(errs, opt(&c))
	}
	if len(c.keys) == 0 {
		errs = append(errs, WithKeys(DefaultKey)(&c))
	}
	if len(c.taxonomies) == 0 {
		data, err := taxonomy.EmbeddedData("6")
		if err == nil {
			err = WithTaxonomy(data)(&c)
		}
		errs = append(errs, err)
	}
	if c.ledgerPath != "" && c.ledgerWriter != nil {
		errs = append(errs, errors.New("sandbox: WithLedgerFile and WithLedgerWriter exclude each other"))
	}
	if c.clientRoots != nil && c.certificate == nil {
		errs = append(errs, errors.New("sandbox: WithClientAuthorities needs WithCertificate"))
	}
	if err := errors.Join(errs...); err != nil {
		return c, err
	}
	return c, c.checkProfiles()
}

// checkProfiles finds a taxonomy given twice, before a client asks for one of two
// resources with the same id.
func (c *config) checkProfiles() error {
	profiles := slices.Clone(c.readOnly)
	for _, t := range c.taxonomies {
		profiles = append(profiles, t.profile)
	}
	slices.Sort(profiles)
	for i := 1; i < len(profiles); i++ {
		if profiles[i-1] == profiles[i] {
			return errors.New("sandbox: taxonomy: two taxonomies have the same AdverseEvent profile; what WithTaxonomy gives is published anyway")
		}
	}
	return nil
}

// WithKeys replaces DefaultKey by one or more subscription keys. Give several to simulate
// several suppliers.
func WithKeys(keys ...string) Option {
	return func(c *config) error {
		for _, k := range keys {
			if k == "" {
				return errors.New("sandbox: WithKeys: a key is empty")
			}
			c.keys = append(c.keys, sha256.Sum256([]byte(k)))
		}
		return nil
	}
}

// WithTaxonomy replaces the embedded v6 taxonomy by data in the native taxonomy
// form (format 1, FHIR R4). Given more than once, the sandbox serves several
// versions and the profile of a resource says which one applies.
func WithTaxonomy(data []byte) Option {
	return func(c *config) error {
		t, err := readTaxonomy(data)
		if err != nil {
			return fmt.Errorf("sandbox: taxonomy: %w", err)
		}
		c.taxonomies = append(c.taxonomies, t)
		c.published = append(c.published, slices.Clone(data))
		return nil
	}
}

// WithRootDescription accepts the element AdverseEvent.description, which R4
// does not have but a public v6 supplier client sends. The default is to refuse
// it, as a strict R4 validator does.
func WithRootDescription() Option {
	return func(c *config) error { c.rootDescription = true; return nil }
}

// WithoutChecks switches checks off by their id (see Checks), all but
// SBX-RESOURCE-TYPE. An unknown id is an error.
func WithoutChecks(ids ...string) Option {
	return func(c *config) error {
		for _, id := range ids {
			if _, ok := checkByID(id); !ok || id == "SBX-RESOURCE-TYPE" {
				return fmt.Errorf("sandbox: WithoutChecks: there is no check %q that can be switched off", id)
			}
			c.skipped[id] = true
		}
		return nil
	}
}

// WithLedgerFile appends the ledger to a file, one JSON object per line. The file is
// created with mode 0600. If it exists, its numbering is continued and its records are
// known again, without their bodies. Only one sandbox at a time may use a file. By
// default the ledger is kept in memory.
//
// A line is handed to the operating system before the answer is sent: it
// survives the death of the process, not a power cut.
func WithLedgerFile(path string) Option {
	return func(c *config) error {
		if path == "" {
			return errors.New("sandbox: WithLedgerFile: the path is empty")
		}
		c.ledgerPath = path
		return nil
	}
}

// WithLedgerWriter writes the ledger to w, with one Write per line, from number 1. If a
// Write fails, the answer has status 500.
func WithLedgerWriter(w io.Writer) Option {
	return func(c *config) error {
		if w == nil {
			return errors.New("sandbox: WithLedgerWriter: the writer is nil")
		}
		c.ledgerWriter = w
		return nil
	}
}

// WithClock sets the clock of the ledger, of meta.lastUpdated and of the year in
// reference numbers. The default is time.Now.
func WithClock(now func() time.Time) Option {
	return func(c *config) error {
		if now == nil {
			return errors.New("sandbox: WithClock: the clock is nil")
		}
		c.clock = now
		return nil
	}
}

// WithLogger logs one line per request, never a value of a payload. The default is to log
// nothing.
func WithLogger(log *slog.Logger) Option {
	return func(c *config) error {
		if log == nil {
			return errors.New("sandbox: WithLogger: the logger is nil")
		}
		c.log = log
		return nil
	}
}

// WithBodyLimit sets the largest request body in bytes; a larger one is answered
// with 413. The default is DefaultBodyLimit.
func WithBodyLimit(bytes int64) Option {
	return func(c *config) error {
		if bytes <= 0 {
			return errors.New("sandbox: WithBodyLimit: the limit must be above zero")
		}
		c.bodyLimit = bytes
		return nil
	}
}

// WithTransferLimit sets how long the body of a request may take to arrive, and how long a
// client may take to receive an answer. A request that takes longer is answered with 408,
// and its connection is closed. The default is DefaultTransferLimit.
func WithTransferLimit(d time.Duration) Option {
	return func(c *config) error {
		if d <= 0 {
			return errors.New("sandbox: WithTransferLimit: the limit must be above zero")
		}
		c.transferLimit = d
		return nil
	}
}

// WithKeptBodies sets of how many records the body stays in memory for Stored.
// The oldest are dropped first; their ids, versions and ledger entries remain.
// Zero keeps none. The default is DefaultKeptBodies.
func WithKeptBodies(records int) Option {
	return func(c *config) error {
		if records < 0 {
			return errors.New("sandbox: WithKeptBodies: the number must not be negative")
		}
		c.keptBodies = records
		return nil
	}
}

// WithFault lets a plan spoil requests. The default is no fault.
func WithFault(plan Plan) Option {
	return func(c *config) error { c.plan = plan; return nil }
}

// WithPrivateNetwork lets Start listen on an address that other machines can reach,
// such as those of containers beside this one. The default is to refuse it: a sandbox
// has no access control worth the name. The metadata is then given without key and
// token, so that a client can recognise the sandbox before it shows anything.
func WithPrivateNetwork() Option {
	return func(c *config) error { c.remote = true; return nil }
}

// WithPaths sets the paths below which the submission API and the taxonomy API stand,
// "/" for the root of the host. The defaults are BasePath and TaxonomyPath.
func WithPaths(submission, taxonomy string) Option {
	return func(c *config) error {
		for _, p := range []string{submission, taxonomy} {
			if !pathGrammar.MatchString(p) || path.Clean(p) != p {
				return errors.New("sandbox: WithPaths: a path must begin with a slash, and hold letters, digits, hyphens, dots and single slashes only")
			}
		}
		c.basePath, c.taxonomyPath = strings.TrimSuffix(submission, "/"), strings.TrimSuffix(taxonomy, "/")
		return nil
	}
}

var pathGrammar = regexp.MustCompile(`^/[A-Za-z0-9._/-]*$`)

// WithKeyHeader sets the header that carries the subscription key. The default is
// KeyHeader.
func WithKeyHeader(name string) Option {
	return func(c *config) error {
		if !headerGrammar.MatchString(name) {
			return errors.New("sandbox: WithKeyHeader: this is not the name of a header")
		}
		c.keyHeader = name
		return nil
	}
}

var headerGrammar = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]*$`)

// WithCertificate lets Start serve over TLS with a certificate from PEM files. The
// default is plain HTTP.
func WithCertificate(certFile, keyFile string) Option {
	return func(c *config) error {
		pair, err := tls.LoadX509KeyPair(certFile, keyFile)
		if err != nil {
			return fmt.Errorf("sandbox: WithCertificate: %w", err)
		}
		c.certificate = &pair
		return nil
	}
}

// WithClientAuthorities lets Start take only clients that present a certificate of one
// of the authorities in a PEM file. It needs WithCertificate. The default is to want
// none.
func WithClientAuthorities(file string) Option {
	return func(c *config) error {
		pem, err := os.ReadFile(file)
		if err != nil {
			return fmt.Errorf("sandbox: WithClientAuthorities: %w", err)
		}
		c.clientRoots = x509.NewCertPool()
		if !c.clientRoots.AppendCertsFromPEM(pem) {
			return errors.New("sandbox: WithClientAuthorities: the file holds no certificate in PEM form")
		}
		return nil
	}
}
