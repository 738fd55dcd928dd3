package client_test

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/client"
)

const keyCanary = "not-a-real-key-but-a-canary"

func testKey(t testing.TB) client.Key {
	t.Helper()
	path := filepath.Join(t.TempDir(), "key")
	require.NoError(t, os.WriteFile(path, []byte(keyCanary+"\n"), 0o600))
	key, err := client.KeyFromFile(path)
	require.NoError(t, err)
	return key
}

func TestKeyIsNeverShown(t *testing.T) {
	key := testKey(t)
	type visible struct{ Key client.Key }
	type hidden struct{ key client.Key }
	var out strings.Builder
	for _, v := range []any{key, &key, visible{key}, &visible{key}, hidden{key}, &hidden{key}, []client.Key{key}, map[string]client.Key{"k": key}, []any{hidden{key}}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%p"} {
			fmt.Fprintf(&out, verb+"\n", v)
		}
	}
	slog.New(slog.NewTextHandler(&out, nil)).Info("m", "key", key, "in", visible{key}, "hidden", hidden{key})
	slog.New(slog.NewJSONHandler(&out, nil)).Info("m", "key", key, "in", visible{key}, "list", []client.Key{key})
	doc, err := json.Marshal(visible{key})
	require.NoError(t, err)
	assert.JSONEq(t, `{"Key":"[redacted]"}`, string(doc))
	markup, err := xml.Marshal(visible{key})
	require.NoError(t, err)
	fmt.Fprintln(&out, string(markup), fmt.Errorf("wrapped: %v", key))

	assert.NotContains(t, out.String(), keyCanary)
	assert.NotContains(t, strings.ToLower(out.String()), fmt.Sprintf("%x", keyCanary))
	assert.Equal(t, "[redacted]", fmt.Sprintf("%#v", key))
	assert.Equal(t, "[redacted]", fmt.Sprintf("%q", key))
}

func TestKeyFromEnv(t *testing.T) {
	t.Setenv("LFPSE_KEY", "  "+keyCanary+"\n")
	key, err := client.KeyFromEnv("LFPSE_KEY")
	require.NoError(t, err)
	assert.False(t, key.IsZero())

	for name, value := range map[string]string{"LFPSE_EMPTY": " ", "LFPSE_SPACE": "a b", "LFPSE_CONTROL": "a\x01b", "LFPSE_WIDE": "schlüssel", "LFPSE_LONG": strings.Repeat("k", 513)} {
		t.Setenv(name, value)
		key, err := client.KeyFromEnv(name)
		require.ErrorContains(t, err, name)
		assert.True(t, key.IsZero())
		assert.NotContains(t, err.Error(), "a b")
	}
	_, err = client.KeyFromEnv("LFPSE_NOT_SET")
	require.ErrorContains(t, err, "LFPSE_NOT_SET is not set")

	// The key given where its name belongs must not come back in the message.
	for _, mistaken := range []string{keyCanary, strings.Repeat("AB12", 8), ""} {
		_, err = client.KeyFromEnv(mistaken)
		require.ErrorContains(t, err, "is not set")
		if mistaken != "" {
			assert.NotContains(t, err.Error(), mistaken)
		}
	}
}

func TestKeyFromFile(t *testing.T) {
	write := func(content string, mode os.FileMode) string {
		path := filepath.Join(t.TempDir(), "key")
		require.NoError(t, os.WriteFile(path, []byte(content), mode))
		require.NoError(t, os.Chmod(path, mode))
		return path
	}
	for _, mode := range []os.FileMode{0o600, 0o400, 0o640} {
		_, err := client.KeyFromFile(write(keyCanary, mode))
		require.NoError(t, err, "%o", mode)
	}
	if runtime.GOOS != "windows" {
		for _, mode := range []os.FileMode{0o644, 0o604, 0o602, 0o601} {
			_, err := client.KeyFromFile(write(keyCanary, mode))
			require.ErrorContains(t, err, "chmod 600", "%o", mode)
		}
	}
	for _, content := range []string{"", "\n", "two words", "line\nline", strings.Repeat("k", 513), strings.Repeat("k", 5000)} {
		_, err := client.KeyFromFile(write(content, 0o600))
		require.Error(t, err)
		if content = strings.TrimSpace(content); content != "" {
			assert.NotContains(t, err.Error(), content)
		}
	}
	_, err := client.KeyFromFile(t.TempDir())
	require.ErrorContains(t, err, "regular file")
	_, err = client.KeyFromFile(keyCanary) // the key given where the path belongs
	require.ErrorIs(t, err, os.ErrNotExist)
	assert.NotContains(t, err.Error(), keyCanary)
}
