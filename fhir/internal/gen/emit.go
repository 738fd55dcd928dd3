package main

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
)

const r4Import = `r4 "` + module + `/fhir"`

func emitStruct(b *bytes.Buffer, m *model) {
	fmt.Fprintf(b, "import %s\n\n", r4Import)
	b.WriteString(`// AdverseEvent is the FHIR R4 resource of that name, an actual or potential event
// that harmed or could have harmed a subject: https://hl7.org/fhir/R4/adverseevent.html.
// LFPSE carries every patient safety event in one.
//
// The elements have the samply types and are in FHIR order. It differs from the samply
// type where that loses data or invents it: it has Contained, and Actuality and Subject
// can be unset. A nil pointer or an empty slice is an absent element.
//
// Read it with Decode, write it with Append. An event is safe for concurrent use as long
// as nobody changes it.
type AdverseEvent struct {
`)
	for _, f := range m.find("AdverseEvent").fields {
		comment := map[string]string{
			"contained":   "// Contained are the resources that travel inside the event.\n",
			"actuality":   "// Actuality is required; nil is missing, never a default.\n",
			"subject":     "// Subject is required; nil is missing.\n",
			"description": "// Description is not R4; some LFPSE clients send it at the root. Decode fills it\n// with WithRootDescription only, and Append writes it if set.\n",
		}[f.json]
		fmt.Fprintf(b, "%s%s %s\n", comment, f.name, f.goType())
	}
	b.WriteString("}\n")
}

func (m *model) find(name string) structType {
	i := slices.IndexFunc(m.structs, func(s structType) bool { return s.name == name })
	return m.structs[i]
}

// goName is the type as package fhir writes it.
func (s structType) goName() string {
	if s.name == "AdverseEvent" {
		return s.name
	}
	return "r4." + s.name
}

func emitEncoders(b *bytes.Buffer, m *model) {
	fmt.Fprintf(b, "import %s\n", r4Import)
	for _, s := range m.structs {
		emitEncoder(b, s)
		if s.inList {
			emitListEncoder(b, s)
		}
	}
	for _, s := range m.structChoices() {
		emitIsEmpty(b, s)
	}
}

// emitIsEmpty writes the function that tells whether a struct has content.
func emitIsEmpty(b *bytes.Buffer, s structType) {
	var tests []string
	for _, f := range s.fields {
		if f.list {
			tests = append(tests, "len(x."+f.name+") == 0")
		} else {
			tests = append(tests, "x."+f.name+" == nil")
		}
	}
	fmt.Fprintf(b, "\nfunc isEmpty%s(x *%s) bool {\nreturn %s\n}\n", s.name, s.goName(), strings.Join(tests, " &&\n"))
}

func emitEncoder(b *bytes.Buffer, s structType) {
	fmt.Fprintf(b, "\nfunc encode%s(e *encoder, key string, x *%s) {\nif x == nil || !e.open(key, '{') {\nreturn\n}\n", s.name, s.goName())
	if s.resource {
		fmt.Fprintf(b, "e.b = append(e.b, `\"resourceType\":\"%s\",`...)\n", s.name)
	}
	for _, name := range s.choices() {
		fmt.Fprintf(b, "%s := 0\n", counter(name))
	}
	for _, f := range s.fields {
		switch {
		case f.choice != "":
			if s.name != "Extension" || slices.Contains(frequent, f.json) {
				b.WriteString(f.encodeChoice())
			}
			continue
		case f.required && f.pointer:
			fmt.Fprintf(b, "if x.%s == nil {\ne.missing(%s)\n}\n", f.name, f.key())
		case f.required && f.list:
			fmt.Fprintf(b, "if len(x.%s) == 0 {\ne.missing(%s)\n}\n", f.name, f.key())
		}
		fmt.Fprintln(b, f.encode())
	}
	if s.name == "Extension" { // of fifty types of value few occur often
		b.WriteString("if hasOther(x) {\n")
		for _, f := range s.fields {
			if f.choice != "" && !slices.Contains(frequent, f.json) {
				b.WriteString(f.encodeChoice())
			}
		}
		b.WriteString("}\n")
	}
	for _, name := range s.choices() {
		fmt.Fprintf(b, "e.choice(%s, %t, %q)\n", counter(name), s.needs(name), name)
	}
	if s.name == "Extension" {
		fmt.Fprintf(b, "if (%[1]s == 0) == (len(x.Extension) == 0) {\ne.badExtension(%[1]s != 0)\n}\n", counter("value"))
	}
	b.WriteString("e.close('}')\n}\n")
}

