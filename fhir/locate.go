package fhir

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
)

// Locate returns the byte offset in a JSON document of the element at a FHIRPath
// as [Issue] has it, such as AdverseEvent.contained[2].extension[0].value: where
// the property starts, or the array's item. For an element that is not there it
// is the offset of the nearest one above that is. It returns -1 when the document
// is not JSON as far as it had to be read.
func Locate(doc []byte, path string) int {
	steps := strings.Split(path, ".")[1:]
	dec := json.NewDecoder(bytes.NewReader(doc))
	l := locator{doc: doc, dec: dec}
	at := l.skipSpace(0)
	if !l.find(steps, &at) {
		return -1
	}
	return at
}

type locator struct {
	doc []byte
	dec *json.Decoder
}

// skipSpace moves past white space and separators to where a token starts.
func (l *locator) skipSpace(i int) int {
	for i < len(l.doc) && strings.IndexByte(" \t\r\n,:", l.doc[i]) >= 0 {
		i++
	}
	return i
}

// next reads a token and returns where it starts.
func (l *locator) next() (json.Token, int, bool) {
	start := l.skipSpace(int(l.dec.InputOffset()))
	t, err := l.dec.Token()
	return t, start, err == nil
}

// find reads the value that comes next, following the steps; at is moved to each
// element found on the way. It is false when the text is not JSON.
func (l *locator) find(steps []string, at *int) bool {
	if len(steps) == 0 {
		return true
	}
	name, index := splitStep(steps[0])
	t, _, ok := l.next()
	if !ok {
		return false
	}
	if t != json.Delim('{') {
		return true // the path leads on, the document does not
	}
	for l.dec.More() {
		key, start, ok := l.next()
		if !ok {
			return false
		}
		if k, _ := key.(string); !isElement(k, name) {
			if !l.skip() {
				return false
			}
			continue
		}
		*at = start
		if index < 0 {
			return l.find(steps[1:], at)
		}
		return l.item(index, steps[1:], at)
	}
	return true
}

// item follows the path into an item of an array.
func (l *locator) item(index int, steps []string, at *int) bool {
	t, _, ok := l.next()
	if !ok {
		return false
	}
	if t != json.Delim('[') {
		return true
	}
	for i := 0; l.dec.More(); i++ {
		if i == index {
			*at = l.skipSpace(int(l.dec.InputOffset()))
			return l.find(steps, at)
		}
		if !l.skip() {
			return false
		}
	}
	return true
}

func (l *locator) skip() bool {
	var raw json.RawMessage
	return l.dec.Decode(&raw) == nil
}

// splitStep splits extension[3] into its name and index, which is -1 for none.
func splitStep(step string) (name string, index int) {
	name, digits, ok := strings.Cut(step, "[")
	if !ok {
		return name, -1
	}
	index, err := strconv.Atoi(strings.TrimSuffix(digits, "]"))
	if err != nil {
		return name, -1
	}
	return name, index
}

// isElement reports whether a JSON property is the element of a path, in which
// valueCode is written value.
func isElement(property, element string) bool {
	if property == element {
		return true
	}
	rest, ok := strings.CutPrefix(property, element)
	return ok && element == "value" && rest[0] >= 'A' && rest[0] <= 'Z'
}
