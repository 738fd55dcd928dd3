package client

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

type answerNothing struct{ calls int }

func (a *answerNothing) RoundTrip(*http.Request) (*http.Response, error) {
	a.calls++
	return nil, context.Canceled
}

// TestOneAttempt plays a layer above the network that tries again.
func TestOneAttempt(t *testing.T) {
	network := &answerNothing{}
	r := &recorder{next: network}
	ctx := context.WithValue(t.Context(), traceKey{}, &trace{})
	for range 3 {
		request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://127.0.0.1:1", strings.NewReader("x"))
		require.NoError(t, err)
		response, err := r.RoundTrip(request)
		require.Error(t, err)
		require.Nil(t, response)
	}
	assert.Equal(t, 1, network.calls)

	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://127.0.0.1:1", nil)
	require.NoError(t, err)
	response, err := r.RoundTrip(request)
	require.ErrorIs(t, err, errSecondAttempt, "a request that was not made by exchange")
	assert.Nil(t, response)
	assert.Equal(t, 1, network.calls)
}

func TestPrintable(t *testing.T) {
	assert.Equal(t, []string{"event-type-6#risk", "g-6/Field", "(unprintable name)", "(unprintable name)"},
		printable([]string{"event-type-6#risk", "g-6/Field", "a b", strings.Repeat("x", 201)}))
}
