package sqlite_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse/outbox"
	"github.com/gpsafety/lfpse-go/lfpse/outbox/outboxtest"
	"github.com/gpsafety/lfpse-go/lfpse/outbox/sqlite"
)

// A disk of 3 MiB is full, and then somebody makes room.
func TestDiskFull(t *testing.T) {
	t.Parallel()
	disk := t.TempDir()
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=3m"); err != nil {
		t.Skip("to mount a small disk needs root:", err)
	}
	t.Cleanup(func() { assert.NoError(t, syscall.Unmount(disk, 0)) })
	ballast := filepath.Join(disk, "ballast")
	outboxtest.Unwritable(t, place(filepath.Join(disk, "outbox.db")), "the disk is full", func() func() {
		file, err := os.Create(ballast)
		require.NoError(t, err)
		block := make([]byte, 4096)
		for err == nil {
			_, err = file.Write(block)
		}
		assert.ErrorIs(t, err, syscall.ENOSPC)
		require.NoError(t, file.Close())
		return func() { require.NoError(t, os.Remove(ballast)) }
	})
}

// apart runs a test in a process of its own, and reports whether this is that process.
func apart(t *testing.T) bool {
	const variable = "LFPSE_TEST_APART"
	if os.Getenv(variable) != "" {
		return true
	}
	cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
	cmd.Env = append(os.Environ(), variable+"=1")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	return false
}

// The system refuses writes beyond a size, as it does with an error of the disk.
func TestWritesAreRefused(t *testing.T) {
	t.Parallel()
	if !apart(t) {
		return
	}
	signal.Ignore(syscall.SIGXFSZ)
	p := place(filepath.Join(t.TempDir(), "outbox.db"))
	var usual syscall.Rlimit
	require.NoError(t, syscall.Getrlimit(syscall.RLIMIT_FSIZE, &usual))
	outboxtest.Unwritable(t, p, "the disk refuses it", func() func() {
		log, err := os.Stat(string(p) + "-wal")
		require.NoError(t, err)
		less := usual
		less.Cur = uint64(log.Size())
		require.NoError(t, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &less))
		return func() { require.NoError(t, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &usual)) }
	})
}

// A file or a folder that may only be read is refused with a sentence, and left as it is.
func TestReadOnly(t *testing.T) {
	if !apart(t) {
		return
	}
	if os.Geteuid() == 0 { // may write everywhere
		const nobody = 65534
		require.NoError(t, errors.Join(syscall.Setgroups(nil), syscall.Setgid(nobody), syscall.Setuid(nobody)))
	}
	folder, err := os.MkdirTemp("", "")
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, os.RemoveAll(folder)) })
	ctx, p, service := context.Background(), place(filepath.Join(folder, "outbox.db")), &outboxtest.Service{}
	key, err := outbox.CreateKey(filepath.Join(folder, "key"))
	require.NoError(t, err)
	open := func() (outbox.Store, *outbox.Outbox) {
		store := p.Open(t)
		box, err := outbox.Open(ctx, store, key, "test")
		require.NoError(t, err)
		return store, box
	}
	store, box := open()
	_, err = box.Enqueue(ctx, outboxtest.Item(t, "1", "The fridge alarm was switched off.", "2026-02-03"))
	require.NoError(t, err)
	require.NoError(t, store.Close())
	for name, mode := range map[string]fs.FileMode{string(p): 0o400, folder: 0o500} {
		was, err := os.Stat(name)
		require.NoError(t, err)
		require.NoError(t, os.Chmod(name, mode))
		_, err = sqlite.Open(ctx, string(p), sqlite.Sending(nil))
		assert.ErrorIs(t, err, outbox.ErrUnwritable, name)
		assert.ErrorContains(t, err, "the outbox cannot be written", name)
		require.NoError(t, os.Chmod(name, was.Mode()))
	}
	store, box = open()
	defer store.Close()
	d, err := box.Drain(ctx, service, 10)
	require.NoError(t, err)
	assert.Equal(t, 1, d.Accepted)
	assert.Len(t, service.Ledger(), 1)
}
