package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"strings"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/nearest"
	"github.com/gpsafety/lfpse-go/lfpse/printable"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
	"github.com/gpsafety/lfpse-go/mapping"
)

type taxonomyCmd struct {
	List   taxonomyListCmd   `cmd:"" help:"List the embedded taxonomies."`
	Show   taxonomyShowCmd   `cmd:"" help:"Show groups, one group or list, or what is not confirmed."`
	Diff   taxonomyDiffCmd   `cmd:"" help:"Compare two taxonomies, and say what a map has to change."`
	Export taxonomyExportCmd `cmd:"" help:"Write the taxonomy in the native form or as a FHIR package, or the form of the record as a Questionnaire."`
	Pull   taxonomyPullCmd   `cmd:"" help:"Read a taxonomy from a service and keep it in a file."`
	Check  taxonomyCheckCmd  `cmd:"" help:"Compare a taxonomy with what a service publishes."`
	Schema taxonomySchemaCmd `cmd:"" help:"Write the JSON Schema of the event form."`
	Maps   taxonomyMapsCmd   `cmd:"" hidden:"" help:"List the built-in maps, or write one to start from."`
}

type taxonomyListCmd struct{}

func (taxonomyListCmd) Run(c *console) error {
	for _, version := range taxonomy.Versions() {
		t, err := taxonomy.Embedded(version)
		if err != nil {
			return err
		}
		fields := 0
		for i := range t.Groups {
			fields += len(t.Groups[i].Fields)
		}
		fmt.Fprintf(printable.Writer(c.out), "%s  FHIR %s  %s  %s: %d groups, %d fields, %d lists\n", t.Version, t.FHIRVersion, t.Date, t.Title, len(t.Groups), fields, len(t.CodeSystems))
	}
	return nil
}

type taxonomyShowCmd struct {
	taxonomyFlags
	ID      string `arg:"" optional:"" help:"Id of a group or list, with or without the version suffix; or a word to find among fields, codes and targets."`
	Targets bool   `help:"List what a map can fill, with type, list and whether it is required."`
	Unknown bool   `help:"Show what is provisional or of unknown evidence, and how to confirm it."`
	JSON    bool   `help:"Print JSON." name:"json"`
}

func (cmd *taxonomyShowCmd) Run(c *console) error {
	t, err := cmd.load()
	if err != nil {
		return err
	}
	switch {
	case cmd.Unknown && cmd.JSON:
		return writeJSON(c.out, t.Unconfirmed())
	case cmd.Unknown:
		showUnconfirmed(printable.Writer(c.out), t)
		return nil
	case cmd.Targets && cmd.ID != "":
		return errors.New("--targets lists all; leave the word out")
	case cmd.Targets:
		return cmd.showTargets(c.out, t)
	case cmd.ID == "":
		showGroups(printable.Writer(c.out), t)
		return nil
	}
	if g := t.Group(cmd.ID); g != nil {
		if cmd.JSON {
			return writeJSON(c.out, g)
		}
		showGroup(printable.Writer(c.out), t, g)
		return nil
	}
	if cs := t.CodeSystem(cmd.ID); cs != nil {
		if cmd.JSON {
			return writeJSON(c.out, cs)
		}
		showList(printable.Writer(c.out), cs)
		return nil
	}
	word := firstOf(cmd.ID)
	found := findWord(t, word)
	switch {
	case len(found) == 0:
		return fmt.Errorf("the taxonomy has no group, list, field or code %q%s", cmd.ID, cmp.Or(nearest.Hint(cmd.ID, taxonomyWords(t)), "; lfpse taxonomy show lists the groups"))
	case cmd.JSON:
		return writeJSON(c.out, found)
	}
	for _, f := range found {
		fmt.Fprintln(c.out, strings.TrimRight(fmt.Sprintf("%-6s %-58s %-46s %s", f.Kind, f.Key, f.Text, f.Target), " "))
	}
	if cs := listAt(t, word); cs != nil {
		fmt.Fprintln(c.out)
		showList(printable.Writer(c.out), cs)
	}
	return nil
}

func showUnconfirmed(w io.Writer, t *taxonomy.Taxonomy) {
	fmt.Fprintf(w, "%s: what is not confirmed\n\nPROVISIONAL: may be sent to a sandbox only, until it is confirmed\n", t.Title)
	var rest []taxonomy.Unconfirmed
	for _, o := range t.Unconfirmed() {
		if !o.Provisional {
			rest = append(rest, o)
			continue
		}
		fmt.Fprintf(w, "  %s\n", strings.TrimRight(fmt.Sprintf("%-64s %-12s %s", o.Key, o.Display, standIn(o)), " "))
	}
	fmt.Fprintf(w, "\nUNKNOWN: the cardinality or the meaning has not been seen; sent as the taxonomy has it\n")
	for _, o := range rest {
		fmt.Fprintf(w, "  %s\n", strings.TrimRight(fmt.Sprintf("%-64s %s", o.Key, o.Note), " "))
	}
	fmt.Fprint(w, `
To confirm, write down what the service owner has told you and give it with --confirm FILE:
  {"source": "who confirmed it, how and when",
   "concepts": {"event-type-6": {"risk": "CODE", "outcome": "CODE"}},
   "groups": ["adverse-event-governance-6"],
   "fields": {"adverse-event-problem-people-6/PeopleActionsDiffered": {"type": "boolean"}}}
`)
}

