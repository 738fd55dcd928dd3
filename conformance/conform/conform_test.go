package conform_test

import (
	"bytes"
	"context"
	"encoding/xml"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/conformance/cases"
	"github.com/gpsafety/lfpse-go/conformance/conform"
	"github.com/gpsafety/lfpse-go/conformance/sandbox"
	"github.com/gpsafety/lfpse-go/lfpse/endpoint"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

// service serves a handler and returns its endpoint.
func service(t *testing.T, h http.Handler) *endpoint.Endpoint {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	tax, err := taxonomy.Embedded("6")
	require.NoError(t, err)
	ep, err := endpoint.New(endpoint.ForSandbox(server.URL, tax))
	require.NoError(t, err)
	return ep
}

func newSandbox(t *testing.T, opts ...sandbox.Option) *sandbox.Sandbox {
	t.Helper()
	s, err := sandbox.New(opts...)
	require.NoError(t, err)
	return s
}

func options(t *testing.T) conform.Options {
	t.Helper()
	d, err := cases.SandboxDifferences()
	require.NoError(t, err)
	return conform.Options{Differences: d}
}

func run(t *testing.T, h http.Handler, o conform.Options) *conform.Report {
	t.Helper()
	all, err := cases.All()
	require.NoError(t, err)
	r, err := conform.Run(t.Context(), service(t, h), all, o)
	require.NoError(t, err)
	return r
}

func names(results []conform.Result) []string {
	var out []string
	for _, r := range results {
		out = append(out, r.Case)
	}
	return out
}

// The sandbox passes but for its listed differences, and all of those occur.
func TestSandboxPasses(t *testing.T) {
	r := run(t, newSandbox(t), options(t))
	assert.True(t, r.Passed())
	assert.Empty(t, names(r.With(conform.Different)))
	assert.Empty(t, r.Unseen())
	assert.Greater(t, r.Count(conform.AsExpected), 700)
	for _, not := range r.With(conform.NotSent) {
		assert.NotEmpty(t, not.Reason, not.Case)
	}
}

// Each of ten faults of a service is seen.
func TestTenFaults(t *testing.T) {
	lax := newSandbox(t, sandbox.WithoutChecks("SBX-SUSPECT", "SBX-CONTAINED-NESTED", "SBX-REFERENCE", "SBX-LOCATION",
		"SBX-GROUP-CONTEXT", "SBX-INCIDENT-NO-PATIENT", "SBX-RISK-DETAILS", "SBX-WENT-WELL"))
	modified := document(t, "profile/PROFILE-MODIFIER/on-the-root")
	outcome := document(t, "lfpse/event-types/outcome-with-harm")
	r := run(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		switch {
		case err != nil:
		case bytes.Equal(body, outcome):
			answering(422, "", `{"resourceType":"OperationOutcome","issue":[{"code":"code-invalid","diagnostics":"no such type"}]}`)(w, r)
		case bytes.Equal(body, modified):
			answering(201, "Location: /AdverseEvent/1", "")(w, r)
		default:
			r.Body = io.NopCloser(bytes.NewReader(body))
			lax.ServeHTTP(w, r)
		}
	}), options(t))
	assert.False(t, r.Passed())
	assert.Equal(t, []string{
		"fhir/FHIR-REF-1/device-that-is-not-contained",
		"fhir/FHIR-REQUIRED/instance-missing",
		"fhir/FHIR-UNKNOWN-ELEMENT/nested-contained-resource",
		"lfpse/LFPSE-FUTURE-OCCURRENCE/no-went-well-group",
		"lfpse/LFPSE-NO-PATIENT-RISK/no-risk-details",
		"lfpse/LFPSE-RISK-IMMINENT/no-risk-details",
		"lfpse/event-types/outcome-with-harm",
		"profile/PROFILE-CONTEXT/description-on-the-location",
		"profile/PROFILE-GROUP-MIN/no-location-at-all",
		"profile/PROFILE-MODIFIER/on-the-root",
	}, names(r.With(conform.Different)))

	var suite struct {
		Tests    int `xml:"tests,attr"`
		Failures int `xml:"failures,attr"`
		Skipped  int `xml:"skipped,attr"`
		Cases    []struct {
			Failure *struct {
				Message string `xml:"message,attr"`
			} `xml:"failure"`
		} `xml:"testcase"`
	}
	var junit, page bytes.Buffer
	require.NoError(t, r.JUnit(&junit))
	require.NoError(t, xml.Unmarshal(junit.Bytes(), &suite))
	assert.Equal(t, len(r.Results), suite.Tests)
	assert.Equal(t, 10, suite.Failures)
	assert.Equal(t, r.Count(conform.NotSent), suite.Skipped)
	assert.Contains(t, junit.String(), `message="expected: refused, for FHIR-REF-1; found: accepted (201)"`)

	require.NoError(t, r.HTML(&page))
	for _, text := range []string{"Some verdicts need a look.", "<h2>different: 10</h2>", "code-invalid: no such type"} {
		assert.True(t, strings.Contains(page.String(), text), text)
	}
	for _, c := range r.Results {
		assert.True(t, strings.Contains(page.String(), "<code>"+c.Case+"</code>"), c.Case)
	}
}

