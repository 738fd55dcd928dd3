package fhir

import (
	"encoding/json"
	"slices"
	"strconv"

	r4 "github.com/samply/golang-fhir-models/fhir-models/fhir"
)

// Append appends the canonical JSON of the event to dst and returns the longer slice. The
// same event always gives the same bytes: resourceType first, then the elements in the
// order FHIR lists them, no white space, and no escapes but those JSON requires. Nil
// pointers and empty slices are left out. Nothing is allocated if dst has enough room,
// except to check resources in Resource.Other.
//
// Decode accepts what Append writes: whatever Decode would refuse, such as a
// missing actuality or subject, an element without content, an empty string, two
// values in one extension, a number out of range, text that is not UTF-8 or a
// document over 5 MiB, is an error of type Issues that names all of them, and dst
// is returned as it was. Their Offset is -1.
//
// Append is safe for concurrent use as long as nobody changes the event.
func Append(dst []byte, a *AdverseEvent) ([]byte, error) {
	e := encoder{b: dst, limit: len(dst) + maxBytes}
	if a == nil {
		e.problem(ruleRequired, "", "There is no event.", "Give an event.")
		return dst, e.issues
	}
	if cap(dst)-len(dst) < smallest {
		e.b = slices.Grow(e.b, estimateSize(a))
	}
	encodeAdverseEvent(&e, "", a)
	if len(e.b) > e.limit && !e.stopped {
		e.problem(ruleSize, "", "The document is larger than the limit.", "Shorten the event.")
	}
	if e.issues != nil {
		return dst, e.issues
	}
	return e.b, nil
}

// smallest is a size in bytes that every LFPSE record exceeds.
const smallest = 512

// estimateSize estimates the size of an LFPSE record in JSON, in bytes, so that memory is
// allocated once before writing begins. If the estimate is too low, the text grows once
// more.
func estimateSize(a *AdverseEvent) int {
	const event, resource = 1024, 64 // what surrounds the groups
	n := event + estimateGroups(a.Extension)
	for i := range a.Contained {
		n += resource + len(a.Contained[i].Other) + estimateGroups(a.Contained[i].Extensions())
	}
	return min(n, maxBytes)
}

// estimateGroups estimates the size of the groups of a resource.
func estimateGroups(groups []r4.Extension) (n int) {
	const group, field = 32, 40 // names, quotes and brackets
	for i := range groups {
		n += group + len(groups[i].Url)
		for j := range groups[i].Extension {
			x := &groups[i].Extension[j]
			n += field + len(x.Url)
			if x.ValueString != nil {
				n += len(*x.ValueString)
			}
		}
	}
	return n
}

// encoder appends one JSON text. The generated functions in encode_gen.go drive it. Each
// writes its value and, except at the root, a comma after it; the end of an object or
// array overwrites the last comma. So a container without content is one whose last byte
// is still its opening bracket.
//
// Keys are passed as they are written, with the quotes, the colon and for strings
// also the opening quote of the value: `"url":"`.
type encoder struct {
	b          []byte
	limit      int // largest length of b
	containers containers
	issues     Issues
	stopped    bool // too much is wrong to go on
}

// problem records one issue about the element key of the innermost container, or
// about that container when key is empty.
func (e *encoder) problem(rule, key, text, fix string) {
	e.add(Issue{Severity: Error, Rule: rule, Path: e.containers.path("AdverseEvent", key), Text: text, Fix: fix})
}

func (e *encoder) add(issue Issue) {
	if e.stopped {
		return
	}
	issue.Offset = -1
	e.issues = append(e.issues, issue)
	if len(e.issues) == maxIssues {
		e.issues = append(e.issues, Issue{
			Severity: Error, Rule: ruleTooMany, Path: "AdverseEvent", Offset: -1,
			Text: "There are more findings than are reported.", Fix: "Correct the findings above and try again.",
		})
		e.stop()
	}
}

// stop ends the writing: no further object or array is opened.
func (e *encoder) stop() { e.stopped, e.limit = true, -1 }

// refuse records an issue in place of the value of key. The text that is written is never
// used, so any bytes will do to show that the element was there.
func (e *encoder) refuse(rule, key, text, fix string) {
	e.problem(rule, key, text, fix)
	e.b = append(e.b, '0', ',')
}

// open begins an object or array. It returns false when the event is nested too
// deeply or has grown too large, which an event built with cycles always does.
func (e *encoder) open(key string, bracket byte) bool {
	f := &e.containers
	if f.depth == maxDepth || len(e.b) > e.limit {
		e.overflow(key)
		return false
	}
	f.list[f.depth] = container{key: key, index: -1}
	f.depth++
	e.b = append(append(e.b, key...), bracket)
	return true
}

