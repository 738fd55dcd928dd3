package mapping

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gpsafety/lfpse-go/lfpse/nearest"
)

// maxIncludes is how many maps may include each other in a row.
const maxIncludes = 8

// ReadMap returns the map of a name: that of a built-in map, or else of a file, which may
// go with others in its folder as [LoadMap] says. The error says that there is neither, or
// is of type [*MapError].
func ReadMap(name string) (*Map, error) {
	m, err := Builtin(name)
	if err == nil {
		return m, nil
	}
	folder, openErr := os.OpenRoot(filepath.Dir(name))
	if openErr != nil {
		return nil, fmt.Errorf("there is no map file %s, and %w", name, err)
	}
	defer folder.Close()
	if m, openErr = LoadMap(folder.FS(), filepath.Base(name)); errors.Is(openErr, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is no map file %s, and %w", name, err)
	}
	return m, openErr
}

// LoadMap reads a map as [ParseMap] does, from a file that may name others: a map that it
// includes, and word lists in CSV. They are found beside the file or in folders below it.
// A file that is missing gives the error of the file system, all else a [*MapError], whose
// findings name the file.
func LoadMap(files fs.FS, name string) (*Map, error) {
	data, err := readLimited(files, name)
	if err != nil {
		return nil, err
	}
	return (&loader{files: files}).finish(data, name)
}

// loader reads a map and what it includes.
type loader struct {
	files fs.FS    // nil: there are none
	chain []string // the maps that include each other
}

func (l *loader) finish(data []byte, name string) (*Map, error) {
	m, err := l.load(data, name)
	if err == nil && m.Name == "" {
		m.Name = "map"
	}
	return m, err
}

// load reads a map and resolves what it includes.
func (l *loader) load(data []byte, name string) (*Map, error) {
	m, err := parseMap(data, name)
	if err != nil {
		return nil, err
	}
	if err := l.valueFiles(m, name); err != nil {
		return nil, err
	}
	if m.Include == "" {
		return m, m.onlyWithInclude()
	}
	if l.chain = append(l.chain, name); slices.Contains(l.chain[:len(l.chain)-1], name) || len(l.chain) > maxIncludes {
		return nil, m.includeError("include", "the maps include each other in a circle, or more than %d in a row", maxIncludes)
	}
	base, err := l.included(m, name)
	if err != nil {
		return nil, err
	}
	return merge(base, m)
}

// onlyWithInclude reports what has no meaning without an included map.
func (m *Map) onlyWithInclude() error {
	for key, given := range map[string]bool{"columns": len(m.Columns) > 0, "drop": len(m.Drop) > 0} {
		if given {
			return m.includeError(key, "%s changes an included map, and this one includes none", key)
		}
	}
	return nil
}

func (m *Map) includeError(path, format string, args ...any) error {
	return mapError(findings(finding(m.places.of(path), "MAP-INCLUDE", format, args...)))
}

// included reads the map that another one, from the file of a name, includes.
func (l *loader) included(m *Map, name string) (*Map, error) {
	if ext := path.Ext(m.Include); ext != ".yaml" && ext != ".yml" {
		data, err := BuiltinData(m.Include)
		if err != nil {
			return nil, m.includeError("include", "%v", err)
		}
		base, err := l.load(data, "built-in map "+m.Include)
		if err == nil {
			base.builtin = m.Include
		}
		return base, err
	}
	file, data, err := l.beside(name, m.Include)
	if err != nil {
		return nil, m.includeError("include", "%v", err)
	}
	return l.load(data, file)
}

// beside reads a file that stands beside another one, or below it.
func (l *loader) beside(name, other string) (file string, data []byte, err error) {
	file = path.Join(path.Dir(name), other)
	switch {
	case l.files == nil:
		return "", nil, fmt.Errorf("%q can be read only for a map that is a file itself", other)
	case path.IsAbs(other) || !fs.ValidPath(file) || strings.ContainsAny(other, `\:`):
		return "", nil, fmt.Errorf("%q is not the name of a file beside the map, or in a folder below it", other)
	}
	if data, err = readLimited(l.files, file); errors.Is(err, fs.ErrNotExist) {
		return "", nil, fmt.Errorf("there is no file %q beside the map%s", other, l.hint(file, other))
	} else if err != nil {
		return "", nil, fmt.Errorf("the file %q cannot be read: it is no regular file in the folder of the map, or locked", other)
	}
	return file, data, nil
}

// hint names a file of the folder that was meant.
func (l *loader) hint(file, other string) string {
	entries, _ := fs.ReadDir(l.files, path.Dir(file))
	var names []string
	for _, e := range entries {
		if path.Ext(e.Name()) == path.Ext(other) {
			names = append(names, e.Name())
		}
	}
	return nearest.Hint(path.Base(other), names)
}

// readLimited reads a regular file, no further than shows that it is too large for a map.
func readLimited(files fs.FS, name string) ([]byte, error) {
	info, err := fs.Stat(files, name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is no regular file", name)
	}
	f, err := files.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxMap+1))
}
