package main

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gpsafety/lfpse-go/lfpse/outbox"
)

// ledger is the service: it lives on when the process dies that sends to it, and what it
// has recorded is the truth. It knows the event of a request by the mark in its text.
type ledger struct {
	server *http.Server
	url    string
	answer time.Duration // how long an answer takes
	watch  func(call)    // is told of each request, before anybody else

	mu      sync.Mutex
	random  *rand.Rand
	faulty  bool   // one answer in twelve goes wrong
	likely  *fault // what goes wrong with every second request, if anything
	open    map[net.Conn]bool
	calls   []call
	records map[string]*record // by id
	events  map[int]*history
}

// call is a request that has come in whole, and what was done with it.
type call struct {
	method string
	told
	record string // that it made, changed or deleted; empty if nothing was recorded
	body   outbox.Digest
	status int // of the answer; 0 cuts the connection
}

// lost reports whether the answer does not say whether anything was recorded.
func (c *call) lost() bool { return c.status == 0 || c.status >= http.StatusInternalServerError }

// history is what has come in about an event.
type history struct {
	calls   []int // numbers
	records []*record
}

// record is what the ledger holds of an event.
type record struct {
	ID      string `json:"id"`
	Deleted bool   `json:"deleted"`
	told
	body          outbox.Digest // that was recorded last
	made, changed int           // numbers of the calls that made it and that changed it last
}

func emptyLedger() *ledger {
	return &ledger{watch: func(call) {}, open: map[net.Conn]bool{}, records: map[string]*record{}, events: map[int]*history{}}
}

func newLedger(seed uint64, answer time.Duration, faulty bool) (*ledger, error) {
	l := emptyLedger()
	l.answer, l.faulty, l.random = answer, faulty, rand.New(rand.NewPCG(seed, 2))
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	l.url = "http://" + listener.Addr().String()
	l.server = &http.Server{Handler: l, ConnState: l.connection, ReadHeaderTimeout: time.Minute}
	go func() { _ = l.server.Serve(listener) }()
	return l, nil
}

func (l *ledger) close() { _ = l.server.Close() }

func (l *ledger) connection(c net.Conn, state http.ConnState) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch state {
	case http.StateNew:
		l.open[c] = true
	case http.StateClosed, http.StateHijacked:
		delete(l.open, c)
	}
}

// quiet waits until everything that a dead process has sent is dealt with. Connections are
// accepted in the order in which they were made: when one of its own is answered, none of the
// dead process is still to be accepted.
func (l *ledger) quiet() {
	if r, err := http.NewRequest(http.MethodGet, l.url+"/metadata", nil); err == nil {
		r.Close = true
		if resp, err := http.DefaultClient.Do(r); err == nil {
			_ = resp.Body.Close()
		}
	}
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		l.mu.Lock()
		n := len(l.open)
		l.mu.Unlock()
		if n == 0 {
			return
		}
	}
}

// fault is what goes wrong with one request.
type fault struct {
	status   int // of the answer; 0 cuts the connection
	recorded bool
}

var faults = []fault{{0, false}, {0, true}, {503, false}, {503, true}, {429, false}, {422, false}, {500, true}}

// likelyFor are the faults that lead to an act.
var likelyFor = []struct {
	act outbox.Act
	fault
}{
	{outbox.ActReject, fault{422, false}}, {outbox.ActRetry, fault{422, false}}, {outbox.ActReturn, fault{429, false}},
	{outbox.ActLose, fault{0, true}}, {outbox.ActFound, fault{503, true}}, {outbox.ActNotFound, fault{0, false}},
}

// expect has every second request of the next process go wrong as its plan needs it.
func (l *ledger) expect(p *plan) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.likely = nil
	for i := range likelyFor {
		if p.wants(likelyFor[i].act) {
			l.likely = &likelyFor[i].fault
		}
	}
}

func (l *ledger) plan() (fault, bool) {
	switch {
	case l.likely != nil && len(l.calls)%2 == 0:
		return *l.likely, true
	case l.faulty && l.random.IntN(12) == 0:
		return faults[l.random.IntN(len(faults))], true
	}
	return fault{recorded: true}, false
}

func (l *ledger) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	if r.Method == http.MethodGet {
		l.look(w, r.URL.Path)
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the sender died; a service does nothing with half a report
	}
	time.Sleep(l.answer)
	answer(w, l.take(r.Method, strings.TrimPrefix(strings.TrimPrefix(r.URL.Path, "/AdverseEvent"), "/"), body))
}

// take does what a request asks, unless something goes wrong.
func (l *ledger) take(method, id string, body []byte) call {
	l.mu.Lock()
	defer l.mu.Unlock()
	c := call{method: method, told: toldIn(body), body: sha256.Sum256(body), status: http.StatusOK}
	f, wrong := l.plan()
	known := l.records[id]
	if method == http.MethodDelete && known != nil {
		c.told = known.told
	}
	switch {
	case !f.recorded:
	case method == http.MethodPost:
		c.record, c.status = fmt.Sprintf("rec-%d", len(l.records)+1), http.StatusCreated
	case known == nil || known.Deleted:
		c.status = http.StatusNotFound
	default:
		c.record = id
	}
	if wrong {
		c.status = f.status
	}
	l.note(c)
	l.watch(c)
	return c
}

// note keeps a request and what was recorded by it.
func (l *ledger) note(c call) {
	n := len(l.calls)
	l.calls = append(l.calls, c)
	h := l.events[c.event]
	if h == nil {
		h = &history{}
		l.events[c.event] = h
	}
	h.calls = append(h.calls, n)
	if c.record == "" {
		return
	}
	rec := l.records[c.record]
	if rec == nil {
		rec = &record{ID: c.record, made: n}
		l.records[c.record] = rec
		h.records = append(h.records, rec)
	}
	rec.changed, rec.Deleted = n, c.method == http.MethodDelete
	if !rec.Deleted {
		rec.told, rec.body = c.told, c.body
	}
}

// look answers what is not a report: the probe, and what is recorded of an event.
func (l *ledger) look(w io.Writer, path string) {
	event, err := strconv.Atoi(strings.TrimPrefix(path, "/events/"))
	if err != nil {
		fmt.Fprint(w, `{"resourceType":"CapabilityStatement"}`)
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	var found []*record
	if h := l.events[event]; h != nil {
		found = h.records
	}
	_ = json.NewEncoder(w).Encode(found)
}

func answer(w http.ResponseWriter, c call) {
	switch {
	case c.status == 0:
		if conn, _, err := w.(http.Hijacker).Hijack(); err == nil {
			_ = conn.Close()
		}
	case c.status >= 400:
		w.WriteHeader(c.status)
		fmt.Fprint(w, `{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"processing","diagnostics":"on purpose"}]}`)
	default:
		w.Header().Set("Location", "/AdverseEvent/"+c.record)
		w.WriteHeader(c.status)
		fmt.Fprintf(w, `{"resourceType":"AdverseEvent","id":%q,"meta":{"versionId":"1"}}`, c.record)
	}
}
