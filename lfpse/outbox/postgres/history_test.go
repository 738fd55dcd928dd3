package postgres_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"math"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/outbox"
)

// recorded is a store that writes down what each transaction found and left of the reports
// that it changed: before its COMMIT what it is about to do, and after it how it ended. So
// the history outlives a process that is killed.
type recorded struct {
	outbox.Store
	mu      sync.Mutex
	file    *os.File
	process string
	last    atomic.Int64
}

// line is a line of a history. Of a transaction without an Ended line nobody knows whether
// it was carried out.
type line struct {
	Process string
	N       int64
	At      int64            // when it began, or ended
	Changes map[int64]change `json:",omitempty"`
	Ended   string           `json:",omitempty"`
}

const (
	committed = "committed"
	failed    = "failed"
)

// change is what a transaction found and left of a report.
type change struct{ Found, Left string }

func newRecorded(s outbox.Store, name, process string) (*recorded, error) {
	file, err := os.OpenFile(name, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	return &recorded{Store: s, file: file, process: process}, err
}

func (r *recorded) write(l line) {
	text, err := json.Marshal(l)
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, failed := r.file.Write(append(text, '\n')); err != nil || failed != nil {
		panic(errors.Join(err, failed))
	}
}

func (r *recorded) end(n int64, how string) {
	if n > 0 {
		r.write(line{Process: r.process, N: n, At: time.Now().UnixNano(), Ended: how})
	}
}

func (r *recorded) Update(ctx context.Context, fn func(outbox.Tx) error) error {
	var n int64 // of the try
	err := r.Store.Update(ctx, func(tx outbox.Tx) error {
		r.end(n, failed) // it is tried again
		n = 0
		began := time.Now().UnixNano()
		w := &watched{Tx: tx, found: map[int64]string{}, changes: map[int64]change{}}
		if err := fn(w); err != nil || len(w.changes) == 0 {
			return err
		}
		n = r.last.Add(1)
		r.write(line{Process: r.process, N: n, At: began, Changes: w.changes})
		return nil
	})
	switch {
	case err == nil:
		r.end(n, committed)
	case !errors.Is(err, outbox.ErrUncertain):
		r.end(n, failed)
	}
	return err
}

// watched is a transaction whose reads and writes of reports are noted.
type watched struct {
	outbox.Tx
	found   map[int64]string
	changes map[int64]change
}

func told(r *outbox.Report) string { return string(r.State) + " " + r.Claim }

func (w *watched) note(reports []*outbox.Report, err error) ([]*outbox.Report, error) {
	for _, r := range reports {
		if _, known := w.found[r.ID]; !known {
			w.found[r.ID] = told(r)
		}
	}
	return reports, err
}

func (w *watched) Get(ids ...int64) ([]*outbox.Report, error) { return w.note(w.Tx.Get(ids...)) }

func (w *watched) Due(endpoint string, limit int, without []string) ([]*outbox.Report, error) {
	return w.note(w.Tx.Due(endpoint, limit, without))
}

func (w *watched) Claimed(endpoint, owner string) ([]*outbox.Report, error) {
	return w.note(w.Tx.Claimed(endpoint, owner))
}

func (w *watched) Insert(reports []*outbox.Report) error {
	err := w.Tx.Insert(reports)
	for _, r := range reports {
		w.changes[r.ID] = change{"", told(r)}
	}
	return err
}

func (w *watched) Save(reports []*outbox.Report) error {
	for _, r := range reports {
		c, changed := w.changes[r.ID]
		if !changed {
			c.Found = w.found[r.ID]
		}
		c.Left = told(r)
		w.changes[r.ID] = c
	}
	return w.Tx.Save(reports)
}

// step is what one transaction did to one report.
type step struct {
	report  int64
	certain bool
	change
}

// checkHistory sees whether what all transactions of all processes found and left of each
// report can be put into one order that agrees with the times at which they ran. It returns
// how many steps there were.
func checkHistory(t *testing.T, names ...string) (steps int) {
	type key struct {
		process string
		n       int64
	}
	begun, ended := map[key]line{}, map[key]line{}
	for _, name := range names {
		file, err := os.Open(name)
		require.NoError(t, err)
		lines := bufio.NewScanner(file)
		lines.Buffer(nil, 1<<24)
		for lines.Scan() {
			var l line
			require.NoError(t, json.Unmarshal(lines.Bytes(), &l))
			if k := (key{l.Process, l.N}); l.Ended == "" {
				begun[k] = l
			} else {
				ended[k] = l
			}
		}
		require.NoError(t, errors.Join(lines.Err(), file.Close()))
	}
	var history []porcupine.Operation
	for k, l := range begun {
		end, known := ended[k]
		if end.Ended == failed {
			continue
		}
		until := int64(math.MaxInt64)
		if known {
			until = end.At
		}
		for report, c := range l.Changes {
			history = append(history, porcupine.Operation{Input: step{report, known, c}, Call: l.At, Return: until})
		}
	}
	require.Equal(t, porcupine.Ok, porcupine.CheckOperationsTimeout(claims.ToModel(), history, 20*time.Second))
	return len(history)
}

// claims is the model: a report is what the last transaction left of it, and the next one
// finds that.
var claims = &porcupine.NondeterministicModel{
	Partition: func(history []porcupine.Operation) (parts [][]porcupine.Operation) {
		of := map[int64][]porcupine.Operation{}
		for _, op := range history {
			of[op.Input.(step).report] = append(of[op.Input.(step).report], op)
		}
		for _, part := range of {
			parts = append(parts, part)
		}
		return parts
	},
	Init: func() []any { return []any{""} },
	Step: func(state, input, _ any) (next []any) {
		s := input.(step)
		if state == s.Found {
			next = append(next, s.Left)
		}
		if !s.certain && (len(next) == 0 || s.Left != state) {
			next = append(next, state)
		}
		return next
	},
}
