package cases_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/conformance/cases"
	"github.com/gpsafety/lfpse-go/conformance/cases/tree"
	"github.com/gpsafety/lfpse-go/lfpse/rule"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

// outOfReach are the rules that no document can break, and why.
var outOfReach = map[string]string{
	"FHIR-DEPTH":       "reading a document ends at 64 levels, with JSON-DEPTH",
	"FHIR-DECIMAL":     "reported when writing only",
	"FHIR-STU3":        "about the STU3 form, which no case has",
	"PRIVACY-UNKNOWN":  "a class that only a program can make up",
	"PRIVACY-REDACTED": "reported by redaction only",
	"PRIVACY-DEPTH":    "reading a document ends at 64 levels, with JSON-DEPTH",
}

// intake begins the ids of rules about what comes into the bridge, before it is a document
// to judge.
const intake = "INTAKE-"

// rules lists every rule that can have a finding: those of reading and of the screen,
// and those of the validator.
func rules(t *testing.T) []string {
	t.Helper()
	var ids []string
	for _, r := range rule.Fixed() {
		if (r.Layer == rule.LayerReading || r.Layer == rule.LayerPrivacy) && !strings.HasPrefix(r.ID, intake) {
			ids = append(ids, r.ID)
		}
	}
	require.Greater(t, len(ids), 30)
	for _, r := range validator(t).Rules() {
		ids = append(ids, r.ID)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// Every rule is broken by a case that is about it, and kept by another.
func TestEveryRuleBothWays(t *testing.T) {
	broken, kept, named := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, c := range all(t) {
		for _, id := range c.About {
			named[id] = true
			if slices.ContainsFunc(c.Issues, func(i cases.Issue) bool { return i.Rule == id }) {
				broken[id] = true
			} else {
				kept[id] = true
			}
		}
	}
	list := rules(t)
	for _, id := range list {
		if _, ok := outOfReach[id]; ok {
			assert.False(t, named[id], "%s can be reached after all", id)
			continue
		}
		assert.True(t, broken[id], "no case breaks %s", id)
		assert.True(t, kept[id], "no case comes close to %s and keeps it", id)
	}
	for id := range named {
		assert.Contains(t, list, id, "a case is about a rule that does not exist")
	}
}

// answered collects the fields that valid cases answer, as GROUP/FIELD, and their
// values.
func answered(t *testing.T, tax *taxonomy.Taxonomy) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	for _, c := range all(t) {
		if !c.Valid {
			continue
		}
		doc, err := tree.Parse(c.Input)
		require.NoError(t, err, c.Name)
		root := doc.(*tree.Object)
		resources := append([]tree.Value{root}, root.List("contained")...)
		if codings := root.Get("event"); codings != nil {
			for _, coding := range codings.(*tree.Object).List("coding") {
				out["event"] = append(out["event"], coding.(*tree.Object).Text("code"))
			}
		}
		for _, r := range resources {
			for _, g := range r.(*tree.Object).List("extension") {
				url := g.(*tree.Object).Text("url")
				id := strings.TrimPrefix(url, tax.URL(""))
				out[id] = append(out[id], "")
				for _, f := range g.(*tree.Object).List("extension") {
					key := id + "/" + f.(*tree.Object).Text("url")
					out[key] = append(out[key], f.(*tree.Object).Text("valueCode"))
				}
			}
		}
	}
	return out
}

// Every group and every field of the taxonomy is accepted at least once, and every
// code of the lists that are known for certain.
func TestEveryFieldIsAccepted(t *testing.T) {
	tax, err := taxonomy.Embedded("6")
	require.NoError(t, err)
	seen := answered(t, tax)
	codes := map[string][]string{tax.EventType: seen["event"]}
	for _, g := range tax.Groups {
		assert.NotEmpty(t, seen[g.ID], "no valid case has the group %s", g.ID)
		for _, f := range g.Fields {
			assert.NotEmpty(t, seen[g.ID+"/"+f.Name], "no valid case answers %s of %s", f.Name, g.ID)
			codes[f.CodeSystem] = append(codes[f.CodeSystem], seen[g.ID+"/"+f.Name]...)
		}
	}
	for _, cs := range tax.CodeSystems {
		for _, concept := range cs.Concepts {
			if cs.Closed {
				assert.Contains(t, codes[cs.ID], concept.Code, "no valid case uses it, of %s", cs.ID)
			}
		}
	}
}

// The structure of JSON and FHIR is broken in many ways.
func TestManyStructuralFaults(t *testing.T) {
	n := 0
	for _, c := range all(t) {
		if !c.Valid && (strings.HasPrefix(c.Name, "json/") || strings.HasPrefix(c.Name, "fhir/")) {
			n++
		}
	}
	assert.GreaterOrEqual(t, n, 60)
	t.Logf("%d cases, %d of them with a fault of structure", len(all(t)), n)
}
