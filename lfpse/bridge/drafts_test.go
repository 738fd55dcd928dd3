package bridge_test

import (
	"context"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/bridge"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/outbox"
	"github.com/gpsafety/lfpse-go/lfpse/submission"
)

// drawer keeps drafts in memory.
type drawer struct {
	mu   sync.Mutex
	kept map[string]draft.State
}

func (d *drawer) Keep(_ context.Context, _ *outbox.Import, _ *submission.Builder, practice, source string, drafts ...*draft.Draft) ([]bridge.Kept, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, kept := range drafts {
		d.kept[practice+"/"+source+"/"+kept.Reference] = kept.State
	}
	return make([]bridge.Kept, len(drafts)), nil
}

func (d *drawer) DraftStates(_ context.Context, practice, source, reference string) ([]draft.State, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if state, ok := d.kept[practice+"/"+source+"/"+reference]; ok {
		return []draft.State{state}, nil
	}
	return nil, nil
}

// A report that only lacks answers is kept where there is a place for drafts.
func TestDraftsAreKept(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	d := &drawer{kept: map[string]draft.State{}}
	p.opts = []bridge.Option{bridge.WithDrafts(d)}
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
	assert.Equal(t, map[string]draft.State{
		"A99999/supplier/k1": draft.NeedsAnswers, "A99999/incidents/A2": draft.NotForLFPSE,
		"A99999/incidents/A3": draft.Blocked, "A99999/incidents/A4": draft.NeedsAnswers,
	}, d.kept)
	assert.Contains(t, p.rows("in/incidents/done")["A4"][4], "It is kept as a draft.")
}
