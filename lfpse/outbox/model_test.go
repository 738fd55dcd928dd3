package outbox_test

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/gpsafety/lfpse-go/lfpse/client"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/outbox"
	"github.com/gpsafety/lfpse-go/lfpse/outbox/outboxtest"
	"github.com/gpsafety/lfpse-go/lfpse/outbox/sqlite"
	"github.com/gpsafety/lfpse-go/lfpse/submission"
)

var ctx = context.Background()

var (
	manager  = outbox.By{ID: "mgr1", Role: outbox.Manager}
	recorder = outbox.By{ID: "rec1", Role: outbox.Recorder}
)

// The events and the versions of their texts that the model plays with.
const (
	modelEvents   = 4
	modelVersions = 3
)

// TestModel plays with an outbox at random beside a model of it, which knows what was taken
// in and what the service was asked to do. After each step the invariants hold: a report
// is in one state and has the last content (I1), an event is posted once unless somebody
// has said that it was not recorded (I2), a receipt is that of the ledger (I3), the bytes
// sent are the bytes noted (I4), nothing is being sent that nobody sends (I5), what was
// accepted stays so (I6), and the changes of an event arrive in order (I7).
func TestModel(t *testing.T) {
	var items [modelEvents][modelVersions]outbox.Item
	for e := range modelEvents {
		for v := range modelVersions {
			items[e][v] = outboxtest.Item(t, fmt.Sprint(e), fmt.Sprintf("Event %d, as told for the time %d.", e, v), "2026-02-03")
		}
	}
	key := outboxtest.Key(t)
	if checks := flag.Lookup("rapid.checks"); checks.Value.String() == checks.DefValue {
		require.NoError(t, checks.Value.Set("20")) // some seconds; more with -rapid.checks
	}
	rapid.Check(t, func(rt *rapid.T) {
		m := &model{t: rt, items: items, clock: outboxtest.NewClock(), key: key, service: &outboxtest.Service{}}
		m.file = filepath.Join(t.TempDir(), "outbox.db")
		m.open()
		defer func() { _ = m.store.Close() }()
		rt.Repeat(map[string]func(*rapid.T){
			"enqueue": m.enqueue, "drain": m.drain, "settle": m.settle, "withdraw": m.withdraw,
			"hold": m.hold, "answer": m.answer, "take back": m.takeBack, "": m.check,
		})
	})
}

type model struct {
	t       *rapid.T
	file    string
	items   [modelEvents][modelVersions]outbox.Item
	clock   *outboxtest.Clock
	key     outbox.Key
	store   outbox.Store
	box     *outbox.Outbox
	service *outboxtest.Service

	told    [modelEvents]int    // the version that came in last, from 1
	ignored [modelEvents]bool   // it came while the record was about to go
	posts   [modelEvents]int    // how often the event may be posted
	records [modelEvents]string // ids of what was accepted
}

func (m *model) open() {
	var err error
	m.store, err = sqlite.Open(ctx, m.file, sqlite.Sending(nil))
	require.NoError(m.t, err)
	limits := outbox.Limits{InFlight: 1, Unknowns: 1000, Backoff: time.Second, MaxBackoff: time.Second, Quiet: time.Second}
	m.box, err = outbox.Open(ctx, m.store, m.key, "test", outbox.WithClock(m.clock.Now), outbox.WithLimits(limits))
	require.NoError(m.t, err)
}

// all returns the report of each event that was told.
func (m *model) all() map[int]outbox.Report {
	reports, err := m.box.List(ctx, outbox.Filter{})
	require.NoError(m.t, err)
	out := map[int]outbox.Report{}
	for _, r := range reports {
		e, err := strconv.Atoi(r.Reference)
		require.NoError(m.t, err)
		require.NotContains(m.t, out, e, "one event is one report")
		out[e] = r
	}
	return out
}

// draw picks one of the reports that fit; there may be none.
func (m *model) draw(fits func(outbox.Report) bool) (e int, r outbox.Report, ok bool) {
	all := m.all()
	var events []int
	for e := range modelEvents {
		if r, ok := all[e]; ok && fits(r) {
			events = append(events, e)
		}
	}
	if len(events) == 0 {
		return 0, r, false
	}
	e = rapid.SampledFrom(events).Draw(m.t, "event")
	return e, all[e], true
}

func in(states ...draft.State) func(outbox.Report) bool {
	return func(r outbox.Report) bool { return slices.Contains(states, r.State) }
}

