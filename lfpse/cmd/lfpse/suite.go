package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/gpsafety/lfpse-go/conformance/cases/judge"
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
// compares the findings with those expected.
func runSuites(c *console, suites []string) error {
	total, failed := 0, 0
	plain := map[string]*judge.Judge{}
	for _, suite := range suites {
		list, err := judge.Load(os.DirFS(suite))
		if err != nil {
			return err
		}
		for i := range list {
			one := &list[i]
			j := plain[one.Version]
			if j == nil || one.Options != nil {
				if j, err = judge.NewJudge(one.Version, one.Options); err != nil {
					return fmt.Errorf("%s: %w", one.Name, err)
				}
				if one.Options == nil {
					plain[one.Version] = j
				}
			}
			total++
			differs := one.Differs(j.Check(one.Input))
			if len(differs) > 0 {
				failed++
			}
			for _, d := range differs {
				fmt.Fprintf(c.out, "%s: %s\n", one.Name, d)
			}
		}
	}
	fmt.Fprintf(c.err, "%d cases: %d as expected, %d not\n", total, total-failed, failed)
	if failed > 0 {
		return attention("%d cases differ (exit code 1)", failed)
	}
	return nil
}
