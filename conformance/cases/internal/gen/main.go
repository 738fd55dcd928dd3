// Command gen writes the files of the conformance suite from base records, named
// changes and expectations that stand beside them. The expectations come from the
// published rules, by hand; nothing here runs the code that the suite is to test.
// Run it with go generate in conformance/cases and look at the difference before
// it is kept: the files are the suite, this program only keeps them alike.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

func main() {
	files, err := generate()
	if err == nil {
		err = replace("data", files)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// replace replaces the suite in a folder.
func replace(folder string, files []file) error {
	if err := os.RemoveAll(folder); err != nil {
		return err
	}
	for _, f := range files {
		name := filepath.Join(folder, filepath.FromSlash(f.name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(name, f.data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// generate makes every file of the suite.
func generate() ([]file, error) {
	t, err := embedded()
	if err != nil {
		return nil, err
	}
	s := &suite{}
	for _, part := range []func(*suite){
		syntaxCases, jsonCases, elementCases, r4Cases, structureCases,
		profileCases, groupCases, eventCases, dateCases, patientCases, ageCases, placeCases, agentCases, otherCases,
		fieldCases, shapeCases, qualityCases, unicodeCases, limitCases, privacyCases,
	} {
		part(s)
	}
	return s.files(t)
}

func embedded() (*taxonomy.Taxonomy, error) { return taxonomy.Embedded("6") }
