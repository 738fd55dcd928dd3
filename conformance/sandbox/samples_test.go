package sandbox_test

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/conformance/sandbox"
)

// The reconstructed v6 samples carry the root description and placeholder gender
// codes, which open lists let through.
func TestReconstructedSamplesAreAccepted(t *testing.T) {
	files, err := filepath.Glob("../../../shared/lfpse/samples/v6-*.reconstructed.json")
	require.NoError(t, err)
	if len(files) == 0 {
		t.Skip("the sample files are not present beside the project")
	}
	strict, err := sandbox.New()
	require.NoError(t, err)
	tolerant, err := sandbox.New(sandbox.WithRootDescription())
	require.NoError(t, err)
	for _, f := range files {
		data, err := os.ReadFile(f)
		require.NoError(t, err)
		w := do(tolerant, request(http.MethodPost, "/AdverseEvent", data))
		assert.Equal(t, http.StatusCreated, w.Code, "%s: %s", filepath.Base(f), w.Body)

		o := readOutcome(t, do(strict, request(http.MethodPost, "/AdverseEvent", data)).Body)
		require.Len(t, o.Issue, 1)
		assert.Equal(t, []string{"AdverseEvent.description"}, o.Issue[0].Expression)
	}
}
