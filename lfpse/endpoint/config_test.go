package endpoint_test

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/endpoint"
	"github.com/gpsafety/lfpse-go/lfpse/internal/yamlform"
)

const base = "https://canonical.example/taxonomy/fhir/"

func good() endpoint.Config {
	return endpoint.Config{
		Name: "LFPSE test", Environment: endpoint.Test, Host: "https://lfpse.example", CanonicalBase: base, Version: "6",
		Key: endpoint.Key{Secret: endpoint.FromEnv("LFPSE_KEY")},
	}
}

func TestFindings(t *testing.T) {
	require.Empty(t, good().Findings())
	type config = endpoint.Config
	sandbox := func(host string) func(*config) {
		return func(c *config) { c.Environment, c.Host = endpoint.Sandbox, host }
	}
	host := func(host string) func(*config) { return func(c *config) { c.Host = host } }
	oauth := func(change func(*endpoint.OAuth)) func(*config) {
		return func(c *config) {
			c.OAuth = endpoint.OAuth{TokenURL: "https://auth.example/token", ClientID: endpoint.FromEnv("ID"), SigningKey: endpoint.FromFile("k"), KeyID: "k1"}
			change(&c.OAuth)
		}
	}
	tests := []struct {
		name   string
		change func(*config)
		rule   string // empty: allowed
	}{
		{"port", host("https://lfpse.example:8443/"), ""},
		{"production", func(c *config) { c.Environment = endpoint.Production }, ""},
		{"no name", func(c *config) { c.Name = "" }, ""},
		{"sandbox http", sandbox("http://127.0.0.1:80"), ""},
		{"sandbox https", sandbox("https://localhost:8443"), ""},
		{"sandbox IPv6", sandbox("http://[::1]:8080"), ""},
		{"sandbox without key", func(c *config) { sandbox("http://[::1]:8080")(c); c.Key = endpoint.Key{} }, ""},
		{"sandbox on a private network", func(c *config) { sandbox("http://sandbox:8787")(c); c.PrivateNetwork = true }, ""},
		{"no base and version, for reading", func(c *config) { c.CanonicalBase, c.Version = "", "" }, ""},
		{"root for the base path", func(c *config) { c.BasePath = "/" }, ""},
		{"oauth and no key", func(c *config) { oauth(func(*endpoint.OAuth) {})(c); c.Key = endpoint.Key{} }, ""},
		{"client certificate and no key", func(c *config) {
			c.Key, c.TLS = endpoint.Key{}, endpoint.TLS{Certificate: "c.pem", CertificateKey: endpoint.FromFile("k.pem")}
		}, ""},
		{"proxy", func(c *config) { c.Proxy.URL = "http://proxy.example:3128/" }, ""},

		{"sandbox elsewhere", sandbox("https://lfpse.example"), "ENDPOINT-HOST"},
		{"sandbox with a name that looks local", sandbox("http://localhost.example"), "ENDPOINT-HOST"},
		{"no environment", func(c *config) { c.Environment = "" }, "ENDPOINT-ENVIRONMENT"},
		{"unknown environment", func(c *config) { c.Environment = "Test" }, "ENDPOINT-ENVIRONMENT"},
		{"http", host("http://lfpse.example"), "ENDPOINT-HOST"},
		{"http production on loopback", func(c *config) { c.Environment, c.Host = endpoint.Production, "http://127.0.0.1" }, "ENDPOINT-HOST"},
		{"no host", host(""), "ENDPOINT-HOST"},
		{"no scheme", host("lfpse.example"), "ENDPOINT-HOST"},
		{"scheme only", host("https://"), "ENDPOINT-HOST"},
		{"port only", host("https://:443"), "ENDPOINT-HOST"},
		{"other scheme", host("ftp://lfpse.example"), "ENDPOINT-HOST"},
		{"opaque", host("https:lfpse.example"), "ENDPOINT-HOST"},
		{"user", host("https://u:p@lfpse.example"), "ENDPOINT-HOST"},
		{"path", host("https://lfpse.example/adverse-event/fhir"), "ENDPOINT-HOST"},
		{"query", host("https://lfpse.example?key=x"), "ENDPOINT-HOST"},
		{"empty query", host("https://lfpse.example?"), "ENDPOINT-HOST"},
		{"fragment", host("https://lfpse.example#"), "ENDPOINT-HOST"},
		{"control character", host("https://lfpse.example\n"), "ENDPOINT-HOST"},
		{"name of spaces", func(c *config) { c.Name = " " }, "ENDPOINT-NAME"},
		{"name of control characters", func(c *config) { c.Name = "a\x1b[2J" }, "ENDPOINT-NAME"},
		{"base without slash", func(c *config) { c.CanonicalBase = "https://canonical.example/fhir" }, "ENDPOINT-BASE"},
		{"version of spaces", func(c *config) { c.Version = "6 " }, "ENDPOINT-VERSION"},
		{"content type", func(c *config) { c.ContentType = "text/plain" }, "ENDPOINT-CONTENT-TYPE"},
		{"base path without slash", func(c *config) { c.BasePath = "fhir" }, "ENDPOINT-PATH"},
		{"base path that climbs", func(c *config) { c.BasePath = "/fhir/../admin" }, "ENDPOINT-PATH"},
		{"base path with a slash at the end", func(c *config) { c.BasePath = "/fhir/" }, "ENDPOINT-PATH"},
		{"taxonomy path with a query", func(c *config) { c.TaxonomyPath = "/fhir?x" }, "ENDPOINT-PATH"},
		{"no key", func(c *config) { c.Key = endpoint.Key{} }, "ENDPOINT-KEY"},
		{"key header with a line break", func(c *config) { c.Key.Header = "X\r\nY" }, "ENDPOINT-KEY"},
		{"key header that means something else", func(c *config) { c.Key.Header = "authorization" }, "ENDPOINT-KEY"},
		{"key in two places", func(c *config) { c.Key.File = "key" }, "ENDPOINT-SECRET"},
		{"key for the name of its variable", func(c *config) { c.Key.Env = "a1b2-c3" }, "ENDPOINT-SECRET"},
		{"no token url", oauth(func(o *endpoint.OAuth) { o.TokenURL = "" }), "ENDPOINT-OAUTH"},
		{"token url http", oauth(func(o *endpoint.OAuth) { o.TokenURL = "http://auth.example/token" }), "ENDPOINT-OAUTH"},
		{"token url with a user", oauth(func(o *endpoint.OAuth) { o.TokenURL = "https://a@auth.example/token" }), "ENDPOINT-OAUTH"},
		{"no client id", oauth(func(o *endpoint.OAuth) { o.ClientID = endpoint.Secret{} }), "ENDPOINT-OAUTH"},
		{"no signing key", oauth(func(o *endpoint.OAuth) { o.SigningKey = endpoint.Secret{} }), "ENDPOINT-OAUTH"},
		{"no key id", oauth(func(o *endpoint.OAuth) { o.KeyID = "" }), "ENDPOINT-OAUTH"},
		{"audience of two words", oauth(func(o *endpoint.OAuth) { o.Audience = "a b" }), "ENDPOINT-OAUTH"},
		{"scope with a line break", oauth(func(o *endpoint.OAuth) { o.Scope = "a\nb" }), "ENDPOINT-OAUTH"},
		{"token url of a sandbox elsewhere", func(c *config) { oauth(func(*endpoint.OAuth) {})(c); sandbox("http://127.0.0.1:80")(c) }, "ENDPOINT-OAUTH"},
		{"certificate without key", func(c *config) { c.TLS.Certificate = "c.pem" }, "ENDPOINT-TLS"},
		{"key without certificate", func(c *config) { c.TLS.CertificateKey = endpoint.FromFile("k.pem") }, "ENDPOINT-TLS"},
		{"proxy scheme", func(c *config) { c.Proxy.URL = "socks5://proxy.example" }, "ENDPOINT-PROXY"},
		{"proxy credentials only", func(c *config) { c.Proxy.Credentials = endpoint.FromEnv("P") }, "ENDPOINT-PROXY"},
		{"proxy with a password", func(c *config) { c.Proxy.URL = "http://u:p@proxy.example" }, "ENDPOINT-SECRET"},
		{"proxy for a sandbox", func(c *config) { sandbox("http://127.0.0.1")(c); c.Proxy.URL = "http://proxy.example" }, "ENDPOINT-PROXY"},
		{"negative timeout", func(c *config) { c.Timeout = -time.Second }, "ENDPOINT-TIMEOUT"},
		{"negative connect timeout", func(c *config) { c.ConnectTimeout = -1 }, "ENDPOINT-TIMEOUT"},
	}
	seen := map[string]bool{"ENDPOINT-FORM": true}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := good()
			test.change(&c)
			found := c.Findings()
			if test.rule == "" {
				require.NoError(t, found.Err())
				return
			}
			require.Len(t, found, 1)
			assert.Equal(t, test.rule, found[0].Rule)
			seen[test.rule] = true
		})
	}
	for _, rule := range endpoint.Rules() {
		assert.True(t, seen[rule], "no test for %s", rule)
	}
	assert.Len(t, endpoint.Config{Environment: endpoint.Test, Version: "?", BasePath: "x"}.Findings(), 4, "all findings at once")
}

