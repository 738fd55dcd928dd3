package validate

import (
	"encoding/json"
	"iter"
	"slices"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse"
)

// containedElement is the element for contained resources, withinExtension the one for
// extensions within an extension.
var (
	containedElement = fhir.FindElement("AdverseEvent", "contained")
	withinExtension  = fhir.FindElement("Extension", "extension")
)

// record is what the rules judge: the answers of a record by field, its groups in their
// order, and its contained resources. The layer profile fills it during the walk. The
// memory is reused for the next record.
type record struct {
	s     *structure
	event *fhir.AdverseEvent
	kind  eventKinds // the event type, empty if it is not known
	date  string     // of the event, empty unless its format is right

	groups      []occurrence
	answers     []answer
	firstGroup  []int // by group number: 1 + index of the first occurrence, 0 if there is none
	lastGroup   []int
	firstAnswer []int // by field number, likewise
	lastAnswer  []int
}

// occurrence is one group in the record.
type occurrence struct {
	*group
	contained int // index of the contained resource that has it, -1 for the event itself
	extension int
	nth       int // how many of the group come before
	next      int // index of the next occurrence of the group, -1 for none
	from, to  int // its answers
}

// answer is one value of a field in the record.
type answer struct {
	*field
	in     int // index of the occurrence
	sub    int // index of the sub-extension
	next   int
	text   string // as rules compare it: a text, true or false; empty for a number
	plain  bool   // see isPlain, of a text that is no code
	code   int    // of the text, if that is a small code
	number int    // the value of a whole number
}

func newRecord(s *structure) record {
	groups, fields := len(s.groups), len(s.fields)
	return record{
		s:          s,
		firstGroup: make([]int, groups), lastGroup: make([]int, groups),
		firstAnswer: make([]int, fields), lastAnswer: make([]int, fields),
	}
}

// forget makes room for the next record.
func (r *record) forget() {
	clear(r.answers)
	clear(r.firstGroup)
	clear(r.firstAnswer)
	r.event, r.kind, r.date = nil, 0, ""
	r.groups, r.answers = r.groups[:0], r.answers[:0]
}

// addGroup remembers an occurrence of a group and returns its index.
func (r *record) addGroup(g *group, contained, extension int) int {
	n := len(r.groups)
	r.groups = slices.Grow(r.groups, 1)[:n+1]
	o := &r.groups[n]
	o.group, o.contained, o.extension, o.nth = g, contained, extension, 0
	o.next, o.from, o.to = -1, len(r.answers), len(r.answers)
	if r.firstGroup[g.no] == 0 {
		r.firstGroup[g.no] = n + 1
	} else {
		last := &r.groups[r.lastGroup[g.no]]
		last.next, o.nth = n, last.nth+1
	}
	r.lastGroup[g.no] = n
	return n
}

// addAnswer remembers a value of a field in the last group and returns it, to be filled
// in. Field by field costs the garbage collector less than an answer as a whole.
func (r *record) addAnswer(f *field, group int) *answer {
	n, no := len(r.answers), f.no
	if r.firstAnswer[no] == 0 {
		r.firstAnswer[no] = n + 1
	} else {
		r.answers[r.lastAnswer[no]].next = n
	}
	r.lastAnswer[no] = n
	r.answers = slices.Grow(r.answers, 1)[:n+1]
	r.groups[group].to = n + 1
	a := &r.answers[n]
	a.field, a.in, a.next = f, group, -1
	return a
}

// occurrences are the indexes of the occurrences of a group.
func (r *record) occurrences(g *group) iter.Seq[int] {
	return func(yield func(int) bool) {
		for i := r.firstGroup[g.no] - 1; i >= 0 && yield(i); i = r.groups[i].next {
		}
	}
}

// checks are those that the record may trigger.
func (r *record) checks() checkSet {
	all := r.s.checks
	for i := range r.groups {
		all.join(&r.groups[i].checks)
	}
	for i := range r.answers {
		all.join(&r.answers[i].checks)
	}
	return all
}

// first returns the index of the first answer to a field, -1 if there is none or
// the taxonomy has no such field.
func (r *record) first(f *field) int {
	if f == nil {
		return -1
	}
	return r.firstAnswer[f.no] - 1
}

// firstIn and nextIn iterate over the answers to a field within a scope. A scope is an
// occurrence of a group, in which only its own answers count for fields of the group, or
// the whole record if it is -1.
func (r *record) firstIn(f *field, scope int) int {
	if f == nil || !r.narrows(scope, f) {
		return r.first(f)
	}
	return r.search(f, scope, r.groups[scope].from)
}

func (r *record) nextIn(i, scope int) int {
	a := &r.answers[i]
	if !r.narrows(scope, a.field) {
		return a.next
	}
	return r.search(a.field, scope, i+1)
}

