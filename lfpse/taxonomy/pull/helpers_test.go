package pull_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/endpoint"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy/fhirform"
)

const base = "https://taxonomy.example/fhir/"

// small is a taxonomy with one of each element.
const small = `{
 "format": 1, "version": "7", "fhirVersion": "4.0.1", "canonicalBase": "` + base + `",
 "title": "Small", "date": "2026-11-22", "evidenceKey": {"seen": "invented"}, "ageEncoding": "31/372",
 "profiles": [
  {"resource": "AdverseEvent", "id": "event-7", "evidence": "seen"},
  {"resource": "Location", "id": "location-7", "containedId": "location1", "evidence": "seen"}
 ],
 "eventType": "event-type-7",
 "groups": [
  {"id": "details-7", "name": "Details", "context": "Location", "min": 1, "max": 1, "evidence": "seen", "fields": [
   {"name": "Known", "min": 0, "max": 1, "type": "code", "codeSystem": "known-7", "evidence": "seen"}
  ]}
 ],
 "codeSystems": [
  {"id": "known-7", "name": "Known", "closed": true, "evidence": "seen", "concepts": [{"code": "y", "display": "Yes"}]},
  {"id": "event-type-7", "name": "Event type", "closed": true, "evidence": "seen", "concepts": [{"code": "1", "display": "Incident", "name": "incident"}]}
 ]
}`

func load(t testing.TB, text string) *taxonomy.Taxonomy {
	t.Helper()
	tax, err := taxonomy.Load([]byte(text))
	require.NoError(t, err)
	return tax
}

// service publishes the small taxonomy. What is in spoiled, by path, is answered
// by somebody worse.
type service struct {
	*httptest.Server
	documents map[string][]byte
	spoiled   map[string]http.HandlerFunc
	keys      map[string]bool // keys that were sent
	requests  int
}

const (
	metadataPath = "/adverse-event/fhir/metadata"
	rootPath     = "/taxonomy/fhir/StructureDefinition/event-7"
	groupPath    = "/taxonomy/fhir/StructureDefinition/details-7"
	listPath     = "/taxonomy/fhir/CodeSystem/known-7"
)

func newService(t testing.TB) *service {
	t.Helper()
	s := &service{documents: map[string][]byte{}, spoiled: map[string]http.HandlerFunc{}, keys: map[string]bool{}}
	resources, err := fhirform.Write(load(t, small))
	require.NoError(t, err)
	for _, r := range resources {
		s.documents["/taxonomy/fhir/"+r.Type+"/"+r.ID] = r.JSON
	}
	s.documents[metadataPath] = metadata(base + "StructureDefinition/event-7")
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.requests++ // one request at a time
		s.keys[r.Header.Get("Ocp-Apim-Subscription-Key")] = true
		if spoil := s.spoiled[r.URL.Path]; spoil != nil {
			spoil(w, r)
			return
		}
		if doc := s.documents[r.URL.Path]; doc != nil {
			w.Header().Set("Content-Type", "application/fhir+json")
			_, _ = w.Write(doc)
			return
		}
		http.NotFound(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

// metadata is a CapabilityStatement with an entry a profile.
func metadata(profiles ...any) []byte {
	var entries []any
	for _, p := range profiles {
		entries = append(entries, map[string]any{"type": "AdverseEvent", "profile": p})
	}
	text, err := json.Marshal(map[string]any{"resourceType": "CapabilityStatement", "rest": []any{map[string]any{"resource": entries}}})
	if err != nil {
		panic(err)
	}
	return text
}

// edit changes one document of the service.
func (s *service) edit(t testing.TB, path string, change func(map[string]any)) {
	t.Helper()
	var doc map[string]any
	require.NoError(t, json.Unmarshal(s.documents[path], &doc))
	change(doc)
	text, err := json.Marshal(doc)
	require.NoError(t, err)
	s.documents[path] = text
}

// local is the endpoint of a service on this computer.
func local(t testing.TB, host string, change ...func(*endpoint.Config)) *endpoint.Endpoint {
	t.Helper()
	cfg := endpoint.Config{Environment: endpoint.Sandbox, Host: host}
	for _, f := range change {
		f(&cfg)
	}
	ep, err := endpoint.New(cfg)
	require.NoError(t, err)
	return ep
}

// kept is a file that holds the embedded taxonomy of version 6, and its folder.
func kept(t testing.TB) (file, text string) {
	t.Helper()
	data, err := taxonomy.EmbeddedData("6")
	require.NoError(t, err)
	file = filepath.Join(t.TempDir(), "taxonomy.json")
	require.NoError(t, os.WriteFile(file, data, 0o600))
	return file, string(data)
}

func names(t testing.TB, folder string) []string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	require.NoError(t, err)
	var out []string
	for _, e := range entries {
		out = append(out, e.Name())
	}
	return out
}
