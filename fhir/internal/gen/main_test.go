package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestGeneratedFilesAreCurrent fails when the generated files are not what the
// generator and the samply module make now: run go generate in package fhir.
func TestGeneratedFilesAreCurrent(t *testing.T) {
	files, err := generate()
	require.NoError(t, err)
	require.Len(t, files, 6)
	for name, text := range files {
		current, err := os.ReadFile(filepath.Join("..", "..", name))
		require.NoError(t, err)
		assert.True(t, string(text) == string(current), "%s is out of date", name)
	}
}

// TestGenerateIsDeterministic guards against text in map order.
func TestGenerateIsDeterministic(t *testing.T) {
	want, err := generate()
	require.NoError(t, err)
	for range 5 {
		got, err := generate()
		require.NoError(t, err)
		for name := range want {
			require.True(t, string(want[name]) == string(got[name]), name)
		}
	}
}

func TestModel(t *testing.T) {
	facts, err := parseFacts(factTable)
	require.NoError(t, err)
	m, err := newModel(facts)
	require.NoError(t, err)
	values := 0
	for _, f := range m.find("Extension").fields {
		if f.choice == "value" {
			values++
		}
	}
	assert.Equal(t, 50, values)
	assert.Equal(t, map[string][]string{"valueCode": {"property"}, "valueQuantity": {"property"}}, m.plainNames())
	assert.Equal(t, "AdverseEvent.suspectEntity.causality", m.find("AdverseEventSuspectEntityCausality").path)
}

// TestAGapInTheFactsFails takes out and bends what R4 says: the generator must not
// guess.
func TestAGapInTheFactsFails(t *testing.T) {
	for name, bend := range map[string]func(map[string]fact){
		"an element less": func(facts map[string]fact) { delete(facts, "Patient.birthDate") },
		"a choice less":   func(facts map[string]fact) { delete(facts, "Extension.value[x]") },
		"another cardinality": func(facts map[string]fact) {
			f := facts["Patient.birthDate"]
			f.list = true
			facts[f.path] = f
		},
		"another type": func(facts map[string]fact) {
			f := facts["Patient.birthDate"]
			f.types = []factType{{name: "integer"}}
			facts[f.path] = f
		},
		"a code list less": func(facts map[string]fact) {
			f := facts["AdverseEvent.actuality"]
			f.codes = nil
			facts[f.path] = f
		},
	} {
		t.Run(name, func(t *testing.T) {
			facts, err := parseFacts(factTable)
			require.NoError(t, err)
			bend(facts)
			_, err = newModel(facts)
			assert.Error(t, err)
		})
	}
	_, err := parseFacts([]byte("Patient.id\t0\t1\n"))
	assert.Error(t, err)
}

// TestTableIsThatOfTheDefinitions writes the table anew where the npm package with the
// definitions is installed.
func TestTableIsThatOfTheDefinitions(t *testing.T) {
	dir := filepath.Join("..", "..", "..", "conformance", "measure", "node_modules", "@medplum", "definitions", "dist", "fhir", "r4")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("the R4 definitions are not here: npm ci --prefix conformance/measure")
	}
	table, err := writeTable(dir)
	require.NoError(t, err)
	assert.True(t, string(table) == string(factTable), "r4.tsv is not what the definitions give")
}
