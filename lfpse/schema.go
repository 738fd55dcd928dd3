package lfpse

import (
	"bytes"
	"cmp"
	"encoding/json"
	"strings"

	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

// EventSchema returns the JSON Schema (draft 2020-12) of the JSON form of
// [Event], with the lists of the codec's taxonomy. The schema of the embedded
// taxonomy is the file event.schema.json of this package.
func (c *Codec) EventSchema() ([]byte, error) {
	s := &schema{c: c, defs: node{}, objects: map[string]node{}}
	root := s.event()
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
	c       *Codec
	defs    node
	objects map[string]node // properties of the groups and lists, by name
}

type node = map[string]any

// event returns the schema of the whole form.
func (s *schema) event() node {
	top := node{"extra": array(object(node{"group": anyText(), "index": node{"type": "integer"}, "field": anyText(), "value": anyText()}))}
	for i := range properties {
		p := &properties[i]
		owner, name := top, p.target
		if p.list != nil {
			owner = s.list(top, p.list)
		} else if group, below, nested := strings.Cut(p.target, "."); nested {
			owner, name = s.group(top, group, p), below
		}
		owner[name] = s.property(&s.c.bindings[i])
	}
	return object(top)
}

// list returns the properties of the elements of a list, which is added to the form
// on first use.
func (s *schema) list(top node, l *list) node {
	if s.objects[l.name] == nil {
		s.objects[l.name] = node{}
		top[l.name] = array(object(s.objects[l.name]))
	}
	return s.objects[l.name]
}

// group returns the properties of the group that a property belongs to, which is
// added to the form on first use.
func (s *schema) group(top node, name string, p *property) node {
	if s.objects[name] == nil {
		s.objects[name] = node{}
		o := object(s.objects[name])
		if g := s.c.group(p.group); g != nil {
			o["description"] = g.Description
		}
		top[name] = o
	}
	return s.objects[name]
}

func object(properties node) node {
	return node{"type": "object", "additionalProperties": false, "properties": properties}
}

func array(items node) node {
	return node{"type": "array", "items": items, "minItems": 1, "maxItems": maxElements}
}

func anyText() node { return node{"type": "string", "minLength": 1} }

func (s *schema) property(b *binding) node {
	n := s.value(b)
	if b.property.repeats {
		return array(n)
	}
	return n
}

// value returns the schema of a single value.
func (s *schema) value(b *binding) node {
	n := kindSchema(b.property.kind)
	if list := cmp.Or(b.names, b.codes); list != nil {
		n = s.codes(list)
	}
	if b.field != nil && b.field.Definition != "" {
		n["description"] = b.field.Definition
	}
	return n
}

func kindSchema(k kind) node {
	switch k {
	case dateKind:
		return node{"type": "string", "format": "date"}
	case timeKind:
		return node{"type": "string", "pattern": `^([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]$`}
	case booleanKind:
		return node{"type": "boolean"}
	case ageKind:
		return node{"type": "string", "pattern": agePattern, "examples": []any{"62 years", "5 months", "10 days"}}
	}
	return anyText()
}

// codes returns a reference to the schema of a list of codes, made on first use.
func (s *schema) codes(cs *taxonomy.CodeSystem) node {
	if _, ok := s.defs[cs.ID]; !ok {
		s.defs[cs.ID] = codesSchema(cs)
	}
	return node{"$ref": "#/$defs/" + cs.ID}
}

// codesSchema allows other codes if the list is open, and raw codes if the model uses
// names.
func codesSchema(cs *taxonomy.CodeSystem) node {
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
