package fhirform

import "github.com/gpsafety/lfpse-go/lfpse/taxonomy"

// Known returns the embedded taxonomy to compare with what a service or a package
// of a version says: that of the same version, else the newest.
func Known(version string) (*taxonomy.Taxonomy, error) {
	if t, err := taxonomy.Embedded(version); err == nil {
		return t, nil
	}
	versions := taxonomy.Versions()
	return taxonomy.Embedded(versions[len(versions)-1])
}
