package sandbox_test

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/conformance/sandbox"
)

type stored struct {
	ResourceType string
	ID           string
	Meta         struct {
		VersionID   string `json:"versionId"`
		LastUpdated string `json:"lastUpdated"`
		Profile     []string
	}
	Extension []struct {
		URL       string
		Extension []struct{ URL, ValueString string }
	}
}

func readStored(t testing.TB, r io.Reader) stored {
	t.Helper()
	var s stored
	require.NoError(t, json.NewDecoder(r).Decode(&s))
	return s
}

// references lists every ReferenceNumber, in whatever group.
func (s stored) references() []string {
	var found []string
	for _, g := range s.Extension {
		for _, f := range g.Extension {
			if f.URL == "ReferenceNumber" && g.URL == definitions+"reference-metadata-9" {
				found = append(found, f.ValueString)
			}
		}
	}
	return found
}

func TestCreate(t *testing.T) {
	sb := newSandbox(t)
	w := post(t, sb, incident())
	require.Equal(t, http.StatusCreated, w.Code)
	assert.Equal(t, "http://example.com/adverse-event/fhir/AdverseEvent/sbx-000001/_history/1", w.Header().Get("Location"))
	assert.Equal(t, "application/fhir+json; charset=utf-8", w.Header().Get("Content-Type"))
	kept, ok := sb.Stored("sbx-000001")
	require.True(t, ok)
	assert.Equal(t, w.Body.String(), string(kept))
	assert.Contains(t, w.Body.String(), "Invented text <b>", "no HTML escapes")

	got := readStored(t, w.Body)
	assert.Equal(t, "sbx-000001", got.ID)
	assert.Equal(t, "1", got.Meta.VersionID)
	assert.Equal(t, "2026-03-04T05:06:07.000Z", got.Meta.LastUpdated)
	assert.Equal(t, []string{definitions + "patient-safety-adverse-event-9"}, got.Meta.Profile)
	assert.Equal(t, []string{"SANDBOX-2026-000001"}, got.references())
}

func TestCreateSetsIdentityItself(t *testing.T) {
	doc := incident()
	doc["id"] = "mine"
	set(doc, "meta.versionId", "77")
	add(doc, "extension", group("reference-metadata", field("DataSharingOptOut", "valueBoolean", true), str("ReferenceNumber", "mine")))
	got := readStored(t, post(t, newSandbox(t), doc).Body)
	assert.Equal(t, "sbx-000001", got.ID)
	assert.Equal(t, "1", got.Meta.VersionID)
	assert.Equal(t, []string{"SANDBOX-2026-000001"}, got.references())
	assert.Len(t, got.Extension, 3, "the group that was there is used")
	assert.Len(t, got.Extension[2].Extension, 2)
}

func TestUpdateAndDelete(t *testing.T) {
	sb := newSandbox(t)
	require.Equal(t, http.StatusCreated, post(t, sb, incident()).Code)
	put := func(id string, edit func(object)) (int, io.Reader) {
		doc := incident()
		edit(doc)
		w := do(sb, request(http.MethodPut, "/AdverseEvent/"+id, marshal(t, doc)))
		return w.Code, w.Body
	}

	status, body := put("sbx-000001", func(d object) { d["id"] = "sbx-000001" })
	require.Equal(t, http.StatusOK, status)
	got := readStored(t, body)
	assert.Equal(t, "2", got.Meta.VersionID)
	assert.Equal(t, []string{"SANDBOX-2026-000001"}, got.references(), "the reference stays")

	status, body = put("sbx-000001", func(object) {})
	require.Equal(t, http.StatusOK, status, "an id in the body is not needed")
	assert.Equal(t, "3", readStored(t, body).Meta.VersionID)

	for _, c := range []struct {
		name, id string
		edit     func(object)
		status   int
	}{
		{"other id in the body", "sbx-000001", func(d object) { d["id"] = "sbx-000002" }, http.StatusBadRequest},
		{"id in the body is no text", "sbx-000001", func(d object) { d["id"] = object{"x": "y"} }, http.StatusUnprocessableEntity},
		{"unknown id", "sbx-000009", func(object) {}, http.StatusNotFound},
		{"unknown id comes before content", "sbx-000009", func(d object) { del(d, "event") }, http.StatusNotFound},
		{"content", "sbx-000001", func(d object) { del(d, "event") }, http.StatusUnprocessableEntity},
	} {
		status, body := put(c.id, c.edit)
		assert.Equal(t, c.status, status, c.name)
		readOutcome(t, body)
	}

	remove := func(id string) int {
		return do(sb, request(http.MethodDelete, "/AdverseEvent/"+id, nil)).Code
	}
	assert.Equal(t, http.StatusNotFound, remove("sbx-000009"))
	assert.Equal(t, http.StatusOK, remove("sbx-000001"))
	assert.Equal(t, http.StatusGone, remove("sbx-000001"))
	status, _ = put("sbx-000001", func(object) {})
	assert.Equal(t, http.StatusGone, status)
	_, ok := sb.Stored("sbx-000001")
	assert.False(t, ok)
}

