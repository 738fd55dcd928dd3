package lfpse

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/gpsafety/lfpse-go/lfpse/nearest"
)

// Accessor reads and writes one property of an [Event] that is named by its target, as in
// maps and answers. It is immutable and safe for concurrent use.
type Accessor struct {
	*binding
	target string
	index  int // in the list that the property belongs to
}

// maxElements bounds the index in a target: no LFPSE list is longer.
const maxElements = 100

// Accessor returns the accessor of a target: the path of a property in the JSON form of
// an event, such as type, location.serviceArea or patients[0].physicalHarm. The error
// says what is wrong with the target.
func (c *Codec) Accessor(target string) (*Accessor, error) {
	p := &Accessor{target: target}
	at := -1
	head, below, nested := strings.Cut(target, ".")
	name, index, indexed := strings.Cut(head, "[")
	first := firstBelow(name)
	switch {
	case first == nil:
		return nil, fmt.Errorf("an event has no property %q%s", name, nearest.Hint(target, Targets()))
	case first.list != nil:
		n, err := strconv.Atoi(strings.TrimSuffix(index, "]"))
		if err != nil || index != strconv.Itoa(n)+"]" || n < 0 || n >= maxElements || !nested {
			return nil, fmt.Errorf("%s is a list: write %s[0] to %s[%d] and a property, such as %s", name, name, name, maxElements-1, first.targetOf(0))
		}
		p.index, at = n, propertyAt(first.list, below)
	case indexed:
		return nil, fmt.Errorf("%s is not a list", name)
	default:
		at = propertyAt(nil, target)
	}
	switch {
	case at >= 0:
		p.binding = &c.bindings[at]
		return p, nil
	case nested:
		return nil, fmt.Errorf("%s has no property %q%s", name, below, nearest.Hint(below, targetsBelow(name)))
	}
	return nil, fmt.Errorf("%s is a group: name one of its properties, such as %s", name, first.target)
}

// Target returns the target that the accessor is for.
func (p *Accessor) Target() string { return p.target }

// Targets returns the targets of all properties of an event, in the order of its groups;
// those of a list with the index 0.
func Targets() []string {
	all := make([]string, len(properties))
	for i := range properties {
		all[i] = properties[i].targetOf(0)
	}
	return all
}

// targetsBelow returns the names of the properties of a group or of the elements of a
// list.
func targetsBelow(name string) (names []string) {
	for _, t := range Targets() {
		if head, below, ok := strings.Cut(t, "."); ok && strings.TrimSuffix(head, "[0]") == name {
			names = append(names, below)
		}
	}
	return names
}

// Put writes a value that [Accessor.Parse] returned, adding to a list and replacing
// anything else. Elements of patients, medicines and devices up to the one addressed are
// created.
func (p *Accessor) Put(e *Event, value string) {
	for p.property.list.count(e) <= p.index {
		p.property.list.grow(e)
	}
	p.property.values(e, p.index).add(value)
}

// Values returns what the event states for the property, in the form that [Accessor.Put]
// takes; nil if it states nothing.
func (p *Accessor) Values(e *Event) []string {
	if !p.IsSet(e) {
		return nil
	}
	v := p.property.values(e, p.index)
	room := make([]string, v.len())
	return listOf(v, &room)
}

// Clear removes what the event states for the property, if anything.
func (p *Accessor) Clear(e *Event) {
	if p.index < p.property.list.count(e) {
		p.property.values(e, p.index).clear()
	}
}

// IsSet reports whether the event states the property.
func (p *Accessor) IsSet(e *Event) bool {
	return p.index < p.property.list.count(e) && p.property.values(e, p.index).len() > 0
}
