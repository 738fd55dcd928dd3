package rule

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/nearest"
)

// Catalogue is a list of rules in the order of their layers.
type Catalogue []Rule

// Fixed returns the rules that do not depend on the taxonomy: those of every package of
// the library except validate. The caller owns the result.
func Fixed() []Rule {
	var all []Rule
	for _, sections := range [][]section{logRules, responseRules, mapRules, recordRules, eventRules, readingRules, privacyRules, deliveryRules, bridgeRules, taxonomyRules} {
		for i := range sections {
			all = append(all, sections[i].complete()...)
		}
	}
	return all
}

// fixed holds the rules of Fixed by id.
var fixed = sync.OnceValue(func() map[string]Rule {
	byID := map[string]Rule{}
	for _, r := range Fixed() {
		byID[r.ID] = r
	}
	return byID
})

// Lookup returns the rule of [Fixed] with an id.
func Lookup(id string) (Rule, bool) {
	r, ok := fixed()[id]
	return r, ok
}

// Issue returns a finding of a rule of [Fixed], with the severity and the fix that the
// rule has. A rule that is not there gives an error without a fix.
func Issue(id, path, text string) fhir.Issue {
	r, ok := Lookup(id)
	if !ok {
		r.Severity = fhir.Error
	}
	return fhir.Issue{Severity: r.Severity, Rule: id, Path: path, Offset: -1, Text: text, Fix: r.Fix}
}

// Combine puts rules into the order of their layers; within a layer they keep the
// order in which they are given.
func Combine(lists ...[]Rule) Catalogue {
	all := slices.Concat(lists...)
	order := map[Layer]int{}
	for i, l := range Layers() {
		order[l] = i
	}
	slices.SortStableFunc(all, func(a, b Rule) int { return cmp.Compare(order[a.Layer], order[b.Layer]) })
	return all
}

// Find returns the rule with an id, in capitals or not.
func (c Catalogue) Find(id string) (Rule, bool) {
	i := slices.IndexFunc(c, func(r Rule) bool { return strings.EqualFold(r.ID, id) })
	if i < 0 {
		return Rule{}, false
	}
	return c[i], true
}

// Nearest returns up to three ids that may have been meant by id: those that contain it,
// then those that differ from it in few letters. It returns none if no id is similar.
func (c Catalogue) Nearest(id string) []string {
	ids := make([]string, len(c))
	for i := range c {
		ids[i] = c[i].ID
	}
	return nearest.Words(id, ids)
}

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
