package main

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"runtime"
	"runtime/pprof"
	"strconv"
	"time"

	"github.com/gpsafety/lfpse-go/lfpse/draft"
)

// seed of every log. Another seed gives another log with the same mix of rows.
const seed = 20260302

// maxPeakMiB is the target for the resident memory of a process that maps a log
// of any length.
const maxPeakMiB = 64

// streamed is the report on one long log.
type streamed struct {
	Rows        int                 `json:"rows"`
	States      map[draft.State]int `json:"states"`
	OutputBytes int64               `json:"outputBytes"`
	SHA256      string              `json:"sha256"` // of all bodies, one after the other
	Seconds     float64             `json:"seconds"`
	// PeakMiB is the largest resident memory of the process, 0 where the system
	// does not tell it. GOGC and GOMEMLIMIT are those of the environment.
	PeakMiB float64  `json:"peakMiB"`
	Samples []sample `json:"samples"` // after every tenth of the rows
}

// sample is the memory at one moment, in MiB: resident (0 where it cannot be
// read), on the heap in live and dead objects, and had from the system by Go.
type sample struct {
	Rows     int     `json:"rows"`
	Resident float64 `json:"residentMiB"`
	Heap     float64 `json:"heapMiB"`
	System   float64 `json:"systemMiB"`
}

// profiles are files for pprof, written where they have a name.
type profiles struct{ cpu, heap string }

// streamHere maps a log of some rows, made as it is read, in this process.
func streamHere(rows int, p profiles) (s streamed, err error) {
	invented, err := newMappedLog(mapYAML, today)
	if err != nil {
		return s, err
	}
	stop, err := p.start()
	if err != nil {
		return s, err
	}
	sum, step, begin := sha256.New(), max(rows/10, 1), time.Now()
	t, err := invented.mapLog(newLog(seed, rows), sum, func(n int) {
		if n%step == 0 {
			s.Samples = append(s.Samples, takeSample(n))
		}
	}, 1)
	elapsed := time.Since(begin)
	if err := errors.Join(err, stop()); err != nil {
		return s, err
	}
	s.Rows, s.States, s.OutputBytes, s.SHA256 = t.rows, t.states, t.bytes, fmt.Sprintf("%x", sum.Sum(nil))
	s.Seconds = elapsed.Seconds()
	s.PeakMiB = mib(peakResident())
	return s, nil
}

func takeSample(rows int) sample {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return sample{Rows: rows, Resident: mib(resident()), Heap: mib(m.HeapAlloc), System: mib(m.Sys)}
}

func mib(bytes uint64) float64 { return math.Round(float64(bytes)/(1<<20)*10) / 10 }

// start begins the profiles and returns what ends them.
func (p profiles) start() (stop func() error, err error) {
	stop = func() error { return p.writeHeap() }
	if p.cpu == "" {
		return stop, nil
	}
	f, err := os.Create(p.cpu)
	if err != nil {
		return nil, err
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return func() error {
		pprof.StopCPUProfile()
		return errors.Join(f.Close(), p.writeHeap())
	}, nil
}

func (p profiles) writeHeap() error {
	if p.heap == "" {
		return nil
	}
	f, err := os.Create(p.heap)
	if err != nil {
		return err
	}
	return errors.Join(pprof.WriteHeapProfile(f), f.Close())
}

// stream maps a log in a process of its own, whose memory is nobody else's.
func stream(ctx context.Context, rows int) (s streamed, err error) {
	err = apart(ctx, &s, "-stream", strconv.Itoa(rows), "-in-process", "-json")
	return s, err
}

// apart runs this program with other arguments and reads the JSON that it writes.
func apart(ctx context.Context, into any, args ...string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, self, args...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("the process that maps the log: %w", err)
	}
	return json.Unmarshal(out, into)
}

// targets judges the memory: the peak, and whether it grows with the log.
func (s *streamed) targets() []verdict {
	if s == nil || s.PeakMiB == 0 {
		return nil
	}
	return []verdict{atMost(maxPeakMiB, "MiB resident", s.PeakMiB)}
}

func atMost(limit float64, what string, value float64) verdict {
	return verdict{Target: fmt.Sprintf("at most %g %s", limit, what), Value: value, Met: value <= limit, Missed: value > limit*slack}
}
