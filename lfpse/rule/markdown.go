package rule

import (
	"fmt"
	"io"
	"strings"
)

const intro = "# Rules\n\nEvery finding id of the library, in the order in which an incident on its way from a log to the service meets them. " +
	"Generated from the catalogue of package rule and the rules of package validate by `lfpse rules --format markdown`; do not edit.\n\n" +
	"Evidence says where a rule comes from: `seen`, `inherited`, `changed` and `unknown` have the meaning that the taxonomy gives them, `standard` is a published standard, " +
	"`design` is a decision of this library. Confidence says how certain it is that the service itself applies the rule or, where the service never sees what the rule is about, " +
	"that the named source says so: H read in the named source, M inferred, L to be confirmed. " +
	"In the layers from fhir to quality, rules of confidence H are errors by default, inferred ones mostly warnings; `--strict` raises these.\n"

// Markdown writes the catalogue as a page of documentation. The error is that of w.
func (c Catalogue) Markdown(w io.Writer) error {
	var b strings.Builder
	b.WriteString(intro)
	for _, l := range layers {
		heading := false
		for i := range c {
			if c[i].Layer != l.layer {
				continue
			}
			if !heading {
				fmt.Fprintf(&b, "\n## Layer %s\n\n%s\n", l.layer, l.about)
				heading = true
			}
			c[i].markdown(&b)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (r *Rule) markdown(b *strings.Builder) {
	fmt.Fprintf(b, "\n### %s\n\n%s\n\n- Severity: %s\n", r.ID, r.Title, r.Severity)
	if len(r.EventTypes) > 0 {
		fmt.Fprintf(b, "- Event types: %s\n", strings.Join(r.EventTypes, ", "))
	}
	if len(r.Versions) > 0 {
		fmt.Fprintf(b, "- Taxonomy versions: %s\n", strings.Join(r.Versions, ", "))
	}
	fmt.Fprintf(b, "- Looks at: `%s`\n- Evidence: %s, confidence %s; %s\n- Why: %s\n- Fix: %s\n",
		r.Path, r.Evidence, r.Confidence, r.Source, r.Why, r.Fix)
}
