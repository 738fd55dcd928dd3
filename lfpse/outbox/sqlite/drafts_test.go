package sqlite_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/outbox"
	"github.com/gpsafety/lfpse-go/lfpse/outbox/outboxtest"
	"github.com/gpsafety/lfpse-go/lfpse/outbox/sqlite"
	"github.com/gpsafety/lfpse-go/lfpse/privacy"
)

// canaries are personal data in every place of a draft where it may stand.
var canaries = []string{"Quuxworth", "Petronella", "9990000026", "Zebracrossing", "Ashgrove", "zqxj", "07700 900123"}

func withCanaries(d *draft.Draft) {
	d.Terms = append(d.Terms, privacy.Term{Class: privacy.NHSNumber, Text: "9990000026"}, privacy.Term{Class: privacy.Address, Text: "4 Zebracrossing, Quuxworth"})
	d.Event.Location.Organisation = nil
	d.Event.Type, d.Event.Date = "incident", "zqxj" // a text in the wrong place
	d.Conditional = []draft.Conditional{{Value: "Told Ashgrove, 07700 900123.", Step: draft.Step{Target: "wentWell.howFutureOccurrence"}}}
}

// found returns what of some texts stands anywhere in the files of a store.
func found(t *testing.T, name string, texts ...[]byte) (out []string) {
	files, err := filepath.Glob(name + "*")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, text := range texts {
			// Lower case is another text where bytes are no characters, as encrypted ones are.
			if bytes.Contains(data, text) || bytes.Contains(bytes.ToLower(data), bytes.ToLower(text)) {
				out = append(out, filepath.Base(file)+" holds a text")
			}
		}
	}
	return out
}

// sealed is what the store has of the text of a draft.
func sealed(t *testing.T, store outbox.Store, id int64) (text []byte) {
	require.NoError(t, store.View(context.Background(), func(tx outbox.Tx) (err error) {
		text, err = tx.DraftText(id)
		return err
	}))
	require.NotEmpty(t, text)
	return text
}

// Nothing that a draft says stands in the files of the store, and when the draft has
// expired, not even its encrypted form does.
func TestDraftsInTheFile(t *testing.T) {
	ctx := context.Background()
	name := filepath.Join(t.TempDir(), "outbox.db")
	store, err := sqlite.Open(ctx, name, sqlite.Sending(nil))
	require.NoError(t, err)
	defer func() { assert.NoError(t, store.Close()) }()
	clock := outboxtest.NewClock()
	box, err := outbox.Open(ctx, store, outboxtest.Key(t), "test", outbox.WithClock(clock.Now))
	require.NoError(t, err)
	by := outbox.By{ID: "rec1", Role: outbox.Recorder}

	var secrets [][]byte
	for _, text := range canaries {
		secrets = append(secrets, []byte(text))
	}
	kept, err := box.KeepDraft(ctx, outboxtest.Builder(), "A81001", "incidents", outboxtest.Waiting("line 2", "Petronella Quuxworth, 9990000026, fell.", withCanaries))
	require.NoError(t, err)
	first := sealed(t, store, kept.ID)
	d, err := box.EditText(ctx, by, outboxtest.Builder(), kept.Edition(), "description", "Ashgrove and Quuxworth fell.")
	require.NoError(t, err)
	second := sealed(t, store, kept.ID)
	assert.Contains(t, d.Says.Event.Description, "Quuxworth")
	assert.Empty(t, found(t, name, secrets...))
	assert.NotEmpty(t, found(t, name, second[:40]), "the search finds what is there")

	clock.Add(31 * 24 * time.Hour)
	n, err := box.Purge(ctx, outbox.By{ID: "ops1", Role: outbox.Operator}, outbox.Retention{})
	require.NoError(t, err)
	assert.Equal(t, 1, n)
	for _, part := range [][]byte{first[:40], first[len(first)-40:], second[:40], second[len(second)-40:]} {
		assert.Empty(t, found(t, name, part))
	}
	assert.Empty(t, found(t, name, secrets...))
}
