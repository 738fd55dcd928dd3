package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/printable"
	"github.com/gpsafety/lfpse-go/lfpse/submission"
	"github.com/gpsafety/lfpse-go/mapping"
)

type mapsTestCmd struct {
	mapArg
	taxonomyFlags
	Rows string `help:"File of rows and what they must become. Default: beside the map, as map.test.yaml for map.yaml." type:"existingfile" placeholder:"FILE"`
}

func (*mapsTestCmd) Help() string {
	return `Example:
  lfpse maps test map.yaml

The file holds rows and what the map must make of them. Invent the rows; keep no real ones.

  today: 2026-03-10
  tests:
    - name: a fall
      cells: {Ref: "1", Date: 05/03/2026, Harm: Low}
      want: {date: "2026-03-05", "patients[0].physicalHarm": low, outcome.immediateActions: ""}
      asks: [patients[0].genderIdentity]
      state: needs answers

A blank text under want says that the property must not be filled. A test has at least one of want, asks and state.

Exit codes: 0 every row becomes what it must; 1 some do not; 2 the command or a file cannot be used.`
}

// goldenFile is the file of rows and what they must become.
type goldenFile struct {
	Today string       `yaml:"today"`
	Tests []goldenTest `yaml:"tests"`
}

type goldenTest struct {
	Name  string            `yaml:"name"`
	Cells map[string]string `yaml:"cells"`
	Want  map[string]string `yaml:"want"`
	Asks  []string          `yaml:"asks"`
	State draft.State       `yaml:"state"`
}

const maxGolden = 1 << 20

func (cmd *mapsTestCmd) Run(c *console) error {
	name := cmp.Or(cmd.Rows, strings.TrimSuffix(cmd.Map, filepath.Ext(cmd.Map))+".test.yaml")
	golden, err := readGolden(name)
	if err != nil {
		return err
	}
	opts, err := todayOption(golden.Today)
	if err != nil {
		return err
	}
	m, b, err := compileWith(cmd.Map, &cmd.taxonomyFlags, opts...)
	if err != nil {
		return err
	}
	failed := 0
	for i, test := range golden.Tests {
		wrong := test.run(m, b)
		fmt.Fprintf(printable.Writer(c.out), "%-4s %s\n", map[bool]string{true: "ok", false: "FAIL"}[len(wrong) == 0], test.title(i))
		for _, text := range wrong {
			fmt.Fprintln(c.out, "     "+printable.Line(text))
		}
		if len(wrong) > 0 {
			failed++
		}
	}
	if failed > 0 {
		return attention("%d of %s did not become what they must", failed, counted(len(golden.Tests), "row", "rows"))
	}
	return nil
}

func readGolden(name string) (*goldenFile, error) {
	info, err := os.Stat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is no %s with rows to try the map on: lfpse maps test --help shows how to write one", clean(name))
	}
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > maxGolden {
		return nil, fmt.Errorf("%s is no file of at most 1 MiB", name)
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var out goldenFile
	if err := yaml.NewDecoder(bytes.NewReader(data), yaml.Strict()).Decode(&out); err != nil {
		return nil, fmt.Errorf("%s is not YAML of the documented form: %s", name, yaml.FormatError(err, false, false))
	}
	return &out, out.check(name)
}

// check refuses what would seem to test something and does not.
func (g *goldenFile) check(name string) error {
	if len(g.Tests) == 0 {
		return fmt.Errorf("%s has no tests", name)
	}
	if g.Today != "" && !lfpse.Date(g.Today).Valid() {
		return fmt.Errorf("%s: today must be a date of the form YYYY-MM-DD", name)
	}
	var empty []string
	for i := range g.Tests {
		if t := &g.Tests[i]; len(t.Want) == 0 && len(t.Asks) == 0 && t.State == "" {
			empty = append(empty, t.title(i))
		}
	}
	if len(empty) > 0 {
		return fmt.Errorf("%s has tests that test nothing: %s. Give each at least one of want, asks and state", name, printable.Line(strings.Join(empty, "; ")))
	}
	return nil
}

// title is the name of a test or, if it has none, its number.
func (t *goldenTest) title(i int) string { return cmp.Or(t.Name, fmt.Sprintf("test %d", i+1)) }

// run maps the row and says what is not as it must be.
func (t *goldenTest) run(m *mapping.Mapper, b *submission.Builder) (wrong []string) {
	for _, column := range slices.Sorted(maps.Keys(t.Cells)) {
		if !slices.Contains(m.Columns(), column) {
			wrong = append(wrong, fmt.Sprintf("cells: the map does not use a column %q", column))
		}
	}
	d := m.Map(mapping.Row{Line: 2, Cells: t.Cells})
	b.Prepare(&d)
	if t.State != "" && t.State != d.State {
		wrong = append(wrong, fmt.Sprintf("state: is %q, must be %q", d.State, t.State))
	}
	for _, target := range slices.Sorted(maps.Keys(t.Want)) {
		accessor, err := b.Form().Accessor(target)
		if err != nil {
			wrong = append(wrong, fmt.Sprintf("%s: %v", target, err))
			continue
		}
		if is := strings.Join(accessor.Values(&d.Event), draft.BetweenAnswers); is != t.Want[target] {
			wrong = append(wrong, fmt.Sprintf("%s: is %q, must be %q", target, is, t.Want[target]))
		}
	}
	for _, target := range t.Asks {
		if !d.Asks(target) {
			wrong = append(wrong, target+": is not asked")
		}
	}
	return wrong
}
