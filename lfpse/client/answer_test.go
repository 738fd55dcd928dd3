package client

import (
	"encoding/json"
	"github.com/gpsafety/lfpse-go/fhir"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	recordBody  = `{"resourceType":"AdverseEvent","id":"a1","meta":{"versionId":"1"}}`
	refusalBody = `{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"invalid"}]}`
	gatewayBody = `{"statusCode":404,"message":"Resource not found"}`
	pageBody    = `<html><body>Sign in</body></html>`
)

func TestReadAnswer(t *testing.T) {
	const ext = `{"url":"https://x.example/StructureDefinition/any-6","extension":[{"url":"ReferenceNumber","valueString":"REF-1"}]}`
	tests := []struct {
		name, location, body string
		id, version, ref     string
		remarks              int
		form                 form
		header               http.Header
	}{
		{name: "whole", body: `{"resourceType":"AdverseEvent","id":"a1","meta":{"versionId":"3"},"extension":[` + ext + `]}`, id: "a1", version: "3", ref: "REF-1", form: record},
		{name: "reference before other groups", body: `{"id":"a1","extension":[` + ext + `,{"url":"other","extension":[{"url":"X","valueString":"y"}]}]}`, id: "a1", ref: "REF-1", form: record},
		{name: "reference in a contained resource", body: `{"id":"a1","contained":[{"resourceType":"Patient","id":"p","extension":[{"url":"g","extension":[{"url":"deeper","extension":[` + ext + `]}]}]}]}`, id: "a1", ref: "REF-1", form: record},
		{name: "reference with a full url", body: `{"id":"a1","extension":[{"url":"https://x.example/ReferenceNumber","valueCode":"R"}]}`, id: "a1", ref: "R", form: record},
		{name: "another reference number", body: `{"id":"a1","extension":[{"url":"MarvinReferenceNumber","valueString":"M"}]}`, id: "a1", form: record},
		{name: "references that differ", body: `{"id":"a1","extension":[` + ext + `,{"url":"ReferenceNumber","valueString":"REF-2"},{"url":"ReferenceNumber","valueString":"REF-3"}]}`, id: "a1", ref: "REF-1", remarks: 1, form: record},
		{name: "reference twice", body: `{"id":"a1","extension":[` + ext + `,` + ext + `]}`, id: "a1", ref: "REF-1", form: record},
		{name: "reference that is no text", body: `{"id":"a1","extension":[{"url":"ReferenceNumber","valueInteger":7}]}`, id: "a1", form: record},
		{name: "reference with control characters", body: `{"id":"a1","extension":[{"url":"ReferenceNumber","valueString":"a\u001b[31m"}]}`, id: "a1", remarks: 1, form: record},
		{name: "reference too long", body: `{"id":"a1","extension":[{"url":"ReferenceNumber","valueString":"` + strings.Repeat("9", 129) + `"}]}`, id: "a1", remarks: 1, form: record},
		{name: "id as number", body: `{"id":12345678901234567890,"meta":{"versionId":2}}`, id: "12345678901234567890", version: "2", form: record},
		{name: "id of another form", body: `{"id":"../a1"}`, form: record},
		{name: "id that climbs", body: `{"id":".."}`, form: record},
		{name: "id of wrong type", body: `{"id":{"a":1},"meta":[],"extension":"x"}`, form: record},
		{name: "id twice, alike", body: `{"id":"a1","id":"a1"}`, id: "a1", form: record},
		{name: "id twice, different", body: `{"id":"a1","id":"b2"}`, form: record},
		{name: "id in other case", body: `{"ID":"a1"}`, form: other},
		{name: "id of an OperationOutcome", body: `{"resourceType":"OperationOutcome","id":"o1","issue":[]}`, form: notice | other},
		{name: "id of a Bundle", body: `{"resourceType":"Bundle","id":"b1"}`, form: other},
		{name: "invalid UTF-8 elsewhere", body: "{\"id\":\"a1\",\"description\":\"\xff\"}", id: "a1", form: record},
		{name: "byte order mark", body: "\ufeff" + `{"id":"a1"}`, id: "a1", form: record},
		{name: "contained outcome", body: `{"id":"a1","contained":[{"resourceType":"OperationOutcome","issue":[{"severity":"warning","details":{"text":"x"}},{"severity":"information"}]}]}`, id: "a1", remarks: 2, form: record},
		{name: "Location", location: "https://inner.example/x/AdverseEvent/a1/_history/9", body: "", id: "a1", version: "9", form: empty},
		{name: "Location without version", location: "/AdverseEvent/a1?x=y#z", body: pageBody, id: "a1", form: page},
		{name: "Location of something else", location: "/Patient/a1", body: "", form: empty},
		{name: "Location that climbs", location: "/AdverseEvent/../x", body: "", form: empty},
		{name: "Location and body agree", location: "/AdverseEvent/a1", body: `{"id":"a1"}`, id: "a1", form: record},
		{name: "Location and body differ", location: "/AdverseEvent/b2", body: `{"id":"a1"}`, id: "a1", remarks: 1, form: record},
		{name: "Content-Location", header: http.Header{"Content-Location": {"http://h.example/fhir/AdverseEvent/abc-1/_history/1"}}, id: "abc-1", version: "1", form: empty},
		{name: "Location before Content-Location", location: "/AdverseEvent/a1", header: http.Header{"Content-Location": {"/AdverseEvent/a1/_history/4"}}, id: "a1", version: "4", form: empty},
		{name: "Location and Content-Location differ", location: "/AdverseEvent/a1", header: http.Header{"Content-Location": {"/AdverseEvent/b2/_history/4"}}, id: "a1", remarks: 1, form: empty},
		{name: "weak ETag", header: http.Header{"Etag": {`W/"2"`}}, version: "2", form: empty},
		{name: "strong ETag", header: http.Header{"Etag": {`"3"`}}, body: `{"id":"a1"}`, id: "a1", version: "3", form: record},
		{name: "the body's version counts", header: http.Header{"Etag": {`W/"2"`}}, body: recordBody, id: "a1", version: "1", form: record},
		{name: "ETag of another form", header: http.Header{"Etag": {`"a b"`}}, form: empty},
		{name: "gateway message", body: gatewayBody, form: gateway, remarks: 1},
		{name: "empty", body: " \n", form: empty},
		{name: "array", body: `[{"id":"a1"}]`, form: page},
		{name: "two documents", body: `{"id":"a1"}{"id":"a1"}`, form: lost},
		{name: "cut short", body: `{"id":"a1",`, form: lost},
		{name: "page", body: pageBody, form: page},
		{name: "too deep", body: `{"id":"a1","x":` + strings.Repeat("[", 70) + strings.Repeat("]", 70) + `}`, form: lost},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			header := test.header.Clone()
			if header == nil {
				header = http.Header{}
			}
			if test.location != "" {
				header.Set("Location", test.location)
			}
			a := readAnswer(header, []byte(test.body))
			assert.Equal(t, test.id, a.id)
			assert.Equal(t, test.version, a.versionID)
			assert.Equal(t, test.ref, a.reference)
			assert.Len(t, a.remarks, test.remarks)
			assert.Equal(t, test.form, a.form)
		})
	}
}

func TestTreeKeepsTheDocument(t *testing.T) {
	const doc = `{"a":[],"b":{},"c":[1.50,"x",null,true,{"d":"\u00e9"}],"a":2}`
	out, err := json.Marshal(parseTree([]byte(doc)))
	require.NoError(t, err)
	assert.Equal(t, strings.ReplaceAll(doc, `\u00e9`, "é"), string(out))
}

func FuzzReadAnswer(f *testing.F) {
	for _, seed := range []string{recordBody, refusalBody, gatewayBody, pageBody, `{"id":"a1","extension":[{"url":"ReferenceNumber","valueString":"R"}]}`} {
		f.Add("/AdverseEvent/a1/_history/1", []byte(seed))
	}
	f.Fuzz(func(t *testing.T, location string, body []byte) {
		a := readAnswer(http.Header{"Location": {location}}, body)
		if a.id != "" && !validID(a.id) || a.versionID != "" && !fhir.IsID(a.versionID) || len(a.reference) > maxReference {
			t.Fatal("unchecked value")
		}
		readCapability(a.tree)
	})
}
