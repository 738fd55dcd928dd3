package sqlite_test

import (
	"context"
	"database/sql"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/client"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/outbox"
	"github.com/gpsafety/lfpse-go/lfpse/outbox/outboxtest"
	"github.com/gpsafety/lfpse-go/lfpse/outbox/sqlite"
)

var update = flag.Bool("update", false, "write testdata/golden-N.db of this version anew; those of releases stay as they are")

// golden is the outbox of a schema's first release, with its key: invented events in every
// state that a report can rest in.
const golden = "testdata/golden-1.db"

var goldenBy = outbox.By{ID: "mgr1", Role: outbox.Manager}

// copyGolden puts the golden outbox where a test may change it.
func copyGolden(t *testing.T) (place, outbox.Key) {
	dir := t.TempDir()
	for _, suffix := range []string{"", ".key"} {
		data, err := os.ReadFile(golden + suffix)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(dir, "outbox.db"+suffix), data, 0o600))
	}
	p := place(filepath.Join(dir, "outbox.db"))
	key, err := outbox.LoadKey(string(p) + ".key")
	require.NoError(t, err)
	return p, key
}

// The outbox of an earlier release opens, and what waits in it is sent.
func TestGolden(t *testing.T) {
	if *update {
		writeGolden(t)
	}
	ctx, service := context.Background(), &outboxtest.Service{}
	p, key := copyGolden(t)
	box, err := outbox.Open(ctx, p.Open(t), key, "national")
	require.NoError(t, err)
	reports, err := box.List(ctx, outbox.Filter{})
	require.NoError(t, err)
	states := map[draft.State]int{}
	for _, r := range reports {
		states[r.State]++
		text, err := box.Text(ctx, goldenBy, r.ID)
		require.NoError(t, err)
		assert.Contains(t, string(text), "AdverseEvent")
	}
	assert.Equal(t, map[draft.State]int{
		draft.Pending: 2, draft.Held: 1, draft.NeedsAnswers: 1, draft.Unknown: 2, draft.Accepted: 2, draft.Rejected: 1, draft.Withdrawn: 1, draft.NotForLFPSE: 1,
	}, states)
	for _, r := range reports {
		settleGolden(t, box, r)
	}
	d, err := box.Drain(ctx, service, 100)
	require.NoError(t, err)
	assert.Equal(t, 7, d.Accepted, "2 that waited, and 5 that people have let go on")
	_, err = box.VerifyAudit(ctx)
	require.NoError(t, err)
}

// settleGolden lets a report go on.
func settleGolden(t *testing.T, box *outbox.Outbox, r outbox.Report) {
	ctx := context.Background()
	var err error
	switch r.State {
	case draft.Held:
		_, err = box.Release(ctx, goldenBy, r.ID)
	case draft.NeedsAnswers:
		_, err = box.Answer(ctx, goldenBy, r.ID, outbox.AnswerOther)
	case draft.Unknown:
		_, err = box.NotFound(ctx, goldenBy, r.ID)
	case draft.Rejected:
		_, err = box.Retry(ctx, goldenBy, r.ID)
	}
	require.NoError(t, err)
}

// An older program does not touch the outbox of a newer one.
func TestNewer(t *testing.T) {
	p, _ := copyGolden(t)
	db, err := sql.Open("sqlite", string(p))
	require.NoError(t, err)
	_, err = db.Exec("PRAGMA user_version = 1000")
	require.NoError(t, err)
	require.NoError(t, db.Close())
	for _, opts := range [][]sqlite.Option{nil, {sqlite.Sending(nil)}} {
		_, err = sqlite.Open(context.Background(), string(p), opts...)
		require.ErrorIs(t, err, outbox.ErrNewer)
	}
}

// writeGolden makes the outbox: events 1 and 2 wait, 3 is held, 4 (of another day) is asked
// about, 5 and 6 are unknown, 6 with a change that waits, 7 and 8 are accepted, 9 is
// refused, 10 withdrawn, and 7 under another reference set aside.
func writeGolden(t *testing.T) {
	ctx, clock, service := context.Background(), outboxtest.NewClock(), &outboxtest.Service{}
	for _, suffix := range []string{"", ".key", ".mark", ".lock"} {
		_ = os.Remove(golden + suffix)
	}
	key, err := outbox.CreateKey(golden + ".key")
	require.NoError(t, err)
	store := place(golden).Open(t)
	box, err := outbox.Open(ctx, store, key, "national", outbox.WithClock(clock.Now), outbox.WithLimits(outbox.Limits{InFlight: 1}))
	require.NoError(t, err)
	item := func(n int, text string) outbox.Item {
		return outboxtest.Item(t, fmt.Sprint(n), fmt.Sprintf("Event %d. %s", n, text), "2026-02-03")
	}
	add := func(items ...outbox.Item) (ids []int64) {
		entered, err := box.Enqueue(ctx, items...)
		require.NoError(t, err)
		for _, e := range entered {
			ids = append(ids, e.ID)
		}
		return ids
	}
	drain := func() {
		_, err := box.Drain(ctx, service, 100)
		require.NoError(t, err)
		clock.Add(time.Minute)
	}
	const text = "The fridge alarm was switched off."
	ids := add(item(7, text), item(8, text), item(10, text))
	drain()
	_, err = box.ProposeWithdrawal(ctx, goldenBy, ids[2], outbox.RecordedTwice)
	require.NoError(t, err)
	_, err = box.ConfirmWithdrawal(ctx, goldenBy, ids[2])
	require.NoError(t, err)
	drain()
	service.Answer = func(int, client.Op) error {
		return &client.Error{Op: client.OpSubmit, Outcome: client.Rejected, Reason: client.RejectedContent, Status: 422}
	}
	add(item(9, text))
	drain()
	service.Answer = func(int, client.Op) error {
		return &client.Error{Op: client.OpSubmit, Outcome: client.Unknown, Reason: client.AnswerLost}
	}
	add(item(5, text), item(6, text))
	drain()
	add(item(6, text+" It was the second time."))
	again, renumbered := item(8, text+" On another day."), item(7, text)
	again.Day, renumbered.Reference = "2026-02-04", "0007"
	ids = add(item(1, text), item(2, text), item(3, text), again, renumbered)
	_, err = box.Hold(ctx, goldenBy, ids[2])
	require.NoError(t, err)
	_, err = box.Answer(ctx, goldenBy, ids[4], outbox.AnswerIgnore)
	require.NoError(t, err)
	require.NoError(t, store.Close())
	require.NoError(t, os.Remove(golden+".mark"))
	require.NoError(t, os.Remove(golden+".lock"))
}
