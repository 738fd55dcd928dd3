package main

import (
	"bytes"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/gpsafety/lfpse-go/conformance/cases"
	"github.com/gpsafety/lfpse-go/conformance/cases/tree"
	"github.com/gpsafety/lfpse-go/conformance/measure/judge"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

// leastCaught is the share of mutants, in per cent, in which an error must be found.
const leastCaught = 99.5

// With LFPSE_LONG set every record is mutated, else a sample of them: the whole is
// also what the command of this package measures.
func TestFaultsAreCaught(t *testing.T) {
	step := 5
	switch {
	case raceEnabled:
		step = 16
	case os.Getenv("LFPSE_LONG") != "":
		step = 1
	}
	r, err := run(sitesPerCase, step)
	require.NoError(t, err)
	mutants, caught, named := r.total()
	assert.GreaterOrEqual(t, r.used, 200/step, "cases that are mutated")
	assert.GreaterOrEqual(t, share(caught, mutants), leastCaught)
	assert.GreaterOrEqual(t, share(named, mutants), leastCaught, "found by a rule of the operator")
	for i := range r.tallies {
		tally := &r.tallies[i]
		assert.True(t, tally.mutants > 0 || step > 1, "%s finds nothing to do", tally.operator.name)
		for _, s := range tally.survivors {
			t.Log(s)
		}
	}
	t.Logf("%d mutants, %d caught, %d of them by a rule of the operator", mutants, caught, named)
}

// The same faults are made on every run.
func TestMutantsAreTheSame(t *testing.T) {
	tax, err := taxonomy.Embedded("6")
	require.NoError(t, err)
	all, err := cases.All()
	require.NoError(t, err)
	made := func() []byte {
		var b bytes.Buffer
		for _, c := range all {
			if c.Name != "lfpse/event-types/incident-with-a-patient" {
				continue
			}
			doc, err := tree.Parse(c.Input)
			require.NoError(t, err)
			for _, o := range operators() {
				for _, change := range o.changes(newRecord(tax, doc.(*tree.Object))) {
					r := newRecord(tax, doc.(*tree.Object).Clone())
					change(r)
					mutant := r.bytes()
					assert.NotEqual(t, string(tree.Append(nil, doc)), string(mutant), o.name)
					b.Write(mutant)
				}
			}
		}
		return b.Bytes()
	}
	first := made()
	assert.NotEmpty(t, first)
	assert.True(t, bytes.Equal(first, made()))
}

// Operators have names of their own and expect rules that exist.
func TestOperators(t *testing.T) {
	seen := map[string]bool{}
	for _, o := range operators() {
		assert.Regexp(t, `^[a-z0-9-]+$`, o.name)
		assert.False(t, seen[o.name], o.name)
		seen[o.name] = true
		assert.Regexp(t, `^[A-Z].*[.]$`, o.fault, o.name)
		assert.NotEmpty(t, o.rules, o.name)
	}
}

func TestSurvivorsAreListed(t *testing.T) {
	silent := operator{name: "silent", fault: "None.", changes: func(*record) []change { return []change{func(*record) {}} }}
	other := operator{name: "other", fault: "No date.", rules: rules("FHIR-CODE"), changes: func(*record) []change {
		return []change{func(r *record) { r.root.Remove("date") }}
	}}
	tax, err := taxonomy.Embedded("6")
	require.NoError(t, err)
	judge, err := judge.New("6", nil)
	require.NoError(t, err)
	all, err := cases.All()
	require.NoError(t, err)
	r := &result{tallies: []tally{{operator: &silent}, {operator: &other}}}
	for _, c := range all {
		if c.Name == "lfpse/event-types/good-care" {
			doc, err := tree.Parse(c.Input)
			require.NoError(t, err)
			for i := range r.tallies {
				r.tallies[i].mutate(tax, &origin{name: c.Name, root: doc.(*tree.Object), judge: judge}, sitesPerCase)
			}
		}
	}
	var b bytes.Buffer
	write(&b, r)
	assert.Contains(t, b.String(), "survived: silent, site 0 of lfpse/event-types/good-care\n")
	assert.Contains(t, b.String(), "other rule: other, site 0 of lfpse/event-types/good-care: LFPSE-DATE\n")
	assert.Contains(t, b.String(), "50.000 % of the mutants caught, 0.000 % by a rule of the operator.")
}

func TestSpread(t *testing.T) {
	assert.Empty(t, spread(0, 4))
	assert.Equal(t, []int{0, 1}, spread(2, 4))
	assert.Equal(t, []int{0, 3, 6, 9}, spread(10, 4))
	assert.Equal(t, []int{0}, spread(10, 1))
}
