package fhir_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/fhir"
)

var update = flag.Bool("update", false, "write the golden files")

// TestGolden reads an event as a person would write it and compares its canonical
// text, byte for byte.
func TestGolden(t *testing.T) {
	event, issues := fhir.Decode(readTestdata(t, "event.json"))
	require.Empty(t, issues)
	canonical, err := fhir.Append(nil, event)
	require.NoError(t, err)
	if *update {
		require.NoError(t, os.WriteFile(filepath.Join("testdata", "event.golden.json"), canonical, 0o644))
	}
	assert.Equal(t, string(readTestdata(t, "event.golden.json")), string(canonical))
	assert.JSONEq(t, string(readTestdata(t, "event.json")), string(canonical))

	again, issues := fhir.Decode(canonical)
	require.Empty(t, issues)
	assert.Equal(t, event, again)
}
