package fhirform

import (
	"strconv"
	"strings"
	"unicode"

	"github.com/gpsafety/lfpse-go/lfpse/taxonomy"
)

const purpose = "Unofficial. Made from the taxonomy data of lfpse-go; not published or endorsed by NHS England. The extensions evidence and provisional say how well each element is known."

// undefined stands where FHIR wants a definition and the taxonomy has none.
const undefined = "No definition is known."

// Write returns a taxonomy as conformance resources: the profiles, the groups,
// then for each list a ValueSet and a CodeSystem, each in the order of the
// taxonomy. The bytes are the same for the same taxonomy. It fails for a taxonomy
// that is neither R4 nor STU3.
func Write(t *taxonomy.Taxonomy) ([]Resource, error) {
	r, err := newRelease(t)
	if err != nil {
		return nil, err
	}
	w := &writer{release: r, t: t}
	for i := range t.Profiles {
		w.profile(i)
	}
	for i := range t.Groups {
		w.group(i)
	}
	for i := range t.CodeSystems {
		w.list(i)
	}
	return w.out, w.err
}

// Definitions returns the StructureDefinitions of the extensions that this
// package uses, in the FHIR version of a taxonomy. Read does not need them.
func Definitions(t *taxonomy.Taxonomy) ([]Resource, error) {
	r, err := newRelease(t)
	if err != nil {
		return nil, err
	}
	w := &writer{release: r, t: t}
	for i := range definitions {
		g := &definitions[i]
		sd := w.definition(g.ID, g.Name, "Extension", hl7+"Extension")
		sd.URL, sd.Version, sd.Date, sd.Description = ExtensionBase+g.ID, "", "", g.Description
		w.context(&sd, "Element")
		if g.Fields[0].Name == "" {
			w.simpleElements(&sd, g)
		} else {
			w.groupElements(&sd, g, sd.URL)
		}
		w.add(sd.metadata, sd)
	}
	return w.out, w.err
}

type writer struct {
	*release
	t   *taxonomy.Taxonomy
	out []Resource
	err error
}

func (w *writer) add(m metadata, v any) {
	r, err := newResource(&m, v)
	if err != nil && w.err == nil {
		w.err = err
	}
	w.out = append(w.out, r)
}

func (w *writer) metadata(typ, id, name string) metadata {
	return metadata{
		ResourceType: typ, ID: id, URL: w.url(typ, id), Version: w.t.Version, Name: name,
		Status: "draft", Experimental: true, Purpose: purpose,
	}
}

func (w *writer) definition(id, name, typ, inherits string) structureDefinition {
	sd := structureDefinition{
		metadata: w.metadata(StructureDefinition, id, name), FHIRVersion: w.version,
		Kind: "resource", Type: typ, BaseDefinition: inherits, Derivation: "constraint",
	}
	sd.Date = w.t.Date
	if typ == "Extension" {
		sd.Kind = "complex-type"
	}
	return sd
}

func (w *writer) context(sd *structureDefinition, where string) {
	if w.stu3 {
		sd.ContextType, sd.Context = "resource", []string{where}
		return
	}
	sd.Context = []context{{"element", where}}
}

func (w *writer) profile(i int) {
	p := &w.t.Profiles[i]
	sd := w.definition(p.ID, machineName(p.ID), p.Resource, hl7+p.Resource)
	var n notes
	n.known(p.Evidence, "", "", false)
	n.position(i)
	n.text(extContainedID, p.ContainedID)
	if p.Resource == "AdverseEvent" {
		sd.Title = w.t.Title
		n.taxonomy(w.t)
	}
	sd.Extension = n
	w.resourceElements(&sd, p.Resource)
	w.add(sd.metadata, sd)
}

func (w *writer) group(i int) {
	g := &w.t.Groups[i]
	sd := w.definition(g.ID, g.Name, "Extension", hl7+"Extension")
	sd.Description = g.Description
	var n notes
	n.known(g.Evidence, g.CardinalityEvidence, g.Note, g.Provisional)
	n.position(i)
	sd.Extension = n
	w.context(&sd, g.Context)
	w.groupElements(&sd, g, sd.URL)
	w.add(sd.metadata, sd)
}

func (w *writer) list(i int) {
	cs := &w.t.CodeSystems[i]
	vs := valueSet{metadata: w.metadata(ValueSet, cs.ID, machineName(cs.ID)), Compose: compose{[]include{{w.url(CodeSystem, cs.ID)}}}}
	vs.Title = cs.Name
	w.add(vs.metadata, vs)

	var n notes
	n.known(cs.Evidence, "", cs.Note, false)
	n.text(extCorroboration, cs.Corroboration)
	n.position(i)
	out := codeSystem{
		metadata:      w.metadata(CodeSystem, cs.ID, machineName(cs.ID)),
		CaseSensitive: true, ValueSet: vs.URL, Content: content(cs), Count: len(cs.Concepts),
	}
	out.Title, out.Extension = cs.Name, n
	w.concepts(&out, cs)
	w.add(out.metadata, out)
}

// content says whether codes outside the list are possible.
func content(cs *taxonomy.CodeSystem) string {
	switch {
	case cs.Closed:
		return "complete"
	case len(cs.Concepts) > 0:
		return "fragment"
	}
	return "not-present"
}

func (w *writer) concepts(out *codeSystem, cs *taxonomy.CodeSystem) {
	named, keyed, provisional := false, false, false
	for _, c := range cs.Concepts {
		k := concept{Code: c.Code, Display: c.Display}
		if c.Name != "" {
			named = true
			k.Property = append(k.Property, conceptProperty{Code: propertyName, ValueString: c.Name})
		}
		if c.Key != "" {
			keyed = true
			k.Property = append(k.Property, conceptProperty{Code: propertyKey, ValueString: c.Key})
		}
		if c.Provisional {
			provisional = true
			k.Property = append(k.Property, conceptProperty{Code: propertyProvisional, ValueBoolean: true})
		}
		out.Concept = append(out.Concept, k)
	}
	if named {
		out.Property = append(out.Property, property{propertyName, ExtensionBase + "concept-name", "Name of the concept that is the same in every version of the taxonomy.", "string"})
	}
	if keyed {
		out.Property = append(out.Property, property{propertyKey, ExtensionBase + "concept-key", "Short name of the concept for use in programs.", "string"})
	}
	if provisional {
		out.Property = append(out.Property, property{propertyProvisional, ExtensionBase + extProvisional, "The code is a stand-in that must not be sent to a real service until it is confirmed.", "boolean"})
	}
}

func (w *writer) url(typ, id string) string { return w.t.CanonicalBase + typ + "/" + id }

// strength says how strictly a field is bound to its list.
func strength(cs *taxonomy.CodeSystem) string {
	if cs.Closed {
		return "required"
	}
	return "extensible"
}

// machineName turns an id into a name that programs can use: adverse-event-core-6
// becomes AdverseEventCore6.
func machineName(id string) string {
	var b strings.Builder
	for _, part := range strings.FieldsFunc(id, func(r rune) bool { return r == '-' || r == '.' }) {
		b.WriteString(string(unicode.ToUpper(rune(part[0]))) + part[1:])
	}
	return b.String()
}

func upper(n int) string {
	if n == 0 {
		return "*"
	}
	return strconv.Itoa(n)
}