func TestRefusals(t *testing.T) {
	sb := newSandbox(t, sandbox.WithBodyLimit(10000))
	for _, c := range []struct {
		name, method, path string
		header, value      string
		body               string
		status             int
		allow              string
	}{
		{name: "read back", method: "GET", path: "/AdverseEvent/sbx-000001", status: 405, allow: "PUT, DELETE"},
		{name: "search", method: "GET", path: "/AdverseEvent", status: 405, allow: "POST"},
		{name: "head", method: "HEAD", path: "/AdverseEvent", status: 405, allow: "POST"},
		{name: "patch", method: "PATCH", path: "/AdverseEvent/sbx-000001", status: 405, allow: "PUT, DELETE"},
		{name: "unheard of", method: "STEAL", path: "/AdverseEvent", status: 405, allow: "POST"},
		{name: "write the capability statement", method: "POST", path: "/metadata", status: 405, allow: "GET"},
		{name: "path", method: "GET", path: "/Patient", status: 404},
		{name: "deeper path", method: "PUT", path: "/AdverseEvent/a/b", status: 404},
		{name: "no id", method: "PUT", path: "/AdverseEvent/", status: 404},
		{name: "id grammar", method: "PUT", path: "/AdverseEvent/a_b", status: 404},
		{name: "long id", method: "DELETE", path: "/AdverseEvent/" + strings.Repeat("a", 65), status: 404},
		{name: "no media type", method: "POST", path: "/AdverseEvent", header: "Content-Type", status: 415},
		{name: "xml", method: "POST", path: "/AdverseEvent", header: "Content-Type", value: "application/fhir+xml", status: 415},
		{name: "charset", method: "POST", path: "/AdverseEvent", header: "Content-Type", value: "application/json; charset=latin1", status: 415},
		{name: "compressed", method: "POST", path: "/AdverseEvent", header: "Content-Encoding", value: "gzip", status: 415},
		{name: "too large", method: "POST", path: "/AdverseEvent", body: strings.Repeat(" ", 10001), status: 413},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := request(c.method, c.path, []byte(c.body))
			if c.header != "" {
				r.Header.Set(c.header, c.value)
			}
			w := do(sb, r)
			assert.Equal(t, c.status, w.Code)
			assert.Equal(t, c.allow, w.Header().Get("Allow"))
			o := readOutcome(t, w.Body)
			assert.NotEmpty(t, o.Issue[0].Diagnostics)
			assert.Empty(t, o.Issue[0].Details.Coding)
		})
	}
}

func TestMediaTypes(t *testing.T) {
	sb := newSandbox(t)
	for _, accepted := range []string{"application/json", "application/fhir+json", "Application/FHIR+JSON; charset=UTF-8; fhirVersion=4.0"} {
		r := request(http.MethodPost, "/AdverseEvent", marshal(t, incident()))
		r.Header.Set("Content-Type", accepted)
		assert.Equal(t, http.StatusCreated, do(sb, r).Code, accepted)
	}
}

