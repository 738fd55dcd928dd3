package sandbox_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// FuzzPost holds that no body makes the sandbox fail or answer with anything but
// JSON, and that what it accepts it accepts again.
func FuzzPost(f *testing.F) {
	f.Add([]byte(""))
	f.Add([]byte(`{"resourceType":"AdverseEvent","extension":[{"url":{},"extension":[null,{"url":"x"}]}],"contained":[1,{"id":[]}]}`))
	f.Add([]byte(`{"resourceType":"AdverseEvent","event":[],"meta":[],"subject":{"reference":"#"},"suspectEntity":[null]}`))
	for _, c := range broken {
		doc := c.base()
		c.edit(doc)
		f.Add(marshal(f, doc))
	}
	for _, c := range sound {
		f.Add(marshal(f, c.doc()))
	}
	sb := newSandbox(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		w := do(sb, request(http.MethodPost, "/AdverseEvent", body))
		require.Contains(t, []int{http.StatusCreated, http.StatusBadRequest, http.StatusUnprocessableEntity}, w.Code)
		require.True(t, json.Valid(w.Body.Bytes()))
		if w.Code != http.StatusCreated {
			readOutcome(t, w.Body)
			return
		}
		id := readStored(t, w.Body).ID
		kept, ok := sb.Stored(id)
		require.True(t, ok)
		again := do(sb, request(http.MethodPut, "/AdverseEvent/"+id, kept))
		// A group added for the reference lacks DataSharingOptOut.
		assert.Contains(t, []int{http.StatusOK, http.StatusUnprocessableEntity}, again.Code)
	})
}
