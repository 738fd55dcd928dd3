package sandbox

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// structure applies the checks of R4 and of the taxonomy's profiles.
func (x *examination) structure() {
	const root = "AdverseEvent"
	x.profile()
	x.elements(root, root, x.doc)
	x.notEmpty(&step{name: root}, x.doc)
	x.header()
	x.containedResources()
	x.references(&step{name: root}, x.doc)
	x.mainReferences()
	x.extensions(root, root, x.doc)
	for i, item := range list(x.doc["contained"]) {
		if doc, ok := item.(object); ok {
			kind, _ := doc["resourceType"].(string)
			x.extensions(kind, fmt.Sprintf("AdverseEvent.contained[%d]", i), doc)
		}
	}
}

// list returns v if it is an array, else nothing. That it should be one is checked by
// elements.
func list(v any) []any {
	items, _ := v.([]any)
	return items
}

func (x *examination) profile() {
	meta, _ := x.doc["meta"].(object)
	profiles := list(meta["profile"])
	if len(profiles) == 1 {
		for _, t := range x.cfg.taxonomies {
			if profiles[0] == t.profile {
				x.tax = t
				return
			}
		}
	}
	x.find("SBX-PROFILE", "AdverseEvent.meta.profile", "")
}

// elements checks the names and JSON forms of the elements of one resource.
func (x *examination) elements(kind, path string, doc object) {
	for _, name := range slices.Sorted(maps.Keys(doc)) {
		at, want := path+"."+safeName(name), form(kind, name)
		if kind == "AdverseEvent" && name == "description" && x.cfg.rootDescription {
			want = "text"
		}
		switch {
		case kind == "AdverseEvent" && stu3(name, doc[name]):
			x.find("SBX-STU3", at, "")
		case name == "modifierExtension" || name == "implicitRules":
			x.find("SBX-MODIFIER", at, "")
		case want == "":
			x.find("SBX-ELEMENT", at, "")
		case !hasForm(doc[name], want):
			x.find("SBX-FORM", at, "")
		}
	}
}

// stu3 reports whether an element is one of the two that R4 replaced.
func stu3(name string, v any) bool {
	_, isText := v.(string)
	return name == "type" || name == "category" && isText
}

func hasForm(v any, want string) bool {
	all := func(ok func(any) bool) bool {
		items, isList := v.([]any)
		return isList && !slices.ContainsFunc(items, func(i any) bool { return !ok(i) })
	}
	isObject := func(v any) bool { _, ok := v.(object); return ok }
	isText := func(v any) bool { _, ok := v.(string); return ok }
	switch want {
	case "text":
		return isText(v)
	case "flag":
		return formats["boolean"](v)
	case "number":
		return formats["integer"](v)
	case "object":
		return isObject(v)
	case "list":
		return all(isObject)
	case "texts":
		return all(isText)
	default:
		return true
	}
}

// notEmpty finds nulls and empty values at any depth. FHIR allows null only as a
// place-holder in arrays of primitives with extensions, which LFPSE does not use.
func (x *examination) notEmpty(at *step, v any) {
	switch v := v.(type) {
	case nil:
		x.findAt("SBX-EMPTY", at)
	case string:
		if strings.TrimSpace(v) == "" {
			x.findAt("SBX-EMPTY", at)
		}
	case object:
		if len(v) == 0 {
			x.findAt("SBX-EMPTY", at)
		}
		for _, name := range slices.Sorted(maps.Keys(v)) {
			x.notEmpty(&step{up: at, name: name}, v[name])
		}
	case []any:
		if len(v) == 0 {
			x.findAt("SBX-EMPTY", at)
		}
		for i, item := range v {
			x.notEmpty(&step{up: at, index: i}, item)
		}
	}
}

// header checks actuality, event type and dates.
func (x *examination) header() {
	if x.doc["actuality"] != "actual" {
		x.find("SBX-ACTUALITY", "AdverseEvent.actuality", "")
	}
	event, _ := x.doc["event"].(object)
	codings := list(event["coding"])
	var code string
	if len(codings) == 1 {
		c, _ := codings[0].(object)
		code, _ = c["code"].(string)
	}
	if x.event = x.tax.eventTypes.name(code); x.event == "" && !x.tax.eventTypes.has(code) {
		x.find("SBX-EVENT", "AdverseEvent.event", "")
	}
	for _, name := range []string{"date", "detected", "recordedDate"} {
		if s, ok := x.doc[name].(string); ok && s != "" && !isDateTime(s) {
			x.find("SBX-FORMAT", "AdverseEvent."+name, "type dateTime")
		}
	}
	for i, item := range list(x.doc["suspectEntity"]) {
		if entity, ok := item.(object); ok && entity["instance"] == nil {
			x.find("SBX-SUSPECT", fmt.Sprintf("AdverseEvent.suspectEntity[%d].instance", i), "")
		}
	}
}

// containedResources checks and indexes the contained resources.
func (x *examination) containedResources() {
	x.types = map[string][]string{}
	for i, item := range list(x.doc["contained"]) {
		doc, ok := item.(object)
		if !ok {
			continue // reported by elements
		}
		path := fmt.Sprintf("AdverseEvent.contained[%d]", i)
		kind, _ := doc["resourceType"].(string)
		if kind == "AdverseEvent" || !x.tax.resources[kind] {
			x.find("SBX-CONTAINED-TYPE", path, "")
			kind = ""
		} else {
			x.elements(kind, path, doc)
			x.types[kind] = append(x.types[kind], path)
		}
		if _, nested := doc["contained"]; nested {
			x.find("SBX-CONTAINED-NESTED", path+".contained", "")
		}
		id, _ := doc["id"].(string)
		_, taken := x.contained[id]
		if taken || !idGrammar.MatchString(id) {
			x.find("SBX-CONTAINED-ID", path+".id", "")
			continue
		}
		x.contained[id] = resource{kind, path, doc}
	}
	if patients := x.types["Patient"]; len(patients) > 1 {
		x.find("SBX-CONTAINED-PATIENT", patients[1], "")
	}
}

