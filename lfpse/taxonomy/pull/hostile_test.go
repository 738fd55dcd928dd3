package pull_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/endpoint"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy/pull"
)

// secret is what a hostile service says; it must not come out in an error.
const secret = "CANARY"

func say(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}
}

// padded is JSON that is large for no reason.
func padded(n int) string { return `{"x":"` + strings.Repeat("x", n) + `"}` }

func zipped(text string) http.HandlerFunc {
	var buf bytes.Buffer
	zip := gzip.NewWriter(&buf)
	_, _ = zip.Write([]byte(text))
	_ = zip.Close()
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(buf.Bytes())
	}
}

var hostile = []struct {
	name  string
	spoil func(testing.TB, *service)
	want  string
}{
	{"metadata: redirect", at(metadataPath, redirect), "metadata: the service redirects (status 307)"},
	{"metadata: HTML", at(metadataPath, say(200, "<html>"+secret)), "not strict JSON"},
	{"metadata: something else", at(metadataPath, say(200, `{"resourceType":"Patient","id":"`+secret+`"}`)), "not a CapabilityStatement"},
	{"metadata: of another shape", at(metadataPath, say(200, `{"resourceType":"CapabilityStatement","rest":"`+secret+`"}`)), "not a CapabilityStatement"},
	{"metadata: no profile", at(metadataPath, say(200, string(metadata("http://hl7.org/fhir/StructureDefinition/AdverseEvent")))), "names no profile"},
	{"metadata: a path for an id", at(metadataPath, say(200, string(metadata(base+"StructureDefinition/../../secret-7%2f")))), "names no profile"},
	{"key refused", at(metadataPath, say(401, secret)), "refuses the key or access token (status 401)"},
	{"redirect", at(groupPath, redirect), "StructureDefinition/details-7: the service redirects"},
	{"not there", at(listPath, say(404, secret)), "CodeSystem/known-7: the service does not have it"},
	{"broken", at(groupPath, say(503, secret)), "answers with status 503"},
	{"too many requests", at(groupPath, say(429, secret)), "answers with status 429"},
	{"another success", at(groupPath, say(206, "{}")), "answers with status 206"},
	{"cut off", at(groupPath, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }), "cannot be reached, or broke off"},
	{"not HTTP", at(groupPath, func(w http.ResponseWriter, _ *http.Request) {
		if c, _, err := http.NewResponseController(w).Hijack(); err == nil {
			_, _ = c.Write([]byte(secret + "\r\n\r\n"))
			_ = c.Close()
		}
	}), "cannot be reached, or broke off"},
	{"too large", at(groupPath, say(200, padded(6<<20))), "more than 5 MiB"},
	{"too large inflated", at(groupPath, zipped(padded(100<<20))), "more than 5 MiB"},
	{"too much in all", tooMuch, "more than 16 MiB in all"},
	{"slow", at(groupPath, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }), "no whole answer in time"},
	{"dripping", at(groupPath, drip), "no whole answer in time"},
	{"not JSON", at(groupPath, say(200, secret)), "StructureDefinition/details-7: the answer is not the resource"},
	{"half of it", at(groupPath, say(200, `{"resourceType":"StructureDefinition","id":`)), "is not the resource"},
	{"a name twice", at(groupPath, say(200, `{"resourceType":"Patient","resourceType":"StructureDefinition"}`)), "JSON-DUPLICATE-KEY"},
	{"deep", at(groupPath, say(200, strings.Repeat(`{"a":`, 10000)+"1"+strings.Repeat("}", 10000))), "is not the resource"},
	{"a list", at(groupPath, say(200, "[]")), "is not the resource"},
	{"not FHIR", at(groupPath, say(200, `{"secret":"`+secret+`"}`)), "is not the resource"},
	{"another type", at(groupPath, say(200, `{"resourceType":"OperationOutcome","id":"`+secret+`"}`)), "must be a StructureDefinition"},
	{"another id", edit(groupPath, func(d object) { d["id"], d["url"] = "other-7", base+"StructureDefinition/other-7" }), "is another resource"},
	{"another base", edit(groupPath, func(d object) { d["url"] = "https://elsewhere.example/StructureDefinition/details-7" }), "is another resource"},
	{"id that is a path", edit(groupPath, func(d object) { d["id"] = "../" + secret }), "not a FHIR id"},
	{"url of something else", edit(groupPath, func(d object) { d["url"] = base + "ValueSet/details-7" }), "canonical url is missing, or does not end"},
	{"endless", endless, "refers to more than 2000 resources"},
	{"no fields", edit(groupPath, func(d object) { delete(d, "snapshot"); delete(d, "differential") }), "TAX-REQUIRED"},
	{"codes twice", edit(listPath, func(d object) {
		d["concept"] = []any{object{"code": "1"}, object{"code": "1"}}
	}), "TAX-DUPLICATE"},
	{"another version inside", edit(rootPath, func(d object) {
		d["extension"].([]any)[2] = object{"url": "https://github.com/gpsafety/lfpse-go/fhir/StructureDefinition/taxonomy-version", "valueString": "6"}
	}), "another version than its profile"},
	{"a filter", edit("/taxonomy/fhir/ValueSet/known-7", func(d object) {
		d["compose"].(object)["include"].([]any)[0].(object)["filter"] = []any{object{"property": secret}}
	}), "TAXFHIR-LIST"},
}

