package main

import "strings"

// taxonomies are hostile for a reader of the native form.
var taxonomies = all(inside(taxonomyHead+`"note":`, "}", few), inputs{
	"groups":             native(`"groups":[`, nativeGroup, `]`),
	"same group":         native(`"groups":[`, strings.ReplaceAll(nativeGroup, "%", "1"), `]`),
	"fields":             native(`"groups":[{"id":"a-6","name":"A","context":"AdverseEvent","evidence":"seen","fields":[`, nativeField, `]}]`),
	"same field":         native(`"groups":[{"id":"a-6","name":"A","context":"AdverseEvent","evidence":"seen","fields":[`, strings.ReplaceAll(nativeField, "%", "1"), `]}]`),
	"lists":              native(`"codeSystems":[`, `{"id":"l%-6","name":"L","evidence":"seen","concepts":[]}`, `]`),
	"same list":          native(`"codeSystems":[`, `{"id":"l-6","name":"L","evidence":"seen","concepts":[]}`, `]`),
	"concepts":           native(`"codeSystems":[{"id":"l-6","name":"L","evidence":"seen","concepts":[`, `{"code":"%","display":"a"}`, `]}]`),
	"same concept":       native(`"codeSystems":[{"id":"l-6","name":"L","evidence":"seen","concepts":[`, `{"code":"1","display":"a","name":"a"}`, `]}]`),
	"profiles":           native(`"profiles":[`, `{"resource":"Patient","id":"p%-6","containedId":"p","evidence":"seen"}`, `]`),
	"profiles, groups":   profilesAndGroups,
	"evidence":           native(`"evidenceKey":{`, `"e%":"a"`, `}`),
	"sources":            native(`"sources":[`, `"a\"\\"`, `]`),
	"nothing but faults": native(`"groups":[`, `{}`, `]`),
	"long id":            native(`"groups":[`, `{"id":"`+strings.Repeat("a", 5000)+`"}`, `]`),
	"notes that rename": native(`"groups":[{"id":"adverse-event-core-6","name":"A","context":"AdverseEvent","evidence":"seen","fields":[`,
		`{"name":"F%","type":"string","evidence":"seen","note":"renamed from v6 F% replaces v6 Description"}`, `]}]`),
	"codes of a known list": native(`"codeSystems":[{"id":"event-type-6","name":"L","evidence":"seen","concepts":[`, `{"code":"%","display":"a"}`, `]}]`),
})

const (
	taxonomyHead = `{"format":1,"version":"6","fhirVersion":"4.0.1","canonicalBase":"https://x.example/","evidenceKey":{"seen":"a"},`
	nativeField  = `{"name":"F%","type":"string","evidence":"seen"}`
	nativeGroup  = `{"id":"g%-6","name":"G%","context":"AdverseEvent","evidence":"seen","fields":[{"name":"F","type":"string","evidence":"seen"}]}`
)

// native is a whole taxonomy, sound but for one part of it.
func native(head, unit, tail string) input {
	doc := `{"format":1,"version":"6","fhirVersion":"4.0.1","canonicalBase":"https://x.example/","eventType":"e-6"`
	for _, part := range []struct{ name, text string }{
		{"evidenceKey", `"evidenceKey":{"seen":"a"}`},
		{"profiles", `"profiles":[{"resource":"AdverseEvent","id":"p-6","evidence":"seen"}]`},
		{"groups", `"groups":[]`},
		{"codeSystems", ""},
	} {
		if !strings.HasPrefix(head, `"`+part.name+`"`) && part.text != "" {
			doc += "," + part.text
		}
	}
	eventType := `{"id":"e-6","name":"E","evidence":"seen","concepts":[{"code":"1","display":"a"}]}`
	if rest, ok := strings.CutPrefix(head, `"codeSystems":[`); ok {
		return many(doc+`,"codeSystems":[`+eventType+","+rest, unit, tail+"}")
	}
	return many(doc+`,"codeSystems":[`+eventType+"],"+head, unit, tail+"}")
}

