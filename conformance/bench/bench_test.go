package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

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
				b.SetBytes(int64(s.bytes))
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