type object = map[string]any

func at(path string, h http.HandlerFunc) func(testing.TB, *service) {
	return func(_ testing.TB, s *service) { s.spoiled[path] = h }
}

func edit(path string, change func(object)) func(testing.TB, *service) {
	return func(t testing.TB, s *service) { s.edit(t, path, change) }
}

func redirect(w http.ResponseWriter, r *http.Request) {
	http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
}

func drip(w http.ResponseWriter, r *http.Request) {
	for r.Context().Err() == nil {
		_, _ = w.Write([]byte(" "))
		_ = http.NewResponseController(w).Flush()
		time.Sleep(5 * time.Millisecond)
	}
}

// tooMuch makes every resource as large as one may be.
func tooMuch(_ testing.TB, s *service) {
	for path, doc := range s.documents {
		if path != metadataPath {
			s.spoiled[path] = say(200, strings.Repeat(" ", 4<<20)+string(doc))
		}
	}
}

// endless answers every question with two new ones.
func endless(_ testing.TB, s *service) {
	n := 0
	s.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == metadataPath {
			_, _ = w.Write(s.documents[metadataPath])
			return
		}
		id := r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]
		var types []any
		for range 2 {
			n++
			types = append(types, object{"code": "Extension", "profile": []any{fmt.Sprintf("%sStructureDefinition/more%d-7", base, n)}})
		}
		_ = json.NewEncoder(w).Encode(object{"resourceType": "StructureDefinition", "id": id, "url": base + "StructureDefinition/" + id,
			"snapshot": object{"element": []any{object{"path": "Extension", "type": types}}}})
	})
}

func TestHostileServicesChangeNothing(t *testing.T) {
	for _, h := range hostile {
		t.Run(h.name, func(t *testing.T) {
			t.Parallel()
			s := newService(t)
			h.spoil(t, s)
			file, before := kept(t)
			tax, err := pull.Fetch(context.Background(), local(t, s.URL, func(c *endpoint.Config) {
				if strings.Contains(h.want, "in time") {
					c.Timeout = 100 * time.Millisecond
				}
			}))
			if err == nil {
				_, err = pull.Save(file, tax)
			}
			require.ErrorContains(t, err, h.want)
			assert.NotContains(t, err.Error(), secret)
			assert.NotContains(t, err.Error(), "/elsewhere")
			after, err := os.ReadFile(file)
			require.NoError(t, err)
			assert.Equal(t, before, string(after))
			assert.Equal(t, []string{"taxonomy.json"}, names(t, filepath.Dir(file)))
		})
	}
}

func TestRedirectDoesNotTakeTheKeyAlong(t *testing.T) {
	followed := false
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { followed = true }))
	defer elsewhere.Close()
	s := newService(t)
	s.spoiled[groupPath] = func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, elsewhere.URL, http.StatusFound)
	}
	_, err := pull.Fetch(context.Background(), local(t, s.URL))
	assert.ErrorContains(t, err, "redirects")
	assert.False(t, followed)
}

// References in a circle come to an end.
func TestCircularReferences(t *testing.T) {
	s := newService(t)
	s.edit(t, groupPath, func(d object) {
		e := d["snapshot"].(object)["element"].([]any)
		e[0].(object)["type"] = []any{object{"code": "Extension", "profile": []any{base + "StructureDefinition/details-7", base + "StructureDefinition/event-7"}}}
	})
	s.edit(t, "/taxonomy/fhir/StructureDefinition/location-7", func(d object) {
		e := d["snapshot"].(object)["element"].([]any)
		e[0].(object)["type"] = []any{object{"code": "Reference", "targetProfile": []any{base + "StructureDefinition/location-7", base + "StructureDefinition/event-7"}}}
	})
	_, err := pull.Fetch(context.Background(), local(t, s.URL), pull.WithTotalTimeout(10*time.Second))
	assert.NoError(t, err)
}

func TestTotalTimeout(t *testing.T) {
	s := newService(t)
	s.spoiled[groupPath] = func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	_, err := pull.Fetch(context.Background(), local(t, s.URL), pull.WithTotalTimeout(100*time.Millisecond))
	assert.ErrorContains(t, err, "no whole answer in time")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err = pull.Fetch(ctx, local(t, s.URL))
	assert.ErrorIs(t, err, context.Canceled)
}
