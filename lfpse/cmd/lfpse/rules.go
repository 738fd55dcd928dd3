package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/validate"
)

type rulesCmd struct {
	taxonomyFlags
	ID     string `arg:"" optional:"" help:"Id of one rule, such as LFPSE-AGE-GRID."`
	Format string `help:"text, json or markdown." enum:"text,json,markdown" default:"text"`
}

func (*rulesCmd) Help() string {
	return `Examples:
  lfpse rules
  lfpse rules LFPSE-AGE-GRID`
}

// Run shows the catalogue of rules, or one of them.
func (cmd *rulesCmd) Run(c *console) error {
	t, err := cmd.load()
	if err != nil {
		return err
	}
	codec, err := lfpse.NewCodec(t)
	if err != nil {
		return err
	}
	v, err := validate.New(codec)
	if err != nil {
		return err
	}
	rules := v.Rules()
	if cmd.ID != "" {
		rules = rules[:0:0]
		for _, r := range v.Rules() {
			if strings.EqualFold(r.ID, cmd.ID) {
				rules = append(rules, r)
			}
		}
		if len(rules) == 0 {
			return fmt.Errorf("there is no rule %q; lfpse rules lists them", cmd.ID)
		}
	}
	switch {
	case cmd.Format == "json":
		return writeJSON(c.out, rules)
	case cmd.Format == "markdown":
		return validate.Markdown(c.out, rules)
	case cmd.ID != "":
		showRule(c.out, &rules[0])
		return nil
	}
	for i := range rules {
		r := &rules[i]
		fmt.Fprintf(c.out, "%-28s %-12s %-10s %s\n", r.ID, r.Severity, string(r.Evidence)+"/"+string(r.Confidence), r.Title)
	}
	return nil
}

func showRule(w io.Writer, r *validate.Rule) {
	fmt.Fprintf(w, "%s: %s\n\n", r.ID, r.Title)
	types := make([]string, len(r.EventTypes))
	for i, t := range r.EventTypes {
		types[i] = string(t)
	}
	for _, line := range [][2]string{
		{"severity", r.Severity.String()}, {"layer", string(r.Layer)}, {"looks at", r.Path},
		{"event types", strings.Join(types, ", ")}, {"versions", strings.Join(r.Versions, ", ")},
		{"evidence", fmt.Sprintf("%s, confidence %s", r.Evidence, r.Confidence)}, {"source", r.Source},
		{"why", r.Why}, {"fix", r.Fix}, {"not applied", r.Off},
	} {
		if line[1] != "" {
			fmt.Fprintf(w, "%-12s %s\n", line[0], line[1])
		}
	}
}
