package privacy

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// raw visits a contained resource of a type this library has no struct for. LFPSE
// has no such resources, but what is sent is screened whatever it is.
func (w *walker) raw(data json.RawMessage) {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	var value any
	if err := dec.Decode(&value); err != nil {
		w.report(Binary, "The resource is not valid JSON and cannot be screened.")
		return
	}
	w.rawValue(value, "")
}

// rawValue visits one JSON value; name is the property it belongs to.
func (w *walker) rawValue(value any, name string) {
	switch v := value.(type) {
	case string:
		w.text(v, rawKind(name))
	case json.Number:
		w.text(v.String(), Token)
	case []any:
		top := len(w.steps) - 1
		before := w.steps[top].index
		for i, item := range v {
			w.steps[top].index = i
			w.rawValue(item, name)
		}
		w.steps[top].index = before
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			w.rawProperty(key, v[key])
		}
	}
}

func (w *walker) rawProperty(key string, value any) {
	w.push(safeName(key), -1)
	defer w.pop()
	// A property name is text too.
	w.text(key, Token)
	if reason := rawRefusal(key, value); reason != "" {
		w.report(Element, reason)
		return
	}
	if text, ok := value.(string); ok && key == "reference" {
		w.reference(text)
		return
	}
	w.rawValue(value, key)
}

// rawRefusal says why an element must not be sent in a resource of any type.
func rawRefusal(key string, value any) string {
	switch key {
	case "telecom", "address", "birthDate", "photo", "contact", "valueHumanName", "valueAddress", "valueContactPoint":
		return "The element holds personal details."
	case "identifier":
		return "The element identifies a record."
	case "name":
		if _, isText := value.(string); !isText {
			return "The element holds a person's name."
		}
	}
	return ""
}

func rawKind(name string) Kind {
	if strings.HasPrefix(name, "value") && (strings.HasSuffix(name, "Code") || strings.HasSuffix(name, "Date") || strings.HasSuffix(name, "DateTime")) {
		return Token
	}
	return kindOf(nil, name)
}

// safeName is the FHIRPath name of a property, or a stand-in for one that does not
// look like a name and so may be data.
func safeName(key string) string {
	const unprintable = "(unprintable name)"
	if key == "" || len(key) > 64 || isDigit(key[0]) {
		return unprintable
	}
	for i := range len(key) {
		if c := key[i]; !isASCIILetter(c) && !isDigit(c) && c != '_' {
			return unprintable
		}
	}
	if rest, ok := strings.CutPrefix(key, "value"); ok && rest != "" && isUpper(rest[0]) {
		return "value"
	}
	return key
}
