package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	r4 "github.com/samply/golang-fhir-models/fhir-models/fhir"
)

// roots are the resources that are read and written; everything their fields can
// hold comes with them.
var roots = []reflect.Type{
	reflect.TypeFor[r4.AdverseEvent](),
	reflect.TypeFor[r4.Patient](),
	reflect.TypeFor[r4.Location](),
	reflect.TypeFor[r4.Practitioner](),
	reflect.TypeFor[r4.Device](),
	reflect.TypeFor[r4.Medication](),
}

type model struct {
	structs []structType
	enums   []enumType
}

type structType struct {
	name     string // Go name in the samply package
	path     string // name in R4, such as AdverseEvent.suspectEntity
	resource bool
	fields   []field
	inList   bool // some field is a slice of this type
}

type enumType struct {
	name  string
	codes []string
}

// kind is what a field holds, apart from whether it is a pointer or a slice.
type kind int

const (
	kindString kind = iota
	kindBool
	kindInt
	kindDecimal
	kindEnum
	kindStruct
	kindResource    // contained: not in the samply types
	kindDescription // description: not R4
)

type field struct {
	name     string // Go name
	json     string
	kind     kind
	typ      string // Go name of the struct or enum type
	pointer  bool
	list     bool
	required bool
	choice   string // name of the choice it belongs to
	needed   bool   // the choice is required
	number   int    // among the elements of all types
	fact     fact
	r4       factType // of the types of the fact, the one of this field
}

// goType is the type of the field in AdverseEvent.
func (f field) goType() string {
	base := map[kind]string{
		kindString: "string", kindBool: "bool", kindInt: "int", kindDecimal: "json.Number",
		kindEnum: "r4." + f.typ, kindStruct: "r4." + f.typ, kindResource: "Resource", kindDescription: "string",
	}[f.kind]
	switch {
	case f.list:
		return "[]" + base
	case f.pointer:
		return "*" + base
	default:
		return base
	}
}

// newModel describes the samply types. Without facts it knows no choices.
func newModel(facts map[string]fact) (*model, error) {
	m := &model{}
	paths := map[reflect.Type]string{}
	lists := map[string]bool{}
	for todo := slices.Clone(roots); len(todo) > 0; todo = todo[1:] {
		t := todo[0]
		if slices.ContainsFunc(m.structs, func(s structType) bool { return s.name == t.Name() }) || slices.ContainsFunc(m.enums, func(e enumType) bool { return e.name == t.Name() }) {
			continue
		}
		if t.Kind() != reflect.Struct {
			codes, err := enumCodes(t)
			if err != nil {
				return nil, err
			}
			m.enums = append(m.enums, enumType{t.Name(), codes})
			continue
		}
		s := structType{name: t.Name(), path: cmp.Or(paths[t], t.Name()), resource: slices.Contains(roots, t)}
		more, err := s.addFields(t, paths, lists)
		if err != nil {
			return nil, err
		}
		todo = append(todo, more...)
		m.structs = append(m.structs, s)
	}
	for i := range m.structs {
		m.structs[i].inList = lists[m.structs[i].name]
	}
	slices.SortFunc(m.structs, func(a, b structType) int { return cmp.Compare(a.name, b.name) })
	slices.SortFunc(m.enums, func(a, b enumType) int { return cmp.Compare(a.name, b.name) })
	if facts == nil {
		return m, nil
	}
	return m, m.learn(facts)
}

// addFields adds the fields of a Go type, and returns their types that need code too.
// It records in paths what R4 calls the parts of the type, and in lists which types
// occur in a slice.
func (s *structType) addFields(t reflect.Type, paths map[reflect.Type]string, lists map[string]bool) (more []reflect.Type, err error) {
	for i := range t.NumField() {
		f, next, err := newField(t, t.Field(i))
		if err != nil {
			return nil, err
		}
		if next != nil {
			more = append(more, next)
			lists[f.typ] = lists[f.typ] || f.list && f.kind == kindStruct
			if f.typ == s.name+f.name { // a part of the type, not a type of its own
				paths[next] = s.path + "." + f.json
			}
		}
		s.fields = append(s.fields, f)
	}
	if s.name == "AdverseEvent" {
		s.fields = adaptAdverseEvent(s.fields)
	}
	if len(s.fields) > 63 { // the decoder has a bit for each in 64, one of which is resourceType
		return nil, fmt.Errorf("%s has more than 63 fields", s.name)
	}
	return more, nil
}

// learn adds to every field what R4 says about it. It fails where R4 says nothing,
// or something else than the samply type.
func (m *model) learn(facts map[string]fact) error {
	number := 0
	for i := range m.structs {
		s := &m.structs[i]
		for j := range s.fields {
			f := &s.fields[j]
			f.number = number
			number++
			if err := f.learn(s.path, facts); err != nil {
				return fmt.Errorf("%s.%s: %w", s.path, f.json, err)
			}
		}
	}
	return nil
}

