package client

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
)

// maxResponse is the largest number of bytes read of an answer, after decompression.
const maxResponse = 1 << 20

// call is one request to make.
type call struct {
	op     Op
	id     string // of the record, empty for none
	method string
	path   string // below the FHIR base
	body   []byte // nil for none
	digest [sha256.Size]byte
	// conditional wants the record to have the version.
	conditional bool
	version     string
}

// exchange makes the one HTTP attempt of a call and collects the evidence.
func (c *Client) exchange(caller context.Context, k call) (attempt, http.Header) {
	t := &trace{}
	ctx, end := c.limited(caller, t)
	defer end()
	ctx = context.WithValue(httptrace.WithClientTrace(ctx, t.hooks()), traceKey{}, t)

	r := c.resty.R().SetContext(ctx).
		SetHeader("Accept", c.service.ContentType)
	if k.body != nil {
		r.SetHeader("Content-Type", c.service.ContentType).SetHeader("Prefer", "return=representation").SetBody(k.body)
	}
	if k.conditional {
		r.SetHeader("If-Match", `W/"`+k.version+`"`)
	}
	response, err := r.Execute(k.method, c.endpoint.URL(k.path))

	a := attempt{
		op: k.op, id: k.id, conditional: k.conditional, gatewayRefusal: c.service.GatewayRefusal,
		stage: stage(t.stage.Load()), traced: c.endpoint.ReportsConnections() || t.traced.Load(),
		err: err, status: t.status,
	}
	if err != nil && ctx.Err() != nil {
		a.ctxErr = cmp.Or(caller.Err(), ctx.Err())
	}
	if a.status == 0 && err == nil { // a transport that answered without a status
		a.err = errors.New("no status")
	}
	var body []byte // stays nil if it did not arrive completely
	if err == nil {
		body = response.Body()
	}
	a.answer = readAnswer(t.header, body)
	if k.op == OpUpdate && a.status == http.StatusCreated {
		a.answer.remark("The service had no record of this id and created one.")
	}
	return a, t.header
}

// limited is the context of one attempt. It has the time limit of the endpoint. The
// caller's context ends it at once while nothing can have been sent; later, to stop would
// only make the outcome unknown, so that the attempt has the grace to end by itself.
func (c *Client) limited(caller context.Context, t *trace) (context.Context, func()) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(caller), c.service.Timeout)
	stop := context.AfterFunc(caller, func() {
		if !t.fate.CompareAndSwap(undecided, withdrawn) {
			wait, done := context.WithTimeout(ctx, c.cfg.grace)
			<-wait.Done()
			done()
		}
		cancel()
	})
	return ctx, func() { stop(); cancel() }
}

// trace records how far one request gets. The hooks run on goroutines of the
// transport, possibly after the call has returned; status and header are written
// by the calling goroutine.
type trace struct {
	calls  atomic.Int32
	traced atomic.Bool
	stage  atomic.Uint32
	fate   atomic.Uint32
	status int
	header http.Header
}

// The fate of a request: either the caller withdraws it while there is no connection, or it
// goes on its way. The two exclude each other.
const (
	undecided uint32 = iota
	withdrawn
	underWay
)

type traceKey struct{}

func (t *trace) reach(s stage) {
	for {
		old := t.stage.Load()
		if old >= uint32(s) || t.stage.CompareAndSwap(old, uint32(s)) {
			return
		}
	}
}

func (t *trace) hooks() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		GetConn:           func(string) { t.traced.Store(true) },
		TLSHandshakeStart: func() { t.reach(securing) },
		GotConn: func(httptrace.GotConnInfo) {
			t.fate.CompareAndSwap(undecided, underWay)
			t.reach(connected)
		},
	}
}

var errSecondAttempt = errors.New("a second attempt was prevented")

// recorder wraps the transport of the endpoint. It keeps the status, which net/http and
// resty lose if something goes wrong after it, and lets each call through only once,
// whatever the layers above it do.
type recorder struct {
	next http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (r *recorder) RoundTrip(req *http.Request) (*http.Response, error) {
	t, _ := req.Context().Value(traceKey{}).(*trace)
	if t == nil || t.calls.Add(1) > 1 {
		if req.Body != nil {
			_ = req.Body.Close()
		}
		return nil, errSecondAttempt
	}
	response, err := r.next.RoundTrip(req)
	if response != nil && err == nil {
		t.status, t.header = response.StatusCode, response.Header
	}
	return response, err
}
