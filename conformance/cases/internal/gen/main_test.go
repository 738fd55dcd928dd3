package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The files of the suite are those that the program writes: nothing is changed by
// hand without being written down here, and nothing is left over.
func TestSuiteIsUpToDate(t *testing.T) {
	const folder = "../../data"
	files, err := generate()
	require.NoError(t, err)
	for _, f := range files {
		have, err := os.ReadFile(filepath.Join(folder, filepath.FromSlash(f.name)))
		require.NoError(t, err)
		assert.Equal(t, string(f.data), string(have), "%s: run go generate in conformance/cases and look at the difference", f.name)
	}
	n := 0
	require.NoError(t, filepath.WalkDir(folder, func(_ string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			n++
		}
		return err
	}))
	assert.Len(t, files, n, "files that the program does not write")
}

func TestReplace(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "data")
	require.NoError(t, replace(folder, []file{{"theme/case/input.json", []byte("old")}, {"theme/other/input.json", []byte("{}")}}))
	require.NoError(t, replace(folder, []file{{"theme/case/input.json", []byte("new")}}))
	b, err := os.ReadFile(filepath.Join(folder, "theme", "case", "input.json"))
	require.NoError(t, err)
	assert.Equal(t, "new", string(b))
	assert.NoDirExists(t, filepath.Join(folder, "theme", "other"), "what is no longer written is gone")
}

// A mistake in a table is an error with the name of the case, never half a suite.
func TestMistakesInTables(t *testing.T) {
	for want, s := range map[string]*spec{
		"no group nonsense":    good("x", nobodyHurt, set("nonsense/Field", "1")),
		"no field Nonsense":    good("x", nobodyHurt, set("core/Nonsense", "1")),
		"no field in core":     good("x", nobodyHurt, add("core", "1")),
		"nothing to drop":      good("x", nobodyHurt, drop("governance")),
		"nothing to cut":       good("x", nobodyHurt, cut("language")),
		"there is no":          good("x", nobodyHurt).also(failure("X", "governance")),
		"occurs 0 times":       good("x", nobodyHurt).text("nowhere", ""),
		"not found: nowhere":   good("x", nobodyHurt).until("nowhere"),
		"bad index in core[x]": good("x", nobodyHurt, set("core[x]/Description", "1")),
	} {
		one := &suite{}
		one.valid("folder", "Why.", s)
		tax, err := embedded()
		require.NoError(t, err)
		_, err = one.files(tax)
		require.Error(t, err, want)
		assert.True(t, strings.HasPrefix(err.Error(), "folder/x: "), err)
		assert.ErrorContains(t, err, want)
	}
	tax, err := embedded()
	require.NoError(t, err)
	two := &suite{}
	two.valid("folder", "Why.", good("x", nobodyHurt), good("X", nobodyHurt))
	_, err = two.files(tax)
	assert.ErrorContains(t, err, "occurs twice")
}
