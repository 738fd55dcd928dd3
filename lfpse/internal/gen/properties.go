package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"reflect"
	"slices"
	"strings"
)

// eventFile is where the type Event is written by hand.
const eventFile = "event.go"

// member is a field of the type Event.
type member struct {
	name string
	json string
	typ  string
	tag  string // what the member holds: a taxonomy group, GROUP/FIELD, or nothing of the taxonomy
}

// eventMembers reads the fields of the type Event from its source.
func eventMembers(source string) ([]member, error) {
	file, err := parser.ParseFile(token.NewFileSet(), source, nil, 0)
	if err != nil {
		return nil, err
	}
	object := file.Scope.Lookup("Event")
	if object == nil {
		return nil, fmt.Errorf("%s has no type Event", source)
	}
	var members []member
	for _, f := range object.Decl.(*ast.TypeSpec).Type.(*ast.StructType).Fields.List {
		tag := reflect.StructTag(strings.Trim(f.Tag.Value, "`"))
		json, _, _ := strings.Cut(tag.Get("json"), ",")
		for _, name := range f.Names {
			members = append(members, member{name.Name, json, types.ExprString(f.Type), tag.Get("lfpse")})
		}
	}
	return members, nil
}

// writeProperties writes the table of the properties of an Event, in the order of
// its fields.
func writeProperties(b *bytes.Buffer, m *model) error {
	b.WriteString("package lfpse\n\nimport \"github.com/gpsafety/lfpse-go/lfpse/code\"\n")
	var lists, states, rows strings.Builder
	n := 0
	for _, member := range m.members {
		element, isList := strings.CutPrefix(member.typ, "[]")
		g := m.group(element)
		switch {
		case member.tag == "" && isList: // Extra, which is no property
		case g == nil:
			base, of, _ := strings.Cut(member.tag, "/")
			writeRow(&rows, row{target: member.json, group: base, field: of, typ: member.typ, place: "e." + member.name})
		case g.base != member.tag:
			return fmt.Errorf("the field %s of Event holds the group %s, and its tag says %q", member.name, g.base, member.tag)
		case isList:
			fmt.Fprintf(&lists, "{name: %q, group: %q,\nlen: func(e *Event) int { return len(e.%s) },\ngrow: func(e *Event) { e.%[3]s = append(e.%[3]s, %[4]s{}) }},\n", member.json, g.base, member.name, element)
			writeStates(&states, g, "e."+member.name+"[i]")
			writeFields(&rows, g, row{list: fmt.Sprintf("&lists[%d]", n), place: "e." + member.name + "[i]."})
			n++
		default:
			writeStates(&states, g, "e."+member.name)
			writeFields(&rows, g, row{target: member.json + ".", place: "e." + member.name + "."})
		}
	}
	for _, g := range m.groups {
		if !slices.ContainsFunc(m.members, func(member member) bool { return member.tag == g.base }) {
			return fmt.Errorf("the type Event has no field for the group %s", g.base)
		}
	}
	fmt.Fprintf(b, "\n// lists are the lists of an Event.\nvar lists = [...]list{\n%s}\n", &lists)
	fmt.Fprintf(b, "\n// statesOf has a function for each group that has a struct of its own: whether the\n// event states any field of it.\nvar statesOf = [...]struct {\ngroup string\nany func(e *Event, i int) bool\n}{\n%s}\n", &states)
	fmt.Fprintf(b, "\n// properties are the properties of an Event, in the order of its fields.\nvar properties = [...]property{\n%s}\n", &rows)
	return nil
}

// writeStates writes whether any field of a group is stated.
func writeStates(b *strings.Builder, g *group, place string) {
	var tests []string
	for _, f := range g.fields {
		switch {
		case f.of == "":
		case f.typ[0] == '*':
			tests = append(tests, "g."+f.name+" != nil")
		case f.typ == "Age":
			tests = append(tests, "g."+f.name+" != (Age{})")
		case f.typ[0] == '[':
			tests = append(tests, "len(g."+f.name+") > 0")
		default:
			tests = append(tests, "g."+f.name+` != ""`)
		}
	}
	i := "_"
	if strings.HasSuffix(place, "[i]") {
		i = "i"
	}
	fmt.Fprintf(b, "{%q, func(e *Event, %s int) bool {\ng := &%s\nreturn %s\n}},\n", g.base, i, place, strings.Join(tests, " ||\n"))
}

// row is a row of the table.
type row struct{ list, target, group, field, typ, place string }

// writeFields writes the rows of a group; owner has what they begin with.
func writeFields(b *strings.Builder, g *group, owner row) {
	for _, f := range g.fields {
		r := row{owner.list, owner.target + f.json, g.base, f.of, f.typ, owner.place + f.name}
		if f.of == "" {
			r.group = ""
		}
		writeRow(b, r)
	}
}

func writeRow(b *strings.Builder, r row) {
	b.WriteString("{")
	if r.list != "" {
		fmt.Fprintf(b, "list: %s, ", r.list)
	}
	fmt.Fprintf(b, "target: %q, ", r.target)
	if r.group != "" {
		fmt.Fprintf(b, "group: %q, field: %q, ", r.group, r.field)
	}
	if r.typ == "[]string" || strings.HasPrefix(r.typ, "[]code.") {
		b.WriteString("repeats: true, ")
	}
	kind, access := accessor(r.typ, r.place)
	if kind != "" {
		fmt.Fprintf(b, "kind: %s, ", kind)
	}
	i := "_"
	if r.list != "" {
		i = "i"
	}
	fmt.Fprintf(b, "\nvalues: func(e *Event, %s int) values { return %s }},\n", i, access)
}

// accessor returns the kind of a property by its type, empty for text, and how its
// values are reached.
func accessor(typ, place string) (kind, access string) {
	switch typ {
	case "*bool":
		return "booleanKind", "boolean{&" + place + "}"
	case "Age":
		return "ageKind", "(*age)(&" + place + ")"
	case "Date":
		return "dateKind", "(*text)(&" + place + ")"
	case "Time":
		return "timeKind", "(*text)(&" + place + ")"
	}
	if item, ok := strings.CutPrefix(typ, "[]"); ok {
		return "", "(*texts[" + item + "])(&" + place + ")"
	}
	return "", "(*text)(&" + place + ")"
}
