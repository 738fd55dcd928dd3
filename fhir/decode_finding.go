package fhir

import (
	"cmp"

	"github.com/gpsafety/lfpse-go/lfpse/nearest"
)

// The rule ids of reading and writing. They are part of the interface: package
// lfpse/rule explains them.
const (
	ruleSyntax             = "JSON-SYNTAX"
	ruleDuplicateKey       = "JSON-DUPLICATE-KEY"
	ruleType               = "JSON-TYPE"
	ruleNull               = "JSON-NULL"
	ruleTrailing           = "JSON-TRAILING-DATA"
	ruleUTF8               = "JSON-UTF8"
	ruleEmpty              = "JSON-EMPTY"
	ruleDepth              = "JSON-DEPTH"
	ruleSize               = "JSON-SIZE"
	ruleTooMany            = "JSON-TOO-MANY-ISSUES"
	ruleUnknown            = "FHIR-UNKNOWN-ELEMENT"
	ruleRequired           = "FHIR-REQUIRED"
	ruleCode               = "FHIR-CODE"
	ruleInteger            = "FHIR-INTEGER"
	ruleDecimal            = "FHIR-DECIMAL"
	ruleChoice             = "FHIR-CHOICE"
	ruleResourceType       = "FHIR-RESOURCE-TYPE"
	ruleExtension          = "FHIR-EXT-1"
	rulePrimitiveExtension = "FHIR-PRIMITIVE-EXTENSION"
	ruleDescription        = "FHIR-R4-DESCRIPTION"
)

// The advice that several findings share.
const (
	fixSyntax  = "Correct the JSON text; nothing after this point was read."
	fixUnicode = "Write the text in UTF-8, with surrogate escapes only in pairs."
	fixEmpty   = "Leave the element out, or give it content."
	fixNull    = "Leave the element out."
)

// finding records one issue about the property leaf of the innermost container,
// or about that container when leaf is empty. After maxIssues it stops the
// reading: the text is hopeless or hostile.
func (d *decoder) finding(s Severity, rule, leaf string, offset int, text, fix string) {
	if d.mute || d.dead {
		return
	}
	d.issues = append(d.issues, Issue{
		Severity: s, Rule: rule, Path: d.containers.path(d.root, leaf), Offset: offset, Text: text, Fix: fix,
	})
	if len(d.issues) == maxIssues {
		d.issues = append(d.issues, Issue{
			Severity: Error, Rule: ruleTooMany, Path: d.root, Offset: len(d.data),
			Text: "There are more findings than are reported.", Fix: "Correct the findings above and check again.",
		})
		d.dead = true
	}
}

// fatal records an issue after which nothing more can be read.
func (d *decoder) fatal(rule, text, fix string) {
	d.finding(Error, rule, d.key, d.pos, text, fix)
	d.dead = true
}

func (d *decoder) syntax(text string) {
	if d.pos >= len(d.data) {
		text = "The document ends before it is complete."
	}
	d.fatal(ruleSyntax, text, fixSyntax)
}

func (d *decoder) notUnicode() {
	d.finding(Error, ruleUTF8, d.key, d.pos, "The string is not valid Unicode text.", fixUnicode)
}

// leaveEmpty leaves the innermost container and reports that it has no content.
func (d *decoder) leaveEmpty(text string) {
	d.leave()
	fr := &d.containers.list[d.containers.depth]
	d.empty(fr.key, fr.start, text)
}

func (d *decoder) empty(leaf string, offset int, text string) {
	if !d.lenient {
		d.finding(Error, ruleEmpty, leaf, offset, text, fixEmpty)
	}
}

// wrongType reports that the next value is not of the element's type, and skips it.
// Anything that is not a JSON value is a syntax error.
func (d *decoder) wrongType(want string) {
	kind := ""
	switch c := d.token(); c {
	case '{':
		kind = "an object"
	case '[':
		kind = "an array"
	case '"':
		kind = "a string"
	case 't', 'f':
		kind = "a boolean"
	case 'n':
		d.null()
		return
	default:
		kind = "a number"
		if c != '-' && (c < '0' || c > '9') {
			d.syntax("A JSON value must come here.")
			return
		}
	}
	d.finding(Error, ruleType, d.key, d.pos, "The element must be "+want+", not "+kind+".", "Write it as "+want+".")
	d.skip()
}

