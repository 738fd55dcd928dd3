package validate

import (
	"fmt"
	"io"
	"strings"
)

// Markdown writes rules as a page of documentation.
func Markdown(w io.Writer, rules []Rule) error {
	var b strings.Builder
	b.WriteString("# Rules\n\nGenerated from the catalogue of package validate by `lfpse rules --format markdown`; do not edit.\n\n" +
		"Evidence says where a rule was seen, confidence whether the service itself is known to hold to it: H read in the named source, M inferred, L to be confirmed. " +
		"Rules of confidence H are errors by default, inferred ones mostly warnings; `--strict` raises these.\n")
	layer := Layer("")
	for i := range rules {
		r := &rules[i]
		if r.Layer != layer {
			layer = r.Layer
			fmt.Fprintf(&b, "\n## Layer %s\n", layer)
		}
		fmt.Fprintf(&b, "\n### %s\n\n%s\n\n", r.ID, r.Title)
		fmt.Fprintf(&b, "- Severity: %s\n", r.Severity)
		if len(r.EventTypes) > 0 {
			types := make([]string, len(r.EventTypes))
			for j, t := range r.EventTypes {
				types[j] = string(t)
			}
			fmt.Fprintf(&b, "- Event types: %s\n", strings.Join(types, ", "))
		}
		if len(r.Versions) > 0 {
			fmt.Fprintf(&b, "- Taxonomy versions: %s\n", strings.Join(r.Versions, ", "))
		}
		fmt.Fprintf(&b, "- Looks at: `%s`\n- Evidence: %s, confidence %s; %s\n- Why: %s\n- Fix: %s\n", r.Path, r.Evidence, r.Confidence, r.Source, r.Why, r.Fix)
	}
	_, err := io.WriteString(w, b.String())
	return err
}
