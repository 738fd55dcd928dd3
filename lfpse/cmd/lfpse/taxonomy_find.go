package main

import (
	"cmp"
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/check"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

// foundAt is one place of a taxonomy at which a word was found.
type foundAt struct {
	Kind   string `json:"kind"` // group, field, list or code
	Key    string `json:"key"`  // GROUP, GROUP/FIELD, LIST or LIST#CODE
	Text   string `json:"text,omitempty"`
	Target string `json:"target,omitempty"` // of a field, in maps and answers
}

// findWord finds a word in the names of fields and groups, in targets, and in the words of
// the lists, whatever its case.
func findWord(t *taxonomy.Taxonomy, word string) (found []foundAt) {
	word = strings.ToLower(strings.TrimSpace(word))
	has := func(texts ...string) bool { return strings.Contains(strings.ToLower(strings.Join(texts, "\n")), word) }
	target := targetIn(t)
	for i := range t.Groups {
		g := &t.Groups[i]
		if has(g.ID, g.Name, g.Description) {
			found = append(found, foundAt{"group", g.ID, g.Description, ""})
		}
		for j := range g.Fields {
			f := &g.Fields[j]
			if at := target(g, f.Name); has(f.Name, f.Definition, at) {
				found = append(found, foundAt{"field", g.ID + "/" + f.Name, f.Definition, at})
			}
		}
	}
	for i := range t.CodeSystems {
		cs := &t.CodeSystems[i]
		if has(cs.ID, cs.Name) {
			found = append(found, foundAt{"list", cs.ID, cs.Name, ""})
		}
		for _, c := range cs.Concepts {
			if has(c.Display, c.Name) {
				found = append(found, foundAt{"code", cs.ID + "#" + c.Code, c.Display, ""})
			}
		}
	}
	return found
}

var indexed = regexp.MustCompile(`\[[0-9]+\]`)

// firstOf is the target of the first patient, medicine or device for that of any other,
// as a question may have it.
func firstOf(word string) string { return indexed.ReplaceAllString(word, "[0]") }

// listAt is the list of the codes that a target takes; nil if the word is no target, or
// the target takes something else.
func listAt(t *taxonomy.Taxonomy, word string) *taxonomy.CodeSystem {
	c, err := lfpse.NewCodec(t)
	if err != nil {
		return nil
	}
	a, err := c.Accessor(strings.TrimSpace(word))
	if err != nil || a.Field() == nil || a.Field().CodeSystem == "" {
		return nil
	}
	return t.CodeSystem(a.Field().CodeSystem)
}

// targetIn returns a function that gives the target of a field; the empty string where
// this program does not write the taxonomy's version of FHIR.
func targetIn(t *taxonomy.Taxonomy) func(g *taxonomy.Group, field string) string {
	c, err := lfpse.NewCodec(t)
	return func(g *taxonomy.Group, field string) string {
		if err != nil {
			return ""
		}
		return c.Target(strings.TrimSuffix(g.ID, t.Suffix()), field, 0)
	}
}

// taxonomyWords are the words that may have been meant by one that is not found.
func taxonomyWords(t *taxonomy.Taxonomy) (words []string) {
	for i := range t.Groups {
		words = append(words, t.Groups[i].ID)
		for j := range t.Groups[i].Fields {
			words = append(words, t.Groups[i].Fields[j].Name)
		}
	}
	for i := range t.CodeSystems {
		words = append(words, t.CodeSystems[i].ID)
		for _, c := range t.CodeSystems[i].Concepts {
			words = append(words, c.Display)
		}
	}
	return words
}

// target is what a map can fill.
type target struct {
	Target   string `json:"target"`
	Type     string `json:"type"`
	Repeats  bool   `json:"repeats,omitempty"`
	Required string `json:"required"` // yes, sometimes, in its group, no
	List     string `json:"list,omitempty"`
}

// showTargets lists what a map can fill.
func (cmd *taxonomyShowCmd) showTargets(w io.Writer, t *taxonomy.Taxonomy) error {
	c, err := lfpse.NewCodec(t)
	if err != nil {
		return err
	}
	needed, err := requiredTargets(c)
	if err != nil {
		return err
	}
	var all []target
	for _, name := range lfpse.Targets() {
		a, err := c.Accessor(name)
		if err != nil {
			return err
		}
		x := targetOf(t, a)
		x.Required = cmp.Or(needed[name], x.Required)
		all = append(all, x)
	}
	if cmd.JSON {
		return writeJSON(w, all)
	}
	fmt.Fprintf(w, "%-64s %-8s %-8s %-13s %s\n", "TARGET", "TYPE", "VALUES", "REQUIRED", "LIST")
	for _, x := range all {
		values := "one"
		if x.Repeats {
			values = "several"
		}
		fmt.Fprintln(w, strings.TrimRight(fmt.Sprintf("%-64s %-8s %-8s %-13s %s", x.Target, x.Type, values, x.Required, x.List), " "))
	}
	fmt.Fprint(w, `
patients[0] is the first patient, patients[1] the second. A map names the properties of
patients below its patients, and may give birthDate there, from which the age is worked
out. Required is "yes" for some type of event at least, "sometimes" if it depends on other
answers, and "in its group" if anything else of the group is stated.
`)
	return nil
}

// requiredTargets says which targets are asked for of an event that states nothing but its
// type, and of its patient.
func requiredTargets(c *lfpse.Codec) (map[string]string, error) {
	checker, err := check.New(c)
	if err != nil {
		return nil, err
	}
	needed := map[string]string{}
	for _, typ := range []lfpse.EventType{lfpse.TypeIncident, lfpse.TypeRisk, lfpse.TypeOutcome, lfpse.TypeGoodCare} {
		a, _ := c.Encode(&lfpse.Event{Type: typ, Patients: []lfpse.Patient{{}}})
		for _, q := range checker.Event(a, nil).Questions {
			switch {
			case !q.Required:
			case len(q.When) == 0:
				needed[q.Target] = "yes"
			default:
				needed[q.Target] = cmp.Or(needed[q.Target], "sometimes")
			}
		}
	}
	return needed, nil
}

// targetOf says what a property takes.
func targetOf(t *taxonomy.Taxonomy, a *lfpse.Accessor) target {
	x := target{Target: a.Target(), Type: "string", Repeats: a.Repeats(), Required: "no"}
	f := a.Field()
	switch {
	case a.Target() == "type":
		x.Type, x.Required, x.List = "code", "yes", t.EventType
	case a.Target() == "date":
		x.Type, x.Required = "date", "yes" // or the approximate date
	case f == nil:
	default:
		x.Type, x.List = string(f.Type), f.CodeSystem
		if strings.HasSuffix(x.Target, ".age") {
			x.Type = "age"
		}
		if f.Min > 0 {
			x.Required = "in its group"
		}
	}
	return x
}
