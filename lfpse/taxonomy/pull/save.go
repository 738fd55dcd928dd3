package pull

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

// Save keeps a taxonomy in a file, in the native form. The file is replaced in one
// step: whoever reads it sees the old one or the new one. What it held before is in
// FILE.previous afterwards. It reports whether anything changed; a file that has
// the same bytes already is left alone. A file that holds something other than a
// taxonomy is not replaced.
func Save(file string, t *taxonomy.Taxonomy) (changed bool, err error) {
	text, err := t.Append(nil)
	if err != nil {
		return false, err
	}
	if _, err := taxonomy.Load(text); err != nil {
		return false, err
	}
	old, err := readOld(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return false, err
	case bytes.Equal(old, text):
		return false, nil
	default:
		if err := replace(file+".previous", old); err != nil {
			return false, err
		}
	}
	return true, replace(file, text)
}

func readOld(file string) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	old, err := io.ReadAll(io.LimitReader(f, taxonomy.MaxSize+1))
	if err != nil {
		return nil, err
	}
	if _, err := taxonomy.Load(old); err != nil {
		return nil, fmt.Errorf("%s holds something that is not a taxonomy; it is left as it is, choose another file", file)
	}
	return old, nil
}

// replace puts a file in the place of another, after its bytes are on the disk.
func replace(file string, text []byte) (err error) {
	folder := filepath.Dir(file)
	temp, err := os.CreateTemp(folder, ".taxonomy-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(temp.Name())
		}
	}()
	_, err = temp.Write(text)
	err = errors.Join(err, temp.Chmod(0o644), temp.Sync(), temp.Close())
	if err != nil {
		return err
	}
	if err := os.Rename(temp.Name(), file); err != nil {
		return err
	}
	return syncFolder(folder)
}

// syncFolder makes the new name survive a power cut where the system can do that.
func syncFolder(folder string) error {
	d, err := os.Open(folder)
	if err != nil {
		return err
	}
	_ = d.Sync() // some file systems refuse it
	return d.Close()
}
