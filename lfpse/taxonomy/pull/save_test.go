package pull_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy/pull"
)

func TestSaveKeepsThePreviousOne(t *testing.T) {
	file, before := kept(t)
	tax := load(t, small)

	changed, err := pull.Save(file, tax)
	require.NoError(t, err)
	assert.True(t, changed)
	previous, err := os.ReadFile(file + ".previous")
	require.NoError(t, err)
	assert.Equal(t, before, string(previous))
	now, err := os.ReadFile(file)
	require.NoError(t, err)
	back, err := taxonomy.Load(now)
	require.NoError(t, err)
	assert.Equal(t, tax, back)

	changed, err = pull.Save(file, tax)
	require.NoError(t, err)
	assert.False(t, changed, "the same again")
	previous, err = os.ReadFile(file + ".previous")
	require.NoError(t, err)
	assert.Equal(t, before, string(previous), "the one before that is still there")
	assert.Equal(t, []string{"taxonomy.json", "taxonomy.json.previous"}, names(t, filepath.Dir(file)))
}

func TestSaveMakesANewFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "new.json")
	changed, err := pull.Save(file, load(t, small))
	require.NoError(t, err)
	assert.True(t, changed)
	assert.Equal(t, []string{"new.json"}, names(t, filepath.Dir(file)))
}

func TestSaveDoesNotReplaceSomethingElse(t *testing.T) {
	file := filepath.Join(t.TempDir(), "letter.txt")
	require.NoError(t, os.WriteFile(file, []byte("Dear Sir"), 0o600))
	_, err := pull.Save(file, load(t, small))
	assert.ErrorContains(t, err, "not a taxonomy")
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, "Dear Sir", string(text))
	assert.Equal(t, []string{"letter.txt"}, names(t, filepath.Dir(file)))

	_, err = pull.Save(filepath.Join(t.TempDir(), "no", "folder.json"), load(t, small))
	assert.Error(t, err)
	_, err = pull.Save(t.TempDir(), load(t, small))
	assert.Error(t, err, "a folder")
}
