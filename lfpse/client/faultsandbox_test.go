package client_test

import (
	"context"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	stand "github.com/gpsafety/lfpse-go/conformance/sandbox"
	"github.com/gpsafety/lfpse-go/lfpse/client"
	"github.com/gpsafety/lfpse-go/lfpse/endpoint"
)

// inSandbox is the way on which the sandbox itself plays the fault.
const inSandbox way = "sandbox"

func standFault(phase, name string, ops []client.Op, served bool, k known, f stand.Fault) faultRow {
	return faultRow{phase: phase, name: name, ways: []way{inSandbox}, ops: ops, served: served, known: k, stand: f}
}

var sandboxFaults = []faultRow{
	standFault("request head", "FIN", changes, false, known{}, stand.Fault{Stage: stand.OnArrival, Cut: stand.CloseBefore}),
	standFault("waiting", "reset, not carried out", changes, false, known{}, stand.Fault{Stage: stand.BeforeProcessing, Cut: stand.ResetBefore}),
	standFault("waiting", "reset, carried out", changes, true, known{}, stand.Fault{Cut: stand.ResetBefore}),
	standFault("waiting", "FIN, carried out", changes, true, known{}, stand.Fault{Cut: stand.CloseBefore}),
	standFault("waiting", "stall, carried out", changes, true, known{limit: true}, stand.Fault{DelayAnswer: time.Hour}),
	standInstead(401, nil, false), standInstead(429, later, false), standInstead(503, nil, false), standInstead(503, nil, true),
	standInstead(301, elsewhere, false),
	standFault("answer body", "FIN, Location names the record", post, true, known{answer: &whole{success, bodyEarly, located}}, stand.Fault{Cut: stand.CloseHalfway}),
	standFault("answer body", "FIN", putDelete, true, known{answer: &whole{success, bodyEarly, nil}}, stand.Fault{Cut: stand.CloseHalfway}),
	standFault("answer body", bodyNoID.name, posts, true, known{answer: &whole{success, bodyNoID, nil}}, stand.Fault{DropID: true}),
	standFault("after", "none", posts, true, known{answer: &whole{success, bodyRecord, nil}}, stand.Fault{}),
	standFault("after", "none", del, true, known{answer: &whole{success, bodyNotice, nil}}, stand.Fault{}),
}

// standInstead is an answer that is not the one that the sandbox decided on.
func standInstead(status int, header http.Header, served bool) faultRow {
	f := stand.Fault{Stage: stand.BeforeProcessing, Status: status, Header: header.Clone(), Body: []byte{}}
	if served {
		f.Stage = stand.AfterProcessing
	}
	return standFault("waiting", "answer of a gateway", changes, served, known{answer: &whole{always(status), bodyEmpty, header}}, f)
}

// standIn is a sandbox for one cell at a time.
type standIn struct {
	turn   sync.Mutex
	server *stand.Server

	mu        sync.Mutex
	fault     stand.Fault
	processed func() // called when the ledger gets its line
}

func newStandIn(t *testing.T) *standIn {
	t.Helper()
	s := &standIn{}
	plan := func(*http.Request, int) stand.Fault {
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.fault
	}
	var err error
	s.server, err = stand.Start(t.Context(), "127.0.0.1:0", stand.WithFault(plan), stand.WithLedgerWriter(s))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.server.Close(context.Background())) })
	return s
}

// Write takes a line of the ledger, which comes when a request has been carried out.
func (s *standIn) Write(line []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.processed != nil {
		s.processed()
	}
	return len(line), nil
}

func (s *standIn) play(f stand.Fault, processed func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault, s.processed = f, processed
}

// runInSandbox makes the call of a cell and asks the ledger what has become of it.
func (g *faultGrid) runInSandbox(name string, c faultCell) bool {
	g.stand.turn.Lock()
	defer g.stand.turn.Unlock()
	cl, err := tryClient(endpoint.ForSandbox(g.stand.server.URL(), embedded(g.t)), within(time.Minute), atOnce)
	if !assert.NoError(g.t, err, name) {
		return false
	}
	record, err := cl.Submit(g.t.Context(), g.sent)
	if !assert.NoError(g.t, err, name) {
		return false
	}
	before := len(g.stand.server.Sandbox().Entries())
	d := newDeadline(g.t)
	g.stand.play(c.row.stand, func() {
		if c.row.known.limit {
			d.pass()
		}
	})
	err = everyOn(d, cl, g.sent, record.ID)[c.op]()
	g.stand.play(stand.Fault{}, nil)
	entries := g.stand.server.Sandbox().Entries()[before:]
	effect := map[client.Op]stand.Outcome{client.OpSubmit: stand.Created, client.OpUpdate: stand.Updated, client.OpDelete: stand.Deleted}[c.op]
	served := slices.ContainsFunc(entries, func(e stand.Entry) bool { return e.Outcome == effect })
	return g.compare(name, c, err) && assert.Len(g.t, entries, 1, name) && assert.Equal(g.t, c.row.served, served, name)
}
