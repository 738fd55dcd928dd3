package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/gpsafety/lfpse-go/lfpse/printable"
	"github.com/gpsafety/lfpse-go/lfpse/submission"
	"github.com/gpsafety/lfpse-go/mapping"
	"github.com/gpsafety/lfpse-go/mapping/csvlog"
)

type mapsCmd struct {
	List     mapsListCmd     `cmd:"" help:"List the built-in maps."`
	Show     mapsShowCmd     `cmd:"" help:"Write a map: a built-in one as it is, to start from, or a file with all that it includes."`
	New      mapsNewCmd      `cmd:"" help:"Draft a map from the header of a log and the words found in it."`
	Lint     mapsLintCmd     `cmd:"" help:"Say everything about a map that its author should mend."`
	Test     mapsTestCmd     `cmd:"" help:"Try a map on rows that stand beside it, with what they must become."`
	Explain  mapsExplainCmd  `cmd:"" help:"Say for a row where each value came from, and why something is asked."`
	Schema   mapsSchemaCmd   `cmd:"" help:"Write the JSON Schema of map files, with which editors complete and check what is typed."`
	Coverage mapsCoverageCmd `cmd:"" help:"Say what of a log a map does not use, and which words it does not know."`
}

type mapsListCmd struct{}

func (mapsListCmd) Run(c *console) error {
	for _, name := range mapping.BuiltinNames() {
		m, err := mapping.Builtin(name)
		if err != nil {
			return err
		}
		fmt.Fprintf(printable.Writer(c.out), "%-12s %s\n", name, strings.TrimSpace(m.Description))
	}
	return nil
}

type mapsSchemaCmd struct{}

func (mapsSchemaCmd) Run(c *console) error {
	_, err := c.out.Write(mapping.Schema())
	return err
}

// mapArg names the map of a command.
type mapArg struct {
	Map string `arg:"" help:"Map file (YAML), or the name of a built-in map: ${maps}."`
}

type mapsShowCmd struct{ mapArg }

func (cmd *mapsShowCmd) Run(c *console) error {
	text, err := mapping.BuiltinData(cmd.Map)
	if err != nil {
		m, wrong := readMap(cmd.Map)
		if wrong != nil {
			return wrong
		}
		text, err = m.YAML()
	}
	if err == nil {
		_, err = printable.Writer(c.out).Write(text)
	}
	return err
}

type mapsLintCmd struct {
	mapArg
	taxonomyFlags
}

func (*mapsLintCmd) Help() string {
	return `Example:
  lfpse maps lint map.yaml

A map that lint does not pass may still be used, with warnings; a default for harm, the number of patients, gender, same as at birth, the level of concern or the involved agents never passes.

Exit codes: 0 nothing to mend; 1 something to mend; 2 the command or a file cannot be used.`
}

func (cmd *mapsLintCmd) Run(c *console) error {
	findings, err := cmd.findings()
	if err != nil {
		return err
	}
	for _, f := range findings {
		fmt.Fprintln(c.out, printable.Line(f.String()))
	}
	if n := len(findings); n > 0 {
		return attention("%s: %s to mend", cmd.Map, counted(n, "finding", "findings"))
	}
	fmt.Fprintf(printable.Writer(c.out), "%s: nothing to mend\n", cmd.Map)
	return nil
}

// findings are those of reading, compiling and judging the map, whichever it comes to.
func (cmd *mapsLintCmd) findings() ([]csvlog.Finding, error) {
	m, err := compileMap(cmd.Map, &cmd.taxonomyFlags)
	var wrong *mapping.MapError
	if errors.As(err, &wrong) {
		return wrong.Findings, nil
	}
	if err != nil {
		return nil, err
	}
	return slices.Clone(m.Lint()), nil
}

// compileMap reads a map and compiles it for a taxonomy.
func compileMap(name string, flags *taxonomyFlags) (*mapping.Mapper, error) {
	m, _, err := compileWith(name, flags)
	return m, err
}

// compileWith does what compileMap does, and returns the builder for the drafts too.
func compileWith(name string, flags *taxonomyFlags, opts ...submission.Option) (*mapping.Mapper, *submission.Builder, error) {
	definition, err := readMap(name)
	if err != nil {
		return nil, nil, err
	}
	policy, err := definition.Policy()
	if err != nil {
		return nil, nil, err
	}
	t, err := flags.load()
	if err != nil {
		return nil, nil, err
	}
	b, err := submission.NewBuilder(t, append(opts, submission.WithPolicy(policy))...)
	if err != nil {
		return nil, nil, err
	}
	m, err := mapping.New(definition, b.Form())
	if err != nil {
		return nil, nil, fmt.Errorf("%s cannot be used:\n%w", name, err)
	}
	return m, b, nil
}