func (f *field) learn(owner string, facts map[string]fact) error {
	if f.kind == kindDescription {
		f.r4 = factType{name: "string"}
		return nil
	}
	var known bool
	if f.fact, known = facts[owner+"."+f.json]; known {
		if len(f.fact.types) != 1 {
			return fmt.Errorf("R4 has %d types for it", len(f.fact.types))
		}
		f.r4 = f.fact.types[0]
	} else if !f.learnChoice(owner, facts) {
		return fmt.Errorf("R4 does not have it")
	}
	if f.fact.list != f.list || f.required && f.fact.min == 0 || !f.required && f.fact.min > 0 && f.choice == "" {
		return fmt.Errorf("R4 has another cardinality")
	}
	return f.agrees()
}

// learnChoice finds the choice that a field such as valueCode is a type of.
func (f *field) learnChoice(owner string, facts map[string]fact) bool {
	for i := 1; i < len(f.json); i++ {
		fact, ok := facts[owner+"."+f.json[:i]+"[x]"]
		if !ok {
			continue
		}
		for _, t := range fact.types {
			if strings.EqualFold(t.name, f.json[i:]) {
				f.fact, f.r4, f.choice, f.needed, f.required = fact, t, f.json[:i], fact.min > 0, false
				return true
			}
		}
	}
	return false
}

// agrees checks the Go type against the R4 type.
func (f *field) agrees() error {
	want := map[string]kind{"boolean": kindBool, "integer": kindInt, "positiveInt": kindInt, "unsignedInt": kindInt, "decimal": kindDecimal, "Resource": kindResource}
	got, ok := want[f.r4.name]
	switch {
	case ok && got == f.kind, f.kind == kindEnum && f.r4.name == "code" && f.fact.codes != nil:
	case !ok && f.kind == kindString && f.r4.name[0] >= 'a':
	case f.kind == kindStruct && (f.r4.name == f.typ || f.r4.name == "BackboneElement" || f.r4.name == "Element"):
	default:
		return fmt.Errorf("R4 has the type %s", f.r4.name)
	}
	return nil
}

// has reports whether the struct has an element: of a choice such as value[x], any
// of its types.
func (s structType) has(element string) bool {
	base, choice := strings.CutSuffix(element, "[x]")
	return slices.ContainsFunc(s.fields, func(f field) bool {
		return f.json == element || choice && strings.HasPrefix(f.json, base)
	})
}

// newField describes one field and returns the type it leads to, if that needs
// code of its own.
func newField(parent reflect.Type, sf reflect.StructField) (field, reflect.Type, error) {
	tag, options, _ := strings.Cut(sf.Tag.Get("json"), ",")
	f := field{name: sf.Name, json: tag, required: options != "omitempty"}
	t := sf.Type
	switch t.Kind() {
	case reflect.Pointer:
		f.pointer, t = true, t.Elem()
	case reflect.Slice:
		f.list, t = true, t.Elem()
	}
	switch {
	case t == reflect.TypeFor[json.Number]():
		f.kind = kindDecimal
	case t.Kind() == reflect.String:
		f.kind = kindString
	case t.Kind() == reflect.Bool:
		f.kind = kindBool
	case t == reflect.TypeFor[int]():
		f.kind = kindInt
	case t.Kind() == reflect.Int:
		f.kind, f.typ = kindEnum, t.Name()
		return f, t, nil
	case t.Kind() == reflect.Struct:
		f.kind, f.typ = kindStruct, t.Name()
		return f, t, nil
	default:
		return f, nil, fmt.Errorf("%s.%s: cannot handle %s", parent.Name(), sf.Name, t)
	}
	if f.list && f.kind != kindString || f.kind == kindBool && !f.pointer {
		return f, nil, fmt.Errorf("%s.%s: cannot handle %s", parent.Name(), sf.Name, sf.Type)
	}
	return f, nil, nil
}

// adaptAdverseEvent makes the changes that package fhir documents: an unset
// actuality or subject is not the same as the zero value, contained resources
// exist, and some clients send a description.
func adaptAdverseEvent(fields []field) []field {
	for i := range fields {
		if fields[i].json == "actuality" || fields[i].json == "subject" {
			fields[i].pointer = true
		}
	}
	text := slices.IndexFunc(fields, func(f field) bool { return f.json == "text" })
	fields = slices.Insert(fields, text+1, field{name: "Contained", json: "contained", kind: kindResource, list: true})
	return append(fields, field{name: "Description", json: "description", kind: kindDescription, pointer: true})
}

// enumCodes lists the codes of an enumeration, whose values count up from 0.
func enumCodes(t reflect.Type) ([]string, error) {
	var codes []string
	for {
		v := reflect.New(t).Elem()
		v.SetInt(int64(len(codes)))
		code := v.Interface().(interface{ Code() string }).Code()
		if code == "<unknown>" {
			break
		}
		if strings.ContainsFunc(code, func(r rune) bool { return r <= ' ' || r > '~' || r == '"' || r == '\\' }) {
			return nil, fmt.Errorf("%s: code %q would need escapes", t, code)
		}
		codes = append(codes, code)
	}
	if len(codes) == 0 {
		return nil, fmt.Errorf("%s has no codes", t)
	}
	return codes, nil
}
