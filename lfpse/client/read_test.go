package client_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	stand "github.com/gpsafety/lfpse-go/conformance/sandbox"
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

// TestAbilitiesOfTheSandbox takes a client through what a service may declare.
func TestAbilitiesOfTheSandbox(t *testing.T) {
	service, err := stand.Start(t.Context(), "127.0.0.1:0", stand.WithAbilities(stand.Abilities{Read: true, SearchByIdentifier: true, ConditionalCreate: true, UpdateIfMatch: true}))
	require.NoError(t, err)
	defer func() { require.NoError(t, service.Close(t.Context())) }()
	c := sandbox(t, service.URL())
	require.NoError(t, c.Probe(t.Context()))
	statement, err := c.Metadata(t.Context())
	require.NoError(t, err)
	can, ok := statement.For("6")
	require.True(t, ok)
	assert.True(t, can.Read && can.SearchByIdentifier && can.ConditionalCreate && can.UpdateIfMatch)
	assert.False(t, can.UpdateCreate)

	sent, e := submit(t, c)
	require.Nil(t, e)
	held, err := c.Read(t.Context(), sent.ID)
	require.NoError(t, err)
	assert.Equal(t, []string{sent.ID, sent.VersionID, sent.ReferenceNumber}, []string{held.ID, held.VersionID, held.ReferenceNumber})
	assert.Contains(t, string(held.Body()), canary)

	second, err := c.UpdateIfMatch(t.Context(), sent.ID, sent.VersionID, report(t))
	require.NoError(t, err)
	assert.Equal(t, "2", second.VersionID)
	_, err = c.UpdateIfMatch(t.Context(), sent.ID, sent.VersionID, report(t))
	requireReason(t, err, client.Rejected, client.VersionConflict)

	_, err = c.Delete(t.Context(), sent.ID)
	require.NoError(t, err)
	_, err = c.Read(t.Context(), sent.ID)
	requireReason(t, err, client.Rejected, client.NoSuchRecord)

	plain, err := stand.Start(t.Context(), "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { require.NoError(t, plain.Close(t.Context())) }()
	_, err = sandbox(t, plain.URL()).Read(t.Context(), "sbx-000001")
	requireReason(t, err, client.NotSent, client.NotOffered)
	assert.Equal(t, client.GoOn, client.NextOf(err))
}