// narrows reports whether a field may have answers outside a scope that do not count.
func (r *record) narrows(scope int, f *field) bool {
	if scope < 0 {
		return false
	}
	o := &r.groups[scope]
	return f.group == o.group && (o.nth > 0 || o.next >= 0)
}

func (r *record) search(f *field, scope, i int) int {
	for ; i < r.groups[scope].to; i++ {
		if r.answers[i].field == f {
			return i
		}
	}
	return -1
}

// lacks reports whether an occurrence has fewer answers to a field than it needs.
func (r *record) lacks(f *field, scope int) bool {
	n := 0
	for i := r.firstIn(f, scope); i >= 0 && n < f.Min; i = r.nextIn(i, scope) {
		n++
	}
	return n < f.Min
}

// all are the answers to a field.
func (r *record) all(f *field) iter.Seq[*answer] {
	return func(yield func(*answer) bool) {
		for i := r.first(f); i >= 0 && yield(&r.answers[i]); i = r.answers[i].next {
		}
	}
}

// answer returns the first answer to a field, nil if there is none.
func (r *record) answer(f *field) *answer {
	if i := r.first(f); i >= 0 {
		return &r.answers[i]
	}
	return nil
}

// age returns the age that an answer stands for, if it is on the national grid.
func (a *answer) age() (lfpse.Age, bool) {
	if !a.form.whole() {
		return lfpse.Age{}, false
	}
	age, err := lfpse.Age31x372.Decode(a.number)
	return age, err == nil
}

// path returns the path of the occurrence of a group.
func (o *occurrence) path() fhir.Path {
	return resourcePath(o.contained).Item("extension", o.extension)
}

// path returns the path of an answer.
func (r *record) path(a *answer) fhir.Path { return r.groups[a.in].path().Item("extension", a.sub) }

// valuePath returns the path of the value of an answer.
func (r *record) valuePath(a *answer) fhir.Path { return r.path(a).Child("value") }

// resourcePath returns the path of a contained resource, or of the event if the index is
// negative.
func resourcePath(contained int) (p fhir.Path) {
	if contained < 0 {
		return p
	}
	return p.Item("contained", contained)
}

// contained returns the index of the first contained resource of a type, -1 if
// there is none.
func (r *record) contained(resource string) int {
	for i := range r.event.Contained {
		if typeOf(&r.event.Contained[i]) == resource {
			return i
		}
	}
	return -1
}

// hasElement reports whether the event has an element that rules ask for.
func (r *record) hasElement(name string) bool {
	switch name {
	case "event":
		return r.event.Event != nil
	case "date":
		return r.event.Date != nil && !blank(*r.event.Date)
	case "description":
		return r.event.Description != nil && !blank(*r.event.Description)
	}
	return false
}

// patients returns the number of patients of the record.
func (r *record) patients() int {
	f := r.s.named.sequence
	if f == nil || r.firstGroup[f.group.no] == 0 {
		return 0
	}
	return r.groups[r.lastGroup[f.group.no]].nth + 1
}

// subject returns the index of the patient, medicine or device that an occurrence of a
// group is about: of patients by PatientSequence, of devices by their resource.
func (r *record) subject(scope int) int {
	if scope < 0 {
		return 0
	}
	o := &r.groups[scope]
	switch {
	case o.id == patient:
		if i := r.firstIn(r.s.named.sequence, scope); i >= 0 && r.answers[i].form.whole() {
			if n := r.answers[i].number; n >= 1 && n <= r.patients() {
				return n - 1
			}
		}
	case o.Context == "Device":
		n := 0
		for i := range o.contained {
			if r.event.Contained[i].Device != nil {
				n++
			}
		}
		return n
	}
	return o.nth
}

// typeOf returns the type of a contained resource, "" for one that LFPSE has no
// profile for.
func typeOf(c *fhir.Resource) string {
	if c.Other != nil {
		return ""
	}
	return c.ResourceType()
}

// idOf returns the id of a contained resource, "" if it has none.
func idOf(c *fhir.Resource) string {
	var id *string
	switch {
	case c.Patient != nil:
		id = c.Patient.Id
	case c.Location != nil:
		id = c.Location.Id
	case c.Practitioner != nil:
		id = c.Practitioner.Id
	case c.Device != nil:
		id = c.Device.Id
	case c.Medication != nil:
		id = c.Medication.Id
	case c.Other != nil:
		var other struct {
			ID any `json:"id"`
		}
		_ = json.Unmarshal(c.Other, &other) // what is not JSON has no id
		s, _ := other.ID.(string)
		return s
	}
	if id == nil {
		return ""
	}
	return *id
}
