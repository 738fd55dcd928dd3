package fhirform

import (
	"fmt"
	"os"
	"strings"

	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

// Load reads a taxonomy from a file or folder: the native form (see [taxonomy.Load]), or
// a FHIR package as [ReadPackage] reads it, which is a folder or a gzipped file. If the
// resources do not have the extensions of this package, what they do not say comes from
// [Known].
func Load(name string) (*taxonomy.Taxonomy, error) {
	native, err := isNative(name)
	if err != nil {
		return nil, err
	}
	if native {
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		return inFile(name)(taxonomy.Load(text))
	}
	resources, err := ReadPackage(name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	known, err := Known(versionIn(resources))
	if err != nil {
		return nil, err
	}
	return inFile(name)(Read(resources, known))
}

// versionIn is the version at the end of the id of the profile of AdverseEvent.
func versionIn(resources []Resource) string {
	for i := range resources {
		if isRoot(&resources[i]) {
			return versionOf(resources[i].ID)
		}
	}
	return ""
}

// inFile names the file in an error that lists findings.
func inFile(name string) func(*taxonomy.Taxonomy, error) (*taxonomy.Taxonomy, error) {
	return func(t *taxonomy.Taxonomy, err error) (*taxonomy.Taxonomy, error) {
		if err != nil {
			return nil, fmt.Errorf("%s:\n%w", name, err)
		}
		return t, nil
	}
}

// isNative reports whether a path is neither a folder nor a gzipped file.
func isNative(name string) (bool, error) {
	info, err := os.Stat(name)
	if err != nil || info.IsDir() {
		return false, err
	}
	if info.Size() > maxTotal {
		return false, fmt.Errorf("%s is larger than %d MiB", name, maxTotal>>20)
	}
	f, err := os.Open(name)
	if err != nil {
		return false, err
	}
	defer f.Close()
	head := make([]byte, 2)
	n, _ := f.Read(head)
	return !strings.HasPrefix(string(head[:n]), "\x1f\x8b"), nil
}

// Known returns the embedded taxonomy with which to compare a service or a package of a
// version: that of the same version, else the newest.
func Known(version string) (*taxonomy.Taxonomy, error) {
	if t, err := taxonomy.Embedded(version); err == nil {
		return t, nil
	}
	versions := taxonomy.Versions()
	return taxonomy.Embedded(versions[len(versions)-1])
}