func TestGateway(t *testing.T) {
	sb := newSandbox(t, sandbox.WithKeys("one", "two"))
	for _, c := range []struct {
		key, path string
		status    int
	}{
		{"", sandbox.BasePath + "/metadata", 401},
		{"sandbox", sandbox.BasePath + "/metadata", 401},
		{"two", sandbox.BasePath + "/metadata", 200},
		{"one", "/elsewhere/fhir/CodeSystem/x", 404},
	} {
		r := request(http.MethodGet, "/metadata", nil)
		r.URL.Path = c.path
		r.Header.Set(sandbox.KeyHeader, c.key)
		w := do(sb, r)
		require.Equal(t, c.status, w.Code)
		if c.status == 200 {
			continue
		}
		var body struct {
			StatusCode int    `json:"statusCode"`
			Message    string `json:"message"`
		}
		require.NoError(t, json.NewDecoder(w.Body).Decode(&body))
		assert.Equal(t, c.status, body.StatusCode)
		assert.NotEmpty(t, body.Message)
		assert.Equal(t, "application/json", w.Header().Get("Content-Type"))
	}
}

func TestJSONIsReadStrictly(t *testing.T) {
	for _, c := range []struct{ name, body, issue string }{
		{"empty", "", "SBX-JSON-SYNTAX"},
		{"cut off", `{"resourceType":`, "SBX-JSON-SYNTAX"},
		{"trailing data", `{} {}`, "SBX-JSON-SYNTAX"},
		{"byte order mark", "\ufeff{}", "SBX-JSON-SYNTAX"},
		{"array", `[]`, "SBX-JSON-OBJECT"},
		{"null", `null`, "SBX-JSON-OBJECT"},
		{"not UTF-8", "{\"a\":\"\xff\"}", "SBX-JSON-UTF8"},
		{"lone surrogate", `{"a":"\ud800x"}`, "SBX-JSON-UTF8"},
		{"surrogates in the wrong order", `{"a":"\udc00\ud800"}`, "SBX-JSON-UTF8"},
		{"same member twice", `{"a":1,"b":{"c":1,"c":2},"a":2}`, "SBX-JSON-DUPLICATE"},
		{"same member twice, escaped", `{"a":1,"\u0061":2}`, "SBX-JSON-DUPLICATE"},
		{"too deep", strings.Repeat(`{"a":[`, 40) + strings.Repeat("]}", 40), "SBX-JSON-DEPTH"},
	} {
		t.Run(c.name, func(t *testing.T) {
			sb := newSandbox(t)
			w := do(sb, request(http.MethodPost, "/AdverseEvent", []byte(c.body)))
			assert.Equal(t, http.StatusBadRequest, w.Code)
			o := readOutcome(t, w.Body)
			assert.NotEmpty(t, o.Issue[0].Diagnostics)
			assert.Contains(t, sb.Entries()[0].Issues, c.issue)
		})
	}
	sb := newSandbox(t)
	twice := do(sb, request(http.MethodPost, "/AdverseEvent", []byte(`{"a":1,"b":{"c":1,"c":2},"a":2}`)))
	assert.Len(t, readOutcome(t, twice.Body).Issue, 2, "every duplicate is reported")
	pair := do(sb, request(http.MethodPost, "/AdverseEvent", []byte(`{"a":"\\ud800 \ud83d\ude00"}`)))
	assert.Equal(t, http.StatusUnprocessableEntity, pair.Code, "a whole pair and an escaped backslash are fine")
}