// document is that of a case.
func document(t *testing.T, name string) []byte {
	t.Helper()
	all, err := cases.All()
	require.NoError(t, err)
	for _, c := range all {
		if c.Name == name {
			return c.Input
		}
	}
	require.Fail(t, "no such case", name)
	return nil
}

// A known difference that does not occur is named, so that the list stays true.
func TestUnseen(t *testing.T) {
	o := few(t)
	o.Differences.Refused = append(o.Differences.Refused, cases.Difference{Rule: "X", Reason: "not true", Cases: []string{"lfpse/event-types/good-care"}})
	assert.Equal(t, []string{"lfpse/event-types/good-care"}, run(t, newSandbox(t), o).Unseen())
}

// few are some cases of each verdict.
func few(t *testing.T) conform.Options {
	o := options(t)
	o.Cases = []string{"lfpse/event-types", "lfpse/LFPSE-AGE-*"}
	return o
}

func TestCleanUp(t *testing.T) {
	o, s := few(t), newSandbox(t)
	o.CleanUp = true
	r := run(t, s, o)
	require.True(t, r.Passed(), r.Line())
	assert.Empty(t, r.Left())
	deleted := 0
	for _, e := range s.Entries() {
		if e.Method == http.MethodDelete {
			deleted++
		}
	}
	accepted := 0
	for _, one := range r.Results {
		if one.Accepted {
			accepted++
		}
	}
	assert.Positive(t, accepted)
	assert.Equal(t, accepted, deleted)

	// 202 says that the record will go, not that it has gone.
	later := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodDelete {
			w.WriteHeader(http.StatusAccepted)
			return
		}
		s.ServeHTTP(w, r)
	})
	assert.Len(t, run(t, later, o).Left(), accepted)
}

func TestMarker(t *testing.T) {
	o := options(t)
	o.Marker = `TEST "1" <é>`
	var bodies []string
	s := newSandbox(t)
	r := run(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if assert.NoError(t, err) {
			bodies = append(bodies, string(body))
			r.Body = io.NopCloser(bytes.NewReader(body))
			s.ServeHTTP(w, r)
		}
	}), o)
	assert.Empty(t, names(r.With(conform.Different)))
	marked := 0
	for _, body := range bodies {
		if strings.Contains(body, `"TEST \"1\" <é> `) {
			marked++
		}
	}
	for _, one := range r.Results {
		if one.Accept && one.Accepted {
			assert.True(t, one.Marked, one.Case)
		}
	}
	assert.Greater(t, marked, 500)
}

