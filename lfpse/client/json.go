package client

import (
	"bytes"
	"encoding/json"
	"errors"
)

// object is a JSON object in document order, in which repeated names can be seen.
type object []member

type member struct {
	name  string
	value any // object, []any, string, json.Number, bool or nil
}

// maxDepth is the deepest nesting of an answer that is read.
const maxDepth = 64

// parseTree reads one JSON object; it returns nil for anything else.
func parseTree(data []byte) object {
	data = bytes.TrimPrefix(data, []byte("\ufeff")) // some servers of this kind send a byte order mark
	if !json.Valid(data) {
		return nil
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	v, err := parseValue(dec, 0)
	if err != nil {
		return nil
	}
	tree, _ := v.(object)
	return tree
}

func parseValue(dec *json.Decoder, depth int) (any, error) {
	token, err := dec.Token()
	delim, nested := token.(json.Delim)
	if err != nil || !nested {
		return token, err
	}
	if depth >= maxDepth {
		return nil, errors.New("too deep")
	}
	o, list := object{}, []any{}
	for dec.More() {
		var m member
		if delim == '{' {
			name, err := dec.Token()
			if err != nil {
				return nil, err
			}
			m.name, _ = name.(string)
		}
		if m.value, err = parseValue(dec, depth+1); err != nil {
			return nil, err
		}
		o, list = append(o, m), append(list, m.value)
	}
	if _, err := dec.Token(); err != nil {
		return nil, err
	}
	if delim == '[' {
		return list, nil
	}
	return o, nil
}

// value returns the value of a name, nil when it is missing.
func (o object) value(name string) any {
	for _, m := range o {
		if m.name == name {
			return m.value
		}
	}
	return nil
}

// text returns a string or number. stated says that the name is present. The text of a
// name that is repeated with another value is empty, because neither value can be
// trusted.
func (o object) text(name string) (text string, stated bool) {
	for _, m := range o {
		if m.name != name {
			continue
		}
		var s string
		switch v := m.value.(type) {
		case string:
			s = v
		case json.Number:
			s = v.String()
		}
		if stated && s != text {
			return "", true
		}
		text, stated = s, true
	}
	return text, stated
}

// texts returns the strings of a list, or a single string that is not in a list.
func (o object) texts(name string) []string {
	var out []string
	switch v := o.value(name).(type) {
	case string:
		out = append(out, v)
	case []any:
		for _, item := range v {
			if s, ok := item.(string); ok {
				out = append(out, s)
			}
		}
	}
	return out
}

// objects returns the objects of a list, or a single object that is not in a list.
func (o object) objects(name string) []object {
	var out []object
	switch v := o.value(name).(type) {
	case object:
		out = append(out, v)
	case []any:
		for _, item := range v {
			if child, ok := item.(object); ok {
				out = append(out, child)
			}
		}
	}
	return out
}

// walk visits every object below and including v, in document order.
func walk(v any, visit func(object)) {
	switch v := v.(type) {
	case object:
		visit(v)
		for _, m := range v {
			walk(m.value, visit)
		}
	case []any:
		for _, item := range v {
			walk(item, visit)
		}
	}
}

// MarshalJSON writes the object back.
func (o object) MarshalJSON() ([]byte, error) {
	buf := []byte{'{'}
	for i, m := range o {
		if i > 0 {
			buf = append(buf, ',')
		}
		name, err := json.Marshal(m.name)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(m.value)
		if err != nil {
			return nil, err
		}
		buf = append(append(append(buf, name...), ':'), value...)
	}
	return append(buf, '}'), nil
}
