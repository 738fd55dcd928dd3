package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/printable"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
	"github.com/gpsafety/lfpse-go/mapping"
	"github.com/gpsafety/lfpse-go/mapping/csvlog"
)

type taxonomyDiffCmd struct {
	From string `arg:"" help:"Version of an embedded taxonomy, a taxonomy file, or a FHIR package."`
	To   string `arg:"" help:"The one to compare it with."`
	Map  string `help:"Also say which rules of this map break: a map file, or the name of a built-in map: ${maps}." placeholder:"FILE|NAME"`
	JSON bool   `help:"Print JSON." name:"json"`
}

func (*taxonomyDiffCmd) Help() string {
	return `Examples:
  lfpse taxonomy diff 5 6
  lfpse taxonomy diff 6 pulled.json --map map.yaml

With --map the exit code is 1 if a rule of the map breaks.`
}

// mapBreak is a rule of a map that one taxonomy allowed and the other does not.
type mapBreak struct {
	Place string `json:"place,omitempty"` // in the map, such as fields[3]
	Text  string `json:"text"`
}

// Run prints the differences and what they do to the map.
func (cmd *taxonomyDiffCmd) Run(c *console) error {
	from, err := loadTaxonomy(cmd.From)
	if err != nil {
		return err
	}
	to, err := loadTaxonomy(cmd.To)
	if err != nil {
		return err
	}
	d := taxonomy.Diff(from, to)
	var breaks []mapBreak
	if cmd.Map != "" {
		m, err := readMap(cmd.Map)
		if err != nil {
			return err
		}
		if breaks, err = mapBreaks(m, from, to, &d); err != nil {
			return fmt.Errorf("%s: %w", cmd.Map, err)
		}
	}
	if err := cmd.print(c, &d, breaks); err != nil {
		return err
	}
	if len(breaks) > 0 {
		return attention("%d rules of the map break (exit code 1)", len(breaks))
	}
	return nil
}

func (cmd *taxonomyDiffCmd) print(c *console, d *taxonomy.Differences, breaks []mapBreak) error {
	if cmd.JSON {
		return writeJSON(c.out, struct {
			taxonomy.Differences
			Map []mapBreak `json:"map,omitempty"`
		}{*d, breaks})
	}
	if err := d.WriteText(printable.Writer(c.out)); err != nil || cmd.Map == "" {
		return err
	}
	if len(breaks) == 0 {
		_, err := fmt.Fprintf(printable.Writer(c.out), "\nNo rule of %s breaks.\n", cmd.Map)
		return err
	}
	fmt.Fprintf(printable.Writer(c.out), "\nRules of %s that break\n", cmd.Map)
	for _, b := range breaks {
		fmt.Fprintln(printable.Writer(c.out), "  "+strings.TrimPrefix(b.Place+": "+b.Text, ": "))
	}
	return nil
}

// readMap reads a map; the error names it.
func readMap(name string) (*mapping.Map, error) {
	m, err := mapping.ReadMap(name)
	var wrong *mapping.MapError
	if errors.As(err, &wrong) {
		err = fmt.Errorf("%s cannot be used:\n%w", name, err)
	}
	return m, err
}

// mapBreaks compiles a map against both taxonomies and lists what only the second
// refuses, then which of its targets are touched by a breaking change. A taxonomy
// of a FHIR version that this program does not write takes part in the second only.
func mapBreaks(m *mapping.Map, from, to *taxonomy.Taxonomy, d *taxonomy.Differences) ([]mapBreak, error) {
	before, codec, err := compile(m, from)
	after, other, otherErr := compile(m, to)
	if codec == nil {
		codec = other
	}
	if codec == nil {
		return nil, errors.Join(err, otherErr)
	}
	var out []mapBreak
	for _, finding := range after {
		if !slices.Contains(before, finding) {
			out = append(out, mapBreak{Text: finding.Text})
		}
	}
	return append(out, touched(m, codec, d)...), nil
}

// compile returns what is wrong with a map for a taxonomy, and the codec, nil where
// there is none.
func compile(m *mapping.Map, t *taxonomy.Taxonomy) ([]csvlog.Finding, *lfpse.Codec, error) {
	codec, err := lfpse.NewCodec(t)
	if err != nil {
		return nil, nil, err
	}
	_, err = mapping.New(m, draft.NewForm(codec))
	var wrong *mapping.MapError
	if errors.As(err, &wrong) {
		return wrong.Findings, codec, nil
	}
	return nil, codec, err
}

// touched lists the fields of a map whose taxonomy field has a breaking change, or
// whose words stand for a code that is retired or means something else now.
func touched(m *mapping.Map, c *lfpse.Codec, d *taxonomy.Differences) []mapBreak {
	fields := targets(c)
	var out []mapBreak
	look := func(place, prefix string, f *mapping.Field) {
		at, ok := fields[prefix+withoutIndex(f.To)]
		if !ok {
			return
		}
		values := append(words(m.Values[f.Values]), f.Default)
		for _, change := range d.Changes {
			list, code, _ := strings.Cut(change.Key, "#")
			hit := change.Breaking && change.Element == "field" && change.Key == at.field
			hit = hit || change.Breaking && change.Element == "group" && strings.HasPrefix(at.field, change.Key+"/")
			hit = hit || change.Element == "code" && list == at.list && (change.Kind == taxonomy.Retired || change.Kind == taxonomy.Redefined) &&
				(slices.Contains(values, code) || change.Kind == taxonomy.Redefined && slices.Contains(values, change.From))
			if hit {
				out = append(out, mapBreak{Place: place + " (" + f.To + ")", Text: strings.TrimPrefix(strings.Join(strings.Fields(change.String()), " "), "! ")})
			}
		}
	}
	for i := range m.Fields {
		look(fmt.Sprintf("fields[%d]", i), "", &m.Fields[i])
	}
	for i := range m.Patients {
		for j := range m.Patients[i].Fields {
			look(fmt.Sprintf("patients[%d].fields[%d]", i, j), "patients.", &m.Patients[i].Fields[j])
		}
	}
	return out
}

// place is a field of the taxonomy and its list, as changes name them.
type place struct{ field, list string }

// targets maps the places of an event, without positions, to taxonomy fields.
func targets(c *lfpse.Codec) map[string]place {
	t := c.Taxonomy()
	bare := func(id string) string { return strings.TrimSuffix(id, t.Suffix()) }
	out := map[string]place{"type": {list: bare(t.EventType)}}
	for i := range t.Groups {
		g := &t.Groups[i]
		for j := range g.Fields {
			f := &g.Fields[j]
			if target := c.Target(bare(g.ID), f.Name, 0); target != "" {
				out[withoutIndex(target)] = place{bare(g.ID) + "/" + f.Name, bare(f.CodeSystem)}
			}
		}
	}
	return out
}

// withoutIndex takes the position off patients[0].physicalHarm.
func withoutIndex(target string) string {
	head, rest, indexed := strings.Cut(target, "[")
	if !indexed {
		return target
	}
	_, rest, _ = strings.Cut(rest, "]")
	return head + rest
}

// words are the values that the words of a list stand for.
func words(v mapping.ValueMap) []string {
	var out []string
	for _, entry := range v.Entries {
		switch value := entry.Value.(type) {
		case string:
			out = append(out, value)
		case []any:
			for _, item := range value {
				out = append(out, fmt.Sprint(item))
			}
		default:
			out = append(out, fmt.Sprint(value))
		}
	}
	return out
}