func (e *encoder) overflow(key string) {
	if e.containers.depth == maxDepth {
		e.refuse(ruleDepth, key, "The event is nested more than 64 levels deep.", "Nest the extensions less deeply.")
		return
	}
	e.refuse(ruleSize, key, "The document is larger than the limit.", "Shorten the event.")
	e.stop()
}

// element moves to element i of the innermost array.
func (e *encoder) element(i int) { e.containers.list[e.containers.depth-1].index = i }

// close ends the innermost object or array.
func (e *encoder) close(bracket byte) {
	f := &e.containers
	if last := len(e.b) - 1; e.b[last] == ',' {
		e.b[last] = bracket
	} else {
		e.problem(ruleEmpty, "", "The element has no content.", fixEmpty)
	}
	if f.depth--; f.depth > 0 {
		e.b = append(e.b, ',')
	}
}

// The functions below write one element of a Go type the R4 types are made of.
// Those of pointers write nothing for nil; they are small so that the compiler
// places the test in the generated code.

func (e *encoder) string(key string, p *string) {
	if p != nil {
		e.b = append(e.b, key...)
		e.text(key, *p)
	}
}

func (e *encoder) missing(key string) {
	e.refuse(ruleRequired, key, "The required element "+elementName(key)+" is missing.", "Add the element.")
}

func (e *encoder) stringList(key string, list []string) {
	if len(list) == 0 || !e.open(key, '[') {
		return
	}
	for i, s := range list {
		e.element(i)
		e.b = append(e.b, '"')
		e.text(`"`, s)
	}
	e.close(']')
}

func (e *encoder) bool(key string, p *bool) {
	if p != nil {
		e.b = append(strconv.AppendBool(append(e.b, key...), *p), ',')
	}
}

func (e *encoder) int(key string, p *int) {
	if p != nil {
		e.requiredInt(key, *p)
	}
}

func (e *encoder) requiredInt(key string, i int) {
	if int64(i) != int64(int32(i)) {
		e.refuse(ruleInteger, key, textInteger, fixInteger)
		return
	}
	e.b = append(strconv.AppendInt(append(e.b, key...), int64(i), 10), ',')
}

func (e *encoder) decimal(key string, p *json.Number) {
	if p != nil {
		e.requiredDecimal(key, *p)
	}
}

func (e *encoder) requiredDecimal(key string, n json.Number) {
	switch {
	case n == "":
		e.missing(key)
	case numberLen(string(n)) != len(n):
		e.refuse(ruleDecimal, key, "The number is not a FHIR decimal.", "Write it as JSON writes numbers.")
	default:
		e.b = append(append(append(e.b, key...), n...), ',')
	}
}

// encodeCode writes the code of an R4 enumeration, whose codes are indexed by its
// Go values and need no escapes.
func encodeCode[T ~int](e *encoder, key string, p *T, codes []string) {
	if p != nil {
		e.requiredCode(key, int(*p), codes)
	}
}

func (e *encoder) requiredCode(key string, i int, codes []string) {
	if i < 0 || i >= len(codes) {
		e.refuse(ruleCode, key, "The code is not one that FHIR R4 allows here.", fixCode(codes))
		return
	}
	e.b = append(append(append(e.b, key...), codes[i]...), '"', ',')
}

func encodeCodeList[T ~int](e *encoder, key string, list []T, codes []string) {
	if len(list) == 0 || !e.open(key, '[') {
		return
	}
	for i, v := range list {
		e.element(i)
		e.requiredCode(`"`, int(v), codes)
	}
	e.close(']')
}

// choice checks a choice of types, such as value[x], that has n values. The test
// is small enough for the compiler to place it in the generated code.
func (e *encoder) choice(n int, required bool, key string) {
	if n > 1 || n == 0 && required {
		e.badChoice(n, key)
	}
}

func (e *encoder) badChoice(n int, key string) {
	if n == 0 {
		e.missing(key)
		return
	}
	e.problem(ruleChoice, key, textChoice, fixChoice)
}

// badExtension reports an extension that breaks FHIR rule ext-1: it has both a value and
// nested extensions, or neither.
func (e *encoder) badExtension(both bool) {
	e.problem(ruleExtension, "", textExtension(both), fixExtension)
}

// text writes a string that must not be empty, after its key.
func (e *encoder) text(key, s string) {
	if n := plainLen(s, highBits); n < len(s) || n == 0 {
		e.checkedText(key, s)
		return
	}
	e.b = append(append(e.b, s...), '"', ',')
}

// checkedText writes a string that is empty, needs escapes, or is not plain ASCII and so
// may not be valid.
func (e *encoder) checkedText(key, s string) {
	if s == "" {
		e.refuse(ruleEmpty, key, "The string is empty.", fixEmpty)
		return
	}
	b, ok := appendText(e.b, s)
	if !ok {
		e.refuse(ruleUTF8, key, "The string is not valid Unicode text.", fixUnicode)
		return
	}
	e.b = append(b, '"', ',')
}
