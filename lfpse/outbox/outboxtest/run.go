package outboxtest

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/outbox"
)

// Run runs the tests that every store must pass. newPlace makes an empty place.
func Run(t *testing.T, newPlace func(tb testing.TB) Place) {
	for name, test := range map[string]func(*testing.T, *bench){
		"identity":            testIdentity,
		"references":          testReferences,
		"questions":           testQuestions,
		"corrections":         testCorrections,
		"chain of questions":  testChainOfQuestions,
		"content":             testEqualContent,
		"revisions":           testRevisions,
		"items of the caller": testCallersItems,
		"drain":               testDrain,
		"changes in flight":   testChangeInFlight,
		"process ends":        testProcessEnds,
		"unknown":             testUnknown,
		"systemic":            testSystemic,
		"wait":                testWait,
		"breaker":             testBreaker,
		"half dead":           testHalfDead,
		"rates":               testRates,
		"pauses":              testPauses,
		"withdrawal":          testWithdrawal,
		"keep":                testKeep,
		"roles":               testRoles,
		"import":              testImport,
		"import holds":        testImportHolds,
		"refused by client":   testRefusedByClient,
		"said":                testSaid,
		"purge":               testPurge,
		"restored":            testRestored,
		"restored import":     testRestoredImport,
		"restored draft":      testRestoredDraft,
		"restored source":     testRestoredSource,
		"uncertain":           testUncertain,
		"generations":         testGenerations,
		"several drains":      testSeveralDrains,
		"late answer":         testLateAnswer,
		"another key":         testAnotherKey,
		"failed transaction":  testFailedTransaction,
		"store breaks":        testStoreBreaks,
		"damaged trail":       testDamagedTrail,
		"history":             testHistory,
		"owner":               testOwner,
		"flow":                testFlow,

		"clock, wait":        testClockWait,
		"clock, probe":       testClockProbe,
		"clock, turns":       testClockTurns,
		"clock, rates":       testClockRates,
		"clock, retention":   testClockRetention,
		"clock, quiet":       testClockQuiet,
		"clock, summer time": testClockSummerTime,

		"draft":                   testDraft,
		"form":                    testForm,
		"draft without reference": testDraftWithoutReference,
		"draft versions":          testDraftVersions,
		"draft merge":             testDraftMerge,
		"draft texts":             testDraftTexts,
		"draft release":           testDraftRelease,
		"draft imports":           testDraftImports,
		"draft reused reference":  testDraftReusedReference,
		"draft amends":            testDraftAmends,
		"draft holds":             testDraftHolds,
		"draft drop":              testDraftDrop,
		"draft roles":             testDraftRoles,
		"draft purge":             testDraftPurge,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, newBench(t, newPlace(t)))
		})
	}
}

var ctx = context.Background()

// The texts of invented events.
const (
	fridge = "The fridge alarm was switched off overnight. No vaccine was used."
	dose   = "A repeat prescription was issued with twice the usual strength."
)

// The people of the tests.
var (
	recorder  = outbox.By{ID: "rec1", Role: outbox.Recorder}
	clinician = outbox.By{ID: "gp1", Role: outbox.Clinician}
	manager   = outbox.By{ID: "mgr1", Role: outbox.Manager}
	operator  = outbox.By{ID: "ops1", Role: outbox.Operator}
)

// bench is what a test works with: one process with an outbox and a service.
type bench struct {
	t       *testing.T
	place   Place
	key     outbox.Key
	clock   *Clock
	service *Service
	limits  outbox.Limits
	store   outbox.Store
	box     *outbox.Outbox
}

func newBench(t *testing.T, place Place) *bench {
	b := &bench{t: t, place: place, key: Key(t), clock: NewClock(), service: &Service{}}
	b.open()
	return b
}

func (b *bench) open() {
	b.t.Helper()
	b.store = b.place.Open(b.t)
	var err error
	b.box, err = outbox.Open(ctx, b.store, b.key, "test", outbox.WithLimits(b.limits), outbox.WithClock(b.clock.Now))
	require.NoError(b.t, err)
}

// restart ends the process without a word and starts another.
func (b *bench) restart() {
	b.t.Helper()
	_ = b.store.Close()
	b.open()
}

func (b *bench) add(items ...outbox.Item) []outbox.Entered {
	b.t.Helper()
	entered, err := b.box.Enqueue(ctx, items...)
	require.NoError(b.t, err)
	require.Len(b.t, entered, len(items))
	return entered
}

func (b *bench) drain() outbox.Drained {
	b.t.Helper()
	d, err := b.box.Drain(ctx, b.service, 1000)
	require.NoError(b.t, err)
	return d
}

func (b *bench) get(id int64) outbox.Report {
	b.t.Helper()
	r, err := b.box.Get(ctx, id)
	require.NoError(b.t, err)
	return r
}

func (b *bench) all() []outbox.Report {
	b.t.Helper()
	all, err := b.box.List(ctx, outbox.Filter{})
	require.NoError(b.t, err)
	return all
}

func (b *bench) audited(act outbox.Act) int {
	b.t.Helper()
	entries, err := b.box.Audit(ctx, outbox.AuditFilter{})
	require.NoError(b.t, err)
	n := 0
	for _, e := range entries {
		if e.Act == act {
			n++
		}
	}
	_, err = b.box.VerifyAudit(ctx)
	require.NoError(b.t, err)
	return n
}

func (b *bench) pass(d time.Duration) { b.clock.Add(d) }

func changes(entered []outbox.Entered) (out []outbox.Change) {
	for _, e := range entered {
		out = append(out, e.Change)
	}
	return out
}
