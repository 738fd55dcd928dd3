package bridge

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// The folders below one that is watched.
const (
	workingFolder = "working"
	doneFolder    = "done"
	failedFolder  = "failed"
)

// folder watches the folder of a source. One goroutine uses it.
type folder struct {
	run  *run
	src  *source
	log  *slog.Logger
	seen map[string]sighting
	told map[string]bool // what stays in the folder, by its name, and was said to
}

// sighting is how a file looked when it was first seen as it is.
type sighting struct {
	info  fs.FileInfo
	since time.Time
}

func newFolder(r *run, src *source) *folder {
	return &folder{run: r, src: src, seen: map[string]sighting{}, told: map[string]bool{}, log: r.bridge.log.With("practice", src.practice.ODS, "source", src.Name)}
}

// watch takes in files until the context ends.
func (f *folder) watch(ctx context.Context) {
	defer os.Remove(f.mine()) // only if it is empty
	every := min(f.run.setup.cfg.Limits.Settle, 2*time.Second)
	broken := &trouble{log: f.log}
	for ctx.Err() == nil {
		if err := f.round(ctx); ctx.Err() == nil && broken.say("files could not be taken in", err) {
			f.run.bridge.metrics.failed("folder")
		}
		sleep(ctx, every)
	}
}

func (f *folder) path(parts ...string) string {
	return filepath.Join(append([]string{f.src.Folder}, parts...)...)
}

// mine is the folder of the files that this process has claimed.
func (f *folder) mine() string {
	return f.path(workingFolder, url.PathEscape(f.run.bridge.store.Owner()))
}

// round claims what is whole and takes in what is claimed, whether or not all could be
// claimed.
func (f *folder) round(ctx context.Context) error {
	for _, name := range []string{f.mine(), f.path(doneFolder), f.path(failedFolder)} {
		if err := os.MkdirAll(name, 0o700); err != nil { // somebody who tidies up may remove them at any time
			return err
		}
	}
	var left error
	if f.run.bridge.pressure(ctx) == nil {
		left = errors.Join(f.claimWhole(time.Now()), f.inherit(ctx))
	}
	claimed, err := os.ReadDir(f.mine())
	if err != nil {
		return err
	}
	for _, e := range claimed { // in the order in which they were claimed
		if ctx.Err() != nil {
			return nil
		}
		if err := f.takeIn(ctx, e.Name()); err != nil {
			return err
		}
	}
	return left
}

// unfinished reports whether a name is that of a file that is still being written.
func unfinished(name string) bool {
	ext := strings.ToLower(filepath.Ext(name))
	return slices.Contains([]string{".part", ".tmp", ".filepart", ".partial", ".crdownload"}, ext) || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "~$")
}

// claimWhole claims the files that are whole, the oldest first.
func (f *folder) claimWhole(now time.Time) error {
	entries, err := os.ReadDir(f.src.Folder)
	if err != nil {
		return err
	}
	seen := map[string]sighting{}
	var whole []fs.FileInfo
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || f.aside(e.Name()) {
			continue
		}
		if !info.Mode().IsRegular() {
			f.stays(info)
			continue
		}
		s, ok := f.seen[e.Name()]
		if !ok || s.info.Size() != info.Size() || !s.info.ModTime().Equal(info.ModTime()) {
			s = sighting{info, now}
		}
		seen[e.Name()] = s
		if !unfinished(e.Name()) && (now.Sub(s.since) >= f.run.setup.cfg.Limits.Settle || f.renamed(info)) {
			whole = append(whole, info)
		}
	}
	f.seen = seen
	slices.SortStableFunc(whole, func(a, b fs.FileInfo) int { return a.ModTime().Compare(b.ModTime()) })
	var left error
	for i, info := range whole { // their new names keep the order
		if err := f.claim(f.path(info.Name()), stamp(now.Add(time.Duration(i)))+shownName(info.Name())); err != nil {
			left = err
		}
	}
	return left
}

// aside reports whether a file goes with the logs and is not one of them.
func (f *folder) aside(name string) bool {
	return slices.ContainsFunc([]string{f.src.Map, f.src.Answers, f.src.Releases}, func(other string) bool {
		return other != "" && filepath.Clean(other) == filepath.Clean(f.path(name))
	})
}