// profilesAndGroups has as many profiles as groups, each of which names a profile.
func profilesAndGroups(n int) []byte {
	half := many(taxonomyHead+`"profiles":[`, `{"resource":"Patient","id":"p%-6","containedId":"p","evidence":"seen"}`, `]`)(n / 2)
	return append(half, many(`,"groups":[`, strings.ReplaceAll(nativeGroup, "AdverseEvent", "Device"), `]}`)(n/2)...)
}

// resources are hostile for a reader of conformance resources, which come one a
// line, 5 MiB each at most.
var resources = all(inside(definition("AdverseEvent", "p-6")+`"x":`, `}`, few), inputs{
	"slices of one group": lines(
		definition("AdverseEvent", "p-6")+`"snapshot":{"element":[`, `{"path":"AdverseEvent.extension","type":[{"code":"Extension","profile":["https://x.example/StructureDefinition/g-6"]}]}`, `]}}`,
		definition("Extension", "g-6")+`"snapshot":{"element":[`, sliced, `]}}`),
	"slices of groups": lines(
		definition("AdverseEvent", "p-6")+`"snapshot":{"element":[`, `{"path":"AdverseEvent.extension","type":[{"profile":"https://x.example/StructureDefinition/g%-6"}]}`, `]}}`,
		"", definition("Extension", "g%-6")+`"snapshot":{"element":[`+strings.ReplaceAll(sliced, "%", "1")+`]}}`, ""),
	"slices of no group": lines(
		definition("AdverseEvent", "p-6")+`"snapshot":{"element":[`, `{"path":"AdverseEvent.extension","type":[{"profile":["https://x.example/StructureDefinition/h%-6"]}]}`, `]}}`,
		"", definition("Extension", "g%-6")+`"x":1}`, ""),
	"bindings": lines(
		definition("AdverseEvent", "p-6")+`"snapshot":{"element":[`, `{"path":"AdverseEvent.event","binding":{"strength":"required","valueSet":"https://x.example/ValueSet/v%-6"}}`, `]}}`,
		"", valueSet("v%-6", `{"system":"https://x.example/CodeSystem/c-6"}`), ""),
	"includes of one list": withLists(
		`{"resourceType":"ValueSet","id":"v-6","url":"https://x.example/ValueSet/v-6","compose":{"include":[`, `{"system":"https://x.example/CodeSystem/c-6"}`, `]}}`,
		codeSystem, `{"code":"%"}`, `]}`),
	"includes of no list": withLists(
		`{"resourceType":"ValueSet","id":"v-6","url":"https://x.example/ValueSet/v-6","compose":{"include":[`, `{"system":"https://x.example/CodeSystem/d%-6"}`, `]}}`,
		codeSystem, `{"code":"%"}`, `]}`),
	"includes in a circle": withLists(
		`{"resourceType":"ValueSet","id":"v-6","url":"https://x.example/ValueSet/v-6","compose":{"include":[`, `{"valueSet":["https://x.example/ValueSet/v-6"]}`, `]}}`,
		codeSystem, `{"code":"%"}`, `]}`),
	"concepts below concepts": withLists(
		`{"resourceType":"ValueSet","id":"v-6","url":"https://x.example/ValueSet/v-6","compose":{"include":[`, `{"system":"https://x.example/CodeSystem/c-6"}`, `]}}`,
		codeSystem, strings.Repeat(`{"code":"%","concept":[`, 28)+`{"code":"%"}`+strings.Repeat("]}", 28), `]}`),
	"lists that share a list": sharedList,
	"profiles in a circle": lines(
		definition("AdverseEvent", "p-6")+`"snapshot":{"element":[`, `{"path":"AdverseEvent.subject","type":[{"targetProfile":["https://x.example/StructureDefinition/q%-6","https://x.example/StructureDefinition/p-6"]}]}`, `]}}`,
		"", definition("Patient", "q%-6")+`"differential":{"element":[{"path":"Patient.link","type":[{"targetProfile":"https://x.example/StructureDefinition/q1-6"}]}]}}`, ""),
	"deep paths": lines(
		definition("AdverseEvent", "p-6")+`"snapshot":{"element":[`, `{"path":"AdverseEvent.extension","type":[{"profile":["https://x.example/StructureDefinition/g-6"]}]}`, `]}}`,
		definition("Extension", "g-6")+`"snapshot":{"element":[`, `{"path":"`+strings.Repeat("Extension.extension.", 200)+`url","id":"`+strings.Repeat("a:", 200)+`"}`, `]}}`),
	"profiles of AdverseEvent": lines("", definition("AdverseEvent", "p%-6")+`"x":1}`, "", "", definition("AdverseEvent", "q%-6")+`"x":1}`, ""),
	"one resource again":       lines("", definition("AdverseEvent", "p-6")+`"x":1}`, "", "", definition("AdverseEvent", "p-6")+`"x":1}`, ""),
	"our extensions": lines(
		definition("AdverseEvent", "p-6")+`"extension":[`, `{"url":"https://github.com/gpsafety/lfpse-go/fhir/StructureDefinition/source","valueString":"a"}`, `]}`,
		"", definition("Extension", "g%-6")+`"x":1}`, ""),
	"lists nobody is bound to": lines(
		definition("AdverseEvent", "p-6")+`"extension":[{"url":"https://github.com/gpsafety/lfpse-go/fhir/StructureDefinition/taxonomy-version","valueString":"6"},`,
		`{"url":"https://github.com/gpsafety/lfpse-go/fhir/StructureDefinition/unbound-list","valueString":"https://x.example/ValueSet/v%-6"}`, `]}`,
		"", valueSet("v%-6", `{"system":"https://x.example/CodeSystem/c-6"}`), ""),
})

