package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/gpsafety/lfpse-go/lfpse/printable"
	"github.com/gpsafety/lfpse-go/lfpse/submission"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy/fhirform"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy/pull"
)

// serviceFlags say which service publishes a taxonomy.
type serviceFlags struct {
	endpointFlags
	From string `help:"Scheme and host of the service, such as https://lfpse.example, the url of a sandbox, or an endpoint file." required:"" placeholder:"URL|FILE"`
}

func (f *serviceFlags) fetch(ctx context.Context, c *console, opts ...pull.Option) (*taxonomy.Taxonomy, error) {
	ep, err := f.reading(f.From)
	if err != nil {
		return nil, err
	}
	if text := unconfirmed(ep); text != "" {
		fmt.Fprintln(c.err, printable.Text(text))
	}
	return pull.Fetch(ctx, ep, opts...)
}

type taxonomyPullCmd struct {
	serviceFlags
	Out     string `help:"File to keep the taxonomy in; what it held before goes to FILE.previous." required:"" placeholder:"FILE"`
	Version string `help:"Taxonomy version to read. Default: the highest that the service publishes." placeholder:"VERSION"`
}

func (*taxonomyPullCmd) Help() string {
	return `Examples:
  lfpse taxonomy pull --from http://127.0.0.1:8787 --out v6.json
  lfpse taxonomy pull --from https://lfpse.example --key-file key --out v6.json
  lfpse taxonomy pull --from endpoint.yaml --out v6.json
  lfpse taxonomy diff 6 v6.json --map map.yaml

The file is replaced only by a whole taxonomy that passes every check. Compare it with the one in use before you put it to use.`
}

// Run reads the taxonomy and only then touches the file.
func (cmd *taxonomyPullCmd) Run(ctx context.Context, c *console) error {
	t, err := cmd.fetch(ctx, c, pull.WithVersion(cmd.Version))
	if err != nil {
		return err
	}
	changed, err := pull.Save(cmd.Out, t)
	if err != nil {
		return err
	}
	verb := "written to"
	if !changed {
		verb = "is what is already in"
	}
	_, err = fmt.Fprintf(printable.Writer(c.out), "taxonomy version %s (FHIR %s), %s: %d groups, %d lists, %s %s\n", t.Version, t.FHIRVersion, t.Date, len(t.Groups), len(t.CodeSystems), verb, cmd.Out)
	return err
}

type taxonomyCheckCmd struct {
	taxonomyFlags
	serviceFlags
	JSON bool `help:"Print JSON." name:"json"`
}

func (*taxonomyCheckCmd) Help() string {
	return `Examples:
  lfpse taxonomy check --from http://127.0.0.1:8787
  lfpse taxonomy check --from https://lfpse.example --key-env LFPSE_KEY --taxonomy v6.json

Exit codes: 0 the service says the same; 1 it says something else; 2 it cannot be asked, or its answer is no taxonomy.`
}

// Run compares a taxonomy with the one of its version that the service publishes.
func (cmd *taxonomyCheckCmd) Run(ctx context.Context, c *console) error {
	ours, err := cmd.load()
	if err != nil {
		return err
	}
	theirs, err := cmd.fetch(ctx, c, pull.WithVersion(ours.Version), pull.WithKnown(ours))
	if err != nil {
		return err
	}
	d := taxonomy.Diff(ours, theirs)
	if cmd.JSON {
		err = writeJSON(c.out, d)
	} else {
		err = d.WriteText(printable.Writer(c.out))
	}
	if err == nil && len(d.Changes) > 0 {
		return attention("the service differs in %d places, %d of them breaking (exit code 1)", len(d.Changes), d.Breaking())
	}
	return err
}

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
	FHIRPackage   string `help:"Write a FHIR package instead: a folder, or a file that ends in .tgz." placeholder:"DIR|FILE.tgz" xor:"form"`
	Questionnaire bool   `help:"Write the form of the record instead, as an SDC Questionnaire (FHIR R4)." xor:"form"`
}

func (*taxonomyExportCmd) Help() string {
	return `Examples:
  lfpse taxonomy export --taxonomy 5 > v5.json
  lfpse taxonomy export --fhir-package lfpse.tgz
  lfpse taxonomy export --questionnaire > form.json

A FHIR package is an unofficial reconstruction. Other FHIR tools load it, and so does --taxonomy.

A Questionnaire is shown by other systems, for instance with LHC-Forms. lfpse map reads the QuestionnaireResponse that comes back.`
}

// Run writes the taxonomy.
func (cmd *taxonomyExportCmd) Run(c *console) error {
	t, err := cmd.load()
	if err != nil {
		return err
	}
	switch {
	case cmd.Questionnaire:
		b, err := submission.NewBuilder(t)
		if err != nil {
			return err
		}
		text, err := questionnaireOf(b)
		if err != nil {
			return err
		}
		_, err = c.out.Write(text)
		return err
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