func (m *model) enqueue(t *rapid.T) {
	e, v := rapid.IntRange(0, modelEvents-1).Draw(t, "event"), rapid.IntRange(0, modelVersions-1).Draw(t, "version")
	before, known := m.all()[e]
	entered, err := m.box.Enqueue(ctx, m.items[e][v])
	require.NoError(t, err)
	same := known && before.Latest() == m.items[e][v].Content
	m.ignored[e] = known && !same && before.Op == outbox.OpWithdraw && before.State != draft.Withdrawn
	require.Equal(t, same || m.ignored[e], entered[0].Change == outbox.Same)
	if m.told[e] = v + 1; !known {
		m.posts[e] = 1
	}
}

// An answer of the service, and whether it ends with the death of the process.
type answer struct {
	err      *client.Error
	recorded bool
	dies     bool
}

var answers = map[string]answer{
	"accepted":                    {nil, true, false},
	"refused":                     {&client.Error{Outcome: client.Rejected, Reason: client.RejectedContent, Status: 422}, false, false},
	"throttled":                   {&client.Error{Outcome: client.NotSent, Reason: client.Throttled, Status: 429}, false, false},
	"unauthorised":                {&client.Error{Outcome: client.NotSent, Reason: client.Unauthorised, Status: 401}, false, false},
	"lost, and recorded":          {&client.Error{Outcome: client.Unknown, Reason: client.AnswerLost}, true, false},
	"lost, and not recorded":      {&client.Error{Outcome: client.Unknown, Reason: client.AnswerLost}, false, false},
	"the process dies before":     {&client.Error{}, false, true},
	"the process dies afterwards": {nil, true, true},
}

// drain sends what waits, with any answers. The last may be the death of the process.
func (m *model) drain(t *rapid.T) {
	names := rapid.SliceOfN(rapid.SampledFrom(slices.Sorted(maps.Keys(answers))), modelEvents, modelEvents).Draw(t, "answers")
	died, n := false, 0
	next := func() (a answer) {
		if a = answers["accepted"]; n < len(names) {
			a = answers[names[n]]
		}
		n++
		died = died || a.dies
		return a
	}
	drained, err := m.box.Drain(ctx, mortal{m.service, next}, len(names))
	require.NoError(t, err)
	if died {
		require.NoError(t, m.store.Close())
		m.open()
	}
	if drained.Line.Stopped != "" {
		require.NoError(t, m.box.Resume(ctx, manager))
	}
	m.clock.Add(2 * time.Second)
}

// mortal is a service within whose calls the process may die.
type mortal struct {
	*outboxtest.Service
	next func() answer
}

func (s mortal) call(do func() (client.Receipt, error)) (client.Receipt, error) {
	a := s.next()
	s.Answer = func(int, client.Op) error {
		if a.err == nil {
			return nil
		}
		return a.err
	}
	s.Records = func(error) bool { return a.recorded }
	receipt, err := do()
	if a.dies {
		runtime.Goexit() // nothing more is done for this attempt
	}
	return receipt, err
}

func (s mortal) Submit(ctx context.Context, b submission.Submission) (client.Receipt, error) {
	return s.call(func() (client.Receipt, error) { return s.Service.Submit(ctx, b) })
}

func (s mortal) Update(ctx context.Context, id string, b submission.Submission) (client.Receipt, error) {
	return s.call(func() (client.Receipt, error) { return s.Service.Update(ctx, id, b) })
}

func (s mortal) Delete(ctx context.Context, id string) (client.Receipt, error) {
	return s.call(func() (client.Receipt, error) { return s.Service.Delete(ctx, id) })
}

// calls are what the ledger holds of an event since it was posted last, and how often it
// was posted.
func (m *model) calls(e int) (calls []outboxtest.Call, posts int) {
	var ids []string
	for _, c := range m.service.Ledger() {
		if c.Op == client.OpSubmit && slices.ContainsFunc(m.items[e][:], func(it outbox.Item) bool { return it.Submission.Digest() == c.Digest }) {
			ids, calls = append(ids, c.ID), nil
		}
		if slices.Contains(ids, c.ID) {
			calls = append(calls, c)
		}
	}
	return calls, len(ids)
}

