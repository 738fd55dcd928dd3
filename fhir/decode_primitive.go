package fhir

import (
	"slices"
	"strings"
)

// primitive is an element of an R4 type that can have an id and extensions of its own,
// in a property with an underscore before its name.
type primitive struct {
	name string
	bit  uint64 // in the set of the properties seen
	list bool
}

const (
	textPrimitiveExtension = "The property with an underscore holds the id or the extensions of a primitive element. FHIR allows them; LFPSE does not use them, so they were passed over."
	fixPrimitiveExtension  = "Leave the property out; give what it says as the value of the element, if LFPSE asks for it."
)

// unlisted reads a property that has no field in the Go type: the extensions of a
// primitive element, which are checked and passed over, or one that R4 does not have.
// It returns the bit of the element. owner is the type as Element has it, and beside are the
// elements whose extensions were seen.
func (d *decoder) unlisted(owner string, known []primitive, beside uint64) uint64 {
	name, ok := strings.CutPrefix(d.key, "_")
	i := slices.IndexFunc(known, func(p primitive) bool { return p.name == name })
	if !ok || i < 0 {
		d.misspelt(owner)
		return 0
	}
	d.key = name
	p := &known[i]
	if !d.first(&beside, p.bit) {
		return 0
	}
	d.finding(Warning, rulePrimitiveExtension, d.key, d.keyPos, textPrimitiveExtension, fixPrimitiveExtension)
	if p.list {
		d.besideList()
	} else {
		d.besideValue()
	}
	return p.bit
}

// besideList reads the extensions of the items of a list, with null for an item that has
// none.
func (d *decoder) besideList() {
	d.besides = append(d.besides, d.containers.path(d.root, d.key)+"[")
	if !d.array() {
		return
	}
	for more := true; more; more = d.nextElement() {
		if d.token() != 'n' || !d.literal("null") {
			d.besideValue()
		}
	}
}

// besideValue reads the id and the extensions of one primitive value.
func (d *decoder) besideValue() {
	if !d.object() {
		return
	}
	var seen uint64
	for key := d.readKey(); key != ""; key = d.nextKey() {
		switch key {
		case "id":
			if d.first(&seen, 1<<0) {
				d.string()
			}
		case "extension":
			if d.first(&seen, 1<<1) {
				d.extensionList()
			}
		default:
			d.unknown()
		}
	}
	d.leave()
}

// allowNulls turns the nulls among the items of a list into what they are when extensions
// stand beside the list: items without a value.
func (d *decoder) allowNulls() {
	for i := range d.issues {
		issue := &d.issues[i]
		if issue.Rule != ruleNull {
			continue
		}
		if slices.ContainsFunc(d.besides, func(list string) bool {
			index, ok := strings.CutPrefix(issue.Path, list)
			return ok && strings.IndexByte(index, ']') == len(index)-1
		}) {
			issue.Severity, issue.Rule = Warning, rulePrimitiveExtension
			issue.Text, issue.Fix = "The item has no value, only an id or extensions, which LFPSE does not use.", fixPrimitiveExtension
		}
	}
}
