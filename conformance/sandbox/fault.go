package sandbox

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"net"
	"net/http"
	"strconv"
	"time"
)

// Plan chooses the fault of a request. n counts requests from 1 in order of arrival,
// whatever their method. The zero Fault does nothing. A Plan may be called from several
// goroutines at once and must not read the body.
type Plan func(r *http.Request, n int) Fault

// Sequence is the Plan that gives the first request the first fault, and so on; later
// requests have no fault.
func Sequence(faults ...Fault) Plan {
	return func(_ *http.Request, n int) Fault {
		if n > len(faults) {
			return Fault{}
		}
		return faults[n-1]
	}
}

// Stage says how far a request gets before its fault.
type Stage uint8

// The stages.
const (
	// AfterProcessing lets the request take effect as usual; only the answer is affected.
	// This makes the outcome unknown to a client.
	AfterProcessing Stage = iota
	// BeforeProcessing reads the body, for the ledger, and stores nothing.
	BeforeProcessing
	// OnArrival does not read the body either.
	OnArrival
)

// Cut says how the connection ends.
type Cut uint8

// The ways to end a connection.
const (
	NoCut        Cut = iota
	ResetBefore      // TCP reset instead of an answer
	CloseBefore      // orderly close (FIN) instead of an answer
	CloseHalfway     // close after half of the announced body
)

// Fault is what goes wrong with one request and its answer. Its fields can be combined; a
// field that is zero has no effect.
type Fault struct {
	// Name appears in the ledger. A fault without a name is called "fault".
	Name  string
	Stage Stage

	// The sandbox waits for DelayRequest before it looks at the request, for DelayAnswer
	// before it sends the status line, and for DelayBody when half of the body is sent. The
	// last two end early when the client goes away; net/http notices that only after the
	// body of the request has been read. Closing the server by force ends all three.
	DelayRequest, DelayAnswer, DelayBody time.Duration

	// Status, Header and Body replace those of the answer. A Header with an empty list
	// removes the header; a Body that is empty but not nil sends an empty body. Status is
	// 200 to 599; if the request is not processed it defaults to 503.
	Status int
	Header http.Header
	Body   []byte

	// DropID removes the id and the Location from an answer that has them.
	DropID bool
	Cut    Cut
}

// Redirect is the fault that sends the client elsewhere, without processing.
func Redirect(status int, location string) Fault {
	return Fault{Name: "redirect", Stage: BeforeProcessing, Status: status, Header: http.Header{"Location": {location}}}
}

// label is the name for the ledger, empty for no fault.
func (f Fault) label() string {
	none := f.Stage == AfterProcessing && f.DelayRequest == 0 && f.DelayAnswer == 0 && f.DelayBody == 0 &&
		f.Status == 0 && f.Header == nil && f.Body == nil && !f.DropID && f.Cut == NoCut
	if f.Name == "" && !none {
		return "fault"
	}
	return f.Name
}

// substitute answers a request that is not processed.
func (f Fault) substitute() answer {
	a := answer{outcome: Ignored, header: http.Header{}}
	switch {
	case f.Status != 0:
		a.status = f.Status
	case f.Cut == NoCut || f.Cut == CloseHalfway:
		a.status = http.StatusServiceUnavailable
	}
	return a
}

// apply returns the answer as the client gets to see it.
func (f Fault) apply(a answer) answer {
	a.header = a.header.Clone()
	if f.DropID {
		a.body = dropID(a.body)
		a.header.Del("Location")
	}
	if f.Status != 0 {
		a.status = f.Status
	}
	if f.Body != nil {
		a.body = f.Body
	}
	for name, values := range f.Header {
		a.header.Del(name)
		for _, v := range values {
			a.header.Add(name, v)
		}
	}
	return a
}

func dropID(body []byte) []byte {
	var doc map[string]json.RawMessage
	if json.Unmarshal(body, &doc) != nil {
		return body
	}
	delete(doc, "id")
	return encode(doc)
}

// deliver sends the answer, changed as the fault says. Where net/http has no other way to
// cut a connection, it panics with http.ErrAbortHandler. The client may take as long as the
// limit to receive each half of the body.
func (f Fault) deliver(w http.ResponseWriter, r *http.Request, a answer, limit time.Duration) {
	a = f.apply(a)
	if !wait(r.Context(), f.DelayAnswer) {
		panic(http.ErrAbortHandler)
	}
	if f.hangsUp() {
		hangUp(w, f.Cut == ResetBefore)
		return
	}
	for name, values := range a.header {
		w.Header()[name] = values
	}
	if w.Header().Get("Content-Length") == "" && bodyAllowed(a.status) {
		w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
	}
	control := http.NewResponseController(w)
	_ = control.SetWriteDeadline(time.Now().Add(limit))
	w.WriteHeader(a.status)
	half := len(a.body) / 2
	_, _ = w.Write(a.body[:half])
	if f.DelayBody > 0 || f.Cut == CloseHalfway {
		_ = control.Flush()
	}
	if f.Cut == CloseHalfway || !wait(r.Context(), f.DelayBody) {
		panic(http.ErrAbortHandler)
	}
	_ = control.SetWriteDeadline(time.Now().Add(limit))
	_, _ = w.Write(a.body[half:])
}

// hangsUp says that the connection ends without an answer.
func (f Fault) hangsUp() bool { return f.Cut == ResetBefore || f.Cut == CloseBefore }

func bodyAllowed(status int) bool {
	return status >= 200 && status != http.StatusNoContent && status != http.StatusNotModified
}

// hangUp closes the connection without an answer.
func hangUp(w http.ResponseWriter, reset bool) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler) // HTTP/2 or no connection at all
	}
	defer func() { _ = conn.Close() }()
	if secure, ok := conn.(*tls.Conn); ok {
		conn = secure.NetConn()
	}
	if tcp, ok := conn.(*net.TCPConn); ok && reset {
		_ = tcp.SetLinger(0) // makes Close send RST
	}
}

// wait waits for a time. It returns false, at once, if the context ends before.
func wait(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