// settle says of an unknown report what the ledger says, or repeats what may be repeated.
func (m *model) settle(t *rapid.T) {
	e, r, ok := m.draw(in(draft.Unknown, draft.Rejected))
	if !ok {
		return
	}
	m.clock.Add(2 * time.Second)
	var err error
	calls, posts := m.calls(e)
	done := len(calls) > 0 && calls[len(calls)-1].Digest == r.Sent
	switch {
	case r.State == draft.Rejected, r.Op != outbox.OpReport && rapid.Bool().Draw(t, "repeat"):
		_, err = m.box.Retry(ctx, manager, r.ID)
	case r.Op == outbox.OpWithdraw && calls[len(calls)-1].Op == client.OpDelete:
		_, err = m.box.NotFound(ctx, manager, r.ID)
	case r.Op == outbox.OpWithdraw:
		_, err = m.box.Retry(ctx, manager, r.ID)
	case r.Op == outbox.OpReport && posts == m.posts[e], r.Op == outbox.OpAmend && done:
		_, err = m.box.Found(ctx, manager, r.ID, outbox.Record{ID: calls[0].ID})
	default:
		_, err = m.box.NotFound(ctx, manager, r.ID)
	}
	require.NoError(t, err)
}

func (m *model) withdraw(t *rapid.T) {
	_, r, ok := m.draw(func(r outbox.Report) bool {
		return r.State == draft.Accepted || r.State == draft.Rejected && r.Record.ID != "" || r.State == draft.Held && r.Op == outbox.OpWithdraw
	})
	var err error
	switch {
	case !ok:
	case r.State != draft.Held:
		_, err = m.box.ProposeWithdrawal(ctx, recorder, r.ID, outbox.RecordedTwice)
	case rapid.Bool().Draw(t, "confirm"):
		_, err = m.box.ConfirmWithdrawal(ctx, manager, r.ID)
	default:
		_, err = m.box.KeepRecord(ctx, manager, r.ID)
	}
	require.NoError(t, err)
}

func (m *model) hold(t *rapid.T) {
	_, r, ok := m.draw(func(r outbox.Report) bool {
		return r.State == draft.Pending || r.State == draft.Held && r.Op != outbox.OpWithdraw
	})
	var err error
	switch {
	case !ok:
	case r.State == draft.Held:
		_, err = m.box.Release(ctx, manager, r.ID)
	default:
		_, err = m.box.Hold(ctx, recorder, r.ID)
	}
	require.NoError(t, err)
}

func (m *model) answer(t *rapid.T) {
	e, r, ok := m.draw(in(draft.NeedsAnswers))
	if !ok {
		return
	}
	require.Equal(t, outbox.ChangedSince, r.Question)
	say := rapid.SampledFrom([]outbox.Act{outbox.AnswerOther, outbox.AnswerIgnore}).Draw(t, "answer")
	_, err := m.box.Answer(ctx, recorder, r.ID, say)
	require.NoError(t, err)
	if _, posts := m.calls(e); say == outbox.AnswerOther {
		m.posts[e], m.records[e] = posts+1, ""
	}
}

func (m *model) takeBack(t *rapid.T) {
	_, r, ok := m.draw(func(r outbox.Report) bool {
		return r.Record.ID == "" && in(draft.Pending, draft.Held, draft.NeedsAnswers, draft.Rejected)(r)
	})
	if ok {
		_, err := m.box.TakeBack(ctx, recorder, r.ID)
		require.NoError(t, err)
	}
}

// check compares the outbox, the ledger and the model.
func (m *model) check(t *rapid.T) {
	for e, r := range m.all() {
		calls, posts := m.calls(e)
		require.LessOrEqual(t, posts, m.posts[e], "posted once (I2)")
		require.NotEqual(t, draft.Sending, r.State, "nobody sends it (I5)")
		require.Equal(t, r.State == draft.Unknown, r.Claim != "", "nobody has claimed it (I5)")
		if r.State != draft.Withdrawn && !m.ignored[e] {
			require.Equal(t, m.items[e][m.told[e]-1].Content, r.Latest(), "the last change is not lost (I1)")
		}
		if m.records[e] != "" {
			require.Equal(t, m.records[e], r.Record.ID, "what was accepted stays so (I6)")
		}
		m.records[e] = r.Record.ID
		if r.State != draft.Accepted {
			continue
		}
		require.NotEmpty(t, calls)
		last := calls[len(calls)-1]
		require.NotEqual(t, client.OpDelete, last.Op, "its record stands (I3)")
		require.Equal(t, last.ID, r.Record.ID, "the receipt is that of the ledger (I3)")
		if r.Sent != (outbox.Digest{}) { // the last attempt was to withdraw it
			require.Equal(t, last.Digest, r.Sent, "the bytes are those that were noted (I4)")
		}
		require.Equal(t, r.Content, r.Record.Content)
	}
	require.Len(t, m.all(), m.number(), "no report is lost (I1)")
	_, err := m.box.VerifyAudit(ctx)
	require.NoError(t, err)
}

func (m *model) number() (n int) {
	for _, v := range m.told {
		n += min(v, 1)
	}
	return n
}