// encodeChoice is the statement that writes a field of a choice, if it is set.
func (f field) encodeChoice() string {
	test := "x." + f.name + " != nil"
	if !f.pointer {
		test = fmt.Sprintf("!isEmpty%s(&x.%s)", f.typ, f.name)
	}
	return fmt.Sprintf("if %s {\n%s++\n%s\n}\n", test, counter(f.choice), f.encode())
}

func emitListEncoder(b *bytes.Buffer, s structType) {
	fmt.Fprintf(b, `
func encode%[1]sList(e *encoder, key string, list []%[2]s) {
	if len(list) == 0 || !e.open(key, '[') {
		return
	}
	for i := range list {
		e.element(i)
		encode%[1]s(e, "", &list[i])
	}
	e.close(']')
}
`, s.name, s.goName())
}

// key is the property name as the encoder writes it.
func (f field) key() string {
	quote := ""
	if !f.list && (f.kind == kindString || f.kind == kindEnum || f.kind == kindDescription) {
		quote = `"`
	}
	return "`\"" + f.json + `":` + quote + "`"
}

// encode is the statement that writes the field.
func (f field) encode() string {
	suffix, required := "", !f.pointer && !f.list
	if f.list {
		suffix = "List"
	}
	switch f.kind {
	case kindEnum:
		if required {
			return fmt.Sprintf("e.requiredCode(%s, int(x.%s), codes%s)", f.key(), f.name, f.typ)
		}
		return fmt.Sprintf("encodeCode%s(e, %s, x.%s, codes%s)", suffix, f.key(), f.name, f.typ)
	case kindStruct:
		if required {
			return fmt.Sprintf("encode%s(e, %s, &x.%s)", f.typ, f.key(), f.name)
		}
		if f.typ == "Extension" { // empty in most elements
			return fmt.Sprintf("if len(x.%s) > 0 {\nencodeExtensionList(e, %s, x.%s)\n}", f.name, f.key(), f.name)
		}
		return fmt.Sprintf("encode%s%s(e, %s, x.%s)", f.typ, suffix, f.key(), f.name)
	case kindResource:
		return fmt.Sprintf("encodeResource%s(e, %s, x.%s)", suffix, f.key(), f.name)
	case kindString:
		if required {
			return fmt.Sprintf("if x.%[1]s == \"\" {\ne.missing(%[2]s)\n} else {\ne.string(%[2]s, &x.%[1]s)\n}", f.name, f.key())
		}
	}
	return fmt.Sprintf("e.%s(%s, x.%s)", f.method(suffix, required), f.key(), f.name)
}

// method is the name of the encoder or decoder method for a primitive field.
func (f field) method(suffix string, required bool) string {
	name := map[kind]string{
		kindString: "string", kindBool: "bool", kindInt: "int", kindDecimal: "decimal", kindDescription: "string",
	}[f.kind] + suffix
	if required {
		return "required" + strings.ToUpper(name[:1]) + name[1:]
	}
	return name
}

func emitDecoders(b *bytes.Buffer, m *model) {
	fmt.Fprintf(b, "import %s\n", r4Import)
	for _, s := range m.structs {
		emitDecoder(b, s)
	}
}

func emitDecoder(b *bytes.Buffer, s structType) {
	fmt.Fprintf(b, `
func decode%s(d *decoder, x *%s) {
	if !d.object() {
		return
	}
	var seen, beside uint64
	for key := d.readKey(); key != ""; key = d.nextKey() {
		switch key {
`, s.name, s.goName())
	if s.resource {
		fmt.Fprintf(b, "case \"resourceType\":\nif d.first(&seen, 1<<63) {\nd.resourceType(%q)\n}\n", s.name)
	}
	for i, f := range s.fields {
		fmt.Fprintf(b, "case %q:\nif d.first(&seen, 1<<%d) {\n%s\n}\n", f.json, i, f.decode())
	}
	fmt.Fprintf(b, "default:\nbeside |= d.unlisted(%q, primitives%s, beside)\n}\n}\n", s.path, s.name)
	b.WriteString("seen |= beside\n")
	if s.resource {
		b.WriteString("d.requireResourceType(seen)\n")
	}
	for i, f := range s.fields {
		if f.required {
			fmt.Fprintf(b, "d.require(seen, 1<<%d, %q)\n", i, f.json)
		}
	}
	for _, name := range s.choices() {
		mask := s.mask(func(f field) bool { return f.choice == name })
		fmt.Fprintf(b, "d.choice(seen&%#x, %q)\n", mask, name)
		if s.needs(name) {
			fmt.Fprintf(b, "d.require(seen, %#x, %q)\n", mask, name)
		}
	}
	if s.name == "Extension" {
		fmt.Fprintf(b, "d.extensionRule(seen&%#x, seen&%#x)\n", s.mask(func(f field) bool { return f.choice != "" }),
			s.mask(func(f field) bool { return f.json == "extension" }))
	}
	b.WriteString("d.leave()\n}\n")
	emitPrimitives(b, s)
}

