package client_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/client"
)

const accepted = `{"resourceType":"AdverseEvent","id":"a1","meta":{"versionId":"2"},
 "extension":[{"url":"https://x.example/other-6","extension":[{"url":"ReferenceNumber","valueString":"LFPSE-0001"}]},{"url":"https://x.example/last-6"}],
 "contained":[{"resourceType":"OperationOutcome","issue":[{"severity":"warning","details":{"text":"` + canary + `"}}]}]}`

var noon = time.Date(2026, time.May, 4, 12, 0, 0, 0, time.UTC)

func fixedClock() time.Time { return noon }

func TestReceipt(t *testing.T) {
	s := serve(t, answering(201, http.Header{"Location": {"https://inner.example/AdverseEvent/a1/_history/2"}}, accepted))
	sent := report(t)
	r, err := sandbox(t, s.URL, client.WithClock(fixedClock)).Submit(t.Context(), sent)
	require.NoError(t, err)
	want := client.Receipt{
		ID: "a1", VersionID: "2", ReferenceNumber: "LFPSE-0001", At: noon, Digest: sha256.Sum256(sent.Body()), Status: 201,
		Warnings: []fhir.OutcomeIssue{{Severity: "warning", DetailsText: canary}},
	}
	assert.Equal(t, want, r)
	assert.EqualValues(t, 1, s.requests.Load())

	doc, err := json.Marshal(r)
	require.NoError(t, err)
	var back client.Receipt
	require.NoError(t, json.Unmarshal(doc, &back))
	assert.Equal(t, r, back)
	for _, bad := range []string{`[]`, `{"digest":"zz"}`, `{"digest":"00"}`, `{"at":7}`} {
		require.Error(t, back.UnmarshalJSON([]byte(bad)))
	}
	assert.Equal(t, r, back, "a failed read changes nothing")
}

func TestReceiptOfDeletion(t *testing.T) {
	s := serve(t, answering(204, nil, ""))
	r, err := sandbox(t, s.URL, client.WithClock(fixedClock)).Delete(t.Context(), "a1")
	require.NoError(t, err)
	assert.Equal(t, client.Receipt{ID: "a1", At: noon, Status: 204}, r)
	doc, err := json.Marshal(r)
	require.NoError(t, err)
	assert.JSONEq(t, `{"id":"a1","at":"2026-05-04T12:00:00Z","status":204}`, string(doc))
}

func TestPartialReceipts(t *testing.T) {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, _ = z.Write([]byte(`{"id":"a1"}`))
	_ = z.Close()
	location := http.Header{"Location": {"/AdverseEvent/a1"}}
	for name, handler := range map[string]http.HandlerFunc{
		"id only":           answering(200, nil, `{"id":"a1"}`),
		"Location only":     answering(201, location, ""),
		"Location and page": answering(202, location, "<html>"),
		"compressed":        answering(201, http.Header{"Content-Encoding": {"gzip"}}, packed.String()),
		"wrong media type":  answering(201, http.Header{"Content-Type": {"text/html"}}, `{"id":"a1"}`),
		"Location and a body that ends early": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "/AdverseEvent/a1")
			w.Header().Set("Content-Length", "1000")
			w.WriteHeader(201)
			_, _ = w.Write([]byte(`{"id":`))
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, handler)
			r, e := submit(t, sandbox(t, s.URL))
			require.Nil(t, e)
			assert.Equal(t, "a1", r.ID)
			assert.Empty(t, r.ReferenceNumber)
			assert.EqualValues(t, 1, s.requests.Load())
		})
	}
}

func TestRejection(t *testing.T) {
	const outcome = `{"resourceType":"OperationOutcome","issue":[
	 {"severity":"error","code":"invalid","details":{"coding":[{"code":"LFPSE-9"}],"text":"` + canary + `"}},
	 {"severity":"error","diagnostics":"second"}]}`
	s := serve(t, answering(422, nil, outcome))
	for op, do := range every(t.Context(), sandbox(t, s.URL), report(t)) {
		s.requests.Store(0)
		err := do()
		requireReason(t, err, client.Rejected, client.RejectedContent)
		e := asError(t, err)
		assert.Equal(t, op, e.Op)
		assert.Equal(t, 422, e.Status)
		require.Len(t, e.Issues, 2, "every issue is kept")
		assert.Equal(t, canary, e.Issues[0].DetailsText)
		assert.Equal(t, "second", e.Issues[1].Diagnostics)
		assert.Contains(t, err.Error(), "issues: 2")
		assert.NotContains(t, err.Error(), canary)
		assert.EqualValues(t, 1, s.requests.Load())
	}
}

func TestRetryAfter(t *testing.T) {
	for _, test := range []struct {
		status int
		value  string
		want   time.Duration
	}{
		{429, "30", 30 * time.Second}, {429, noon.Add(time.Minute).Format(http.TimeFormat), time.Minute},
		{429, "999999999999999999999", time.Hour}, {429, "-5", 0}, {429, "", 0}, {503, "7", 7 * time.Second},
	} {
		header := http.Header{}
		if test.value != "" {
			header.Set("Retry-After", test.value)
		}
		s := serve(t, answering(test.status, header, `{"statusCode":429,"message":"Rate limit is exceeded."}`))
		_, e := submit(t, sandbox(t, s.URL, client.WithClock(fixedClock)))
		require.NotNil(t, e)
		assert.Equal(t, test.want, e.RetryAfter, test.value)
		assert.Equal(t, test.status == 429, e.Outcome == client.NotSent)
		assert.EqualValues(t, 1, s.requests.Load(), "Retry-After is the caller's business")
	}
}

func TestGatewayRefusal(t *testing.T) {
	for _, status := range []int{502, 503, 504} {
		s := serve(t, answering(status, nil, `{"statusCode":503,"message":"x"}`))
		_, e := submit(t, sandbox(t, s.URL))
		requireReason(t, e, client.Unknown, client.ServerError)
		_, e = submit(t, sandbox(t, s.URL, gatewayRefusal))
		requireReason(t, e, client.NotSent, client.GatewayRefused)
	}
}

func TestOutcome(t *testing.T) {
	assert.Equal(t, client.Unknown, client.Outcome(0), "nothing forgotten passes for settled")
	assert.Equal(t, client.Accepted, client.OutcomeOf(nil))
	assert.Equal(t, client.Unknown, client.OutcomeOf(context.Canceled))
	assert.Equal(t, client.Rejected, client.OutcomeOf(errors.Join(context.Canceled, &client.Error{Outcome: client.Rejected})))
	for _, o := range []client.Outcome{client.Unknown, client.NotSent, client.Accepted, client.Rejected} {
		text, err := o.MarshalText()
		require.NoError(t, err)
		var back client.Outcome
		require.NoError(t, back.UnmarshalText(text))
		assert.Equal(t, o, back)
	}
	var o client.Outcome
	require.Error(t, o.UnmarshalText([]byte("sent")))
}