func standIn(o taxonomy.Unconfirmed) string {
	if o.Code == "" {
		return ""
	}
	return "stand-in code " + o.Code
}

func showGroups(w io.Writer, t *taxonomy.Taxonomy) {
	fmt.Fprintf(w, "%s (FHIR %s, %s)\n%s\n\n", t.Title, t.FHIRVersion, t.Date, t.Note)
	for i := range t.Groups {
		g := &t.Groups[i]
		fmt.Fprintf(w, "%-48s %-12s %-6s %-10s %2d fields  %s\n", g.ID, g.Context, cardinality(g.Min, g.Max), g.Evidence, len(g.Fields), g.Description)
	}
}

// showGroup shows the fields and, where this program writes the FHIR version of the
// taxonomy, their places in an event.
func showGroup(w io.Writer, t *taxonomy.Taxonomy, g *taxonomy.Group) {
	target := func(string) string { return "" }
	if c, err := lfpse.NewCodec(t); err == nil {
		target = func(field string) string { return c.Target(strings.TrimSuffix(g.ID, t.Suffix()), field, 0) }
	}
	fmt.Fprintf(w, "%s: %s\nurl %s\non %s, %s, evidence %s\n", g.ID, g.Description, t.URL(g.ID), g.Context, cardinality(g.Min, g.Max), evidence(g.Evidence, g.CardinalityEvidence))
	if g.Note != "" {
		fmt.Fprintf(w, "note: %s\n", g.Note)
	}
	fmt.Fprintln(w)
	for i := range g.Fields {
		f := &g.Fields[i]
		line := fmt.Sprintf("%-36s %-6s %-8s %-40s %-14s %-30s %s", f.Name, cardinality(f.Min, f.Max), f.Type, f.CodeSystem, f.Content, evidence(f.Evidence, f.CardinalityEvidence), target(f.Name))
		fmt.Fprintln(w, strings.TrimRight(line, " "))
	}
}

func showList(w io.Writer, cs *taxonomy.CodeSystem) {
	kind := "open: a code outside it is a warning"
	if cs.Closed {
		kind = "closed: a code outside it is an error"
	}
	fmt.Fprintf(w, "%s: %s\n%s; evidence %s\n", cs.ID, cs.Name, kind, cs.Evidence)
	for _, s := range []string{cs.Corroboration, cs.Note} {
		if s != "" {
			fmt.Fprintln(w, s)
		}
	}
	fmt.Fprintln(w)
	for _, con := range cs.Concepts {
		mark := ""
		if con.Provisional {
			mark = "  (provisional)"
		}
		fmt.Fprintf(w, "%-24s %-12s %s%s\n", con.Code, con.Name, con.Display, mark)
	}
}

func cardinality(lower, upper int) string {
	if upper == 0 {
		return fmt.Sprintf("%d..*", lower)
	}
	return fmt.Sprintf("%d..%d", lower, upper)
}

func evidence(e, c taxonomy.Evidence) string {
	if c == "" || c == e {
		return string(e)
	}
	return fmt.Sprintf("%s (cardinality %s)", e, c)
}

type taxonomySchemaCmd struct{ taxonomyFlags }

func (cmd *taxonomySchemaCmd) Run(c *console) error {
	t, err := cmd.load()
	if err != nil {
		return err
	}
	codec, err := lfpse.NewCodec(t)
	if err != nil {
		return err
	}
	text, err := codec.EventSchema()
	if err != nil {
		return err
	}
	_, err = c.out.Write(text)
	return err
}

// taxonomyMapsCmd is what lfpse maps list and show were called.
type taxonomyMapsCmd struct {
	Name string `arg:"" optional:"" help:"Name of a built-in map to write."`
}

func (cmd *taxonomyMapsCmd) Run(c *console) error {
	if cmd.Name == "" {
		return mapsListCmd{}.Run(c)
	}
	text, err := mapping.BuiltinData(cmd.Name)
	if err == nil {
		_, err = c.out.Write(text)
	}
	return err
}

type versionCmd struct {
	JSON bool `help:"Print JSON." name:"json"`
}

func (cmd *versionCmd) Run(c *console) error {
	version := "unknown"
	if info, ok := debug.ReadBuildInfo(); ok {
		version = info.Main.Version
	}
	if cmd.JSON {
		return writeJSON(c.out, map[string]any{"version": version, "taxonomies": taxonomy.Versions()})
	}
	fmt.Fprintf(c.out, "lfpse %s, taxonomies %s\n", version, strings.Join(taxonomy.Versions(), ", "))
	return nil
}
