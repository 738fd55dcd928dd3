package sandbox

import (
	"context"
	"net/http"
	"sync"
	"time"
)

// Sandbox is the stand-in service, an http.Handler. It is safe for concurrent
// use: requests are read and judged in parallel, and take effect one at a time.
type Sandbox struct {
	cfg config
	// stopping is cancelled by stop, after which no body is read any further.
	stopping    context.Context
	stop        context.CancelFunc
	definitions func() (map[string][]byte, error) // what the taxonomy API serves, by path

	mu       sync.Mutex // guards everything below
	arrivals int
	store    *store
	ledger   *ledger
}

// New returns a sandbox. Without options it accepts DefaultKey, uses the
// embedded v6 taxonomy and keeps its ledger in memory only. An option that
// cannot be used, an unreadable taxonomy or a damaged ledger file is an error.
//
// With WithLedgerFile, call Close when done.
func New(opts ...Option) (*Sandbox, error) {
	cfg, err := newConfig(opts)
	if err != nil {
		return nil, err
	}
	ledger, err := openLedger(cfg)
	if err != nil {
		return nil, err
	}
	definitions := sync.OnceValues(func() (map[string][]byte, error) { return definitionsOf(cfg.published) })
	s := &Sandbox{cfg: cfg, definitions: definitions, ledger: ledger, store: restore(ledger.entries, cfg.keptBodies)}
	s.stopping, s.stop = context.WithCancel(context.Background())
	return s, nil
}

// Close closes the ledger file, if there is one; requests that come later are
// then answered with 500.
func (s *Sandbox) Close() error {
	s.stop()
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ledger.close()
}

// Entries returns a copy of the ledger, in order of effect.
func (s *Sandbox) Entries() []Entry {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ledger.copy()
}

// Remember makes records known that an earlier sandbox has created, as a ledger makes them,
// without their bodies: their numbers are not given out again, and they can be updated and
// deleted. Of an entry it needs ID and Outcome, which is Created or Deleted, and for records
// that were not deleted Reference and Version. Call it before the first request.
func (s *Sandbox) Remember(records ...Entry) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range records {
		if _, known := s.store.records[records[i].ID]; !known {
			s.store.restore(&records[i])
		}
	}
}

// Stored returns the JSON of a record as its last answer showed it. It reports
// false for an unknown or deleted record and for one whose body is no longer
// kept (see WithKeptBodies) or was received before a restart.
func (s *Sandbox) Stored(id string) ([]byte, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.store.body(id)
}

// answer is what the sandbox decided to answer. A fault may then change what is sent.
type answer struct {
	status int
	header http.Header
	body   []byte

	outcome   Outcome
	id        string // of the record, empty if this sandbox never issued it
	reference string
	version   int
	issues    []string
	leftOut   int // issues that are in neither list
}

// decision decides about a request. It is called under the lock. The change, which may be
// nil, is made only after the ledger has the entry.
type decision func(now time.Time) (a answer, change func())

// fixed is a decision that has been made already, because it does not depend on what is
// stored.
func fixed(a answer) decision {
	return func(time.Time) (answer, func()) { return a, nil }
}

// ServeHTTP answers one request.
func (s *Sandbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	fault := s.arrive(r)
	if !wait(r.Context(), fault.DelayRequest) {
		s.complete(r, received{}, fault, fixed(answer{outcome: Ignored}))
		panic(http.ErrAbortHandler) // the client left; there is nobody to answer
	}
	got, decide := s.handle(w, r, fault)
	a := s.complete(r, got, fault, decide)
	if !fault.hangsUp() {
		s.drain(w, r)
	}
	fault.deliver(w, r, a, s.cfg.transferLimit)
}

// arrive counts the request and asks the plan for its fault.
func (s *Sandbox) arrive(r *http.Request) Fault {
	s.mu.Lock()
	s.arrivals++
	n := s.arrivals
	s.mu.Unlock()
	if s.cfg.plan == nil {
		return Fault{}
	}
	return s.cfg.plan(r, n)
}

// handle reads the request as far as its fault lets it.
func (s *Sandbox) handle(w http.ResponseWriter, r *http.Request, f Fault) (received, decision) {
	switch f.Stage {
	case OnArrival:
		return received{}, fixed(f.substitute())
	case BeforeProcessing:
		got, _ := s.receive(w, r)
		return got, fixed(f.substitute())
	default:
		return s.process(w, r)
	}
}

// complete makes the decision, writes the ledger and only then changes the store. It holds
// the lock all the time, so ids, versions and ledger agree when requests come at once.
func (s *Sandbox) complete(r *http.Request, got received, f Fault, decide decision) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.cfg.clock()
	a, change := decide(now)
	err := s.ledger.append(Entry{
		Time: now, Method: ledgerMethod(r.Method), ID: a.id, Status: a.status, Outcome: a.outcome,
		Reference: a.reference, Version: a.version, SHA256: got.digest, Bytes: len(got.body),
		Issues: a.issues, IssuesLeftOut: a.leftOut, Fault: f.label(),
	})
	if err != nil {
		s.cfg.log.Error("sandbox: the ledger cannot be written", "error", err)
		return refuse(http.StatusInternalServerError, problem{
			"SBX-LEDGER", "exception", "The sandbox cannot write its ledger. The request was not carried out."})
	}
	if change != nil {
		change()
	}
	s.cfg.log.Info("sandbox: request", "method", ledgerMethod(r.Method), "status", a.status,
		"outcome", string(a.outcome), "id", a.id, "issues", len(a.issues)+a.leftOut, "fault", f.label())
	return a
}