func TestCapabilityStatement(t *testing.T) {
	six := strings.NewReplacer(`-9"`, `-6"`, `"9"`, `"6"`).Replace(string(taxonomyData(t)))
	sb := newSandbox(t, sandbox.WithTaxonomy([]byte(six)))
	w := do(sb, request(http.MethodGet, "/metadata", nil))
	require.Equal(t, http.StatusOK, w.Code)
	var got struct {
		ResourceType, FHIRVersion, Date string
		Rest                            []struct {
			Resource []struct {
				Type, Profile     string
				Interaction       []struct{ Code string }
				ConditionalCreate bool
			}
		}
	}
	require.NoError(t, json.NewDecoder(w.Body).Decode(&got))
	assert.Equal(t, "CapabilityStatement", got.ResourceType)
	assert.Equal(t, "4.0.1", got.FHIRVersion)
	assert.Equal(t, "2026-03-04T05:06:07Z", got.Date)
	require.Len(t, got.Rest, 1)
	require.Len(t, got.Rest[0].Resource, 2)
	for i, version := range []string{"9", "6"} {
		r := got.Rest[0].Resource[i]
		assert.Equal(t, "AdverseEvent", r.Type)
		assert.Equal(t, definitions+"patient-safety-adverse-event-"+version, r.Profile)
		assert.Len(t, r.Interaction, 3)
	}

	old := []byte(strings.ReplaceAll(string(marshal(t, incident())), `-9"`, `-6"`))
	assert.Equal(t, http.StatusCreated, do(sb, request(http.MethodPost, "/AdverseEvent", old)).Code, "the profile picks the version")
	assert.Equal(t, http.StatusCreated, post(t, sb, incident()).Code)
}

func TestOptionsAreChecked(t *testing.T) {
	data := string(taxonomyData(t))
	for name, opts := range map[string][]sandbox.Option{
		"key":           {sandbox.WithKeys("")},
		"check":         {sandbox.WithoutChecks("SBX-NOTHING")},
		"needed check":  {sandbox.WithoutChecks("SBX-RESOURCE-TYPE")},
		"path":          {sandbox.WithLedgerFile("")},
		"no directory":  {sandbox.WithLedgerFile(t.TempDir() + "/none/ledger")},
		"no file":       {sandbox.WithLedgerFile(os.DevNull)},
		"writer":        {sandbox.WithLedgerWriter(nil)},
		"both":          {sandbox.WithLedgerWriter(io.Discard), sandbox.WithLedgerFile(t.TempDir() + "/x")},
		"clock":         {sandbox.WithClock(nil)},
		"log":           {sandbox.WithLogger(nil)},
		"limit":         {sandbox.WithBodyLimit(0)},
		"bodies":        {sandbox.WithKeptBodies(-1)},
		"same taxonomy": {sandbox.WithTaxonomy([]byte(data))},
		"not JSON":      {sandbox.WithTaxonomy([]byte("{"))},
		"format":        {sandbox.WithTaxonomy([]byte(`{"format":2}`))},
		"STU3":          {sandbox.WithTaxonomy([]byte(strings.Replace(data, "4.0.1", "3.0.1", 1)))},
		"no names":      {sandbox.WithTaxonomy([]byte(strings.Replace(data, `"incident"`, `"x"`, 1)))},
		"no harm names": {sandbox.WithTaxonomy([]byte(strings.Replace(data, `"fatal"`, `"x"`, 1)))},
		"field type":    {sandbox.WithTaxonomy([]byte(strings.Replace(data, `"boolean"`, `"decimal"`, 1)))},
		"list":          {sandbox.WithTaxonomy([]byte(strings.Replace(data, `"id": "open-9"`, `"id": "x"`, 1)))},
		"no profile":    {sandbox.WithTaxonomy([]byte(strings.Replace(data, `"resource": "AdverseEvent"`, `"resource": "X"`, 1)))},
		"no reference":  {sandbox.WithTaxonomy([]byte(strings.Replace(data, `"ReferenceNumber"`, `"X"`, 1)))},
		"same group":    {sandbox.WithTaxonomy([]byte(strings.Replace(data, `"id": "core-9"`, `"id": "agent-9"`, 1)))},
	} {
		_, err := sandbox.New(append([]sandbox.Option{sandbox.WithTaxonomy([]byte(data))}, opts...)...)
		assert.Error(t, err, name)
	}
}

func BenchmarkPost(b *testing.B) {
	sb := newSandbox(b)
	body := marshal(b, incident())
	b.ReportAllocs()
	for b.Loop() {
		if w := do(sb, request(http.MethodPost, "/AdverseEvent", body)); w.Code != http.StatusCreated {
			b.Fatal(w.Code)
		}
	}
}
