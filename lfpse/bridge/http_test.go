package bridge_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/bridge"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

// described is the description that the bridge itself serves.
type described struct {
	t      *testing.T
	doc    *openapi3.T
	router routers.Router
}

func newDescribed(t *testing.T, b *running) *described {
	t.Helper()
	loader := openapi3.NewLoader()
	doc, err := loader.LoadFromData([]byte(b.call("GET", "/openapi.json", "").text))
	require.NoError(t, err)
	require.NoError(t, doc.Validate(context.Background()))
	doc.Servers = openapi3.Servers{{URL: "http://" + b.Addresses()[0]}}
	router, err := gorillamux.NewRouter(doc)
	require.NoError(t, err)
	return &described{t, doc, router}
}

// check compares a call and its answer with the description.
func (d *described) check(req *http.Request, body string, a answer) {
	d.t.Helper()
	req.Body = io.NopCloser(strings.NewReader(body))
	route, params, err := d.router.FindRoute(req)
	require.NoError(d.t, err, req.URL.Path)
	in := &openapi3filter.RequestValidationInput{Request: req, PathParams: params, Route: route, Options: &openapi3filter.Options{
		AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, IncludeResponseStatus: true,
	}}
	if a.status < 300 {
		require.NoError(d.t, openapi3filter.ValidateRequest(context.Background(), in))
	}
	out := &openapi3filter.ResponseValidationInput{RequestValidationInput: in, Status: a.status, Header: a.header, Body: io.NopCloser(bytes.NewReader([]byte(a.text))), Options: in.Options}
	if kind := a.header.Get("Content-Type"); !strings.Contains(kind, "json") || strings.Contains(kind, "ndjson") {
		out.Options.ExcludeResponseBody = true
		require.Contains(d.t, route.Operation.Responses.Value(fmt.Sprint(a.status)).Value.Content, strings.Split(kind, ";")[0])
	}
	require.NoError(d.t, openapi3filter.ValidateResponse(context.Background(), out), a.text)
}

// record is the event as an AdverseEvent.
func record(t *testing.T) string {
	t.Helper()
	tax, err := taxonomy.Embedded("6")
	require.NoError(t, err)
	codec, err := lfpse.NewCodec(tax)
	require.NoError(t, err)
	e, err := lfpse.ParseEvent([]byte(event))
	require.NoError(t, err)
	e.EstimatedDate.IncidentOccurredToday = "n"
	a, issues := codec.Encode(&e)
	require.False(t, issues.HasErrors(), issues)
	text, err := codec.Append(nil, a)
	require.NoError(t, err)
	return string(text)
}

func bundle(entries ...string) string {
	for i := range entries {
		entries[i] = `{"resource":` + entries[i] + `}`
	}
	return `{"resourceType":"Bundle","type":"collection","entry":[` + strings.Join(entries, ",") + `]}`
}

func cloud(id, data string) string {
	return `{"specversion":"1.0","id":"` + id + `","source":"https://supplier.example/emis","type":"example.incident","datacontenttype":"application/json","data":` + data + `}`
}

const problemType = "application/problem+json"

