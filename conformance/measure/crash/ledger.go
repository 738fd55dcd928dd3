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
)

// ledger is the service: it lives on when the process dies that sends to it, and what it
// has recorded is the truth. It knows the event of a request by the mark in its text.
type ledger struct {
	server *http.Server
	url    string
	answer time.Duration // how long an answer takes
	watch  func(word)    // is told what is recorded, before anybody else

	mu      sync.Mutex
	random  *rand.Rand
	faulty  bool // one answer in twelve goes wrong
	open    map[net.Conn]bool
	records map[string]*record // by id
	events  map[int][]*record  // by event, in the order in which they were recorded
	calls   int
}

// record is what the ledger holds of an event.
type record struct {
	ID      string `json:"id"`
	Deleted bool   `json:"deleted"`
	event   int
	Last    [sha256.Size]byte `json:"-"` // of the body that was recorded last
}

func emptyLedger() *ledger {
	return &ledger{watch: func(word) {}, open: map[net.Conn]bool{}, records: map[string]*record{}, events: map[int][]*record{}}
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

// quiet waits until everything that a dead process has sent is dealt with.
func (l *ledger) quiet() {
	for deadline := time.Now().Add(5 * time.Second); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
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

func (l *ledger) plan() (fault, bool) {
	if l.faulty && l.random.IntN(12) == 0 {
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
	rec, status := l.record(r.Method, strings.TrimPrefix(strings.TrimPrefix(r.URL.Path, "/AdverseEvent"), "/"), body)
	write(w, rec, status)
}

// record does what a request asks, and returns the status of the answer: 0 cuts the
// connection.
func (l *ledger) record(method, id string, body []byte) (rec record, status int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.calls++
	f, wrong := l.plan()
	known := l.records[id]
	switch status = http.StatusOK; {
	case !f.recorded:
	case method == http.MethodPost:
		known, status = l.post(body), http.StatusCreated
	case known == nil || known.Deleted:
		status = http.StatusNotFound
	default:
		if known.Deleted = method == http.MethodDelete; !known.Deleted {
			known.Last = sha256.Sum256(body)
		}
	}
	if wrong {
		status = f.status
	}
	if known != nil {
		rec = *known
	}
	if f.recorded && known != nil {
		l.watch(word{Say: "recorded", Record: rec.ID, Event: rec.event, Content: rec.Last[:]})
	}
	return rec, status
}

// hear records what another ledger has recorded.
func (l *ledger) hear(w word) {
	if w.Say != "recorded" {
		return
	}
	if l.records[w.Record] == nil {
		l.records[w.Record] = &record{ID: w.Record, event: w.Event}
		l.events[w.Event] = append(l.events[w.Event], l.records[w.Record])
	}
	l.records[w.Record].Last = [sha256.Size]byte(w.Content)
}

// look answers what is not a report: the probe, and what is recorded of an event.
func (l *ledger) look(w io.Writer, path string) {
	event, err := strconv.Atoi(strings.TrimPrefix(path, "/events/"))
	if err != nil {
		fmt.Fprint(w, `{"resourceType":"CapabilityStatement"}`)
		return
	}
	_ = json.NewEncoder(w).Encode(l.find(event))
}

func (l *ledger) post(body []byte) *record {
	event := eventOf(body)
	rec := &record{ID: fmt.Sprintf("rec-%d", len(l.records)+1), event: event, Last: sha256.Sum256(body)}
	l.records[rec.ID] = rec
	l.events[event] = append(l.events[event], rec)
	return rec
}

func write(w http.ResponseWriter, rec record, status int) {
	switch {
	case status == 0:
		if c, _, err := w.(http.Hijacker).Hijack(); err == nil {
			_ = c.Close()
		}
	case status >= 400:
		w.WriteHeader(status)
		fmt.Fprint(w, `{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"processing","diagnostics":"on purpose"}]}`)
	default:
		w.Header().Set("Location", "/AdverseEvent/"+rec.ID)
		w.WriteHeader(status)
		fmt.Fprintf(w, `{"resourceType":"AdverseEvent","id":%q,"meta":{"versionId":"1"}}`, rec.ID)
	}
}

// eventOf reads the number of the event in a body.
func eventOf(body []byte) (event int) {
	_, rest, _ := strings.Cut(string(body), eventMark)
	_, _ = fmt.Sscanf(rest, "%d", &event)
	return event
}

// find returns what is recorded of an event.
func (l *ledger) find(event int) []record {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []record
	for _, rec := range l.events[event] {
		out = append(out, *rec)
	}
	return out
}
