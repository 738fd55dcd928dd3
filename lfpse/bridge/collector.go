package bridge

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/gpsafety/lfpse-go/lfpse/endpoint"
)

// collector is where traces go.
type collector struct {
	Traces
	headers   map[string]string
	transport *http.Transport
}

func (s *setup) loadTraces(fs *findings) {
	c := s.cfg.Traces
	if c == (Traces{}) {
		return
	}
	s.collector = &collector{Traces: c, transport: outgoing(fs, RuleTraces, "traces", c.URL, c.Authorities)}
	if u, err := url.Parse(c.URL); err == nil && u.RawQuery != "" {
		fs.add(RuleTraces, "traces.url", "The address has a query, which would not be sent.", "Put what the collector asks for into headers.")
	}
	if !c.Headers.IsZero() {
		var err error
		if s.collector.headers, err = readHeaders(c.Headers); err != nil {
			fs.failed(RuleSecret, "traces.headers", "The headers cannot be used", err)
		}
	}
	if !(c.Sample > 0 && c.Sample <= 1) {
		fs.add(RuleTraces, "traces.sample", "The share of the traces is more than 0 and at most 1.", "Write a tenth of them as 0.1; leave traces out for none.")
	}
	if !nameGrammar.MatchString(c.Service) {
		fs.add(RuleTraces, "traces.service", "The name has other than 1 to 40 letters, digits, dots, hyphens and underscores.", "Leave it out for "+defaultService+".")
	}
}

var headerGrammar = regexp.MustCompile(`^([A-Za-z0-9-]{1,64}):[ \t]*([!-~](?:[ -~]*[!-~])?)$`)

// readHeaders reads headers, one a line, all of which count as secret.
func readHeaders(s endpoint.Secret) (map[string]string, error) {
	data, err := s.Read()
	if err != nil {
		return nil, err
	}
	headers := map[string]string{}
	for line := range strings.Lines(string(data)) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		found := headerGrammar.FindStringSubmatch(line)
		if found == nil {
			return nil, errors.New("each line is the name of a header, a colon and a value")
		}
		headers[found[1]] = found[2]
	}
	return headers, nil
}

const (
	exportFor  = 10 * time.Second // how long the collector may take for one request
	exportEver = 30 * time.Second // how long a batch is tried again
	flushFor   = 5 * time.Second  // how long the last traces may take when the bridge ends
)

// spanExporter sends spans to the collector, from a goroutine of its own with a queue that
// drops what has no room. It keeps its failures to itself: others would log them with the
// address and with what the collector says.
type spanExporter struct {
	sdk.SpanExporter
	provider  *sdk.TracerProvider
	transport *http.Transport
	resource  *resource.Resource
	metrics   *metrics
	log       *slog.Logger
	broken    *trouble
}

// trace begins to make spans, unless the program has its own way with them.
func (b *Bridge) trace(c *collector) (err error) {
	switch {
	case b.options.tracer != nil:
	case c == nil:
		WithTracing(noop.NewTracerProvider())(&b.options)
	default:
		if b.spans, err = c.export(b); err == nil {
			WithTracing(b.spans.provider)(&b.options)
		}
	}
	return err
}

// export begins to export. Whatever OTEL_ variables of the environment could change is
// said here, so that they do not.
func (c *collector) export(b *Bridge) (*spanExporter, error) {
	otlp, err := otlptracehttp.New(context.Background(),
		otlptracehttp.WithEndpointURL(c.URL), otlptracehttp.WithHeaders(c.headers),
		otlptracehttp.WithHTTPClient(&http.Client{Transport: strict{c.transport}, Timeout: exportFor}), otlptracehttp.WithTLSClientConfig(nil),
		otlptracehttp.WithEncoding(otlptracehttp.EncodingProtobuf), otlptracehttp.WithCompression(otlptracehttp.GzipCompression),
		otlptracehttp.WithMaxResponseSize(64<<10))
	if err != nil {
		return nil, errors.New("traces cannot be exported") // the cause may quote the address
	}
	e := &spanExporter{
		SpanExporter: otlp, transport: c.transport, metrics: b.metrics, log: b.log, broken: &trouble{log: b.log},
		resource: resource.NewSchemaless(attribute.String("service.name", c.Service)),
	}
	e.provider = sdk.NewTracerProvider(sdk.WithSampler(sdk.ParentBased(sdk.TraceIDRatioBased(c.Sample))), sdk.WithoutPanicRecording(),
		sdk.WithBatcher(e, sdk.WithMaxQueueSize(2048), sdk.WithMaxExportBatchSize(512), sdk.WithBatchTimeout(5*time.Second), sdk.WithExportTimeout(exportEver)))
	return e, nil
}

// ExportSpans sends a batch. A failure is told of when it begins and not each time.
func (e *spanExporter) ExportSpans(ctx context.Context, spans []sdk.ReadOnlySpan) error {
	ours := make([]sdk.ReadOnlySpan, len(spans))
	for i, s := range spans {
		ours[i] = anonymous{s, e.resource}
	}
	err := e.SpanExporter.ExportSpans(ctx, ours)
	if errors.Is(err, context.Canceled) {
		return nil // the bridge has ended
	}
	if e.broken.say("traces could not be exported", whyNot(err)) {
		e.metrics.failed("traces")
	}
	return nil
}

// end exports what is left, within a bound.
func (e *spanExporter) end() {
	if e == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), flushFor)
	defer cancel()
	if e.provider.Shutdown(ctx) != nil {
		e.log.Warn("the last traces were not exported: the collector took too long")
	}
	_ = e.SpanExporter.Shutdown(ctx) // gives up what is still under way
	e.transport.CloseIdleConnections()
}

// anonymous is a span without what the environment says of computer and user.
type anonymous struct {
	sdk.ReadOnlySpan
	resource *resource.Resource
}

func (a anonymous) Resource() *resource.Resource { return a.resource }

// strict takes any answer but success for an error, whose text nobody reads. No redirect
// is followed, which would carry the headers elsewhere.
type strict struct{ network http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (s strict) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := s.network.RoundTrip(r)
	if err != nil || resp.StatusCode/100 == 2 {
		return resp, err
	}
	_ = resp.Body.Close()
	return nil, notTaken(resp.StatusCode)
}

// notTaken is the status with which a collector did not take traces, 0 if there is none.
type notTaken int

func (n notTaken) Error() string {
	if n == 0 {
		return "the collector did not take them"
	}
	return fmt.Sprintf("the collector answered with status %d", int(n))
}

// Temporary says for what the exporter tries again.
func (n notTaken) Temporary() bool {
	return slices.Contains([]notTaken{http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout}, n)
}

// whyNot is the part of an error that may be shown.
func whyNot(err error) error {
	if err == nil {
		return nil
	}
	if cause := endpoint.Cause(err); cause != nil {
		return cause
	}
	var status notTaken
	_ = errors.As(err, &status)
	return status
}
