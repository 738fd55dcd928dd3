package bridge_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const collectorKey = "CanaryCollectorKey0123456789"

// collector takes traces by OTLP over HTTPS, for whoever has its key.
type collector struct {
	*httptest.Server
	mu  sync.Mutex
	got bytes.Buffer // each body as it came, and inflated
}

func newCollector(t *testing.T, p *place) *collector {
	c := &collector{}
	c.Server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		assert.NoError(t, err)
		assert.Equal(t, "/v1/traces", r.URL.Path)
		assert.Equal(t, "application/x-protobuf", r.Header.Get("Content-Type"))
		assert.Equal(t, collectorKey, r.Header.Get("X-Api-Key"))
		text := body
		if r.Header.Get("Content-Encoding") == "gzip" {
			inflated, err := gzip.NewReader(bytes.NewReader(body))
			assert.NoError(t, err)
			text, err = io.ReadAll(inflated)
			assert.NoError(t, err)
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		c.got.Write(body)
		c.got.Write(text)
	}))
	t.Cleanup(c.Close)
	p.write("collector.pem", inPEM("CERTIFICATE", c.Certificate().Raw))
	p.write("collector.headers", "X-Tenant: practices\nX-Api-Key: "+collectorKey+"\n")
	text := readFile(t, p.dir+"/bridge.yaml")
	p.write("bridge.yaml", text+fmt.Sprintf("traces: {url: %q, headers: {file: collector.headers}, authorities: collector.pem}\n", c.URL+"/v1/traces"))
	return c
}

// String is all that the collector was sent.
func (c *collector) String() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.got.String()
}

// What is exported is said by the configuration alone: not by the environment, and nothing
// of this computer and its user.
func TestEnvironmentChangesNoTraces(t *testing.T) {
	for name, value := range map[string]string{
		"OTEL_RESOURCE_ATTRIBUTES": "host.name=zyxwombat,enduser.id=Quillfeather", "OTEL_SERVICE_NAME": "Quillfeather",
		"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1", "OTEL_EXPORTER_OTLP_HEADERS": "X-Api-Key=other", "OTEL_EXPORTER_OTLP_INSECURE": "true",
		"OTEL_EXPORTER_OTLP_PROTOCOL": "http/json", "OTEL_TRACES_SAMPLER": "always_off", "OTEL_BSP_MAX_QUEUE_SIZE": "1",
	} {
		t.Setenv(name, value)
	}
	p := newPlace(t)
	c := newCollector(t, p)
	b := p.start()
	require.Equal(t, 202, b.call("POST", "/v1/reports", event, "Idempotency-Key", "key-1").status)
	soon(t, "it is sent", func() bool { return p.recorded() == 1 })
	require.NoError(t, b.stop())
	got := c.String()
	for _, word := range []string{"service.name", "lfpse-bridge", "POST /v1/reports", "lfpse submit"} {
		assert.Contains(t, got, word)
	}
	for _, word := range []string{"zyxwombat", "Quillfeather", "host.", "process.", "enduser", "telemetry.sdk", "key-1"} {
		assert.NotContains(t, got, word)
	}
	t.Setenv("OTEL_EXPORTER_OTLP_CERTIFICATE", p.dir+"/collector.pem")
	p.configure("traces: {url: http://127.0.0.1:1/v1/traces}\n")
	assert.NoError(t, p.start().stop())
}

// The share of the traces is that of the configuration, and a caller that has decided for
// its trace is followed.
func TestSample(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	c := newCollector(t, p)
	text := readFile(t, p.dir+"/bridge.yaml")
	p.write("bridge.yaml", strings.Replace(text, "traces: {", "traces: {sample: 0.000001, service: mine, ", 1))
	b := p.start()
	require.Equal(t, 200, b.call("GET", "/healthz", "").status)
	require.Equal(t, 200, b.call("GET", "/openapi.json", "", "traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01").status)
	require.Equal(t, 200, b.call("GET", "/v1/receipts", "", "traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00").status)
	require.NoError(t, b.stop())
	got := c.String()
	assert.Contains(t, got, "GET /openapi.json")
	assert.Contains(t, got, "mine")
	assert.Contains(t, got, "\x4b\xf9\x2f\x35\x77\xb3\x4d\xa6\xa3\xce\x92\x9d\x0e\x0e\x47\x36", "the trace of the caller goes on")
	assert.NotContains(t, got, "healthz")
	assert.NotContains(t, got, "receipts")
}

