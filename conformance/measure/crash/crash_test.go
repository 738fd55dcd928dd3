package main

import (
	"context"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/outbox/postgres/postgrestest"
)

// TestMain makes the test binary the process that is to be killed.
func TestMain(m *testing.M) {
	if os.Getenv(planVariable) != "" {
		main()
		return
	}
	postgrestest.Main(m)
}

// The short version of what the command does.
func TestCrash(t *testing.T) {
	t.Parallel() // most of the time is that of starting processes
	measured(t, config{stores: []string{"sqlite"}, kills: 40, losses: 40, faulty: 4, damaged: 20}, config{stores: []string{"sqlite"}, kills: 600, losses: 600, faulty: 60, damaged: 200})
}

// The same on PostgreSQL, where the server lives on.
func TestCrashOnPostgres(t *testing.T) {
	postgrestest.New(t) // or there is none here
	t.Parallel()
	measured(t, config{stores: []string{"postgres"}, kills: 40}, config{stores: []string{"postgres"}, kills: 600})
}

// measured does what the command does, the short version or the long one.
func measured(t *testing.T, c, long config) {
	if os.Getenv("LFPSE_LONG") != "" {
		c = long
	}
	c.seed, c.folder = 1, t.TempDir()
	var out strings.Builder
	err := c.measure(context.Background(), &out)
	require.NoError(t, err, out.String())
	t.Log(out.String())
}

func TestArguments(t *testing.T) {
	assert.Error(t, run(context.Background(), []string{"-kills", "many"}, &strings.Builder{}))
	assert.ErrorContains(t, run(context.Background(), []string{"-store", "paper", "-kills", "1"}, &strings.Builder{}), "no store")
}
