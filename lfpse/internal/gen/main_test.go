package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

func TestGeneratedCodeIsUpToDate(t *testing.T) {
	files, err := generate(filepath.Join("..", ".."))
	require.NoError(t, err)
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join("..", "..", filepath.FromSlash(name)))
		require.NoError(t, err)
		assert.True(t, string(want) == string(got), "%s is stale: run go generate ./lfpse", name)
	}
}

// A key that is missing, given twice or too long stops the generator.
func TestKeys(t *testing.T) {
	list := func(concepts ...taxonomy.Concept) *taxonomy.CodeSystem {
		return &taxonomy.CodeSystem{ID: "list-6", Concepts: concepts}
	}
	names, err := constNames("List", list(taxonomy.Concept{Code: "1", Key: "Yes"}, taxonomy.Concept{Code: "2", Key: "No"}))
	require.NoError(t, err)
	assert.Equal(t, []string{"ListYes", "ListNo"}, names)
	for name, cs := range map[string]*taxonomy.CodeSystem{
		"missing":  list(taxonomy.Concept{Code: "1", Key: "Yes"}, taxonomy.Concept{Code: "2"}),
		"twice":    list(taxonomy.Concept{Code: "1", Key: "Yes"}, taxonomy.Concept{Code: "2", Key: "Yes"}),
		"too long": list(taxonomy.Concept{Code: "1", Key: strings.Repeat("x", 45)}),
	} {
		_, err := constNames("List", cs)
		assert.ErrorContains(t, err, "list", name)
	}
}

// IT stands for information technology and nothing else.
func TestNoWordIsSpelledLikeInformationTechnology(t *testing.T) {
	m, err := newModel(embedded(t), filepath.Join("..", "..", eventFile))
	require.NoError(t, err)
	for i := range m.t.CodeSystems {
		for _, c := range m.t.CodeSystems[i].Concepts {
			rest := strings.ReplaceAll(c.Key, "ITSystems", "")
			assert.NotContains(t, rest, "IT", c.Display)
		}
	}
}

func embedded(t *testing.T) []byte {
	t.Helper()
	data, err := taxonomy.EmbeddedData(version)
	require.NoError(t, err)
	return data
}

func TestNames(t *testing.T) {
	for in, want := range map[string]string{"VTMCode": "vtmCode", "ITSystemsInvolvementFactors": "itSystemsInvolvementFactors", "CqcNotify": "cqcNotify", "Organisation": "organisation"} {
		assert.Equal(t, want, jsonName(in))
	}
}
