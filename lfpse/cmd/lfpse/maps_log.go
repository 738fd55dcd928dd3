package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/internal/wording"
	"github.com/gpsafety/lfpse-go/lfpse/printable"
	"github.com/gpsafety/lfpse-go/lfpse/submission"
	"github.com/gpsafety/lfpse-go/mapping"
)

type mapsNewCmd struct{ inputFlags }

func (*mapsNewCmd) Help() string {
	return `Example:
  lfpse maps new incidents.csv > map.yaml

The draft names the columns that look like what LFPSE asks for, the forms of dates in use and, as questions, repeated words that no word list knows. Read each line before using it.`
}

func (cmd *mapsNewCmd) Run(c *console) error {
	in, err := cmd.input(c, &mapping.Map{})
	if err != nil {
		return err
	}
	defer in.close()
	name := "log"
	if cmd.Source != "-" {
		name = strings.ReplaceAll(strings.TrimSuffix(filepath.Base(cmd.Source), filepath.Ext(cmd.Source)), "-", " ")
	}
	var text []byte
	if in.table != nil {
		text, err = mapping.ProposeTable(in.table, name)
	} else {
		text, err = mapping.Propose(in.stream, name)
	}
	if err != nil {
		return cmd.named(err)
	}
	_, err = printable.Writer(c.out).Write(text)
	return err
}

type mapsCoverageCmd struct {
	inputFlags
	Map string `required:"" help:"Map file (YAML), or the name of a built-in map: ${maps}." placeholder:"FILE|NAME"`
	taxonomyFlags
}

func (*mapsCoverageCmd) Help() string {
	return `Example:
  lfpse maps coverage incidents.csv --map map.yaml

The lines under values can be pasted into the map. Only short words are shown, in at least two rows, of columns that a word list reads and nothing else does; never those of a column that the map denies.`
}

func (cmd *mapsCoverageCmd) Run(c *console) error {
	definition, err := readMap(cmd.Map)
	if err != nil {
		return err
	}
	m, err := compileMap(cmd.Map, &cmd.taxonomyFlags)
	if err != nil {
		return err
	}
	in, err := cmd.input(c, definition)
	if err != nil {
		return err
	}
	defer in.close()
	var coverage *mapping.Coverage
	if in.table != nil {
		coverage, err = m.CoverageTable(in.table)
	} else {
		coverage, err = m.Coverage(in.stream)
	}
	if err != nil {
		return cmd.named(err)
	}
	return coverage.WriteYAML(printable.Writer(c.out))
}

type mapsExplainCmd struct {
	sourceFlags
	Reference string `help:"The row to explain, by its reference. Default: the first row." placeholder:"REF"`
}

func (*mapsExplainCmd) Help() string {
	return `Example:
  lfpse maps explain incidents.csv --map map.yaml --reference W12

It says which column and which word of which list gave each property of the event, and why something is asked. It shows no cell.`
}

func (cmd *mapsExplainCmd) Run(c *console) error {
	s, err := cmd.open(c)
	if err != nil {
		return err
	}
	defer s.close()
	for row, err := range s.rows {
		if err != nil {
			return cmd.named(err)
		}
		var d draft.Draft
		if row(&d); cmd.Reference == "" || d.Reference == cmd.Reference {
			s.builder.Prepare(&d)
			s.explain(printable.Writer(c.out), &d)
			return nil
		}
	}
	printWarnings(c.err, s.warnings())
	if cmd.Reference == "" {
		return cmd.named(errors.New("there are no rows"))
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
func (t *teller) explain(w io.Writer, d *draft.Draft) {
	name := fmt.Sprintf("line %d", d.Line)
	if d.Reference != name {
		name = d.Reference + ", " + name
	}
	fmt.Fprintf(w, "%s: %s\n", name, d.State)
	if d.Reason != "" {
		fmt.Fprintf(w, "  %s\n", d.Reason)
	}
	for _, s := range d.Trace {
		fmt.Fprintf(w, "  %-36s %s: %s\n", s.Target, s.From, s.Rule)
	}
	for i := range d.Conditional {
		v := &d.Conditional[i]
		fmt.Fprintf(w, "  %-36s %s: %s, %s\n", v.Target, v.From, v.Rule, wording.When(t.builder.Codec(), v.When))
	}
	for i := range d.Questions {
		q := &d.Questions[i]
		if !q.Required || repeated(d.Questions, i) {
			continue
		}
		asked := "asked"
		if when := casesOf(t.builder.Codec(), d.Questions[i:], q); when != "" {
			asked += " " + when
		}
		fmt.Fprintf(w, "  %-36s %s (%s): %s\n", q.Target, asked, q.Rule, cmp.Or(q.Why, "Nothing in the row says it."))
	}
}
