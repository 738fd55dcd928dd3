package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The guide meets its targets on frames that nobody tunes on, whichever texts are drawn.
func TestTargets(t *testing.T) {
	for seed := range uint64(3) {
		s, err := scoreFile("measured", seed, 4)
		require.NoError(t, err)
		assert.GreaterOrEqual(t, s.texts, 500)
		assert.NoError(t, s.judge(), "seed %d", seed)
		var out strings.Builder
		s.write(&out)
		t.Log(out.String())
	}
}

func TestTuningFramesAreUnderstood(t *testing.T) {
	s, err := scoreFile("tuning", 1, 4)
	require.NoError(t, err)
	assert.Greater(t, s.recall(), 99.0)
	assert.Less(t, percent(s.wrong+s.unexpected, s.texts), 1.0)
	assert.Zero(t, s.set)
}

// No frame is in both files, and each says something known.
func TestFramesAreApartAndLabelled(t *testing.T) {
	measured, err := load("measured")
	require.NoError(t, err)
	tuning, err := load("tuning")
	require.NoError(t, err)
	seen := map[string]bool{}
	for _, f := range append(measured, tuning...) {
		assert.False(t, seen[strings.ToLower(f.text)], "twice: %s", f.text)
		seen[strings.ToLower(f.text)] = true
		for _, a := range f.asks {
			assert.Contains(t, []string{"near-miss", "nobody", "staff-only", "complaint", "died"}, strings.TrimSuffix(a, "?"), "line %d", f.line)
		}
	}
}

func TestTheSameSeedGivesTheSameTexts(t *testing.T) {
	frames, err := load("measured")
	require.NoError(t, err)
	assert.Equal(t, corpus(frames, 7, 2), corpus(frames, 7, 2))
}

func TestRun(t *testing.T) {
	var out strings.Builder
	require.NoError(t, run(nil, &out))
	assert.Contains(t, out.String(), "changed 0 events")
	assert.Error(t, run([]string{"-what"}, &out))
}
