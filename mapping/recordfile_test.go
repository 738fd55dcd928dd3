package mapping_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/mapping"
)

// recordFolder has a folder "records" and, beside it, a record that is outside.
func recordFolder(t *testing.T) (inside string) {
	t.Helper()
	dir := t.TempDir()
	inside = filepath.Join(dir, "inside")
	require.NoError(t, os.MkdirAll(filepath.Join(inside, "records", "deep"), 0o755))
	for _, file := range []string{"outside.json", "inside/records/real.json", "inside/records/deep/real.json"} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, file), []byte(person), 0o600))
	}
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "elsewhere"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "elsewhere", "k.json"), []byte(person), 0o600))
	return inside
}

// Records are read inside their folder only, whatever the file system of the caller.
func TestRecordsAreReadInsideTheirFolderOnly(t *testing.T) {
	inside := recordFolder(t)
	outside := filepath.Join(filepath.Dir(inside), "outside.json")
	link := func(target, name string) {
		if err := os.Symlink(target, filepath.Join(inside, "records", name)); err != nil {
			t.Skip("this system has no links: ", err)
		}
	}
	link(outside, "absolute.json")
	link("../../outside.json", "up.json")
	link("up.json", "chained.json")
	link("round.json", "round.json")
	link("deep/real.json", "within.json")
	link("../records/deep", "folder")
	link("../../elsewhere", "away")
	require.NoError(t, os.Mkdir(filepath.Join(inside, "records", "folder.json"), 0o755))
	root, err := os.OpenRoot(inside)
	require.NoError(t, err)
	defer root.Close()
	for name, folder := range map[string]fs.FS{"root": root.FS(), "directory": os.DirFS(inside)} {
		for key, says := range map[string]string{
			"real": "", "within": "", "absolute": "link leads out", "up": "link leads out", "chained": "link leads out",
			"round": "", "folder": "not a file", "missing": "does not exist",
		} {
			drafts, _ := read(t, compile(t, withContext), "Ref,Key\nR1,"+key+"\n", mapping.WithRecords(folder))
			require.Len(t, drafts, 1)
			d := drafts[0]
			switch {
			case key == "round":
				assert.Equal(t, draft.Invalid, d.State, name)
			case says == "":
				assert.NotEqual(t, draft.Invalid, d.State, "%s %s: %s", name, key, d.Reason)
			default:
				assert.Equal(t, draft.Invalid, d.State, "%s %s", name, key)
				assert.Contains(t, d.Reason, says, "%s %s", name, key)
				assert.Contains(t, d.Reason, "records/{Key}.json", "the file as the map calls it")
				assert.NotContains(t, d.Reason, key+".json")
			}
		}
		for key, state := range map[string]bool{"folder": true, "away": false} {
			m := compile(t, strings.Replace(withContext, "records/{Key}.json", "records/{Key}/"+map[bool]string{true: "real", false: "k"}[state]+".json", 1))
			drafts, _ := read(t, m, "Ref,Key\nR1,"+key+"\n", mapping.WithRecords(folder))
			assert.Equal(t, state, drafts[0].State != draft.Invalid, "%s: a linked folder %s: %s", name, key, drafts[0].Reason)
		}
	}
}

// Pipes and devices are refused before they are opened, which would wait.
func TestRecordsAreFiles(t *testing.T) {
	for name, mode := range map[string]fs.FileMode{"pipe": fs.ModeNamedPipe, "device": fs.ModeDevice | fs.ModeCharDevice, "socket": fs.ModeSocket, "folder": fs.ModeDir} {
		files := countedRecords("k1")
		files.MapFS["records/k1.json"].Mode = mode
		drafts, _ := read(t, compile(t, withContext), "Ref,Key\nR1,k1\n", mapping.WithRecords(files))
		assert.Equal(t, draft.Invalid, drafts[0].State, name)
		assert.Contains(t, drafts[0].Reason, "not a file", name)
		assert.Zero(t, files.opened.Load(), name)
	}
	large := fstest.MapFS{"records/k1.json": {Data: []byte(person + strings.Repeat(" ", 5<<20))}}
	drafts, _ := read(t, compile(t, withContext), "Ref,Key\nR1,k1\n", mapping.WithRecords(large))
	assert.Contains(t, drafts[0].Reason, "larger than 5 MiB")
}
