package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"os"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/conformance/measure/differential"
	"github.com/gpsafety/lfpse-go/examples/practice"
	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/submission"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
	"github.com/gpsafety/lfpse-go/mapping"
	"github.com/gpsafety/lfpse-go/mapping/fhircontext"
)

// asCommand makes the test binary the command, for the process of its own that a
// long log is mapped in.
const asCommand = "LFPSE_BENCH_AS_COMMAND"

func TestMain(m *testing.M) {
	if os.Getenv(asCommand) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

func testFixture(tb testing.TB, rows int) *fixture {
	tb.Helper()
	f, err := newFixture(seed, rows)
	require.NoError(tb, err)
	return f
}

// BenchmarkContest has every side of every contest, for go test -bench and pprof.
func BenchmarkContest(b *testing.B) {
	f := testFixture(b, 1000)
	for _, c := range f.contests() {
		for _, s := range c.sides {
			b.Run(strings.ReplaceAll(c.name+"/"+s.name, " ", "-"), func(b *testing.B) {
				if s.begin != nil {
					require.NoError(b, s.begin())
					defer func() { require.NoError(b, s.end()) }()
				}
				b.ReportAllocs()
				for b.Loop() {
					if err := s.op(); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// The comparisons are fair only if the alternatives do the same work.

func TestFloorWritesTheSameBytes(t *testing.T) {
	f := testFixture(t, 400)
	for _, w := range []workload{f.one, f.ready} {
		for i, a := range w.resources {
			require.Equal(t, string(w.bodies[i]), string(floor(nil).event(a)), w.name)
		}
	}
	for d, err := range drafts(t, f) {
		require.NoError(t, err)
		if d.State == draft.Ready {
			a, issues := f.codec.Encode(&d.Event)
			require.Empty(t, issues)
			require.Equal(t, string(d.Submission.Body()), string(floor(nil).event(a)))
		}
	}
}

func drafts(t *testing.T, f *fixture) func(func(submission.Prepared, error) bool) {
	t.Helper()
	log, err := f.practice.mapper.Open(bytes.NewReader(f.log))
	require.NoError(t, err)
	return f.practice.builder.PrepareAll(log.Rows(), 1)
}

func TestFloorEscapes(t *testing.T) {
	f := testFixture(t, 400)
	e := f.event
	e.Description = "a\"b\\c\nd\re\tf\x01g\x1fh\b\f é 😀, and a longer text, \\ and \" in it"
	a, _ := f.codec.Encode(&e)
	body, err := fhir.Append(nil, a)
	require.NoError(t, err)
	require.Equal(t, string(body), string(floor(nil).event(a)))
}

func TestEncodingJSONWritesAndReadsTheSameTree(t *testing.T) {
	f := testFixture(t, 400)
	plain, err := plainEncode(encodable(f.resource))
	require.NoError(t, err)
	require.JSONEq(t, string(f.body), string(plain))
	e, err := plainDecode(f.body)
	require.NoError(t, err)
	require.Equal(t, f.resource.Extension, e.Extension)
	require.Len(t, e.Contained, len(f.resource.Contained))
	for i := range e.Contained {
		require.Equal(t, f.resource.Contained[i].ResourceType(), e.Contained[i].ResourceType)
		require.NotEmpty(t, e.Contained[i].Extension)
	}
}

func TestMapsWriteTheSameEvent(t *testing.T) {
	f := testFixture(t, 400)
	naive, err := naiveEncode(&f.event)
	require.NoError(t, err)
	require.JSONEq(t, string(f.body), string(naive))
}

func TestScriptWritesWhatTheLibraryWrites(t *testing.T) {
	f := testFixture(t, 600)
	scripted := map[string]string{}
	rows, err := script(bytes.NewReader(f.log), func(reference string, body []byte) error {
		scripted[reference] = string(body)
		return nil
	})
	require.NoError(t, err)
	require.Equal(t, f.count, rows)
	states := map[draft.State]int{}
	for d, err := range drafts(t, f) {
		require.NoError(t, err)
		states[d.State]++
		if d.State == draft.Ready {
			require.JSONEq(t, string(d.Submission.Body()), scripted[d.Reference], d.Reference)
		}
	}
	// The log has rows of every kind; the mix is that of the seed.
	assert.Greater(t, states[draft.Ready], 500)
	assert.Positive(t, states[draft.NeedsAnswers])
	assert.Positive(t, states[draft.Blocked])
	assert.Positive(t, states[draft.NotForLFPSE])
	assert.Zero(t, states[draft.Invalid])
}

func TestLogIsTheSameForTheSameSeed(t *testing.T) {
	a, err := io.ReadAll(newLog(seed, 50))
	require.NoError(t, err)
	b, err := io.ReadAll(struct{ io.Reader }{newLog(seed, 50)})
	require.NoError(t, err)
	require.Equal(t, string(a), string(b))
	other, err := io.ReadAll(newLog(seed+1, 50))
	require.NoError(t, err)
	require.NotEqual(t, string(a), string(other))
	require.Equal(t, 50+1, strings.Count(string(a), "\r\n"))
}

func TestParallelMapsTheSame(t *testing.T) {
	f := testFixture(t, 400)
	var alone, together bytes.Buffer
	want, err := f.practice.mapLog(bytes.NewReader(f.log), &alone, nil, 1)
	require.NoError(t, err)
	got, err := f.practice.mapLog(bytes.NewReader(f.log), &together, nil, 3)
	require.NoError(t, err)
	require.Equal(t, want, got)
	require.Equal(t, alone.String(), together.String())
}

// TestAllocations guards against work that creeps in. Allocations are counted, not
// timed, so the test says the same on every machine.
func TestAllocations(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates too")
	}
	f := testFixture(t, 400)
	buf, record := make([]byte, 0, 2*len(f.body)), newRecord(4<<10)
	// The event tells place, time and age exactly, which ScanEvent remarks on.
	limits := []struct {
		name string
		most float64
		op   func() error
	}{
		{"fhir.Append", 2, func() error { _, err := fhir.Append(buf, f.resource); return err }},
		{"fhir.Append(nil)", 2, func() error { _, err := fhir.Append(nil, f.resource); return err }},
		{"fhir.Decode", 60, func() error { return f.one.decode(0) }},
		{"Codec.Encode", 70, func() error { _, issues := f.codec.Encode(&f.event); return issues.Err() }},
		{"Mapper.Map, Prepare", 100, func() error {
			d := f.practice.mapper.Map(mapping.Row{Line: 2, Cells: f.row})
			return wrongUnless(!f.practice.builder.Prepare(&d).IsZero())
		}},
		{"Validator.Check", 40, func() error { _ = f.validator.Check(f.resource); return nil }},
		{"Screener.ScanEvent", 12, func() error { return f.screener.ScanEvent(f.resource, nil).Err() }},
		// Half of it are the names, numbers and addresses as people write them.
		{"fhircontext.Load", 130, func() error { _, issues := fhircontext.Load(record); return issues.Err() }},
		{"Screener.Scan", 0, func() error { return wrongUnless(f.screener.Scan(f.event.Description) == nil) }},
	}
	for _, l := range limits {
		var failed error
		got := testing.AllocsPerRun(50, func() { failed = l.op() })
		require.NoError(t, failed, l.name)
		assert.LessOrEqual(t, got, l.most, l.name)
	}
}

// TestEveryContestRuns runs all that a normal run does, once and small.
func TestEveryContestRuns(t *testing.T) {
	benchtime(t, "1x")
	f := testFixture(t, 120)
	r := newReport(f, 1)
	for _, c := range f.contests() {
		result, err := c.run(1)
		require.NoError(t, err)
		require.Len(t, result.Sides, len(c.sides))
		require.Len(t, result.Targets, len(c.targets))
		require.Equal(t, 1.0, result.Sides[0].Ratio)
		r.Contests = append(r.Contests, result)
	}
	s, err := streamHere(300, profiles{})
	require.NoError(t, err)
	require.Equal(t, 300, s.Rows)
	require.Len(t, s.Samples, 10)
	require.Len(t, s.SHA256, 64)
	r.Stream = &s

	var text, doc bytes.Buffer
	require.NoError(t, r.writeText(&text))
	for _, c := range f.contests() {
		require.Contains(t, text.String(), c.name)
	}
	require.NoError(t, writeJSON(&doc, r))
	var back report
	require.NoError(t, json.Unmarshal(doc.Bytes(), &back))
	require.Equal(t, *r, back)
}

// TestBesideJavaScript runs the contest with the independent validators, which have to
// accept the event as the library does.
func TestBesideJavaScript(t *testing.T) {
	benchtime(t, "1ms")
	f := testFixture(t, 120)
	tax, err := taxonomy.Embedded("6")
	require.NoError(t, err)
	v, err := differential.Start(t.Context(), tax)
	if errors.Is(err, differential.ErrAbsent) {
		t.Skip(err)
	}
	require.NoError(t, err)
	defer func() { require.NoError(t, v.Close()) }()
	verdict, err := v.Judge(f.body)
	require.NoError(t, err)
	require.Equal(t, differential.Verdict{Issues: []differential.Issue{}}, verdict)

	c := f.beside(v)
	r := newReport(f, 1)
	require.NoError(t, r.hold(t.Context(), &c, io.Discard))
	for _, s := range r.Contests[0].Sides[1:] {
		require.True(t, s.Away, s.Name)
		require.Positive(t, s.Nanoseconds, s.Name)
	}
	require.Len(t, r.Contests[0].Targets, len(c.targets))
}

func TestSkippedContestSaysWhatItNeeds(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	f := testFixture(t, 120)
	r := newReport(f, 1)
	require.NoError(t, f.independent(t.Context(), r, io.Discard))
	require.Empty(t, r.Contests)
	var text bytes.Buffer
	require.NoError(t, r.writeText(&text))
	require.Contains(t, text.String(), "skipped: validate, beside JavaScript: ")
	require.Contains(t, text.String(), "npm ci --prefix conformance/measure")
}

func TestPlainNumbers(t *testing.T) {
	for f, want := range map[float64]string{0.05: "0.05", 1.444: "1.444", 62.25: "62.25", 999: "999", 1000: "1,000", 14690.4: "14,690", 1234567: "1,234,567"} {
		assert.Equal(t, want, plainNumber(f))
	}
}

// benchtime sets how long testing.Benchmark measures, for one test.
func benchtime(t *testing.T, d string) {
	t.Helper()
	was := flag.Lookup("test.benchtime").Value.String()
	require.NoError(t, flag.Set("test.benchtime", d))
	t.Cleanup(func() { require.NoError(t, flag.Set("test.benchtime", was)) })
}

func TestStreamGivesTheSameBytesInAProcessOfItsOwn(t *testing.T) {
	a, err := streamHere(200, profiles{})
	require.NoError(t, err)
	t.Setenv(asCommand, "1")
	b, err := stream(t.Context(), 200)
	require.NoError(t, err)
	require.Equal(t, a.SHA256, b.SHA256)
	require.Equal(t, a.OutputBytes, b.OutputBytes)
}

// The practice's log repeats with other references, all of it, however it is read.
func TestRepeatedLog(t *testing.T) {
	log, err := practiceShape()
	require.NoError(t, err)
	text, err := io.ReadAll(iotest.OneByteReader(newRepeated(&log, 2*79+1)))
	require.NoError(t, err)
	p, err := newMappedLog(practiceMap(t), practiceToday)
	require.NoError(t, err)
	read, err := p.mapper.Open(bytes.NewReader(text), mapping.WithRecords(practice.Files))
	require.NoError(t, err)
	states, seen := map[draft.State]int{}, map[string]bool{}
	for d, err := range p.builder.PrepareAll(read.Rows(), 1) {
		require.NoError(t, err)
		states[d.State]++
		seen[d.Reference] = true
	}
	f := testFixture(t, 120)
	assert.Equal(t, 2*len(f.ready.bodies)+1, states[draft.Ready])
	assert.True(t, seen["R0-LOG-001"] && seen["R1-LOG-001"] && seen["R2-LOG-001"])
}

func practiceMap(t *testing.T) []byte {
	text, err := practice.Files.ReadFile("map.yaml")
	require.NoError(t, err)
	return text
}

func TestMapCommand(t *testing.T) {
	c, err := mapCommand(t.Context(), practiceShape, 158)
	require.NoError(t, err)
	assert.Equal(t, 158, c.Rows)
	assert.Contains(t, c.Says, "110 ready")
	var text bytes.Buffer
	require.NoError(t, c.writeText(&text))
	assert.Contains(t, text.String(), "158 rows of the practice example")
	assert.Len(t, (&commanded{Rows: million, PeakMiB: 10}).targets(), 2)
}

// Of an export of Datix every row becomes a draft with what the export says.
func TestMapCommandOnDatix(t *testing.T) {
	c, err := mapCommand(t.Context(), datixShape, 40)
	require.NoError(t, err)
	assert.Equal(t, "40 rows: 38 need answers, 2 blocked", strings.SplitN(c.Says, ";", 2)[0])
}

func TestTargets(t *testing.T) {
	r := result{Sides: []figures{{Allocs: 3}, {Ratio: 2.5}}}
	tests := []struct {
		target      target
		met, missed bool
	}{
		{atMostTimes(3, 1), true, false},
		{atMostTimes(2, 1), false, false}, // within the slack
		{atMostTimes(1, 1), false, true},
		{timesFaster(0.4, 1), true, false},
		{timesFaster(2, 1), false, true},
		{atMostAllocs(3, 0), true, false},
		{atMostAllocs(1, 0), false, true},
	}
	for _, tt := range tests {
		v := tt.target.judge(&r)
		assert.Equal(t, tt.met, v.Met, "%s: %g", v.Target, v.Value)
		assert.Equal(t, tt.missed, v.Missed, "%s: %g", v.Target, v.Value)
	}
	missed := report{Contests: []result{{Targets: []verdict{{Missed: true}, {}}}}, Stream: &streamed{PeakMiB: 2 * maxPeakMiB}}
	assert.Equal(t, 2, missed.missed())
}

func TestMedianOfRounds(t *testing.T) {
	m := func(ns int) testing.BenchmarkResult {
		return testing.BenchmarkResult{N: 1, T: time.Duration(ns)}
	}
	ours := []testing.BenchmarkResult{m(100), m(400), m(110)}
	theirs := []testing.BenchmarkResult{m(200), m(800), m(110)}
	f := (&side{name: "other", items: 2}).summary(ours, theirs)
	require.Equal(t, figures{Name: "other", Nanoseconds: 100, Ratio: 0.5, Low: 0.5, High: 1}, f)
}

func TestWrongFlags(t *testing.T) {
	for _, args := range [][]string{{"extra"}, {"-stream", "-1"}, {"-in-process"}, {"-map", "-1"}, {"-map", "1", "-stream", "1"}, {"-cpuprofile", "x"}, {"-no-such-flag"}} {
		require.Error(t, run(context.Background(), args, io.Discard, io.Discard), args)
	}
}
