package fhirform

import (
	"bytes"
	"encoding/json"
	"strconv"
)

// object is a JSON object of which only some properties matter. What is missing
// and what is of another type reads as empty.
type object map[string]any

// parseTree reads a document that has been checked to be strict JSON; anything
// but an object is empty.
func parseTree(data []byte) object {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	var v any
	if dec.Decode(&v) != nil {
		return nil
	}
	o, _ := v.(map[string]any)
	return o
}

func (o object) text(name string) string {
	s, _ := o[name].(string)
	return s
}

// number reads a whole number, also one in a string, as max is.
func (o object) number(name string) (int, bool) {
	s := o.text(name)
	if n, ok := o[name].(json.Number); ok {
		s = n.String()
	}
	n, err := strconv.ParseInt(s, 10, 32)
	return int(n), err == nil
}

func (o object) object(name string) object {
	child, _ := o[name].(map[string]any)
	return child
}

// objects returns the objects of a list.
func (o object) objects(name string) []object {
	items, _ := o[name].([]any)
	out := make([]object, 0, len(items))
	for _, item := range items {
		child, _ := item.(map[string]any)
		out = append(out, child)
	}
	return out
}

// texts returns the strings of a list, or the one that stands in its place.
func (o object) texts(name string) []string {
	if s := o.text(name); s != "" {
		return []string{s}
	}
	items, _ := o[name].([]any)
	var out []string
	for _, item := range items {
		if s, ok := item.(string); ok {
			out = append(out, s)
		}
	}
	return out
}

// extensions returns the extensions of one of our urls.
func (o object) extensions(name string) []object {
	var out []object
	for _, x := range o.objects("extension") {
		if x.text("url") == ExtensionBase+name {
			out = append(out, x)
		}
	}
	return out
}

// extension returns the first extension of one of our urls, empty if there is
// none.
func (o object) extension(name string) object {
	if xs := o.extensions(name); len(xs) > 0 {
		return xs[0]
	}
	return nil
}

// sub returns the value of a sub-extension.
func (o object) sub(url, property string) string {
	for _, x := range o.objects("extension") {
		if x.text("url") == url {
			return x.text(property)
		}
	}
	return ""
}
