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
	m, err := newModel()
	require.NoError(t, err)
	extension := m.find("Extension")
	values := 0
	for _, f := range extension.fields {
		if f.choice == "value" {
			values++
		}
	}
	assert.Equal(t, 50, values)
	assert.Equal(t, map[string][]string{"valueCode": {"property"}, "valueQuantity": {"property"}}, m.plainNames())
	assert.Error(t, checkStruct(structType{name: "Invented", fields: []field{
		{json: "sizeInteger", pointer: true}, {json: "sizeString", pointer: true}}}), "an unknown choice")
	assert.Error(t, checkStruct(structType{name: "Invented", fields: make([]field, 64)}), "more fields than bits")
}
