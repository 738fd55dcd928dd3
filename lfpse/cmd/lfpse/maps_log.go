package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/printable"
	"github.com/gpsafety/lfpse-go/lfpse/submission"
	"github.com/gpsafety/lfpse-go/mapping"
)

// logArg names the log of a command.
type logArg struct {
	Log string `arg:"" help:"Incident log (CSV); - reads standard input."`
}

// open opens the log.
func (a *logArg) open(c *console) (io.ReadCloser, error) {
	if a.Log == "-" {
		return io.NopCloser(c.in), nil
	}
	return os.Open(a.Log)
}

// mapFlag names the map with which a command reads a log.
type mapFlag struct {
	Map string `required:"" help:"Map file (YAML), or the name of a built-in map: ${maps}." placeholder:"FILE|NAME"`
}

type mapsNewCmd struct{ logArg }

func (*mapsNewCmd) Help() string {
	return `Example:
  lfpse maps new incidents.csv > map.yaml

The draft names the columns that look like what LFPSE asks for, the forms of dates in use and, as questions, repeated words that no word list knows. Read each line before using it.`
}

func (cmd *mapsNewCmd) Run(c *console) error {
	log, err := cmd.open(c)
	if err != nil {
		return err
	}
	defer log.Close()
	name := strings.TrimSuffix(filepath.Base(cmd.Log), filepath.Ext(cmd.Log))
	text, err := mapping.Propose(log, strings.ReplaceAll(name, "-", " "))
	if err != nil {
		return fmt.Errorf("%s: %w", cmd.Log, err)
	}
	_, err = printable.Writer(c.out).Write(text)
	return err
}

type mapsCoverageCmd struct {
	logArg
	mapFlag
	taxonomyFlags
}

func (*mapsCoverageCmd) Help() string {
	return `Example:
  lfpse maps coverage incidents.csv --map map.yaml

The lines under values can be pasted into the map. Only short words are shown, in at least two rows, of columns that a word list reads and nothing else does; never those of a column that the map denies.`
}

func (cmd *mapsCoverageCmd) Run(c *console) error {
	m, err := compileMap(cmd.Map, &cmd.taxonomyFlags)
	if err != nil {
		return err
	}
	log, err := cmd.open(c)
	if err != nil {
		return err
	}
	defer log.Close()
	coverage, err := m.Coverage(log)
	if err != nil {
		return fmt.Errorf("%s: %w", cmd.Log, err)
	}
	return coverage.WriteYAML(printable.Writer(c.out))
}

type mapsExplainCmd struct {
	logArg
	mapFlag
	taxonomyFlags
	Reference string `help:"The row to explain, by its reference. Default: the first row." placeholder:"REF"`
	Today     string `help:"The date to use as today, YYYY-MM-DD. Default: the current day in England." placeholder:"DATE"`
}

func (*mapsExplainCmd) Help() string {
	return `Example:
  lfpse maps explain incidents.csv --map map.yaml --reference W12

It says which column and which word of which list gave each property of the event, and why something is asked. It shows no cell.`
}

func (cmd *mapsExplainCmd) Run(c *console) error {
	opts, err := todayOption(cmd.Today)
	if err != nil {
		return err
	}
	m, b, err := compileWith(cmd.Map, &cmd.taxonomyFlags, opts...)
	if err != nil {
		return err
	}
	in, err := cmd.open(c)
	if err != nil {
		return err
	}
	defer in.Close()
	log, err := m.Open(in)
	if err != nil {
		return fmt.Errorf("%s: %w", cmd.Log, err)
	}
	for d, err := range log.Drafts() {
		if err != nil {
			return fmt.Errorf("%s: %w", cmd.Log, err)
		}
		if cmd.Reference == "" || d.Reference == cmd.Reference {
			b.Prepare(&d)
			explain(printable.Writer(c.out), &d)
			return nil
		}
	}
	if cmd.Reference == "" {
		return fmt.Errorf("%s has no rows", cmd.Log)
	}
	return errors.New("no row of the log has the reference of --reference")
}

// todayOption sets the current day, if one is given.
func todayOption(today string) ([]submission.Option, error) {
	switch {
	case today == "":
		return nil, nil
	case !lfpse.Date(today).Valid():
		return nil, errors.New("--today must be a date of the form YYYY-MM-DD")
	}
	return []submission.Option{submission.WithToday(func() lfpse.Date { return lfpse.Date(today) })}, nil
}

// explain says where each value of a draft came from and why each question is asked.
func explain(w io.Writer, d *draft.Draft) {
	fmt.Fprintf(w, "%s, line %d: %s\n", d.Reference, d.Line, d.State)
	if d.Reason != "" {
		fmt.Fprintf(w, "  %s\n", d.Reason)
	}
	for _, s := range d.Trace {
		fmt.Fprintf(w, "  %-36s %s: %s\n", s.Target, s.From, s.Rule)
	}
	for i := range d.Conditional {
		v := &d.Conditional[i]
		fmt.Fprintf(w, "  %-36s %s: %s, %s\n", v.Target, v.From, v.Rule, conditions(v.When))
	}
	for i := range d.Questions {
		q := &d.Questions[i]
		if !q.Required {
			continue
		}
		why := q.Why
		if why == "" {
			why = "Nothing in the row says it."
		}
		fmt.Fprintf(w, "  %-36s asked (%s): %s\n", q.Target, q.Rule, why)
	}
}
