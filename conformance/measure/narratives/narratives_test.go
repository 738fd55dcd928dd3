package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/privacy"
)

// What the screen has to reach on the classes that stop a report.
const (
	leastRecall    = 0.995
	leastPrecision = 0.98
)

// Several seeds, so that the screen cannot fit one; none of them is the default.
var testSeeds = []uint64{7, 2026, 31337}

func TestScreenReachesItsTargets(t *testing.T) {
	screener := privacy.New()
	for _, seed := range testSeeds {
		total, err := scoreSeeds(screener, seed, 1, 3000)
		require.NoError(t, err)
		all := total.blocking(screener)
		assert.GreaterOrEqual(t, all.Recall(), leastRecall, "seed %d", seed)
		assert.GreaterOrEqual(t, all.Precision(), leastPrecision, "seed %d", seed)
		for class, tally := range total.Classes {
			if screener.Severity(class) == fhir.Error {
				assert.Greater(t, tally.Labels, 70, "seed %d: too few labels of %s to tell", seed, class)
				assert.GreaterOrEqual(t, tally.Recall(), leastRecall-0.005, "seed %d: recall of %s", seed, class)
				assert.GreaterOrEqual(t, tally.Precision(), leastPrecision, "seed %d: precision of %s", seed, class)
			}
		}
		if t.Failed() {
			for _, m := range total.Misses {
				t.Log(m)
			}
			return
		}
	}
}

// Each hand-written case counts, except those the README owns up to.
func TestHandWrittenCases(t *testing.T) {
	known := map[string]bool{
		"0.9990000018":              true, // ten decimals that pass the check of NHS numbers
		"temperature 36.9990000018": true,
		"Green's":                   true, // an ordinary word at the start of a text, and nothing else
	}
	cases, err := handWritten()
	require.NoError(t, err)
	assert.GreaterOrEqual(t, len(cases), 150)
	screener := privacy.New()
	for i := range cases {
		outcome := score(screener, cases[i:i+1])
		var serious []Miss
		for _, m := range outcome.Misses {
			if screener.Severity(m.Class) == fhir.Error {
				serious = append(serious, m)
			}
		}
		assert.Equal(t, known[cases[i].Text], len(serious) > 0, "%q: %v", cases[i].Text, serious)
	}
}

// After redaction nothing blocks any more, and every narrative keeps its clean words.
func TestRedactedNarrativesAreClean(t *testing.T) {
	corpus, err := corpusOf(5, 1000)
	require.NoError(t, err)
	screener := privacy.New()
	for i := range corpus {
		n := &corpus[i]
		deny := n.denyList()
		redacted := privacy.Redact(n.Text, screener.ScanText(n.Text, deny))
		for _, h := range screener.ScanText(redacted, deny) {
			require.NotEqual(t, fhir.Error, screener.Severity(h.Class), "narrative %d: %q", n.N, redacted)
		}
	}
}

func TestCorpusIsWellFormed(t *testing.T) {
	corpus, err := corpusOf(3, 3000)
	require.NoError(t, err)
	assert.GreaterOrEqual(t, len(corpus), 3150)
	for i, n := range corpus {
		require.Equal(t, i+1, n.N)
		require.True(t, utf8.ValidString(n.Text))
		last := 0
		for _, l := range n.Labels {
			require.True(t, last <= l.Start && l.Start < l.End && l.End <= len(n.Text), "narrative %d", n.N)
			require.NotZero(t, classNamed(l.Class))
			last = l.End
		}
		for _, d := range n.Deny {
			require.Contains(t, denyClasses, d.Class)
		}
	}
}