// sliced is a field of a group, in the spelling of STU3.
const sliced = `{"id":"Extension.extension:F%","path":"Extension.extension","sliceName":"F%"},{"path":"Extension.extension.valueCode","type":[{"code":"code"}],` +
	`"binding":{"strength":"required","valueSetReference":{"reference":"https://x.example/ValueSet/v-6"}}}`

const codeSystem = `{"resourceType":"CodeSystem","id":"c-6","url":"https://x.example/CodeSystem/c-6","content":"complete","concept":[`

// definition begins a StructureDefinition.
func definition(typ, id string) string {
	return `{"resourceType":"StructureDefinition","id":"` + id + `","url":"https://x.example/StructureDefinition/` + id + `","fhirVersion":"4.0.1","type":"` + typ + `",`
}

func valueSet(id, include string) string {
	return `{"resourceType":"ValueSet","id":"` + id + `","url":"https://x.example/ValueSet/` + id + `","compose":{"include":[` + include + `]}}`
}

// lines has two halves: one or many resources each, a line each.
func lines(head1, unit1, tail1, head2, unit2, tail2 string) input {
	half := func(head, unit, tail string) input {
		text := many(head, unit, tail)
		if head != "" {
			return text
		}
		return func(n int) []byte {
			return []byte(strings.ReplaceAll(string(text(n)), "},{\"resourceType", "}\n{\"resourceType"))
		}
	}
	return func(n int) []byte {
		return append(append(half(head1, unit1, tail1)(n/2-1), '\n'), half(head2, unit2, tail2)(n/2-1)...)
	}
}

// withLists is a profile that is bound to the list v-6, and two resources.
func withLists(head1, unit1, tail1, head2, unit2, tail2 string) input {
	root := definition("AdverseEvent", "p-6") + `"snapshot":{"element":[{"path":"AdverseEvent.event","binding":{"strength":"required","valueSet":"https://x.example/ValueSet/v-6"}}]}}` + "\n"
	rest := lines(head1, unit1, tail1, head2, unit2, tail2)
	return func(n int) []byte { return append([]byte(root), rest(n-len(root))...) }
}

// sharedList has as many lists as one list has concepts, all of that list.
func sharedList(n int) []byte {
	both := lines(
		definition("AdverseEvent", "p-6")+`"snapshot":{"element":[`, `{"path":"AdverseEvent.event","binding":{"strength":"required","valueSet":"https://x.example/ValueSet/v%-6"}}`, `]}}`,
		"", valueSet("v%-6", `{"system":"https://x.example/CodeSystem/c-6"}`), "")(n / 3 * 2)
	return append(append(both, '\n'), many(codeSystem, `{"code":"%"}`, `]}`)(n/3)...)
}
