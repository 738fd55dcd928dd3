package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/conformance/sandbox"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
)

// Small logs that people tripped over, each of which stands for a kind that has tests of
// its own. They are not part of the project.
func TestLogsThatPeopleTrippedOver(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(root(t), "..", "shared", "realworld")
	if _, err := os.Stat(folder); err != nil {
		t.Skip("the folder ../shared/realworld is not beside the project")
	}
	for name, want := range map[string]map[string]draft.State{
		"06-bom-in-the-middle":             {"A1": draft.Ready, "A2": draft.Ready},
		"10-formula-guard":                 {"00123": draft.Ready},
		"14-duplicate-unused-columns":      {"A1": draft.Ready},
		"19-mac-roman":                     {"line 2": draft.Invalid},
		"28-unreadable-age-sent-silently":  {"A0": draft.Ready, "A1": draft.Ready, "A2": draft.NeedsAnswers, "A3": draft.Ready, "A4": draft.Ready},
		"31-privacy-warning-sent-silently": {"A1": draft.Held},
		"34-word-line-breaks":              {"A1": draft.Ready},
		"57-record-dstu2-family-array":     {"A1": draft.Blocked},
		"59-record-is-operationoutcome":    {"A1": draft.Invalid},
		"65-record-baby":                   {"A1": draft.Ready},
		"68-record-local-phone":            {"A1": draft.Blocked},
	} {
		t.Run(name, func(t *testing.T) {
			log, mapFile := filepath.Join(folder, name, "log.csv"), "map.yaml"
			if _, err := os.Stat(filepath.Join(folder, name, "ctx")); err == nil {
				mapFile = "map-with-records.yaml"
			}
			var out, side bytes.Buffer
			run(t.Context(), []string{"map", log, "--map", filepath.Join(folder, mapFile), "--today", "2026-11-28", "--format", "draft"}, &console{strings.NewReader(""), &out, &side})
			got := map[string]draft.State{}
			for line := range bytes.Lines(out.Bytes()) {
				var d struct {
					Reference string
					State     draft.State
				}
				require.NoError(t, json.Unmarshal(line, &d))
				got[d.Reference] = d.State
			}
			assert.Equal(t, want, got, side.String())
		})
	}
}

// The two of them that are about delivery: a log that was saved again without the leading
// zeros of its references, and a service that asks to wait.
func TestDeliveriesThatPeopleTrippedOver(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(root(t), "..", "shared", "realworld")
	if _, err := os.Stat(folder); err != nil {
		t.Skip("the folder ../shared/realworld is not beside the project")
	}
	send := func(p *practice, log string) (int, string) {
		var out bytes.Buffer
		code := run(t.Context(), []string{
			"submit", filepath.Join(folder, log), "--map", filepath.Join(folder, "map.yaml"), "--today", "2026-11-28",
			"--to", p.server.URL(), "--outbox", p.path("outbox.db"), "--source", "log",
		}, &console{strings.NewReader(""), &out, &out})
		return code, out.String()
	}
	t.Run("08-leading-zero-lost-sent-twice", func(t *testing.T) {
		p := newPractice(t)
		code, out := send(p, "08-leading-zero-lost-sent-twice/one.csv")
		require.Equal(t, exitDone, code, out)
		code, out = send(p, "08-leading-zero-lost-sent-twice/two.csv")
		require.Equal(t, exitAttention, code, out)
		assert.Contains(t, strings.Join(strings.Fields(out), " "), "An event with the same content is known under another reference. That is 00123 of 05/01/2026, accepted (SANDBOX-")
		assert.NotContains(t, out, "not in the log any more")
		assert.Len(t, p.server.Sandbox().Entries(), 1)
	})
	t.Run("124-submit-goes-on-after-429", func(t *testing.T) {
		p := newPractice(t, sandbox.WithFault(func(*http.Request, int) sandbox.Fault { return refusal(http.StatusTooManyRequests, "120") }))
		code, out := send(p, "124-submit-goes-on-after-429/log.csv")
		require.Equal(t, exitDelivery, code, out)
		assert.Contains(t, out, "20 rows: 20 pending")
		assert.Contains(t, out, "The service is not tried again before ")
		assert.Len(t, p.server.Sandbox().Entries(), 1)
	})
}
