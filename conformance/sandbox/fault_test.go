package sandbox_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/conformance/sandbox"
)

// start serves a sandbox with the given faults and returns a client that does
// not reuse connections, so that nothing is retried behind the test's back.
func start(t *testing.T, opts ...sandbox.Option) (*sandbox.Server, *http.Client) {
	t.Helper()
	opts = append([]sandbox.Option{sandbox.WithTaxonomy(taxonomyData(t)), sandbox.WithClock(clock)}, opts...)
	s, err := sandbox.Start(t.Context(), "127.0.0.1:0", opts...)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close(context.Background())) })
	return s, &http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Timeout:       10 * time.Second,
	}
}

func postTo(t *testing.T, s *sandbox.Server, c *http.Client, timeout time.Duration) (*http.Response, []byte, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), timeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.URL()+sandbox.BasePath+"/AdverseEvent", bytes.NewReader(marshal(t, incident())))
	require.NoError(t, err)
	r.Header.Set(sandbox.KeyHeader, sandbox.DefaultKey)
	r.Header.Set("Content-Type", "application/fhir+json")
	res, err := c.Do(r)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	return res, body, err
}

func TestFaults(t *testing.T) {
	for _, c := range []struct {
		name    string
		fault   sandbox.Fault
		created bool
		ledger  string // name in the ledger
		digest  bool
		check   func(t *testing.T, res *http.Response, body []byte, err error)
	}{
		{"none", sandbox.Fault{}, true, "", true, func(t *testing.T, res *http.Response, _ []byte, err error) {
			require.NoError(t, err)
			assert.Equal(t, 201, res.StatusCode)
		}},
		{"overload", sandbox.Fault{Name: "429", Stage: sandbox.BeforeProcessing, Status: 429,
			Header: http.Header{"Retry-After": {"3"}, "Content-Type": {"text/html"}}, Body: []byte("<p>busy</p>")},
			false, "429", true, func(t *testing.T, res *http.Response, body []byte, err error) {
				require.NoError(t, err)
				assert.Equal(t, 429, res.StatusCode)
				assert.Equal(t, "3", res.Header.Get("Retry-After"))
				assert.Equal(t, "<p>busy</p>", string(body))
			}},
		{"unread", sandbox.Fault{Stage: sandbox.OnArrival}, false, "fault", false, func(t *testing.T, res *http.Response, _ []byte, err error) {
			require.NoError(t, err)
			assert.Equal(t, 503, res.StatusCode)
		}},
		{"stored but 502", sandbox.Fault{Status: 502, Body: []byte{}}, true, "fault", true, func(t *testing.T, res *http.Response, body []byte, err error) {
			require.NoError(t, err)
			assert.Equal(t, 502, res.StatusCode)
			assert.Empty(t, body)
		}},
		{"reset before", sandbox.Fault{Stage: sandbox.BeforeProcessing, Cut: sandbox.ResetBefore}, false, "fault", true,
			func(t *testing.T, _ *http.Response, _ []byte, err error) {
				assert.True(t, errors.Is(err, syscall.ECONNRESET), err)
			}},
		{"reset after", sandbox.Fault{Cut: sandbox.ResetBefore}, true, "fault", true, func(t *testing.T, _ *http.Response, _ []byte, err error) {
			assert.True(t, errors.Is(err, syscall.ECONNRESET), err)
		}},
		{"close after", sandbox.Fault{Cut: sandbox.CloseBefore}, true, "fault", true, func(t *testing.T, _ *http.Response, _ []byte, err error) {
			assert.True(t, errors.Is(err, io.EOF), err)
		}},
		{"truncated", sandbox.Fault{Cut: sandbox.CloseHalfway}, true, "fault", true, func(t *testing.T, res *http.Response, body []byte, err error) {
			require.ErrorIs(t, err, io.ErrUnexpectedEOF)
			assert.Equal(t, 201, res.StatusCode)
			assert.Len(t, body, int(res.ContentLength)/2)
		}},
		{"no id", sandbox.Fault{DropID: true}, true, "fault", true, func(t *testing.T, res *http.Response, body []byte, err error) {
			require.NoError(t, err)
			assert.Equal(t, 201, res.StatusCode)
			assert.Empty(t, res.Header.Get("Location"))
			assert.Empty(t, readStored(t, bytes.NewReader(body)).ID)
		}},
		{"redirect", sandbox.Redirect(307, "https://elsewhere.example/"), false, "redirect", true, func(t *testing.T, res *http.Response, _ []byte, err error) {
			require.NoError(t, err)
			assert.Equal(t, 307, res.StatusCode)
			assert.Equal(t, "https://elsewhere.example/", res.Header.Get("Location"))
		}},
		{"header removed", sandbox.Fault{Header: http.Header{"Location": nil}}, true, "fault", true, func(t *testing.T, res *http.Response, _ []byte, err error) {
			require.NoError(t, err)
			assert.Empty(t, res.Header.Values("Location"))
		}},
		{"short delays", sandbox.Fault{DelayRequest: time.Millisecond, DelayAnswer: time.Millisecond, DelayBody: time.Millisecond}, true, "fault", true,
			func(t *testing.T, res *http.Response, body []byte, err error) {
				require.NoError(t, err)
				assert.Len(t, body, int(res.ContentLength))
			}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, client := start(t, sandbox.WithFault(sandbox.Sequence(c.fault)))
			res, body, err := postTo(t, s, client, 5*time.Second)
			c.check(t, res, body, err)
			entries := s.Sandbox().Entries()
			require.Len(t, entries, 1)
			e := entries[0]
			assert.Equal(t, c.ledger, e.Fault)
			assert.Equal(t, c.digest, e.SHA256 != "")
			assert.Equal(t, c.created, e.Outcome == sandbox.Created, "the ledger knows what took effect")
			_, stored := s.Sandbox().Stored("sbx-000001")
			assert.Equal(t, c.created, stored)

			res, _, err = postTo(t, s, client, 5*time.Second)
			require.NoError(t, err)
			assert.Equal(t, 201, res.StatusCode, "only the first request has a fault")
		})
	}
}

