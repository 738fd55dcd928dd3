package endpoint

import (
	"cmp"
	"encoding/json"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"time"

	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

// Environment says what kind of service an endpoint is. It has no default, because what
// may be sent depends on it.
type Environment string

// The environments.
const (
	// Sandbox is a stand-in on this computer or, with [Config.PrivateNetwork], on a
	// private network. It may use http, and provisional elements of the taxonomy may be
	// sent to it.
	Sandbox Environment = "sandbox"
	// Test is the national test service.
	Test Environment = "test"
	// Production is the national service. Its host is not public; it comes with
	// the key from the LFPSE team.
	Production Environment = "production"
)

// The defaults of settings that are left out.
const (
	DefaultBasePath       = "/adverse-event/fhir"
	DefaultTaxonomyPath   = "/taxonomy/fhir"
	DefaultKeyHeader      = "Ocp-Apim-Subscription-Key"
	DefaultContentType    = "application/json"
	DefaultTimeout        = 40 * time.Second
	DefaultConnectTimeout = 10 * time.Second
)

// Config describes one LFPSE service. The package documentation has its YAML form. It
// holds no secret, only where secrets are kept.
type Config struct {
	Name        string      `yaml:"name"`        // for people and logs, such as "LFPSE test"; default: the environment
	Environment Environment `yaml:"environment"` // Sandbox, Test or Production
	// Host is the scheme and host of the service, such as https://lfpse.example.
	Host string `yaml:"host"`
	// BasePath is the path of the submission API on the host, "/" for its root.
	BasePath string `yaml:"basePath"`
	// TaxonomyPath is the path of the taxonomy API on the host, "/" for its root.
	TaxonomyPath string `yaml:"taxonomyPath"`
	// CanonicalBase is the start of every profile and group url, as in
	// [taxonomy.Taxonomy]; it ends in "/". It is a fact about the service that does
	// not follow from the host. Submitting needs it, reading a taxonomy does not.
	CanonicalBase string `yaml:"canonicalBase"`
	// Version is the taxonomy version that the service takes, such as "6".
	// Submitting needs it.
	Version string `yaml:"version"`
	// ContentType is the media type of requests and answers: application/json, which is
	// known to work, or application/fhir+json.
	ContentType string `yaml:"contentType"`
	// GatewayRefusal reads an answer 502, 503 or 504 that is not an OperationOutcome as
	// "not sent". Use it only if the service owner has confirmed that the gateway gives
	// these answers before the report reaches the service; otherwise events may be
	// reported twice.
	GatewayRefusal bool `yaml:"gatewayRefusal"`

	// Key is the subscription key. For a sandbox the default is the documented key
	// "sandbox"; any other endpoint needs a key, OAuth or a client certificate.
	Key   Key   `yaml:"key"`
	OAuth OAuth `yaml:"oauth"`
	TLS   TLS   `yaml:"tls"`
	Proxy Proxy `yaml:"proxy"`
	// PrivateNetwork allows the host to have a private address: for a test or production
	// service behind a private link, or for a sandbox on another computer nearby. Without
	// it, a forged DNS answer cannot direct a report into the local network.
	PrivateNetwork bool `yaml:"privateNetwork"`
	// Timeout limits one request, from the name look-up to the last byte of the
	// answer. The service is known to be slow, so submit in the background.
	Timeout time.Duration `yaml:"timeout"`
	// ConnectTimeout limits connecting and, separately, the TLS handshake.
	ConnectTimeout time.Duration `yaml:"connectTimeout"`

	line func(path string) int // of a document, nil for a Config made in Go
	form Findings              // what is wrong with the document itself
	// unread says that nothing in the document could be read, so nothing is reported as
	// missing.
	unread bool
}

// Key is the subscription key of the API gateway, one per supplier and environment.
type Key struct {
	Secret `yaml:",inline"`
	Header string `yaml:"header"` // that carries it; default [DefaultKeyHeader]
}

// OAuth gets access tokens by the client credentials grant of OAuth 2 with a signed JWT
// (RFC 7523, private_key_jwt with RS512), as the NHS API platform requires. The zero
// value gets no tokens.
type OAuth struct {
	TokenURL   string `yaml:"tokenUrl"`
	ClientID   Secret `yaml:"clientId"`   // iss and sub; on the NHS API platform the API key of the application
	SigningKey Secret `yaml:"signingKey"` // RSA private key in PEM form, at least 2048 bits
	KeyID      string `yaml:"keyId"`      // kid, the name of the public key at the service
	Audience   string `yaml:"audience"`   // aud; default TokenURL
	Scope      string `yaml:"scope"`      // default none
}

func (o OAuth) isZero() bool { return o == OAuth{} }

// TLS says which certificate authorities to trust and which client certificate to
// present. The values are PEM files.
type TLS struct {
	// Authorities are trusted instead of those of the operating system.
	Authorities    string `yaml:"authorities"`
	Certificate    string `yaml:"certificate"`    // of the client, for services that ask for one
	CertificateKey Secret `yaml:"certificateKey"` // of the certificate
}

// Proxy is the HTTP proxy on the way to the service.
type Proxy struct {
	URL         string `yaml:"url"`         // http://host:port or https://host:port
	Credentials Secret `yaml:"credentials"` // user:password; default none
}

// ForSandbox returns the configuration of a sandbox on this computer, such as
// http://127.0.0.1:8787, that takes submissions of taxonomy t.
func ForSandbox(host string, t *taxonomy.Taxonomy) Config {
	return Config{Name: "sandbox", Environment: Sandbox, Host: host, CanonicalBase: t.CanonicalBase, Version: t.Version}
}

// complete fills in the defaults.
func (c Config) complete() Config {
	c.Name = cmp.Or(c.Name, string(c.Environment))
	c.Host = strings.TrimRight(c.Host, "/")
	c.BasePath = cmp.Or(c.BasePath, DefaultBasePath)
	c.TaxonomyPath = cmp.Or(c.TaxonomyPath, DefaultTaxonomyPath)
	c.ContentType = cmp.Or(c.ContentType, DefaultContentType)
	c.Key.Header = cmp.Or(c.Key.Header, DefaultKeyHeader)
	c.OAuth.Audience = cmp.Or(c.OAuth.Audience, c.OAuth.TokenURL)
	c.Timeout = cmp.Or(c.Timeout, DefaultTimeout)
	c.ConnectTimeout = cmp.Or(c.ConnectTimeout, DefaultConnectTimeout)
	return c
}

// In returns the configuration with relative file paths resolved against a folder.
// Otherwise they are relative to the working directory.
func (c Config) In(folder string) Config {
	for _, file := range []*string{
		&c.Key.File, &c.OAuth.ClientID.File, &c.OAuth.SigningKey.File,
		&c.TLS.Authorities, &c.TLS.Certificate, &c.TLS.CertificateKey.File, &c.Proxy.Credentials.File,
	} {
		if *file != "" && !filepath.IsAbs(*file) {
			*file = filepath.Join(folder, *file)
		}
	}
	return c
}

// plain is a Config without its methods.
type plain Config

// shown is the configuration as it may be printed: an address with a user in it, which
// is refused but may have been given by mistake, is left out.
func (c Config) shown() plain {
	for _, address := range []*string{&c.Host, &c.Proxy.URL, &c.OAuth.TokenURL, &c.OAuth.Audience} {
		if strings.Contains(*address, "@") {
			*address = redacted
		}
	}
	c.line, c.form = nil, nil
	return plain(c)
}

// Format prints the configuration, for every verb. It holds no secret.
func (c Config) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "%+v", c.shown()) }

// LogValue logs the configuration.
func (c Config) LogValue() slog.Value { return slog.StringValue(fmt.Sprintf("%+v", c.shown())) }

// MarshalJSON writes the configuration for people to read; it says in words where secrets
// are kept. [Parse] cannot read it.
func (c Config) MarshalJSON() ([]byte, error) { return json.Marshal(c.shown()) }

// Unconfirmed lists the settings of the configuration that the owner of the service
// has not confirmed, each with its value, for people. It is empty for a sandbox.
func (c Config) Unconfirmed() []string {
	if c.Environment == Sandbox {
		return nil
	}
	c = c.complete()
	out := []string{"base path " + c.BasePath, "taxonomy path " + c.TaxonomyPath}
	if !c.Key.Secret.IsZero() {
		out = append(out, "key header "+c.Key.Header)
	}
	if !c.OAuth.isZero() {
		out = append(out, "token url "+c.OAuth.TokenURL)
	}
	return out
}
