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
	"github.com/gpsafety/lfpse-go/lfpse/endpoint"
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
	versions, err := pull.List(context.Background(), local(t, server.URL))
	require.NoError(t, err)
	assert.Equal(t, []string{"5", "6"}, versions)
	for _, version := range versions {
		tax, err := pull.Fetch(context.Background(), local(t, server.URL), pull.WithVersion(version))
		require.NoError(t, err, version)
		text, err := tax.Append(nil)
		require.NoError(t, err)
		assert.Equal(t, string(embeddedData(t, version)), string(text), version)
	}
	newest, err := pull.Fetch(context.Background(), local(t, server.URL))
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

// The same taxonomy twice is found at once, not by the first client that asks.
func TestTheSameTaxonomyTwice(t *testing.T) {
	v5, v6 := embeddedData(t, "5"), embeddedData(t, "6")
	for name, opts := range map[string][]sandbox.Option{
		"published twice":     {sandbox.WithPublishedTaxonomy(v5), sandbox.WithPublishedTaxonomy(v5)},
		"taken twice":         {sandbox.WithTaxonomy(v6), sandbox.WithTaxonomy(v6)},
		"taken and published": {sandbox.WithTaxonomy(v6), sandbox.WithPublishedTaxonomy(v6)},
		"taken by default":    {sandbox.WithPublishedTaxonomy(v6)},
	} {
		_, err := sandbox.New(opts...)
		assert.ErrorContains(t, err, "two taxonomies have the same AdverseEvent profile", name)
	}
}

// Records of an STU3 taxonomy are not taken, which is said at once.
func TestSTU3RecordsAreNotTaken(t *testing.T) {
	_, err := sandbox.New(sandbox.WithTaxonomy(embeddedData(t, "5")), sandbox.WithPublishedTaxonomy(embeddedData(t, "6")))
	assert.ErrorContains(t, err, "the sandbox takes R4 records only")
	assert.NotContains(t, err.Error(), "\n", "that is all that is wrong")
}

// A taxonomy that is enough for verdicts may not be enough to be published.
func TestATaxonomyThatCannotBePublished(t *testing.T) {
	sb := newSandbox(t)
	r := httptest.NewRequest(http.MethodGet, sandbox.TaxonomyPath+"/"+fhirform.CodeSystem+"/event-type-5", nil)
	r.Header.Set(sandbox.KeyHeader, sandbox.DefaultKey)
	w := httptest.NewRecorder()
	sb.ServeHTTP(w, r)
	assert.Equal(t, http.StatusInternalServerError, w.Code)
}

// local is the endpoint of a sandbox on this computer.
func local(t testing.TB, host string) *endpoint.Endpoint {
	t.Helper()
	ep, err := endpoint.New(endpoint.Config{Environment: endpoint.Sandbox, Host: host})
	require.NoError(t, err)
	return ep
}
