package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/check"
	"github.com/gpsafety/lfpse-go/lfpse/privacy"
	"github.com/gpsafety/lfpse-go/lfpse/rule"
)

type rulesCmd struct {
	taxonomyFlags
	ID     string `arg:"" optional:"" help:"Id of one rule, such as LFPSE-AGE-GRID."`
	Format string `help:"text, json or markdown." enum:"text,json,markdown" default:"text"`
}

func (*rulesCmd) Help() string {
	return `Every finding has an id. Without one, all are listed in the order in which an
incident on its way from a log to the service meets them.

Examples:
  lfpse rules
  lfpse rules LFPSE-AGE-GRID
  lfpse rules PRIVACY-NHS-NUMBER`
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
	checker, err := check.New(codec)
	if err != nil {
		return err
	}
	return cmd.show(c.out, checker.Rules())
}

func (cmd *rulesCmd) show(w io.Writer, rules rule.Catalogue) error {
	if cmd.ID != "" {
		r, found := rules.Find(cmd.ID)
		if !found {
			return noRule(rules, cmd.ID)
		}
		rules = rule.Catalogue{r}
	}
	switch {
	case cmd.Format == "json":
		return writeJSON(w, rules)
	case cmd.Format == "markdown":
		if err := rules.Markdown(w); err != nil || cmd.ID != "" {
			return err
		}
		_, err := fmt.Fprintf(w, "\n%s\n%s", effectsIntro, privacy.EffectTable())
		return err
	case cmd.ID != "":
		showRule(w, &rules[0])
		return nil
	}
	listRules(w, rules)
	return nil
}

const effectsIntro = `# What each privacy class does

What the privacy screen finds blocks a report, holds it until a person has edited or released the text, or only informs. A policy
(` + "`submission.WithPolicy`, `privacy:` in a map, `--privacy SETTING=EFFECT`" + `) may make any class stronger, and weaker as far as the table says.
A person may release a false alarm where the table says so, with who and why, for that very text. Whatever the table says, nobody
releases and no policy lowers what belongs to the people of the row or its record, a number that the text itself calls an NHS, CHI, H&C or
National Insurance number, an e-mail address or a telephone number.
`

// noRule says that there is no rule with an id, and which may have been meant.
func noRule(rules rule.Catalogue, id string) error {
	if strings.HasPrefix(strings.ToUpper(id), "SBX-") {
		return fmt.Errorf("ids that begin with SBX- are not rules of this library: they are verdicts of the sandbox, which stands in for the LFPSE service, and its answer says what each means")
	}
	if nearest := rules.Nearest(id); len(nearest) > 0 {
		return fmt.Errorf("there is no rule %q; did you mean %s?", id, strings.Join(nearest, " or "))
	}
	return fmt.Errorf("there is no rule %q; lfpse rules lists them", id)
}

// listRules writes one line for each rule under the name of its layer.
func listRules(w io.Writer, rules rule.Catalogue) {
	width := 0
	for i := range rules {
		width = max(width, len(rules[i].ID))
	}
	layer := rule.Layer("")
	for i := range rules {
		r := &rules[i]
		if r.Layer != layer {
			if layer != "" {
				fmt.Fprintln(w)
			}
			layer = r.Layer
			fmt.Fprintf(w, "layer %s\n", layer)
		}
		fmt.Fprintf(w, "  %-*s %-12s %-12s %s\n", width, r.ID, r.Severity, string(r.Evidence)+"/"+string(r.Confidence), r.Title)
	}
}

func showRule(w io.Writer, r *rule.Rule) {
	fmt.Fprintf(w, "%s: %s\n\n", r.ID, r.Title)
	for _, line := range [][2]string{
		{"severity", r.Severity.String()}, {"layer", string(r.Layer)}, {"looks at", r.Path},
		{"event types", strings.Join(r.EventTypes, ", ")}, {"versions", strings.Join(r.Versions, ", ")},
		{"evidence", fmt.Sprintf("%s, confidence %s", r.Evidence, r.Confidence)}, {"source", r.Source},
		{"why", r.Why}, {"fix", r.Fix}, {"not applied", r.Off},
	} {
		if line[1] != "" {
			fmt.Fprintf(w, "%-12s %s\n", line[0], line[1])
		}
	}
}
