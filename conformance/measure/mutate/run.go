package main

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/gpsafety/lfpse-go/conformance/cases"
	"github.com/gpsafety/lfpse-go/conformance/cases/tree"
	"github.com/gpsafety/lfpse-go/conformance/measure/judge"
	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

const (
	// sitesPerCase is how many places of one record an operator works at: the
	// first, the last and some between.
	sitesPerCase = 4
	// largest is the size of the records that are mutated, in bytes: larger ones
	// repeat themselves.
	largest = 32 << 10
	// today is no earlier than the dates of the cases.
	today, tomorrow = "2026-12-31", "2027-01-01"
)

// result is what became of all mutants.
type result struct {
	valid, used int // cases
	tallies     []tally
}

// tally is what became of the mutants of one operator.
type tally struct {
	operator               *operator
	mutants, caught, named int
	survivors              []string
}

func (r *result) total() (mutants, caught, named int) {
	for i := range r.tallies {
		t := &r.tallies[i]
		mutants, caught, named = mutants+t.mutants, caught+t.caught, named+t.named
	}
	return mutants, caught, named
}

// run makes and judges the mutants: of every step-th record, at so many sites for
// each operator.
func run(sites, step int) (*result, error) {
	tax, err := taxonomy.Embedded("6")
	if err != nil {
		return nil, err
	}
	r := &result{}
	origins, err := r.origins(step)
	if err != nil {
		return nil, err
	}
	all := operators()
	r.tallies = make([]tally, len(all))
	var wait sync.WaitGroup
	for i := range all {
		r.tallies[i].operator = &all[i]
		wait.Go(func() {
			for _, o := range origins {
				r.tallies[i].mutate(tax, &o, sites)
			}
		})
	}
	wait.Wait()
	return r, nil
}

// operators returns every operator, those on the text first.
func operators() []operator {
	return slices.Concat(jsonOperators(), fhirOperators(), profileOperators(), lfpseOperators(), qualityOperators(), privacyOperators())
}

// origin is a record without a fault.
type origin struct {
	name  string
	root  *tree.Object
	judge *judge.Judge
	// before are the errors that the strict validator finds in the record as it is.
	before map[string]bool
}

// news returns the errors that the record has not had before.
func (o *origin) news(issues fhir.Issues) (out fhir.Issues) {
	for _, i := range issues {
		if i.Severity == fhir.Error && !o.before[i.Rule+" "+i.Path] {
			out = append(out, i)
		}
	}
	return out
}

// origins returns the records to mutate, each once and every step-th of them.
func (r *result) origins(step int) ([]origin, error) {
	all, err := cases.All()
	if err != nil {
		return nil, err
	}
	strict, err := judge.New("6", &cases.Options{Strict: true, Today: today})
	if err != nil {
		return nil, err
	}
	tolerant, err := judge.New("6", &cases.Options{Strict: true, Today: today, RootDescription: true})
	if err != nil {
		return nil, err
	}
	var out []origin
	seen := map[string]bool{}
	for _, c := range all {
		if !c.Valid {
			continue
		}
		r.valid++
		doc, err := tree.Parse(c.Input)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c.Name, err)
		}
		text := string(tree.Append(nil, doc))
		if seen[text] || len(text) > largest {
			continue
		}
		if len(seen)%step == 0 {
			o := origin{c.Name, doc.(*tree.Object), strict, map[string]bool{}}
			if c.Options != nil && c.Options.RootDescription {
				o.judge = tolerant
			}
			for _, i := range o.news(o.judge.Check(c.Input)) {
				o.before[i.Rule+" "+i.Path] = true
			}
			out = append(out, o)
		}
		seen[text] = true
	}
	r.used = len(out)
	return out, nil
}

// mutate makes the mutants of one record and judges them.
func (t *tally) mutate(tax *taxonomy.Taxonomy, o *origin, sites int) {
	changes := t.operator.changes(newRecord(tax, o.root))
	for _, i := range spread(len(changes), sites) {
		r := newRecord(tax, o.root.Clone())
		changes[i](r)
		all := o.judge.Check(r.bytes())
		issues := o.news(all)
		if len(issues) == 0 && len(o.before) > 0 && slices.ContainsFunc(all, t.operator.names) {
			continue // the record had that very fault before
		}
		t.mutants++
		switch {
		case !issues.HasErrors():
			t.survivors = append(t.survivors, fmt.Sprintf("survived: %s, site %d of %s", t.operator.name, i, o.name))
			continue
		case !slices.ContainsFunc(issues, t.operator.names):
			t.survivors = append(t.survivors, fmt.Sprintf("other rule: %s, site %d of %s: %s", t.operator.name, i, o.name, errorsOf(issues)))
		default:
			t.named++
		}
		t.caught++
	}
}

// names reports whether an issue is one that the fault should lead to.
func (o *operator) names(i fhir.Issue) bool {
	return i.Severity == fhir.Error && slices.Contains(o.rules, i.Rule)
}

func errorsOf(issues fhir.Issues) string {
	var ids []string
	for _, i := range issues {
		if i.Severity == fhir.Error {
			ids = append(ids, i.Rule)
		}
	}
	return strings.Join(ids, " ")
}

// spread chooses at most n of a number of sites, evenly, with first and last.
func spread(sites, n int) []int {
	var out []int
	if sites <= n {
		for i := range sites {
			out = append(out, i)
		}
		return out
	}
	for i := range n {
		out = append(out, i*(sites-1)/max(n-1, 1))
	}
	return out
}
