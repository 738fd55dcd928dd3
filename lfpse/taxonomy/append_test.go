package taxonomy_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

// The embedded files are in the form that Append writes, so that a taxonomy read
// from a service compares with them line by line.
func TestEmbeddedDataIsAsAppendWritesIt(t *testing.T) {
	for _, version := range taxonomy.Versions() {
		data, err := taxonomy.EmbeddedData(version)
		require.NoError(t, err)
		tax, err := taxonomy.Embedded(version)
		require.NoError(t, err)
		text, err := tax.Append(nil)
		require.NoError(t, err)
		assert.Equal(t, string(data), string(text), version)
	}
}

func TestAppendEscapesAndKeepsWhatLooksLikeStructure(t *testing.T) {
	doc := minimal()
	note := `a "quoted, colon: \ backslash\" & <b>, {"x":1}`
	doc["note"], doc["sources"] = note, []any{note}
	tax, err := taxonomy.Load(encode(t, doc))
	require.NoError(t, err)
	text, err := tax.Append(nil)
	require.NoError(t, err)
	back, err := taxonomy.Load(text)
	require.NoError(t, err)
	assert.Equal(t, note, back.Note)
	assert.Equal(t, []string{note}, back.Sources)
	assert.Contains(t, string(text), `& <b>, {\"x\":1}`)
}