// emitPrimitives writes the table of the fields that can have a property with an
// underscore beside them. The id of an element and the url of an extension cannot.
func emitPrimitives(b *bytes.Buffer, s structType) {
	fmt.Fprintf(b, "\nvar primitives%s = []primitive{\n", s.name)
	for i, f := range s.fields {
		attribute := f.json == "id" && !s.resource || f.json == "url" && s.name == "Extension"
		if f.kind <= kindEnum && !attribute {
			fmt.Fprintf(b, "{%q, 1<<%d, %t},\n", f.json, i, f.list)
		}
	}
	b.WriteString("}\n")
}

// mask is the set of the fields that match.
func (s structType) mask(match func(field) bool) uint64 {
	var mask uint64
	for i, f := range s.fields {
		if match(f) {
			mask |= 1 << i
		}
	}
	return mask
}

// decode is the statement that reads the field.
func (f field) decode() string {
	target := "x." + f.name + " = "
	suffix, required := "", !f.pointer && !f.list
	if f.list {
		suffix = "List"
	}
	switch {
	case f.kind == kindEnum && required:
		return fmt.Sprintf("%sdecodeRequiredCode[r4.%s](d, codes%s)", target, f.typ, f.typ)
	case f.kind == kindEnum:
		return fmt.Sprintf("%sdecodeCode%s[r4.%s](d, codes%s)", target, suffix, f.typ, f.typ)
	case f.typ == "Extension" && f.list:
		return target + "d.extensionList()"
	case f.kind == kindStruct && required:
		return fmt.Sprintf("decode%s(d, &x.%s)", f.typ, f.name)
	case f.kind == kindStruct && f.list:
		return fmt.Sprintf("%sdecodeList(d, decode%s)", target, f.typ)
	case f.kind == kindStruct:
		return fmt.Sprintf("%sdecodeOne(d, decode%s)", target, f.typ)
	case f.kind == kindResource:
		return target + "decodeList(d, decodeResource)"
	case f.kind == kindDescription:
		return target + "d.rootDescription()"
	default:
		return fmt.Sprintf("%sd.%s()", target, f.method(suffix, required))
	}
}

func emitCodes(b *bytes.Buffer, m *model) {
	b.WriteString("// The codes of the R4 enumerations, indexed by their Go values.\nvar (\n")
	for _, e := range m.enums {
		fmt.Fprintf(b, "codes%s = []string{%s}\n", e.name, quotedList(e.codes))
	}
	b.WriteString(`)

// choiceName is the FHIRPath name of the property key of the element parent: the
// types of a choice such as value[x] are all called value.
func choiceName(parent, key string) string {
`)
	plain := m.plainNames()
	for _, key := range slices.Sorted(maps.Keys(plain)) {
		for _, parent := range plain[key] {
			fmt.Fprintf(b, "if parent == %q && key == %q {\nreturn key\n}\n", parent, key)
		}
	}
	b.WriteString("switch key {\n")
	names := map[string][]string{}
	for key, choice := range m.choiceNames() {
		names[choice] = append(names[choice], key)
	}
	for _, choice := range slices.Sorted(maps.Keys(names)) {
		fmt.Fprintf(b, "case %s:\nreturn %q\n", strings.ReplaceAll(quotedList(slices.Sorted(slices.Values(names[choice]))), ", ", ",\n"), choice)
	}
	b.WriteString("default:\nreturn key\n}\n}\n")
}

func quotedList(list []string) string {
	quoted := make([]string, len(list))
	for i, s := range list {
		quoted[i] = fmt.Sprintf("%q", s)
	}
	return strings.Join(quoted, ", ")
}
