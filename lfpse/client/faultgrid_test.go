package client_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/gpsafety/lfpse-go/lfpse/client"
)

// faultCell is one call on one way with one fault.
type faultCell struct {
	row faultRow
	way way
	op  client.Op
}

func faultCells() (out []faultCell) {
	for _, row := range faultTable {
		for _, w := range row.ways {
			for _, op := range row.ops {
				out = append(out, faultCell{row, w, op})
			}
		}
	}
	return out
}

// expected is the one rule of the page: what kept the request back makes it not sent; what
// may have left is unknown without an answer; an answer means what the table of answers
// says.
func (c faultCell) expected(t assert.TestingT) (client.Outcome, client.Reason) {
	switch k := c.row.known; {
	case k.back != "":
		return client.NotSent, k.back
	case k.answer != nil:
		return meaning(t, c.op, *k.answer)
	case k.limit:
		return client.Unknown, client.Timeout
	}
	return client.Unknown, client.AnswerLost
}

// meaning looks an answer up in the table of answers.
func meaning(t assert.TestingT, op client.Op, a whole) (client.Outcome, client.Reason) {
	status := a.status(op)
	for _, row := range answerTable {
		named := func(b body) bool { return b.name == a.body.name }
		if slices.Contains(row.ops, op) && slices.Contains(row.statuses, status) && slices.ContainsFunc(row.bodies, named) &&
			!row.option && fmt.Sprint(row.header) == fmt.Sprint(a.header) {
			return row.outcome, row.reason
		}
	}
	assert.Fail(t, "not in the table of answers", "%s %d %s %v", op, status, a.body.name, a.header)
	return client.Unknown, ""
}

// TestFaults makes every call of the grid for real.
func TestFaults(t *testing.T) {
	g := newFaultGrid(t)
	var as atomic.Int32
	var running sync.WaitGroup
	places := make(chan struct{}, 12)
	for n, c := range faultCells() {
		places <- struct{}{}
		running.Go(func() {
			defer func() { <-places }()
			if g.run(n, c) {
				as.Add(1)
			}
		})
	}
	running.Wait()
	t.Logf("%d cells: %d as expected", len(faultCells()), as.Load())
}

// TestFaultsPage compares the page with the grid; -update writes it.
func TestFaultsPage(t *testing.T) {
	var b strings.Builder
	b.WriteString(faultsHead)
	for _, row := range faultTable {
		for _, line := range row.lines(t) {
			b.WriteString(line)
		}
	}
	fmt.Fprintf(&b, "\n%d cells: %d as expected.\n", len(faultCells()), len(faultCells()))
	golden(t, "FAULTS.md", b.String(), "TestFaultsPage")
}

// lines are the lines of a row: one for all calls of which the same is expected.
func (r faultRow) lines(t *testing.T) (out []string) {
	var ways []string
	for _, w := range r.ways {
		ways = append(ways, string(w))
	}
	calls, order := map[string][]string{}, []string{}
	for _, op := range r.ops {
		outcome, reason := faultCell{r, r.ways[0], op}.expected(t)
		verdict := fmt.Sprintf("%s | %s | %s |\n", outcome, cmp.Or(string(reason), "–"), nextAfter[reason])
		if calls[verdict] == nil {
			order = append(order, verdict)
		}
		calls[verdict] = append(calls[verdict], verbs[op])
	}
	name, served := r.name, "no"
	if r.certificate != "" {
		name = r.certificate
	}
	if a := r.known.answer; a != nil && a.status(client.OpSubmit) >= 300 {
		name += fmt.Sprintf(" (%d)", a.status(client.OpSubmit))
	}
	if r.served {
		served = "yes"
	}
	for _, verdict := range order {
		out = append(out, fmt.Sprintf("| %s | %s | %s | %s | %s | %s", r.phase, name, strings.Join(ways, ", "), strings.Join(calls[verdict], ", "), served, verdict))
	}
	return out
}

const faultsHead = `# What a fault on the way leads to

This page is written from the table of a test that makes each of these calls for real, through a
proxy that breaks it. Do not edit it; run ` + "`go test ./lfpse/client -run TestFaultsPage -update`" + `.

What is expected follows from one rule, not from what the client does:

1. Not a byte of the request can have left, because there was no name, no connection or no secure connection: **not-sent**.
2. Bytes may have left, and the head of an answer did not arrive whole, or was larger than 64 KiB: **unknown**, whether the service has carried the call out or not.
3. The head of an answer arrived: what [the table of answers](ANSWERS.md) says for it. A body that did not arrive whole is there the one that ends before its length.

In every cell the proxy counts at most one connection and one request, and the service carries the call out once or, where the
column says so, not at all. On the way "sandbox" the sandbox plays the fault, and its ledger is what counts. A stall ends when the time of the call is over. A PUT or DELETE after unknown may be repeated, a POST may not.
The client speaks HTTP/1.1 only and uses a connection once, so that HTTP/2 and a dead kept connection are no faults of their own.

| Phase | Fault | Way | Verb | Carried out | Outcome | Reason | Next |
| --- | --- | --- | --- | --- | --- | --- | --- |
`
