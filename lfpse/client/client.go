package client

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/go-resty/resty/v2"

	"github.com/gpsafety/lfpse-go/lfpse/submission"
)

// Client sends submissions to one endpoint. It is immutable, safe for concurrent
// use, keeps no connection open and needs no closing. Printing or logging one
// shows its endpoint only.
type Client struct {
	endpoint Endpoint
	key      Key
	cfg      config
	resty    *resty.Client
}

// New returns a client for an endpoint. The error lists everything that is wrong
// with the endpoint, the key and the options.
func New(ep Endpoint, key Key, opts ...Option) (*Client, error) {
	cfg := defaults()
	errs := []error{ep.Check()}
	switch {
	case key.IsZero():
		errs = append(errs, errors.New("the subscription key is missing; use KeyFromEnv, KeyFromFile or, for a sandbox, SandboxKey"))
	case key.isSandbox() && ep.Environment != Sandbox:
		errs = append(errs, errors.New("the key of the sandbox is for a sandbox only; use KeyFromEnv or KeyFromFile"))
	}
	for _, opt := range opts {
		errs = append(errs, opt(&cfg))
	}
	errs = append(errs, cfg.check(ep))
	if err := errors.Join(errs...); err != nil {
		return nil, fmt.Errorf("lfpse client: %w", err)
	}
	rt := cfg.transport
	if rt == nil {
		rt = newTransport(&cfg, ep)
	}
	return &Client{endpoint: ep, key: key, cfg: cfg, resty: newResty(rt)}, nil
}

// Endpoint returns the endpoint of the client.
func (c *Client) Endpoint() Endpoint { return c.endpoint }

// Submit creates a record (POST). The error is an *[Error]; after an Unknown one
// the record may exist, so do not call Submit for the same event again before
// that is settled. A submission that updates a record is refused.
func (c *Client) Submit(ctx context.Context, s submission.Submission) (Receipt, error) {
	return c.send(ctx, call{op: OpSubmit, method: http.MethodPost, path: "/AdverseEvent", body: s.Body(), digest: s.Digest()}, &s)
}

// Update replaces the record of an id (PUT), the id of its receipt. Where the
// submission states an id, it must be the same one; whether the body holds it is
// settled when the submission is built. The error is an *[Error]; after an
// Unknown one the call may be repeated, but keep updates of one record in order.
func (c *Client) Update(ctx context.Context, id string, s submission.Submission) (Receipt, error) {
	return c.send(ctx, call{op: OpUpdate, id: id, method: http.MethodPut, path: "/AdverseEvent/" + id, body: s.Body(), digest: s.Digest()}, &s)
}

// Delete removes the record of an id, nationally and for good. The error is an
// *[Error]; after an Unknown one the call may be repeated, and then answers
// [NoSuchRecord] if the first call did take effect.
func (c *Client) Delete(ctx context.Context, id string) (Receipt, error) {
	return c.send(ctx, call{op: OpDelete, id: id, method: http.MethodDelete, path: "/AdverseEvent/" + id}, nil)
}

// send checks, makes the attempt and turns its evidence into a receipt or an
// error. s is nil where nothing is submitted.
func (c *Client) send(ctx context.Context, k call, s *submission.Submission) (Receipt, error) {
	start := time.Now()
	refusals := c.refusals(k, s)
	if len(refusals) > 0 {
		return Receipt{}, c.failed(ctx, start, k, &Error{Op: k.op, Outcome: NotSent, Reason: refusals[0].Reason, Refusals: refusals})
	}
	a, err := c.attempt(ctx, start, k)
	if err != nil {
		return Receipt{}, err
	}
	r := Receipt{
		ID: a.answer.id, VersionID: a.answer.versionID, ReferenceNumber: a.answer.reference,
		At: c.cfg.now(), Digest: k.digest, Status: a.status, Warnings: a.answer.issues(),
	}
	if k.id != "" {
		r.ID = k.id
	}
	c.cfg.logger.LogAttrs(ctx, slog.LevelInfo, "lfpse call", slog.String("op", string(k.op)),
		slog.String("outcome", Accepted.String()), slog.Any("receipt", r), slog.Duration("took", time.Since(start)))
	return r, nil
}

// attempt makes the one attempt of a call. The error is nil if the service
// accepted it.
func (c *Client) attempt(ctx context.Context, start time.Time, k call) (attempt, error) {
	if err := ctx.Err(); err != nil {
		v := classify(attempt{op: k.op, traced: true, ctxErr: err})
		return attempt{}, c.failed(ctx, start, k, &Error{Op: k.op, Outcome: v.outcome, Reason: v.reason, cause: safeCause(err)})
	}
	a, header := c.exchange(ctx, k)
	v := classify(a)
	if v.outcome == Accepted {
		return a, nil
	}
	e := &Error{
		Op: k.op, Outcome: v.outcome, Reason: v.reason, Status: a.status, Issues: a.answer.issues(),
		RetryAfter: parseRetryAfter(header.Get("Retry-After"), c.cfg.now()), cause: safeCause(a.err),
	}
	if a.ctxErr != nil {
		e.cause = safeCause(a.ctxErr)
	}
	return a, c.failed(ctx, start, k, e)
}

// failed logs the error of a call, with what it takes to find the report in
// question, and returns it.
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
	refuse(k.op != OpSubmit && !validID(k.id), BadID)
	if s == nil {
		return out
	}
	if s.IsZero() {
		refuse(true, NoSubmission)
		return out
	}
	refuse(!s.Intact(), Damaged)
	refuse(s.ID() != "" && s.ID() != k.id, IDMismatch)
	refuse(s.Version() != c.endpoint.Version, VersionMismatch)
	refuse(s.CanonicalBase() != c.endpoint.CanonicalBase, BaseMismatch)
	refuse(s.TestOrganisation() && c.endpoint.Environment == Production, TestOrganisation)
	if keys := s.Provisional(); len(keys) > 0 && c.endpoint.Environment != Sandbox {
		out = append(out, Refusal{Reason: Provisional, Confirm: printable(keys)})
	}
	return out
}
