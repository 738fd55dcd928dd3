package validate

import (
	"github.com/gpsafety/lfpse-go/fhir"
	r4 "github.com/samply/golang-fhir-models/fhir-models/fhir"
)

// view is what a validator remembers of the record at hand. Views are reused, so
// that a record without findings costs no memory.
type view struct {
	v    *Validator
	a    *fhir.AdverseEvent
	kind kinds // the event type, empty if it is not known

	judged    bool // the taxonomy has something to say about the record
	contained int  // index of the contained resource at hand, -1 for the record itself
	aside     int  // how many elements that hold no groups are around the one at hand
	odd       bool // there is more in the record than a usual frame and the answers

	groups      []occurrence
	answers     []answer
	firstGroup  []int // by group number: 1 + index of the first occurrence, 0 if there is none
	lastGroup   []int
	firstAnswer []int // by field number, likewise
	lastAnswer  []int
	count       []int   // by group number, within one resource
	tallies     []tally // by field number
	settled     []bool  // by number of the unsettled thing: reported

	ids        map[string]int // id of a contained resource to its index
	referenced []bool         // by index of contained: something refers to it
	numbers    []bool         // patient numbers seen
	long       []*answer      // long texts
	frames     frames

	deepest  bool // nesting beyond the limit has been reported
	findings []finding
	nowhere  finding // takes the findings that are not wanted
}

// occurrence is one group in the record.
type occurrence struct {
	plan           *groupPlan
	contained, ext int
	nth            int // how many of the group come before
	next           int // index of the next occurrence of the group, -1 for none
	from, to       int // its answers
}

func (o *occurrence) place() place { return place{contained: o.contained, ext: o.ext, sub: -1} }

// tally counts the answers to a field in one group.
type tally struct {
	group int // 1 + index of the occurrence
	n     int
}

// answer is one value of a field in the record.
type answer struct {
	field *fieldPlan
	group int // index of the occurrence
	sub   int // index of the sub-extension
	next  int
	text  string // as rules compare it: a text, true or false; empty for a number
	rank  int    // of the text as a code
	plain bool   // the text has nothing but printable ASCII and line breaks
	x     *r4.Extension
}

func newView(v *Validator) *view {
	groups, fields := len(v.plan.groups), len(v.plan.fields)
	return &view{
		v: v, ids: map[string]int{},
		firstGroup: make([]int, groups), lastGroup: make([]int, groups), count: make([]int, groups),
		firstAnswer: make([]int, fields), lastAnswer: make([]int, fields),
		tallies: make([]tally, fields),
		settled: make([]bool, v.plan.unsettledCount),
	}
}

// release forgets the record and hands the view back.
func (w *view) release() {
	const most = 4096 // room that is kept for the next record
	if cap(w.answers) > most || cap(w.findings) > most || len(w.ids) > most {
		return
	}
	clear(w.answers)
	clear(w.findings)
	w.a, w.kind, w.nowhere = nil, 0, finding{}
	w.groups, w.answers, w.findings = w.groups[:0], w.answers[:0], w.findings[:0]
	w.referenced, w.numbers = w.referenced[:0], w.numbers[:0]
	clear(w.firstGroup)
	clear(w.firstAnswer)
	clear(w.settled)
	clear(w.tallies)
	clear(w.ids)
	w.frames.depth, w.deepest, w.odd = 0, false, false
	w.v.views.Put(w)
}

// find records a finding of the rule with the given id and returns it, so that it
// can be made more exact.
func (w *view) find(rule string, at place) *finding { return w.findRule(w.v.byID[rule], at) }

func (w *view) findRule(r *ruleState, at place) *finding {
	w.nowhere = finding{}
	switch {
	case !r.on || len(w.findings) > maxFindings:
		return &w.nowhere
	case len(w.findings) == maxFindings:
		r, at = w.v.byID[ruleTooMany], root("")
		w.findings = append(w.findings, finding{rule: r, at: at})
		return &w.nowhere
	}
	w.findings = append(w.findings, finding{rule: r, at: at})
	return &w.findings[len(w.findings)-1]
}

// addGroup remembers an occurrence of a group and returns its index.
func (w *view) addGroup(g *groupPlan, contained, ext int) int {
	n := len(w.groups)
	o := occurrence{plan: g, contained: contained, ext: ext, next: -1, from: len(w.answers), to: len(w.answers)}
	if w.firstGroup[g.no] == 0 {
		w.firstGroup[g.no] = n + 1
	} else {
		last := &w.groups[w.lastGroup[g.no]]
		last.next, o.nth = n, last.nth+1
	}
	w.lastGroup[g.no] = n
	w.groups = append(w.groups, o)
	return n
}

// addAnswer remembers a value.
func (w *view) addAnswer(a answer) {
	n, no := len(w.answers), a.field.no
	if w.firstAnswer[no] == 0 {
		w.firstAnswer[no] = n + 1
	} else {
		w.answers[w.lastAnswer[no]].next = n
	}
	w.lastAnswer[no], a.next = n, -1
	w.answers = append(w.answers, a)
	w.groups[a.group].to = len(w.answers)
}

// first returns the index of the first answer to a field, -1 if there is none or
// the taxonomy has no such field.
func (w *view) first(f *fieldPlan) int {
	if f == nil {
		return -1
	}
	return w.firstAnswer[f.no] - 1
}

// firstIn and nextIn walk the answers to a field within a scope: those of the
// group that is judged count only where they stand in the same occurrence.
func (w *view) firstIn(f *fieldPlan, scope int) int {
	if scope < 0 || f == nil || f.group != w.groups[scope].plan {
		return w.first(f)
	}
	return w.scan(f, scope, w.groups[scope].from)
}

func (w *view) nextIn(i, scope int) int {
	a := &w.answers[i]
	if scope < 0 || a.field.group != w.groups[scope].plan {
		return a.next
	}
	return w.scan(a.field, scope, i+1)
}

func (w *view) scan(f *fieldPlan, scope, i int) int {
	for ; i < w.groups[scope].to; i++ {
		if w.answers[i].field == f {
			return i
		}
	}
	return -1
}

// answerPlace is the place of the sub-extension of an answer.
func (w *view) answerPlace(a *answer) place {
	p := w.groups[a.group].place()
	p.sub = a.sub
	return p
}

// valuePlace is the place of the value of an answer.
func (w *view) valuePlace(a *answer) place { return w.answerPlace(a).with(".value") }