// references follows every internal reference, at any depth.
func (x *examination) references(at *step, v any) {
	switch v := v.(type) {
	case object:
		if target, ok := v["reference"].(string); ok && strings.HasPrefix(target, "#") {
			id := target[1:]
			if _, known := x.contained[id]; !known {
				x.findAt("SBX-REFERENCE", &step{up: at, name: "reference"})
			}
			x.used[id] = true
		}
		for _, name := range slices.Sorted(maps.Keys(v)) {
			x.references(&step{up: at, name: name}, v[name])
		}
	case []any:
		for i, item := range v {
			x.references(&step{up: at, index: i}, item)
		}
	}
}

// mainReferences checks the three references every submission has, then that no
// contained resource is left over.
func (x *examination) mainReferences() {
	for _, want := range []struct{ element, kind, check string }{
		{"subject", "Patient", "SBX-SUBJECT"},
		{"location", "Location", "SBX-LOCATION"},
		{"recorder", "Practitioner", "SBX-RECORDER"},
	} {
		ref, _ := x.doc[want.element].(object)
		target, _ := ref["reference"].(string)
		id, internal := strings.CutPrefix(target, "#")
		if !internal || x.contained[id].kind != want.kind {
			x.find(want.check, "AdverseEvent."+want.element, "")
		}
	}
	for _, id := range slices.Sorted(maps.Keys(x.contained)) {
		if !x.used[id] {
			x.find("SBX-CONTAINED-UNUSED", x.contained[id].path, "")
		}
	}
}

// extensions checks the extension groups of one resource.
func (x *examination) extensions(context, path string, doc object) {
	counts := map[*groupDef]int{}
	for i, item := range list(doc["extension"]) {
		at := fmt.Sprintf("%s.extension[%d]", path, i)
		ext, ok := item.(object)
		if !ok {
			continue // reported by elements
		}
		url, _ := ext["url"].(string)
		def := x.tax.byURL[url]
		switch {
		case def == nil:
			x.find("SBX-GROUP", at, "")
			continue
		case def.Context != context:
			x.find("SBX-GROUP-CONTEXT", at, "group "+def.Name)
		}
		counts[def]++
		g := x.group(def, at, ext)
		x.groups = append(x.groups, g)
		x.byName[def.Name] = append(x.byName[def.Name], g)
	}
	for _, def := range x.tax.byContext[context] {
		x.cardinality("SBX-GROUP", path, "group "+def.Name, counts[def], def.Min, def.Max)
	}
}

// group reads one extension group and checks its fields.
func (x *examination) group(def *groupDef, path string, ext object) group {
	g := group{def: def, path: path, fields: map[string][]value{}}
	if items, ok := ext["extension"].([]any); !ok || len(items) == 0 || !onlyMembers(ext, "id", "url", "extension") {
		x.find("SBX-EXTENSION", path, "group "+def.Name)
	}
	for i, item := range list(ext["extension"]) {
		at := fmt.Sprintf("%s.extension[%d]", path, i)
		sub, _ := item.(object)
		url, _ := sub["url"].(string)
		f := def.field(url)
		if f == nil {
			x.find("SBX-FIELD", at, "group "+def.Name)
			continue
		}
		raw, there := sub[f.property()]
		if !there || !onlyMembers(sub, "id", "url", f.property()) {
			x.find("SBX-FIELD-TYPE", at, "field "+f.Name+", which takes "+f.property())
		}
		if there {
			x.value(f, at+".value", raw)
		}
		g.fields[f.Name] = append(g.fields[f.Name], value{at + ".value", raw})
	}
	for i := range def.Fields {
		f := &def.Fields[i]
		x.cardinality("SBX-FIELD", path, "field "+f.Name, len(g.fields[f.Name]), f.Min, f.Max)
	}
	return g
}

// value checks format and list membership of one field.
func (x *examination) value(f *fieldDef, path string, raw any) {
	if raw == nil || raw == "" {
		return // reported by notEmpty
	}
	if !formats[f.Type](raw) {
		x.find("SBX-FORMAT", path, "field "+f.Name+", type "+f.Type)
		return
	}
	system := x.tax.systems[f.CodeSystem]
	if system == nil {
		return
	}
	code, _ := raw.(string)
	switch {
	case system.isODS() && !odsForm.MatchString(code):
		x.find("SBX-ODS", path, "field "+f.Name)
	case system.Closed && len(system.Concepts) > 0 && !system.has(code):
		x.find("SBX-CODE", path, "field "+f.Name)
	}
}

// cardinality compares a count with its bounds; max 0 is unbounded.
func (x *examination) cardinality(check, path, what string, n, least, most int) {
	switch {
	case n < least:
		x.find(check+"-MIN", path, what)
	case most > 0 && n > most:
		x.find(check+"-MAX", path, what)
	}
}

func onlyMembers(o object, names ...string) bool {
	for name := range o {
		if !slices.Contains(names, name) {
			return false
		}
	}
	return true
}