// Every call is answered as the description says, whatever is wrong with it.
func TestTheInterfaceIsAsDescribed(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.configure("") // the limit of a body stays at its default
	b := p.start()
	d := newDescribed(t, b)
	withOdd := strings.Replace(record(t), `"resourceType":"AdverseEvent",`, `"resourceType":"AdverseEvent","recordedDate":"2026-03-06",`, 1)
	cases := []struct {
		name, method, path, body string
		headers                  []string
		status                   int
		holds                    string
	}{
		{"an event", "POST", "/v1/reports", event, []string{"Idempotency-Key", "k1"}, 202, `"change":"added"`},
		{"the same again", "POST", "/v1/reports", event, []string{"Idempotency-Key", `"k1"`}, 202, `"change":"same"`},
		{"changed", "POST", "/v1/reports", strings.Replace(event, "over night", "all night", 1), []string{"Idempotency-Key", "k1"}, 202, `"reference":"k1"`},
		{"another day", "POST", "/v1/reports", strings.Replace(event, "2026-03-05", "2026-03-04", 1), []string{"Idempotency-Key", "k1"}, 202, `"about":"reused-reference"`},
		{"a record", "POST", "/v1/reports", strings.Replace(record(t), "vaccine", "insulin", 1), []string{"Idempotency-Key", "k2", "Content-Type", "application/fhir+json"}, 202, `"reference":"k2"`},
		{"a Bundle", "POST", "/v1/reports", bundle(strings.Replace(record(t), "vaccine", "milk", 1), strings.Replace(record(t), "vaccine", "blood", 1)), []string{"Idempotency-Key", "k3"}, 202, `"reference":"k3/2"`},
		{"a CloudEvent", "POST", "/v1/reports", cloud("c1", strings.Replace(event, "vaccine", "staff", 1)), []string{"Content-Type", "application/cloudevents+json"}, 202, `"reference":"https://supplier.example/emis c1"`},
		{"its binary form", "POST", "/v1/reports", strings.Replace(event, "vaccine", "staff", 1), []string{"ce-specversion", "1.0", "ce-id", "c1", "ce-source", "https://supplier.example/emis"}, 202, `"change":"same"`},
		{"a place for nothing", "POST", "/v1/reports", withOdd, []string{"Idempotency-Key", "k4"}, 422, `AdverseEvent.recordedDate`},
		{"another resource", "POST", "/v1/reports", bundle(record(t), `{"resourceType":"Patient"}`), []string{"Idempotency-Key", "k4"}, 422, `INTAKE-ENTRY`},
		{"a question", "POST", "/v1/reports", strings.Replace(event, `"date":"2026-03-05",`, "", 1), []string{"Idempotency-Key", "k7"}, 202, `"kept":true`},
		{"an id", "POST", "/v1/reports", strings.Replace(event, `{"type"`, `{"id":"x1","type"`, 1), []string{"Idempotency-Key", "k4"}, 422, `INTAKE-RECORD-ID`},
		{"no JSON", "POST", "/v1/reports", "Quillfeather", []string{"Idempotency-Key", "k4"}, 422, `"errors"`},
		{"no name", "POST", "/v1/reports", event, nil, 400, problemType},
		{"a name that identifies", "POST", "/v1/reports", event, []string{"Idempotency-Key", "999-000-0018"}, 400, "personal data"},
		{"half a CloudEvent", "POST", "/v1/reports", event, []string{"ce-id", "c1"}, 400, problemType},
		{"another practice", "POST", "/v1/reports?practice=A99998", event, []string{"Idempotency-Key", "k5"}, 403, problemType},
		{"no token", "POST", "/v1/reports", event, []string{"Authorization", "Bearer wrong"}, 401, problemType},
		{"text", "POST", "/v1/reports", event, []string{"Content-Type", "text/plain"}, 415, problemType},
		{"too much", "POST", "/v1/reports", `{"x":"` + strings.Repeat("x", 5<<20) + `"}`, []string{"Idempotency-Key", "k6"}, 413, problemType},
		{"status", "GET", "/v1/reports/k1", "", nil, 200, `"practice":"A99999"`},
		{"status of a Bundle", "GET", "/v1/reports/k3", "", nil, 200, `"reference":"k3/2"`},
		{"status of a CloudEvent", "GET", "/v1/reports/" + url.PathEscape("https://supplier.example/emis c1"), "", nil, 200, `"source":"supplier"`},
		{"no such report", "GET", "/v1/reports/k9", "", nil, 404, problemType},
		{"receipts", "GET", "/v1/receipts", "", nil, 200, `"reference":"k2"`},
		{"receipts as CSV", "GET", "/v1/receipts?practice=A99999&after=1&format=csv", "", nil, 200, "id,practice,source,reference"},
		{"receipts in between", "GET", "/v1/receipts?after=x", "", nil, 400, problemType},
		{"receipts of others", "GET", "/v1/receipts?practice=A99998", "", nil, 403, problemType},
		{"health", "GET", "/healthz", "", nil, 200, "ok"},
		{"readiness", "GET", "/readyz", "", nil, 200, "open"},
		{"metrics", "GET", "/metrics", "", nil, 200, `lfpse_intake_total{practice="A99999"`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			d := &described{t, d.doc, d.router}
			a := b.call(c.method, c.path, c.body, c.headers...)
			require.Equal(t, c.status, a.status, a.text)
			if c.holds == problemType {
				assert.Equal(t, problemType, a.header.Get("Content-Type"))
			} else {
				assert.Contains(t, a.text, c.holds)
			}
			assert.NotContains(t, a.text, "fridge", "no text of a report")
			assert.NotContains(t, a.text, "Quillfeather")
			if strings.Contains(c.path, "%2F") {
				return // the description's router takes a path apart at each slash
			}
			req, err := http.NewRequest(c.method, "http://"+b.Addresses()[0]+c.path, nil)
			require.NoError(t, err)
			if c.body != "" {
				req.Header.Set("Content-Type", "application/json")
			}
			for i := 0; i+1 < len(c.headers); i += 2 {
				req.Header.Set(c.headers[i], c.headers[i+1])
			}
			d.check(req, c.body, a)
		})
	}
	require.NoError(t, b.stop())
	for _, secret := range []string{"Quillfeather", "k1", "c1", token, "fridge", "999-000"} {
		assert.NotContains(t, strings.ReplaceAll(p.log.String(), "took", ""), `"`+secret, "in the log")
	}
}

