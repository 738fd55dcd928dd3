package sandbox_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/conformance/sandbox"
	"github.com/gpsafety/lfpse-go/lfpse/client"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy/fhirform"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy/pull"
)

func embeddedData(t *testing.T, version string) []byte {
	t.Helper()
	data, err := taxonomy.EmbeddedData(version)
	require.NoError(t, err)
	return data
}

// publisher is a sandbox for version 6 that also publishes version 5.
func publisher(t *testing.T) *httptest.Server {
	t.Helper()
	sb, err := sandbox.New(sandbox.WithTaxonomy(embeddedData(t, "6")), sandbox.WithPublishedTaxonomy(embeddedData(t, "5")))
	require.NoError(t, err)
	server := httptest.NewServer(sb)
	t.Cleanup(server.Close)
	return server
}

// What is published can be pulled and is the same taxonomy, bit for bit.
func TestPulledTaxonomyIsThePublishedOne(t *testing.T) {
	server := publisher(t)
	versions, err := pull.List(context.Background(), server.URL, client.SandboxKey())
	require.NoError(t, err)
	assert.Equal(t, []string{"5", "6"}, versions)
	for _, version := range versions {
		tax, err := pull.Fetch(context.Background(), server.URL, client.SandboxKey(), pull.WithVersion(version))
		require.NoError(t, err, version)
		text, err := tax.Append(nil)
		require.NoError(t, err)
		assert.Equal(t, string(embeddedData(t, version)), string(text), version)
	}
	newest, err := pull.Fetch(context.Background(), server.URL, client.SandboxKey())
	require.NoError(t, err)
	assert.Equal(t, "6", newest.Version)
}

func TestTaxonomyAPI(t *testing.T) {
	server := publisher(t)
	for path, want := range map[string]int{
		"/StructureDefinition/patient-safety-adverse-event-6": 200,
		"/StructureDefinition/patient-safety-adverse-event-5": 200,
		"/ValueSet/agent-type-6":                              200,
		"/CodeSystem/agent-type-5":                            200,
		"/CodeSystem/agent-type":                              404,
		"/CodeSystem/agent-type-6/x":                          404,
		"/StructureDefinition":                                404,
		"/":                                                   404,
	} {
		r, err := http.NewRequest(http.MethodGet, server.URL+sandbox.TaxonomyPath+path, nil)
		require.NoError(t, err)
		r.Header.Set(sandbox.KeyHeader, sandbox.DefaultKey)
		w, err := server.Client().Do(r)
		require.NoError(t, err)
		var body struct{ ResourceType string }
		require.NoError(t, json.NewDecoder(w.Body).Decode(&body))
		require.NoError(t, w.Body.Close())
		assert.Equal(t, want, w.StatusCode, path)
		assert.Equal(t, want == 200, body.ResourceType != "OperationOutcome", path)
	}
	r, err := http.NewRequest(http.MethodPut, server.URL+sandbox.TaxonomyPath+"/ValueSet/agent-type-6", nil)
	require.NoError(t, err)
	r.Header.Set(sandbox.KeyHeader, sandbox.DefaultKey)
	w, err := server.Client().Do(r)
	require.NoError(t, err)
	require.NoError(t, w.Body.Close())
	assert.Equal(t, http.StatusMethodNotAllowed, w.StatusCode)
}

func TestPublishedTaxonomyIsChecked(t *testing.T) {
	_, err := sandbox.New(sandbox.WithPublishedTaxonomy([]byte(`{}`)))
	assert.ErrorContains(t, err, "published taxonomy")
}

// Two taxonomies with the same ids cannot both be published, and a taxonomy that is
// enough for verdicts may not be enough to be published.
func TestTaxonomiesThatCannotBePublished(t *testing.T) {
	for name, opts := range map[string][]sandbox.Option{
		"twice":   {sandbox.WithPublishedTaxonomy(embeddedData(t, "5")), sandbox.WithPublishedTaxonomy(embeddedData(t, "5"))},
		"partial": nil,
	} {
		t.Run(name, func(t *testing.T) {
			sb := newSandbox(t, opts...)
			r := httptest.NewRequest(http.MethodGet, sandbox.TaxonomyPath+"/"+fhirform.CodeSystem+"/event-type-5", nil)
			r.Header.Set(sandbox.KeyHeader, sandbox.DefaultKey)
			w := httptest.NewRecorder()
			sb.ServeHTTP(w, r)
			assert.Equal(t, http.StatusInternalServerError, w.Code)
		})
	}
}
