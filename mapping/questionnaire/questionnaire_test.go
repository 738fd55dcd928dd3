package questionnaire_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/interview"
	"github.com/gpsafety/lfpse-go/lfpse/submission"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
	"github.com/gpsafety/lfpse-go/lfpse/validate"
	"github.com/gpsafety/lfpse-go/mapping/questionnaire"
)

var update = flag.Bool("update", false, "write the golden files")

const today = lfpse.Date("2026-03-10")

// made is a form with what it was made of.
type made struct {
	codec   *lfpse.Codec
	builder *submission.Builder
	guide   *interview.Guide
	form    *questionnaire.Form
	rules   questionnaire.Rules
}

// newForm makes the form of a taxonomy, on a day.
func newForm(t testing.TB, version string, day ...lfpse.Date) made {
	today := append(day, today)[0]
	tax, err := taxonomy.Embedded(version)
	require.NoError(t, err)
	b, err := submission.NewBuilder(tax, submission.WithToday(func() lfpse.Date { return today }))
	require.NoError(t, err)
	m := made{codec: b.Form().Codec(), builder: b}
	m.guide, err = interview.New(m.codec, nil)
	require.NoError(t, err)
	m.form, err = questionnaire.New(b.Form(), m.guide)
	require.NoError(t, err)
	v, err := validate.New(m.codec)
	require.NoError(t, err)
	var d draft.Draft
	b.Prepare(&d)
	m.rules = questionnaire.Rules{Questions: d.Questions, Fits: v.Fits}
	return m
}

// node is an item of the Questionnaire as a test reads it.
type node struct {
	LinkID     string `json:"linkId"`
	Type       string `json:"type"`
	Text       string `json:"text"`
	Definition string `json:"definition"`
	Required   bool   `json:"required"`
	Repeats    bool   `json:"repeats"`
	Behavior   string `json:"enableBehavior"`
	EnableWhen []struct {
		Question, Operator string
		AnswerCoding       struct{ Code, System string }
		AnswerBoolean      *bool
		AnswerInteger      *int
	} `json:"enableWhen"`
	AnswerOption []struct {
		ValueCoding struct{ System, Code, Display string }
	} `json:"answerOption"`
	Item []node `json:"item"`
}

func (m *made) read(t testing.TB) (root node, text []byte) {
	text, err := m.form.Append(nil, m.rules)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, &root))
	return root, text
}

// outline writes an item and those within it, one a line: linkId, type, cardinality, and
// where it is shown.
func (n *node) outline(b *strings.Builder, indent string) {
	fmt.Fprintf(b, "%s%s %s", indent, n.LinkID, n.Type)
	if n.Required {
		b.WriteString(" required")
	}
	if n.Repeats {
		b.WriteString(" repeats")
	}
	if len(n.AnswerOption) > 0 {
		fmt.Fprintf(b, " of %d", len(n.AnswerOption))
	}
	for i, e := range n.EnableWhen {
		word := " if"
		if i > 0 {
			word = map[string]string{"any": " or", "all": " and"}[n.Behavior]
		}
		answer := e.AnswerCoding.Code
		if e.AnswerBoolean != nil {
			answer = fmt.Sprint(*e.AnswerBoolean)
		}
		if e.AnswerInteger != nil {
			answer = fmt.Sprint(*e.AnswerInteger)
		}
		fmt.Fprintf(b, "%s %s %s %s", word, e.Question, e.Operator, answer)
	}
	b.WriteString("\n")
	for i := range n.Item {
		if n.Item[i].Type != "display" {
			n.Item[i].outline(b, indent+"  ")
		}
	}
}