// What was accepted is at the Location, with its national reference once it is sent.
func TestLocation(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	b := p.start()
	for _, key := range []string{"a/b c?d", "plain"} {
		key = strings.ReplaceAll(key, " ", "")
		a := b.call("POST", "/v1/reports", strings.Replace(event, "vaccine", key, 1), "Idempotency-Key", key)
		require.Equal(t, 202, a.status, a.text)
		var status struct{ Reports []bridge.Status }
		soon(t, "it is accepted", func() bool {
			b.call("GET", a.header.Get("Location"), "").read(t, &status)
			return len(status.Reports) == 1 && status.Reports[0].State == "accepted"
		})
		assert.Equal(t, key, status.Reports[0].Reference)
		assert.NotEmpty(t, status.Reports[0].National)
	}
	lines, err := csv.NewReader(strings.NewReader(b.call("GET", "/v1/receipts", "", "Accept", "text/csv").text)).ReadAll()
	require.NoError(t, err)
	assert.Len(t, lines, 3)
	dec := json.NewDecoder(strings.NewReader(b.call("GET", "/v1/receipts", "").text))
	for range 2 {
		var s bridge.Status
		require.NoError(t, dec.Decode(&s))
		assert.Equal(t, "A99999", s.Practice)
	}
}

// Over the mark nothing is taken in, and the answer says when to come again.
func TestPressure(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.configure("")
	p.write("bridge.yaml", strings.Replace(strings.Replace(readFile(t, p.dir+"/bridge.yaml"), "limits: {", "limits: {backlog: 1, ", 1), "- ods: A99999", "- ods: A99999\n    paused: true", 1))
	b := p.start()
	require.Equal(t, 202, b.call("POST", "/v1/reports", event, "Idempotency-Key", "k1").status)
	var a answer
	soon(t, "the bridge is full", func() bool {
		a = b.call("POST", "/v1/reports", event, "Idempotency-Key", "k2")
		return a.status == http.StatusServiceUnavailable
	})
	assert.Equal(t, "30", a.header.Get("Retry-After"))
	assert.Equal(t, http.StatusServiceUnavailable, b.call("GET", "/readyz", "").status)
	assert.Equal(t, 200, b.call("GET", "/healthz", "").status)
	assert.Zero(t, p.recorded(), "the practice is paused")

	p.write("bridge.yaml", strings.Replace(readFile(t, p.dir+"/bridge.yaml"), "paused: true", "paused: false", 1))
	require.NoError(t, b.Reload(context.Background()))
	soon(t, "it is sent after all", func() bool { return p.recorded() == 1 })
	soon(t, "the bridge takes in again", func() bool { return b.call("GET", "/readyz", "").status == 200 })
}

