package main

import (
	"errors"
	"flag"
	"fmt"
	"math"
	"runtime"
	"slices"
	"testing"
	"time"
)

// contest is one piece of work, done in several ways. The first way is this
// library's.
type contest struct {
	name    string
	sides   []side
	targets []target
	cores   int // GOMAXPROCS; the default is 1, so that the garbage collector is paid for
}

// side is one way of doing the work.
type side struct {
	name string
	op   func() error
	// away does and measures the work in another process, for about as long as it is
	// told. It stands in place of op.
	away  func(time.Duration) (testing.BenchmarkResult, error)
	bytes int // text that one op reads or writes
	rows  int // rows that one op maps, 0 where that means nothing
}

// figures are the medians over the rounds for one side.
type figures struct {
	Name        string  `json:"name"`
	Nanoseconds float64 `json:"nsPerOp"`
	Bytes       int64   `json:"bytesPerOp"`
	Allocs      int64   `json:"allocsPerOp"`
	// Away says that another process did the work, so that Bytes and Allocs are not
	// known.
	Away bool `json:"away,omitempty"`
	// PerSecond counts megabytes (10^6), or rows where an op maps rows.
	MBPerSecond   float64 `json:"mbPerSecond,omitempty"`
	RowsPerSecond float64 `json:"rowsPerSecond,omitempty"`
	// Ratio is the library's time divided by this side's, the median of the
	// rounds; Low and High are the extremes.
	Ratio float64 `json:"ratio"`
	Low   float64 `json:"ratioLow"`
	High  float64 `json:"ratioHigh"`
}

// verdict says whether a target is met.
type verdict struct {
	Target string  `json:"target"`
	Value  float64 `json:"value"`
	Met    bool    `json:"met"`
	// Missed says that not even the slack of -check saves it.
	Missed bool `json:"missed"`
}

type result struct {
	Name    string    `json:"name"`
	Sides   []figures `json:"sides"`
	Targets []verdict `json:"targets,omitempty"`
}

// target is what a contest is expected to show.
type target struct {
	text  string
	value func(r *result) float64
	limit float64
	least bool // the limit is a minimum
}

// slack is how far a figure may miss its target before -check fails: machines
// that run other work besides are noisy.
const slack = 1.5

func (t *target) judge(r *result) verdict {
	v := verdict{Target: t.text, Value: t.value(r)}
	if t.least {
		v.Met, v.Missed = v.Value >= t.limit, v.Value < t.limit/slack
	} else {
		v.Met, v.Missed = v.Value <= t.limit, v.Value > t.limit*slack
	}
	return v
}

// atMostTimes is the target to take no longer than limit times another side.
func atMostTimes(limit float64, side int) target {
	return target{fmt.Sprintf("at most %g x its time", limit), func(r *result) float64 { return r.Sides[side].Ratio }, limit, false}
}

// atMostTimesAByte is atMostTimes for sides that read texts of different lengths.
func atMostTimesAByte(limit float64, side, ours, theirs int) target {
	return target{fmt.Sprintf("at most %g x its time a byte", limit),
		func(r *result) float64 { return r.Sides[side].Ratio * float64(theirs) / float64(ours) }, limit, false}
}

// timesFaster is the target to be faster than another side.
func timesFaster(limit float64, side int) target {
	return target{fmt.Sprintf("at least %g x faster", limit), func(r *result) float64 { return 1 / r.Sides[side].Ratio }, limit, true}
}

func atMostAllocs(limit float64) target {
	return target{fmt.Sprintf("at most %g allocs/op", limit), func(r *result) float64 { return float64(r.Sides[0].Allocs) }, limit, false}
}

func atLeastRows(limit float64) target {
	return target{fmt.Sprintf("at least %s rows/s", plainNumber(limit)), func(r *result) float64 { return r.Sides[0].RowsPerSecond }, limit, true}
}

// atLeastMB is the target for the speed of a side, in MB/s.
func atLeastMB(limit float64, side int) target {
	return target{fmt.Sprintf("at least %g MB/s", limit), func(r *result) float64 { return r.Sides[side].MBPerSecond }, limit, true}
}

// run measures a contest: in every round each side in turn, so that whatever else
// the machine does falls on all of them.
func (c *contest) run(rounds int) (result, error) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(max(c.cores, 1)))
	measured := make([][]testing.BenchmarkResult, len(c.sides))
	for range rounds {
		for i := range c.sides {
			m, err := c.sides[i].measure()
			if err != nil {
				return result{}, fmt.Errorf("%s, %s: %w", c.name, c.sides[i].name, err)
			}
			measured[i] = append(measured[i], m)
		}
	}
	r := result{Name: c.name}
	for i := range c.sides {
		r.Sides = append(r.Sides, c.sides[i].summary(measured[0], measured[i]))
	}
	for i := range c.targets {
		r.Targets = append(r.Targets, c.targets[i].judge(&r))
	}
	return r, nil
}

func (s *side) measure() (testing.BenchmarkResult, error) {
	if s.away != nil {
		return s.away(benchtimeSet())
	}
	var failed error
	m := testing.Benchmark(func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if failed = s.op(); failed != nil {
				b.FailNow()
			}
		}
	})
	if failed == nil && m.N == 0 {
		failed = errors.New("nothing was measured")
	}
	return m, failed
}

func (s *side) summary(ours, theirs []testing.BenchmarkResult) figures {
	var times, ratios []float64
	var bytes, allocs []int64
	for i, m := range theirs {
		times = append(times, perOp(m))
		ratios = append(ratios, perOp(ours[i])/perOp(m))
		bytes, allocs = append(bytes, m.AllocedBytesPerOp()), append(allocs, m.AllocsPerOp())
	}
	f := figures{
		Name: s.name, Nanoseconds: median(times), Bytes: median(bytes), Allocs: median(allocs), Away: s.away != nil,
		Ratio: median(ratios), Low: slices.Min(ratios), High: slices.Max(ratios),
	}
	f.MBPerSecond = float64(s.bytes) / f.Nanoseconds * 1e3
	f.RowsPerSecond = math.Round(float64(s.rows) / f.Nanoseconds * 1e9)
	return f
}

func perOp(m testing.BenchmarkResult) float64 { return float64(m.T.Nanoseconds()) / float64(m.N) }

func median[T int64 | float64](values []T) T {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}

// setBenchtime says how long testing.Benchmark measures a side.
func setBenchtime(d time.Duration) error {
	if flag.Lookup("test.benchtime") == nil {
		testing.Init()
	}
	return flag.Set("test.benchtime", d.String())
}

// benchtimeSet is what setBenchtime has set, or 1 ms for a number of ops.
func benchtimeSet() time.Duration {
	if f := flag.Lookup("test.benchtime"); f != nil {
		if d, err := time.ParseDuration(f.Value.String()); err == nil {
			return d
		}
	}
	return time.Millisecond
}
