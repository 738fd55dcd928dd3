package client_test

import (
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/client"
)

func TestNewRefuses(t *testing.T) {
	local := client.SandboxEndpoint("http://127.0.0.1:1", embedded(t))
	remote := client.Endpoint{Name: "x", Environment: client.Test, Host: "https://lfpse.example", CanonicalBase: base, Version: "6"}
	empty := filepath.Join(t.TempDir(), "empty.pem")
	require.NoError(t, os.WriteFile(empty, nil, 0o600))

	tests := []struct {
		name string
		ep   client.Endpoint
		key  client.Key
		opt  client.Option
		want string
	}{
		{"no key", local, client.Key{}, nil, "key is missing"},
		{"sandbox key elsewhere", remote, client.SandboxKey(), nil, "for a sandbox only"},
		{"bad endpoint", client.Endpoint{}, client.SandboxKey(), nil, "ENDPOINT-ENVIRONMENT"},
		{"no timeout", local, client.SandboxKey(), client.WithTimeout(0), "timeout"},
		{"negative timeout", local, client.SandboxKey(), client.WithTimeout(-time.Second), "timeout"},
		{"content type", local, client.SandboxKey(), client.WithContentType("text/plain"), "content type"},
		{"nil transport", local, client.SandboxKey(), client.WithTransport(nil), "transport is nil"},
		{"nil logger", local, client.SandboxKey(), client.WithLogger(nil), "logger is nil"},
		{"nil clock", local, client.SandboxKey(), client.WithClock(nil), "clock is nil"},
		{"user agent with a line break", local, client.SandboxKey(), client.WithUserAgent("a\r\nX: y"), "user agent"},
		{"empty user agent", local, client.SandboxKey(), client.WithUserAgent(""), "user agent"},
		{"no CA file", local, client.SandboxKey(), client.WithRootCAs(empty + "x"), "cannot be read"},
		{"empty CA file", local, client.SandboxKey(), client.WithRootCAs(empty), "no certificate"},
		{"no certificate", local, client.SandboxKey(), client.WithClientCertificate(empty+"x", empty), "cannot be read"},
		{"empty certificate", local, client.SandboxKey(), client.WithClientCertificate(empty, empty), "not a pair"},
		{"proxy scheme", remote, testKey(t), client.WithProxy("socks5://proxy.example"), "proxy must"},
		{"proxy for a sandbox", local, client.SandboxKey(), client.WithProxy("http://proxy.example"), "not reached through a proxy"},
		{"private network for a sandbox", local, client.SandboxKey(), client.WithPrivateNetwork(), "on this computer"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var opts []client.Option
			if test.opt != nil {
				opts = append(opts, test.opt)
			}
			c, err := client.New(test.ep, test.key, opts...)
			require.ErrorContains(t, err, test.want)
			assert.Nil(t, c)
		})
	}

	_, err := client.New(remote, testKey(t), client.WithTransport(http.DefaultTransport), client.WithProxy("http://proxy.example"))
	require.ErrorContains(t, err, "no effect on a transport of your own")

	_, err = client.New(client.Endpoint{}, client.Key{}, client.WithTimeout(0), client.WithUserAgent(""))
	for _, part := range []string{"ENDPOINT-NAME", "key is missing", "timeout", "user agent"} {
		assert.ErrorContains(t, err, part, "all findings at once")
	}
}

func TestRequest(t *testing.T) {
	type seen struct {
		method, path, query string
		header              http.Header
		length              int64
	}
	var got seen
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		got = seen{r.Method, r.URL.Path, r.URL.RawQuery, r.Header.Clone(), r.ContentLength}
		answering(200, nil, `{"resourceType":"AdverseEvent","id":"a1"}`)(w, r)
	})
	good := report(t)

	c := sandbox(t, s.URL)
	_, err := c.Submit(t.Context(), good)
	require.NoError(t, err)
	assert.Equal(t, "POST", got.method)
	assert.Equal(t, "/adverse-event/fhir/AdverseEvent", got.path)
	assert.Empty(t, got.query)
	assert.EqualValues(t, len(good.Body()), got.length)
	assert.Equal(t, http.Header{
		"Ocp-Apim-Subscription-Key": {"sandbox"}, "Content-Type": {"application/json"}, "Accept": {"application/json"},
		"User-Agent": {"lfpse-go"}, "Accept-Encoding": {"gzip"}, "Content-Length": got.header["Content-Length"], "Connection": {"close"},
	}, got.header, "and nothing else, above all no Idempotency-Key")

	c = sandbox(t, s.URL+"/", client.WithContentType("application/fhir+json"), client.WithUserAgent("example-bridge/1.2 (+x)"), client.WithLogger(slog.New(slog.DiscardHandler)))
	_, err = c.Update(t.Context(), "a1", good)
	require.NoError(t, err)
	assert.Equal(t, "PUT", got.method)
	assert.Equal(t, "/adverse-event/fhir/AdverseEvent/a1", got.path)
	assert.Equal(t, []string{"application/fhir+json"}, got.header["Content-Type"])
	assert.Equal(t, []string{"example-bridge/1.2 (+x)"}, got.header["User-Agent"])

	_, err = c.Delete(t.Context(), "a1")
	require.NoError(t, err)
	assert.Equal(t, "DELETE", got.method)
	assert.Equal(t, "/adverse-event/fhir/AdverseEvent/a1", got.path)
	assert.Zero(t, got.length)
	assert.NotContains(t, got.header, "Content-Type")
	assert.EqualValues(t, 3, s.requests.Load())
}

func TestEnvironmentProxyIsIgnored(t *testing.T) {
	proxy := serve(t, answering(200, nil, `{"id":"evil"}`))
	t.Setenv("HTTP_PROXY", proxy.URL)
	t.Setenv("HTTPS_PROXY", proxy.URL)
	s := serve(t, answering(201, nil, `{"id":"a1"}`))
	_, e := submit(t, sandbox(t, s.URL))
	require.Nil(t, e)
	assert.Zero(t, proxy.requests.Load())
}