func TestPatternsAndLimit(t *testing.T) {
	o := options(t)
	o.Cases = []string{"json", "lfpse/LFPSE-HARM-*"}
	o.Limit = 20
	r := run(t, newSandbox(t), o)
	for _, one := range r.Results {
		assert.True(t, strings.HasPrefix(one.Case, "json/") || strings.HasPrefix(one.Case, "lfpse/LFPSE-HARM-"), one.Case)
	}
	assert.Equal(t, 20, len(r.Results)-r.Count(conform.NotSent))
	o.Cases = []string{"nothing"}
	assert.False(t, run(t, newSandbox(t), o).Passed(), "nothing was judged")
}

func answering(status int, header, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		if name, value, ok := strings.Cut(header, ": "); ok {
			w.Header().Set(name, value)
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// What is no verdict on a document is not taken for one, and soon nothing more is sent.
func TestNoVerdict(t *testing.T) {
	for name, tt := range map[string]struct {
		answer http.HandlerFunc
		sent   int
	}{
		"wrong key":      {answering(401, "", `{"statusCode":401}`), 1},
		"not allowed":    {answering(403, "", ""), 1},
		"not here":       {answering(404, "", "<html>"), 5},
		"server error":   {answering(500, "", ""), 5},
		"a login page":   {answering(200, "Content-Type: text/html", "<html>"), 5},
		"another place":  {answering(307, "Location: /elsewhere", ""), 5},
		"nothing at all": {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, 5},
	} {
		t.Run(name, func(t *testing.T) {
			var requests atomic.Int32
			r := run(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				requests.Add(1)
				tt.answer(w, r)
			}), few(t))
			assert.False(t, r.Passed())
			assert.EqualValues(t, tt.sent, requests.Load(), "each document once")
			assert.Equal(t, tt.sent, r.Count(conform.NoVerdict))
			assert.Equal(t, len(r.Results), tt.sent+r.Count(conform.NotSent))
		})
	}
}

// A refusal names what the service says, without control characters.
func TestWhatTheServiceSays(t *testing.T) {
	issue := `{"code":"invalid","details":{"text":"no\u001b[31m colour"},"expression":["AdverseEvent.date"]}`
	body := `{"resourceType":"OperationOutcome","issue":[` + strings.Repeat(issue+",", 11) + issue + `]}`
	r := run(t, answering(422, "", body), few(t))
	different := r.With(conform.Different)
	require.NotEmpty(t, different)
	assert.Len(t, different[0].Said, 11)
	assert.Equal(t, "invalid: no [31m colour: AdverseEvent.date", different[0].Said[0])
	assert.Equal(t, "and 2 more", different[0].Said[10])
}

// A request that was answered 429 is made again; any other is not.
func TestTooManyRequests(t *testing.T) {
	s, requests := newSandbox(t), 0
	o := few(t)
	o.Limit = 2
	r := run(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if requests++; requests == 1 {
			answering(429, "Retry-After: 0", "")(w, r)
			return
		}
		s.ServeHTTP(w, r)
	}), o)
	assert.True(t, r.Passed(), r.Line())
	assert.Equal(t, 3, requests)
}

func TestEnd(t *testing.T) {
	all, err := cases.All()
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	o := few(t)
	o.Interval = time.Hour
	o.Done = func(conform.Result) { cancel() }
	r, err := conform.Run(ctx, service(t, newSandbox(t)), all, o)
	require.NoError(t, err)
	assert.Equal(t, 1, r.Count(conform.AsExpected))
	assert.Equal(t, 1, r.Count(conform.NoVerdict))
	assert.Equal(t, len(r.Results)-2, r.Count(conform.NotSent))
}

func TestProductionIsRefused(t *testing.T) {
	t.Setenv("CONFORM_KEY", "not-a-key")
	ep, err := endpoint.New(endpoint.Config{
		Environment: endpoint.Production, Host: "https://lfpse.example", Key: endpoint.Key{Secret: endpoint.Secret{Env: "CONFORM_KEY"}},
		CanonicalBase: "https://lfpse.example/taxonomy/fhir/", Version: "6",
	})
	require.NoError(t, err)
	_, err = conform.Run(t.Context(), ep, nil, conform.Options{})
	assert.ErrorIs(t, err, conform.ErrProduction)
}
