package rule_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/rule"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

var evidence = []taxonomy.Evidence{taxonomy.Seen, taxonomy.Inherited, taxonomy.Changed, taxonomy.Unknown, rule.Standard, rule.Design}

func TestFixedRulesAreComplete(t *testing.T) {
	id := regexp.MustCompile(`^[A-Z]{3,}(-[A-Z0-9]+)+$`)
	seen := map[string]bool{}
	for _, r := range rule.Fixed() {
		assert.Regexp(t, id, r.ID)
		assert.False(t, seen[r.ID], "%s is there twice", r.ID)
		seen[r.ID] = true
		assert.Contains(t, rule.Layers(), r.Layer, r.ID)
		assert.Contains(t, []fhir.Severity{fhir.Error, fhir.Warning, fhir.Information}, r.Severity, r.ID)
		assert.Contains(t, evidence, r.Evidence, r.ID)
		assert.Contains(t, []rule.Confidence{rule.High, rule.Medium, rule.Low}, r.Confidence, r.ID)
		assert.NotEmpty(t, r.Path, r.ID)
		assert.NotEmpty(t, r.Source, r.ID)
		assert.False(t, strings.HasSuffix(r.Source, "."), "%s: the source is no sentence", r.ID)
		for _, sentence := range []string{r.Title, r.Why, r.Fix} {
			assert.Regexp(t, `^["A-Z].*[^ .]\.$`, sentence, r.ID)
			assert.NotContains(t, sentence, "  ", r.ID)
			assert.NotContains(t, sentence, "\n", r.ID)
		}
	}
}

func TestFixedRulesBelongToTheCaller(t *testing.T) {
	rule.Fixed()[0].ID = "CHANGED"
	assert.NotEqual(t, "CHANGED", rule.Fixed()[0].ID)
}

func TestCombineKeepsTheOrderOfTheLayers(t *testing.T) {
	c := rule.Combine(rule.Fixed(), []rule.Rule{{ID: "B", Layer: rule.LayerProfile}, {ID: "A", Layer: rule.LayerProfile}, {ID: "C", Layer: rule.LayerFHIR}})
	require.Len(t, c, len(rule.Fixed())+3)
	at := 0
	for _, r := range c {
		i := slices.Index(rule.Layers(), r.Layer)
		assert.GreaterOrEqual(t, i, at, r.ID)
		at = i
	}
	index := func(id string) int { return slices.IndexFunc(c, func(r rule.Rule) bool { return r.ID == id }) }
	assert.Less(t, index("JSON-SYNTAX"), index("C"))
	assert.Less(t, index("C"), index("B"))
	assert.Equal(t, index("B")+1, index("A"))
	assert.Less(t, index("A"), index("PRIVACY-NAME"))
}

func TestFindIgnoresCase(t *testing.T) {
	c := rule.Combine(rule.Fixed())
	r, ok := c.Find("json-syntax")
	assert.True(t, ok)
	assert.Equal(t, "JSON-SYNTAX", r.ID)
	_, ok = c.Find("JSON")
	assert.False(t, ok)
}

func TestNearestNamesWhatWasMeant(t *testing.T) {
	c := rule.Combine(rule.Fixed())
	for wrong, want := range map[string]string{
		"JSON-SYNTEX":        "JSON-SYNTAX",
		"csv_encoding":       "CSV-ENCODING",
		" CSV-CELLCOUNT ":    "CSV-CELL-COUNT",
		"NHS-NUMBER":         "PRIVACY-NHS-NUMBER",
		"PRIVACY-NHS-NUMER":  "PRIVACY-NHS-NUMBER",
		"CONTEXT-BIRTH-DATE": "CONTEXT-BIRTHDATE",
		"ENDPOINT":           "ENDPOINT-FORM",
	} {
		got := c.Nearest(wrong)
		require.NotEmpty(t, got, wrong)
		assert.Equal(t, want, got[0], wrong)
		assert.LessOrEqual(t, len(got), 3)
	}
	for _, far := range []string{"", "X", "NO-SUCH-THING", strings.Repeat("PRIVACY-", 100)} {
		assert.Empty(t, c.Nearest(far), far)
	}
}

func TestMarkdownHasEveryRuleUnderItsLayer(t *testing.T) {
	var b strings.Builder
	c := rule.Combine(rule.Fixed(), []rule.Rule{{ID: "LFPSE-X", Layer: rule.LayerLFPSE, EventTypes: []string{"incident", "risk"}, Versions: []string{"6"}}})
	require.NoError(t, c.Markdown(&b))
	page := b.String()
	for _, r := range c {
		assert.Contains(t, page, "\n### "+r.ID+"\n")
	}
	assert.Contains(t, page, "- Event types: incident, risk\n- Taxonomy versions: 6\n")
	assert.NotContains(t, page, "## Layer quality", "no rule, no heading")
	assert.Less(t, strings.Index(page, "## Layer log"), strings.Index(page, "## Layer taxonomy"))
}
