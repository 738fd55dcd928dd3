package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy/fhirform"
)

// loadTaxonomy loads an embedded taxonomy by its version, or one from a file in the
// native form or from a FHIR package.
func loadTaxonomy(name string) (*taxonomy.Taxonomy, error) {
	t, err := taxonomy.Embedded(name)
	if err == nil {
		return t, nil
	}
	if _, statErr := os.Stat(name); errors.Is(statErr, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w; nor is there a file of that name", err)
	}
	return fhirform.Load(name)
}

type taxonomyExportCmd struct {
	taxonomyFlags
	FHIRPackage string `help:"Write a FHIR package instead: a folder, or a file that ends in .tgz." placeholder:"DIR|FILE.tgz"`
}

func (*taxonomyExportCmd) Help() string {
	return `Examples:
  lfpse taxonomy export --taxonomy 5 > v5.json
  lfpse taxonomy export --fhir-package lfpse.tgz

A FHIR package is an unofficial reconstruction. Other FHIR tools load it, and so does --taxonomy.`
}

// Run writes the taxonomy.
func (cmd *taxonomyExportCmd) Run(c *console) error {
	t, err := cmd.load()
	if err != nil {
		return err
	}
	switch {
	case cmd.FHIRPackage == "":
		text, err := t.Append(nil)
		if err != nil {
			return err
		}
		_, err = c.out.Write(text)
		return err
	case strings.HasSuffix(cmd.FHIRPackage, ".tgz"):
		f, err := os.OpenFile(cmd.FHIRPackage, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
		if err != nil {
			return err
		}
		if err := errors.Join(fhirform.WriteArchive(f, t), f.Close()); err != nil {
			return errors.Join(err, os.Remove(cmd.FHIRPackage))
		}
		return nil
	}
	return fhirform.WritePackage(cmd.FHIRPackage, t)
}