// document has every key of the form.
const document = `
name: LFPSE test
environment: test
host: https://lfpse.example
basePath: /fhir
taxonomyPath: /taxonomy
canonicalBase: https://canonical.example/taxonomy/fhir/
version: 6
contentType: application/fhir+json
gatewayRefusal: true
key: {header: X-Key, env: LFPSE_KEY}
oauth:
  tokenUrl: https://lfpse.example/oauth2/token
  clientId: {env: LFPSE_CLIENT_ID}
  signingKey: {file: signing-key.pem}
  keyId: test-1
  audience: https://lfpse.example/
  scope: a b
tls:
  authorities: ca.pem
  certificate: client.pem
  certificateKey: {file: client-key.pem}
proxy: {url: "http://proxy.example:3128", credentials: {env: PROXY_USER}}
privateNetwork: true
timeout: 1m30s
connectTimeout: 5s
`

func TestLoad(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "endpoint.yaml")
	require.NoError(t, os.WriteFile(file, []byte(document), 0o644))
	c, err := endpoint.Load(file)
	require.NoError(t, err)
	require.Empty(t, c.Findings())
	want := endpoint.Config{
		Name: "LFPSE test", Environment: endpoint.Test, Host: "https://lfpse.example", BasePath: "/fhir", TaxonomyPath: "/taxonomy",
		CanonicalBase: base, Version: "6", ContentType: "application/fhir+json", GatewayRefusal: true,
		Key: endpoint.Key{Secret: endpoint.FromEnv("LFPSE_KEY"), Header: "X-Key"},
		OAuth: endpoint.OAuth{
			TokenURL: "https://lfpse.example/oauth2/token", ClientID: endpoint.FromEnv("LFPSE_CLIENT_ID"), SigningKey: endpoint.FromFile(filepath.Join(dir, "signing-key.pem")),
			KeyID: "test-1", Audience: "https://lfpse.example/", Scope: "a b",
		},
		TLS:            endpoint.TLS{Authorities: filepath.Join(dir, "ca.pem"), Certificate: filepath.Join(dir, "client.pem"), CertificateKey: endpoint.FromFile(filepath.Join(dir, "client-key.pem"))},
		Proxy:          endpoint.Proxy{URL: "http://proxy.example:3128", Credentials: endpoint.FromEnv("PROXY_USER")},
		PrivateNetwork: true, Timeout: 90 * time.Second, ConnectTimeout: 5 * time.Second,
	}
	assert.Equal(t, want, c.Within(nil))

	// JSON is YAML.
	c = endpoint.Parse([]byte(`{"name":"LFPSE test","environment":"test","host":"https://lfpse.example","canonicalBase":"` + base + `","version":"6","key":{"env":"LFPSE_KEY"}}`))
	require.Empty(t, c.Findings())
	assert.Equal(t, good(), c.Within(nil))

	_, err = endpoint.Load(filepath.Join(dir, "none.yaml"))
	require.ErrorIs(t, err, os.ErrNotExist)
	_, err = endpoint.Load(dir)
	require.Error(t, err)
}

