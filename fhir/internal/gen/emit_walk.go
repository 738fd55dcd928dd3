package main

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// emitElements writes the table of elements.
func emitElements(b *bytes.Buffer, m *model) {
	fmt.Fprintf(b, "// elements are the elements of every type, type by type and in the order of R4.\nvar elements = [...]Element{\n")
	for _, s := range m.structs {
		for _, f := range s.fields {
			fmt.Fprintf(b, "{%s},\n", s.element(f))
		}
	}
	b.WriteString("}\n")
}

// element writes an entry of the table.
func (s structType) element(f field) string {
	name := f.json
	if f.choice != "" {
		name = f.choice
	}
	text := fmt.Sprintf("Number: %d, Owner: %q, Name: %q, Property: %q, Type: %q, step: %q", f.number, s.path, name, f.json, f.r4.name, "."+name)
	add := func(format string, args ...any) { text += ", " + fmt.Sprintf(format, args...) }
	if f.fact.min > 0 && f.choice == "" {
		add("Required: true")
	}
	if f.list {
		add("Repeats: true")
	}
	if s.resource {
		add("OfResource: true")
	}
	if f.r4.name == "Reference" && f.r4.targets != nil {
		add("Targets: []string{%s}", quotedList(f.r4.targets))
	}
	if f.fact.codes != nil && (f.choice == "" || f.r4.name == "code" || f.r4.name == "CodeableConcept") {
		add("Codes: []string{%s}", quotedList(f.fact.codes))
	}
	return text
}

// emitWalk writes the functions that visit the elements of every type.
func emitWalk(b *bytes.Buffer, m *model) {
	fmt.Fprintf(b, "import %s\n", r4Import)
	for _, s := range m.structs {
		if s.name != "Extension" {
			fmt.Fprintf(b, "\nfunc walk%s(w *Walker, x *%s) {\n", s.name, s.goName())
			for _, f := range s.fields {
				b.WriteString(f.walk())
			}
			b.WriteString("}\n")
		}
	}
	emitValue(b, m.find("Extension"))
}

// walk is the statement that visits a field.
func (f field) walk() string {
	element, x := fmt.Sprintf("&elements[%d]", f.number), "x."+f.name
	if f.list {
		return f.walkList(element, x)
	}
	test, call := x+" != nil", ""
	switch {
	case f.kind == kindStruct:
		if !f.pointer {
			x = "&" + x
			test = "true"
			if f.choice != "" {
				test = fmt.Sprintf("!isEmpty%s(%s)", f.typ, x)
			}
		}
		return walkInto(test, element, "-1", x, f.typ)
	case f.kind == kindEnum:
		call = fmt.Sprintf("w.text(%s, -1, %s.Code())", element, x)
	case f.kind == kindInt && f.pointer:
		call = fmt.Sprintf("w.integer(%s, *%s)", element, x)
	case f.kind == kindInt:
		call = fmt.Sprintf("w.integer(%s, %s)", element, x)
	case f.kind == kindBool:
		call = fmt.Sprintf("w.text(%s, -1, boolText(*%s))", element, x)
	case f.kind == kindDecimal && f.pointer:
		call = fmt.Sprintf("w.text(%s, -1, string(*%s))", element, x)
	case f.kind == kindDecimal:
		test, call = x+` != ""`, fmt.Sprintf("w.text(%s, -1, string(%s))", element, x)
	case f.pointer:
		call = fmt.Sprintf("w.string(%s, &%s)", element, x)
	default:
		test, call = x+` != ""`, fmt.Sprintf("w.item(%s, -1, &%s)", element, x)
	}
	if !f.pointer && (f.kind == kindEnum || f.kind == kindInt) {
		return call + "\n"
	}
	return fmt.Sprintf("if %s {\n%s\n}\n", test, call)
}

// walkList is the statement that visits a list.
func (f field) walkList(element, x string) string {
	call := ""
	switch {
	case f.typ == "Extension":
		return fmt.Sprintf("w.extensions(%s, %s)\n", element, x)
	case f.kind == kindResource:
		call = fmt.Sprintf("w.resource(%s, i, &%s[i])\n", element, x)
	case f.kind == kindStruct:
		call = walkInto("true", element, "i", "&"+x+"[i]", f.typ)
	case f.kind == kindEnum:
		call = fmt.Sprintf("w.text(%s, i, %s[i].Code())\n", element, x)
	default:
		call = fmt.Sprintf("w.item(%s, i, &%s[i])\n", element, x)
	}
	return fmt.Sprintf("for i := range %s {\n%s}\n", x, call)
}

// walkInto is the statement that visits the elements of a value.
func walkInto(test, element, index, x, typ string) string {
	test = strings.TrimPrefix(test+" && ", "true && ")
	return fmt.Sprintf("if %sw.enter(%s, %s, %s) {\nwalk%s(w, %s)\nw.leave()\n}\n", test, element, index, x, typ, x)
}

// frequent are the types of value that most extensions of an LFPSE event have.
var frequent = []string{"valueCode", "valueString", "valueInteger", "valueDate", "valueTime", "valueBoolean"}

// emitValue writes the functions that find the value of an extension.
func emitValue(b *bytes.Buffer, s structType) {
	var first, others, tests, visit strings.Builder
	for _, f := range s.fields {
		if f.choice == "" {
			continue
		}
		visit.WriteString(f.walk())
		if slices.Contains(frequent, f.json) {
			first.WriteString(f.find())
		} else {
			others.WriteString(f.find())
			fmt.Fprintf(&tests, " ||\nx.%s != nil", f.name)
		}
	}
	fmt.Fprintf(b, `
// findValue finds the values of an extension.
func findValue(v *Value, x *r4.Extension) {
	%sif hasOther(x) {
		findOther(v, x)
	}
}

// hasOther reports whether an extension has a value of a type that LFPSE does not use.
func hasOther(x *r4.Extension) bool {
	return %s
}

// findOther finds the values of an extension whose types LFPSE does not use.
func findOther(v *Value, x *r4.Extension) {
	%s}

// walkValues visits every value of an extension.
func walkValues(w *Walker, x *r4.Extension) {
	%s}
`, first.String(), strings.TrimPrefix(tests.String(), " ||\n"), others.String(), visit.String())
}

// find is the statement that finds the value of an extension in a field.
func (f field) find() string {
	content := ""
	switch f.kind {
	case kindString:
		content = fmt.Sprintf("v.Text, v.slot = *x.%[1]s, &x.%[1]s\n", f.name)
	case kindDecimal:
		content = fmt.Sprintf("v.Text = string(*x.%s)\n", f.name)
	case kindBool:
		content = fmt.Sprintf("v.Text = boolText(*x.%s)\n", f.name)
	case kindInt:
		content = fmt.Sprintf("v.Integer = *x.%s\n", f.name)
	}
	return fmt.Sprintf("if x.%s != nil {\nv.Element, v.Count = &elements[%d], v.Count+1\n%s}\n", f.name, f.number, content)
}
