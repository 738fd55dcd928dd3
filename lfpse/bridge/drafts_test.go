package bridge_test

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/outbox"
)

// A report that only lacks answers is kept as a draft, whichever way it came.
func TestDraftsAreKept(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	b := p.start()
	undated := strings.Replace(event, `"date":"2026-03-05",`, "", 1)
	a := b.call("POST", "/v1/reports", undated, "Idempotency-Key", "k1")
	require.Equal(t, 202, a.status, a.text)
	assert.Contains(t, a.text, `"kept":true`)
	assert.Contains(t, a.text, `"questions"`)
	assert.Contains(t, b.call("GET", "/v1/reports/k1", "").text, `"drafts":["needs answers"]`)
	assert.Equal(t, 422, b.call("POST", "/v1/reports", strings.Replace(event, fridge, fridge+" Ring 999 000 0018.", 1), "Idempotency-Key", "k2").status, "a blocked one is not")
	p.write("in/incidents/log.csv", testLog)
	soon(t, "the log is taken in", func() bool { return len(p.files("in/incidents/done")) == 2 })
	drafts, err := b.Outbox().Drafts(context.Background(), outbox.DraftFilter{Practice: "A99999"})
	require.NoError(t, err)
	kept := map[string]draft.State{}
	for _, d := range drafts {
		kept[d.Source+"/"+d.Reference] = d.State
	}
	assert.Equal(t, map[string]draft.State{"supplier/k1": draft.NeedsAnswers, "incidents/A3": draft.Blocked, "incidents/A4": draft.NeedsAnswers}, kept)
	assert.Contains(t, b.call("GET", "/metrics", "").text, `lfpse_drafts{practice="A99999",state="needs answers"} 2`)
	assert.Contains(t, p.rows("in/incidents/done")["A4"][4], "It is kept as a draft.")
}
