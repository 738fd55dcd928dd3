// Package tree holds a JSON document as it was written: properties in their order,
// those that come twice, numbers as text. Documents are taken apart, edited and
// written again with it, which encoding/json with its maps cannot do.
//
// It reads well-formed JSON only and judges nothing; that is for the readers that
// are tested with what it writes. A tree must not be changed by several goroutines
// at once.
package tree

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
)

// A Value is one of nil, bool, json.Number, string, *Array and *Object.
type Value any

// Object is a JSON object. Names may come twice.
type Object struct{ Members []Member }

// Member is one property of an object.
type Member struct {
	Name  string
	Value Value
}

// Array is a JSON array.
type Array struct{ Items []Value }

// Index returns the position of the first property of a name, -1 if there is none.
func (o *Object) Index(name string) int {
	return slices.IndexFunc(o.Members, func(m Member) bool { return m.Name == name })
}

// Get returns the first value of a name, nil if there is none.
func (o *Object) Get(name string) Value {
	if i := o.Index(name); i >= 0 {
		return o.Members[i].Value
	}
	return nil
}

// Text returns the first value of a name if it is a string, else the empty string.
func (o *Object) Text(name string) string {
	s, _ := o.Get(name).(string)
	return s
}

// List returns the items of the first value of a name if it is an array.
func (o *Object) List(name string) []Value {
	if a, ok := o.Get(name).(*Array); ok {
		return a.Items
	}
	return nil
}

// Set replaces the first value of a name, or appends the property.
func (o *Object) Set(name string, v Value) {
	if i := o.Index(name); i >= 0 {
		o.Members[i].Value = v
		return
	}
	o.Members = append(o.Members, Member{name, v})
}

// Remove takes every property of a name out.
func (o *Object) Remove(name string) {
	o.Members = slices.DeleteFunc(o.Members, func(m Member) bool { return m.Name == name })
}

// Clone returns a copy that shares nothing with v.
func Clone(v Value) Value {
	switch v := v.(type) {
	case *Object:
		return v.Clone()
	case *Array:
		out := &Array{Items: make([]Value, len(v.Items))}
		for i := range v.Items {
			out.Items[i] = Clone(v.Items[i])
		}
		return out
	}
	return v
}

// Clone returns a copy that shares nothing with o.
func (o *Object) Clone() *Object {
	out := &Object{Members: make([]Member, len(o.Members))}
	for i, m := range o.Members {
		out.Members[i] = Member{m.Name, Clone(m.Value)}
	}
	return out
}

// Parse reads one JSON document. The error says where it is not JSON.
func Parse(data []byte) (Value, error) {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	v, err := value(dec)
	if err != nil {
		return nil, err
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, fmt.Errorf("there is more after the document, at byte %d", dec.InputOffset())
	}
	return v, nil
}

// MustParse is Parse for text that is part of a program. It panics on an error.
func MustParse(text string) Value {
	v, err := Parse([]byte(text))
	if err != nil {
		panic(err)
	}
	return v
}

func value(dec *json.Decoder) (Value, error) {
	token, err := dec.Token()
	if err != nil {
		return nil, err
	}
	switch token {
	case json.Delim('{'):
		o := &Object{}
		for dec.More() {
			name, err := dec.Token()
			if err != nil {
				return nil, err
			}
			v, err := value(dec)
			if err != nil {
				return nil, err
			}
			o.Members = append(o.Members, Member{name.(string), v})
		}
		_, err := dec.Token()
		return o, err
	case json.Delim('['):
		a := &Array{}
		for dec.More() {
			v, err := value(dec)
			if err != nil {
				return nil, err
			}
			a.Items = append(a.Items, v)
		}
		_, err := dec.Token()
		return a, err
	}
	return token, nil
}
