package lfpse

import (
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

// property is one property of an [Event]: a field of the Event itself, of one of its
// groups or of the elements of one of its lists. The table properties has them all;
// everything that reads or writes an Event by name goes through it.
type property struct {
	list    *list  // whose elements have the property, nil for the Event itself
	target  string // its path in the JSON form of the Event, or of the element
	group   string // of the taxonomy, empty for an element of the FHIR resource itself
	field   string // of that group
	kind    kind
	repeats bool
	// values gives access to what an Event states; i is the index of the element.
	values func(e *Event, i int) values
}

// kind is what a property holds.
type kind int

const (
	textKind kind = iota // a text, a code or a name
	dateKind
	timeKind
	booleanKind
	ageKind
)

// fits reports whether a field of a type can hold what the property holds. A text fits a
// field of any type, and is converted when it is encoded; any other kind fits only its
// own type.
func (k kind) fits(t taxonomy.Type) bool {
	switch k {
	case booleanKind:
		return t == taxonomy.Boolean
	case ageKind:
		return t == taxonomy.Integer
	}
	return true
}

// list is one of the lists of an [Event]: its patients, medicines or devices.
type list struct {
	name  string // of the list in the JSON form of the Event
	group string // the taxonomy group of its elements
	len   func(*Event) int
	grow  func(*Event) // adds an element that states nothing
}

// values is what an Event states for one property, as text: none, one, or several if the
// property repeats.
type values interface {
	len() int
	at(i int) string
	// add sets the property, or adds to it if it repeats. It returns false, and changes
	// nothing, if the text is not of the property's kind.
	add(s string) bool
	// clear removes what is stated.
	clear()
}

type text string

func (t *text) len() int {
	if *t == "" {
		return 0
	}
	return 1
}

func (t *text) at(int) string { return string(*t) }

func (t *text) add(s string) bool {
	*t = text(s)
	return true
}

func (t *text) clear() { *t = "" }

type texts[S ~string] []S

func (t *texts[S]) len() int        { return len(*t) }
func (t *texts[S]) at(i int) string { return string((*t)[i]) }

func (t *texts[S]) add(s string) bool {
	*t = append(*t, S(s))
	return true
}

func (t *texts[S]) clear() { *t = nil }

type boolean struct{ b **bool }

func (v boolean) len() int      { return given(*v.b) }
func (v boolean) at(int) string { return strconv.FormatBool(**v.b) }
func (v boolean) add(s string) bool {
	b := s == "true"
	if b || s == "false" {
		*v.b = &b
	}
	return b || s == "false"
}

func (v boolean) clear() { *v.b = nil }

type age Age

func (a *age) len() int {
	if *a == (age{}) {
		return 0
	}
	return 1
}

func (a *age) at(int) string { return Age(*a).String() }

func (a *age) add(s string) bool { return (*Age)(a).read(s) == nil }

func (a *age) clear() { *a = age{} }

// given is the number of values behind a pointer.
func given[T any](p *T) int {
	if p == nil {
		return 0
	}
	return 1
}

// targetOf returns the path of the property in the JSON form of an event; index counts
// the elements of its list.
func (p *property) targetOf(index int) string {
	if p.list == nil {
		return p.target
	}
	return p.list.name + "[" + strconv.Itoa(index) + "]." + p.target
}

// propertyAt returns the number in the table of the property with a target, -1 if there is
// none.
func propertyAt(l *list, target string) int {
	return slices.IndexFunc(properties[:], func(p property) bool { return p.list == l && p.target == target })
}

// firstBelow returns the first property of the list or group that has a name in the
// JSON form of an event, or the property of that name itself; nil if there is none.
func firstBelow(name string) *property {
	for i := range properties {
		p := &properties[i]
		if p.list != nil && p.list.name == name || p.list == nil && (p.target == name || strings.HasPrefix(p.target, name+".")) {
			return p
		}
	}
	return nil
}

// Stated yields what the event states, in the order of its fields: the target of each
// property, such as patients[0].physicalHarm, and its values in the form that
// [Accessor.Put] takes. Extra is not included.
func (e *Event) Stated() iter.Seq2[string, []string] {
	return func(yield func(string, []string) bool) {
		var room []string // for the values of several properties
		e.stated(func(at, index int, v values) bool {
			return yield(properties[at].targetOf(index), listOf(v, &room))
		})
	}
}

// stated visits what the event states, in the order of its fields, until a visit returns
// false: the number of a property in the table, the index of the element, the values.
func (e *Event) stated(visit func(at, index int, v values) bool) {
	for i := range blocks {
		b := &blocks[i]
		if b.states != nil && !b.states(e, 0) {
			continue
		}
		for index := range b.list.count(e) {
			for at := b.start; at < b.end; at++ {
				if v := properties[at].values(e, index); v.len() > 0 && !visit(at, index, v) {
					return
				}
			}
		}
	}
}

// block is a part of the table of properties: those of one group, or of the elements of
// one list.
type block struct {
	start, end int
	list       *list
	// states tells at a glance whether the event states any of them; nil if only they do.
	states func(e *Event, i int) bool
}

var blocks = blocksOf()

func blocksOf() (out []block) {
	for i := range properties {
		p := &properties[i]
		if n := len(out) - 1; n >= 0 {
			if before := &properties[i-1]; before.list == p.list && (p.list != nil || before.group == p.group) {
				out[n].end = i + 1
				continue
			}
		}
		b := block{start: i, end: i + 1, list: p.list}
		for j := range statesOf {
			if p.list == nil && statesOf[j].group == p.group {
				b.states = statesOf[j].any
			}
		}
		out = append(out, b)
	}
	return out
}

// count returns the number of elements of the list; for a nil list, which stands for the
// event itself, it is 1.
func (l *list) count(e *Event) int {
	if l == nil {
		return 1
	}
	return l.len(e)
}

// listOf returns values as a list, in a part of the room that is for them alone.
func listOf(v values, room *[]string) []string {
	n := v.len()
	if len(*room) < n {
		*room = make([]string, max(n, 32))
	}
	out := (*room)[:n:n]
	*room = (*room)[n:]
	for i := range out {
		out[i] = v.at(i)
	}
	return out
}
