package bridge_test

import (
	"context"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/bridge"
)

func readFile(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	require.NoError(t, err)
	return string(text)
}

// A new configuration is put to use while the bridge runs; one that is wrong is reported,
// and the old one stays.
func TestReload(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	b := p.start()
	good := readFile(t, p.dir+"/bridge.yaml")
	for name, text := range map[string]string{
		"not a configuration": "endpoint: {",
		"another outbox":      strings.Replace(good, "state/outbox.db", "state/other.db", 1),
		"another address":     strings.Replace(good, "127.0.0.1:0", "127.0.0.1:1", 1),
		"other traces":        good + "traces: {url: https://collector.example/v1/traces}\n",
		"no such map":         strings.Replace(good, "map: map.yaml", "map: other.yaml", 1),
	} {
		p.write("bridge.yaml", text)
		var findings bridge.Findings
		require.ErrorAs(t, b.Reload(context.Background()), &findings, name)
		assert.Equal(t, 202, b.call("POST", "/v1/reports", event, "Idempotency-Key", "k1").status, name)
	}
	p.write("token2", strings.ToUpper(token))
	p.write("bridge.yaml", strings.Replace(good, "{file: token}", "{file: token2}", 1))
	require.NoError(t, b.Reload(context.Background()))
	assert.Equal(t, http.StatusUnauthorized, b.call("GET", "/v1/receipts", "").status)
	assert.Equal(t, 200, b.call("GET", "/v1/receipts", "", "Authorization", "Bearer "+strings.ToUpper(token)).status)
	p.write("in/events/a.ndjson", strings.Replace(event, "vaccine", "other", 1))
	soon(t, "the folders are watched again", func() bool { return p.recorded() == 2 })
}

// A page is mounted at the root, of an address of its own if there is one.
func TestPage(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.opts = []bridge.Option{bridge.WithPage(func(b *bridge.Bridge) (http.Handler, error) {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(b.Outbox().Endpoint())) }), nil
	})}
	b := p.start()
	assert.Equal(t, "sandbox", b.call("GET", "/queue", "").text)
	require.NoError(t, b.stop())

	p.configure("page: {address: 127.0.0.1:0}\n")
	b = p.start()
	require.Len(t, b.Addresses(), 2)
	assert.Equal(t, 404, b.call("GET", "/queue", "").status)
	req, err := http.NewRequest("GET", "http://"+b.Addresses()[1]+"/queue", nil)
	require.NoError(t, err)
	assert.Equal(t, "sandbox", do(t, req).text)
	req.URL.Path = "/v1/receipts"
	assert.Equal(t, "sandbox", do(t, req).text, "no interface for other systems there")
}
