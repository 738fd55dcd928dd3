package main

import (
	"bytes"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A bridge goes through an outage of three days: few reports become unknown, the others wait
// and are sent once each, the oldest first and in order for each event; over the mark it
// answers 503 and says when to come again. With LFPSE_LONG reports come at ten times the
// national mean, else a hundredth of that.
func TestOutage(t *testing.T) {
	reports := leastOutage
	if os.Getenv("LFPSE_LONG") != "" {
		reports = 207_360
	}
	s, err := outage(t.Context(), reports)
	require.NoError(t, err)
	var text bytes.Buffer
	require.NoError(t, s.writeText(&text))
	t.Log(text.String())
	for _, v := range s.targets() {
		assert.True(t, v.Met, "%s: %g", v.Target, v.Value)
	}
	assert.Positive(t, s.Refused)
	assert.Greater(t, s.Waiting, reports/2)
	assert.Positive(t, s.Unknown, "the service loses some answers")
}

// The judge of an outage notices what it is there for.
func TestOutageIsJudged(t *testing.T) {
	of := func(ledger ...sent) *away { return &away{ledger: ledger} }
	latest := []int32{4, 1}
	good := []sent{{0, 0, true}, {1, 1, true}, {0, 2, false}, {0, 4, false}}
	assert.NoError(t, of(good...).judge(latest))
	assert.Zero(t, of(good...).jump(2))
	assert.ErrorContains(t, of(good[:3]...).judge(latest), "as of version 2")
	assert.ErrorContains(t, of(good[0], good[2], good[3]).judge(latest), "event 1 is recorded as of version -1")
	assert.ErrorContains(t, of(append(good, good[1])...).judge(latest), "sent twice")
	assert.ErrorContains(t, of(good[0], good[1], good[3], good[2]).judge(latest), "after a later one")
	assert.Equal(t, 1, of(good[1], good[0]).jump(2))
	for _, event := range []int{0, 1, 2, 44, 45, 46, 47, 1000} {
		s := suppliers{bundle: 44}
		assert.Equal(t, event, s.eventOf(s.reference(event)))
	}
}
