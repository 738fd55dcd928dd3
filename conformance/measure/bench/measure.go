package main

import (
	"errors"
	"flag"
	"fmt"
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
	// wall compares times by the clock, for work on several cores or in another process.
	// By default the time of the processor is compared, where the system tells it, so
	// that other programs do not count.
	wall bool
}

// side is one way of doing the work.
type side struct {
	name string
	op   func() error
	// away does and measures the work in another process, for about as long as it is
	// told. It stands in place of op.
	away func(time.Duration) (testing.BenchmarkResult, error)
	// begin and end stand before and after each round and are not measured; nil for nothing.
	begin, end func() error
	items      int // events or rows that one op works on; 0 is one
}

// figures are the medians over the rounds for one side, for one event or row of those
// that an op works on.
type figures struct {
	Name        string  `json:"name"`
	Nanoseconds float64 `json:"ns"`
	Bytes       float64 `json:"bytes"`
	Allocs      float64 `json:"allocs"`
	// Away says that another process did the work, so that Bytes and Allocs are not
	// known.
	Away bool `json:"away,omitempty"`
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
	rate  bool // of this machine: it fails nothing
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
	v.Missed = v.Missed && !t.rate
	return v
}

// perSecond is the target for how many items the library works on in a second.
func perSecond(limit float64, what string) target {
	return target{fmt.Sprintf("at least %s %s a second", plainNumber(limit), what), func(r *result) float64 { return 1e9 / r.Sides[0].Nanoseconds }, limit, true, true}
}

// atMostTimes is the target to take no longer than limit times another side.
func atMostTimes(limit float64, side int) target {
	return target{fmt.Sprintf("at most %g x the time of the other", limit), func(r *result) float64 { return r.Sides[side].Ratio }, limit, false, false}
}

// atMostTimesAByte is atMostTimes for sides that read texts of different lengths.
func atMostTimesAByte(limit float64, side, ours, theirs int) target {
	return target{fmt.Sprintf("at most %g x its time a byte", limit),
		func(r *result) float64 { return r.Sides[side].Ratio * float64(theirs) / float64(ours) }, limit, false, false}
}

// timesFaster is the target to be faster than another side.
func timesFaster(limit float64, side int) target {
	return target{fmt.Sprintf("at least %g x faster", limit), func(r *result) float64 { return 1 / r.Sides[side].Ratio }, limit, true, false}
}

// atMostAllocs is the target for the allocations of a side for each event.
func atMostAllocs(limit float64, side int) target {
	return target{fmt.Sprintf("at most %g allocations an event", limit), func(r *result) float64 { return r.Sides[side].Allocs }, limit, false, false}
}

// run measures a contest: in every round each side in turn, so that whatever else
// the machine does falls on all of them.
func (c *contest) run(rounds int) (result, error) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(max(c.cores, 1)))
	measured := make([][]testing.BenchmarkResult, len(c.sides))
	for range rounds {
		for i := range c.sides {
			m, err := c.sides[i].measure(c.wall)
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

func (s *side) measure(wall bool) (m testing.BenchmarkResult, err error) {
	if s.away != nil {
		return s.away(benchtimeSet())
	}
	if s.begin != nil {
		if err := s.begin(); err != nil {
			return m, err
		}
		defer func() { err = errors.Join(err, s.end()) }()
	}
	var failed error
	var used time.Duration
	m = testing.Benchmark(func(b *testing.B) {
		b.ReportAllocs()
		begin := processorTime()
		for b.Loop() {
			if failed = s.op(); failed != nil {
				b.FailNow()
			}
		}
		used = processorTime() - begin
	})
	if !wall && used > 0 {
		m.T = used
	}
	if failed == nil && m.N == 0 {
		failed = errors.New("nothing was measured")
	}
	return m, failed
}

func (s *side) summary(ours, theirs []testing.BenchmarkResult) figures {
	items := float64(max(s.items, 1))
	var times, ratios []float64
	var bytes, allocs []int64
	for i, m := range theirs {
		times = append(times, perOp(m))
		ratios = append(ratios, perOp(ours[i])/perOp(m))
		bytes, allocs = append(bytes, m.AllocedBytesPerOp()), append(allocs, m.AllocsPerOp())
	}
	return figures{
		Name: s.name, Nanoseconds: median(times) / items, Away: s.away != nil,
		Bytes: float64(median(bytes)) / items, Allocs: float64(median(allocs)) / items,
		Ratio: median(ratios), Low: slices.Min(ratios), High: slices.Max(ratios),
	}
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
