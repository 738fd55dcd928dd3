package record

import (
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/gpsafety/lfpse-go/fhir"
	"github.com/gpsafety/lfpse-go/lfpse"
	"github.com/gpsafety/lfpse-go/mapping/csvlog"
	"github.com/gpsafety/lfpse-go/mapping/trigger"
)

// kind says where a type of resource holds what a draft needs. A path is one of element
// names; what has another name in STU3 is found, too.
type kind struct {
	codes []string // coded elements that may be a trigger
	days  []string // when it happened, in the order in which they count
	texts []string // what happened, in words
}

// kinds are the types of resources that may be events.
var kinds = map[string]kind{
	"AdverseEvent":       {codes: []string{"event"}, days: []string{"date"}, texts: []string{"description", "event.text"}},
	"AllergyIntolerance": {codes: []string{"code", "reaction.manifestation", "reaction.substance"}, days: []string{"reaction.onset", "lastOccurrence"}},
	"Condition":          {codes: []string{"code"}, days: []string{"onsetDateTime", "onsetPeriod.start"}},
	"DetectedIssue":      {codes: []string{"code"}, days: []string{"identifiedDateTime", "identifiedPeriod.start"}, texts: []string{"detail"}},
	"Flag":               {codes: []string{"code"}, days: []string{"period.start"}},
	"Observation":        {codes: []string{"code", "valueCodeableConcept"}, days: []string{"effectiveDateTime", "effectiveInstant", "effectivePeriod.start"}},
	"Task":               {codes: []string{"code", "reasonCode", "reason"}, days: []string{"executionPeriod.start"}, texts: []string{"description"}},
}

// columns are those of a [Log].
var columns = []string{"Reference", "Resource", "Date", "Recorded", "Code", "Term", "Trigger", "Evidence", "What happened", "Note", "Actuality", "Status"}

// systems are the code systems of triggers, by their names in FHIR and in records that were
// HL7 v3 before.
var systems = map[string]string{
	"snomed.info/sct": trigger.SNOMED, "read.info/readv2": trigger.Read2, "read.info/ctv3": trigger.CTV3, "urn:oid:2.16.840.1.113883.6.96": trigger.SNOMED,
}

// systemOf is the code system of triggers that a name stands for. It may name an edition of
// SNOMED CT or a version, and is often written with https or a slash at its end.
func systemOf(uri string) string {
	uri, _, _ = strings.Cut(uri, "|")
	uri = strings.TrimRight(strings.TrimPrefix(strings.TrimPrefix(uri, "https://"), "http://"), "/")
	if strings.HasPrefix(uri, "snomed.info/sct/") {
		return trigger.SNOMED
	}
	return systems[uri]
}

// entry is a resource that may be an event.
type entry struct {
	fhir.Node
	name    string // its reference
	line    int
	left    string // why it is left out, empty for a row
	trigger trigger.Trigger
	code    fhir.Node // the coding that is the trigger
}

// entry judges one resource; left is why it is left out whatever it says.
func (l *Log) entry(n fhir.Node, line int, left string) entry {
	e := entry{Node: n, name: n.ResourceType() + "/" + n.Child("id").Text(), line: line, left: left}
	if !n.Child("id").Exists() {
		e.name = fmt.Sprintf("document %d, %s at line %d", l.document, n.ResourceType(), line)
	}
	status := n.Child("status").Text()
	if e.left == "" {
		switch verified := codesOf(n.Child("verificationStatus")); {
		case status == "entered-in-error" || slices.Contains(verified, "entered-in-error"):
			e.left = "the entry was entered in error"
		case slices.Contains(verified, "refuted"):
			e.left = "the entry was refuted"
		case n.Child("modifierExtension").Exists():
			e.left = "the entry has a modifier extension, so it may say the opposite of what is read"
		case !l.find(&e):
			e.left = "nothing in the entry is a trigger"
		}
	}
	return e
}

// find looks for the trigger of a resource.
func (l *Log) find(e *entry) (found bool) {
	for _, path := range kinds[e.ResourceType()].codes {
		for concept := range follow(e.Node, path) {
			for coding := range concept.Child("coding").Each() {
				system, code := systemOf(coding.Child("system").Text()), strings.TrimSpace(coding.Child("code").Text())
				if e.code = coding; system == trigger.SNOMED {
					e.trigger, found = l.folder.Find(l.triggers, e.ResourceType(), code, e.line)
				} else if system != "" {
					e.trigger, found = l.triggers.Find(system, code)
				}
				if found {
					return true
				}
			}
		}
	}
	e.code = fhir.Node{}
	return l.findForm(e)
}

// findForm looks for a trigger in what the resource is.
func (l *Log) findForm(e *entry) (found bool) {
	try := func(code string) bool {
		e.trigger, found = l.triggers.Find(trigger.FHIR, code)
		return found
	}
	name := e.ResourceType()
	for property := range e.Children() {
		element := name + "." + property.Name()
		if try(element) {
			return true
		}
		for item := range property.Each() {
			for _, code := range codesOf(item) {
				if try(element + "=" + code) {
					return true
				}
			}
		}
	}
	return try(name)
}

// codesOf are the codes of a code, of a coding or of the codings of a concept: of a concept
// that is coded in several lists, any may be the one that is meant.
func codesOf(n fhir.Node) (codes []string) {
	add := func(code fhir.Node) {
		if text := code.Text(); text != "" {
			codes = append(codes, text)
		}
	}
	if n.Kind() == fhir.StringNode {
		add(n)
		return codes
	}
	add(n.Child("code"))
	for coding := range n.Child("coding").Each() {
		add(coding.Child("code"))
	}
	return codes
}

// follow yields what a path of names leads to.
func follow(n fhir.Node, path string) iter.Seq[fhir.Node] {
	return func(yield func(fhir.Node) bool) { walk(n, path, yield) }
}

func walk(n fhir.Node, path string, yield func(fhir.Node) bool) bool {
	name, rest, more := strings.Cut(path, ".")
	for item := range n.Element(name).Each() {
		if more && !walk(item, rest, yield) || !more && !yield(item) {
			return false
		}
	}
	return true
}

// first is the first text that one of the paths leads to.
func first(n fhir.Node, paths ...string) string {
	for _, path := range paths {
		for item := range follow(n, path) {
			if text := strings.TrimSpace(item.Text()); text != "" {
				return text
			}
		}
	}
	return ""
}

// day is the day of a date as it is written, or its month; nothing of a year alone. That of a
// time with a zone is the day in England: in summer midnight is still the day before in UTC.
func day(text string) string {
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return string(lfpse.DayInEngland(t))
	}
	text, _, _ = strings.Cut(text, "T")
	if len(text) < len("2006-01") {
		return ""
	}
	return text
}

// cells are those of the row, in the order of the columns.
func (e *entry) cells() []string {
	k := kinds[e.ResourceType()]
	code, term := e.code.Child("code").Text(), e.code.Child("display").Text()
	if !e.code.Exists() {
		for _, path := range k.codes {
			if code == "" {
				code = first(e.Node, path+".coding.code")
			}
			if term == "" {
				term = first(e.Node, path+".coding.display", path+".text")
			}
		}
	}
	cells := []string{
		e.name, e.ResourceType(), day(first(e.Node, k.days...)), day(first(e.Node, "recordedDate", "authoredOn", "issued")), code, term, e.trigger.Term, e.trigger.Evidence,
		first(e.Node, k.texts...), first(e.Node, "note.text"), e.Child("actuality").Text(), e.Child("status").Text(),
	}
	for i := range cells {
		cells[i] = csvlog.CleanCell(strings.Clone(cells[i]))
	}
	return cells
}