// stays says once of something that is no file that it is not taken in, unless it is a folder
// that belongs where it is.
func (f *folder) stays(info fs.FileInfo) {
	name := info.Name()
	if f.told[name] || f.belongs(name) {
		return
	}
	f.told[name] = true
	kind := "neither a file nor a folder"
	switch {
	case info.IsDir():
		kind = "a folder"
	case info.Mode()&fs.ModeSymlink != 0:
		kind = "a symbolic link"
	}
	shown := name
	if checkReference(name) != "" {
		shown = "not shown, as it may say who it is about"
	}
	f.log.Warn("something in the folder is not taken in and stays there: put the files themselves into the folder", "name", shown, "is", kind)
}

// belongs reports whether something in the folder is one of those of the bridge, or has to do
// with a folder that the configuration names: is it, holds it or lies in it.
func (f *folder) belongs(name string) bool {
	if slices.Contains([]string{workingFolder, doneFolder, failedFolder}, name) {
		return true
	}
	at, _ := filepath.Abs(f.path(name))
	for _, src := range f.run.setup.sources {
		records, _ := filepath.Abs(src.records)
		if src.records != "" && (within(at, records) || within(records, at)) {
			return true
		}
		if other, _ := filepath.Abs(src.Folder); within(other, at) {
			return true
		}
	}
	return false
}

// within reports whether a path is that of a folder or lies below it.
func within(path, folder string) bool {
	rel, err := filepath.Rel(folder, path)
	return err == nil && filepath.IsLocal(rel)
}

// renamed reports whether a file was seen under the name of one that is being written: its
// writer has said that it is whole.
func (f *folder) renamed(info fs.FileInfo) bool {
	for name, s := range f.seen {
		if name != info.Name() && unfinished(name) && os.SameFile(s.info, info) {
			return true
		}
	}
	return false
}

const stampLayout = "20060102T150405.000000000Z-"

// stamp begins the name of a claimed file, so that two of the same name stay apart.
func stamp(now time.Time) string { return now.UTC().Format(stampLayout) }

// shownName is the name under which a file is put away: its own, or a plain one if its own
// says who it is about.
func shownName(name string) string {
	if checkReference(name) == "" {
		return name
	}
	if ext := strings.ToLower(filepath.Ext(name)); isDocument(name) || ext == ".csv" || ext == ".xlsx" {
		return "file" + ext
	}
	return "file"
}

// claim moves a file into the folder of this process. Of several processes that try, one
// succeeds, and the others find it gone.
func (f *folder) claim(from, name string) error {
	err := os.Rename(from, filepath.Join(f.mine(), name))
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		return nil // or somebody else has it
	}
	return fmt.Errorf("a file cannot be moved to where the bridge works on it, so it stays where it is: %s", plain(err))
}

// inherit claims what processes have claimed that are not alive any more.
func (f *folder) inherit(ctx context.Context) error {
	owners, err := os.ReadDir(f.path(workingFolder))
	if err != nil {
		return err
	}
	for _, e := range owners {
		owner, err := url.PathUnescape(e.Name())
		if err != nil || f.path(workingFolder, e.Name()) == f.mine() || !e.IsDir() {
			continue
		}
		if alive, err := f.run.bridge.store.Alive(ctx, owner); err != nil || alive {
			continue
		}
		left, err := os.ReadDir(f.path(workingFolder, e.Name()))
		if err != nil {
			continue // another process was faster
		}
		for _, file := range left {
			if err := f.claim(f.path(workingFolder, e.Name(), file.Name()), file.Name()); err != nil {
				return err
			}
		}
		_ = os.Remove(f.path(workingFolder, e.Name()))
	}
	return nil
}

// expire removes files that were taken in and their reports when they are too old.
func (f *folder) expire(before time.Time) (removed int) {
	for _, sub := range []string{doneFolder, failedFolder} {
		entries, err := os.ReadDir(f.path(sub))
		if err != nil {
			continue
		}
		for _, e := range entries {
			if info, err := e.Info(); err == nil && info.Mode().IsRegular() && info.ModTime().Before(before) && os.Remove(f.path(sub, e.Name())) == nil {
				removed++
			}
		}
	}
	return removed
}

// plain is an error without the path of a file, whose name may say who it is about.
func plain(err error) string {
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path):
		return path.Err.Error()
	case errors.As(err, &link):
		return link.Err.Error()
	}
	return err.Error()
}

// sleep waits, or until the context ends.
func sleep(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}