func TestDelaysEndWhenTheClientLeaves(t *testing.T) {
	for name, fault := range map[string]sandbox.Fault{
		"before the answer": {DelayAnswer: time.Hour},
		"in the body":       {DelayBody: time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			s, client := start(t, sandbox.WithFault(sandbox.Sequence(fault)))
			_, _, err := postTo(t, s, client, 100*time.Millisecond)
			require.ErrorIs(t, err, context.DeadlineExceeded)
			assert.Equal(t, sandbox.Created, s.Sandbox().Entries()[0].Outcome, "the client does not know")
		})
	}
}

func TestDelayedRequestOfALostClientIsNotProcessed(t *testing.T) {
	sb := newSandbox(t, sandbox.WithFault(sandbox.Sequence(sandbox.Fault{DelayRequest: time.Hour})))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r := request(http.MethodPost, "/AdverseEvent", marshal(t, incident())).WithContext(ctx)
	assert.PanicsWithValue(t, http.ErrAbortHandler, func() { do(sb, r) })
	e := sb.Entries()[0]
	assert.Equal(t, sandbox.Ignored, e.Outcome)
	assert.Zero(t, e.Status)
}

func TestPlanSeesRequestAndNumber(t *testing.T) {
	type call struct {
		method string
		n      int
	}
	var calls []call
	sb := newSandbox(t, sandbox.WithFault(func(r *http.Request, n int) sandbox.Fault {
		calls = append(calls, call{r.Method, n})
		return sandbox.Fault{}
	}))
	do(sb, request(http.MethodGet, "/metadata", nil))
	post(t, sb, incident())
	assert.Equal(t, []call{{"GET", 1}, {"POST", 2}}, calls)
	assert.Empty(t, sb.Entries()[1].Fault)
}

func TestCutWithoutConnectionAborts(t *testing.T) {
	sb := newSandbox(t, sandbox.WithFault(sandbox.Sequence(sandbox.Fault{Cut: sandbox.ResetBefore})))
	assert.PanicsWithValue(t, http.ErrAbortHandler, func() { post(t, sb, incident()) })
}

// notify is a plan that closes a channel when the first request arrives.
func notify(arrived chan struct{}, f sandbox.Fault) sandbox.Plan {
	return func(_ *http.Request, n int) sandbox.Fault {
		if n > 1 {
			return sandbox.Fault{}
		}
		close(arrived)
		return f
	}
}
