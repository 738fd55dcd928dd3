package endpoint_test

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"go/parser"
	"go/token"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/endpoint"
)

const canary = "not-a-real-key-but-a-canary"

// file writes a file that is closed to others.
func file(t testing.TB, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
	return path
}

// TestSecretsAreNeverShown prints a configuration with secrets in the wrong places,
// and an endpoint that holds real ones.
func TestSecretsAreNeverShown(t *testing.T) {
	t.Setenv("LFPSE_KEY", canary)
	s := newAuthorisation(t)
	c := s.config()
	c.Key = endpoint.Key{Secret: endpoint.FromFile(file(t, canary))}
	ep, err := endpoint.New(c)
	require.NoError(t, err)
	_, err = get(t, ep.Transport(), ep.URL("/metadata")) // so that there is a token
	require.NoError(t, err)
	token := s.lastToken
	require.NotEmpty(t, token)

	mistaken := good()
	mistaken.Key.Env, mistaken.OAuth.ClientID.Env, mistaken.Proxy.Credentials.File = canary, canary, canary
	mistaken.Host, mistaken.Proxy.URL, mistaken.OAuth.TokenURL = "https://"+canary+"@h", "http://u:"+canary+"@p", "https://"+canary+"@t"
	type visible struct {
		Config   endpoint.Config
		Endpoint *endpoint.Endpoint
		Secret   endpoint.Secret
	}
	type hidden struct {
		c  endpoint.Secret
		ep *endpoint.Endpoint
	}
	both := visible{mistaken, ep, mistaken.Key.Secret}
	var out strings.Builder
	for _, v := range []any{mistaken, &mistaken, mistaken.Key, mistaken.Key.Secret, ep, *ep, both, &both, []any{both}, hidden{endpoint.FromEnv("X"), ep}, ep.Transport(), ep.Config()} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			fmt.Fprintf(&out, verb+"\n", v)
		}
		for _, handler := range []slog.Handler{slog.NewTextHandler(&out, nil), slog.NewJSONHandler(&out, nil)} {
			slog.New(handler).Info("m", "v", v)
		}
		doc, err := json.Marshal(v)
		require.NoError(t, err)
		out.Write(doc)
	}
	markup, err := xml.Marshal(mistaken.Key.Secret)
	require.NoError(t, err)
	out.Write(markup)
	_, err = endpoint.New(mistaken)
	require.Error(t, err)
	fmt.Fprintf(&out, "%v %+v %#v", err, err, mistaken.Findings())
	for _, secret := range []string{canary, token, "client-of-the-test", s.lastAssertion} {
		require.NotEmpty(t, secret)
		assert.NotContains(t, out.String(), secret)
		assert.NotContains(t, strings.ToLower(out.String()), fmt.Sprintf("%x", secret))
	}
}

// withKey makes an endpoint with a key from somewhere, and returns the key it sends.
func withKey(t *testing.T, s endpoint.Secret) (string, error) {
	t.Helper()
	var got string
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = r.Header.Get("Ocp-Apim-Subscription-Key") }))
	defer server.Close()
	ep, err := endpoint.New(endpoint.Config{Environment: endpoint.Sandbox, Host: server.URL, Key: endpoint.Key{Secret: s}})
	if err == nil {
		_, err = get(t, ep.Transport(), ep.URL("/metadata"))
	}
	return got, err
}

func TestKeyFromEnv(t *testing.T) {
	t.Setenv("LFPSE_KEY", "  "+canary+"\n")
	key, err := withKey(t, endpoint.FromEnv("LFPSE_KEY"))
	require.NoError(t, err)
	assert.Equal(t, canary, key)

	for name, value := range map[string]string{"LFPSE_EMPTY": " ", "LFPSE_SPACE": "a b", "LFPSE_CONTROL": "a\x01b", "LFPSE_WIDE": "schlüssel", "LFPSE_LONG": strings.Repeat("k", 513)} {
		t.Setenv(name, value)
		_, err := withKey(t, endpoint.FromEnv(name))
		require.ErrorContains(t, err, name)
		assert.NotContains(t, err.Error(), "a b")
	}
	_, err = withKey(t, endpoint.FromEnv("LFPSE_NOT_SET"))
	require.ErrorContains(t, err, "LFPSE_NOT_SET is not set")

	// The key given where its name belongs must not come back in the message.
	for _, mistaken := range []string{canary, strings.Repeat("AB12", 8)} {
		_, err = withKey(t, endpoint.FromEnv(mistaken))
		require.Error(t, err)
		assert.NotContains(t, err.Error(), mistaken)
	}
}

