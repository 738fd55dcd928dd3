package nearest_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/gpsafety/lfpse-go/lfpse/nearest"
)

func TestWords(t *testing.T) {
	known := []string{"fhir", "profile", "lfpse", "quality", "privacy", "LFPSE-AGE-GRID", "LFPSE-AGE", "patients[].physicalHarm", "level-of-physical-harm-6", "No physical harm"}
	for word, want := range map[string][]string{
		"qualty":                 {"quality"},
		"QUALITY":                {"quality"},
		"privcay":                {"privacy"},
		"fihr":                   {"fhir"},
		"age grid":               {"LFPSE-AGE-GRID"},
		"lfpse_age":              {"LFPSE-AGE"},
		"physicalharm":           {"patients[].physicalHarm", "level-of-physical-harm-6", "No physical harm"},
		"no phisical harm":       {"No physical harm"},
		"":                       nil,
		"x":                      nil,
		"a word of another kind": nil,
		"\xff\xfe":               nil,
		strings.Repeat("a", 99):  nil,
	} {
		assert.Equal(t, want, nearest.Words(word, known), word)
	}
	assert.Equal(t, "; did you mean quality?", nearest.Hint("qualty", known))
	assert.Equal(t, `; did you mean "What Happened?"`, nearest.Hint("What Happened", []string{"What Happened?"}))
	assert.Equal(t, `; did you mean "What now?" or What next?`, nearest.Hint("What n", []string{"What now?", "What next"}))
	assert.Empty(t, nearest.Hint("nothing like it", known))
}

// Whatever comes, only known words are returned, and no more than three.
func FuzzWords(f *testing.F) {
	f.Add("qualty", "quality")
	f.Fuzz(func(t *testing.T, word, known string) {
		got := nearest.Words(word, []string{known, "quality", "privacy"})
		assert.LessOrEqual(t, len(got), 3)
		for _, w := range got {
			assert.Contains(t, []string{known, "quality", "privacy"}, w)
		}
	})
}
