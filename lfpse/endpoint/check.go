package endpoint

import (
	"net/textproto"
	"net/url"
	"path"
	"regexp"
	"strings"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/internal/rest"
)

// Findings lists everything that is wrong with the configuration and can be found without
// opening a file, reading a secret or using the network. [New] finds the rest. The result
// is empty if nothing is wrong.
func (c Config) Findings() Findings { return c.check().sorted() }

func (c Config) check() *findings {
	fs := &findings{line: c.line, form: c.form}
	if c.unread {
		return fs
	}
	full := c.complete()
	full.checkService(fs)
	full.checkKey(fs)
	full.checkOAuth(fs)
	full.checkConnection(fs)
	return fs
}

var versionGrammar = regexp.MustCompile(`^[0-9A-Za-z.]{1,16}$`)

func (c Config) checkService(fs *findings) {
	if text, fix := c.hostFault(); text != "" {
		fs.add(RuleHost, "host", text, fix)
	}
	switch c.Environment {
	case Sandbox, Test, Production:
		if strings.TrimSpace(c.Name) == "" || len(c.Name) > 64 || fhir.EscapeText(c.Name) != c.Name {
			fs.add(RuleName, "name", "The name must have 1 to 64 printable characters.", "Use the name by which people know the service.")
		}
	default:
		fs.add(RuleEnvironment, "environment", "The environment is missing or not known.", "State sandbox, test or production.")
	}
	for _, p := range []struct{ at, path string }{{"basePath", c.BasePath}, {"taxonomyPath", c.TaxonomyPath}} {
		if !isBasePath(p.path) {
			fs.add(RulePath, p.at, "The path must begin with a slash and hold no query, fragment, percent sign, dot segment or empty segment.", "Write it as "+DefaultBasePath+", or / for the root of the host.")
		}
	}
	if c.CanonicalBase != "" && !isCanonicalBase(c.CanonicalBase) {
		fs.add(RuleBase, "canonicalBase", "The canonical base must be an https url that ends in a slash, without user, query or fragment.",
			"Take it from the taxonomy that the service uses.")
	}
	if c.Version != "" && !versionGrammar.MatchString(c.Version) {
		fs.add(RuleVersion, "version", "This is not a taxonomy version.", "State the version that the service takes, such as 6.")
	}
	if c.ContentType != "application/json" && c.ContentType != "application/fhir+json" {
		fs.add(RuleContentType, "contentType", "The content type is not one of FHIR.", "State application/json or application/fhir+json.")
	}
}

func (c Config) hostFault() (text, fix string) {
	u, err := url.Parse(c.Host)
	switch {
	case c.Host == "":
		return "The host is missing.", "State the host that the LFPSE team gave you, such as https://lfpse.example."
	case err != nil || u.Opaque != "" || u.Hostname() == "" || u.Scheme != "https" && u.Scheme != "http":
		return "The host is not an https url.", "Write it as https://host or https://host:port."
	case u.User != nil:
		return "The host must not hold a user or password.", "Remove everything up to the @ sign; secrets come from the environment or a file."
	case strings.ContainsAny(c.Host, "?#"):
		return "The host must not have a query or fragment.", "Remove everything from the ? or # sign on."
	case strings.Trim(u.Path, "/") != "":
		return "The host must not have a path.", "Give scheme and host only, and the path as basePath."
	case c.Environment == Sandbox && !rest.Loopback(u.Hostname()) && !c.PrivateNetwork:
		return "A sandbox must be on this computer.", "Use localhost or 127.0.0.1; for a sandbox on a private network set privateNetwork, and start that sandbox for one; for any other service state the environment test or production."
	case c.Environment != Sandbox && u.Scheme != "https" && (c.Environment != "" || !rest.Loopback(u.Hostname())):
		return "The host must use https.", "Only a sandbox may use http."
	}
	return "", ""
}

var pathGrammar = regexp.MustCompile(`^/[A-Za-z0-9._~/-]{0,200}$`)

func isBasePath(p string) bool {
	return pathGrammar.MatchString(p) && path.Clean(p) == p
}

func isCanonicalBase(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.Scheme == "https" && u.Host != "" && u.User == nil &&
		strings.HasSuffix(u.Path, "/") && !strings.ContainsAny(s, "?#")
}

// checkSecret checks where a secret is said to be kept.
func checkSecret(fs *findings, at string, s Secret) {
	switch {
	case s.Env != "" && s.File != "":
		fs.add(RuleSecret, at, "The secret is said to be in two places.", "State env or file, not both.")
	case s.Env != "" && !variableName.MatchString(s.Env):
		fs.add(RuleSecret, at+".env", "This is not the name of an environment variable.", "State the name of the variable, such as LFPSE_KEY, not what it holds.")
	}
}