func TestKeyFromFile(t *testing.T) {
	write := func(content string, mode os.FileMode) endpoint.Secret {
		path := file(t, content)
		require.NoError(t, os.Chmod(path, mode))
		return endpoint.FromFile(path)
	}
	for _, mode := range []os.FileMode{0o600, 0o400, 0o640} {
		key, err := withKey(t, write(canary+"\n", mode))
		require.NoError(t, err, "%o", mode)
		assert.Equal(t, canary, key)
	}
	if runtime.GOOS != "windows" {
		for _, mode := range []os.FileMode{0o644, 0o604, 0o602, 0o601} {
			_, err := withKey(t, write(canary, mode))
			require.ErrorContains(t, err, "chmod 600", "%o", mode)
		}
	}
	for _, content := range []string{"", "\n", "two words", "line\nline", strings.Repeat("k", 513), strings.Repeat("k", 70_000)} {
		_, err := withKey(t, write(content, 0o600))
		require.Error(t, err)
		if content = strings.TrimSpace(content); content != "" {
			assert.NotContains(t, err.Error(), content)
		}
	}
	_, err := withKey(t, endpoint.FromFile(t.TempDir()))
	require.ErrorContains(t, err, "regular file")
	_, err = withKey(t, endpoint.FromFile(canary)) // the key given where the path belongs
	require.ErrorContains(t, err, "cannot be read")
	assert.NotContains(t, err.Error(), canary)
}

func TestNewRefuses(t *testing.T) {
	empty := file(t, "")
	local := endpoint.Config{Environment: endpoint.Sandbox, Host: "http://127.0.0.1:1"}
	remote := good()
	t.Setenv("LFPSE_KEY", "sandbox")
	tests := []struct {
		name   string
		config endpoint.Config
		change func(*endpoint.Config)
		opt    endpoint.Option
		want   string
	}{
		{"key of the sandbox elsewhere", remote, nil, nil, "for a sandbox only"},
		{"nil transport", local, nil, endpoint.WithTransport(nil), "transport is nil"},
		{"nil clock", local, nil, endpoint.WithClock(nil), "clock is nil"},
		{"user agent with a line break", local, nil, endpoint.WithUserAgent("a\r\nX: y"), "user agent"},
		{"empty user agent", local, nil, endpoint.WithUserAgent(""), "user agent"},
		{"no CA file", local, func(c *endpoint.Config) { c.TLS.Authorities = empty + "x" }, nil, "cannot be read"},
		{"empty CA file", local, func(c *endpoint.Config) { c.TLS.Authorities = empty }, nil, "no certificate"},
		{"no certificate", local, func(c *endpoint.Config) {
			c.TLS = endpoint.TLS{Certificate: empty + "x", CertificateKey: endpoint.FromFile(empty)}
		}, nil, "tls.certificate: The client certificate cannot be read"},
		{"empty certificate", local, func(c *endpoint.Config) {
			c.TLS = endpoint.TLS{Certificate: empty, CertificateKey: endpoint.FromFile(file(t, "x"))}
		}, nil, "not a pair"},
		{"signing key that is none", local, func(c *endpoint.Config) {
			c.OAuth = endpoint.OAuth{TokenURL: "http://127.0.0.1:1/t", ClientID: endpoint.FromFile(file(t, "id")), SigningKey: endpoint.FromFile(file(t, canary)), KeyID: "k"}
		}, nil, "RSA private key of at least 2048 bits"},
		{"proxy credentials without password", remote, func(c *endpoint.Config) {
			c.Proxy = endpoint.Proxy{URL: "http://proxy.example", Credentials: endpoint.FromFile(file(t, canary))}
		}, nil, "user:password"},
		{"tls beside a transport", local, func(c *endpoint.Config) { c.TLS.Authorities = empty }, endpoint.WithTransport(http.DefaultTransport), "no effect on a transport of your own"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if test.change != nil {
				test.change(&test.config)
			}
			var opts []endpoint.Option
			if test.opt != nil {
				opts = append(opts, test.opt)
			}
			ep, err := endpoint.New(test.config, opts...)
			require.ErrorContains(t, err, test.want)
			assert.Nil(t, ep)
			assert.NotContains(t, err.Error(), canary)
		})
	}
	_, err := endpoint.New(endpoint.Config{Key: endpoint.Key{Secret: endpoint.FromEnv("LFPSE_NOT_SET")}, TLS: endpoint.TLS{Authorities: "none.pem"}}, endpoint.WithUserAgent(""))
	for _, part := range []string{"ENDPOINT-ENVIRONMENT", "is not set", "authorities cannot be read", "user agent"} {
		assert.ErrorContains(t, err, part, "all findings at once")
	}
}

// TestSource scans the source of the package for what must not be in it.
func TestSource(t *testing.T) {
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	rest, err := filepath.Glob("../internal/rest/*.go")
	require.NoError(t, err)
	scanned := 0
	for _, name := range append(files, rest...) {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		scanned++
		source, err := os.ReadFile(name)
		require.NoError(t, err)
		for _, word := range []string{"InsecureSkipVerify", "ProxyFromEnvironment", "SetDebug", "SetResult", "SetError(", "cookiejar", "DefaultTransport"} {
			assert.NotContains(t, string(source), word, name)
		}
		_, err = parser.ParseFile(token.NewFileSet(), name, source, parser.ImportsOnly)
		require.NoError(t, err)
	}
	assert.Greater(t, scanned, 8)
}
