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

func TestCheckAddress(t *testing.T) {
	const (
		never = iota
		sandboxOnly
		privateOnly
		always
	)
	for address, want := range map[string]int{
		"127.0.0.1:443": sandboxOnly, "127.8.0.1:443": sandboxOnly, "[::1]:443": sandboxOnly, "[::ffff:127.0.0.1]:443": sandboxOnly,
		"10.1.2.3:443": privateOnly, "172.16.0.1:443": privateOnly, "192.168.1.1:443": privateOnly, "100.64.0.1:443": privateOnly,
		"[fd00::1]:443": privateOnly, "[::ffff:10.0.0.1]:443": privateOnly,
		"169.254.169.254:443": never, "[fe80::1%eth0]:443": never, "0.0.0.0:443": never, "[::]:443": never, "224.0.0.1:443": never,
		"255.255.255.255:443": never, "nonsense": never,
		"51.140.1.1:443": always, "[2603:1020::1]:443": always,
	} {
		assert.Equal(t, want == sandboxOnly, checkAddress(address, Sandbox, false) == nil, "sandbox %s", address)
		for _, env := range []Environment{Test, Production} {
			assert.Equal(t, want == always, checkAddress(address, env, false) == nil, "%s %s", env, address)
			assert.Equal(t, want >= privateOnly, checkAddress(address, env, true) == nil, "%s %s, private network", env, address)
		}
	}
}

func TestPrintable(t *testing.T) {
	assert.Equal(t, []string{"event-type-6#risk", "g-6/Field", "(unprintable name)", "(unprintable name)"},
		printable([]string{"event-type-6#risk", "g-6/Field", "a b", strings.Repeat("x", 201)}))
}
