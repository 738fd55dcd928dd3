package lfpse

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"

	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

// EventSchema returns the JSON Schema (draft 2020-12) of the JSON form of
// [Event], with the lists of the codec's taxonomy. The schema of the embedded
// taxonomy is the file event.schema.json of this package.
func (c *Codec) EventSchema() ([]byte, error) {
	s := &schema{c: c, defs: map[string]any{}}
	root := s.object(reflect.TypeFor[Event](), "")
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["$id"] = "https://github.com/gpsafety/lfpse-go/lfpse/event.schema.json"
	root["title"] = "LFPSE event, taxonomy version " + c.t.Version
	root["$defs"] = s.defs
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(root)
	return buf.Bytes(), err
}

type schema struct {
	c    *Codec
	defs map[string]any
}

type node = map[string]any

// object returns the schema of a struct; group is the taxonomy group it holds.
func (s *schema) object(t reflect.Type, group string) node {
	properties := node{}
	for i := range t.NumField() {
		f := t.Field(i)
		g, field, direct := strings.Cut(f.Tag.Get("lfpse"), "/")
		if !direct {
			field = f.Name
			if g == "" {
				g = group
			}
		}
		properties[jsonTag(f)] = s.property(f.Type, g, field)
	}
	return node{"type": "object", "additionalProperties": false, "properties": properties}
}

func (s *schema) property(t reflect.Type, group, field string) node {
	switch {
	case t.Kind() == reflect.Struct:
		n := s.object(t, group)
		if g := s.c.plan(group); g != nil {
			n["description"] = g.Description
		}
		return n
	case t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Struct:
		return node{"type": "array", "items": s.object(t.Elem(), group), "minItems": 1, "maxItems": maxElements}
	case t.Kind() == reflect.Slice:
		return node{"type": "array", "items": s.value(t.Elem(), group, field), "minItems": 1, "maxItems": maxElements}
	}
	return s.value(t, group, field)
}

// value returns the schema of a single value.
func (s *schema) value(t reflect.Type, group, field string) node {
	var n node
	switch t {
	case reflect.TypeFor[Date]():
		n = node{"type": "string", "format": "date"}
	case reflect.TypeFor[Time]():
		n = node{"type": "string", "pattern": `^([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]$`}
	case reflect.TypeFor[*bool]():
		n = node{"type": "boolean"}
	case reflect.TypeFor[*int](), reflect.TypeFor[int]():
		n = node{"type": "integer"}
	case reflect.TypeFor[EventType]():
		return s.list(s.c.eventTypes)
	default:
		n = node{"type": "string", "minLength": 1}
	}
	g := s.c.plan(group)
	if g == nil {
		return n
	}
	f := g.Field(field)
	if f == nil {
		return n
	}
	if cs := s.c.t.CodeSystem(f.CodeSystem); cs != nil && len(cs.Concepts) > 0 {
		n = s.list(cs)
	}
	if f.Definition != "" {
		n["description"] = f.Definition
	}
	return n
}

// list returns a reference to the schema of a list, made on first use.
func (s *schema) list(cs *taxonomy.CodeSystem) node {
	if _, ok := s.defs[cs.ID]; !ok {
		s.defs[cs.ID] = listSchema(cs)
	}
	return node{"$ref": "#/$defs/" + cs.ID}
}

// listSchema allows other codes where the list is open, and raw codes where the
// model uses names.
func listSchema(cs *taxonomy.CodeSystem) node {
	var known []any
	named := false
	for _, c := range cs.Concepts {
		value := c.Code
		if c.Name != "" {
			value, named = c.Name, true
		}
		known = append(known, node{"const": value, "title": c.Display})
	}
	switch {
	case named:
		known = append(known, node{"type": "string", "pattern": "^" + RawCode + ".", "title": "a code without a name, as it is on the wire"})
	case !cs.Closed:
		known = append(known, node{"type": "string", "minLength": 1, "title": "a code that a newer list has"})
	}
	return node{"description": cs.Name, "anyOf": known}
}
