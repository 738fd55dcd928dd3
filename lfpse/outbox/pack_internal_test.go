package outbox

import (
	"crypto/sha256"
	"encoding/hex"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// The dictionary is that with which outboxes were written: with any other, no text in them
// could be read.
func TestTheDictionaryNeverChanges(t *testing.T) {
	sum := sha256.Sum256(sampleReports)
	assert.Equal(t, "cd168fb882a69a79a2a4f6375c7551bcb88ed477faafae44b500fb32a917fce4", hex.EncodeToString(sum[:]), "keep this file, and give another a new number")
}

// Every text comes back as it was, also one that is made of pieces of the dictionary, and
// also where the memory has been used before.
func TestPackedTextsComeBack(t *testing.T) {
	var room []byte
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.SliceOf(rapid.Byte()).Draw(t, "text")
		for range rapid.IntRange(0, 4).Draw(t, "pieces") {
			from := rapid.IntRange(0, len(sampleReports)-1).Draw(t, "from")
			text = append(text, sampleReports[from:rapid.IntRange(from, len(sampleReports)).Draw(t, "to")]...)
		}
		room = pack(room, text)
		back, err := unpack(room)
		require.NoError(t, err)
		assert.Equal(t, string(text), string(back))
	})
	_, err := unpack([]byte{2, 0})
	require.Error(t, err)
	_, err = unpack(nil)
	require.Error(t, err)
}

// Of a usual report little is left but its narrative.
func TestReportsAreShort(t *testing.T) {
	text := []byte(`{"resourceType":"AdverseEvent","meta":{"profile":["https://developer.learn-from-patient-safety-events.nhs.uk/taxonomy/fhir/StructureDefinition/patient-safety-adverse-event-6"]},"extension":[{"extension":[{"url":"Description","valueString":"The fridge stood open over night."}],"url":"https://developer.learn-from-patient-safety-events.nhs.uk/taxonomy/fhir/StructureDefinition/adverse-event-core-6"},{"extension":[{"url":"LevelOfConcern","valueCode":"2"}],"url":"https://developer.learn-from-patient-safety-events.nhs.uk/taxonomy/fhir/StructureDefinition/adverse-event-classification-6"}],"actuality":"actual","event":{"coding":[{"code":"2"}]},"date":"2026-03-04"}`)
	assert.Less(t, len(pack(nil, text)), len(text)/5)
}