// null reads a null, which FHIR does not allow.
func (d *decoder) null() {
	start := d.pos
	if !d.literal("null") {
		d.syntax("A JSON value must come here.")
	} else if !d.lenient {
		d.finding(Error, ruleNull, d.key, start, "The element is null.", fixNull)
	}
}

// first notes a property of an R4 type in the set of those seen. It returns false for a
// repeated property, which it reports and skips: the first one counts.
func (d *decoder) first(seen *uint64, property uint64) bool {
	if *seen&property != 0 {
		d.again()
		return false
	}
	*seen |= property
	return true
}

// again reports a repeated property and skips its value.
func (d *decoder) again() {
	d.repeated()
	d.value()
}

// repeated reports a repeated property.
func (d *decoder) repeated() {
	d.finding(Error, ruleDuplicateKey, d.key, d.keyPos, "The property occurs twice in the same object.",
		"Keep one of them; a repeating element is an array.")
}

// unknown reports a property that the R4 type does not have, and skips it.
func (d *decoder) unknown() { d.misspelt("") }

// misspelt is unknown with the name of the type, of which the property may be a misspelt
// element. Comparing names takes time, so only the first findings say which.
func (d *decoder) misspelt(owner string) {
	const most = 20
	name, text := d.key, "FHIR R4 has no such element here"
	if !isName(d.key) {
		name, text = "", "FHIR R4 has no element called "+unprintable+" here"
	}
	hint := "."
	if len(d.issues) < most && !d.mute {
		hint = cmp.Or(nearest.Hint(name, propertiesOf(owner)), hint)
	}
	d.finding(Error, ruleUnknown, name, d.keyPos, text+hint, "Check the spelling, or remove the element.")
	d.skip()
}

// propertiesOf returns the names of the properties of a type.
func propertiesOf(owner string) (names []string) {
	for i := range elements {
		if elements[i].Owner == owner {
			names = append(names, elements[i].Property)
		}
	}
	return names
}

// require reports an element that an R4 type must have and that was not seen.
func (d *decoder) require(seen, property uint64, name string) {
	if seen&property == 0 {
		d.missing(ruleRequired, name)
	}
}

func (d *decoder) missing(rule, name string) {
	d.finding(Error, rule, name, d.containers.list[d.containers.depth-1].start, "The required element "+name+" is missing.", "Add the element.")
}

// choice reports that a choice of types, such as value[x], was made more than
// once: seen holds the properties of that choice that were seen.
func (d *decoder) choice(seen uint64, name string) {
	if seen&(seen-1) != 0 {
		d.finding(Error, ruleChoice, name, d.containers.list[d.containers.depth-1].start,
			textChoice, fixChoice)
	}
}

// extensionRule checks FHIR rule ext-1: an extension holds either a value or
// nested extensions.
func (d *decoder) extensionRule(values, nested uint64) {
	if (values == 0) == (nested == 0) {
		d.finding(Error, ruleExtension, "", d.containers.list[d.containers.depth-1].start, textExtension(values != 0), fixExtension)
	}
}

func textExtension(both bool) string {
	if both {
		return "The extension has both a value and nested extensions."
	}
	return "The extension has neither a value nor nested extensions."
}

const (
	textChoice   = "The element has values of more than one type."
	fixChoice    = "Keep one of the values."
	fixExtension = "Give the extension either one value or nested extensions."
)

// requireResourceType reports a resource that does not say what it is; bit 63 of
// the set of properties seen stands for resourceType.
func (d *decoder) requireResourceType(seen uint64) {
	if seen>>63 == 0 {
		d.missing(ruleResourceType, "resourceType")
	}
}
