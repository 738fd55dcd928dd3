package bridge_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/gpsafety/lfpse-go/lfpse/bridge"
)

// spans remembers the spans that have ended.
type spans struct {
	noop.TracerProvider
	mu    sync.Mutex
	ended []string
}

type span struct {
	noop.Span
	all  *spans
	text string
}

func (s *spans) Tracer(string, ...trace.TracerOption) trace.Tracer { return spanMaker{all: s} }

type spanMaker struct {
	noop.Tracer
	all *spans
}

func (m spanMaker) Start(ctx context.Context, name string, _ ...trace.SpanStartOption) (context.Context, trace.Span) {
	parent := trace.SpanContextFromContext(ctx)
	return ctx, &span{all: m.all, text: fmt.Sprintf("%s %s %s", name, parent.TraceID(), parent.TraceState())}
}

func (s *span) SetName(name string) { s.text += " " + name }

func (s *span) SetAttributes(all ...attribute.KeyValue) {
	for _, one := range all {
		s.text += fmt.Sprintf(" %s=%s", one.Key, one.Value.AsString())
		if one.Value.Type() == attribute.INT64 {
			s.text += fmt.Sprint(one.Value.AsInt64())
		}
	}
}

func (s *span) End(...trace.SpanEndOption) {
	s.all.mu.Lock()
	defer s.all.mu.Unlock()
	s.all.ended = append(s.all.ended, s.text)
}

func (s *spans) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(s.ended, "\n")
}

// Requests to the bridge and to the service are traced, without anything of a report.
func TestTraces(t *testing.T) {
	t.Parallel()
	p, all := newPlace(t), &spans{}
	p.opts = []bridge.Option{bridge.WithTracing(all)}
	b := p.start()
	const id = "4bf92f3577b34da6a3ce929d0e0e4736"
	require.Equal(t, 202, b.call("POST", "/v1/reports?practice=A99999", event, "Idempotency-Key", "key-1",
		"traceparent", "00-"+id+"-00f067aa0ba902b7-01", "tracestate", "supplier=zyxwombat").status)
	require.Equal(t, 200, b.call("GET", "/v1/reports/key-1", "").status)
	soon(t, "it is sent", func() bool { return strings.Contains(all.String(), "lfpse submit") })
	text := all.String()
	assert.Contains(t, text, "request "+id+"  POST /v1/reports http.route=POST /v1/reports http.response.status_code=202")
	assert.Contains(t, text, "lfpse.outcome=accepted")
	for _, word := range []string{"key-1", "practice=", "zyxwombat", "fridge"} {
		assert.NotContains(t, text, word)
	}
}
