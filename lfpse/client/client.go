package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"regexp"
	"time"

	"github.com/go-resty/resty/v2"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/endpoint"
	"github.com/gpsafety/lfpse-go/lfpse/internal/rest"
	"github.com/gpsafety/lfpse-go/lfpse/submission"
)

// Client sends submissions to one endpoint. It is immutable, safe for concurrent
// use, keeps no connection open and needs no closing. Printing or logging one
// shows its endpoint only.
type Client struct {
	endpoint *endpoint.Endpoint
	service  endpoint.Config // of the endpoint
	cfg      config
	resty    *resty.Client
}

// Option changes one setting of a [Client]. [New] reports every option that
// cannot be used.
type Option func(*config) error

type config struct {
	logger *slog.Logger
	now    func() time.Time
	grace  time.Duration
}

// DefaultGrace is the grace of a [Client] without [WithGrace].
const DefaultGrace = 5 * time.Second

// WithLogger logs one line per call: operation, outcome, reason, status, record id, start
// of the digest and time taken. Accepted calls are logged at level Info, all others at
// Warn. The default is to log nothing.
func WithLogger(l *slog.Logger) Option {
	return func(c *config) error {
		if l == nil {
			return errors.New("the logger is nil")
		}
		c.logger = l
		return nil
	}
}

// WithClock sets the clock for [Receipt.At] and for Retry-After dates. The
// default is time.Now.
func WithClock(now func() time.Time) Option {
	return func(c *config) error {
		if now == nil {
			return errors.New("the clock is nil")
		}
		c.now = now
		return nil
	}
}

// WithGrace sets how long an attempt goes on after the caller's context has ended, once
// bytes of the request may have reached the service. The answer that comes in this time
// counts; without it the outcome is Unknown. The time limit of the endpoint holds as well.
// The default is DefaultGrace; zero gives up at once.
func WithGrace(d time.Duration) Option {
	return func(c *config) error {
		if d < 0 {
			return errors.New("the grace is negative")
		}
		c.grace = d
		return nil
	}
}

// New returns a client for an endpoint, which must state its canonical base and
// version. The error lists everything that is wrong.
func New(ep *endpoint.Endpoint, opts ...Option) (*Client, error) {
	if ep == nil {
		return nil, errors.New("lfpse client: the endpoint is nil")
	}
	c := &Client{endpoint: ep, service: ep.Config(), cfg: config{logger: slog.New(slog.DiscardHandler), now: time.Now, grace: DefaultGrace}}
	var errs []error
	if c.service.CanonicalBase == "" || c.service.Version == "" {
		errs = append(errs, errors.New("the endpoint does not state canonicalBase and version of the taxonomy that the service takes, so it can be used for reading only"))
	}
	for _, opt := range opts {
		errs = append(errs, opt(&c.cfg))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, fmt.Errorf("lfpse client: %w", err)
	}
	c.resty = rest.New(&recorder{next: ep.Transport()}, maxResponse)
	return c, nil
}

// Endpoint returns the endpoint of the client.
func (c *Client) Endpoint() *endpoint.Endpoint { return c.endpoint }

// Submit creates a record (POST). Its one attempt may outlive the end of the context by the
// grace of [WithGrace]. The error is an *[Error]; if its outcome is Unknown,
// the record may exist, so do not call Submit for the same event again before you know. A
// submission that updates a record is refused.
func (c *Client) Submit(ctx context.Context, s submission.Submission) (Receipt, error) {
	return c.send(ctx, call{op: OpSubmit, method: http.MethodPost, path: "/AdverseEvent", body: s.Body(), digest: s.Digest()}, &s)
}

// Update replaces the record with an id (PUT), which is that of its receipt. If the
// submission has an id, it must be the same. The error is an *[Error]; if its outcome is
// Unknown, the call may be repeated, but keep updates of one record in order.
func (c *Client) Update(ctx context.Context, id string, s submission.Submission) (Receipt, error) {
	return c.send(ctx, call{op: OpUpdate, id: id, method: http.MethodPut, path: recordPath(id), body: s.Body(), digest: s.Digest()}, &s)
}

// UpdateIfMatch is [Client.Update] that replaces one version of the record only, that of a
// receipt or [Record], so that no change of another person is lost. Use it where the service
// declares [Capabilities.UpdateIfMatch]; others ignore the version. If the record has another
// version, the call fails with [VersionConflict], and a person decides.
func (c *Client) UpdateIfMatch(ctx context.Context, id, versionID string, s submission.Submission) (Receipt, error) {
	return c.send(ctx, call{op: OpUpdate, id: id, method: http.MethodPut, path: recordPath(id), body: s.Body(), digest: s.Digest(), conditional: true, version: versionID}, &s)
}

// Delete permanently removes the national record with an id. The error is an *[Error]; if
// its outcome is Unknown, the call may be repeated, and then fails with [NoSuchRecord] if
// the first call took effect.
func (c *Client) Delete(ctx context.Context, id string) (Receipt, error) {
	return c.send(ctx, call{op: OpDelete, id: id, method: http.MethodDelete, path: recordPath(id)}, nil)
}

