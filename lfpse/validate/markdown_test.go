package validate_test

import (
	"bytes"
	"flag"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
	"github.com/gpsafety/lfpse-go/lfpse/validate"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func TestRulesPageIsUpToDate(t *testing.T) {
	tax, err := taxonomy.Embedded("6")
	require.NoError(t, err)
	c, err := lfpse.NewCodec(tax)
	require.NoError(t, err)
	v, err := validate.New(c)
	require.NoError(t, err)
	var want bytes.Buffer
	require.NoError(t, validate.Markdown(&want, v.Rules()))
	if *update {
		require.NoError(t, os.WriteFile("RULES.md", want.Bytes(), 0o644))
	}
	got, err := os.ReadFile("RULES.md")
	require.NoError(t, err)
	assert.True(t, want.String() == string(got), "RULES.md is stale: run go test ./lfpse/validate -run TestRulesPage -update")
}
