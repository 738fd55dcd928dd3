package fhir

import (
	"strconv"
	"strings"
)

// Locate returns the byte offset in a JSON document of the element at a FHIRPath in the
// form of [Issue.Path], such as AdverseEvent.contained[2].extension[0].value: the offset
// of its property name or, in an array, of the item. For an absent element it is the
// offset of the nearest ancestor that is present. Locate returns -1 when the part of the
// document that it has to read is not JSON, or is nested more than 64 levels deep.
//
// To locate more than one element use [LocateAll].
func Locate(doc []byte, path string) int {
	return LocateAll(doc, []string{path})[0]
}

// LocateAll returns what [Locate] returns for each of the paths. It reads the document
// once, however many paths there are, and no further than necessary. It is safe for
// concurrent use.
func LocateAll(doc []byte, paths []string) []int {
	d := newDecoder(doc, anyRoot)
	d.src, d.lenient, d.mute = string(doc), true, true
	l := locator{d: d, unknown: 1}
	root := &waypoint{at: -1}
	ends := make([]*waypoint, len(paths))
	for i, path := range paths {
		ends[i] = l.waypoint(root, path)
	}
	if len(paths) > 0 {
		d.token()
		l.found(root, d.pos)
		l.value([]*waypoint{root})
	}
	offsets := make([]int, len(paths))
	for i, end := range ends {
		offsets[i] = end.at
	}
	return offsets
}

// waypoint is an element that paths lead to or through.
type waypoint struct {
	at    int // offset, -1 if not known yet
	below map[step]*waypoint
}

// step leads from an element to one right below it: to a property, or to an item
// of an array.
type step struct {
	name string
	item int // -1 for a property
}

type locator struct {
	d       *decoder
	unknown int // waypoints that are not found yet
}

// waypoint returns the waypoint at the end of a path, and makes those on the way.
func (l *locator) waypoint(root *waypoint, path string) *waypoint {
	m := root
	_, rest, more := strings.Cut(path, ".")
	for more {
		var part string
		part, rest, more = strings.Cut(rest, ".")
		name, digits, _ := strings.Cut(part, "[")
		m = l.below(m, step{name, -1})
		if item, err := strconv.Atoi(strings.TrimSuffix(digits, "]")); err == nil && item >= 0 {
			m = l.below(m, step{"", item})
		}
	}
	return m
}

func (l *locator) below(m *waypoint, s step) *waypoint {
	next := m.below[s]
	if next == nil {
		next = &waypoint{at: -1}
		if m.below == nil {
			m.below = map[step]*waypoint{}
		}
		m.below[s] = next
		l.unknown++
	}
	return next
}

// found notes where a waypoint is. With the last one the reading ends.
func (l *locator) found(m *waypoint, at int) {
	m.at = at
	l.unknown--
	l.d.dead = l.unknown == 0
}

// value reads the value that comes next, which is that of all the waypoints.
func (l *locator) value(here []*waypoint) {
	if l.d.dead {
		return
	}
	switch c := l.d.token(); {
	case len(here) == 0 || c != '{' && c != '[':
		l.d.value()
	case c == '{' && l.d.object():
		l.properties(here)
	case c == '[' && l.d.array():
		l.items(here)
	}
	if !l.d.dead {
		l.giveUp(here)
	}
}

func (l *locator) properties(here []*waypoint) {
	d := l.d
	for more := true; more && d.property(); more = d.nextProperty() {
		next := l.reach(nil, here, step{d.key, -1}, d.keyPos)
		if name := pathName(d.containers.name(), d.key); name != d.key { // paths have value for valueCode
			next = l.reach(next, here, step{name, -1}, d.keyPos)
		}
		l.value(next)
	}
	d.leave()
}

func (l *locator) items(here []*waypoint) {
	d := l.d
	for more := true; more; more = d.nextElement() {
		d.token()
		l.value(l.reach(nil, here, step{"", d.containers.list[d.containers.depth-1].index}, d.pos))
	}
}

// reach appends the waypoints one step below, which have come at an offset. Of
// two properties of the same name the first counts.
func (l *locator) reach(dst, here []*waypoint, s step, at int) []*waypoint {
	for _, m := range here {
		if next := m.below[s]; next != nil && next.at < 0 {
			l.found(next, at)
			dst = append(dst, next)
		}
	}
	return dst
}

// giveUp gives absent waypoints the offset of their nearest ancestor, whose values have
// all been read by now.
func (l *locator) giveUp(above []*waypoint) {
	for len(above) > 0 {
		m := above[len(above)-1]
		above = above[:len(above)-1]
		for _, next := range m.below {
			if next.at < 0 {
				l.found(next, m.at)
				above = append(above, next)
			}
		}
	}
}
