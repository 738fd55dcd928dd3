package sandbox

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// fullDisk takes only half of a line while full is set.
type fullDisk struct {
	*os.File
	full, stuck bool
}

func (d *fullDisk) Write(p []byte) (int, error) {
	if !d.full {
		return d.File.Write(p)
	}
	n, err := d.File.Write(p[:len(p)/2])
	return n, errors.Join(err, errors.New("no space left"))
}

func (d *fullDisk) Truncate(size int64) error {
	if d.stuck {
		return errors.New("read-only")
	}
	return d.File.Truncate(size)
}

func TestHalfWrittenLineIsTakenBack(t *testing.T) {
	f, err := os.OpenFile(filepath.Join(t.TempDir(), "ledger"), os.O_CREATE|os.O_APPEND|os.O_RDWR, 0o600)
	require.NoError(t, err)
	disk := &fullDisk{File: f}
	l := &ledger{out: disk, file: disk}
	defer func() { require.NoError(t, l.close()) }()

	require.NoError(t, l.append(Entry{Method: "POST"}))
	disk.full = true
	require.Error(t, l.append(Entry{Method: "PUT"}))
	disk.full = false
	require.NoError(t, l.append(Entry{Method: "DELETE"}), "the disk has room again")

	lines, err := os.Open(f.Name())
	require.NoError(t, err)
	defer func() { require.NoError(t, lines.Close()) }()
	entries, err := ReadLedger(lines)
	require.NoError(t, err)
	assert.Equal(t, l.copy(), entries)
	assert.Equal(t, "DELETE", entries[1].Method)

	disk.full, disk.stuck = true, true
	require.Error(t, l.append(Entry{Method: "PUT"}))
	disk.full = false
	require.Error(t, l.append(Entry{Method: "PUT"}), "half a line stays on disk: nothing may follow it")
}