// The form in the package documentation is one that is read, and has every key.
func TestTheDocumentedForm(t *testing.T) {
	source, err := os.ReadFile("doc.go")
	require.NoError(t, err)
	var form strings.Builder
	for line := range strings.Lines(string(source)) {
		if text, ok := strings.CutPrefix(line, "//\t"); ok {
			form.WriteString(text)
		}
	}
	c := endpoint.Parse([]byte(form.String()))
	require.Empty(t, c.Findings())
	for _, name := range keysOf(reflect.TypeFor[endpoint.Config]()) {
		assert.Regexp(t, `(?m)(^|[ {])`+name+`:`, form.String(), name)
	}
	assert.Equal(t, endpoint.DefaultBasePath, c.BasePath)
	assert.Equal(t, endpoint.DefaultTaxonomyPath, c.TaxonomyPath)
	assert.Equal(t, endpoint.DefaultKeyHeader, c.Key.Header)
	assert.Equal(t, endpoint.DefaultContentType, c.ContentType)
	assert.Equal(t, endpoint.DefaultTimeout, c.Timeout)
	assert.Equal(t, endpoint.DefaultConnectTimeout, c.ConnectTimeout)
	assert.Equal(t, c.OAuth.TokenURL, c.OAuth.Audience)
}

func keysOf(t reflect.Type) []string {
	var out []string
	for f := range t.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		switch {
		case name != "" && f.Type.Kind() != reflect.Struct:
			out = append(out, name)
		case f.IsExported() && f.Type.Kind() == reflect.Struct:
			out = append(out, keysOf(f.Type)...)
		}
	}
	return out
}

