package main

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/conformance/sandbox"
	"github.com/gpsafety/lfpse-go/lfpse/client"
)

// The own sandbox loses the first answer: the report is recorded once all the same.
func TestTheWholeWay(t *testing.T) {
	require.NoError(t, run(t.Context(), ""))
}

func TestReportReachesTheSandbox(t *testing.T) {
	server, err := sandbox.Start(t.Context(), "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { assert.NoError(t, server.Close(t.Context())) }()
	require.NoError(t, run(t.Context(), server.URL()))
	var outcomes []sandbox.Outcome
	for _, e := range server.Sandbox().Entries() {
		outcomes = append(outcomes, e.Outcome)
	}
	assert.Equal(t, []sandbox.Outcome{sandbox.Created, sandbox.Updated, sandbox.Deleted}, outcomes)
}

func TestSandboxOnThisComputerOnly(t *testing.T) {
	err := run(t.Context(), "https://lfpse.example")
	require.Error(t, err)
	assert.Equal(t, client.Unknown, client.OutcomeOf(err), "an endpoint that cannot be used is no outcome of a call")
	assert.ErrorContains(t, err, "A sandbox must be on this computer")
}
