package main

import (
	"context"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/outbox"
)

// harms are what is wrong in a life, and what the judge makes of it.
var harms = map[string]struct {
	harm                     func(t *testing.T, l *life, r *outbox.Report)
	lost, twice, unexplained bool
}{
	"nothing": {harm: func(*testing.T, *life, *outbox.Report) {}},
	"a row is gone": {lost: true, harm: func(_ *testing.T, l *life, _ *outbox.Report) {
		l.known.rows["INC-9 "+string(firstDay)] = belief{id: 999}
	}},
	"a change is gone": {lost: true, harm: func(_ *testing.T, l *life, r *outbox.Report) {
		l.known.rows[nameOf(r)] = belief{r.ID, []outbox.Digest{{1}}}
	}},
	"a receipt is gone": {lost: true, harm: func(_ *testing.T, l *life, r *outbox.Report) { l.known.accepted[r.ID] = "rec-999" }},
	"a second record": {twice: true, harm: func(_ *testing.T, l *life, r *outbox.Report) {
		l.ledger.note(call{method: http.MethodPost, told: told{event: l.stock.event(r.Content)}, record: "rec-999", status: http.StatusCreated})
	}},
	"a record of which nobody knows": {lost: true, twice: true, harm: func(_ *testing.T, l *life, _ *outbox.Report) {
		l.ledger.note(call{method: http.MethodPost, told: told{event: 39}, record: "rec-999", status: http.StatusCreated})
	}},
	"a record that went away": {lost: true, twice: true, harm: func(_ *testing.T, l *life, r *outbox.Report) {
		l.ledger.note(call{method: http.MethodDelete, told: l.ledger.records[r.Record.ID].told, record: r.Record.ID, status: http.StatusOK})
	}},
	"other bytes": {lost: true, harm: func(_ *testing.T, l *life, r *outbox.Report) { l.ledger.records[r.Record.ID].body = outbox.Digest{1} }},
	"recorded, and waits to be sent": {lost: true, twice: true, unexplained: true, harm: change(func(r *outbox.Report) {
		r.State, r.Op, r.Record = draft.Pending, outbox.OpReport, outbox.Record{}
	})},
	"no act leads there":    {unexplained: true, harm: change(func(r *outbox.Report) { r.State = draft.Held })},
	"sending, and all live": {unexplained: true, harm: change(func(r *outbox.Report) { r.State = draft.Sending })},
	"unknown for no reason": {unexplained: true, harm: change(func(r *outbox.Report) { r.State, r.Reason = draft.Unknown, reasonDied })},
}

// The judge of the other tests finds what is wrong: here something is, on purpose, with an
// outbox over which nobody has died.
func TestJudge(t *testing.T) {
	t.Parallel()
	for name, test := range harms {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := lived(t)
			v, err := l.judge(context.Background())
			require.NoError(t, err)
			require.Empty(t, v.Wrong)
			test.harm(t, l, accepted(t, l))
			v, err = l.judge(context.Background())
			require.NoError(t, err)
			assert.Equal(t, []bool{test.lost, test.twice, test.unexplained}, []bool{v.Lost > 0, v.Twice > 0, v.Unexplained > 0}, v.Wrong)
		})
	}
}

// lived is a life in which a process has enqueued and sent, and has ended by itself.
func lived(t *testing.T) *life {
	stock, err := newStock(40, 3)
	require.NoError(t, err)
	l, err := newLife("sqlite", t.TempDir(), "", stock, 1, 0, false)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, l.close()) })
	w, err := openWorker(context.Background(), l.plan, stock, func(string) {})
	require.NoError(t, err)
	w.say = l.hear
	require.NoError(t, do(context.Background(), w.enqueue, w.enqueue, w.drain))
	require.NoError(t, w.store.Close())
	return l
}

// accepted is a report that was recorded.
func accepted(t *testing.T, l *life) (r *outbox.Report) {
	view(t, l, func(tx outbox.Tx) error {
		found, err := tx.List(outbox.Filter{States: []string{string(draft.Accepted)}})
		require.NotEmpty(t, found)
		r = found[0]
		return err
	})
	return r
}

// change changes a report behind the back of the outbox.
func change(how func(*outbox.Report)) func(*testing.T, *life, *outbox.Report) {
	return func(t *testing.T, l *life, r *outbox.Report) {
		how(r)
		view(t, l, func(tx outbox.Tx) error { return tx.Save([]*outbox.Report{r}) })
	}
}

func view(t *testing.T, l *life, fn func(outbox.Tx) error) {
	store, err := l.db.open(context.Background())
	require.NoError(t, err)
	require.NoError(t, store.Update(context.Background(), fn))
	require.NoError(t, store.Close())
}
