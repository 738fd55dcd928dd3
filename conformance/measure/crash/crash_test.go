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
	c := config{stores: []string{"sqlite"}, seed: 1, kills: 40, losses: 60, faulty: 4, damaged: 20, folder: t.TempDir()}
	if os.Getenv("LFPSE_LONG") != "" {
		c.kills, c.losses, c.faulty, c.damaged, c.paced = 600, 600, 60, 200, 10
	}
	var out strings.Builder
	err := c.measure(context.Background(), &out)
	require.NoError(t, err, out.String())
	t.Log(out.String())
}

// The same on PostgreSQL, where the server lives on.
func TestCrashOnPostgres(t *testing.T) {
	postgrestest.New(t) // or there is none here
	t.Parallel()
	c := config{stores: []string{"postgres"}, seed: 1, kills: 20, folder: t.TempDir()}
	if os.Getenv("LFPSE_LONG") != "" {
		c.kills, c.paced = 600, 10
	}
	var out strings.Builder
	err := c.measure(context.Background(), &out)
	require.NoError(t, err, out.String())
	t.Log(out.String())
}

func TestArguments(t *testing.T) {
	assert.Error(t, run(context.Background(), []string{"-kills", "many"}, &strings.Builder{}))
	assert.ErrorContains(t, run(context.Background(), []string{"-store", "paper", "-kills", "1"}, &strings.Builder{}), "no store")
}