func recordPath(id string) string { return "/AdverseEvent/" + id }

// send makes a call that changes something. s is nil if nothing is submitted.
func (c *Client) send(ctx context.Context, k call, s *submission.Submission) (Receipt, error) {
	start := time.Now()
	a, err := c.attempt(ctx, start, k, s)
	if err != nil {
		return Receipt{}, err
	}
	r := Receipt{
		ID: a.answer.id, VersionID: a.answer.versionID, ReferenceNumber: a.answer.reference,
		At: c.cfg.now(), Digest: k.digest, Status: a.status, Warnings: a.answer.issues(c.endpoint.HideKey),
	}
	if k.id != "" {
		r.ID = k.id
	}
	c.cfg.logger.LogAttrs(ctx, slog.LevelInfo, "lfpse call", slog.String("op", string(k.op)),
		slog.String("outcome", Accepted.String()), slog.Any("receipt", r), slog.Duration("took", time.Since(start)))
	return r, nil
}

// attempt checks a call and makes the one attempt of it. The error is nil if the service
// accepted it. s is nil if nothing is submitted.
func (c *Client) attempt(ctx context.Context, start time.Time, k call, s *submission.Submission) (attempt, error) {
	if refusals := c.refusals(k, s); len(refusals) > 0 {
		return attempt{}, c.failed(ctx, start, k, &Error{Op: k.op, Outcome: NotSent, Reason: refusals[0].Reason, Refusals: refusals})
	}
	if err := ctx.Err(); err != nil {
		v := classify(attempt{op: k.op, traced: true, ctxErr: err})
		return attempt{}, c.failed(ctx, start, k, &Error{Op: k.op, Outcome: v.outcome, Reason: v.reason, cause: endpoint.Cause(err)})
	}
	a, header := c.exchange(ctx, k)
	v := classify(a)
	if v.outcome == Accepted {
		return a, nil
	}
	e := &Error{
		Op: k.op, Outcome: v.outcome, Reason: v.reason, Status: a.status, Issues: a.answer.issues(c.endpoint.HideKey),
		RetryAfter: parseRetryAfter(header.Get("Retry-After"), c.cfg.now()), cause: endpoint.Cause(a.err),
	}
	if a.ctxErr != nil {
		e.cause = endpoint.Cause(a.ctxErr)
	}
	return a, c.failed(ctx, start, k, e)
}

// failed logs the error of a call, with what is needed to find the report, and returns
// the error.
func (c *Client) failed(ctx context.Context, start time.Time, k call, e *Error) error {
	id := ""
	if validID(k.id) {
		id = k.id
	}
	c.cfg.logger.LogAttrs(ctx, slog.LevelWarn, "lfpse call", slog.Any("error", e), slog.String("id", id),
		slog.String("sha256", shortDigest(k.digest)), slog.Duration("took", time.Since(start)))
	return e
}

// refusals are all the reasons not to make a call.
func (c *Client) refusals(k call, s *submission.Submission) []Refusal {
	var out []Refusal
	refuse := func(when bool, reason Reason) {
		if when {
			out = append(out, Refusal{Reason: reason})
		}
	}
	refuse(k.op.set()&onRecord != 0 && !validID(k.id), BadID)
	refuse(k.conditional && !fhir.IsID(k.version), BadVersion)
	if s == nil {
		return out
	}
	if s.IsZero() {
		refuse(true, NoSubmission)
		return out
	}
	refuse(!s.Intact(), Damaged)
	refuse(s.ID() != "" && s.ID() != k.id, IDMismatch)
	refuse(s.Version() != c.service.Version, VersionMismatch)
	refuse(s.CanonicalBase() != c.service.CanonicalBase, BaseMismatch)
	refuse(s.TestOrganisation() && c.service.Environment == endpoint.Production, TestOrganisation)
	if keys := s.Provisional(); len(keys) > 0 && c.service.Environment != endpoint.Sandbox {
		out = append(out, Refusal{Reason: Provisional, Confirm: printable(keys)})
	}
	return out
}

// Format prints the endpoint of the client, for every verb.
func (c Client) Format(f fmt.State, _ rune) {
	_, _ = io.WriteString(f, "client.Client("+fhir.EscapeText(c.service.Name)+", "+string(c.service.Environment)+")")
}

// LogValue logs the endpoint of the client.
func (c Client) LogValue() slog.Value { return c.endpoint.LogValue() }

var keyGrammar = regexp.MustCompile(`^[A-Za-z0-9_./#-]{1,200}$`)

// printable replaces texts that do not have the form of a key of a taxonomy element: a
// submission that was stored in a file may hold anything.
func printable(keys []string) []string {
	out := make([]string, len(keys))
	for i, k := range keys {
		out[i] = "(unprintable name)"
		if keyGrammar.MatchString(k) {
			out[i] = k
		}
	}
	return out
}