func TestFindingsOfADocumentComeAllAtOnceWithTheirLines(t *testing.T) {
	c := endpoint.Parse([]byte(`environment: live
hosts: https://lfpse.example
host: lfpse.example
host: https://lfpse.example
timeout: soon
tls:
  certificate: c.pem
key: s3cr3t
oauth:
  clientId: {value: s3cr3t}
  signingKey: |
    s3cr3t
  keyId: [a]
version: *v
`))
	got := c.Findings()
	var lines []string
	for _, f := range got {
		lines = append(lines, strings.SplitN(f.String(), ": ", 3)[0]+" "+f.Rule+" "+f.Path)
	}
	assert.Equal(t, []string{
		"line 1 ENDPOINT-ENVIRONMENT environment", "line 2 ENDPOINT-FORM ", "line 4 ENDPOINT-FORM host", "line 5 ENDPOINT-FORM timeout",
		"line 6 ENDPOINT-TLS tls", "line 8 ENDPOINT-SECRET key", "line 9 ENDPOINT-OAUTH oauth.tokenUrl", "line 10 ENDPOINT-SECRET oauth.clientId",
		"line 11 ENDPOINT-SECRET oauth.signingKey", "line 13 ENDPOINT-FORM oauth.keyId", "line 14 ENDPOINT-FORM version",
	}, lines, got.Error())
	assert.NotContains(t, got.Error(), "s3cr3t")
	assert.Contains(t, got.Error(), `The key "hosts" is not known. The keys are name, environment, host, basePath`)
	assert.Contains(t, got.Error(), "A secret must not stand in the file. Name the place where it is kept: env: NAME")
	_, err := endpoint.New(c)
	var all endpoint.Findings
	require.ErrorAs(t, err, &all)
	assert.Equal(t, got, all)
}

func TestDocumentsThatCannotBeRead(t *testing.T) {
	for name, doc := range map[string]string{
		"empty": ``, "list": `[]`, "list of objects": `[{"name":"x"}]`, "page": `<html>s3cr3t`, "text": "s3cr3t", "two": "name: a\n---\nname: b\n",
		"broken": "key: {env: s3cr3t", "quote": "name: \"s3cr3t\nhost: x", "not UTF-8": "name: \xff", "large": strings.Repeat("# x\n", 1<<17),
		"deep": strings.Repeat("[", 1000), "indented": strings.Repeat(" ", 1000) + "a: b", "trailing": "{}{}", "tab": "tls:\n\tauthorities: s3cr3t",
	} {
		found := endpoint.Parse([]byte(doc)).Findings()
		if assert.Len(t, found, 1, name) {
			assert.Equal(t, "ENDPOINT-FORM", found[0].Rule, name)
			assert.Positive(t, found[0].Line, name)
			assert.NotContains(t, found.Error(), "s3cr3t", name)
		}
	}
}

// The block stands in a larger document, which has one reader for all of it.
func TestBlockOfALargerDocument(t *testing.T) {
	var larger struct {
		Listen   string          `yaml:"listen"`
		Endpoint endpoint.Config `yaml:"endpoint"`
	}
	lines, problems := yamlform.Read([]byte("listen: 127.0.0.1:8080\nendpoint:\n  environment: test\n  host: http://lfpse.example\n  key: s3cr3t\n"), &larger)
	require.Len(t, problems, 1)
	assert.Equal(t, "endpoint.key", problems[0].Path)
	assert.True(t, problems[0].Secret)
	found := larger.Endpoint.Within(func(path string) int { return lines["endpoint."+path] }).Findings()
	require.Len(t, found, 2)
	assert.Equal(t, 4, found[0].Line)
	assert.Equal(t, "host", found[0].Path)
}

func TestUnconfirmed(t *testing.T) {
	c := good()
	assert.Equal(t, []string{"base path /adverse-event/fhir", "taxonomy path /taxonomy/fhir", "key header Ocp-Apim-Subscription-Key"}, c.Unconfirmed())
	c.OAuth.TokenURL = "https://lfpse.example/token"
	assert.True(t, slices.Contains(c.Unconfirmed(), "token url https://lfpse.example/token"))
	c.Environment = endpoint.Sandbox
	assert.Empty(t, c.Unconfirmed())
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(document))
	f.Add([]byte(`{"name":"n","environment":"sandbox","host":"http://[::1]:1"}`))
	f.Add([]byte("key: x\noauth: {clientId: &a x}\n"))
	f.Fuzz(func(t *testing.T, doc []byte) {
		c := endpoint.Parse(doc)
		for _, finding := range c.Findings() {
			if finding.Line < 0 || finding.Text == "" {
				t.Fatal(finding)
			}
		}
	})
}
