package questionnaire

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/code"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
)

// shownEvents are events that are filled in by hand, one of each type.
func shownEvents() []lfpse.Event {
	place := lfpse.Location{LocationKnown: code.YesNoUnknownNo, Organisation: []string{"A99999", "A81001"}, ServiceArea: []code.ServiceType{"1"}}
	reporter := lfpse.Reporter{ReporterOrganisation: "A81001", ReporterRole: "4"}
	no := false
	nobody := incident()
	nobody.Patients, nobody.RiskDetails.RiskImminent = nil, code.YesNoUnknownNo
	nobody.Governance.NeverEvent = &no
	nobody.EstimatedDate.PreciseTime = "10:30:00"
	return []lfpse.Event{
		incident(), nobody,
		{
			Type: lfpse.TypeGoodCare, Date: "2026-11-28", Description: "A colleague noticed the wrong dose before it was given.", Location: place, Reporter: reporter,
			WentWell: lfpse.WentWell{HowFutureOccurrence: "Two people read the label.", GoodCareDetectionFactor: "6", GoodCareDetectionFactorOther: "A huddle"},
		},
		{
			Type: lfpse.TypeRisk, Description: "The fridge has no second thermometer.", EstimatedDate: lfpse.EstimatedDate{ApproximateDate: "2026-10", IncidentOccurredToday: code.YesNoUnknownIDontKnow}, Location: place, Reporter: reporter,
			RiskDetails: lfpse.RiskDetails{RiskImminent: code.YesNoUnknownNo, RiskDescription: "Vaccines may be spoilt."},
		},
		{
			Type: lfpse.TypeOutcome, Date: "2026-11-27", Description: "A patient was admitted with sepsis two days after a visit.", Location: place, Reporter: reporter,
			Outcome:  lfpse.Outcome{OutcomeType: []code.OutcomeType{"1"}},
			Patients: []lfpse.Patient{{AgeBracket: "10", ClinicalOutcome: "Recovered."}},
		},
	}
}

// browser returns the program, or skips the test where something is missing.
func browser(t *testing.T) string {
	for _, module := range []string{"playwright-core", "lforms"} {
		if _, err := os.Stat(filepath.Join("..", "node_modules", module)); err != nil {
			t.Skip("LHC-Forms or the browser's driver is not installed; install Node 20 or later and run: npm ci --prefix conformance/measure")
		}
	}
	for _, name := range []string{os.Getenv("LFPSE_CHROMIUM"), "chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); name != "" && err == nil {
			return path
		}
	}
	t.Skip("no Chromium is installed; install the package chromium, or set LFPSE_CHROMIUM to the program")
	return ""
}

// The Questionnaire is shown by LHC-Forms, is filled in there by hand, and the response
// gives the same event as the values that were filled in. Nobody outside is asked.
func TestLHCForms(t *testing.T) {
	program := browser(t)
	f := newForm(t, "6")
	page := http.NewServeMux()
	page.Handle("/lforms/", http.StripPrefix("/lforms/", http.FileServer(http.Dir(filepath.Join("..", "node_modules", "lforms", "dist", "lforms")))))
	page.HandleFunc("/form.json", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(f.text) })
	page.HandleFunc("/{$}", func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, "lforms.html") })
	server := httptest.NewServer(page)
	defer server.Close()

	var in bytes.Buffer
	for _, e := range shownEvents() {
		response, left, err := f.Response(&draft.Draft{Event: e})
		require.NoError(t, err)
		require.Empty(t, left)
		in.Write(response)
	}
	folder := os.Getenv("LFPSE_ARTEFACTS")
	if folder != "" {
		folder = filepath.Join(folder, t.Name())
		require.NoError(t, os.MkdirAll(folder, 0o755))
	}
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	var problems bytes.Buffer
	cmd := exec.CommandContext(ctx, "node", "lforms.mjs", server.URL, program, folder)
	cmd.Stdin, cmd.Stderr = &in, &problems
	out, err := cmd.Output()
	require.NoError(t, err, "%s", &problems)

	answers := json.NewDecoder(bytes.NewReader(out))
	for _, e := range shownEvents() {
		var result struct {
			Response        json.RawMessage
			Outside, Errors []string
		}
		require.NoError(t, answers.Decode(&result))
		assert.Empty(t, result.Outside, "requests to other hosts")
		assert.Empty(t, result.Errors)
		got := f.Draft("1", 1, result.Response)
		assert.Empty(t, got.Found, "%s", result.Response)
		want := draft.Draft{Event: e}
		f.builder.Prepare(&want)
		f.builder.Prepare(&got)
		assert.Equal(t, want.Event, got.Event, "%s", result.Response)
		assert.Equal(t, want.State, got.State)
		t.Logf("%s, %d patients: %d bytes of response, %s", e.Type, len(e.Patients), len(result.Response), got.State)
	}
}
