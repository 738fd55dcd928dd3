package cases_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/conformance/cases"
	"github.com/gpsafety/lfpse-go/conformance/sandbox"
)

// The sandbox has its own verdicts. They are ours but for the differences that are
// written down; each that goes or comes is looked at.
func TestSandboxAgrees(t *testing.T) {
	known, err := cases.SandboxDifferences()
	require.NoError(t, err)
	strict, err := sandbox.New()
	require.NoError(t, err)
	tolerant, err := sandbox.New(sandbox.WithRootDescription())
	require.NoError(t, err)
	refused, accepted := map[string][]string{}, map[string][]string{}
	valid, invalid := 0, 0
	for _, c := range all(t) {
		sb := strict
		if c.Options != nil && c.Options.RootDescription {
			sb = tolerant
		}
		ours := c.Refusals()
		if c.Valid {
			valid++
		} else if ours != nil {
			invalid++
		}
		checks, taken := post(t, sb, c.Input)
		switch {
		case c.Valid && !taken:
			for _, id := range checks {
				refused[id] = append(refused[id], c.Name)
			}
		case taken:
			for _, id := range ours {
				accepted[id] = append(accepted[id], c.Name)
			}
		}
	}
	t.Logf("of %d valid cases the sandbox refuses %d; of %d invalid ones it accepts %d", valid, count(refused), invalid, count(accepted))
	assertKnown(t, known.Refused, refused)
	assertKnown(t, known.Accepted, accepted)
}

// assertKnown compares the differences written down with those there are.
func assertKnown(t *testing.T, known []cases.Difference, found map[string][]string) {
	t.Helper()
	for _, d := range known {
		assert.Equal(t, d.Cases, found[d.Rule], d.Rule)
		delete(found, d.Rule)
	}
	assert.Empty(t, found, "differences that are not written down")
}

func count(by map[string][]string) int {
	names := map[string]bool{}
	for _, list := range by {
		for _, name := range list {
			names[name] = true
		}
	}
	return len(names)
}

// post sends a document and returns the checks it fails, each once, and whether it
// was accepted.
func post(t *testing.T, sb *sandbox.Sandbox, body []byte) (checks []string, accepted bool) {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, sandbox.BasePath+"/AdverseEvent", bytes.NewReader(body))
	r.Header.Set("Content-Type", "application/fhir+json")
	r.Header.Set(sandbox.KeyHeader, sandbox.DefaultKey)
	w := httptest.NewRecorder()
	sb.ServeHTTP(w, r)
	if w.Code == http.StatusCreated {
		return nil, true
	}
	var outcome struct {
		Issue []struct {
			Diagnostics string
			Details     struct{ Coding []struct{ Code string } }
		}
	}
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &outcome))
	for _, i := range outcome.Issue {
		id := i.Diagnostics
		if len(i.Details.Coding) > 0 {
			id = i.Details.Coding[0].Code
		}
		if !slices.Contains(checks, id) {
			checks = append(checks, id)
		}
	}
	return checks, false
}

func TestReadDifferencesRefuses(t *testing.T) {
	for _, text := range []string{`{`, `{"refusedByUs": []}`, `{"refused": [{"rule": "X", "reason": "", "cases": ["a"]}]}`} {
		_, err := cases.ReadDifferences(strings.NewReader(text))
		assert.Error(t, err, text)
	}
}
