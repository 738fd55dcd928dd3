package sandbox_test

import (
	"bytes"
	"context"
	"log/slog"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/gpsafety/lfpse-go/conformance/sandbox"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestStartStaysOnLoopback(t *testing.T) {
	data := sandbox.WithTaxonomy(taxonomyData(t))
	for _, addr := range []string{":0", "0.0.0.0:0", "[::]:0", "192.0.2.1:0"} {
		_, err := sandbox.Start(t.Context(), addr, data)
		assert.ErrorContains(t, err, "loopback", addr)
	}
	_, err := sandbox.Start(t.Context(), "127.0.0.1", data)
	assert.ErrorContains(t, err, "host:port")
	_, err = sandbox.Start(t.Context(), "127.0.0.1:0", sandbox.WithKeys(""))
	assert.Error(t, err)

	s, err := sandbox.Start(t.Context(), "0.0.0.0:0", data, sandbox.WithPrivateNetwork())
	require.NoError(t, err)
	require.NoError(t, s.Close(t.Context()))
	require.NoError(t, s.Close(t.Context()), "closing twice does no harm")
}

func TestStartReportsTakenPort(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { _ = l.Close() }()
	_, err = sandbox.Start(t.Context(), l.Addr().String(), sandbox.WithTaxonomy(taxonomyData(t)))
	assert.Error(t, err)
}

func TestCloseWaitsForRequestsInFlight(t *testing.T) {
	arrived := make(chan struct{})
	s, client := start(t, sandbox.WithFault(notify(arrived, sandbox.Fault{DelayAnswer: 300 * time.Millisecond})))
	answered := make(chan int, 1)
	go func() {
		res, _, err := postTo(t, s, client, 5*time.Second)
		if assert.NoError(t, err) {
			answered <- res.StatusCode
		}
	}()
	<-arrived
	require.NoError(t, s.Close(t.Context()))
	assert.Equal(t, 201, <-answered)
	_, _, err := postTo(t, s, client, time.Second)
	assert.Error(t, err, "the port is closed")
}

func TestCloseGivesUpWithItsContext(t *testing.T) {
	arrived := make(chan struct{})
	s, client := start(t, sandbox.WithFault(notify(arrived, sandbox.Fault{DelayRequest: time.Hour})))
	failed := make(chan error, 1)
	go func() {
		_, _, err := postTo(t, s, client, 5*time.Second)
		failed <- err
	}()
	<-arrived
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	assert.ErrorIs(t, s.Close(ctx), context.DeadlineExceeded)
	assert.Error(t, <-failed)
}

func TestLogHoldsNoValue(t *testing.T) {
	var log bytes.Buffer
	sb := newSandbox(t, sandbox.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
	post(t, sb, incident())
	doc := incident()
	doc["actuality"] = "Invented"
	post(t, sb, doc)
	assert.Contains(t, log.String(), "status=201")
	assert.Contains(t, log.String(), "outcome=rejected")
	assert.NotContains(t, log.String(), "Invented")
	assert.NotContains(t, log.String(), sandbox.KeyHeader)
}
