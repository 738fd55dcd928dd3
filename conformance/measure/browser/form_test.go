package browser

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/bridge/form"
	"github.com/gpsafety/lfpse-go/lfpse/bridge/page"
	"github.com/gpsafety/lfpse-go/lfpse/interview"
	"github.com/gpsafety/lfpse-go/lfpse/outbox"
	"github.com/gpsafety/lfpse-go/lfpse/outbox/outboxtest"
	"github.com/gpsafety/lfpse-go/lfpse/outbox/sqlite"
	"github.com/gpsafety/lfpse-go/mapping"
)

// mostInteractions is how many clicks and typed answers a receptionist's minute may take.
const mostInteractions = 12

// record is that of an invented patient.
const record = `{"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Patient","id":"p1","birthDate":"1960-02-03",
	"identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9990000018"}],"name":[{"family":"Quuxworth","given":["Petronella"]}],
	"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/patient-genderIdentity","valueCodeableConcept":{"coding":[{"system":"http://hl7.org/fhir/gender-identity","code":"female"}]}}]}}]}`

// An event is recorded in a minute after a launch, without JavaScript and by keyboard; the
// form asks nobody outside, fits a narrow screen, and axe finds nothing wrong with it.
func TestForm(t *testing.T) {
	browser := program(t)
	p, f := formPage(t)
	server := httptest.NewServer(p)
	defer server.Close()
	var launches [2]string
	for i := range launches {
		path, issues, err := f.Launch("A81001", "rec1", []byte(record))
		require.NoError(t, err)
		require.False(t, issues.HasErrors(), "%v", issues)
		launches[i] = path
	}
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	var problems bytes.Buffer
	cmd := exec.CommandContext(ctx, "node", "form.mjs", server.URL, browser, artefacts(t), password, launches[0], launches[1])
	cmd.Stderr = &problems
	out, err := cmd.Output()
	require.NoError(t, err, "%s", &problems)
	var result struct {
		Outside, Violations []string
		Interactions        int
		Steps               []struct {
			Name string
			OK   bool
		}
	}
	require.NoError(t, json.Unmarshal(out, &result))
	assert.Empty(t, result.Outside, "requests to other hosts")
	assert.Empty(t, result.Violations, "axe")
	assert.Greater(t, len(result.Steps), 50)
	for _, step := range result.Steps {
		assert.True(t, step.OK, step.Name)
	}
	assert.Positive(t, result.Interactions)
	assert.LessOrEqual(t, result.Interactions, mostInteractions)
	t.Logf("a receptionist's minute takes %d interactions after a launch, without JavaScript", result.Interactions)
}

// formPage is a page with a form for one practice.
func formPage(t *testing.T) (*page.Page, *form.Form) {
	ctx := context.Background()
	store, err := sqlite.Open(ctx, filepath.Join(t.TempDir(), "outbox.db"), sqlite.Sending(nil))
	require.NoError(t, err)
	t.Cleanup(func() { _ = store.Close() })
	box, err := outbox.Open(ctx, store, outboxtest.Key(t), "LFPSE test")
	require.NoError(t, err)
	line, err := page.NewUser("rec1", outbox.Recorder, nil, password)
	require.NoError(t, err)
	users, err := page.ParseUsers(strings.NewReader(line))
	require.NoError(t, err)
	b := outboxtest.Builder()
	guide, err := interview.New(b.Codec(), nil)
	require.NoError(t, err)
	profile, err := mapping.ParseProfile([]byte("constants: {location.locationKnown: y, location.organisation: A81001}\n"))
	require.NoError(t, err)
	f, err := form.New(form.Config{Practices: []form.Practice{{ODS: "A81001", Name: "Invented Lane Surgery", Profile: profile}}, Guide: guide})
	require.NoError(t, err)
	p, err := page.New(page.Config{Outbox: box, Builder: b, Users: users, Parts: []page.Part{f.Part()}, Alone: true})
	require.NoError(t, err)
	return p, f
}
