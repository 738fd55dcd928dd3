package taxonomy_test

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

func embedded5(t testing.TB) *taxonomy.Taxonomy {
	t.Helper()
	tax, err := taxonomy.Embedded("5")
	require.NoError(t, err)
	return tax
}

// Version 5 is the public export, whole and unchanged.
func TestEmbeddedHoldsTheWholeExport(t *testing.T) {
	doc, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "lfpse", "taxonomy-v5.json"))
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("the public export of the taxonomy is not at hand")
	}
	require.NoError(t, err)
	var want reconstruction
	require.NoError(t, json.Unmarshal(doc, &want))
	tax := embedded5(t)

	assert.Equal(t, want.BaseURL, tax.CanonicalBase)
	require.Len(t, tax.Profiles, len(want.Resources))
	for _, r := range want.Resources {
		assert.Equal(t, r.Profile, tax.URL(tax.Profile(r.Resource).ID))
	}
	require.Len(t, tax.Groups, len(want.Groups))
	for _, w := range want.Groups {
		g := tax.Group(w.ID)
		require.NotNil(t, g, w.ID)
		assert.Equal(t, []string{w.Name, w.URL, w.ContextResource}, []string{g.Name, tax.URL(g.ID), g.Context})
		assert.Equal(t, []int{w.Min, upper(t, w.Max)}, []int{g.Min, g.Max}, w.ID)
		require.Len(t, g.Fields, len(w.Fields), w.ID)
		for _, wf := range w.Fields {
			f := g.Field(wf.Name)
			require.NotNil(t, f, wf.Name)
			list := ""
			if wf.ValueSet != nil {
				list = *wf.ValueSet
			}
			assert.Equal(t, []any{wf.Min, upper(t, wf.Max), wf.Type, wf.ValueX, list}, []any{f.Min, f.Max, string(f.Type), f.Type.ValueX(), f.CodeSystem}, wf.Name)
		}
	}
	require.Len(t, tax.CodeSystems, len(want.CodeSystems)+1, "and the event types, which the export does not print")
	for id, w := range want.CodeSystems {
		cs := tax.CodeSystem(id)
		require.NotNil(t, cs, id)
		var got []struct{ Code, Display string }
		for _, c := range cs.Concepts {
			got = append(got, struct{ Code, Display string }{c.Code, c.Display})
		}
		if len(w.Concepts) == 0 {
			w.Concepts = nil
		}
		assert.Equal(t, w.Concepts, got, id)
		assert.Equal(t, len(w.Concepts) > 0, cs.Closed, "%s: the export is complete but for the organisations", id)
	}
}

func TestVersion5IsSettledButForTheEventTypes(t *testing.T) {
	tax := embedded5(t)
	assert.Equal(t, "3.0.2", tax.FHIRVersion)
	var open []string
	for _, o := range tax.Unconfirmed() {
		open = append(open, o.Key)
	}
	assert.Equal(t, []string{"event-type-5#risk", "event-type-5#outcome"}, open)
	assert.Equal(t, "1", tax.CodeSystem("event-type").Named("incident").Code)
	assert.Equal(t, "4", tax.CodeSystem("event-type").Named("good-care").Code)
}

// The genders of version 5 keep the order of its list: 1 is female. The last is
// "Withheld, not specified or other", which the model calls other.
func TestVersion5Genders(t *testing.T) {
	cs := embedded5(t).CodeSystem("gender")
	for name, code := range map[string]string{"female": "1", "male": "2", "not-known": "3", "other": "4"} {
		require.NotNil(t, cs.Named(name), name)
		assert.Equal(t, code, cs.Named(name).Code)
	}
	assert.Contains(t, cs.Note, "Withheld")
}

// The order of groups and contained resources is that of the samples.
func TestVersion5Order(t *testing.T) {
	tax := embedded5(t)
	var groups, resources []string
	for _, g := range tax.Groups {
		switch id := g.ID; id {
		case "adverse-event-agent-5", "adverse-event-safety-challenges-5", "adverse-event-estimated-date-5", "adverse-event-risk-details-5", "adverse-event-classification-5":
			groups = append(groups, id)
		}
	}
	assert.Equal(t, []string{"adverse-event-agent-5", "adverse-event-safety-challenges-5", "adverse-event-estimated-date-5", "adverse-event-risk-details-5", "adverse-event-classification-5"}, groups)
	for _, p := range tax.Profiles {
		resources = append(resources, p.ContainedID)
	}
	assert.Equal(t, []string{"", "patient1", "location1", "practitioner1", "medication1", "device{n}"}, resources)
}
