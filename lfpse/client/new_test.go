package client_test

import (
	"log/slog"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/client"
	"github.com/gpsafety/lfpse-go/lfpse/endpoint"
)

func TestNewRefuses(t *testing.T) {
	local := endpoint.ForSandbox("http://127.0.0.1:1", embedded(t))
	for want, with := range map[string]any{
		"logger is nil":     client.WithLogger(nil),
		"clock is nil":      client.WithClock(nil),
		"canonicalBase and": setting(func(c *endpoint.Config) { c.CanonicalBase = "" }),
		"version":           setting(func(c *endpoint.Config) { c.Version = "" }),
	} {
		c, err := tryClient(local, with)
		require.ErrorContains(t, err, want)
		assert.Nil(t, c)
	}
	_, err := tryClient(endpoint.Config{Environment: endpoint.Sandbox, Host: local.Host}, client.WithLogger(nil), client.WithClock(nil))
	for _, part := range []string{"canonicalBase", "logger", "clock"} {
		assert.ErrorContains(t, err, part, "all findings at once")
	}
	_, err = client.New(nil)
	require.ErrorContains(t, err, "endpoint is nil")
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
		"Prefer": {"return=representation"}, "User-Agent": {"lfpse-go"}, "Accept-Encoding": {"gzip"}, "Content-Length": got.header["Content-Length"], "Connection": {"close"},
	}, got.header, "and nothing else, above all no Idempotency-Key")

	c = sandbox(t, s.URL+"/", setting(func(c *endpoint.Config) { c.ContentType = "application/fhir+json" }), endpoint.WithUserAgent("example-bridge/1.2 (+x)"), client.WithLogger(slog.New(slog.DiscardHandler)))
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
