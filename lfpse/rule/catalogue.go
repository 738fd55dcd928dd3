package rule

import (
	"cmp"
	"slices"
	"strings"
	"sync"

	"github.com/gpsafety/lfpse-go/fhir"
)

// Catalogue is a list of rules in the order of their layers.
type Catalogue []Rule

// Fixed returns the rules that do not depend on the taxonomy: those of every package of
// the library except validate. The caller owns the result.
func Fixed() []Rule {
	var all []Rule
	for _, sections := range [][]section{logRules, mapRules, recordRules, eventRules, readingRules, privacyRules, deliveryRules, taxonomyRules} {
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
	const most = 3
	id = strings.ToUpper(strings.TrimSpace(id))
	if len(id) < 2 || len(id) > 64 {
		return nil
	}
	type candidate struct {
		id       string
		distance int
	}
	var found []candidate
	for i := range c {
		d := distance(id, c[i].ID)
		if strings.Contains(c[i].ID, id) {
			d = 0
		}
		if d <= max(2, len(id)/4) {
			found = append(found, candidate{c[i].ID, d})
		}
	}
	slices.SortStableFunc(found, func(a, b candidate) int { return cmp.Compare(a.distance, b.distance) })
	var ids []string
	for _, f := range found[:min(len(found), most)] {
		ids = append(ids, f.id)
	}
	return ids
}

// distance is the number of bytes to insert, delete or replace that turns one text into
// the other (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0]++
		for j := range len(b) {
			replaced := diagonal
			if a[i] != b[j] {
				replaced++
			}
			diagonal = row[j+1]
			row[j+1] = min(replaced, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