// The outline of the form is a page to read: it changes only on purpose.
func TestOutline(t *testing.T) {
	for _, version := range []string{"5", "6"} {
		m := newForm(t, version)
		root, text := m.read(t)
		var b strings.Builder
		for i := range root.Item {
			root.Item[i].outline(&b, "")
		}
		golden := filepath.Join("testdata", "outline-"+version+".txt")
		if *update {
			require.NoError(t, os.WriteFile(golden, []byte(b.String()), 0o644))
		}
		want, err := os.ReadFile(golden)
		require.NoError(t, err)
		assert.Equal(t, string(want), b.String())
		again, err := m.form.Append([]byte("x"), m.rules)
		require.NoError(t, err)
		assert.Equal(t, "x"+string(text), string(again))
	}
}

// each visits all items.
func (n *node) each(visit func(*node)) {
	for i := range n.Item {
		visit(&n.Item[i])
		n.Item[i].each(visit)
	}
}

// A linkId is the path of a property, whatever the version, and the same in all.
func TestLinkIDsAreStable(t *testing.T) {
	links := map[string]map[string]string{}
	for _, version := range []string{"5", "6"} {
		m := newForm(t, version)
		root, _ := m.read(t)
		links[version] = map[string]string{}
		root.each(func(n *node) {
			assert.Empty(t, links[version][n.LinkID], "%s is there twice", n.LinkID)
			links[version][n.LinkID] = n.Type
			if n.Type == "group" || n.Type == "display" || n.LinkID == "patients" {
				return
			}
			assert.Contains(t, lfpse.Targets(), strings.Replace(n.LinkID, "[]", "[0]", 1))
			if n.Definition != "" {
				assert.Regexp(t, `^https://.*/StructureDefinition/[a-z-]+-`+version+`#Extension\.extension:\w+$`, n.Definition)
			}
			assert.NotEmpty(t, n.Text, n.LinkID)
			assert.NotContains(t, n.Text, "[0]", n.LinkID)
		})
	}
	for link, typ := range links["6"] {
		if old := links["5"][link]; old != "" {
			assert.Equal(t, old, typ, link)
		}
	}
}

// Every property that a step asks for is a question; those that are no field have no
// definition.
func TestEveryStepIsInTheForm(t *testing.T) {
	m := newForm(t, "6")
	root, _ := m.read(t)
	in := map[string]bool{}
	plain := []string{}
	root.each(func(n *node) {
		in[n.LinkID] = true
		if n.Type != "group" && n.Type != "display" && n.Definition == "" {
			plain = append(plain, n.LinkID)
		}
	})
	for _, s := range m.guide.Steps() {
		for _, target := range s.Targets {
			assert.True(t, in[strings.Replace(target, "[0]", "[]", 1)], target)
		}
	}
	assert.Equal(t, []string{"type", "date", "patients", "devices[].manufacturer", "devices[].modelNumber"}, plain)
}

// Help says who can answer and where its text comes from.
func TestHelp(t *testing.T) {
	m := newForm(t, "6")
	root, text := m.read(t)
	help := map[string]string{}
	root.each(func(n *node) {
		if n.Type == "display" {
			help[strings.TrimSuffix(n.LinkID, "/help")] = n.Text
		}
	})
	assert.Greater(t, len(help), 30)
	assert.Contains(t, help["patients[].physicalHarm"], "Ask a clinician.\nSource: NHS England: Policy guidance on recording patient safety events and levels of harm (16 March 2026, in our own words), not checked against NHS England's page.")
	assert.Contains(t, help["type"], "Good care: An example of good care that can be learned from\n")
	assert.Equal(t, len(help), strings.Count(string(text), `"help"`))
}

func TestConditionsThatCannotBeSaid(t *testing.T) {
	m := newForm(t, "6")
	for target, list := range map[string][][]lfpse.Condition{
		"two lists": {{{Target: "type"}, {Target: "description"}}, {{Target: "date"}, {Target: "description"}}},
		"no option": {{{Target: "type", Values: []string{"accident"}}}},
	} {
		m.rules.Fits = func(string) [][]lfpse.Condition { return list }
		_, err := m.form.Append(nil, m.rules)
		assert.Error(t, err, target)
	}
}
