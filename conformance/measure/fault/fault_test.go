package fault_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/gpsafety/lfpse-go/conformance/measure/fault"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// serve is a service that counts, and a client that uses a connection once.
func serve(t testing.TB, plan fault.Plan) (*fault.Proxy, *http.Client, *atomic.Int32) {
	t.Helper()
	var calls atomic.Int32
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		calls.Add(1)
		fmt.Fprintf(w, "%s %d", r.Method, len(body))
	}))
	t.Cleanup(service.Close)
	proxy, err := fault.Start(service.Listener.Addr().String(), nil, plan)
	require.NoError(t, err)
	t.Cleanup(proxy.Close)
	return proxy, &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}, &calls
}

func post(c *http.Client, url string) (string, error) {
	answer, err := c.Post(url, "text/plain", strings.NewReader("hello"))
	if err != nil {
		return "", err
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	return string(body), err
}

// TestPoints holds how far an exchange gets at each point.
func TestPoints(t *testing.T) {
	for at, want := range map[fault.Point]fault.Counts{
		fault.Connected:   {Connections: 1},
		fault.RequestHead: {Connections: 1, Begun: 1},
		fault.RequestBody: {Connections: 1, Begun: 1},
		fault.Waiting:     {Connections: 1, Begun: 1, Whole: 1},
		fault.Answered:    {Connections: 1, Begun: 1, Whole: 1, Forwarded: 1},
		fault.AnswerHead:  {Connections: 1, Begun: 1, Whole: 1, Forwarded: 1},
		fault.AnswerBody:  {Connections: 1, Begun: 1, Whole: 1, Forwarded: 1},
	} {
		for _, act := range []fault.Act{fault.Reset, fault.Close} {
			reached := 0
			proxy, c, calls := serve(t, fault.Always(fault.Fault{At: at, Do: act, Reached: func() { reached++ }}))
			_, err := post(c, proxy.URL())
			require.Error(t, err, at)
			proxy.Close()
			assert.Equal(t, want, proxy.Counts(), at)
			assert.EqualValues(t, want.Forwarded, calls.Load(), at)
			assert.Equal(t, 1, reached, at)
		}
	}
}

func TestSoundAndSlow(t *testing.T) {
	for _, f := range []fault.Fault{
		{},
		{At: fault.Handshake, Do: fault.Reset}, // there is none
		{At: fault.After, Do: fault.Reset},
		{At: fault.RequestHead, Do: fault.Trickle, Pause: time.Microsecond},
		{At: fault.AnswerBody, Do: fault.Trickle, Pause: time.Microsecond},
	} {
		seen := make(chan struct{})
		if f.At == fault.After {
			f.Reached = func() { <-seen }
		}
		proxy, c, _ := serve(t, fault.Always(f))
		body, err := post(c, proxy.URL())
		close(seen)
		require.NoError(t, err)
		assert.Equal(t, "POST 5", body)
	}
}

// TestSay holds that an early answer reaches the client although it is still sending.
func TestSay(t *testing.T) {
	proxy, c, calls := serve(t, fault.Always(fault.Fault{At: fault.RequestHead, Do: fault.Say, Bytes: fault.Answer("200 OK", "early")}))
	body, err := post(c, proxy.URL())
	require.NoError(t, err)
	assert.Equal(t, "early", body)
	assert.Zero(t, calls.Load())

	assert.Equal(t, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 9\r\n\r\nx", string(fault.Answer("200 OK", "x", "Content-Length: 9")))
}

// TestCloseEndsEverything holds that no stall outlives its proxy.
func TestCloseEndsEverything(t *testing.T) {
	reached := make(chan struct{})
	proxy, c, _ := serve(t, func(n int) fault.Fault {
		return fault.Fault{At: fault.Answered, Do: fault.Stall, Reached: func() { close(reached) }}
	})
	failed := make(chan error)
	go func() { _, err := post(c, proxy.URL()); failed <- err }()
	<-reached
	proxy.Close()
	require.Error(t, <-failed)
	proxy.Close()
	_, err := post(c, proxy.URL())
	require.Error(t, err, "nobody listens any more")
}

// The service carries out both requests, and its client is told of one.
func Example() {
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusCreated)
	}))
	defer service.Close()
	proxy, err := fault.Start(service.Listener.Addr().String(), nil, func(n int) fault.Fault {
		if n == 1 {
			return fault.Fault{At: fault.Answered, Do: fault.Reset}
		}
		return fault.Fault{}
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer proxy.Close()
	c := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	for range 2 {
		_, err := post(c, proxy.URL())
		fmt.Println("told:", err == nil)
	}
	fmt.Println("carried out:", proxy.Counts().Forwarded)
	// Output:
	// told: false
	// told: true
	// carried out: 2
}
