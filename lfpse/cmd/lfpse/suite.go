package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/gpsafety/lfpse-go/conformance/cases"
	"github.com/gpsafety/lfpse-go/conformance/measure/judge"
)

// suites returns the folders among the files that hold conformance cases.
func (cmd *validateCmd) suites() ([]string, error) {
	var out []string
	for _, name := range cmd.Files {
		found := false
		if info, err := os.Stat(name); err != nil || !info.IsDir() {
			continue
		}
		err := filepath.WalkDir(name, func(_ string, d fs.DirEntry, err error) error {
			if err == nil && d.Name() == "expected.json" {
				found = true
				return fs.SkipAll
			}
			return err
		})
		if err != nil {
			return nil, err
		}
		if found {
			out = append(out, name)
		}
	}
	if len(out) > 0 && len(out) != len(cmd.Files) {
		return nil, fmt.Errorf("conformance cases are checked by themselves: leave out the other files")
	}
	return out, nil
}

// runSuites judges conformance cases by the options each of them gives, and
// compares the verdict and the findings with those expected.
func runSuites(c *console, suites []string) error {
	total, failed := 0, 0
	var judges judge.Judges
	for _, suite := range suites {
		list, err := cases.Load(os.DirFS(suite))
		if err != nil {
			return err
		}
		for i := range list {
			found, err := judges.Verdict(&list[i])
			if err != nil {
				return err
			}
			total++
			differs := list[i].Differs(found)
			if len(differs) > 0 {
				failed++
			}
			for _, d := range differs {
				fmt.Fprintf(c.out, "%s: %s\n", list[i].Name, d)
			}
		}
	}
	fmt.Fprintf(c.err, "%d cases: %d as expected, %d not\n", total, total-failed, failed)
	if failed > 0 {
		return attention("%d cases differ (exit code 1)", failed)
	}
	return nil
}
