// Package browser drives the pages of the bridge in a browser.
package browser

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/bridge/page"
	"github.com/gpsafety/lfpse-go/lfpse/client"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/outbox"
	"github.com/gpsafety/lfpse-go/lfpse/outbox/outboxtest"
	"github.com/gpsafety/lfpse-go/lfpse/outbox/sqlite"
)

const password = "three words together"

// program returns the browser, or skips the test where something is missing.
func program(t *testing.T) string {
	for _, module := range []string{"playwright-core", "@axe-core/playwright"} {
		if _, err := os.Stat(filepath.Join("..", "node_modules", module)); err != nil {
			t.Skip("the browser's driver is not installed; install Node 20 or later and run: npm ci --prefix conformance/measure")
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

// artefacts is the folder in LFPSE_ARTEFACTS where the screenshots are kept. Without it none
// are taken.
func artefacts(t *testing.T) string {
	folder := os.Getenv("LFPSE_ARTEFACTS")
	if folder != "" {
		folder = filepath.Join(folder, t.Name())
		require.NoError(t, os.MkdirAll(folder, 0o755))
	}
	return folder
}

// The operator page works without JavaScript and by keyboard, asks nobody outside, and axe
// finds nothing wrong with it.
func TestOperatorPage(t *testing.T) {
	browser := program(t)
	server := httptest.NewServer(operatorPage(t))
	defer server.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	var problems bytes.Buffer
	cmd := exec.CommandContext(ctx, "node", "page.mjs", server.URL, browser, artefacts(t), password)
	cmd.Stderr = &problems
	out, err := cmd.Output()
	require.NoError(t, err, "%s", &problems)
	var result struct {
		Outside, Violations []string
		Steps               []struct {
			Name string
			OK   bool
		}
	}
	require.NoError(t, json.Unmarshal(out, &result))
	assert.Empty(t, result.Outside, "requests to other hosts")
	assert.Empty(t, result.Violations, "axe")
	assert.Greater(t, len(result.Steps), 15)
	for _, step := range result.Steps {
		assert.True(t, step.OK, step.Name)
	}
}

// operatorPage has a recorded report, one with a question, one that is unknown and one that
// waits.
func operatorPage(t *testing.T) *page.Page {
	ctx := context.Background()
	store, err := sqlite.Open(ctx, filepath.Join(t.TempDir(), "outbox.db"), sqlite.Sending(nil))
	require.NoError(t, err)
	t.Cleanup(func() { _ = store.Close() })
	now := time.Now().Add(-time.Hour)
	box, err := outbox.Open(ctx, store, outboxtest.Key(t), "LFPSE test", outbox.WithClock(func() time.Time { return now }))
	require.NoError(t, err)
	add := func(reference, text, day string) {
		_, err := box.Enqueue(ctx, outboxtest.Item(t, reference, text, lfpse.Date(day)))
		require.NoError(t, err)
	}
	service := &outboxtest.Service{}
	drain := func() {
		_, err := box.Drain(ctx, service, 10)
		require.NoError(t, err)
	}
	const fridge = "The fridge alarm was switched off overnight. No vaccine was used."
	add("1", fridge, "2025-02-03")
	drain()
	add("1", fridge+" Again.", "2026-02-03")
	service.Answer = func(_ int, op client.Op) error {
		return &client.Error{Op: op, Outcome: client.Unknown, Reason: client.AnswerLost}
	}
	add("2", "A repeat prescription was issued with twice the usual strength.", "2026-02-04")
	drain()
	add("3", "A letter about a test result was filed in the wrong record.", "2026-02-05")
	for i := range 2 { // rows with open questions
		b := outboxtest.Builder()
		d := draft.Draft{Reference: fmt.Sprint(11 + i), Line: 11 + i, Event: outboxtest.Prepared(t, "11", fridge, "2026-02-06").Event}
		d.Event.RiskDetails = lfpse.RiskDetails{}
		d.Event.Date = ""
		b.Prepare(&d)
		_, err := box.KeepDraft(ctx, b, "A81001", "incidents", &d)
		require.NoError(t, err)
	}
	now = now.Add(time.Hour)

	var accounts strings.Builder
	for id, role := range map[string]outbox.Role{"rec1": outbox.Recorder, "mgr1": outbox.Manager} {
		line, err := page.NewUser(id, role, nil, password)
		require.NoError(t, err)
		accounts.WriteString(line)
	}
	users, err := page.ParseUsers(strings.NewReader(accounts.String()))
	require.NoError(t, err)
	p, err := page.New(page.Config{Outbox: box, Builder: outboxtest.Builder(), Users: users})
	require.NoError(t, err)
	return p
}
