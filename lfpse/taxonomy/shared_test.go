package taxonomy_test

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

// reconstruction is the working reconstruction of the v6 taxonomy, where it is at
// hand.
type reconstruction struct {
	BaseURL   string
	Resources []struct{ Resource, ID, Profile string }
	Groups    []struct {
		ID, Name, URL, ContextResource string
		Min                            int
		Max                            any
		Fields                         []struct {
			Name, Type, ValueX string
			ValueSet           *string
			Min                int
			Max                any
			Repeats            bool
		}
	}
	CodeSystems map[string]struct {
		Concepts []struct{ Code, Display string }
	}
}

// upper turns max into the native form, where 0 is unbounded.
func upper(t *testing.T, v any) int {
	switch v := v.(type) {
	case float64:
		return int(v)
	case string:
		require.Contains(t, []string{"*", "unknown"}, v)
		return 0
	}
	require.Fail(t, "max of another type")
	return 0
}

func TestEmbeddedHoldsTheWholeReconstruction(t *testing.T) {
	doc, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "lfpse", "taxonomy-v6.json"))
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("the reconstruction of the taxonomy is not at hand")
	}
	require.NoError(t, err)
	var want reconstruction
	require.NoError(t, json.Unmarshal(doc, &want))
	tax := embedded(t)

	assert.Equal(t, want.BaseURL, tax.CanonicalBase)
	for _, r := range want.Resources {
		p := tax.Profile(r.Resource)
		require.NotNil(t, p, r.Resource)
		assert.Equal(t, r.ID, p.ID)
		assert.Equal(t, r.Profile, tax.URL(p.ID))
	}
	require.Len(t, tax.Groups, len(want.Groups))
	for _, w := range want.Groups {
		g := tax.Group(w.ID)
		require.NotNil(t, g, w.ID)
		assert.Equal(t, w.ID, g.ID)
		assert.Equal(t, w.Name, g.Name)
		assert.Equal(t, w.URL, tax.URL(g.ID))
		assert.Equal(t, w.ContextResource, g.Context, w.ID)
		if w.Max != nil {
			assert.Equal(t, w.Min, g.Min, w.ID)
			assert.Equal(t, upper(t, w.Max), g.Max, w.ID)
		} else {
			assert.Equal(t, taxonomy.Unknown, g.CardinalityEvidence, w.ID)
		}
		require.Len(t, g.Fields, len(w.Fields), w.ID)
		for _, wf := range w.Fields {
			at := w.ID + "/" + wf.Name
			f := g.Field(wf.Name)
			require.NotNil(t, f, at)
			if wf.Max != nil {
				assert.Equal(t, wf.Min, f.Min, at)
				assert.Equal(t, upper(t, wf.Max), f.Max, at)
			} else {
				assert.Equal(t, taxonomy.Unknown, f.CardinalityEvidence, at)
			}
			assert.Equal(t, wf.Type, string(f.Type), at)
			assert.Equal(t, wf.ValueX, f.Type.ValueX(), at)
			// A stand-in list takes the place of one that is not known.
			list := ""
			if wf.ValueSet != nil {
				list = strings.Replace(*wf.ValueSet, "-UNKNOWN", "-6", 1)
			}
			assert.Equal(t, list, f.CodeSystem, at)
		}
	}
	require.Len(t, tax.CodeSystems, len(want.CodeSystems)-1, "the v5 gender list is left out, its codes must not be used")
	for id, w := range want.CodeSystems {
		if id == "gender-6" || strings.HasSuffix(id, "-UNKNOWN") {
			continue
		}
		cs := tax.CodeSystem(id)
		require.NotNil(t, cs, id)
		if id == "event-type-6" {
			continue // two of its displays are stand-ins too
		}
		var got, have []taxonomy.Concept
		for _, c := range cs.Concepts {
			have = append(have, taxonomy.Concept{Code: c.Code, Display: c.Display})
		}
		for _, c := range w.Concepts {
			got = append(got, taxonomy.Concept{Code: c.Code, Display: c.Display})
		}
		assert.Equal(t, got, have, id)
	}
	assert.Nil(t, tax.CodeSystem("gender-6"))
}
