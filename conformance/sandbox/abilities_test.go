package sandbox_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/conformance/sandbox"
)

// all are all abilities.
var all = sandbox.WithAbilities(sandbox.Abilities{Read: true, SearchByIdentifier: true, ConditionalCreate: true, UpdateIfMatch: true})

// known is an event with an identifier.
func known(value string) map[string]any {
	doc := incident()
	doc["identifier"] = map[string]any{"system": "https://practice.example/log", "value": value}
	return doc
}

func found(t *testing.T, w *httptest.ResponseRecorder) (ids []string) {
	t.Helper()
	require.Equal(t, http.StatusOK, w.Code)
	var bundle struct {
		ResourceType, Type string
		Total              int
		Entry              []struct{ Resource struct{ ID string } }
	}
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &bundle))
	require.Equal(t, "Bundle searchset", bundle.ResourceType+" "+bundle.Type)
	require.Len(t, bundle.Entry, bundle.Total)
	for _, e := range bundle.Entry {
		ids = append(ids, e.Resource.ID)
	}
	return ids
}

func readPath(sb http.Handler, path string) *httptest.ResponseRecorder {
	return do(sb, request(http.MethodGet, path, nil))
}

func TestReadBack(t *testing.T) {
	sb := newSandbox(t, all, sandbox.WithKeptBodies(1))
	sent := post(t, sb, known("1"))
	w := readPath(sb, "/AdverseEvent/sbx-000001")
	require.Equal(t, http.StatusOK, w.Code)
	assert.Equal(t, sent.Body.String(), w.Body.String())
	assert.Equal(t, `W/"1"`, w.Header().Get("ETag"))

	post(t, sb, known("2"))
	w = readPath(sb, "/AdverseEvent/sbx-000001")
	require.Equal(t, http.StatusOK, w.Code)
	assert.Contains(t, w.Body.String(), "SUBSETTED", "its body is no longer kept")

	do(sb, request(http.MethodDelete, "/AdverseEvent/sbx-000001", nil))
	assert.Equal(t, http.StatusGone, readPath(sb, "/AdverseEvent/sbx-000001").Code)
	assert.Equal(t, http.StatusNotFound, readPath(sb, "/AdverseEvent/sbx-000009").Code)
	last := sb.Entries()[1]
	assert.Equal(t, sandbox.Read, last.Outcome)
}

func TestSearchByIdentifier(t *testing.T) {
	sb := newSandbox(t, all)
	post(t, sb, known("1"))
	post(t, sb, known("2"))
	post(t, sb, known("2"))
	post(t, sb, incident())
	assert.Equal(t, []string{"sbx-000001"}, found(t, readPath(sb, "/AdverseEvent?identifier=https://practice.example/log%7C1")))
	assert.Equal(t, []string{"sbx-000002", "sbx-000003"}, found(t, readPath(sb, "/AdverseEvent?identifier=2")))
	assert.Empty(t, found(t, readPath(sb, "/AdverseEvent?identifier=https://other.example/%7C1")))

	do(sb, request(http.MethodDelete, "/AdverseEvent/sbx-000002", nil))
	do(sb, request(http.MethodPut, "/AdverseEvent/sbx-000003", marshal(t, known("3"))))
	assert.Empty(t, found(t, readPath(sb, "/AdverseEvent?identifier=2")))
	for _, query := range []string{"", "?identifier=", "?subject=x", "?identifier=1&subject=x", "?identifier=1&identifier=2", "?%"} {
		assert.Equal(t, http.StatusBadRequest, readPath(sb, "/AdverseEvent"+query).Code, query)
	}
}

func TestConditionalCreate(t *testing.T) {
	create := func(sb http.Handler, condition string) *httptest.ResponseRecorder {
		r := request(http.MethodPost, "/AdverseEvent", marshal(t, known("1")))
		r.Header.Set("If-None-Exist", condition)
		return do(sb, r)
	}
	sb := newSandbox(t, all)
	const condition = "identifier=https://practice.example/log%7C1"
	require.Equal(t, http.StatusCreated, create(sb, condition).Code)
	w := create(sb, condition)
	require.Equal(t, http.StatusOK, w.Code)
	assert.Contains(t, w.Header().Get("Location"), "/AdverseEvent/sbx-000001/_history/1")
	assert.Equal(t, http.StatusBadRequest, create(sb, "subject=x").Code)
	post(t, sb, known("1"))
	assert.Equal(t, http.StatusPreconditionFailed, create(sb, condition).Code)

	plain := newSandbox(t)
	for range 2 {
		assert.Equal(t, http.StatusCreated, create(plain, condition).Code, "a server that does not know the header ignores it")
	}
}

func TestUpdateIfMatch(t *testing.T) {
	update := func(sb http.Handler, version string) int {
		r := request(http.MethodPut, "/AdverseEvent/sbx-000001", marshal(t, incident()))
		r.Header.Set("If-Match", version)
		return do(sb, r).Code
	}
	sb := newSandbox(t, all)
	post(t, sb, incident())
	assert.Equal(t, http.StatusOK, update(sb, `W/"1"`))
	assert.Equal(t, http.StatusPreconditionFailed, update(sb, `W/"1"`))
	assert.Equal(t, http.StatusOK, update(sb, `W/"2"`))
	assert.Equal(t, http.StatusOK, update(sb, ""))

	plain := newSandbox(t)
	post(t, plain, incident())
	assert.Equal(t, http.StatusOK, update(plain, `W/"7"`))
}

// What is switched off is refused, and the metadata say what is on.
func TestAbilitiesAreSwitchedOneByOne(t *testing.T) {
	for want, a := range map[string]sandbox.Abilities{
		"405 405 false versioned":        {},
		"200 405 false versioned":        {Read: true},
		"405 200 false versioned":        {SearchByIdentifier: true},
		"405 405 true versioned":         {ConditionalCreate: true},
		"405 405 false versioned-update": {UpdateIfMatch: true},
	} {
		sb := newSandbox(t, sandbox.WithAbilities(a))
		post(t, sb, incident())
		var statement struct {
			Rest []struct {
				Resource []struct {
					Versioning        string
					ConditionalCreate bool
				}
			}
		}
		require.NoError(t, json.Unmarshal(readPath(sb, "/metadata").Body.Bytes(), &statement))
		entry := statement.Rest[0].Resource[0]
		assert.Equal(t, want, fmt.Sprintf("%d %d %t %s", readPath(sb, "/AdverseEvent/sbx-000001").Code, readPath(sb, "/AdverseEvent?identifier=1").Code, entry.ConditionalCreate, entry.Versioning))
	}
}
