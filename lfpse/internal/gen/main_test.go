package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
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

func TestNames(t *testing.T) {
	for in, want := range map[string]string{"VTMCode": "vtmCode", "ITSystemsInvolvementFactors": "itSystemsInvolvementFactors", "CqcNotify": "cqcNotify", "Organisation": "organisation"} {
		assert.Equal(t, want, jsonName(in))
	}
}
