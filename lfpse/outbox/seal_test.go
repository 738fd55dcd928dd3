package outbox_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/outbox"
)

func TestKeyFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "key")
	_, err := outbox.LoadKey(name)
	assert.ErrorIs(t, err, fs.ErrNotExist)
	_, err = outbox.OpenKey(name)
	require.NoError(t, err)
	again, err := outbox.OpenKey(name)
	require.NoError(t, err)
	text, err := os.ReadFile(name)
	require.NoError(t, err)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
		printed := fmt.Sprintf(verb, again)
		assert.Contains(t, printed, "redacted")
		assert.NotContains(t, printed, string(text[len(text)-20:]))
	}
	_, err = outbox.CreateKey(name)
	assert.ErrorIs(t, err, fs.ErrExist, "a key is never overwritten")
	if runtime.GOOS != "windows" {
		require.NoError(t, os.Chmod(name, 0o640))
		_, err = outbox.LoadKey(name)
		assert.ErrorContains(t, err, "chmod 600")
		require.NoError(t, os.Chmod(name, 0o600))
	}
	for _, text := range []string{"", "lfpse-outbox-key-1 AAAA\n", "SECRET"} {
		require.NoError(t, os.WriteFile(name, []byte(text), 0o600))
		_, err = outbox.LoadKey(name)
		assert.ErrorContains(t, err, "not a key file")
		assert.NotContains(t, err.Error(), "SECRET")
	}
}