// A collector that does not take traces keeps nothing from being sent, is told of once, and
// once more if the last traces are lost, and keeps the bridge from ending for a moment only.
// What it answers and what it is sent is not told, and no redirect is followed.
func TestCollectorOutOfOrder(t *testing.T) {
	t.Parallel()
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a redirect was followed") }))
	t.Cleanup(elsewhere.Close)
	answering := func(status int) string {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", elsewhere.URL)
			w.WriteHeader(status)
			_, _ = io.WriteString(w, "zyxwombat "+r.Header.Get("X-Api-Key"))
		}))
		t.Cleanup(s.Close)
		return s.URL
	}
	silent, err := net.Listen("tcp", "127.0.0.1:0") // connections are made, and never answered
	require.NoError(t, err)
	t.Cleanup(func() { _ = silent.Close() })
	for name, test := range map[string]struct{ url, told string }{
		"unreachable": {"http://127.0.0.1:1", "refused"},
		"refusing":    {answering(http.StatusUnauthorized), "status 401"},
		"moved":       {answering(http.StatusTemporaryRedirect), "status 307"},
		"silent":      {"http://" + silent.Addr().String(), "took too long"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPlace(t)
			p.write("collector.headers", "X-Api-Key: "+collectorKey)
			p.configure(fmt.Sprintf("traces: {url: %q, headers: {file: collector.headers}}\n", test.url+"/Quillfeather"))
			b := p.start()
			for range 1100 { // more than two batches
				require.Equal(t, 200, b.call("GET", "/healthz", "").status)
			}
			require.Equal(t, 202, b.call("POST", "/v1/reports", event, "Idempotency-Key", "key-1").status)
			soon(t, "it is sent", func() bool { return p.recorded() == 1 })
			if name != "silent" {
				soon(t, "it is told", func() bool { return strings.Contains(p.log.String(), test.told) })
			}
			began := time.Now()
			require.NoError(t, b.stop())
			assert.Less(t, time.Since(began), 9*time.Second)
			log := p.log.String()
			failed, lost := strings.Count(log, "traces could not be exported"), strings.Count(log, "the last traces were not exported")
			if name == "silent" { // whether the first request ends before the bridge depends on the machine
				assert.Positive(t, failed+lost, log)
				assert.LessOrEqual(t, max(failed, lost), 1, log)
			} else {
				assert.Equal(t, []int{1, 0}, []int{failed, lost}, log)
			}
			assert.Equal(t, failed+lost, strings.Count(log, test.told), log)
			for _, secret := range []string{collectorKey, "zyxwombat", "Quillfeather"} {
				assert.NotContains(t, log, secret)
			}
		})
	}
}

// The service is told of no trace, whatever a caller says; a webhook is told of the trace
// of its call alone.
func TestTracesGoNoFurther(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	var mu sync.Mutex
	var toService, toWebhook []http.Header
	noting := func(into *[]http.Header, next http.Handler) string {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			mu.Lock()
			*into = append(*into, r.Header.Clone())
			mu.Unlock()
			next.ServeHTTP(w, r)
		}))
		t.Cleanup(s.Close)
		return s.URL
	}
	service, err := url.Parse(p.sandbox.URL())
	require.NoError(t, err)
	hook := newReceiver(t, p)
	c := newCollector(t, p)
	text := readFile(t, p.dir+"/bridge.yaml")
	p.write("bridge.yaml", replaceAll(text, p.sandbox.URL(), noting(&toService, httputil.NewSingleHostReverseProxy(service)), hook.URL, noting(&toWebhook, hook)))
	b := p.start()
	require.Equal(t, 202, b.call("POST", "/v1/reports", event, "Idempotency-Key", "key-1",
		"traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "tracestate", "supplier=zyxwombat", "baggage", "patient=Quillfeather").status)
	soon(t, "it is told", func() bool { return len(hook.types()) == 1 })
	require.NoError(t, b.stop())
	mu.Lock()
	defer mu.Unlock()
	require.NotEmpty(t, toService)
	require.Len(t, toWebhook, 1)
	assert.Regexp(t, "^00-[0-9a-f]{32}-[0-9a-f]{16}-01$", toWebhook[0].Get("Traceparent"))
	for _, h := range append(toService, toWebhook...) {
		assert.Empty(t, h.Get("Baggage")+h.Get("Tracestate"))
	}
	for _, h := range toService {
		assert.Empty(t, h.Get("Traceparent"))
	}
	assert.Contains(t, c.String(), "webhook")
	for _, word := range []string{"zyxwombat", "Quillfeather"} {
		assert.NotContains(t, c.String()+fmt.Sprint(toService, toWebhook), word)
	}
}
