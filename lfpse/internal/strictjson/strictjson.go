// Package strictjson decodes the project's own JSON forms without the leniency
// of encoding/json, which takes "TYPE" for "type", keeps the last of two
// properties and stops at the first thing it does not like.
package strictjson

import (
	"bytes"
	"encoding"
	"encoding/json"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/gpsafety/lfpse-go/fhir"
)

// Decode checks a document with [fhir.CheckJSON] and reads it into the struct
// that v points to. Every property that the struct does not have, by its exact
// name, and every value of another JSON type is a finding under the given rule.
// The paths start with $; no value of the document is quoted. After a thousand
// findings the reading ends with JSON-TOO-MANY-ISSUES, as that of CheckJSON does.
// If there is an error among the findings, v is left as it was.
func Decode(data []byte, v any, rule string, opts ...fhir.CheckOption) fhir.Issues {
	issues := fhir.CheckJSON(data, opts...)
	if issues.HasErrors() {
		return issues
	}
	c := checker{rule: rule}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	var document any
	if err := dec.Decode(&document); err != nil {
		c.add("$", "The document is not JSON.")
	}
	c.value("$", document, reflect.TypeOf(v).Elem())
	if len(c.issues) > 0 {
		return append(issues, c.issues...)
	}
	fresh := reflect.New(reflect.TypeOf(v).Elem())
	if json.Unmarshal(data, fresh.Interface()) != nil {
		c.add("$", "The document is not of the documented form.")
		return append(issues, c.issues...)
	}
	reflect.ValueOf(v).Elem().Set(fresh.Elem())
	return issues
}

type checker struct {
	rule   string
	issues fhir.Issues
}

// maxFindings is how many findings are reported: a document with more is hopeless
// or hostile.
const maxFindings = 1000

func (c *checker) add(path, text string) {
	if c.full() {
		return
	}
	c.issues = append(c.issues, fhir.Issue{Severity: fhir.Error, Rule: c.rule, Path: path, Offset: -1, Text: text})
	if c.full() {
		c.issues = append(c.issues, fhir.Issue{Severity: fhir.Error, Rule: "JSON-TOO-MANY-ISSUES", Path: "$", Offset: -1,
			Text: "There are more findings than are reported.", Fix: "Correct the findings above and check again."})
	}
}

// full reports that no more findings are added.
func (c *checker) full() bool { return len(c.issues) >= maxFindings }

var textType = reflect.TypeFor[encoding.TextUnmarshaler]()

// value compares a value with the type that it is to be read into. Null stands
// for the zero value; where it must not, CheckJSON has refused it.
func (c *checker) value(path string, v any, t reflect.Type) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	fits, want := true, ""
	kind := t.Kind()
	if reflect.PointerTo(t).Implements(textType) {
		kind = reflect.String
		c.form(path, v, t)
	}
	switch kind {
	case reflect.Struct, reflect.Map:
		want, fits = "an object", c.object(path, v, t)
	case reflect.Slice:
		want, fits = "an array", c.array(path, v, t)
	case reflect.String:
		_, fits = v.(string)
		want = "a string"
	case reflect.Bool:
		_, fits = v.(bool)
		want = "true or false"
	case reflect.Int:
		number, _ := v.(json.Number)
		_, err := strconv.ParseInt(string(number), 10, 32)
		fits, want = err == nil, "a whole number"
	}
	if !fits && v != nil {
		c.add(path, "The value must be "+want+".")
	}
}

// object compares the properties of an object; false if the value is not one.
func (c *checker) object(path string, v any, t reflect.Type) bool {
	object, ok := v.(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(object)) {
		if c.full() {
			break
		}
		c.property(path+"."+printable(name), name, object[name], t)
	}
	return ok
}

// array compares the items of an array; false if the value is not one.
func (c *checker) array(path string, v any, t reflect.Type) bool {
	items, ok := v.([]any)
	for i, item := range items {
		if c.full() {
			break
		}
		c.value(path+"["+strconv.Itoa(i)+"]", item, t.Elem())
	}
	return ok
}

// form has a text that has a form of its own read by its type. The error of the type
// must not quote the text.
func (c *checker) form(path string, v any, t reflect.Type) {
	if s, ok := v.(string); ok {
		if err := reflect.New(t).Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(s)); err != nil {
			c.add(path, "The value cannot be read: "+err.Error()+".")
		}
	}
}

func (c *checker) property(path, name string, v any, t reflect.Type) {
	if t.Kind() == reflect.Map {
		c.value(path, v, t.Elem())
		return
	}
	for i := range t.NumField() {
		f := t.Field(i)
		if tag, _, _ := strings.Cut(f.Tag.Get("json"), ","); f.IsExported() && tag == name {
			c.value(path, v, f.Type)
			return
		}
	}
	c.add(path, "There is no property of this name.")
}

var plainName = regexp.MustCompile(`^[A-Za-z0-9_]{1,64}$`)

// printable keeps names out of a path that may be text in the wrong place.
func printable(name string) string {
	if plainName.MatchString(name) {
		return name
	}
	return "(unprintable name)"
}