var headerGrammar = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]{0,63}$`)

// taken are headers that have another meaning.
var taken = map[string]bool{
	"Authorization": true, "Accept": true, "Accept-Encoding": true, "Connection": true, "Content-Length": true, "Content-Type": true,
	"Content-Encoding": true, "Cookie": true, "Host": true, "Idempotency-Key": true, "Transfer-Encoding": true, "User-Agent": true,
}

func (c Config) checkKey(fs *findings) {
	checkSecret(fs, "key", c.Key.Secret)
	if !headerGrammar.MatchString(c.Key.Header) || taken[textproto.CanonicalMIMEHeaderKey(c.Key.Header)] {
		fs.add(RuleKey, "key.header", "This is not a header that can carry a key.", "State its name, such as "+DefaultKeyHeader+".")
	}
	if c.Environment != Sandbox && c.Key.Secret.IsZero() && c.OAuth.isZero() && c.TLS.Certificate == "" {
		fs.add(RuleKey, "key", "The subscription key is missing, and there are no other credentials.",
			"Say where the key is kept: env: NAME or file: PATH; or set up oauth or a client certificate.")
	}
}

func (c Config) checkOAuth(fs *findings) {
	o := c.OAuth
	if o.isZero() && !fs.stated("oauth") {
		return
	}
	if o.TokenURL == "" {
		fs.add(RuleOAuth, "oauth.tokenUrl", "The token url is missing.", "State the address that gives access tokens.")
	} else if text := c.tokenFault(); text != "" {
		fs.add(RuleOAuth, "oauth.tokenUrl", text, "")
	}
	for _, s := range []struct {
		at     string
		secret Secret
	}{{"oauth.clientId", o.ClientID}, {"oauth.signingKey", o.SigningKey}} {
		if checkSecret(fs, s.at, s.secret); s.secret.IsZero() {
			fs.add(RuleOAuth, s.at, "This is missing.", "Say where it is kept: env: NAME or file: PATH.")
		}
	}
	if !isWord(o.KeyID, 128) {
		fs.add(RuleOAuth, "oauth.keyId", "The key id is missing or has other than 1 to 128 visible ASCII characters.", "State the kid under which the public key is registered.")
	}
	if o.Audience != "" && !isWord(o.Audience, 512) {
		fs.add(RuleOAuth, "oauth.audience", "The audience has other than visible ASCII characters.", "Leave it out to use the token url.")
	}
	if o.Scope != "" && !isWord(strings.ReplaceAll(o.Scope, " ", ""), 512) {
		fs.add(RuleOAuth, "oauth.scope", "The scope has other than visible ASCII characters and spaces.", "")
	}
}

// isWord reports whether a text has only visible ASCII characters.
func isWord(s string, limit int) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] > '~' {
			return false
		}
	}
	return s != "" && len(s) <= limit
}

func (c Config) tokenFault() string {
	u, err := url.Parse(c.OAuth.TokenURL)
	host, _ := url.Parse(c.Host)
	switch {
	case err != nil || u.Hostname() == "" || u.Scheme != "https" && u.Scheme != "http":
		return "The token url is not an https url."
	case u.User != nil || strings.ContainsAny(c.OAuth.TokenURL, "?#"):
		return "The token url must not have a user, query or fragment."
	case c.Environment != Sandbox && u.Scheme != "https":
		return "The token url must use https; only a sandbox may use http."
	case c.Environment == Sandbox && !rest.Loopback(u.Hostname()) && (host == nil || u.Host != host.Host || u.Scheme != host.Scheme):
		return "The token url of a sandbox must be on this computer, or on the host of the sandbox."
	}
	return ""
}

// checkConnection checks the settings of the connection: TLS, proxy and time limits.
func (c Config) checkConnection(fs *findings) {
	checkSecret(fs, "tls.certificateKey", c.TLS.CertificateKey)
	if (c.TLS.Certificate == "") != c.TLS.CertificateKey.IsZero() {
		fs.add(RuleTLS, "tls", "The client certificate and its key must be given together.", "State certificate and certificateKey, or neither.")
	}
	checkSecret(fs, "proxy.credentials", c.Proxy.Credentials)
	u, err := url.Parse(c.Proxy.URL)
	switch {
	case c.Proxy == Proxy{} && !fs.stated("proxy"):
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || strings.Trim(u.Path, "/") != "" || strings.ContainsAny(c.Proxy.URL, "?#"):
		fs.add(RuleProxy, "proxy.url", "The proxy must be given as http://host:port or https://host:port.", "")
	case u.User != nil:
		fs.add(RuleSecret, "proxy.url", "The url of the proxy must not hold a user or password.", "Keep them as user:password in an environment variable or a file, and name it as credentials.")
	case c.Environment == Sandbox:
		fs.add(RuleProxy, "proxy", "A sandbox is not reached through a proxy.", "Leave it out.")
	}
	if c.Timeout < 0 {
		fs.add(RuleTimeout, "timeout", "The time limit must be more than zero.", "Leave it out for 40s.")
	}
	if c.ConnectTimeout < 0 {
		fs.add(RuleTimeout, "connectTimeout", "The time limit must be more than zero.", "Leave it out for 10s.")
	}
}
