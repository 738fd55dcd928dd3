package bridge

import (
	"context"
	"net/http"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"github.com/gpsafety/lfpse-go/lfpse/client"
	"github.com/gpsafety/lfpse-go/lfpse/outbox"
	"github.com/gpsafety/lfpse-go/lfpse/submission"
)

// WithTracing makes a span of each request to the bridge, which goes on with the trace of
// its caller, of each request to the service, and of each call of a webhook, which may go
// on with it. Spans hold routes, status codes and outcomes: no body, no path, no query and
// no reference. The service is told of no trace. The default is what the configuration says
// of traces.
func WithTracing(p trace.TracerProvider) Option {
	return func(o *options) { o.tracer = p.Tracer("github.com/gpsafety/lfpse-go/lfpse/bridge") }
}

// begin begins the span of a request. Only its place in the trace is taken from the caller,
// not what else the caller says.
func (o *options) begin(r *http.Request) (*http.Request, trace.Span) {
	ctx := propagation.TraceContext{}.Extract(r.Context(), propagation.HeaderCarrier(r.Header))
	if sc := trace.SpanContextFromContext(ctx); sc.IsValid() {
		ctx = trace.ContextWithRemoteSpanContext(ctx, sc.WithTraceState(trace.TraceState{}))
	}
	ctx, span := o.tracer.Start(ctx, "request", trace.WithSpanKind(trace.SpanKindServer))
	return r.WithContext(ctx), span
}

// end ends the span of a request, whose route is known now.
func end(span trace.Span, route string, status int) {
	if route != "" {
		span.SetName(route)
		span.SetAttributes(attribute.String("http.route", route))
	}
	span.SetAttributes(attribute.Int("http.response.status_code", status))
	if status >= http.StatusInternalServerError {
		span.SetStatus(codes.Error, "")
	}
	span.End()
}

// beginWebhook begins the span of a call of a webhook. The header tells the receiver of it,
// and end its outcome.
func (o *options) beginWebhook(ctx context.Context) (header http.Header, end func(status int, err error)) {
	ctx, span := o.tracer.Start(ctx, "webhook", trace.WithSpanKind(trace.SpanKindClient))
	header = http.Header{}
	propagation.TraceContext{}.Inject(ctx, propagation.HeaderCarrier(header))
	return header, func(status int, err error) {
		span.SetAttributes(attribute.Int("http.response.status_code", status))
		if err != nil {
			span.SetStatus(codes.Error, "")
		}
		span.End()
	}
}

// tracedSender makes a span of each request to the service.
type tracedSender struct {
	sender outbox.Sender
	tracer trace.Tracer
}

func (t tracedSender) span(ctx context.Context, op client.Op) (context.Context, func(error)) {
	ctx, span := t.tracer.Start(ctx, "lfpse "+string(op), trace.WithSpanKind(trace.SpanKindClient))
	return ctx, func(err error) {
		span.SetAttributes(attribute.String("lfpse.outcome", client.OutcomeOf(err).String()))
		if err != nil {
			span.SetStatus(codes.Error, "")
		}
		span.End()
	}
}

// Submit is described at [outbox.Sender], as are the others.
func (t tracedSender) Submit(ctx context.Context, s submission.Submission) (client.Receipt, error) {
	ctx, done := t.span(ctx, client.OpSubmit)
	r, err := t.sender.Submit(ctx, s)
	done(err)
	return r, err
}

// Update is a PUT.
func (t tracedSender) Update(ctx context.Context, id string, s submission.Submission) (client.Receipt, error) {
	ctx, done := t.span(ctx, client.OpUpdate)
	r, err := t.sender.Update(ctx, id, s)
	done(err)
	return r, err
}

// Delete is a DELETE.
func (t tracedSender) Delete(ctx context.Context, id string) (client.Receipt, error) {
	ctx, done := t.span(ctx, client.OpDelete)
	r, err := t.sender.Delete(ctx, id)
	done(err)
	return r, err
}

// Probe asks whether the service answers.
func (t tracedSender) Probe(ctx context.Context) error {
	ctx, done := t.span(ctx, client.OpMetadata)
	err := t.sender.Probe(ctx)
	done(err)
	return err
}
