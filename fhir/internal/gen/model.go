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

// choices are the elements that FHIR R4 calls name[x], and whether they are
// required. The Go structs have a field for each type, a pointer unless the choice
// is required, and do not say that they belong together. Source: the R4 StructureDefinitions. newModel refuses a struct
// that looks as if it had others.
var choices = map[string]bool{
	"Annotation.author":               false,
	"DataRequirement.subject":         false,
	"DataRequirementDateFilter.value": false,
	"Dosage.asNeeded":                 false,
	"DosageDoseAndRate.dose":          false,
	"DosageDoseAndRate.rate":          false,
	"Extension.value":                 false,
	"MedicationIngredient.item":       true,
	"Patient.deceased":                false,
	"Patient.multipleBirth":           false,
	"TimingRepeat.bounds":             false,
	"TriggerDefinition.timing":        false,
	"UsageContext.value":              true,
}

type model struct {
	structs []structType
	enums   []enumType
}

type structType struct {
	name     string // Go name in the samply package
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

func newModel() (*model, error) {
	m := &model{}
	seen := map[reflect.Type]bool{}
	lists := map[string]bool{}
	for todo := slices.Clone(roots); len(todo) > 0; todo = todo[1:] {
		t := todo[0]
		if seen[t] {
			continue
		}
		seen[t] = true
		if t.Kind() != reflect.Struct {
			codes, err := enumCodes(t)
			if err != nil {
				return nil, err
			}
			m.enums = append(m.enums, enumType{t.Name(), codes})
			continue
		}
		s := structType{name: t.Name(), resource: slices.Contains(roots, t)}
		for i := range t.NumField() {
			f, next, err := newField(t, t.Field(i))
			if err != nil {
				return nil, err
			}
			s.fields = append(s.fields, f)
			if next != nil {
				todo = append(todo, next)
				lists[f.typ] = lists[f.typ] || f.list && f.kind == kindStruct
			}
		}
		if s.name == "AdverseEvent" {
			s.fields = adaptAdverseEvent(s.fields)
		}
		if err := checkStruct(s); err != nil {
			return nil, err
		}
		m.structs = append(m.structs, s)
	}
	for i := range m.structs {
		m.structs[i].inList = lists[m.structs[i].name]
	}
	slices.SortFunc(m.structs, func(a, b structType) int { return cmp.Compare(a.name, b.name) })
	slices.SortFunc(m.enums, func(a, b enumType) int { return cmp.Compare(a.name, b.name) })
	return m, nil
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
	if f.choice = choiceOf(parent.Name(), f); f.choice != "" {
		f.required = false // one of its fields is
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

// choiceOf names the choice a field belongs to.
func choiceOf(parent string, f field) string {
	for name := range choices {
		base, ok := strings.CutPrefix(name, parent+".")
		if ok && !f.list && strings.HasPrefix(f.json, base) && isTypeSuffix(f.json[len(base):]) {
			return base
		}
	}
	return ""
}

// isTypeSuffix reports whether s is a type name as it stands at the end of an
// element such as valueCode: each is a value type of Extension.
func isTypeSuffix(s string) bool {
	_, ok := reflect.TypeFor[r4.Extension]().FieldByName("Value" + s)
	return ok
}

// checkStruct refuses what the generated code cannot do: more properties than the
// set of those seen has bits, a choice with one type only, and a choice that the
// table does not know.
func checkStruct(s structType) error {
	if len(s.fields) > 63 {
		return fmt.Errorf("%s has more than 63 fields", s.name)
	}
	known, looksLike := map[string]int{}, map[string]int{}
	for _, f := range s.fields {
		if f.choice != "" {
			known[f.choice]++
		} else if !f.list {
			for i, c := range f.json {
				if c >= 'A' && c <= 'Z' && isTypeSuffix(f.json[i:]) {
					looksLike[f.json[:i]]++
				}
			}
		}
	}
	for name := range choices {
		if base, ok := strings.CutPrefix(name, s.name+"."); ok && known[base] < 2 {
			return fmt.Errorf("%s is a choice without types", name)
		}
	}
	for base, n := range looksLike {
		if n > 1 {
			return fmt.Errorf("%s.%s looks like a choice", s.name, base)
		}
	}
	return nil
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

// structChoices lists the struct types that are fields of a choice without being
// pointers, so that only their content tells whether the field is set.
func (m *model) structChoices() []structType {
	var types []structType
	for _, s := range m.structs {
		if slices.ContainsFunc(m.structs, func(parent structType) bool {
			return slices.ContainsFunc(parent.fields, func(f field) bool {
				return f.choice != "" && !f.pointer && f.typ == s.name
			})
		}) {
			types = append(types, s)
		}
	}
	return types
}

// choiceNames maps each property that is one type of a choice to the name of the
// choice, such as valueCode to value.
func (m *model) choiceNames() map[string]string {
	names := map[string]string{}
	for _, s := range m.structs {
		for _, f := range s.fields {
			if f.choice != "" {
				names[f.json] = f.choice
			}
		}
	}
	return names
}

// plainNames lists the properties that are a choice in one type but an element of
// their own in another, with the names of the elements of that other type.
func (m *model) plainNames() map[string][]string {
	names := map[string][]string{}
	isChoice := m.choiceNames()
	for _, s := range m.structs {
		for _, f := range s.fields {
			if f.choice == "" && isChoice[f.json] != "" {
				names[f.json] = append(names[f.json], m.elementsOf(s.name)...)
			}
		}
	}
	return names
}

// elementsOf lists the names of the elements of the type called typ.
func (m *model) elementsOf(typ string) []string {
	var names []string
	for _, s := range m.structs {
		for _, f := range s.fields {
			if f.typ == typ && !slices.Contains(names, f.json) {
				names = append(names, f.json)
			}
		}
	}
	return names
}
