package main

import (
	"context"
	"net/http/httptrace"
	"os"
	"slices"
	"sync/atomic"

	"github.com/gpsafety/lfpse-go/lfpse/client"
	"github.com/gpsafety/lfpse-go/lfpse/outbox"
	"github.com/gpsafety/lfpse-go/lfpse/submission"
)

// The places of a transaction at which a process can die. Half is when the reports are
// written and the audit trail is not; committed is when the store is done and nobody knows.
var places = []string{"half", "written", "committed"}

// recordedActs are the acts whose transactions the workload goes through.
var recordedActs = []outbox.Act{
	outbox.ActEnqueue, outbox.ActAsk, outbox.ActRevise, outbox.ActAmend, outbox.ActClaim, outbox.ActUnclaim, outbox.ActSend,
	outbox.ActAccept, outbox.ActReject, outbox.ActLose, outbox.ActReturn, outbox.ActHold, outbox.ActRelease, outbox.ActRetry,
	outbox.ActFound, outbox.ActNotFound, outbox.ActSame, outbox.ActOther, outbox.ActIgnore, outbox.ActPropose, outbox.ActConfirm,
	outbox.ActKeep, outbox.ActTakeBack, outbox.ActPurge, outbox.ActRestored,
}

// exchanges and moments name what happens on the wire.
var (
	exchanges = []string{"post", "put", "delete"}
	moments   = []string{"before the first byte", "connected", "after the head", "after the last byte", "answer begins", "answered"}
)

const (
	stepBegin = "transaction/begins"
	opening   = "open/" // and what is done to a file: the schema is made then
	working   = "work/" // the same, afterwards
	opened    = "open/done"
)

// steps are the names of all steps at which a process is killed that has a kind of store.
func steps(store string) []string {
	all := []string{stepBegin, opened}
	if store == "sqlite" { // the process itself writes files
		for _, kind := range []diskKind{opWrite, opTruncate, opSync, opDelete} {
			all = append(all, opening+string(kind), working+string(kind))
		}
	}
	for _, act := range recordedActs {
		for _, place := range places {
			all = append(all, string(act)+"/"+place)
		}
	}
	for _, exchange := range exchanges {
		for _, moment := range moments {
			all = append(all, exchange+"/"+moment)
		}
	}
	return all
}

// killer kills this process when it comes to a step for the nth time.
type killer struct {
	step string
	left atomic.Int64
}

func newKiller(step string, nth int) *killer {
	k := &killer{step: step}
	k.left.Store(int64(nth))
	return k
}

func (k *killer) at(step string) {
	if step != k.step || k.left.Add(-1) != 0 {
		return
	}
	if self, err := os.FindProcess(os.Getpid()); err == nil {
		_ = self.Kill()
	}
	select {} // the signal is on its way
}

// steppedStore tells of the steps of each transaction.
type steppedStore struct {
	outbox.Store
	at func(step string)
}

func (s steppedStore) Update(ctx context.Context, fn func(outbox.Tx) error) error {
	s.at(stepBegin)
	var acts []outbox.Act
	err := s.Store.Update(ctx, func(tx outbox.Tx) error {
		stepped := &steppedTx{Tx: tx, at: s.at}
		err := fn(stepped)
		if acts = stepped.acts; err == nil {
			s.all(acts, "written")
		}
		return err
	})
	if err == nil {
		s.all(acts, "committed")
	}
	return err
}

func (s steppedStore) all(acts []outbox.Act, place string) {
	for _, act := range acts {
		s.at(string(act) + "/" + place)
	}
}

// steppedTx knows what a transaction does by its entries in the audit trail.
type steppedTx struct {
	outbox.Tx
	at   func(step string)
	acts []outbox.Act
}

func (t *steppedTx) Append(entries []*outbox.Entry) error {
	for _, e := range entries {
		if !slices.Contains(t.acts, e.Act) {
			t.acts = append(t.acts, e.Act)
		}
		t.at(string(e.Act) + "/half")
	}
	return t.Tx.Append(entries)
}

// steppedSender tells of the steps of each request.
type steppedSender struct {
	outbox.Sender
	at func(step string)
}

func (s steppedSender) Submit(ctx context.Context, b submission.Submission) (client.Receipt, error) {
	return s.exchange(ctx, "post", func(ctx context.Context) (client.Receipt, error) { return s.Sender.Submit(ctx, b) })
}

func (s steppedSender) Update(ctx context.Context, id string, b submission.Submission) (client.Receipt, error) {
	return s.exchange(ctx, "put", func(ctx context.Context) (client.Receipt, error) { return s.Sender.Update(ctx, id, b) })
}

func (s steppedSender) Delete(ctx context.Context, id string) (client.Receipt, error) {
	return s.exchange(ctx, "delete", func(ctx context.Context) (client.Receipt, error) { return s.Sender.Delete(ctx, id) })
}

func (s steppedSender) exchange(ctx context.Context, name string, call func(context.Context) (client.Receipt, error)) (client.Receipt, error) {
	at := func(moment int) { s.at(name + "/" + moments[moment]) }
	at(0)
	r, err := call(httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn:              func(httptrace.GotConnInfo) { at(1) },
		WroteHeaders:         func() { at(2) },
		WroteRequest:         func(httptrace.WroteRequestInfo) { at(3) },
		GotFirstResponseByte: func() { at(4) },
	}))
	at(5)
	return r, err
}