// What could be taken in two ways is refused, and what no person calls is answered for programs.
func TestCallsThatSayTooMuchOrTooLittle(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.configure("") // the limit of a body stays at its default
	p.opts = []bridge.Option{bridge.WithPage()}
	b := p.start()
	key := []string{"Idempotency-Key", "k1"}
	entry := func(more string) string {
		return `{"resourceType":"Bundle","type":"transaction","entry":[{"resource":` + record(t) + more + `}]}`
	}
	for _, c := range []struct {
		name, method, path, body string
		headers                  []string
		status                   int
		holds                    string
	}{
		{"a misspelt parameter", "POST", "/v1/reports?practise=A99998", event, key, 400, "Its parameters are practice."},
		{"two practices", "POST", "/v1/reports?practice=A99999&practice=A99998", event, key, 400, "problem:parameter"},
		{"a parameter of receipts", "GET", "/v1/receipts?since=5", "", nil, 400, "practice, after, format"},
		{"a slash too many", "POST", "/v1/reports/", event, key, 404, "/openapi.json"},
		{"another method", "PUT", "/v1/reports", event, key, 404, "/openapi.json"},
		{"another call", "GET", "/v1/report", "", nil, 404, "/openapi.json"},
		{"a compressed body", "POST", "/v1/reports", "\x1f\x8b\x08", append([]string{"Content-Encoding", "gzip"}, key...), 415, "without Content-Encoding"},
		{"a name that is no text", "POST", "/v1/reports", event, []string{"Idempotency-Key", "k\xfc"}, 400, "cannot be printed"},
		{"a deleted record", "POST", "/v1/reports", entry(`,"request":{"method":"DELETE","url":"AdverseEvent/1"}`), key, 422, "changed or deleted"},
		{"a changed record", "POST", "/v1/reports", entry(`,"request":{"method":"PUT","url":"AdverseEvent/1"}`), key, 422, "INTAKE-ENTRY"},
		{"an id that is a number", "POST", "/v1/reports", strings.Replace(record(t), `"AdverseEvent",`, `"AdverseEvent","id":5,`, 1), key, 422, "must be a string, not a number"},
		{"a CloudEvent with a number", "POST", "/v1/reports", strings.Replace(cloud("c1", event), `"c1"`, "1", 1), nil, 422, "INTAKE-CLOUDEVENT"},
		{"a source with a blank", "POST", "/v1/reports", strings.Replace(cloud("c1", event), "supplier", "the supplier", 1), nil, 422, "INTAKE-CLOUDEVENT"},
		{"a CloudEvent in another", "POST", "/v1/reports", cloud("c1", event), []string{"ce-specversion", "1.0", "ce-id", "c2", "ce-source", "https://supplier.example/emis"}, 400, "two names"},
		{"a CloudEvent from elsewhere", "POST", "/v1/reports", cloud("c1", event), []string{"ce-specversion", "1.0", "ce-id", "c1", "ce-source", "/vision"}, 400, "two names"},
		{"a CloudEvent below another", "POST", "/v1/reports", cloud("c1/1", event), []string{"ce-specversion", "1.0", "ce-id", "c1", "ce-source", "https://supplier.example/emis"}, 400, "two names"},
		{"a Bundle in a CloudEvent in another", "POST", "/v1/reports", cloud("c1", bundle(record(t))), []string{"ce-specversion", "1.0", "ce-id", "c2", "ce-source", "/vision"}, 400, "two names"},
		{"too many reports", "POST", "/v1/reports", bundle(slices.Repeat([]string{`{"resourceType":"Patient"}`}, 501)...), key, 413, "It may have 500"},

		{"a CloudEvent said twice", "POST", "/v1/reports", cloud("c1", strings.Replace(event, "vaccine", "staff", 1)), []string{"ce-specversion", "1.0", "ce-id", "c1", "ce-source", "https://supplier.example/emis"}, 202, `emis c1"`},
		{"a Bundle with headers", "POST", "/v1/reports", bundle(strings.Replace(record(t), "vaccine", "milk", 1)), []string{"ce-specversion", "1.0", "ce-id", "c3", "ce-source", "/vision"}, 202, `/vision c3/1"`},
		{"a new record", "POST", "/v1/reports", entry(`,"request":{"method":"POST","url":"AdverseEvent"}`), key, 202, `"k1/1"`},
		{"a byte order mark", "POST", "/v1/reports", "\ufeff" + event, []string{"Idempotency-Key", "k2"}, 202, `"k2"`},
		{"a scheme in small letters", "GET", "/v1/reports/k2", "", []string{"Authorization", "bearer " + token}, 200, `"k2"`},
	} {
		a := b.call(c.method, c.path, c.body, c.headers...)
		assert.Equal(t, c.status, a.status, "%s: %s", c.name, a.text)
		assert.Contains(t, a.text, c.holds, c.name)
	}

	req, err := http.NewRequest("POST", "http://"+b.Addresses()[0]+"/v1/reports", strings.NewReader(event))
	require.NoError(t, err)
	req.Header = http.Header{"Authorization": {"Bearer " + token}, "Content-Type": {"application/json"}, "Idempotency-Key": {"k3", "k4"}}
	a := do(t, req)
	assert.Equal(t, 400, a.status)
	assert.Contains(t, a.text, "stands there twice")
}
