package ordered_test

import (
	"errors"
	"iter"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"github.com/gpsafety/lfpse-go/lfpse/internal/ordered"
)

// upTo yields the numbers below n, then an error if there is one.
func upTo(n int, end error) iter.Seq2[int, error] {
	return func(yield func(int, error) bool) {
		for i := range n {
			if !yield(i, nil) {
				return
			}
		}
		if end != nil {
			yield(0, end)
		}
	}
}

func double(in int, out *int) { *out = 2*in + *out }

// Whatever the number of workers, the results are those of one, in the same order.
func TestTheOrderIsThatOfTheItems(t *testing.T) {
	defer goleak.VerifyNone(t)
	rapid.Check(t, func(rt *rapid.T) {
		n, stop := rapid.IntRange(0, 200).Draw(rt, "items"), rapid.IntRange(1, 250).Draw(rt, "stop")
		var end error
		if rapid.Bool().Draw(rt, "fails") {
			end = errors.New("the source is gone")
		}
		var got []int
		var err error
		for out, failed := range ordered.Map(upTo(n, end), rapid.IntRange(-1, 5).Draw(rt, "workers"), double) {
			if failed != nil {
				err = failed
				continue
			}
			got = append(got, out)
			if len(got) == stop {
				break
			}
		}
		require.Len(rt, got, min(n, stop))
		for i, out := range got {
			require.Equal(rt, 2*i, out, "a result starts from zero")
		}
		if len(got) < stop {
			require.Equal(rt, end, err)
		}
	})
}

// The loop may end by a panic; nothing runs on after it.
func TestNoWorkerOutlivesTheLoop(t *testing.T) {
	defer goleak.VerifyNone(t)
	assert.PanicsWithValue(t, "stop", func() {
		for range ordered.Map(upTo(100, nil), 3, double) {
			panic("stop")
		}
	})
}

// What a function panics with comes out in the loop, where it can be recovered.
func TestAPanicInAWorkerComesOutInTheLoop(t *testing.T) {
	defer goleak.VerifyNone(t)
	for _, workers := range []int{1, 2} {
		n := 0
		assert.PanicsWithValue(t, "no clock", func() {
			for range ordered.Map(upTo(100, nil), workers, func(in int, out *int) {
				if in == 5 {
					panic("no clock")
				}
			}) {
				n++
			}
		})
		assert.Equal(t, 5, n, "those before it come first")
	}
}

// An endless sequence is not read to its end.
func TestReadingAheadIsBounded(t *testing.T) {
	defer goleak.VerifyNone(t)
	var read atomic.Int32
	endless := func(yield func(int, error) bool) {
		for yield(int(read.Add(1)), nil) {
		}
	}
	for range ordered.Map(endless, 2, double) {
		break
	}
	assert.LessOrEqual(t, read.Load(), int32(33))
}
