package client_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/client"
)

func TestRead(t *testing.T) {
	held := `{"resourceType":"AdverseEvent","id":"a1","meta":{"versionId":"3"},"extension":[{"url":"x","extension":[{"url":"ReferenceNumber","valueString":"R-1"}]}],"language":"` + canary + `"}`
	var seen *http.Request
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		seen = r
		answering(200, nil, held)(w, r)
	})
	c := sandbox(t, s.URL)
	r, err := c.Read(t.Context(), "a1")
	require.NoError(t, err)
	assert.Equal(t, "GET /adverse-event/fhir/AdverseEvent/a1", seen.Method+" "+seen.URL.Path)
	assert.Equal(t, []string{"a1", "3", "R-1"}, []string{r.ID, r.VersionID, r.ReferenceNumber})
	assert.JSONEq(t, held, string(r.Body()))
	r.Body()[0] = 'x'
	assert.JSONEq(t, held, string(r.Body()), "a copy")

	_, err = c.Read(t.Context(), "../a1")
	requireReason(t, err, client.NotSent, client.BadID)
	assert.EqualValues(t, 1, s.requests.Load())
}

func TestUpdateIfMatch(t *testing.T) {
	var match []string
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		match = r.Header["If-Match"]
		answering(412, nil, issueOf("error", "conflict", "X"))(w, r)
	})
	c := sandbox(t, s.URL)
	_, err := c.UpdateIfMatch(t.Context(), "a1", "2", report(t))
	requireReason(t, err, client.Rejected, client.VersionConflict)
	assert.Equal(t, []string{`W/"2"`}, match)
	assert.Contains(t, err.Error(), "A person decides")

	for _, version := range []string{"", `2"`, "2, 3"} {
		_, err = c.UpdateIfMatch(t.Context(), "a1", version, report(t))
		requireReason(t, err, client.NotSent, client.BadVersion)
	}
	assert.EqualValues(t, 1, s.requests.Load())

	_, err = c.Update(t.Context(), "a1", report(t))
	requireReason(t, err, client.Unknown, client.Conflict)
	assert.Empty(t, match)
}
