package interview_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/lfpse/draft"
	"github.com/gpsafety/lfpse-go/lfpse/interview"
	"github.com/gpsafety/lfpse-go/lfpse/rule"
)

// The files of the package are one file of the form that embedders write, and there is
// nothing wrong with it.
func TestBuiltInFilesAreSound(t *testing.T) {
	var all []byte
	for _, name := range []string{"sources", "questions", "steps", "words", "advice"} {
		data, err := os.ReadFile(filepath.Join("data", name+".yaml"))
		require.NoError(t, err)
		all = append(all, data...)
	}
	_, err := interview.New(codec(t), all)
	assert.NoError(t, err)
}

func TestAsksByType(t *testing.T) {
	g, c := guide(t, ""), codec(t)
	const inc, risk, out, good = lfpse.TypeIncident, lfpse.TypeRisk, lfpse.TypeOutcome, lfpse.TypeGoodCare
	for _, x := range []struct {
		typ          lfpse.EventType
		text, fields string
		want         string
	}{
		{risk, "Nearly given.", "", "near-miss"},
		{out, "Spotted before it was taken. Pt unharmed.", "", "near-miss"},
		{inc, "Nearly given.", "", ""},
		{good, "Nearly given, good catch.", "", ""},
		{"", "Nearly given.", "", "near-miss"},
		{inc, "No patient involved.", "", "nobody-involved"},
		{inc, "No patient involved.", "riskDetails.riskImminent=n", ""},
		{risk, "No patient involved.", "", ""},
		{risk, "Receptionist slipped on wet floor.", "", "staff-only"},
		{inc, "Receptionist slipped on wet floor.", "", "staff-only"},
		{good, "Letter of complaint from daughter.", "", "complaint"},
		{inc, "Letter of complaint from daughter. RIP last week.", "", "complaint already-died"},
		{out, "RIP last week.", "", ""},
		{inc, "RIP last week.", "patients[0].physicalHarm=fatal", ""},
		{inc, "RIP last week.", "patients[0].physicalHarm=low", "already-died"},
		{inc, "Complained of chest pain. Father died at 50.", "", ""},
		{inc, "Complained of the wait.", "", "complaint"},
		{inc, "pt's husband died", "", ""},
		{inc, "Pt’s death wasn’t coded.", "", "already-died"},
		{inc, "Patient\ndied", "", "already-died"},
		{inc, "Not died.", "", ""},
	} {
		e := event(t, c, x.typ, x.text, x.fields)
		assert.Equal(t, x.want, names(g.Advise(&e).Asks), "%s: %s", x.typ, x.text)
	}
}

// A note says where it found something and by which words, and nothing that the event says.
func TestFactsNameThePlace(t *testing.T) {
	g, c := guide(t, ""), codec(t)
	e := event(t, c, lfpse.TypeIncident, "Quxzilla died. Died, says Vorpal.", "patients[0].physicalHarm=low;patients[1].physicalHarm=severe;outcome.immediateActions=Police told.")
	a := g.Advise(&e)
	var cqc interview.Note
	for _, n := range a.Prompts {
		if n.ID == "cqc" {
			cqc = n
		}
	}
	assert.ElementsMatch(t, []interview.Fact{
		{Target: "patients[1].physicalHarm"}, {Target: "description", Says: []string{"died"}}, {Target: "outcome.immediateActions", Says: []string{"police"}},
	}, cqc.Facts)
	doc, err := json.Marshal(a)
	require.NoError(t, err)
	assert.NotContains(t, string(doc), "Quxzilla")
	assert.NotContains(t, string(doc), "Vorpal")
}

func TestThemes(t *testing.T) {
	g, c := guide(t, ""), codec(t)
	for _, x := range [][3]string{
		{"Urgent referral not sent, cancer diagnosed late.", "", "diagnosis referral"},
		{"Wrong dose of insulin.", "", "medication"},
		{"Door stuck.", "", ""},
		{"It went wrong.", "agent.involvedAgents=4", "medication"},
		{"It went wrong.", "process.healthcareProcess=8", "referral"},
	} {
		e := event(t, c, lfpse.TypeIncident, x[0], x[1])
		assert.Equal(t, x[2], names(g.Advise(&e).Themes), x[0])
	}
}

func TestHelp(t *testing.T) {
	g := guide(t, "")
	h, ok := g.Help("type")
	require.True(t, ok)
	assert.Len(t, h.Choices, 4)
	assert.Equal(t, "An example of good care that can be learned from", h.Choice("good-care"))
	for _, target := range []string{"patients[0].physicalHarm", "patients[7].physicalHarm"} {
		h, ok = g.Help(target)
		require.True(t, ok, target)
		assert.Equal(t, interview.Clinician, h.Who)
		assert.Len(t, h.Choices, 5)
		assert.Contains(t, h.Source.String(), "not checked against NHS England's page")
	}
	h, ok = g.Help(draft.PatientsTarget)
	require.True(t, ok)
	assert.Equal(t, interview.Anybody, h.Who)
	_, ok = g.Help("nothing")
	assert.False(t, ok)
}

// Every grade of harm, every event type and every "not known" is explained.
func TestEveryAnswerThatNeedsItIsExplained(t *testing.T) {
	g, c := guide(t, ""), codec(t)
	for _, target := range []string{"type", "patients[0].physicalHarm", "patients[0].psychologicalHarm"} {
		a, err := c.Accessor(target)
		require.NoError(t, err)
		h, _ := g.Help(target)
		for _, o := range a.Choices() {
			assert.NotEmpty(t, h.Choice(o.Value), "%s of %s", o.Value, target)
		}
	}
	for _, target := range lfpse.Targets() {
		h, ok := g.Help(target)
		a, err := c.Accessor(target)
		if !ok || err != nil {
			continue
		}
		for _, o := range a.Choices() {
			if display := strings.ToLower(o.Display); strings.Contains(display, "don't know") || strings.Contains(display, "not known") || strings.Contains(display, "not stated") {
				assert.NotEmpty(t, h.Choice(o.Value), "%s of %s", o.Display, target)
			}
		}
	}
}

