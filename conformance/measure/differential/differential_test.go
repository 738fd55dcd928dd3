package differential_test

import (
	"encoding/json"
	"errors"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/conformance/cases"
	"github.com/gpsafety/lfpse-go/conformance/measure/differential"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy/fhirform"
)

// version is the only one of which the suite has cases, and the only one in R4.
const version = "6"

func start(t *testing.T) (*differential.Validators, *taxonomy.Taxonomy) {
	t.Helper()
	tax, err := taxonomy.Embedded(version)
	require.NoError(t, err)
	v, err := differential.Start(t.Context(), tax)
	if errors.Is(err, differential.ErrAbsent) {
		t.Skip(err)
	}
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, v.Close()) })
	return v, tax
}

// TestPackageLoads compares what the validators hold of the package with the taxonomy.
func TestPackageLoads(t *testing.T) {
	v, tax := start(t)
	folder := t.TempDir()
	require.NoError(t, fhirform.WritePackage(folder, tax))
	resources, err := fhirform.ReadPackage(folder)
	require.NoError(t, err)

	parsed := map[string]differential.Definition{}
	for _, d := range v.Loaded.Definitions {
		parsed[d.URL] = d
		assert.Positive(t, d.Elements, d.URL)
	}
	count := map[string]int{}
	for i := range resources {
		count[resources[i].Type]++
		if resources[i].Type == fhirform.StructureDefinition {
			assert.Contains(t, parsed, resources[i].URL)
		}
	}
	assert.Len(t, v.Loaded.Definitions, count[fhirform.StructureDefinition])
	assert.Equal(t, count[fhirform.StructureDefinition], v.Loaded.MX.Profiles)
	assert.Greater(t, v.Loaded.MX.ValueSets, count[fhirform.ValueSet])
	assert.Greater(t, v.Loaded.MX.CodeSystems, count[fhirform.CodeSystem])

	groups := map[string]int{}
	for _, g := range tax.Groups {
		assert.Equal(t, len(g.Fields), parsed[tax.URL(g.ID)].Slices, g.ID)
		groups[g.Context]++
	}
	for _, p := range tax.Profiles {
		assert.Equal(t, groups[p.Resource], parsed[tax.URL(p.ID)].Slices, p.ID)
	}
	t.Logf("loaded without error: %d StructureDefinitions, %d ValueSets, %d CodeSystems", count[fhirform.StructureDefinition], count[fhirform.ValueSet], count[fhirform.CodeSystem])
}

// disagreement is a row of disagreements.json: all cases in which the validators and
// we differ for one reason.
type disagreement struct {
	Reason   string   `json:"reason"`
	Evidence string   `json:"evidence"`
	Cases    []string `json:"cases"`
}

// TestEveryCase has the validators judge the cases of the conformance suite: with
// LFPSE_LONG set all of them, else every fifth and those in disagreements.json.
func TestEveryCase(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector has nothing to find in validators that are no Go code; run this without -race")
	}
	v, _ := start(t)
	all, err := cases.All()
	require.NoError(t, err)
	known := readDisagreements(t)
	var agreed struct{ accepted, refused, beyond int }
	judged, differ, seen, byReason := 0, 0, map[string]int{}, map[string]int{}
	for i, c := range all {
		if i%5 > 0 && known.reason(c.Name) == "" && os.Getenv("LFPSE_LONG") == "" {
			continue
		}
		judged++
		require.Equal(t, version, c.Version, c.Name)
		verdict, err := v.Judge(c.Input)
		require.NoError(t, err, c.Name)
		assert.True(t, verdict.Crashed == nil || verdict.Refused(), "%s: %v", c.Name, verdict.Crashed)
		for _, name := range judges(verdict) {
			seen[name]++
		}
		fault, reason := faults(&c), known.reason(c.Name)
		if agree := verdict.Refused() == (fault != nil) || verdict.Refused() && !c.Valid; !agree {
			differ++
			byReason[reason]++
			assert.NotEmpty(t, reason, "%s: a new disagreement: we say %v, they say %v, crashed: %v", c.Name, fault, verdict.Issues, verdict.Crashed)
			continue
		}
		assert.Empty(t, reason, "%s: they agree now: take the case out of disagreements.json", c.Name)
		switch {
		case c.Valid:
			agreed.accepted++
		case verdict.Refused():
			agreed.refused++
		default:
			agreed.beyond++
		}
	}
	for _, d := range known {
		assert.Equal(t, len(d.Cases), byReason[d.Reason], "%s: a case of it is not there, or agrees", d.Reason)
	}
	t.Logf("%d cases judged: %d agree, %d do not", judged, judged-differ, differ)
	t.Logf("agree: %d sound records accepted, %d faulty ones refused, %d accepted whose only faults FHIR has no words for", agreed.accepted, agreed.refused, agreed.beyond)
	t.Logf("refused by: %v", seen)
	for _, d := range known {
		t.Logf("do not agree: %d: %s", byReason[d.Reason], d.Reason)
	}
}

// faults are the rules that the case breaks and that FHIR can express: those about
// JSON, R4 and the profile.
func faults(c *cases.Case) (rules []string) {
	for _, i := range c.Issues {
		layer, _, _ := strings.Cut(i.Rule, "-")
		if i.Severity == cases.Error && (layer == "JSON" || layer == "FHIR" || layer == "PROFILE") && !slices.Contains(rules, i.Rule) {
			rules = append(rules, i.Rule)
		}
	}
	return rules
}

// judges are those who have found something.
func judges(v differential.Verdict) []string {
	names := map[string]bool{}
	for _, i := range v.Issues {
		names[i.Judge] = true
	}
	return slices.Sorted(maps.Keys(names))
}

type disagreements []disagreement

func readDisagreements(t *testing.T) (known disagreements) {
	t.Helper()
	text, err := os.ReadFile("disagreements.json")
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, &known))
	for _, d := range known {
		assert.NotEmpty(t, d.Reason, d.Cases)
		assert.NotEmpty(t, d.Evidence, d.Reason)
		assert.True(t, slices.IsSorted(d.Cases), d.Reason)
	}
	return known
}

// reason returns why a case is judged differently, nothing if it should not be.
func (d disagreements) reason(name string) string {
	for _, row := range d {
		if slices.Contains(row.Cases, name) {
			return row.Reason
		}
	}
	return ""
}