// The generator makes the same narratives for the same seed for ever. The sample is
// a part of the corpus, so that a change shows.
func TestSample(t *testing.T) {
	corpus, err := generate(1, 40)
	require.NoError(t, err)
	var got bytes.Buffer
	require.NoError(t, writeLines(&got, corpus))
	file := filepath.Join("testdata", "sample.jsonl")
	if os.Getenv("UPDATE_GOLDEN") != "" {
		require.NoError(t, os.WriteFile(file, got.Bytes(), 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, strings.Split(string(want), "\n"), strings.Split(got.String(), "\n"))
}

func TestSeedsDiffer(t *testing.T) {
	one, err := generate(1, 5)
	require.NoError(t, err)
	two, err := generate(2, 5)
	require.NoError(t, err)
	assert.NotEqual(t, one, two)
}

func TestParseMarkup(t *testing.T) {
	text, labels, err := parseMarkup("é [[NAME|Jo]], [[NHS-NUMBER|999 000 0018]]")
	require.NoError(t, err)
	assert.Equal(t, "é Jo, 999 000 0018", text)
	assert.Equal(t, []Label{{"NAME", 3, 5}, {"NHS-NUMBER", 7, 19}}, labels)
	for _, bad := range []string{"[[NAME|Jo", "[[NAME]]", "[[NOBODY|Jo]]"} {
		_, _, err := parseMarkup(bad)
		assert.Error(t, err, bad)
	}
}

func TestScoring(t *testing.T) {
	narrative := func(markup string) Narrative {
		text, labels, err := parseMarkup(markup)
		require.NoError(t, err)
		return Narrative{N: 1, Text: text, Labels: labels}
	}
	tests := map[string]struct {
		class privacy.Class
		want  Tally
	}{
		"[[NHS-NUMBER|999 000 0018]]":       {privacy.NHSNumber, Tally{Labels: 1, Found: 1, Right: 1}},
		"[[NHS-NUMBER|999 000 0019]]":       {privacy.NHSNumber, Tally{Labels: 1}},
		"999 000 0018":                      {privacy.NHSNumber, Tally{Wrong: 1}},
		"[[NHS-NUMBER|ref. 999 000 0018]]":  {privacy.NHSNumber, Tally{Labels: 1, Right: 1}}, // not all of it
		"[[IDENTIFIER|ref. 999 000 0018]]":  {privacy.NHSNumber, Tally{}},                    // found anyway
		"[[NHS-NUMBER|(999) 000 - 0018]] )": {privacy.NHSNumber, Tally{Labels: 1, Found: 1, Right: 1}},
	}
	for markup, tt := range tests {
		assert.Equal(t, tt.want, score(privacy.New(), []Narrative{narrative(markup)}).Classes[tt.class], markup)
	}
	assert.Equal(t, 1.0, Tally{}.Recall())
	assert.Equal(t, 0.5, Tally{Right: 1, Wrong: 1}.Precision())
}

func TestRun(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, run([]string{"-n", "20", "-seeds", "2", "-misses"}, &out), "a class misses its target")
	assert.Contains(t, out.String(), "MB/s")
	assert.Contains(t, out.String(), "Hard cases")
	assert.Contains(t, out.String(), "| all that block")
	assert.Contains(t, out.String(), `missed name: "»Green«'s"`)

	out.Reset()
	require.NoError(t, run([]string{"-tuning"}, &out))
	assert.Contains(t, out.String(), "| street address")

	out.Reset()
	file := filepath.Join(t.TempDir(), "corpus.jsonl")
	require.NoError(t, run([]string{"-n", "3", "-out", file}, &out))
	require.NoError(t, run([]string{"-n", "3", "-out", "-"}, &out))
	written, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, out.String(), string(written))
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	var n Narrative
	require.NoError(t, json.Unmarshal([]byte(lines[len(lines)-1]), &n))
	assert.Equal(t, len(lines), n.N)
	assert.Equal(t, "generated", n.Source)

	for _, bad := range [][]string{{"extra"}, {"-n", "-1"}, {"-seeds", "0"}, {"-nonsense"}, {"-out", filepath.Join(t.TempDir(), "no", "where")}} {
		assert.Error(t, run(bad, &bytes.Buffer{}), fmt.Sprint(bad))
	}
}

// The frames that measure a class are enough, and none of them is one for tuning.
func TestFramesAreApart(t *testing.T) {
	all, err := kinds()
	require.NoError(t, err)
	assert.Len(t, all, 8)
	for _, k := range all {
		tuned := map[string]bool{}
		for _, frame := range slices.Concat(k.tuning, k.tuningNear, k.hard) {
			tuned[bare(frame)] = true
		}
		for _, frame := range slices.Concat(k.measured, k.near) {
			assert.False(t, tuned[bare(frame)], "%s: %q is there for tuning too", k.class, frame)
		}
		assert.GreaterOrEqual(t, len(k.measured), 25, k.class)
		assert.GreaterOrEqual(t, len(k.measured)*drawsOfFrame, 200, k.class)
		assert.GreaterOrEqual(t, len(k.near)*drawsOfNear, 500, k.class)
		assert.GreaterOrEqual(t, len(k.hard), 20, k.class)
	}
}

// bare is a frame without case and punctuation.
func bare(frame string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(frame), func(r rune) bool { return !unicode.IsLetter(r) }), " ")
}

// A class that falls short of its target fails the command.
func TestTargets(t *testing.T) {
	screener := privacy.New()
	good := kindScore{class: privacy.TitledName, tally: Tally{Labels: 100, Found: 95, Right: 95, Wrong: 5}}
	require.NoError(t, writeKinds(io.Discard, screener, []kindScore{good}))
	good.class = privacy.LabelledNumber
	require.ErrorIs(t, writeKinds(io.Discard, screener, []kindScore{good}), errTargets)
	total := Score{Classes: map[privacy.Class]Tally{privacy.TitledName: {Labels: 1000, Found: 900, Right: 900}}}
	require.ErrorIs(t, total.write(io.Discard, screener), errTargets)
	assert.Equal(t, "informs", targetOf(fhir.Information).effect)
	assert.False(t, targetOf(fhir.Information).missedBy(Tally{Labels: 1, Wrong: 1}))
}