const local = `sources:
  - {id: ours, title: Themes of the network, publisher: Our PCN, date: "2026", checked: "2026-11-01"}
words:
  - name: recall
    phrases: [recall*, call and recall]
themes:
  - {id: recall, text: Recall systems, source: ours, facts: [{says: [recall]}]}
  - {id: referral, text: Referrals out, source: ours, facts: [{says: [referral, recall]}]}
questions:
  - {target: type, who: manager, source: ours, text: Ask Jo.}
`

func TestOwnFileAddsAndReplaces(t *testing.T) {
	g := guide(t, local)
	a := g.Advise(&lfpse.Event{Description: "Recall failed. Referral late."})
	assert.Equal(t, "recall", names(a.Themes))
	assert.Equal(t, "Our PCN: Themes of the network (2026), checked on 2026-11-01", a.Themes[0].Source.String())
	assert.Equal(t, "referral recall", names(g.Advise(&lfpse.Event{Description: "Referral without recall."}).Themes))
	h, _ := g.Help("type")
	assert.Equal(t, interview.Manager, h.Who)
	h, ok := g.Help("description")
	assert.True(t, ok)
	assert.Equal(t, interview.Anybody, h.Who)
}

const wrong = `sources:
  - {id: ours, title: Themes, publisher: Us}
groups:
  - {name: g, words: [Capital]}
words:
  - {name: w, phrases: ["a .. b .. c .. d .. e", "<nobody>", "near-miss", "ab*", ".."], behind: [h]}
  - {name: v, phrases: [x]}
  - {name: v, phrases: [y]}
questions:
  - {target: typ, who: doctor, source: x}
  - {target: "patients[0].physicalHarm", who: clinician, source: ours, choices: [{value: awful, text: Bad}]}
prompts:
  - {id: p, text: You must, source: ours, types: [accident], facts: [{field: "patients[0].physicalHarm", values: [bad]}, {says: [w], field: date}, {says: [nothing]}]}
  - {id: q, text: Consider it, source: ours}
secret: Quxzilla
`

func TestOwnFileWithFaultsHasAllFindings(t *testing.T) {
	_, err := interview.New(codec(t), []byte(wrong))
	var all *interview.FileError
	require.ErrorAs(t, err, &all)
	places := map[string]int{}
	for _, f := range all.Findings {
		assert.Equal(t, interview.RuleFile, f.Rule)
		places[f.Path] = f.Line
	}
	_, ok := rule.Lookup(interview.RuleFile)
	assert.True(t, ok)
	for path, line := range map[string]int{
		"sources[0]": 2, "groups[0].words[0]": 4, "words[0].phrases[0]": 6, "words[0].phrases[1]": 6, "words[0].phrases[2]": 6, "words[0].phrases[3]": 6, "words[0].phrases[4]": 6,
		"words[0].behind[0]": 6, "words[2]": 8, "questions[0].target": 10, "questions[0].who": 10, "questions[0].source": 10, "questions[1].choices[0].value": 11,
		"prompts[0].text": 13, "prompts[0].types[0]": 13, "prompts[0].facts[0].values[0]": 13, "prompts[0].facts[1]": 13, "prompts[0].facts[2].says[0]": 13, "prompts[1]": 14, "": 15,
	} {
		assert.Equal(t, line, places[path], "%s\n%s", path, err)
	}
	assert.NotContains(t, err.Error(), "Quxzilla")
	assert.Contains(t, err.Error(), "line 10: INTERVIEW-FILE at questions[0].target: No event has this property. Did you mean type or ")
}

// What is said about a long text is the same as about its sentences.
func TestLongText(t *testing.T) {
	g := guide(t, "")
	text := strings.Repeat("The nurse had the notes. ", 20_000) + "Patient died."
	assert.Equal(t, "already-died", names(g.Advise(&lfpse.Event{Description: text}).Asks))
}

func FuzzAdvise(f *testing.F) {
	for _, s := range []string{"Nearly given.", "pt's husband died", "don’t \xff .. 2.5 'x", "no no no not never died", strings.Repeat("nearly ", 100)} {
		f.Add(s)
	}
	g := guide(f, "")
	f.Fuzz(func(t *testing.T, text string) {
		e := lfpse.Event{Description: text}
		a := g.Advise(&e)
		if e.Description != text || e.Type != "" || e.Patients != nil {
			t.Fatal("the event has changed")
		}
		for _, n := range append(append(a.Asks, a.Prompts...), a.Themes...) {
			if len(n.Facts) == 0 || n.Source.Title == "" {
				t.Fatalf("%s has no fact or no source", n.ID)
			}
		}
	})
}

func FuzzNew(f *testing.F) {
	f.Add([]byte(local))
	f.Add([]byte(wrong))
	c := codec(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		if bytes.Count(data, []byte("\n")) > 100 {
			return
		}
		g, err := interview.New(c, data)
		if (g == nil) == (err == nil) {
			t.Fatal("a guide and an error, or neither")
		}
		if g != nil {
			g.Advise(&lfpse.Event{Description: "Nearly given to the wrong patient, who died."})
		}
	})
}
